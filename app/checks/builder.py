"""Builds the tree of a rule: checks every name and every type in it.

What a function stands for, where it says more by less, is told from outside (`written_out`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any, NoReturn

from flask_babel import gettext as _
from lark import Token, Tree

from app.checks import nodes
from app.checks.nodes import Clause, Node
from app.checks.schema import CARRIER, Schema, Type

DEEPEST, MOST_NODES = 40, 2000
CLAUSE_PARTS = ("label", "condition", "quantifier", "softened")
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


class BadExpression(ValueError):
    """A text is no rule; *position* counts its characters from 0."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(reason)
        self.reason, self.position = reason, position


Written = Callable[["Builder", Any, Sequence[Any]], Node]


class Builder:
    """Checks names and types, and writes out what stands for more than it says."""

    def __init__(
        self, schema: Schema, tolerance: Decimal | None, written: Mapping[str, Written]
    ) -> None:
        self.schema, self.tolerance, self.written = schema, tolerance, written
        self.depth = self.count = 0
        self.inside = False  # an aggregate
        self.quantity: tuple[str, str] | None = None  # the name that stands for a column, and it
        self.seen: dict[str, dict[str, None]] = {}  # sheets by variable, outside aggregates

    # -- clauses ----------------------------------------------------------------------------

    def clauses(self, tree: Any) -> Iterator[Clause]:
        softened = any(data_of(part) == "softened" for part in tree.children)
        for clause in self._clauses(tree):
            yield replace(clause, softened=softened)

    def _clauses(self, tree: Any) -> Iterator[Clause]:
        parts = {part.data: part for part in tree.children if isinstance(part, Tree)}
        test = next(p for p in tree.children if p.data not in CLAUSE_PARTS)
        label = unquoted(parts["label"].children[0]) if "label" in parts else ""
        quantifier = parts.get("quantifier")
        if quantifier is not None and self._is_columns(quantifier.children[1]):
            name = str(quantifier.children[0])
            for column in self.columns(quantifier.children[1]):
                self.quantity = (name, column)
                yield self.clause(label, test, parts.get("condition"), None, column)
            self.quantity = None
        else:
            yield self.clause(label, test, parts.get("condition"), quantifier, "")

    def clause(self, label: str, test: Any, condition: Any, quantifier: Any, column: str) -> Clause:
        self.seen = {}
        holds = self.boolean(test)
        when = self.boolean(condition.children[0]) if condition is not None else None
        variable = self._variable(test)
        asks = frozenset(
            one.name
            for part in (holds, when)
            if part is not None
            for one in part.walk()
            if isinstance(one, nodes.Fact | nodes.Lookup)
        )
        domain: tuple[tuple[str, bool], ...]
        if quantifier is not None:
            named = str(quantifier.children[0])
            if variable and variable != named:
                self.refuse(quantifier, _("“%(name)s” is not used here.", name=named))
            domain = self.domain(quantifier.children[1], named)
            return Clause(label, holds, when, named, domain, "", asks)
        domain = ()
        if variable:
            sheets = BOTH if variable == CARRIER else tuple(self.seen[variable])
            domain = tuple((sheet, False) for sheet in sheets)
            if not domain:
                self.refuse(test, _("Say of which sheets the rows are: for … in …."))
        return Clause(label, holds, when, variable, domain, column, asks)

    def _variable(self, tree: Any) -> str:
        if len(self.seen) > 1:
            self.refuse(tree, _("A rule speaks of one kind of rows at a time."))
        return next(iter(self.seen), "")

    @staticmethod
    def _is_columns(domain: Any) -> bool:
        return any(data_of(part) == "columns" for part in domain.children)

    def columns(self, domain: Any) -> list[str]:
        part = domain.children[0]
        sheet, *left_out = [str(one) for one in part.children]
        quantities = [n for n, c in self.sheet(part, sheet).columns.items() if c.quantity]
        for name in left_out:
            if name not in quantities:
                self.refuse(
                    part, _("“%(name)s” is no quantity of %(sheet)s.", name=name, sheet=sheet)
                )
        return [name for name in quantities if name not in left_out]

    def domain(self, tree: Any, variable: str) -> tuple[tuple[str, bool], ...]:
        found = []
        for part in tree.children:
            sheet = str(part.children[0])
            if part.data == "columns" or self.sheet(part, sheet).variable != variable:
                text = _("%(sheet)s has no rows called %(name)s.", sheet=sheet, name=variable)
                self.refuse(part, text)
            found.append((sheet, part.data == "rows_before"))
        return tuple(found)

    # -- nodes ------------------------------------------------------------------------------

    def build(self, tree: Any) -> Node:
        self.depth += 1
        self.count += 1
        if self.depth > DEEPEST:
            self.refuse(tree, _("The rule is nested too deep."))
        if self.count > MOST_NODES:
            self.refuse(tree, _("The rule is too large."))
        try:
            found: Node = getattr(self, f"on_{tree.data}")(tree)
        finally:
            self.depth -= 1
        return found

    def refuse(self, tree: Any, reason: str) -> NoReturn:
        meta = getattr(tree, "meta", None)
        position = getattr(meta, "start_pos", None) if meta is not None else None
        if position is None:
            position = getattr(tree, "start_pos", None)
        raise BadExpression(reason, position or 0)

    def typed(self, tree: Any, *types: Type) -> Node:
        node = self.build(tree)
        if node.type not in types:
            wanted = " / ".join(str(one.value) for one in types)
            text = _(
                "A %(wanted)s is needed here, not a %(found)s.",
                wanted=wanted,
                found=node.type.value,
            )
            self.refuse(tree, text)
        return node

    def boolean(self, tree: Any) -> Node:
        return self.typed(tree, Type.BOOL)

    def number(self, tree: Any) -> Node:
        return self.typed(tree, Type.NUMBER)

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

    def codes(self, tree: Any) -> tuple[str, ...]:
        """``"01".."05", "08"`` written out."""
        found: list[str] = []
        for part in tree.children:
            found += self.span(part)
        return tuple(found)

    def span(self, part: Any) -> list[str]:
        first, *rest = [unquoted(one) for one in part.children]
        if not rest:
            return [first]
        last = rest[0]
        if not (first.isdigit() and last.isdigit() and 0 <= int(last) - int(first) < 100):
            self.refuse(part, _("A range goes from a code to a greater one."))
        return [str(n).zfill(len(first)) for n in range(int(first), int(last) + 1)]

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

    def use(self, variable: str, sheet: str = "") -> None:
        if not self.inside and variable:
            sheets = self.seen.setdefault(variable, {})
            if sheet:
                sheets[sheet] = None

    def sheet(self, tree: Any, name: str) -> Any:
        if name not in self.schema.sheets:
            self.refuse(tree, _("There is no sheet %(name)s.", name=name))
        return self.schema.sheets[name]

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

    def row_of(self, tree: Any, sheet: str, key: Any) -> tuple[str, str]:
        """The variable or the code that tells which row is meant."""
        expected = self.sheet(tree, sheet).variable
        if key is None:
            if expected and not self.inside:
                text = _("Say which row of %(sheet)s: [%(name)s].", sheet=sheet, name=expected)
                self.refuse(tree, text)
            return expected, ""
        if key.data == "code_key":
            if not expected:
                self.refuse(tree, _("%(sheet)s has one row only.", sheet=sheet))
            return "", unquoted(key.children[0])
        if str(key.children[0]) != expected:
            text = _("%(sheet)s has no rows called %(name)s.", sheet=sheet, name=key.children[0])
            self.refuse(tree, text)
        return expected, ""

    def on_row(self, tree: Any) -> Node:
        return self.refuse(tree, _("A column is missing here."))

    # -- functions --------------------------------------------------------------------------

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

    def one(self, tree: Any, arguments: Sequence[Any]) -> Any:
        return self.exactly(tree, arguments, 1)[0]

    def exactly(self, tree: Any, arguments: Sequence[Any], n: int) -> list[Any]:
        """The trees of *n* plain arguments."""
        if len(arguments) != n or any(a.data != "body" or len(a.children) != 1 for a in arguments):
            self.refuse(tree, _("This function takes %(n)s arguments.", n=n))
        return [a.children[0] for a in arguments]

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


def data_of(tree: Any) -> str:
    return str(tree.data) if isinstance(tree, Tree) else ""


def unquoted(token: Any) -> str:
    return str(token)[1:-1]
