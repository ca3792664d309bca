"""Workbooks that people send: looked through before they are read, and read cell by cell."""

from collections.abc import Sequence
from itertools import islice
from typing import IO, Any

from flask_babel import gettext as _
from openpyxl import load_workbook

from app.core.errors import Invalid
from app.core.package import inspected, refused, unread


def pages_of(
    file: IO[bytes],
    titles: Sequence[str],
    *,
    rows: int,
    columns: int,
    cut: bool = False,
) -> dict[str, list[Any]]:
    """The rows of the pages called *titles*, each a sequence of cells.

    `Invalid` for what is no workbook, for macros and links to other files, for pages that are
    missing, and before anything is opened that would be too large.  A page longer than *rows* is
    refused too, or *cut* where what lies below can be nothing.  Of a damaged workbook openpyxl
    raises whatever befalls it, on opening and on reading.
    """
    try:
        odd = inspected(file, rows=rows, columns=columns)
        file.seek(0)
        book = load_workbook(file, read_only=True)
        lost = [one for title in titles for one in unread(title, odd[book[title]._worksheet_path])]  # noqa: SLF001
        if lost:
            raise Invalid(_("Some cells cannot be read; nothing has been saved."), lost)
        pages = {
            title: list(islice(book[title].iter_rows(max_row=rows + 1, max_col=columns), rows + 1))
            for title in titles
        }
    except Invalid:
        raise
    except Exception:  # noqa: BLE001
        raise refused(_("This is not the workbook that is expected here.")) from None
    if not cut and any(len(page) > rows for page in pages.values()):  # not half of it either
        raise refused(_("The workbook is too large."))
    return {title: page[:rows] for title, page in pages.items()}
