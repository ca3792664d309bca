"""Ask for a document to be made ready to be shown, and for another try."""

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from app.audit.actor import Actor
from app.audit.record import record
from app.core.clock import now
from app.core.db import db
from app.core.errors import Conflict
from app.documents.models import Failure, Rendition, RenditionState
from app.documents.queries import find_rendition, is_lost
from app.jobs.operations import enqueue

KIND = "documents.render"


def ask_for_rendition(sha256: str, ending: str, *, actor: Actor) -> Rendition:
    """The rendition of a document; the first who asks has it made, in the background.

    One whose job was lost is given up, so that somebody may have it tried again.
    """
    found = find_rendition(sha256)
    if found is not None:
        if is_lost(found):
            found.state, found.failure = RenditionState.FAILED, Failure.BROKEN_OFF
        return found
    made = Rendition(
        source_sha256=sha256, ending=ending, state=RenditionState.WAITING, asked_at=now()
    )
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:  # somebody opened the same bytes at the same moment
        found = find_rendition(sha256)
        if found is None:
            raise
        return found
    _enqueue(made, actor)
    return made


def try_again(rendition: Rendition, *, actor: Actor) -> None:
    """Have a document that failed prepared once more; `Conflict` if it has been tried enough.

    Of two who ask at once, the second is told that somebody else was faster.
    """
    if not rendition.may_be_tried_again:
        raise Conflict(_("This document is not tried again; fetch it instead."))
    failure = rendition.failure
    rendition.state, rendition.failure, rendition.asked_at = RenditionState.WAITING, None, now()
    db.session.flush()
    _enqueue(rendition, actor)
    record(
        "document:retry",
        rendition,
        actor=actor,
        place=actor.scope.roots[0],
        sha256=rendition.source_sha256,
        reason=failure,
    )


def _enqueue(rendition: Rendition, actor: Actor) -> None:
    arguments = {"sha256": rendition.source_sha256}
    enqueue(KIND, arguments, actor=actor, place=actor.scope.roots[0])
