"""Many filings of one quarter as columns, for reading a rule over all of them at once.

Numbers stay exact: a column is an array of decimals, and what is not there is told by a mask
beside it.  Row 01 and 40 of sheet 2 are a sheet of their own, `TOTALS`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from app.checks.case import (
    ALL_ENERGY,
    KINDS_OF_COAL,
    RAW_COAL,
    Back,
    Case,
    Cells,
    Rows,
)
from app.checks.reckoning import ZERO
from app.checks.schema import Type
from app.core.period import Quarter

TOTALS = "S2 in all"
COEFFICIENT, CONSUMED = "adopted_coefficient", "industrial_consumption"
FILLERS: Mapping[Type, Any] = {  # stands where nothing is known, and is never looked at
    Type.NUMBER: ZERO,
    Type.TEXT: "",
    Type.BOOL: False,
    Type.DATE: date.min,
    Type.SET: frozenset(),
}
Objects = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


class Codes:
    """The codes of rows as whole numbers, so that rows are found by arithmetic."""

    MOST = 1 << 20

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def of(self, keys: Iterable[str]) -> Numbers:
        numbers = self.numbers
        found = [numbers.setdefault(key, len(numbers)) for key in keys]
        return np.array(found, dtype=np.int64)

    def names(self) -> Objects:
        return as_objects(list(self.numbers))


def as_objects(values: Sequence[Any]) -> Objects:
    return np.fromiter(values, dtype=np.object_, count=len(values))


@dataclass(frozen=True, slots=True)
class Where:
    """Rows of filings: which filing each belongs to, and the number of its code."""

    owner: Numbers
    code: Numbers

    @property
    def ids(self) -> Numbers:
        return self.owner * Codes.MOST + self.code


class Table:
    """One sheet of all filings in one quarter; *known* says of which filings it is known."""

    def __init__(self, rows: Where, columns: Mapping[str, Sequence[Any]], known: Mask) -> None:
        self.rows, self.known = rows, known
        self.columns = columns
        self._order = np.argsort(rows.ids, kind="stable")
        self._ids = rows.ids[self._order]
        self._filled: dict[tuple[str, Type], tuple[Any, Mask]] = {}

    def find(self, wanted: Where) -> Numbers:
        """The places of *wanted* rows; -1 where there is none."""
        if not len(self._ids):
            return np.full(len(wanted.owner), -1, dtype=np.int64)
        ids = wanted.ids
        at = np.minimum(np.searchsorted(self._ids, ids), len(self._ids) - 1)
        return np.where(self._ids[at] == ids, self._order[at], -1)

    def column(self, name: str, kind: Type) -> tuple[Any, Mask]:
        """Values with a filler behind them, and whether each is there; place -1 is no row."""
        key = (name, kind)
        if key not in self._filled:
            filler = FILLERS[kind]
            raw = self.columns.get(name) or [None] * len(self.rows.owner)
            found = as_objects([*raw, None])
            there = np.array([value is not None for value in found], dtype=np.bool_)
            if kind is Type.TEXT:  # a decimal takes long to be compared with a text
                there &= found != ""
            found[~there] = filler
            self._filled[key] = found.astype(np.bool_) if kind is Type.BOOL else found, there
        return self._filled[key]


@dataclass(slots=True)
class Panel:
    """*size* filings of *period*; tables by sheet and by how many quarters ago they are."""

    period: Quarter
    size: int
    codes: Codes
    tables: Mapping[tuple[str, Back], Table]
    facts: Mapping[str, Sequence[Any]] = field(default_factory=dict)  # of each filing, by name
    lookups: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def case(self, number: int) -> Case:
        """One filing of the panel, for the reading that takes its time."""
        quarters: dict[Back, dict[str, Rows]] = {}
        names = list(self.codes.numbers)
        for (sheet, back), table in self.tables.items():
            if table.known[number]:
                quarters.setdefault(back, {})[sheet] = {
                    names[table.rows.code[at]]: {
                        name: values[at] for name, values in table.columns.items()
                    }
                    for at in np.flatnonzero(table.rows.owner == number).tolist()
                }
        return Case(
            self.period,
            quarters,
            {name: values[number] for name, values in self.facts.items()},
            self.lookups,
            {back: sheets.pop(TOTALS) for back, sheets in quarters.items() if TOTALS in sheets},
        )


def table_of(
    codes: Codes, rows: Sequence[tuple[int, str, Cells]], names: Iterable[str], known: Mask
) -> Table:
    """A table of rows: the number of the filing, the code, the cells."""
    where = Where(
        np.array([owner for owner, _key, _cells in rows], dtype=np.int64),
        codes.of(key for _owner, key, _cells in rows),
    )
    columns = {name: [cells.get(name) for _owner, _key, cells in rows] for name in names}
    return Table(where, columns, known)


def totals_of(codes: Codes, table: Table, names: Iterable[str]) -> Table:
    """Rows 01 and 40 of sheet 2 for every filing; see `case.subtotals`, which does it for one."""
    owner, size = table.rows.owner, len(table.known)
    k, _there = table.column(COEFFICIENT, Type.NUMBER)
    k = k[:-1]
    coal = np.isin(table.rows.code, codes.of(KINDS_OF_COAL))
    columns: dict[str, list[Any]] = {}
    for name in names:
        if name != COEFFICIENT:
            values = table.column(name, Type.NUMBER)[0][:-1]
            raw, everything = (
                summed(owner[coal], values[coal], size),
                summed(owner, values * k, size),
            )
            columns[name] = [*raw, *everything]
    used = table.column(CONSUMED, Type.NUMBER)[0][:-1]
    weight, product = (summed(owner[coal], v[coal], size) for v in (used, used * k))
    means = [p / w if w > 0 else None for p, w in zip(product, weight, strict=True)]
    columns[COEFFICIENT] = [*means, *[None] * size]
    filings = np.arange(size, dtype=np.int64)
    number = np.repeat(codes.of([RAW_COAL, ALL_ENERGY]), size)
    return Table(Where(np.tile(filings, 2), number), columns, table.known)


def summed(owner: Numbers, values: Objects, size: int) -> Objects:
    """The sum of the *values* of each filing."""
    found = as_objects([ZERO] * size)
    if len(owner):
        order = np.argsort(owner, kind="stable")
        owner, values = owner[order], values[order]
        starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
        found[owner[starts]] = np.add.reduceat(values, starts)
    return found


def panel_of(cases: Sequence[Case]) -> Panel:
    """Cases of one quarter, with the same catalogues, laid side by side."""
    codes, first = Codes(), cases[0]
    places = {
        (sheet, back)
        for case in cases
        for back, sheets in case.quarters.items()
        for sheet in (*sheets, *([TOTALS] if back in case.totals else []))
    }
    tables = {}
    for sheet, back in places:
        known = np.zeros(len(cases), dtype=np.bool_)
        rows: list[tuple[int, str, Cells]] = []
        for number, case in enumerate(cases):
            found = case.totals.get(back) if sheet == TOTALS else case.rows(sheet, back)
            if found is not None:
                known[number] = True
                rows += ((number, key, cells) for key, cells in found.items())
        names = dict.fromkeys(name for _number, _key, cells in rows for name in cells)
        tables[sheet, back] = table_of(codes, rows, names, known)
    facts = {name: [case.facts[name] for case in cases] for name in first.facts}
    return Panel(first.period, len(cases), codes, tables, facts, first.lookups)
