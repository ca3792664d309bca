"""What is done with a job from outside: ask for it, cancel it, let it be tried again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from app.audit.actor import Actor
from app.audit.record import record
from app.core.clock import now
from app.core.db import db
from app.core.errors import Conflict, Forbidden
from app.core.unit import after_commit
from app.jobs.kinds import KINDS
from app.jobs.ledger import changed
from app.jobs.models import ENDED, Job, JobState
from app.jobs.queue import nudge

AT_ONCE = 500


def enqueue(
    kind: str,
    arguments: Mapping[str, Any],
    *,
    actor: Actor,
    place: str,
    key: str | None = None,
    run_after: datetime | None = None,
) -> Job:
    """Enter a job of *kind* at *place*; it begins once the open unit of work is committed.

    With a *key* it is entered once: whoever asks again with the same key gets the first one.
    *arguments* are plain JSON.  Raises `Forbidden` if *place* is not *actor*'s, `Conflict` if
    somebody else, out of sight, has used the key.
    """
    if kind not in KINDS:
        raise ValueError(f"no kind of job: {kind}")
    if not actor.scope.admits(place):
        raise Forbidden(_("%(what)s lies outside your area.", what=Job.__name__))
    if key is not None and (found := _with_key(key)):
        return found
    asked = now()
    job = Job(
        kind=kind,
        arguments=dict(arguments),
        key=key,
        place=place,
        actor_id=actor.id,
        actor_name=actor.name[:128],
        actor_roots=list(actor.scope.roots),
        language=str(get_locale() or "zh"),
        created_at=asked,
        run_after=run_after or asked,
    )
    try:
        with db.session.begin_nested():
            db.session.add(job)
    except IntegrityError:
        if key is not None and (found := _with_key(key)):  # somebody asked at the same moment
            return found
        raise
    if job.run_after <= asked:
        after_commit(nudge)
    return job


def _with_key(key: str) -> Job | None:
    return db.session.scalars(select(Job).where(Job.key == key)).one_or_none()


def start(kind: str, *, actor: Actor, key: str | None = None) -> Job:
    """Enter a job by hand, where *actor* stands, and tell so in the journal."""
    if key is not None and (found := _with_key(key)):
        return found
    if not actor.scope.roots:
        raise Forbidden(_("You may not do this."))
    job = enqueue(kind, {}, actor=actor, place=actor.scope.roots[0], key=key)
    record("job:start", job, actor=actor, place=job.place, kind=kind)
    return job


def cancel(job: Job, *, actor: Actor) -> None:
    """End a waiting job at once, and a running one when it next tells how far it is."""
    ended = _changed(job, {JobState.WAITING}, state=JobState.CANCELLED, ended_at=now())
    if not ended and not _changed(job, {JobState.RUNNING}, cancel_wanted=True):
        raise Conflict(_("This job has already ended."))
    record("job:cancel", job, actor=actor, place=job.place, kind=job.kind)


def retry(job: Job, *, actor: Actor) -> None:
    """Let a job that failed, or was cancelled, wait for a worker again, with all its tries.

    It looks from where its own actor stood; who lets it run again must stand above all of that.
    """
    if not all(actor.scope.admits(root) for root in job.scope.roots):
        raise Forbidden(_("This job looks further than you do."))
    fresh = {
        "state": JobState.WAITING,
        "run_after": now(),
        "ended_at": None,
        "cancel_wanted": False,
        "tries": 0,
        "done": None,
        "total": None,
        "line": "",
        "error": None,
        "result": None,
    }
    if not _changed(job, {JobState.FAILED, JobState.CANCELLED}, **fresh):
        raise Conflict(_("Only a job that failed or was cancelled is tried again."))
    record("job:retry", job, actor=actor, place=job.place, kind=job.kind)
    after_commit(nudge)


def forget(ended_before: datetime) -> int:
    """Take the jobs that ended before a moment off the ledger, and tell how many they were."""
    old = select(Job.id).where(Job.state.in_(ENDED), Job.ended_at < ended_before).limit(AT_ONCE)
    count = 0
    while ids := db.session.scalars(old).all():
        db.session.execute(
            delete(Job).where(Job.id.in_(ids)), execution_options={"synchronize_session": False}
        )
        count += len(ids)
    return count


def _changed(job: Job, states: set[JobState], **values: Any) -> bool:
    """Change *job* if it still is in one of *states*, whoever else is at it; whether it was."""
    done = changed(update(Job).where(Job.id == job.id, Job.state.in_(states)).values(**values))
    db.session.refresh(job)
    return done > 0
