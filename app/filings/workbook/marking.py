"""The copy of a workbook in which the cells that are wrong are marked and explained."""

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from io import BytesIO

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter

from app.core.errors import Problem
from app.filings.models import Filing
from app.filings.queries import book_around, current_figures
from app.filings.sheets import SHEETS
from app.filings.workbook.layout import GUIDE
from app.filings.workbook.sent import Form, Sent, is_number
from app.filings.workbook.takeover import Preview
from app.filings.workbook.write import explain, mark, saved, text, told, written

WIDTH = 16
LONGEST_TITLE = 31  # as Excel has it; so are the characters that no title has
IMPOSSIBLE = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def marked(filing: Filing, sent: Sent, preview: Preview) -> BytesIO:
    """What was sent, marked: our workbook is made anew, a plain form is copied as it lies."""
    if sent.form is not None:
        return _form(sent.form, preview.problems)
    rows = {
        key: [(str(one.get(SHEETS[key].sheet.key_name, "")), one) for one in lines]
        + list(sent.loose.get(key, ()))
        for key, lines in sent.rows.items()
    }
    around = book_around(filing)
    for key, kept in current_figures(filing, around).items():
        rows.setdefault(key, sorted(kept.items()))
    return written(filing, rows, around, preview.wrong, sent.placed)


def _form(form: Form, problems: Sequence[Problem]) -> BytesIO:
    """The page with every value where it stood, in a new workbook.

    The file itself is never opened to be written: it may be anything inside, and openpyxl would
    keep all of it.
    """
    book = Workbook()
    page = book.active
    page.title = form.title.translate(IMPOSSIBLE)[:LONGEST_TITLE].strip() or "205-1"
    for row, line in enumerate(form.lines, start=1):
        for column, value in enumerate(line, start=1):
            if value is not None:
                _put(page.cell(row, column), value)
    for column in range(1, page.max_column + 1):
        page.column_dimensions[get_column_letter(column)].width = WIDTH
    for cell, wrong in _by_cell(form, problems).items():
        _as_words(page[cell])
        mark(page[cell], wrong)
    guide = [(_("The marked cells are explained in notes; correct them and send it again."), None)]
    explain(book.create_sheet(GUIDE), [*guide, *told(problems)])
    return saved(book)


def _by_cell(form: Form, problems: Sequence[Problem]) -> Mapping[str, list[str]]:
    """The problems of cells on the page; of what lies far off there is only the guide."""
    found: dict[str, list[str]] = {}
    cells = {
        f"{form.title} {get_column_letter(column)}{row}"
        for row, line in enumerate(form.lines, start=1)
        for column in range(1, len(line) + 1)
    }
    for one in problems:
        if one.where in cells:
            found.setdefault(one.where.rpartition(" ")[2], []).append(str(one))
    return found


def _as_words(cell: Cell) -> None:
    """A day where a figure belongs: else the figure typed over it would become a day again."""
    if cell.is_date:
        text(cell, str(cell.value))
        cell.number_format = "General"


def _put(cell: Cell, value: object) -> None:
    """A value as it was sent; what is no value of Excel's as a text."""
    if is_number(value) or isinstance(value, date | time | timedelta):
        cell.value = value
    else:
        text(cell, str(value))
