"""The tree of a rule: what `expression.parse` makes and both readings walk through."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal

from app.checks.schema import Column, Type


@dataclass(frozen=True, slots=True)
class Node:
    def children(self) -> Iterator["Node"]:
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, Node):
                yield value
            elif isinstance(value, tuple):
                yield from (part for part in value if isinstance(part, Node))

    def walk(self) -> Iterator["Node"]:
        yield self
        for child in self.children():
            yield from child.walk()

    @property
    def type(self) -> Type:
        return Type.BOOL


@dataclass(frozen=True, slots=True)
class Number(Node):
    value: Decimal

    @property
    def type(self) -> Type:
        return Type.NUMBER


@dataclass(frozen=True, slots=True)
class Text(Node):
    value: str

    @property
    def type(self) -> Type:
        return Type.TEXT


@dataclass(frozen=True, slots=True)
class Codes(Node):
    """A set written out."""

    values: frozenset[str]

    @property
    def type(self) -> Type:
        return Type.SET


@dataclass(frozen=True, slots=True)
class Key(Node):
    """The code of the row at hand: c, p, w, j."""

    variable: str

    @property
    def type(self) -> Type:
        return Type.TEXT


@dataclass(frozen=True, slots=True)
class Cell(Node):
    """A column in one row: that of *variable*, or of the code *key*, or the only one."""

    sheet: str
    variable: str
    key: str
    name: str
    column: Column

    @property
    def type(self) -> Type:
        return self.column.type


@dataclass(frozen=True, slots=True)
class Present(Node):
    """Whether a sheet has the row at hand."""

    sheet: str
    variable: str
    key: str


@dataclass(frozen=True, slots=True)
class Fact(Node):
    """Something known of the filing as a whole."""

    name: str
    of: Type

    @property
    def type(self) -> Type:
        return self.of


@dataclass(frozen=True, slots=True)
class Lookup(Node):
    """A column of a catalogue, for the row at hand."""

    name: str
    variable: str
    column: Column

    @property
    def type(self) -> Type:
        return self.column.type


@dataclass(frozen=True, slots=True)
class Empty(Node):
    """Whether nothing was filled in: of a `Cell`, a `Lookup`, or one of them in another quarter."""

    of: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    sign: str  # + - * /
    left: Node
    right: Node

    @property
    def type(self) -> Type:
        return Type.NUMBER


@dataclass(frozen=True, slots=True)
class Change(Node):
    """``chg(a, b)``: a / b - 1."""

    left: Node
    right: Node

    @property
    def type(self) -> Type:
        return Type.NUMBER


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A plain function of its arguments: abs, min, max, sign, left, gb32100_ok, ..."""

    name: str
    arguments: tuple[Node, ...]
    of: Type

    @property
    def type(self) -> Type:
        return self.of


@dataclass(frozen=True, slots=True)
class Choose(Node):
    """``choose(test, a, b)``: a where the test holds, else b."""

    test: Node
    left: Node
    right: Node

    @property
    def type(self) -> Type:
        return self.left.type


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """``a <= b``."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Approx(Node):
    """``abs(a - b) <= max(absolute, relative * max(abs(a), abs(b)))``."""

    left: Node
    right: Node
    absolute: Node
    relative: Node


@dataclass(frozen=True, slots=True)
class Member(Node):
    """``a in set``."""

    of: Node
    codes: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    sign: str  # and, or
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    of: Node


@dataclass(frozen=True, slots=True)
class Shift(Node):
    """The same in another quarter: prev, ly, first (of the year), annual (the year's own sheet)."""

    to: str
    of: Node

    @property
    def type(self) -> Type:
        return self.of.type


@dataclass(frozen=True, slots=True)
class YearToDate(Node):
    """``ytd(x)``: the sum over the quarters of the year so far."""

    of: Node

    @property
    def type(self) -> Type:
        return Type.NUMBER


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """sum, count, all, union, newest, unique over rows of *sheets*, or of the *codes* named."""

    kind: str
    body: Node
    where: Node | None
    variable: str
    sheets: tuple[str, ...]
    codes: tuple[str, ...]

    @property
    def type(self) -> Type:
        return AGGREGATES.get(self.kind, self.body.type)


AGGREGATES = {
    "sum": Type.NUMBER,
    "count": Type.NUMBER,
    "all": Type.BOOL,
    "unique": Type.BOOL,
    "union": Type.SET,
}


@dataclass(frozen=True, slots=True)
class Clause(Node):
    """One thing that must hold; where it speaks of rows, for each of them.

    *domain* says of which sheets the rows are, each with whether the previous quarter's are
    meant; *column* is the quantity column at hand, *asks* the facts and lookups it needs.  One
    that is *softened* only warns, though the rule be an error.
    """

    label: str
    test: Node
    condition: Node | None
    variable: str
    domain: tuple[tuple[str, bool], ...]
    column: str
    asks: frozenset[str]
    softened: bool = False


@dataclass(frozen=True, slots=True)
class Expression:
    """A whole rule."""

    text: str
    clauses: tuple[Clause, ...]

    def walk(self) -> Iterator[Node]:
        for clause in self.clauses:
            yield from clause.walk()
