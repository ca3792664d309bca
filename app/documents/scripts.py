"""Whether a PDF holds a script: such a one is not shown.

Viewers of browsers run it in a room of its own, where it reaches nothing of ours; but it may ask,
and open, and look as if we did.
"""

import re
import zlib
from functools import lru_cache
from pathlib import Path

MOST = 64 << 20  # bytes of objects that are unpacked; more than that has no honest document
BEFORE = 2048  # bytes before a stream that may tell what it is


def _named(name: str) -> bytes:
    """A name as a PDF may write it: any letter by its number as well."""
    letters = (f"(?:{c}|#{ord(c):02x}|#{ord(c):02X})" for c in name)
    return b"/" + "".join(letters).encode()


SCRIPT = re.compile(_named("JavaScript"))
PACKED = re.compile(_named("ObjStm"))
STREAM = re.compile(rb"stream\r?\n")


@lru_cache(maxsize=4096)
def holds_script(path: Path) -> bool:
    """Every action that is a script is named so, in the open or within packed objects.

    *path* is that of a storage, which tells its content: what has been looked through stays so.
    """
    data = path.read_bytes()
    if SCRIPT.search(data):
        return True
    left = MOST
    for found in STREAM.finditer(data):
        if PACKED.search(data, max(0, found.start() - BEFORE), found.start()):
            unpacked = _inflated(data[found.end() :], left)
            left -= len(unpacked)
            if left <= 0 or SCRIPT.search(unpacked):
                return True
    return False


def _inflated(data: bytes, most: int) -> bytes:
    """As far as it can be read; what is packed otherwise is nothing that viewers run."""
    try:
        return zlib.decompressobj().decompress(data, most)
    except zlib.error:
        return b""
