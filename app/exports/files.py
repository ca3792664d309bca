"""The folder of the files that were made: beside what people send, and thrown away after a while.

They are not kept by their content, as other files are: each belongs to one person, and goes.
"""

import os
import secrets
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _

from app.core.errors import NotFound

STRAY = 24 * 3600  # seconds after which what no row names is nobody's


def folder() -> Path:
    return Path(current_app.config["UPLOAD_FOLDER"]) / "exports"


@contextmanager
def draft(number: int) -> Iterator[Path]:
    """A name for the file of the export *number*; the file goes if what is done with it fails.

    What an earlier try has left behind, because its worker was killed, goes at once.
    """
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    for left in place.glob(f"{number}-*"):
        left.unlink(missing_ok=True)
    path = place / f"{number}-{secrets.token_hex(8)}.xlsx"
    try:
        yield path
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def settle(path: Path) -> int:
    """Have the file on the disk; its size in bytes."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    return path.stat().st_size


def path_of(name: str) -> Path:
    """Where the file of an export lies; `NotFound` if it is gone."""
    path = folder() / name
    if not path.is_file():
        raise NotFound(_("The file is no longer there."))
    return path


def remove(name: str) -> None:
    (folder() / name).unlink(missing_ok=True)


def remove_strays(named: Collection[str]) -> int:
    """Remove old files that no row names: their worker was lost; how many they were."""
    count, old = 0, time.time() - STRAY
    for path in folder().glob("*-*.xlsx"):
        if path.name not in named and path.stat().st_mtime < old:
            path.unlink(missing_ok=True)
            count += 1
    return count
