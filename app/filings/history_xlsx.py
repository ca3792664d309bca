"""The workbook of earlier years, out and in again; problems name the cell: ``filings!E7``.

Two pages: ``filings`` has a row a quarter of an enterprise, ``levels`` a row a year.  Row 1 says
what the workbook is, row 2 has the headings with units, row 3 (hidden) the names of the columns.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from app.core.errors import Problem
from app.core.package import refused
from app.core.xlsx import pages_of
from app.filings.sheet import Field
from app.filings.sheets.profile import ProfileRow

STAMP = "H1"
FILINGS, LEVELS = "filings", "levels"
NAMES_ROW, FIRST_ROW = 3, 4
MOST_ROWS, MOST_COLUMNS = 4000, 24
FIGURES = (
    "comprehensive_energy_calorific comprehensive_energy_primary total_energy_calorific "
    "feedstock_energy assessed_energy gross_output_current gross_output_comparable value_added "
    "sales_revenue production_cost energy_cost"
).split()
GIVEN = {FILINGS: ("number", "enterprise", "year", "quarter"), LEVELS: ("number", "enterprise")}
COLUMNS = {FILINGS: (*GIVEN[FILINGS], *FIGURES), LEVELS: (*GIVEN[LEVELS], "year", "level")}


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in the workbook: its cells by column, and where each of them is."""

    cells: Mapping[str, object]
    where: Mapping[str, str]

    def problem(self, name: str, text: str) -> Problem:
        return Problem(self.where[name], text)


def figure_fields() -> Mapping[str, Field]:
    """What is known of an earlier quarter: the headline figures of sheet 1."""
    fields = ProfileRow.fields()
    return {name: fields[name] for name in FIGURES}


def _headings() -> dict[str, str]:
    return {
        "number": _("Registry number"),
        "enterprise": _("Enterprise"),
        "year": _("Year"),
        "quarter": _("Quarter"),
        "level": _("Level"),
        **{name: what.heading() for name, what in figure_fields().items()},
    }


def template(year: int, enterprises: Iterable[tuple[str, str]]) -> BytesIO:
    """The workbook of *year* to fill in, for enterprises given by number and name."""
    known = list(enterprises)
    book = Workbook(write_only=True)
    for title in (FILINGS, LEVELS):
        page = book.create_sheet(title)
        page.freeze_panes = f"C{FIRST_ROW}"
        page.row_dimensions[NAMES_ROW].hidden = True
        for column, name in enumerate(COLUMNS[title], start=1):
            width = 36 if name == "enterprise" else 16
            page.column_dimensions[get_column_letter(column)].width = width
        headings = _headings()
        page.append([_text(page, STAMP), _text(page, _("Earlier years"))])
        page.append([_head(page, headings[name]) for name in COLUMNS[title]])
        page.append(list(COLUMNS[title]))
        for number, name in known:
            who = [_text(page, number), _text(page, name)]
            if title == LEVELS:
                page.append([*who, year])
                continue
            for quarter in (1, 2, 3, 4):
                page.append([*who, year, quarter])
    book.save(file := BytesIO())
    file.seek(0)
    return file


def _text(page: Any, text: str) -> Any:
    cell = WriteOnlyCell(page, text)
    cell.data_type, cell.number_format = "s", "@"  # text that begins with = is text
    return cell


def _head(page: Any, text: str) -> Any:
    cell = _text(page, text)
    cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    return cell


def read(file: IO[bytes]) -> tuple[dict[str, list[Row]], list[Problem]]:
    """The rows that are filled in, by page, and the cells that hold formulas.

    `Invalid` if it is another workbook; formulas are not taken for their last results.
    """
    pages = pages_of(file, (FILINGS, LEVELS), rows=MOST_ROWS, columns=MOST_COLUMNS)
    problems: list[Problem] = []
    found = {title: list(_rows(title, pages[title], problems)) for title in pages}
    return found, problems


def _rows(title: str, page: list[Any], problems: list[Problem]) -> Iterator[Row]:
    if len(page) < NAMES_ROW or not page[0] or str(page[0][0].value) != STAMP:
        raise refused(_("This is a workbook of something else; expected: %(stamp)s.", stamp=STAMP))
    names = {str(cell.value): at for at, cell in enumerate(page[NAMES_ROW - 1]) if cell.value}
    columns = COLUMNS[title]
    if set(columns) - names.keys():
        raise refused(_("Columns are missing; fetch the template again."))
    for number, line in enumerate(page[FIRST_ROW - 1 :], start=FIRST_ROW):
        cells = {name: line[names[name]] for name in columns if names[name] < len(line)}
        where = {name: f"{title}!{get_column_letter(names[name] + 1)}{number}" for name in columns}
        values = {name: cells[name].value if name in cells else None for name in columns}
        if all(values[name] in (None, "") for name in columns if name not in _given(title)):
            continue
        for name, cell in cells.items():
            if cell.data_type == "f":
                values[name] = None
                told = _("Formulas are not taken; enter the value.")
                problems.append(Problem(where[name], told))
        yield Row(values, where)


def _given(title: str) -> tuple[str, ...]:
    """What the template fills in; a row with nothing else is left out."""
    return (*GIVEN[title], "year")
