"""Files by their content: the same bytes are kept once, under their hash, and never change."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from flask_babel import gettext as _

from app.core.errors import Invalid, NotFound

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """What was put away: its hash, which is its key, and its size in bytes."""

    sha256: str
    size: int


class LocalStorage:
    """A folder; ``ab/cd/abcd...`` holds the bytes whose SHA-256 is ``abcd...``."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def put(self, stream: IO[bytes], most: int) -> Kept:
        """Put *stream* away; `Invalid` if it has more than *most* bytes, or none."""
        self.folder.mkdir(parents=True, exist_ok=True)
        hashed, size = hashlib.sha256(), 0
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".arriving-")
        try:
            with os.fdopen(handle, "wb") as file:
                while chunk := stream.read(CHUNK):
                    size += len(chunk)
                    if size > most:
                        raise Invalid(
                            _("The file is too large; %(mib)s MiB at most.", mib=most >> 20)
                        )
                    hashed.update(chunk)
                    file.write(chunk)
                if size == 0:
                    raise Invalid(_("The file is empty."))
                file.flush()
                os.fsync(file.fileno())
            kept = Kept(hashed.hexdigest(), size)
            goal = self._path(kept.sha256)
            goal.parent.mkdir(parents=True, exist_ok=True)
            Path(name).replace(goal)
        finally:
            Path(name).unlink(missing_ok=True)
        return kept

    def put_small(self, data: bytes) -> Kept:
        """Put away *data* that can be made again, without waiting for the disk."""
        kept = Kept(hashlib.sha256(data).hexdigest(), len(data))
        goal = self._path(kept.sha256)
        goal.parent.mkdir(parents=True, exist_ok=True)
        goal.write_bytes(data)
        return kept

    def path(self, sha256: str) -> Path:
        """Where the bytes lie; `NotFound` if they are not there."""
        path = self._path(sha256)
        if not path.is_file():
            raise NotFound(_("The file is no longer there."))
        return path

    def _path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not sha256.isalnum():
            raise NotFound(sha256)
        return self.folder / sha256[:2] / sha256[2:4] / sha256
