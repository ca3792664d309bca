"""A report as one definition: headings, lines and a foot; page, workbook, print, chart follow."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, overload

from app.core.enums import Labelled
from app.core.export import Exportable, Head
from app.filings.sheet import SheetRow
from app.filings.values import Kind

Value = str | int | Decimal | Labelled | None
PLACES = {Kind.TCE: 2, Kind.MONEY: 2, Kind.PCT: 2, Kind.QTY: 4, Kind.COEF: 4, Kind.INT: 0}
BEHIND = "behind"  # to the filings of which the sums of a line are made


@dataclass(frozen=True, slots=True)
class SummaryColumn:
    """`series` is the token of the colour in which the chart draws it; empty: it does not."""

    title: str
    unit: str = ""
    numeric: bool = False
    places: int = 2
    series: str = ""
    leads: str = ""  # which of the ways of a line its numbers lead
    wide: bool = False

    @property
    def heading(self) -> str:
        return f"{self.title} ({self.unit})" if self.unit else self.title


def number(title: str, unit: str = "", places: int = 0, *, series: str = "") -> SummaryColumn:
    """A column of figures."""
    return SummaryColumn(title, unit, numeric=True, places=places, series=series)


def filings(title: str) -> SummaryColumn:
    """How many filings stand behind a line, and the way to them."""
    return SummaryColumn(title, numeric=True, places=0, leads=BEHIND)


def column_of(kind: type[SheetRow], name: str, *, series: str = "") -> SummaryColumn:
    """The column of a sheet as it is called there."""
    what = kind.fields()[name]
    places = PLACES.get(what.kind)
    return SummaryColumn(
        str(what.title),
        str(what.measure),
        numeric=places is not None,
        places=places or 0,
        series=series,
    )


@dataclass(frozen=True, slots=True)
class Line:
    """Values in the order of the columns.

    `deeper` is where the name leads, mostly the same table one level down; `ways` are the
    addresses to which numbers lead, as `SummaryColumn.leads` calls them.
    """

    values: Sequence[Value]
    deeper: str = ""
    ways: Mapping[str, str] = field(default_factory=dict)
    key: str = ""  # of what it speaks, for who joins tables


class Lines(Sequence[Line]):
    """A line for each row, made when it is looked at: a page shows two hundred of ten thousand."""

    def __init__(self, rows: Sequence[Any], made: Callable[[Any], Line]) -> None:
        self._rows, self._made = rows, made

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Line: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Line]: ...
    def __getitem__(self, at: int | slice) -> Line | Sequence[Line]:
        if isinstance(at, slice):
            return [self._made(row) for row in self._rows[at]]
        return self._made(self._rows[at])


@dataclass(frozen=True, slots=True)
class SummaryTable:
    """`foot` are the sums, `notes` what to know; `chart` is how it is drawn, if it is."""

    title: str
    columns: Sequence[SummaryColumn]
    lines: Sequence[Line]
    foot: Line | None = None
    notes: Sequence[str] = ()
    chart: str = ""
    name: str = "table"  # the id on the page
    empty: str = ""  # what is said where there is no line

    @property
    def everything(self) -> Iterator[Line]:
        yield from self.lines
        if self.foot is not None and self.lines:
            yield self.foot


def exportable_of(tables: Sequence[SummaryTable], filters: Mapping[str, str]) -> Exportable:
    """The tables as the pages of a workbook, with the same heads."""
    first, *more = [_page(table, filters) for table in tables]
    return replace(first, more=more)


def _page(table: SummaryTable, filters: Mapping[str, str]) -> Exportable:
    return Exportable(
        title=table.title,
        heads=[
            Head(
                column.heading,
                40 if column.wide else 18 if column.numeric else 26,
                column.places if column.numeric else None,
            )
            for column in table.columns
        ],
        count=lambda: len(table.lines),
        rows=lambda: (line.values for line in table.lines),
        filters=filters,
        above=[table.title],
        below=lambda: _below(table),
    )


def _below(table: SummaryTable) -> list[Sequence[Value]]:
    foot = [table.foot.values] if table.foot is not None and table.lines else []
    return [*foot, *([note] for note in table.notes)]
