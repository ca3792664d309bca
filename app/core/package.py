"""What is inside a workbook that somebody has sent, seen before anything opens it.

The parts are unpacked piece by piece and counted as they come: what the directory of the
package says of their sizes may be a lie.  Nothing is kept but addresses.
"""

import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from flask_babel import gettext as _

from app.core.errors import Invalid, Problem

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
MOST_TAGS_OF_STYLES = 150_000
CHUNK = 1 << 18
OVERLAP = 1 << 10  # what a chunk hands on to the next, so that nothing falls between them
END_WITHIN = (1 << 16) + 22  # bytes from the end within which the directory is told of
OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
ACTIVE = re.compile(
    r"vbaProject|externalLink|embeddings/|activeX|ctrlProps|oleObject|connections\.xml|queryTable",
    re.IGNORECASE,
)
DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)|<\x00?!\x00?D\x00?O|\x00<\x00!\x00D", re.IGNORECASE)
# bounded, so that no text makes the search for them slow
MERGED = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z]{1,3}\d{1,7}):')
FORMULA = re.compile(
    rb'<(?:\w+:)?c r="([A-Z]{1,3}\d{1,7})"[^<>]{0,200}(?<!/)>\s{0,20}<(?:\w+:)?f[ >/]'
)
FILLED = re.compile(rb'<(?:\w+:)?c r="([A-Z]{1,3})(\d{1,7})"[^<>]{0,200}(?<!/)>')
MOST_ADDRESSES = 20


@dataclass(slots=True)
class Page:
    """What stands out on a page: merged cells, cells far away from all others, formulas."""

    merged: list[str] = field(default_factory=list)
    far: list[str] = field(default_factory=list)
    formulas: set[str] = field(default_factory=set)


def refused(text: str) -> Invalid:
    """The whole workbook is not taken, because of *text*."""
    return Invalid(text, [Problem("file", text)])


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
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
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
        page, tags, most_tags = Page(), 0, most if is_page else _most_tags(part.filename)
        for piece in _pieces(packed, part, LARGEST_PAGE if is_page else LARGEST_PART):
            unpacked += len(piece)
            tags += piece.count(b"<")
            if unpacked > LARGEST_UNPACKED or tags > most_tags:
                raise refused(_("The workbook is too large."))
            if DOCTYPE.search(piece):
                raise refused(_("The workbook holds instructions that no workbook needs."))
            if is_page:
                _look(page, piece, rows, columns)
        if is_page:
            pages[part.filename] = page
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


def _pieces(packed: ZipFile, part: ZipInfo, most: int) -> Iterator[bytes]:
    """The bytes of a part, each piece with the end of the one before it."""
    size, before = 0, b""
    with packed.open(part) as stream:
        while piece := stream.read(CHUNK):
            size += len(piece)
            if size > most:
                raise refused(_("The workbook is too large."))
            yield before + piece
            before = piece[-OVERLAP:]


def _look(page: Page, piece: bytes, rows: int, columns: int) -> None:
    for found in MERGED.finditer(piece):
        if len(page.merged) < MOST_ADDRESSES and (text := found[1].decode()) not in page.merged:
            page.merged.append(text)
    page.formulas.update(found[1].decode() for found in FORMULA.finditer(piece))
    for found in FILLED.finditer(piece):
        if int(found[2]) <= rows and _number(found[1]) <= columns:
            continue
        if (
            len(page.far) < MOST_ADDRESSES
            and (text := found.expand(rb"\1\2").decode()) not in page.far
        ):
            page.far.append(text)


def _number(letters: bytes) -> int:
    """The number of a column: A is 1, XFD is 16384."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
