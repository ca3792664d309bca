"""Builds the tree of a rule: checks every name and every type in it.

What a function stands for, where it says more by less, is told from outside (`written_out`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from lark import Token

from app.checks import nodes
from app.checks.naming import Naming, data_of, unquoted
from app.checks.nodes import Node
from app.checks.schema import Type

BOTH = ("S2", "S3")  # a carrier is filed in either
PLAIN: dict[str, tuple[tuple[Type, ...], Type]] = {  # arguments, result
    "abs": ((Type.NUMBER,), Type.NUMBER),
    "sign": ((Type.NUMBER,), Type.NUMBER),
    "min": ((Type.NUMBER, Type.NUMBER), Type.NUMBER),
    "max": ((Type.NUMBER, Type.NUMBER), Type.NUMBER),
    "left": ((Type.TEXT, Type.NUMBER), Type.TEXT),
    "near_power_of_ten": ((Type.NUMBER, Type.NUMBER), Type.BOOL),
    "gb32100_ok": ((Type.TEXT,), Type.BOOL),
    "size": ((Type.SET,), Type.NUMBER),
}
AGGREGATES = ("sum", "count", "all", "union", "newest", "unique")


class Builder(Naming):
    """Makes the nodes of an expression, and writes out what stands for more than it says."""

    def on_either(self, tree: Any) -> Node:
        return nodes.Logic("or", tuple(self.boolean(part) for part in tree.children))

    def on_both(self, tree: Any) -> Node:
        return nodes.Logic("and", tuple(self.boolean(part) for part in tree.children))

    def on_negation(self, tree: Any) -> Node:
        return nodes.Not(self.boolean(tree.children[0]))

    def on_compare(self, tree: Any) -> Node:
        operands = [self.build(part) for part in tree.children[::2]]
        signs = [str(sign) for sign in tree.children[1::2]]
        pairs = [
            self._compared(tree, sign, left, right)
            for sign, left, right in zip(signs, operands, operands[1:], strict=False)
        ]
        return pairs[0] if len(pairs) == 1 else nodes.Logic("and", tuple(pairs))

    def _compared(self, tree: Any, sign: str, left: Node, right: Node) -> Node:
        if left.type is not right.type:
            text = _(
                "A %(left)s cannot be compared with a %(right)s.",
                left=left.type.value,
                right=right.type.value,
            )
            self.refuse(tree, text)
        if left.type in (Type.BOOL, Type.SET) and sign not in ("==", "!="):
            self.refuse(tree, _("Only == and != compare these."))
        if right == nodes.Text("") and sign in ("==", "!="):
            empty = nodes.Empty(self.cell_of(tree, left))
            return empty if sign == "==" else nodes.Not(empty)
        return nodes.Compare(sign, left, right)

    def cell_of(self, tree: Any, node: Node) -> Node:
        inner = node
        while isinstance(inner, nodes.Shift):
            inner = inner.of
        if not isinstance(inner, nodes.Cell | nodes.Lookup):
            self.refuse(tree, _("Only a cell can be empty."))
        return node

    def on_empty(self, tree: Any) -> Node:
        return nodes.Empty(self.cell_of(tree, self.build(tree.children[0])))

    def on_filled(self, tree: Any) -> Node:
        return nodes.Not(self.on_empty(tree))

    def on_member(self, tree: Any) -> Node:
        one, codes = tree.children
        return nodes.Member(self.typed(one, Type.TEXT), self.typed(codes, Type.SET))

    def on_no_member(self, tree: Any) -> Node:
        return nodes.Not(self.on_member(tree))

    def on_code_list(self, tree: Any) -> Node:
        return nodes.Codes(frozenset(self.codes(tree)))

    def on_add(self, tree: Any) -> Node:
        return self._arithmetic("+", tree)

    def on_subtract(self, tree: Any) -> Node:
        return self._arithmetic("-", tree)

    def on_multiply(self, tree: Any) -> Node:
        return self._arithmetic("*", tree)

    def on_divide(self, tree: Any) -> Node:
        return self._arithmetic("/", tree)

    def _arithmetic(self, sign: str, tree: Any) -> Node:
        left, right = (self.number(part) for part in tree.children)
        return nodes.Arithmetic(sign, left, right)

    def on_minus(self, tree: Any) -> Node:
        return nodes.Arithmetic("-", nodes.Number(Decimal(0)), self.number(tree.children[0]))

    def on_number(self, tree: Any) -> Node:
        return nodes.Number(Decimal(str(tree.children[0])))

    def on_text(self, tree: Any) -> Node:
        return nodes.Text(unquoted(tree.children[0]))

    def on_name(self, tree: Any) -> Node:
        name = str(tree.children[0])
        if name == "tolerance":
            if self.tolerance is None:
                self.refuse(tree, _("This rule keeps no tolerance."))
            return nodes.Number(self.tolerance)
        if name not in {sheet.variable for sheet in self.schema.sheets.values()} - {""}:
            self.refuse(tree, _("“%(name)s” is not known.", name=name))
        self.use(name)
        return nodes.Key(name)

    def on_cell(self, tree: Any) -> Node:
        sheet, *key, name = tree.children
        kind = self.sheet(tree, str(sheet))
        column = str(name)
        if self.quantity is not None and column == self.quantity[0]:
            column = self.quantity[1]
        if column not in kind.columns:
            text = _("%(sheet)s has no column %(name)s.", sheet=sheet, name=name)
            self.refuse(tree, text)
        variable, code = self.row_of(tree, str(sheet), key[0] if key else None)
        self.use(variable, str(sheet))
        return nodes.Cell(str(sheet), variable, code, column, kind.columns[column])

    def on_row(self, tree: Any) -> Node:
        return self.refuse(tree, _("A column is missing here."))

    def on_call(self, tree: Any) -> Node:
        name, arguments = str(tree.children[0]), list(tree.children[1:])
        if name in AGGREGATES:
            return self.aggregate(tree, name, arguments)
        if name in PLAIN:
            return self.plain(tree, name, arguments)
        if name in self.schema.lookups:
            return self.lookup(tree, name, arguments)
        if name in self.schema.facts and not arguments:
            return nodes.Fact(name, self.schema.facts[name])
        if name in self.written:
            return self.written[name](self, tree, arguments)
        return self.refuse(tree, _("There is no function %(name)s.", name=name))

    def plain(self, tree: Any, name: str, arguments: Sequence[Any]) -> Node:
        types, result = PLAIN[name]
        trees = self.exactly(tree, arguments, len(types))
        built = tuple(self.typed(t, kind) for t, kind in zip(trees, types, strict=True))
        return nodes.Call(name, built, result)

    def lookup(self, tree: Any, name: str, arguments: Sequence[Any]) -> Node:
        variable, column = self.schema.lookups[name]
        key = self.build(self.one(tree, arguments))
        if key != nodes.Key(variable):
            self.refuse(tree, _("%(name)s is asked of %(variable)s.", name=name, variable=variable))
        return nodes.Lookup(name, variable, column)

    @contextmanager
    def aggregating(self, tree: Any) -> Iterator[None]:
        if self.inside:
            self.refuse(tree, _("A sum within a sum is not known."))
        self.inside = True
        try:
            yield
        finally:
            self.inside = False

    def aggregate(self, tree: Any, name: str, arguments: Sequence[Any]) -> Node:
        if len(arguments) != 1 or arguments[0].data != "body":
            self.refuse(tree, _("This function takes %(n)s arguments.", n=1))
        body, *rest = arguments[0].children
        if name == "all" and any(data_of(p) == "domain" and self._is_columns(p) for p in rest):
            return self.all_columns(body, rest)
        with self.aggregating(tree):
            inner = self.build(body)
            where = next((self.boolean(p) for p in rest if not self._is_part_of_for(p)), None)
        wanted = {"sum": (Type.NUMBER,), "count": (Type.BOOL,), "all": (Type.BOOL,)}.get(name)
        if wanted and inner.type not in wanted:
            self.refuse(
                tree,
                _(
                    "A %(wanted)s is needed here, not a %(found)s.",
                    wanted=wanted[0].value,
                    found=inner.type.value,
                ),
            )
        codes = next((self.codes(p) for p in rest if data_of(p) == "code_set"), ())
        domain = next((p for p in rest if data_of(p) == "domain"), None)
        return self.over_rows(tree, name, inner, where, codes, domain)

    @staticmethod
    def _is_part_of_for(part: Any) -> bool:
        return isinstance(part, Token) or data_of(part) in ("code_set", "domain")

    def over_rows(
        self,
        tree: Any,
        name: str,
        inner: Node,
        where: Node | None,
        codes: tuple[str, ...],
        domain: Any = None,
    ) -> Node:
        cells = [
            cell
            for part in (inner, where)
            if part is not None
            for cell in part.walk()
            if isinstance(cell, nodes.Cell | nodes.Lookup | nodes.Key) and cell.variable
        ]
        variables = {cell.variable for cell in cells}
        if len(variables) != 1:
            self.refuse(tree, _("A sum goes over the rows of one kind of sheet."))
        variable = variables.pop()
        if domain is not None:
            sheets = tuple(sheet for sheet, _before in self.domain(domain, variable))
        else:
            sheets = tuple(
                dict.fromkeys(cell.sheet for cell in cells if isinstance(cell, nodes.Cell))
            )
        return nodes.Aggregate(name, inner, where, variable, sheets, codes)

    def all_columns(self, body: Any, rest: Sequence[Any]) -> Node:
        """``all(S2[c].x >= 0 for x in quantities(S2))``: one for every column."""
        name, domain = rest[0], rest[1]
        before, parts = self.quantity, []
        for column in self.columns(domain):
            self.quantity = (str(name), column)
            parts.append(self.boolean(body))
        self.quantity = before
        return nodes.Logic("and", tuple(parts))
