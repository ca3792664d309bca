"""A report as one definition: headings, rows and a foot; its page and its workbook follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

Value = str | int | Decimal | None
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class SummaryColumn:
    title: str
    unit: str = ""
    numeric: bool = False
    places: int = 2

    @property
    def heading(self) -> str:
        return f"{self.title} ({self.unit})" if self.unit else self.title


@dataclass(frozen=True, slots=True)
class SummaryTable:
    """Rows are values in the order of the columns; `foot` are the sums, `notes` what to know."""

    title: str
    columns: Sequence[SummaryColumn]
    rows: Sequence[Sequence[Value]]
    foot: Sequence[Value] = ()
    notes: Sequence[str] = ()


def workbook_of(table: SummaryTable) -> BytesIO:
    """The table as a workbook; text that looks like a formula stays text."""
    book = Workbook()
    page = book.active
    page.append([table.title])
    page.append([column.heading for column in table.columns])
    for line in [*table.rows, *([table.foot] if table.foot else [])]:
        page.append([None] * len(table.columns))
        for number, (column, value) in enumerate(zip(table.columns, line, strict=True), start=1):
            cell = page.cell(page.max_row, number)
            if column.numeric and isinstance(value, Decimal | int):
                cell.value = value
                cell.number_format = "#,##0" + ("." + "0" * column.places if column.places else "")
            elif value is not None:
                text = str(value)
                cell.value = "'" + text if text.startswith(FORMULA) else text
                cell.data_type = "s"
    for note in table.notes:
        page.append([note])
    page["A1"].font = Font(bold=True, size=14)
    for cell in page[2]:
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    for number, column in enumerate(table.columns, start=1):
        page.column_dimensions[get_column_letter(number)].width = 18 if column.numeric else 26
    page.freeze_panes = "A3"
    book.save(file := BytesIO())
    file.seek(0)
    return file
