"""The job that makes documents ready to be shown: by LibreOffice, in a confined child."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app
from flask_babel import lazy_gettext as _l

from app.core.clock import now
from app.core.errors import Invalid, NotFound
from app.core.storage import Kept
from app.core.uploads import storage
from app.documents import confined
from app.documents.models import Failure, Rendition, RenditionState
from app.documents.operations import KIND
from app.documents.queries import find_rendition
from app.jobs.kinds import Kind
from app.jobs.work import Cancelled, Run

TELL_EVERY = 2  # seconds
FAILURES: dict[type[Exception], Failure] = {
    confined.NotConfined: Failure.NOT_CONFINED,
    confined.OutOfTime: Failure.OUT_OF_TIME,
    confined.OutOfSpace: Failure.OUT_OF_SPACE,
    confined.Unreadable: Failure.UNREADABLE,
    Invalid: Failure.OUT_OF_SPACE,  # the storage takes no file of that size
    NotFound: Failure.BROKEN_OFF,  # the bytes are no longer there
    Cancelled: Failure.BROKEN_OFF,
}


class NoProgram(Exception):
    """There is no LibreOffice here."""


FAILURES[NoProgram] = Failure.NO_PROGRAM


def render(run: Run, sha256: str) -> dict[str, object] | None:
    """Convert the document with these bytes, unless somebody has done so by now."""
    soffice = confined.program(current_app.config["LIBREOFFICE"])
    with run.unit():
        rendition = find_rendition(sha256)
        if rendition is None or rendition.state is not RenditionState.WAITING:
            return None
        ending, rendition.tried_at = rendition.ending, now()
        rendition.tries += 1
        rendition.tool = confined.version_of(soffice) if soffice else ""
    try:
        with _converted(run, soffice, sha256, ending) as kept, run.unit():
            done = _still_waiting(sha256)
            done.state, done.failure = RenditionState.READY, None
            done.result_sha256, done.result_size = kept.sha256, kept.size
    except tuple(FAILURES) as error:
        with run.unit():
            done = _still_waiting(sha256)
            done.state, done.failure = RenditionState.FAILED, FAILURES[type(error)]
        if isinstance(error, Cancelled):
            raise
        return {"failure": str(FAILURES[type(error)].value)}
    return {"size": kept.size}


def _still_waiting(sha256: str) -> Rendition:
    found = find_rendition(sha256)
    if found is None:
        raise LookupError(sha256)
    return found


@contextmanager
def _converted(run: Run, soffice: str | None, sha256: str, ending: str) -> Iterator[Kept]:
    """The PDF, put away in the storage."""
    if soffice is None:
        raise NoProgram
    config, told = current_app.config, 0.0

    def meanwhile(seconds: float) -> None:
        nonlocal told
        if seconds - told > TELL_EVERY:
            told = seconds
            run.report()

    with tempfile.TemporaryDirectory(prefix="tumen-shown-") as folder:
        result = Path(folder, "shown.pdf")
        confined.as_pdf(
            soffice,
            storage().path(sha256),
            ending,
            result,
            hidden=[Path(config["UPLOAD_FOLDER"]), Path(config["INSTANCE_FOLDER"])],
            limits=limits(),
            meanwhile=meanwhile,
        )
        with result.open("rb") as file:
            yield storage().put(file, limits().space)


def limits() -> confined.Limits:
    return confined.Limits(seconds=current_app.config["DOCUMENT_SECONDS"])


RENDER = Kind(
    KIND,
    _l("Prepare a document to be shown"),
    render,
    one_unit=False,  # it takes seconds, and tells how it ended
    labels={"size": _l("Size in bytes"), "failure": _l("Why it cannot be shown")},
)
