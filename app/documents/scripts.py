"""Whether a PDF may hold a script: such a one is not shown.

Viewers of browsers run it in a room of its own, where it reaches nothing of ours; but it may ask,
and open, and look as if we did.
"""

import re
import zlib
from functools import lru_cache
from pathlib import Path

MOST = 64 << 20  # bytes of objects that are unpacked; more than that has no honest document
DICTIONARY = 64 << 10  # bytes between what a stream is called and where it begins


def _named(name: str) -> bytes:
    """A name as a PDF may write it: any letter by its number as well."""
    letters = (f"(?:{c}|#{ord(c):02x}|#{ord(c):02X})" for c in name)
    return b"/" + "".join(letters).encode()


SCRIPT = re.compile(_named("JavaScript"))
ENCRYPTED = re.compile(_named("Encrypt"))
PACKED = re.compile(_named("ObjStm"))
STREAM = re.compile(rb"stream\r?\n")
END = b"endstream"


@lru_cache(maxsize=4096)
def may_hold_script(path: Path) -> bool:
    """Every action that is a script is named so, in the open or within packed objects.

    What cannot be looked into may hold one: an encrypted file, objects packed in another way than
    nearly all are.  Each byte is passed once or twice, however the file is made, for this is asked
    while somebody waits.  *path* is that of a storage, which tells its content: what has been
    looked through stays so.
    """
    data = path.read_bytes()
    if SCRIPT.search(data) or ENCRYPTED.search(data):
        return True
    left, at = MOST, 0
    while (packed := PACKED.search(data, at)) is not None:
        begun = STREAM.search(data, packed.end(), packed.end() + DICTIONARY)
        at = data.find(END, begun.end()) if begun else -1
        if begun is None or at < 0:
            return True
        unpacked = _inflated(memoryview(data)[begun.end() : at], left)
        if unpacked is None or SCRIPT.search(unpacked):
            return True
        left -= len(unpacked)
    return False


def _inflated(data: memoryview, most: int) -> bytes | None:
    """What it unpacks to; None if that is not all of it, more than *most*, or packed otherwise."""
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(data, max(most, 1))
    except zlib.error:
        return None
    return unpacked if unpacker.eof and len(unpacked) < most else None
