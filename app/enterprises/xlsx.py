"""The registry as a workbook, out and in again; problems name the cell: ``enterprises!D7``.

Row 1 says what the workbook is, row 2 has the headings, row 3 (hidden) the names of the columns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from app.core.errors import Problem
from app.core.package import refused
from app.core.xlsx import pages_of

SHEET, STAMP = "enterprises", "enterprises 1"
NAMES_ROW, FIRST_ROW = 3, 4
LARGEST_UNPACKED = 60 << 20
MOST_ROWS = 5000
SPARE_ROWS = 500  # with drop-downs, to fill in
GIVEN = PatternFill("solid", fgColor="E7EAEE")
HEAD = Font(bold=True)
COLUMNS = (
    "registry_number version credit_code name short_name county industry_code enterprise_class "
    "address contact_name contact_phone"
).split()
WIDTHS = {"name": 40, "address": 36, "county": 30, "industry_code": 36, "credit_code": 24}
CHOSEN = ("county", "industry_code", "enterprise_class")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the workbook: its number, and the texts of its cells by column."""

    at: int
    cells: Mapping[str, str]

    def cell(self, name: str) -> str:
        """Where a problem with the column *name* is shown; of the whole row at its first cell."""
        column = COLUMNS.index(name) + 1 if name in COLUMNS else 1
        return f"{SHEET}!{get_column_letter(column)}{self.at}"


def headings() -> dict[str, str]:
    return {
        "registry_number": _("Registry number (empty: a new enterprise)"),
        "version": _("Version"),
        "credit_code": _("Unified social credit code"),
        "name": _("Full name"),
        "short_name": _("Short name"),
        "county": _("County"),
        "industry_code": _("Industry"),
        "enterprise_class": _("Class"),
        "address": _("Address"),
        "contact_name": _("Contact"),
        "contact_phone": _("Telephone"),
    }


def template(rows: Iterable[Mapping[str, object]], choices: Mapping[str, Sequence[str]]) -> BytesIO:
    """A workbook with *rows*, and the *choices* of `CHOSEN` to be chosen from."""
    book = Workbook(write_only=True)
    page = book.create_sheet(SHEET)
    page.freeze_panes = f"E{FIRST_ROW}"
    for column, name in enumerate(COLUMNS, start=1):
        letter = get_column_letter(column)
        page.column_dimensions[letter].width = WIDTHS.get(name, 18)
        page.column_dimensions[letter].number_format = "@"
        page.column_dimensions[letter].hidden = name == "version"
    page.row_dimensions[NAMES_ROW].hidden = True
    for at, name in enumerate(CHOSEN, start=1):
        letter, source = get_column_letter(COLUMNS.index(name) + 1), get_column_letter(at)
        one = DataValidation(
            "list",
            formula1=f"choices!${source}$1:${source}${max(len(choices[name]), 1)}",
            allow_blank=True,
            showErrorMessage=True,
        )
        one.add(f"{letter}{FIRST_ROW}:{letter}{FIRST_ROW + MOST_ROWS - 1}")
        page.data_validations.append(one)
    heads = headings()
    page.append([_text(page, STAMP), _text(page, _("Registry of enterprises"))])
    page.append([_head(page, heads[name]) for name in COLUMNS])
    page.append([_text(page, name) for name in COLUMNS])
    for row in rows:
        page.append([_cell(page, name, row.get(name)) for name in COLUMNS])
    for _row in range(SPARE_ROWS):
        page.append([_cell(page, name, "") for name in COLUMNS])
    listed = book.create_sheet("choices")
    listed.sheet_state = "hidden"
    for at in range(max(len(choices[name]) for name in CHOSEN)):
        listed.append(
            [_text(listed, choices[n][at]) if at < len(choices[n]) else None for n in CHOSEN]
        )
    book.save(file := BytesIO())
    file.seek(0)
    return file


def _cell(page: Any, name: str, value: object) -> Any:
    cell = _text(page, "" if value is None else str(value))
    if name == "registry_number":
        cell.fill = GIVEN
    return cell


def _head(page: Any, text: str) -> Any:
    cell = _text(page, text)
    cell.font, cell.alignment = HEAD, Alignment(wrap_text=True, vertical="top")
    return cell


def _text(page: Any, text: str) -> Any:
    """A text that stays one: what begins with = is no formula, 000017 no number."""
    plain = "".join(sign for sign in text if sign >= " " or sign in "\t\n")
    cell = WriteOnlyCell(page, plain or None)
    cell.number_format = "@"
    if plain:
        cell.data_type = "s"
    return cell


def read(file: IO[bytes]) -> tuple[list[Line], list[Problem]]:
    """The rows that have something in them, and what cannot be read at all."""
    rows = _rows(file)
    if len(rows) < NAMES_ROW or not rows[0] or str(rows[0][0].value) != STAMP:
        raise refused(_("This is a workbook of something else; expected: %(stamp)s.", stamp=STAMP))
    names = {str(cell.value): i for i, cell in enumerate(rows[NAMES_ROW - 1]) if cell.value}
    if list(names)[: len(COLUMNS)] != COLUMNS:
        raise refused(_("Columns are missing; fetch the template again."))
    lines: list[Line] = []
    problems: list[Problem] = []
    for at, row in enumerate(rows[FIRST_ROW - 1 :], start=FIRST_ROW):
        cells: dict[str, str] = {}
        line = Line(at, cells)
        for name, i in names.items():
            cell = row[i] if i < len(row) else None
            if cell is not None and cell.data_type == "f":
                problems.append(
                    Problem(line.cell(name), _("Formulas are not taken; enter the value."))
                )
            cells[name] = "" if cell is None or cell.data_type == "f" else _as_text(cell.value)
        if any(cells.values()):
            lines.append(line)
    return lines, problems


def _as_text(value: object) -> str:
    """A cell as it was typed; Excel may have taken a code for a number."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str("" if value is None else value).split())


def _rows(file: IO[bytes]) -> list[Any]:
    """The cells of the page; rows below the last are looked at, and may hold nothing."""
    most = FIRST_ROW - 1 + MOST_ROWS
    pages = pages_of(file, [SHEET], rows=most + SPARE_ROWS, columns=len(COLUMNS), cut=True)
    rows = pages[SHEET]
    if any(cell.value not in (None, "") for row in rows[most:] for cell in row):
        raise refused(_("At most %(n)s enterprises fit in one workbook.", n=MOST_ROWS))
    return rows[:most]
