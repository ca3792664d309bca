"""The reading of a rule over one filing, cell by cell.

Values are three-valued: None is "not applicable", and what is reckoned from it is not
applicable either, but for ``and`` and ``or``, which may be decided without it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal, DecimalException
from enum import Enum
from typing import Any

from app.checks import nodes
from app.checks.case import YEAR, Back, Case
from app.checks.nodes import Clause, Expression, Node
from app.checks.plain import OPERATORS, PLAIN, arithmetic, change
from app.checks.reckoning import ZERO

QUARTERS_BACK = {"prev": 1, "ly": 4}


def in_quarters(back: Back) -> int:
    """The builder lets nobody ask what came before the year's own sheet."""
    if back == YEAR:
        raise ValueError(back)
    return back


class Outcome(Enum):
    HOLDS = "holds"
    BROKEN = "broken"
    NOT_APPLICABLE = "not_applicable"
    COULD_NOT_RUN = "could_not_run"  # never counts as holding


BEYOND_RECKONING = "overflow"  # why a rule could not be run, where no fact is missing
OUTCOMES = {True: Outcome.HOLDS, False: Outcome.BROKEN, None: Outcome.NOT_APPLICABLE}


@dataclass(frozen=True, slots=True)
class At:
    """Where an expression is read: the code of the row at hand, and how many quarters ago."""

    key: str = ""
    back: Back = 0


@dataclass(frozen=True, slots=True)
class Touched:
    """A cell that took part."""

    sheet: str
    key: str
    name: str
    back: Back
    value: Any


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one clause in one row; *why* where it could not run."""

    clause: Clause
    key: str
    outcome: Outcome
    why: str = ""


class Reader:
    """Reads expressions over *case*; notes the cells it looks at while `watching`."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.touched: dict[tuple[Any, ...], Touched] | None = None

    @contextmanager
    def watching(self) -> Any:
        found: dict[tuple[Any, ...], Touched] = {}
        self.touched = found
        try:
            yield found
        finally:
            self.touched = None

    def findings(self, expression: Expression) -> list[Finding]:
        return [one for clause in expression.clauses for one in self.of_clause(clause)]

    def of_clause(self, clause: Clause) -> Iterable[Finding]:
        missing = clause.asks - self.case.facts.keys() - self.case.lookups.keys()
        for key in self.keys(clause):
            if missing:
                yield Finding(clause, key, Outcome.COULD_NOT_RUN, ", ".join(sorted(missing)))
                continue
            outcome = self.outcome(clause, At(key))
            why = "" if outcome is not Outcome.COULD_NOT_RUN else BEYOND_RECKONING
            yield Finding(clause, key, outcome, why)

    def outcome(self, clause: Clause, at: At) -> Outcome:
        try:
            return OUTCOMES[self.of_row(clause, at)]
        except DecimalException:
            return Outcome.COULD_NOT_RUN

    def of_row(self, clause: Clause, at: At) -> bool | None:
        if clause.condition is not None and self.read(clause.condition, at) is not True:
            return None
        held: bool | None = self.read(clause.test, at)
        return held

    def keys(self, clause: Clause) -> list[str]:
        """The rows that *clause* speaks of; one without a code if it speaks of none."""
        if not clause.domain:
            return [""]
        found: set[str] = set()
        for sheet, before in clause.domain:
            found |= (self.case.rows(sheet, 1 if before else 0) or {}).keys()
        return sorted(found)

    def read(self, node: Node, at: At) -> Any:
        return READ[type(node)](self, node, at)

    def number(self, node: nodes.Number, _at: At) -> Decimal:
        return node.value

    def text(self, node: nodes.Text, _at: At) -> str:
        return node.value

    def codes(self, node: nodes.Codes, _at: At) -> frozenset[str]:
        return node.values

    def key(self, _node: nodes.Key, at: At) -> str:
        return at.key

    def cell(self, node: nodes.Cell, at: At) -> Any:
        if self.case.rows(node.sheet, at.back) is None:
            return None
        key = at.key if node.variable else node.key
        row = self.case.row(node.sheet, key, at.back)
        value = row.get(node.name) if row is not None else None
        if self.touched is not None:
            place = (node.sheet, key, node.name, at.back)
            self.touched[place] = Touched(*place, value)
        if value is not None and value != "":
            return value
        zero = node.column.missing_is_zero if row is None else node.column.empty_is_zero
        return ZERO if zero else None

    def empty(self, node: nodes.Empty, at: At) -> bool | None:
        inner = node.of
        while isinstance(inner, nodes.Shift):
            at, inner = self.shifted(inner, at), inner.of
        if isinstance(inner, nodes.Lookup):
            return self.lookup(inner, at) is None
        assert isinstance(inner, nodes.Cell)  # noqa: S101  the builder lets nothing else through
        if self.case.rows(inner.sheet, at.back) is None:
            return None
        self.cell(inner, at)
        key = at.key if inner.variable else inner.key
        return (self.case.row(inner.sheet, key, at.back) or {}).get(inner.name) in (None, "")

    def present(self, node: nodes.Present, at: At) -> bool | None:
        rows = self.case.rows(node.sheet, at.back)
        return None if rows is None else (at.key if node.variable else node.key) in rows

    def fact(self, node: nodes.Fact, _at: At) -> Any:
        return self.case.facts[node.name]

    def lookup(self, node: nodes.Lookup, at: At) -> Any:
        return self.case.lookups[node.name].get(at.key)

    def arithmetic(self, node: nodes.Arithmetic, at: At) -> Decimal | None:
        left, right = self.read(node.left, at), self.read(node.right, at)
        return None if left is None or right is None else arithmetic(node.sign, left, right)

    def change(self, node: nodes.Change, at: At) -> Decimal | None:
        left, right = self.read(node.left, at), self.read(node.right, at)
        return None if left is None or right is None else change(left, right)

    def call(self, node: nodes.Call, at: At) -> Any:
        arguments = [self.read(one, at) for one in node.arguments]
        return None if None in arguments else PLAIN[node.name](*arguments)

    def choose(self, node: nodes.Choose, at: At) -> Any:
        test = self.read(node.test, at)
        return None if test is None else self.read(node.left if test else node.right, at)

    def compare(self, node: nodes.Compare, at: At) -> bool | None:
        left, right = self.read(node.left, at), self.read(node.right, at)
        if left is None or right is None:
            return None
        held: bool = OPERATORS[node.sign](left, right)
        return held

    def approx(self, node: nodes.Approx, at: At) -> bool | None:
        parts = (node.left, node.right, node.absolute, node.relative)
        left, right, absolute, relative = (self.read(part, at) for part in parts)
        if left is None or right is None or absolute is None or relative is None:
            return None
        held: bool = abs(left - right) <= max(absolute, relative * max(abs(left), abs(right)))
        return held

    def member(self, node: nodes.Member, at: At) -> bool | None:
        one, codes = self.read(node.of, at), self.read(node.codes, at)
        return None if one is None or codes is None else one in codes

    def logic(self, node: nodes.Logic, at: At) -> bool | None:
        deciding = node.sign == "or"  # the value that decides, whatever the others are
        unknown = False
        for part in node.parts:
            held = self.read(part, at)
            if held is deciding:
                return deciding
            unknown = unknown or held is None
        return None if unknown else not deciding

    def negation(self, node: nodes.Not, at: At) -> bool | None:
        held = self.read(node.of, at)
        return None if held is None else not held

    def shifted(self, node: nodes.Shift, at: At) -> At:
        if node.to == "annual":
            return replace(at, back=YEAR)
        back = in_quarters(at.back)
        by = self.quarter(back) - 1 if node.to == "first" else QUARTERS_BACK[node.to]
        return replace(at, back=back + by)

    def quarter(self, back: int) -> int:
        return self.case.period.shifted(-back).quarter

    def shift(self, node: nodes.Shift, at: At) -> Any:
        return self.read(node.of, self.shifted(node, at))

    def year_to_date(self, node: nodes.YearToDate, at: At) -> Decimal | None:
        back = in_quarters(at.back)
        values = [
            self.read(node.of, replace(at, back=back + by)) for by in range(self.quarter(back))
        ]
        return None if None in values else sum(values, ZERO)

    def aggregate(self, node: nodes.Aggregate, at: At) -> Any:
        values = self._of_rows(node, at)
        return None if values is None else GATHERED[node.kind](values)

    def repeated(self, node: nodes.Aggregate, at: At) -> frozenset[Any]:
        """What stands in more than one of its rows."""
        times = Counter(value for value in self._of_rows(node, at) or [] if value is not None)
        return frozenset(value for value, n in times.items() if n > 1)

    def _of_rows(self, node: nodes.Aggregate, at: At) -> list[Any] | None:
        sheets = [self.case.rows(sheet, at.back) for sheet in node.sheets]
        if any(rows is None for rows in sheets):
            return None
        keys: Iterable[str] = node.codes or dict.fromkeys(k for rows in sheets for k in rows or {})
        rows = [replace(at, key=key) for key in keys]
        if node.where is not None:
            rows = [row for row in rows if self.read(node.where, row) is True]
        return [self.read(node.body, row) for row in rows]


READ: Mapping[type[Node], Callable[[Reader, Any, At], Any]] = {
    nodes.Number: Reader.number,
    nodes.Text: Reader.text,
    nodes.Codes: Reader.codes,
    nodes.Key: Reader.key,
    nodes.Cell: Reader.cell,
    nodes.Empty: Reader.empty,
    nodes.Present: Reader.present,
    nodes.Fact: Reader.fact,
    nodes.Lookup: Reader.lookup,
    nodes.Arithmetic: Reader.arithmetic,
    nodes.Change: Reader.change,
    nodes.Call: Reader.call,
    nodes.Choose: Reader.choose,
    nodes.Compare: Reader.compare,
    nodes.Approx: Reader.approx,
    nodes.Member: Reader.member,
    nodes.Logic: Reader.logic,
    nodes.Not: Reader.negation,
    nodes.Shift: Reader.shift,
    nodes.YearToDate: Reader.year_to_date,
    nodes.Aggregate: Reader.aggregate,
}


def _all(values: list[bool | None]) -> bool | None:
    if False in values:
        return False
    return None if None in values else True


def _unique(values: list[Any]) -> bool:
    known = [value for value in values if value is not None]
    return len(set(known)) == len(known)


def _newest(values: list[Any]) -> Any:
    return values[-1] if values else None


GATHERED: Mapping[str, Callable[[list[Any]], Any]] = {  # a row that is not applicable adds nothing
    "sum": lambda values: sum((value for value in values if value is not None), ZERO),
    "count": lambda values: Decimal(sum(value is True for value in values)),
    "all": _all,
    "unique": _unique,
    "union": lambda values: frozenset().union(*(value for value in values if value is not None)),
    "newest": _newest,
}
