"""What is inside a workbook that somebody has sent, seen before anything opens it.

The parts are unpacked piece by piece and counted as they come: what the directory of the
package says of their sizes may be a lie.  Nothing is kept but addresses.
"""

import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from flask_babel import gettext as _

from app.core.errors import Invalid, Problem
from app.core.tags import FollowedPage, Page, Part

LARGEST = 20 << 20  # bytes of the file, of all parts unpacked, of one page, of any other part
LARGEST_UNPACKED = 40 << 20
LARGEST_PAGE = 32 << 20
LARGEST_PART = 12 << 20
MOST_PARTS = 500
LARGEST_DIRECTORY = 256 << 10
# Tags cost more than bytes: so many may a page have for each cell that is read, and a part that
# is none.  A cell of Excel's takes four to six.
TAGS_OF_A_CELL = 12
FEWEST_TAGS, MOST_TAGS = 500_000, 600_000
MOST_TAGS_OF_STYLES = 100_000  # kept as objects, 600 bytes each
LONGEST_TAG = 1 << 16  # bytes; the text of a cell is none
CHUNK = 1 << 18
OVERLAP = 1 << 10  # what a chunk hands on to the next, so that nothing falls between them
END_WITHIN = (1 << 16) + 22  # bytes from the end within which the directory is told of
OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
ACTIVE = re.compile(
    r"vbaProject|externalLink|embeddings/|activeX|ctrlProps|oleObject|connections\.xml|queryTable",
    re.IGNORECASE,
)
DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)|<\x00?!\x00?D\x00?O|\x00<\x00!\x00D", re.IGNORECASE)


def refused(text: str) -> Invalid:
    """The whole workbook is not taken, because of *text*."""
    return Invalid(text, [Problem("file", text)])


def _too_large(followed: Part) -> Invalid:
    if place := followed.place:
        return refused(_("The workbook is too large; reading ended at %(place)s.", place=place))
    return refused(_("The workbook is too large."))


def unread(page: str, odd: Page) -> Iterator[Problem]:
    """What stands on the page *page* where nobody would read it."""
    for cell in odd.far:
        yield Problem(f"{page} {cell}", _("Something stands outside of the table; delete it."))
    for cell in odd.astray:
        told = _(
            "The file names this cell twice or out of order; copy the figures into a new workbook."
        )
        yield Problem(f"{page} {cell}", told)


def inspected(file: IO[bytes], *, rows: int, columns: int) -> dict[str, Page]:
    """The pages by the names of their parts; `Invalid` for what is not opened at all.

    Cells below *rows* and to the right of *columns* are far.
    """
    start = file.read(len(OLD_OR_LOCKED))
    if start == OLD_OR_LOCKED:
        raise refused(
            _("The file is protected by a password, or an old .xls: save it as .xlsx without one.")
        )
    if file.seek(0, 2) > LARGEST:
        raise refused(_("The file is too large; %(mib)s MiB at most.", mib=LARGEST >> 20))
    _must_have_a_short_directory(file)
    file.seek(0)
    most = max(FEWEST_TAGS, rows * columns * TAGS_OF_A_CELL)
    try:
        with ZipFile(file) as packed:
            return _pages(packed, rows, columns, most)
    except (BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError):
        raise refused(_("This is not the workbook that is expected here.")) from None


def _must_have_a_short_directory(file: IO[bytes]) -> None:
    """Before it is read whole: it could name hundreds of thousands of parts."""
    size = file.seek(0, 2)
    file.seek(max(0, size - END_WITHIN))
    end = file.read()
    at = end.rfind(b"PK\x05\x06")
    if at >= 0 and len(end) >= at + 16:
        [length] = struct.unpack_from("<I", end, at + 12)
        if length > LARGEST_DIRECTORY:
            raise refused(_("The workbook is too large."))


def _pages(packed: ZipFile, rows: int, columns: int, most: int) -> dict[str, Page]:
    parts = packed.infolist()
    _admit(parts)
    unpacked, pages = 0, {}
    for part in parts:
        is_page = part.filename.startswith("xl/worksheets/sheet")
        tags, most_tags = 0, most if is_page else _most_tags(part.filename)
        followed = FollowedPage(part.filename, rows, columns) if is_page else Part()
        for piece, overlap in _pieces(packed, part, LARGEST_PAGE if is_page else LARGEST_PART):
            unpacked += len(piece)
            tags += piece.count(b"<")
            if unpacked > LARGEST_UNPACKED or tags > most_tags:
                raise _too_large(followed)
            if DOCTYPE.search(piece):
                raise refused(_("The workbook holds instructions that no workbook needs."))
            followed.feed(piece[overlap:])
            if followed.unfinished > LONGEST_TAG:
                raise refused(_("The workbook is too large."))
        if isinstance(followed, FollowedPage):
            pages[part.filename] = followed.page
    return pages


def _most_tags(name: str) -> int:
    """Every style, name and relation is kept as an object; words are not."""
    return MOST_TAGS if "sharedStrings" in name else MOST_TAGS_OF_STYLES


def _admit(parts: Sequence[ZipInfo]) -> None:
    """Refuse what the directory alone gives away."""
    if len(parts) > MOST_PARTS:
        raise refused(_("The workbook is too large."))
    if any(ACTIVE.search(part.filename) for part in parts):
        raise refused(_("Workbooks with macros or links to other files are not taken."))
    if any(part.flag_bits & 1 for part in parts):
        raise refused(_("The file is protected by a password: save it without one."))


def _pieces(packed: ZipFile, part: ZipInfo, most: int) -> Iterator[tuple[bytes, int]]:
    """The bytes of a part, each piece with the end of the one before it, and how much that is."""
    size, before = 0, b""
    with packed.open(part) as stream:
        while piece := stream.read(CHUNK):
            size += len(piece)
            if size > most:
                raise refused(_("The workbook is too large."))
            yield before + piece, len(before)
            before = piece[-OVERLAP:]
