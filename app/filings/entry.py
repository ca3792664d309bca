"""The entry page of a sheet: its cells as inputs, and the form they come back in."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import count, islice
from typing import Any

from app.checks.book import Book, Facts
from app.core.errors import Problem
from app.core.period import Quarter
from app.filings.beside import Beside, Past
from app.filings.sheet import Field, Keyed, Over, SheetRow, address
from app.filings.sheets import SHEETS
from app.filings.values import DECIMALS, Kind, Unreadable, plain, read, text_of

NEW_NUMBERS = 5
LONG = 500  # characters of a text that is written rather than named
SEPARATOR = ":"  # in the names of inputs: "04:opening_stock"


@dataclass(frozen=True, slots=True)
class Cell:
    """One input, or one figure that is worked out and only shown."""

    name: str
    where: str
    what: Field
    text: str
    problems: Sequence[Problem]
    past: Past
    year: str  # 本年累计

    @property
    def numeric(self) -> bool:
        return self.what.kind in DECIMALS

    @property
    def is_long(self) -> bool:
        """Whether it may hold several lines: an input of one line would lose the breaks."""
        return self.what.kind is Kind.TEXT and self.what.length >= LONG

    @property
    def choices(self) -> list[tuple[str, str]]:
        if self.what.kind is Kind.BOOL:
            return [
                ("true", text_of(value=True, kind=Kind.BOOL)),
                ("false", text_of(value=False, kind=Kind.BOOL)),
            ]
        return [(one.value, str(one.label)) for one in self.what.choices or ()]


@dataclass(frozen=True, slots=True)
class EntryRow:
    key: str
    facts: Facts | None  # of the catalogue
    cells: Sequence[Cell]
    problems: Sequence[Problem]  # of the row as a whole


@dataclass(frozen=True, slots=True)
class Entry:
    """A sheet to be filled in: the rows there are, and what rows can be added."""

    key: str
    title: str
    keyed: Keyed | None
    fields: Mapping[str, Field]
    rows: Sequence[EntryRow]
    addable: Sequence[tuple[str, str, str]]  # key, name and unit
    blank: EntryRow | None  # the row that is copied when one is added; key "__"
    made: bool  # the system makes the rows
    adds_up: bool  # whether a typed column is a flow, of which cumulative figures make sense


def as_typed(kind: type[SheetRow], rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Kept values as the texts of inputs; what is worked out as it is."""
    fields = kind.fields()
    return {
        key: {n: _as_input(row.get(n)) if what.typed else row.get(n) for n, what in fields.items()}
        for key, row in rows.items()
    }


def _as_input(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(plain(value.date() if isinstance(value, datetime) else value))


def entry_of(
    key: str,
    typed: Mapping[str, Mapping[str, Any]],
    problems: Sequence[Problem],
    around: Book,
    beside: Beside,
) -> Entry:
    kind = SHEETS[key]
    keyed = kind.sheet.keyed
    by_place: dict[str, list[Problem]] = {}
    for problem in problems:
        by_place.setdefault(problem.where, []).append(problem)
    known = entries_of(kind, around)
    keys = sorted(typed) if keyed else [""]
    rows = [_row(beside, k, known.get(k), typed.get(k, {}), by_place) for k in keys]
    return Entry(
        key=key,
        title=str(kind.sheet.title),
        keyed=keyed,
        fields=kind.fields(),
        rows=rows,
        addable=addable(kind, around, typed, beside.period),
        blank=_row(beside, "__", None, {}, {}) if keyed and not kind.sheet.made else None,
        made=kind.sheet.made is not None,
        adds_up=any(what.over_quarters is Over.SUM for what in kind.inputs().values()),
    )


def entries_of(kind: type[SheetRow], around: Book) -> Mapping[str, Facts]:
    """The catalogue of the sheet's rows; empty where there is none."""
    return kind.sheet.keyed.entries(around) if kind.sheet.keyed else {}


def addable(
    kind: type[SheetRow], around: Book, there: Container[str], period: Quarter
) -> list[tuple[str, str, str]]:
    """The rows that can be added to those *there*: key, name and unit.

    A project that is begun in *period* takes one of the next numbers.
    """
    if kind.sheet.keyed is Keyed.PROJECT:
        numbers = (f"{period}-{n:02d}" for n in count(1))
        free = (number for number in numbers if number not in there)
        return [(number, "", "") for number in islice(free, NEW_NUMBERS)]
    if kind.sheet.made is not None:
        return []
    known = entries_of(kind, around)
    return [(code, one.name, one.unit) for code, one in known.items() if code not in there]


def left_in(problems: Sequence[Problem]) -> Counter[str]:
    """How much is still to do, by sheet."""
    return Counter(problem.where.partition("/")[0] for problem in problems)


def _row(
    beside: Beside,
    key: str,
    facts: Facts | None,
    typed: Mapping[str, Any],
    by_place: Mapping[str, list[Problem]],
) -> EntryRow:
    kind = beside.kind
    cells = [
        Cell(
            name=f"{key}{SEPARATOR}{name}",
            where=(where := address(kind, key, name)),
            what=what,
            text=_as_input(typed.get(name)) if what.typed else text_of(typed.get(name), what.kind),
            problems=by_place.get(where, ()),
            past=beside.cell(key, name) if what.typed else Past(),
            year=beside.year(key, name, _number(typed.get(name), what)) if what.typed else "",
        )
        for name, what in kind.fields().items()
    ]
    own = [address(kind, key, kind.sheet.key_name), address(kind, key, "")]
    return EntryRow(key, facts, cells, [p for where in own for p in by_place.get(where, ())])


def _number(text: object, what: Field) -> Decimal | None:
    try:
        value = read(text, what.kind, negative=True) if what.kind in DECIMALS else None
    except Unreadable:
        return None
    return value if isinstance(value, Decimal) else None


def rows_from(kind: type[SheetRow], form: Mapping[str, str]) -> list[dict[str, object]]:
    """The rows that a posted form holds; an added carrier comes as its own row."""
    rows: dict[str, dict[str, object]] = {}
    for name, text in form.items():
        key, separator, column = name.partition(SEPARATOR)
        if separator and column in kind.inputs() and key != "__":
            rows.setdefault(key, {})[column] = text
        elif separator and column == "present" and key != "__":
            rows.setdefault(key, {})
    for gone in [key for key in rows if form.get(f"{key}{SEPARATOR}removed")]:
        del rows[gone]
    if kind.sheet.keyed is None:
        return [rows.get("", {})]
    return [{kind.sheet.key_name: key, **cells} for key, cells in rows.items()]
