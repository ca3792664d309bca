"""The workers' side of the ledger: who holds which job, for how long, and how it ended.

Each of these is a unit of work of its own, beside whatever the job itself has open, and sees
every job.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, CursorResult, Update, and_, func, or_, select, update

from app.audit.actor import Actor
from app.core.clock import now
from app.core.db import db
from app.core.unit import unit_of_work
from app.jobs.models import Job, JobState
from app.regions.scope import EVERYWHERE, look_from

MOST_TRIES = 3
MOST_LINES = 200  # of the log


class LeaseLost(Exception):
    """Somebody else holds the job by now; nothing more may be written for it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job as its worker knows it, and the word by which the worker holds it."""

    id: int
    kind: str
    arguments: dict[str, Any]
    actor: Actor
    place: str
    language: str
    tries: int
    holder: str
    log: list[list[str]]


@contextmanager
def beside() -> Iterator[None]:
    """A unit of work that sees everything, on a connection of its own."""
    with current_app.app_context():
        look_from(db.session, EVERYWHERE)
        with unit_of_work():
            yield


def changed(statement: Update) -> int:
    """How many rows *statement* has changed; it compares and sets, whoever else is at them."""
    done = db.session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", done).rowcount


def lease() -> datetime:
    return now() + timedelta(seconds=current_app.config["JOBS_LEASE"])


def delay_after(tries: int) -> timedelta:
    """How long a job rests that has been tried so often: each time six times longer."""
    return timedelta(seconds=current_app.config["JOBS_RETRY_AFTER"] * 6 ** (tries - 1))


def is_due(moment: datetime) -> ColumnElement[bool]:
    """Waiting and its time has come, or held by somebody whose lease has ended."""
    return or_(
        and_(Job.state == JobState.WAITING, Job.run_after <= moment),
        and_(Job.state == JobState.RUNNING, Job.lease_until < moment),
    )


def count_due(most: int) -> int:
    """How many jobs could begin now, counted up to *most*; only reads."""
    with current_app.app_context():
        look_from(db.session, EVERYWHERE)
        due = select(Job.id).where(is_due(now())).limit(most).subquery()
        return db.session.scalar(select(func.count()).select_from(due)) or 0


def claim() -> Claim | None:
    """Take the job that has been due longest, for this worker alone; None if there is none."""
    if not count_due(1):
        return None
    with beside():
        while job := _next_due():
            if job.tries >= MOST_TRIES:
                _give_up(job)
            elif word := _taken(job):
                return Claim(
                    id=job.id,
                    kind=job.kind,
                    arguments=job.arguments,
                    actor=Actor(job.actor_id, job.actor_name, job.scope),
                    place=job.place,
                    language=job.language,
                    tries=job.tries + 1,
                    holder=word,
                    log=job.log,
                )
    return None


def _next_due() -> Job | None:
    query = select(Job).where(is_due(now())).order_by(Job.run_after, Job.id).limit(1)
    # others at the same moment step over it and take the next
    query = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return db.session.scalars(query).one_or_none()


def _taken(job: Job) -> str | None:
    """Compare and set: the word by which *job* is ours, or None if it is somebody else's."""
    word = secrets.token_hex(16)
    started = now()
    free = update(Job).where(Job.id == job.id, Job.tries == job.tries, is_due(started))
    ours = {"state": JobState.RUNNING, "holder": word, "lease_until": lease()}
    return word if changed(free.values(**ours, tries=job.tries + 1, started_at=started)) else None


def _give_up(job: Job) -> None:
    """Its worker was lost for the last time."""
    with force_locale(job.language):
        job.error = _("The work broke off %(n)s times.", n=job.tries)
    job.state, job.ended_at, job.holder, job.lease_until = JobState.FAILED, now(), None, None
    db.session.flush()


def write(held: Claim, **values: Any) -> None:
    """Change the row of a job that is still *held*, in the open unit; else raise `LeaseLost`."""
    ours = Job.id == held.id, Job.holder == held.holder, Job.state == JobState.RUNNING
    if not changed(update(Job).where(*ours).values(**values)):
        raise LeaseLost(f"job {held.id}")


def keep(held: Claim, **told: Any) -> bool:
    """Renew the lease and write down what the job tells; whether somebody wants it cancelled."""
    with beside():
        write(held, lease_until=lease(), **told)
        return bool(db.session.scalar(select(Job.cancel_wanted).where(Job.id == held.id)))


def end(held: Claim, state: JobState, **told: Any) -> None:
    with beside():
        write(held, **ending(state), **told)


def ending(state: JobState) -> dict[str, Any]:
    """What is written of a job that ends in *state*."""
    return {"state": state, "ended_at": now(), "holder": None, "lease_until": None}


def try_again(held: Claim, why: str, **told: Any) -> None:
    """Let it rest and be tried again, or fail for good after the last try."""
    if held.tries >= MOST_TRIES:
        end(held, JobState.FAILED, error=why, **told)
        return
    rests = {"run_after": now() + delay_after(held.tries), "error": why}
    with beside():
        write(held, state=JobState.WAITING, holder=None, lease_until=None, **rests, **told)


def put_back(held: Claim, **told: Any) -> None:
    """The worker is told to stop: another takes it up at once, and this was no try."""
    back = {"state": JobState.WAITING, "holder": None, "lease_until": None}
    with beside():
        write(held, **back, tries=held.tries - 1, **told)
