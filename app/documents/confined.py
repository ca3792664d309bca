"""LibreOffice in a confined child: one document in, one PDF out, and nothing else.

The child has a process group, a process space and mounts of its own, no network at all, nothing
of ours but the document, an empty environment, a profile that is thrown away, no privileges, and
limits on its time, memory, space and number of tasks.  Where the system does not grant that,
nothing is converted.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
NAMES = ("soffice", "libreoffice")
OFF = "off"
NEEDED = ("unshare", "setpriv", "prlimit", "chroot", "mount")
PAUSE = 0.1  # seconds between two looks at the child
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
BOXED = b"in the box"


class NotConfined(Exception):
    """The system does not let a program be shut in; without that it is not started."""


class Unreadable(Exception):
    """The program ended without a result."""


class OutOfTime(Exception):
    """The program was stopped: the clock, or its share of the processor, ran out."""


class OutOfSpace(Exception):
    """The program was stopped: what it wrote became too large."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a conversion may use; a usual document takes two seconds and 300 MiB."""

    seconds: float = 60
    memory: int = 1 << 30  # bytes of addresses, of each process
    space: int = 256 << 20  # bytes of files, all together
    tasks: int = 96  # processes and threads, of all conversions together


def program(configured: str) -> str | None:
    """Where LibreOffice is: as *configured*, or on the path; None: there is none, or it is off."""
    if configured == OFF:
        return None
    places = (configured,) if configured else NAMES
    found = next((path for name in places if (path := shutil.which(name))), None)
    return found if found and all(map(shutil.which, NEEDED)) else None


@cache
def version_of(soffice: str) -> str:
    """``LibreOffice 7.4.7.2 ...``, asked for once; the program itself is trusted."""
    with tempfile.TemporaryDirectory(prefix="tumen-version-") as home:
        asked = [soffice, f"-env:UserInstallation=file://{home}", "--version"]
        clean = {"HOME": home, "PATH": os.defpath}
        with suppress(OSError, subprocess.SubprocessError):
            said = subprocess.run(  # noqa: S603
                asked, env=clean, capture_output=True, timeout=30, check=True
            )
            return said.stdout.decode(errors="replace").strip()[:80]
    return ""


def as_pdf(
    soffice: str,
    document: Path,
    ending: str,
    result: Path,
    *,
    hidden: Sequence[Path] = (),
    limits: Limits = Limits(),
    meanwhile: Callable[[float], object] = lambda _seconds: None,
) -> None:
    """Convert *document*, which is of the type *ending*, and write the PDF to *result*.

    *meanwhile* is called while it goes on, with the seconds so far; what it raises ends the child.
    Raises `NotConfined`, `OutOfTime`, `OutOfSpace`, `Unreadable`.
    """
    with tempfile.TemporaryDirectory(prefix="tumen-box-") as folder:
        room, source = Path(folder, "room"), Path(folder, f"document.{ending}")
        room.mkdir()
        shutil.copyfile(document, source)
        source.chmod(0o644)
        Path(folder).chmod(0o755)
        child = subprocess.Popen(  # noqa: S603
            _command(soffice, room, source, result.absolute(), ending, hidden, limits),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": PATH},
            cwd=folder,
            start_new_session=True,
        )
        try:
            late = _wait(child, limits.seconds, meanwhile)
        finally:
            _end(child)
        said = child.stdout.read(len(BOXED)) if child.stdout else b""
        if child.stdout:
            child.stdout.close()
    _judge(child.returncode, said, late, result, limits)


def _command(
    soffice: str,
    room: Path,
    source: Path,
    result: Path,
    ending: str,
    hidden: Sequence[Path],
    limits: Limits,
) -> list[str]:
    own = [] if os.geteuid() == 0 else ["--map-root-user"]  # may then mount, for itself alone
    apart = "--net --pid --ipc --uts --mount --fork --kill-child".split()
    kind = "calc" if ending.startswith("xls") else "writer"
    numbers = (limits.space, limits.memory, max(1, int(limits.seconds)), limits.tasks)
    return [
        "unshare",
        *own,
        *apart,
        "sh",
        str(HERE / "box.sh"),
        *map(str, (room, source, result, HERE / "profile.xcu")),
        f"pdf:{kind}_pdf_Export",
        *map(str, numbers),
        soffice,
        *map(str, hidden),
    ]


def _wait(
    child: subprocess.Popen[bytes], seconds: float, meanwhile: Callable[[float], object]
) -> bool:
    """Whether the time ran out before *child* ended."""
    began = time.monotonic()
    while child.poll() is None:
        spent = time.monotonic() - began
        if spent > seconds:
            return True
        meanwhile(spent)
        time.sleep(PAUSE)
    return False


def _end(child: subprocess.Popen[bytes]) -> None:
    """With the first process of its space, all processes in it end."""
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _judge(status: int, said: bytes, late: bool, result: Path, limits: Limits) -> None:
    if late or status in (128 + signal.SIGXCPU, 128 + signal.SIGKILL):
        raise OutOfTime
    if said != BOXED:
        raise NotConfined
    size = result.stat().st_size if result.exists() else 0
    if status == 128 + signal.SIGXFSZ or size >= limits.space:
        raise OutOfSpace
    with result.open("rb") if size else Path(os.devnull).open("rb") as file:
        if file.read(5) != b"%PDF-":
            raise Unreadable
