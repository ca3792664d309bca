"""What is done with an export: ask for it, cancel it, ask again, fetch it, forget it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from app.audit.actor import Actor
from app.audit.record import record
from app.core.canonical import canonical, digest
from app.core.db import db
from app.core.errors import Conflict, Forbidden
from app.core.unit import after_commit, wait_for_turn
from app.exports import files
from app.exports.models import KEPT, Export, ExportState
from app.exports.queries import UNFINISHED, unfinished_of
from app.jobs import operations as jobs
from app.jobs.ledger import changed
from app.jobs.models import Job, JobState

KIND = "exports.make"  # of the job
MOST_AT_ONCE = 5  # of one person
REMEMBERED = timedelta(days=30)  # the row, from when it was asked for


def ask(key: str, args: Mapping[str, str], title: str, *, actor: Actor) -> Export:
    """Have the table *key* of *args* made for *actor*; what is under way already is that one.

    `Conflict` if *actor* waits for `MOST_AT_ONCE` others.
    """
    if actor.id is None or not actor.scope.roots:
        raise Forbidden(_("You may not do this."))
    told = {"key": key, "args": dict(args), "from": actor.scope.roots, "in": str(get_locale())}
    fingerprint = digest(canonical(told))
    if (there := _under_way(fingerprint, actor)) is not None:
        return there
    export = Export(
        key=key,
        args=dict(args),
        title=title[:200],
        fingerprint=fingerprint,
        asked_by_id=actor.id,
        asked_by=actor.name[:128],
        place=min(actor.scope.roots),
    )
    db.session.add(export)
    db.session.flush()
    job = jobs.enqueue(KIND, {"export": export.id}, actor=actor, place=export.place)
    export.job_id = job.id
    return export


def _under_way(fingerprint: str, actor: Actor) -> Export | None:
    """The same one, if it is being made; `Conflict` if there is no room for another."""
    wait_for_turn(f"exports of {actor.id}")
    waiting = unfinished_of(actor.id)
    for one in waiting:
        if one.fingerprint == fingerprint:
            return one
    if len(waiting) >= MOST_AT_ONCE:
        text = _("%(n)s of your exports are still being made; wait for one, or cancel it.")
        raise Conflict(text % {"n": len(waiting)})
    return None


def cancel(job: Job | None, *, actor: Actor) -> None:
    """End it; what has been written so far goes.  `Conflict` if it has ended."""
    if job is None or job.state not in UNFINISHED:
        raise Conflict(_("This export has already ended."))
    jobs.cancel(job, actor=actor)


def ask_again(export: Export, job: Job | None, *, actor: Actor) -> Export:
    """Let one that failed or was cancelled be tried again, or have one made that has expired."""
    state = export.state(job)
    if state in (ExportState.WAITING, ExportState.RUNNING, ExportState.DONE):
        return export
    if job is not None and job.state in (JobState.FAILED, JobState.CANCELLED):
        if (there := _under_way(export.fingerprint, actor)) is not None:
            return there
        jobs.retry(job, actor=actor)
        return export
    return ask(export.key, export.args, export.title, actor=actor)


def tell_of_making(
    thing: str, subject: object, rows: int, filters: Mapping[str, str], *, actor: Actor, place: str
) -> None:
    """Enter in the journal that *actor* takes *rows* rows of *thing* away, and which."""
    facts = {"rows": rows, "filters": dict(filters)}
    record(f"{thing.lower()}:export", subject, actor=actor, place=place, **facts)


def tell_of_fetching(export: Export, *, actor: Actor) -> None:
    """Enter in the journal that the file was fetched."""
    facts = {"rows": export.rows, "title": export.title, "size": export.size}
    record("export:fetch", export, actor=actor, place=export.place, **facts)


def forget(moment: datetime) -> tuple[int, int]:
    """Let the files go that are past their time at *moment*, and rows that are long past it.

    Files go after the commit.  Returns how many files and how many rows.
    """
    old = select(Export.id, Export.file).where(Export.file.is_not(None))
    expired = db.session.execute(old.where(Export.made_at < moment - KEPT)).all()
    for number, name in expired:
        if name is None:
            continue
        changed(update(Export).where(Export.id == number).values(file=None))
        after_commit(partial(files.remove, name))
    going = Export.file.is_(None), Export.asked_at < moment - REMEMBERED
    waiting = select(Job.id).where(Job.state.in_(UNFINISHED))
    gone = db.session.scalars(
        select(Export.id).where(*going, Export.job_id.is_(None) | Export.job_id.not_in(waiting))
    ).all()
    db.session.execute(
        delete(Export).where(Export.id.in_(gone)), execution_options={"synchronize_session": False}
    )
    return len(expired), len(gone)
