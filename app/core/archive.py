"""Many files as one zip, made while it is sent: memory stays flat, however many there are.

The last file of it is an index: each file with its size, its SHA-256 and whether it is there.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.clock import PLACE_TIME, now
from app.core.errors import NotFound
from app.core.storage import LocalStorage

CHUNK = 1 << 18
LONGEST_NAME = 180  # bytes of one part: Linux takes 255, and Windows little more for a whole path
FORBIDDEN = re.compile(r'[<>:"|?*\\/]')  # on Windows, in a name
RESERVED = re.compile(r"(CON|PRN|AUX|NUL|COM\d|LPT\d)(\.|$)", re.IGNORECASE)
FORMULA = ("=", "+", "-", "@")  # Excel opens the index too
PACKED = {".pdf", ".jpg", ".jpeg", ".png", ".docx", ".xlsx", ".zip"}  # not worth packing again


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: ``league/county/enterprise/summary.pdf``, and its bytes or its key in the storage.

    The parts of the name may be whatever people have typed, but for the slashes between them
    (`folders`).  *told* goes into the index, beside what it says of every file.
    """

    name: str
    content: bytes | str
    told: tuple[str, ...] = ()


def folders(*parts: object) -> str:
    """A name of these parts; a slash within one of them makes no folder."""
    return "/".join(str(part).replace("/", "_") for part in parts)


def archive(
    entries: Iterable[Entry],
    storage: LocalStorage,
    *,
    heads: Sequence[object] = (),
    index: str = "index.csv",
) -> Iterator[bytes]:
    """The zip in pieces, its *index* last; *heads* are those of what the entries have told.

    A file that is no longer there, or no longer what it was, breaks nothing: the index says so.
    The words are of the language in which this is called, not of where the pieces are taken.
    """
    first = [_("File"), _("Size in bytes"), "SHA-256", _("State of the file")]
    told = [*map(str, first), *map(str, heads)]
    states = {
        "whole": str(_("Whole")),
        "missing": str(_("Missing in the store")),
        "altered": str(_("Not what was handed in")),
    }
    return _pieces(entries, storage, told, states, index)


def send_archive(pieces: Iterator[bytes], name: str) -> Response:
    """Send the *pieces* as they are made, to be kept under *name*."""
    response = Response(pieces, mimetype="application/zip")
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    names = {"filename": plain, "filename*": f"UTF-8''{quote(name)}"}  # for old readers, and new
    response.headers.set("Content-Disposition", "attachment", **names)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


class _Sink(io.RawIOBase):
    """What the zip writes into; it is emptied into the answer and never gone back in."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = memoryview(data)  # type: ignore[arg-type]
        self.waiting += piece
        return len(piece)

    def taken(self) -> bytes:
        piece = bytes(self.waiting)
        self.waiting.clear()
        return piece


def _pieces(
    entries: Iterable[Entry],
    storage: LocalStorage,
    heads: Sequence[str],
    states: dict[str, str],
    index: str,
) -> Iterator[bytes]:
    names = _Names(index)
    lines = io.StringIO()
    write = csv.writer(lines).writerow
    write(heads)
    sink = _Sink()
    with ZipFile(sink, "w") as packed:
        for entry in entries:
            name = names.free(entry.name)
            size, hashed, state = 0, sha256(), "whole"
            try:
                stream = _opened(entry.content, storage)
            except (NotFound, OSError):
                write([name, "", "", states["missing"], *map(_plain, entry.told)])
                continue
            with stream, packed.open(_info(name), "w") as goal:
                while piece := stream.read(CHUNK):
                    size += len(piece)
                    hashed.update(piece)
                    goal.write(piece)
                    if len(sink.waiting) >= CHUNK:
                        yield sink.taken()
            digest = hashed.hexdigest()
            if isinstance(entry.content, str) and entry.content != digest:
                state = "altered"
            write([name, size, digest, states[state], *map(_plain, entry.told)])
        # the mark in front tells Excel that it is UTF-8
        packed.writestr(_info(index), "\ufeff" + lines.getvalue())
    yield sink.taken()


def _opened(content: bytes | str, storage: LocalStorage) -> io.BufferedIOBase:
    if isinstance(content, bytes):
        return io.BytesIO(content)
    return storage.path(content).open("rb")


def _info(name: str) -> ZipInfo:
    moment = now().astimezone(PLACE_TIME)
    info = ZipInfo(name, moment.timetuple()[:6])
    info.compress_type = ZIP_STORED if _ending(name).lower() in PACKED else ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


class _Names:
    """Names that any system can unpack, nowhere but below where it unpacks, each of them once."""

    def __init__(self, index: str) -> None:
        self._taken = {index.lower()}

    def free(self, name: str) -> str:
        """*name* made safe, with a number behind it if there is one of that name already."""
        *above, last = [_safe(part) for part in name.split("/")]
        folder = "".join(f"{part}/" for part in above)
        ending = _ending(last)
        stem = last.removesuffix(ending)
        free, number = last, 1
        while (key := f"{folder}{free}".lower()) in self._taken:
            number += 1
            free = f"{stem} ({number}){ending}"
        self._taken.add(key)
        return f"{folder}{free}"


def _safe(part: str) -> str:
    """One part of a path: no way up, no name that a system keeps for itself, not too long."""
    shown = "".join(c for c in part if unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    shown = FORBIDDEN.sub("_", unicodedata.normalize("NFC", shown)).strip()
    if shown.startswith(FORMULA) or RESERVED.match(shown):
        shown = f"_{shown}"
    ending = _ending(shown)
    stem = shown.removesuffix(ending).encode()[: LONGEST_NAME - len(ending.encode())]
    return (stem.decode(errors="ignore") + ending).rstrip(". ") or "_"


def _ending(name: str) -> str:
    """``.pdf`` of ``summary.pdf``; what is long behind a dot is no ending."""
    stem, dot, ending = name.rpartition(".")
    return f".{ending}" if stem and dot and len(ending) <= 8 else ""
