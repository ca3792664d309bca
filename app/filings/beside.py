"""What stands beside a cell: last quarter, the same quarter last year, the year so far.

Quarters are kept by themselves; who has cumulative figures at hand may give those, and what
was filed before in the year is taken off (sheets.md, period basis).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select

from app.core.db import db
from app.core.period import Quarter
from app.filings.models import Filing
from app.filings.sheet import Over, SheetRow
from app.filings.values import DECIMALS, Unreadable, read, text_of

Rows = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Past:
    """The figures beside one cell, as text; empty where there are none."""

    before: str = ""
    year_ago: str = ""
    so_far: Decimal | None = None  # the earlier quarters of this year together


@dataclass(frozen=True, slots=True)
class Beside:
    """The rows of one sheet in the quarters that a filing is compared with."""

    period: Quarter
    kind: type[SheetRow]
    rows: Mapping[Quarter, Rows]

    def cell(self, key: str, name: str) -> Past:
        if self.kind.fields()[name].kind not in DECIMALS:
            return Past()
        return Past(
            self._text(self.period.previous, key, name),
            self._text(self.period.a_year_before, key, name),
            self.so_far(key, name),
        )

    def _text(self, period: Quarter, key: str, name: str) -> str:
        value = self.rows.get(period, {}).get(key, {}).get(name)
        return text_of(value, self.kind.fields()[name].kind)

    def so_far(self, key: str, name: str) -> Decimal | None:
        """What the earlier quarters of the year make together, of a column that adds up."""
        if self.kind.fields()[name].over_quarters is not Over.SUM:
            return None
        values = [self.rows.get(one, {}).get(key, {}).get(name) for one in self.earlier]
        known = [value for value in values if value is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def earlier(self) -> list[Quarter]:
        """The quarters of the year before this one, in time."""
        return [Quarter(self.period.year, n) for n in range(1, self.period.quarter)]

    def without_flows(self) -> list[Quarter]:
        """The earlier quarters of which nothing typed is kept that adds up."""
        flows = [n for n, what in self.kind.inputs().items() if what.over_quarters is Over.SUM]
        return [
            one
            for one in self.earlier
            if all(
                row.get(name) is None for row in self.rows.get(one, {}).values() for name in flows
            )
        ]

    def year(self, key: str, name: str, now: object) -> str:
        """本年累计: the earlier quarters and *now* together; empty where nothing came before."""
        before = self.so_far(key, name)
        if before is None:
            return ""
        value = now if isinstance(now, Decimal) else Decimal(0)
        return text_of(before + value, self.kind.fields()[name].kind)


def beside_of(filing: Filing, kind: type[SheetRow]) -> Beside:
    """One statement; the enterprise's own quarters, whatever their state."""
    period = filing.period
    first = Quarter(period.year, 1).index
    index = Filing.year * 4 + Filing.quarter - 1
    wanted = or_(
        index.between(first, period.index - 1),
        index.in_([period.previous.index, period.a_year_before.index]),
    )
    query = (
        select(index, kind)
        .join(kind, kind.filing_id == Filing.id)
        .where(Filing.enterprise_id == filing.enterprise_id, wanted)
    )
    rows: dict[Quarter, Rows] = {}
    for number, row in db.session.execute(query):
        rows.setdefault(Quarter.at(number), {})[row.key] = row.values()
    return Beside(period, kind, rows)


@dataclass(frozen=True, slots=True)
class Taken:
    """What was made of a cumulative figure: ``35,000 - 23,000 = 12,000``."""

    key: str
    name: str
    value: str  # as it is typed
    told: str


def single_quarter(
    beside: Beside, typed: Mapping[str, Mapping[str, object]], cells: Collection[tuple[str, str]]
) -> list[Taken]:
    """The figures of the quarter alone, of *cells* (row, column) that hold cumulative ones.

    Only columns that add up are changed, and only where something was filed before in the year;
    what cannot be read stays as it is, to be named when the sheet is checked.
    """
    found = []
    for key, name in cells:
        what, before = beside.kind.inputs()[name], beside.so_far(key, name)
        if before is None:
            continue
        try:
            whole = read(typed.get(key, {}).get(name), what.kind, negative=True)
        except Unreadable:
            continue
        if whole is None:
            continue
        rest = whole - before
        shown = [text_of(one, what.kind) for one in (whole, before, rest)]
        found.append(Taken(key, name, f"{rest:f}", "{} − {} = {}".format(*shown)))
    return found
