"""A sheet as an Excel workbook, out and in again; both drawn from its class."""

from collections.abc import Mapping
from typing import IO, Any

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from app.core.xlsx import pages_of, refused
from app.filings.entry import addable, entries_of
from app.filings.models import Filing
from app.filings.queries import book_around
from app.filings.sheet import Field, SheetRow
from app.filings.values import DECIMALS, Kind, text_of

WORKED_OUT = PatternFill("solid", fgColor="E7EAEE")
HEAD = Font(bold=True)
NAMES_ROW, FIRST_ROW = 3, 4  # row 1 says what it is, row 2 the headings, row 3 the columns' names
MOST_ROWS, MOST_COLUMNS = 400, 60


def _stamp(kind: type[SheetRow], filing: Filing) -> str:
    """Written into the first cell, so that a workbook of another filing is not taken over."""
    return f"{kind.sheet.key} {filing.enterprise.registry_number} {filing.period}"


def template(
    kind: type[SheetRow], rows: Mapping[str, Mapping[str, Any]], filing: Filing
) -> Workbook:
    """The sheet with what is there; grey cells are worked out by the system and locked."""
    book = Workbook()
    page = book.active
    page.title = kind.sheet.key
    page.append([_stamp(kind, filing), filing.enterprise.name, str(kind.sheet.title)])
    page["B1"].data_type = "s"  # a name that begins with = is text
    fields = kind.fields()
    title = kind.sheet.keyed.title if kind.sheet.keyed else ""
    page.append([_("Code"), title, _("Unit"), *(w.heading() for w in fields.values())])
    page.append([kind.sheet.key_name, "", "", *fields])
    around = book_around(filing)
    more = addable(kind, around, rows, filing.period)
    known = entries_of(kind, around)
    there = [(k, known[k].name, known[k].unit) if k in known else (k, "", "") for k in rows]
    for key, name, unit in sorted([*there, *more]) or [("", "", "")]:
        page.append([key, name, unit])
        page.cell(page.max_row, 1).number_format = "@"
        for column, (field, what) in enumerate(fields.items(), start=4):
            _write(page.cell(page.max_row, column), what, rows.get(key, {}).get(field))
    _dress(page, fields)
    return book


def _write(cell: Cell, what: Field, value: Any) -> None:
    cell.protection = Protection(locked=not what.typed)
    if not what.typed:
        cell.fill = WORKED_OUT
    if what.kind in DECIMALS:
        cell.number_format = (
            "#,##0." + "#" * DECIMALS[what.kind][1] if DECIMALS[what.kind][1] else "0"
        )
        cell.value = value
    elif value is not None:
        cell.number_format = "@"
        cell.value = text_of(value, what.kind)
        cell.data_type = "s"  # text that begins with = is text
    else:
        cell.number_format = "@"


def _dress(page: Worksheet, fields: Mapping[str, Field]) -> None:
    """Heads, widths, drop-downs, frozen panes, and a lock on all that is not typed."""
    for cell in page[2]:
        cell.font, cell.alignment = HEAD, Alignment(wrap_text=True, vertical="top")
    page.row_dimensions[NAMES_ROW].hidden = True
    page.freeze_panes = f"D{FIRST_ROW}"
    page.column_dimensions["B"].width = 24
    for column, what in enumerate(fields.values(), start=4):
        letter = get_column_letter(column)
        page.column_dimensions[letter].width = 18
        words = [str(one.label) for one in what.choices or ()]
        if what.kind is Kind.BOOL:
            words = [_("yes"), _("no")]
        if words and what.typed:
            choice = DataValidation("list", formula1='"' + ",".join(words) + '"', allow_blank=True)
            page.add_data_validation(choice)
            choice.add(f"{letter}{FIRST_ROW}:{letter}{max(page.max_row, FIRST_ROW)}")
    page.protection.enable()


def read(kind: type[SheetRow], file: IO[bytes], filing: Filing) -> list[dict[str, object]]:
    """The rows of an uploaded workbook, cells as they stand; `Invalid` if it is another one."""
    title = kind.sheet.key
    pages = pages_of(file, [title], rows=MOST_ROWS, columns=MOST_COLUMNS, results=True, cut=True)
    lines: list[Any] = [[cell.value for cell in row] for row in pages[title]]
    stamp, _heads, names, *rest = lines + [[]] * 3
    if not stamp or str(stamp[0]) != _stamp(kind, filing):
        raise refused(
            _(
                "This is a workbook of another sheet, enterprise or quarter; expected: %(stamp)s.",
                stamp=_stamp(kind, filing),
            )
        )
    inputs = kind.inputs()
    columns = {index: str(name) for index, name in enumerate(names) if str(name) in inputs}
    if len(columns) < len(inputs):
        raise refused(_("Columns are missing; fetch the template again."))
    rows: list[dict[str, object]] = []
    for line in rest:
        cells = {name: line[i] for i, name in columns.items() if i < len(line)}
        filled = {n: v for n, v in cells.items() if v not in (None, "")}
        if filled and kind.sheet.keyed:
            rows.append({kind.sheet.key_name: str(line[0] or ""), **cells})
        elif filled:
            rows.append(dict(cells))
    return rows
