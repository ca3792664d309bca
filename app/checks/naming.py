"""What all of the reading of a rule rests on: its names, its types, and how it is refused."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn

from flask_babel import gettext as _
from lark import Tree

from app.checks.nodes import Node
from app.checks.schema import Schema, SheetType, Type

DEEPEST, MOST_NODES = 40, 2000


class BadExpression(ValueError):
    """A text is no rule; *position* counts its characters from 0."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(reason)
        self.reason, self.position = reason, position


Written = Callable[[Any, Any, Sequence[Any]], Node]


class Naming:
    """Names looked up in the schema, rows and columns; a `Builder` makes nodes with it."""

    def __init__(
        self, schema: Schema, tolerance: Decimal | None, written: Mapping[str, Written]
    ) -> None:
        self.schema, self.tolerance, self.written = schema, tolerance, written
        self.depth = self.count = 0
        self.inside = False  # an aggregate
        self.quantity: tuple[str, str] | None = None  # the name that stands for a column, and it
        self.seen: dict[str, dict[str, None]] = {}  # sheets by variable, outside aggregates

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

    def sheet(self, tree: Any, name: str) -> SheetType:
        if name not in self.schema.sheets:
            self.refuse(tree, _("There is no sheet %(name)s.", name=name))
        return self.schema.sheets[name]

    def use(self, variable: str, sheet: str = "") -> None:
        if not self.inside and variable:
            sheets = self.seen.setdefault(variable, {})
            if sheet:
                sheets[sheet] = None

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

    def one(self, tree: Any, arguments: Sequence[Any]) -> Any:
        return self.exactly(tree, arguments, 1)[0]

    def exactly(self, tree: Any, arguments: Sequence[Any], n: int) -> list[Any]:
        """The trees of *n* plain arguments."""
        if len(arguments) != n or any(a.data != "body" or len(a.children) != 1 for a in arguments):
            self.refuse(tree, _("This function takes %(n)s arguments.", n=n))
        return [a.children[0] for a in arguments]


def data_of(tree: Any) -> str:
    return str(tree.data) if isinstance(tree, Tree) else ""


def unquoted(token: Any) -> str:
    return str(token)[1:-1]
