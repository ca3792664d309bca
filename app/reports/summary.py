"""A report as one definition: headings, lines and a foot; page, workbook, print, chart follow."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from typing import Any, overload

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from app.core.enums import Labelled
from app.filings.sheet import SheetRow
from app.filings.values import Kind

Value = str | int | Decimal | Labelled | None
FORMULA = ("=", "+", "-", "@", "\t", "\r")
PLACES = {Kind.TCE: 2, Kind.MONEY: 2, Kind.PCT: 2, Kind.QTY: 4, Kind.COEF: 4, Kind.INT: 0}
BEHIND = "behind"  # to the filings of which the sums of a line are made
BOLD = Font(bold=True)


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


def workbook_of(*tables: SummaryTable) -> BytesIO:
    """Each table on a page of its own; text that looks like a formula stays text."""
    book = Workbook(write_only=True)
    for at, table in enumerate(tables, start=1):
        _written(book, table, f"{at}" if len(tables) > 1 else "")
    book.save(file := BytesIO())
    file.seek(0)
    return file


def _written(book: Workbook, table: SummaryTable, number_of_it: str) -> None:
    title = "".join(c for c in table.title if c not in "[]:*?/\\")
    page = book.create_sheet(f"{number_of_it} {title}".strip()[:31] or "1")
    page.freeze_panes = "B3"
    for at, column in enumerate(table.columns, start=1):
        width = 40 if column.wide else 18 if column.numeric else 26
        page.column_dimensions[get_column_letter(at)].width = width
    head = _cell(page, table.title)
    head.font = Font(bold=True, size=14)
    page.append([head])
    heads = [_cell(page, column.heading) for column in table.columns]
    for cell in heads:
        cell.font, cell.alignment = BOLD, Alignment(wrap_text=True, vertical="top")
    page.append(heads)
    formats = ["#,##0" + ("." + "0" * c.places if c.places else "") for c in table.columns]
    for line in table.everything:
        cells = []
        for at, (column, value) in enumerate(zip(table.columns, line.values, strict=True)):
            if column.numeric and isinstance(value, Decimal | int):
                cell = WriteOnlyCell(page, value)
                cell.number_format = formats[at]
            else:
                cell = None if value is None else _cell(page, shown(value))
            if cell is not None and line is table.foot:
                cell.font = BOLD
            cells.append(cell)
        page.append(cells)
    for note in table.notes:
        page.append([_cell(page, note)])


def _cell(page: object, text: str) -> WriteOnlyCell:
    plain = "".join(c for c in text if c >= " " or c in "\t\n\r")
    cell = WriteOnlyCell(page, "'" + plain if plain.startswith(FORMULA) else plain)
    cell.data_type = "s"
    return cell


def shown(value: Value) -> str:
    """What is no number, in words."""
    return str(getattr(value, "label", value))
