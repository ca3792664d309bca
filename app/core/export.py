"""A table as a workbook: all rows that the filters leave, not only those of one page.

`Exportable` is what every list and every report gives of itself; `app.exports` makes the
workbook of it, within the request or in the background.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO, Any

from flask_babel import gettext as _
from sqlalchemy import Select

from app.core import sheet_writer
from app.core.db import db
from app.core.errors import Invalid
from app.core.listing import Column, Listing
from app.core.sheet_writer import SheetWriter

MOST_ROWS = sheet_writer.MOST_ROWS - 100  # with room for what stands above and below
MOST_WITHIN_REQUEST = 2_000  # rows that nobody has to wait for
AT_ONCE = 1000  # rows that are fetched together, and after which it is told how far it is
Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column; *places* are the decimals of its figures, None: as they come."""

    text: str
    width: int = 18
    places: int | None = None


@dataclass(frozen=True, slots=True)
class Exportable:
    """A table to take away, read only when it is written.

    A value is a number (exact), a day, or else a text, also when it looks like a formula.  *rows*
    are read once, and in one picture of the database; nothing of them should be kept.  *above* are
    lines over the heads (a title, a second line of heads), *below* is asked for when all rows
    have been written (sums, notes), *merged* are ranges of cells: ``A1:C1``.  *filters* are what
    the journal says was chosen.
    """

    title: str
    heads: Sequence[Head]
    count: Callable[[], int]
    rows: Callable[[], Iterable[Row]]
    filters: Mapping[str, str] = field(default_factory=dict)
    above: Sequence[Row] = ()
    below: Callable[[], Sequence[Row]] = tuple
    merged: Sequence[str] = ()


def must_fit(count: int) -> None:
    """`Invalid` if *count* rows are more than Excel has."""
    if count > MOST_ROWS:
        told = _("Excel holds %(most)s rows and these are %(n)s; narrow the filters.")
        raise Invalid(told % {"most": f"{sheet_writer.MOST_ROWS:,}", "n": f"{count:,}"})


def write_workbook(
    what: Exportable, file: IO[bytes], tell: Callable[[int], object] = lambda _done: None
) -> int:
    """Write the workbook into *file*, and return the number of its rows.

    *tell* hears how many are written, every thousand; what it raises ends the writing.
    """
    heads = what.heads
    book = SheetWriter(file, what.title, [h.width for h in heads], [h.places for h in heads])
    try:
        return _write(what, book, tell)
    except BaseException:
        book.abandon()
        raise


def _write(what: Exportable, book: SheetWriter, tell: Callable[[int], object]) -> int:
    book.above(what.above, [head.text for head in what.heads])
    written = 0
    for written, row in enumerate(what.rows(), start=1):
        must_fit(written)
        book.row(row)
        if written % AT_ONCE == 0:
            tell(written)
    book.filter_rows()
    for row in what.below():
        book.row(row)
    book.close(what.merged)
    return written


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
