"""A list as a workbook: all rows that the filters leave, not only those of one page."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from sqlalchemy import Select

from app.core.db import db
from app.core.errors import Invalid
from app.core.listing import Column, Listing

MOST_ROWS = 50_000
AT_ONCE = 1000


def exported(
    listing: Listing, statement: Select[Any], columns: Sequence[Column], title: str
) -> tuple[BytesIO, int]:
    """The workbook and its number of rows; `Invalid` if there are more than `MOST_ROWS`.

    Numbers are numbers, exact; everything else is text, also what looks like a formula.
    """
    count = listing.count(statement)
    if count > MOST_ROWS:
        raise Invalid(
            _("%(n)s rows are too many for one workbook; narrow the filters.", n=f"{count:,}")
        )
    book = Workbook(write_only=True)
    page = book.create_sheet(_tab(title))
    page.freeze_panes = "B2"
    page.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count + 1}"
    for number, column in enumerate(columns, start=1):
        width = 36 if column.wide or number == 1 else 18
        page.column_dimensions[get_column_letter(number)].width = width
    heads = [_text(page, f"{c.title} ({c.unit})" if c.unit else str(c.title)) for c in columns]
    for head in heads:
        head.font = Font(bold=True)
    page.append(heads)
    for row in db.session.scalars(statement.execution_options(yield_per=AT_ONCE)):
        page.append([_cell(page, column.shown(row)) for column in columns])
    book.save(file := BytesIO())
    file.seek(0)
    return file, count


def workbook_of(
    title: str, heads: Sequence[object], rows: Iterable[Sequence[object]], wide: Sequence[int] = ()
) -> BytesIO:
    """A table that is no list, as a workbook, guarded as a list is; *wide*: columns of texts."""
    book = Workbook(write_only=True)
    page = book.create_sheet(_tab(title))
    page.freeze_panes = "B2"
    for number in range(1, len(heads) + 1):
        width = 48 if number - 1 in wide else 14
        page.column_dimensions[get_column_letter(number)].width = width
    cells = [_text(page, str(head)) for head in heads]
    for cell in cells:
        cell.font = Font(bold=True)
    page.append(cells)
    for row in rows:
        page.append([_cell(page, value) for value in row])
    book.save(file := BytesIO())
    file.seek(0)
    return file


def _cell(page: Any, value: object) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return value
    if isinstance(value, date):
        return value
    if isinstance(value, Markup):
        return _text(page, value.striptags())
    return _text(page, str(getattr(value, "label", value)))


def _text(page: Any, text: str) -> Any:
    cell = WriteOnlyCell(page, "".join(c for c in text if c >= " " or c in "\t\n"))
    cell.data_type = "s"
    return cell


def _tab(title: str) -> str:
    """Excel allows 31 characters, and not these."""
    return "".join(c for c in title if c not in "[]:*?/\\")[:31] or "1"
