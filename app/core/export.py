"""A table as a workbook: all rows that the filters leave, not only those of one page.

`Exportable` is what every list and every report gives of itself; `app.exports` makes the
workbook of it, within the request or in the background.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import IO, Any

from flask_babel import gettext as _
from markupsafe import Markup
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from sqlalchemy import Select

from app.core.clock import as_shown
from app.core.db import db
from app.core.errors import Invalid
from app.core.listing import Column, Listing

OF_EXCEL = 1_048_576  # rows of a page
LONGEST_TEXT = 32_767  # of one cell
MOST_ROWS = OF_EXCEL - 100  # with room for what stands above and below
MOST_WITHIN_REQUEST = 2_000  # rows that nobody has to wait for
AT_ONCE = 1000  # rows that are fetched together, and after which it is told how far it is
UNTOLD = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # no XML has them
HEAD, TITLE = Font(bold=True), Font(bold=True, size=14)
WRAPPED = Alignment(wrap_text=True, vertical="top")
Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column; *places* are the decimals of its figures, None: as they come."""

    text: str
    width: int = 18
    places: int | None = None

    @property
    def number_format(self) -> str:
        if self.places is None:
            return "General"
        return "#,##0" + ("." + "0" * self.places if self.places else "")


@dataclass(frozen=True, slots=True)
class Exportable:
    """A table to take away, read only when it is written.

    A value is a number (exact), a day, or else a text, also when it looks like a formula.  *rows*
    are read once, and in one picture of the database; nothing of them should be kept.  *above* are
    titles over the heads, *below* is asked for when all rows have been written: the *foot*, which
    is written as the rows are, and notes.  *more* are further pages of the workbook.  *filters*
    are what the journal says was chosen.
    """

    title: str
    heads: Sequence[Head]
    count: Callable[[], int]
    rows: Callable[[], Iterable[Row]]
    filters: Mapping[str, str] = field(default_factory=dict)
    above: Sequence[str] = ()
    below: Callable[[], Sequence[Row]] = tuple
    more: Sequence["Exportable"] = ()

    @property
    def pages(self) -> Sequence["Exportable"]:
        return (self, *self.more)


def rows_of(what: Exportable) -> int:
    """How many rows all pages have; `Invalid` if one has more than Excel holds."""
    counts = [one.count() for one in what.pages]
    for count in counts:
        must_fit(count)
    return sum(counts)


def must_fit(count: int) -> None:
    """`Invalid` if *count* rows are more than a page of Excel has."""
    if count > MOST_ROWS:
        told = _("Excel holds %(most)s rows and these are %(n)s; narrow the filters.")
        raise Invalid(told % {"most": f"{OF_EXCEL:,}", "n": f"{count:,}"})


def write_workbook(
    what: Exportable, file: IO[bytes], tell: Callable[[int], object] = lambda _done: None
) -> int:
    """Write the workbook into *file*, and return the number of its rows.

    *tell* hears how many are written, every thousand; what it raises ends the writing.  Memory
    stays flat: each row goes to the disk as it comes.
    """
    book, written = Workbook(write_only=True), 0
    try:
        for number, one in enumerate(what.pages, start=1):
            title = f"{number} {one.title}" if what.more else one.title
            for _row in _written(one, book.create_sheet(_tab(title))):
                written += 1
                if written % AT_ONCE == 0:
                    tell(written)
        book.save(file)
    except BaseException:
        for page in book.worksheets:
            _abandon(page)
        raise
    return written


def _written(what: Exportable, page: Any) -> Iterator[None]:
    """Writes a page, and comes by here after every row of it."""
    frozen = len(what.above) + 1
    page.freeze_panes = f"B{frozen + 1}"
    for number, head in enumerate(what.heads, start=1):
        page.column_dimensions[get_column_letter(number)].width = head.width
    for title in what.above:
        page.append([_styled(_text(page, title), TITLE)])
    heads = [_styled(_text(page, head.text), HEAD) for head in what.heads]
    for cell in heads:
        cell.alignment = WRAPPED
    page.append(heads)
    formats = [head.number_format for head in what.heads]
    written = 0
    for written, row in enumerate(what.rows(), start=1):
        must_fit(written)
        page.append([_cell(page, *pair) for pair in zip(row, formats, strict=True)])
        yield
    last = get_column_letter(max(len(heads), 1))
    page.auto_filter.ref = f"A{frozen}:{last}{frozen + written}"
    for row in what.below():
        told = zip(row, formats, strict=False)  # a note is one cell
        page.append([_styled(_cell(page, *pair), HEAD if len(row) > 1 else None) for pair in told])


def _abandon(page: Any) -> None:
    """Take away the file in which a page was kept so far."""
    if page._writer is not None:  # noqa: SLF001  it has no other name
        page.close()
        page._writer.cleanup()  # noqa: SLF001


def _styled(cell: Any, font: Font | None) -> Any:
    if cell is not None and font is not None:
        cell.font = font
    return cell


def _cell(page: Any, value: object, number_format: str = "General") -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        cell = WriteOnlyCell(page, value)
        cell.number_format = number_format
        return cell
    if isinstance(value, datetime):
        return _text(page, as_shown(value))
    if isinstance(value, date):
        return value
    if isinstance(value, Markup):
        return _text(page, value.striptags())
    return _text(page, str(getattr(value, "label", value)))


def _text(page: Any, text: str) -> Any:
    told = UNTOLD.sub("", text)
    if len(told) > LONGEST_TEXT:
        told = told[: LONGEST_TEXT - 1] + "…"
    cell = WriteOnlyCell(page, told)
    cell.data_type = "s"  # also what looks like a formula
    return cell


def _tab(title: str) -> str:
    """Excel allows 31 characters, and not these."""
    return "".join(c for c in title if c not in "[]:*?/\\'")[:31] or "1"


def exportable_of(
    listing: Listing, asked: Mapping[str, str], columns: Sequence[Column], title: str
) -> Exportable:
    """A list as a table to take away: the rows that *asked* leaves, in its order."""
    statement = listing.statement(asked)
    return Exportable(
        title=title,
        heads=[
            Head(
                f"{column.title} ({column.unit})" if column.unit else str(column.title),
                36 if column.wide or number == 0 else 18,
                column.places,
            )
            for number, column in enumerate(columns)
        ],
        count=lambda: listing.count(statement),
        rows=lambda: _rows(statement, columns),
        filters=listing.chosen(asked),
    )


def _rows(statement: Select[Any], columns: Sequence[Column]) -> Iterator[Row]:
    """Fetched piece by piece, on PostgreSQL by a cursor that stays on the server."""
    for row in db.session.scalars(statement.execution_options(yield_per=AT_ONCE)):
        yield [column.shown(row) for column in columns]


def workbook_of(
    title: str, heads: Sequence[object], rows: Iterable[Row], wide: Sequence[int] = ()
) -> BytesIO:
    """A small table that is no list, as a workbook; *wide*: columns of texts."""
    told = [Head(str(head), 48 if at in wide else 14) for at, head in enumerate(heads)]
    write_workbook(Exportable(title, told, lambda: 0, lambda: rows), file := BytesIO())
    file.seek(0)
    return file
