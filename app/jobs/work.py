"""Doing one job: in an application context of its own, looking from where its actor stands."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import current_app
from flask_appbuilder.security.sqla.models import User
from flask_babel import force_locale
from flask_babel import gettext as _

from app.core.clock import now
from app.core.db import db
from app.core.errors import DomainError, Forbidden, NotFound
from app.core.unit import is_open, unit_of_work
from app.jobs import ledger
from app.jobs.kinds import KINDS, Kind
from app.jobs.ledger import MOST_LINES, Claim, LeaseLost
from app.jobs.models import JobState
from app.regions.scope import look_from

PAUSE = 0.5  # seconds between two writings of how far a job is
logger = logging.getLogger(__name__)


class Cancelled(Exception):
    """Somebody wants this job to end."""


class Stopped(Exception):
    """The worker is told to stop; another one goes on."""


def _never() -> bool:
    return False


class Run:
    """What a job knows of itself, and how it tells others how far it is."""

    def __init__(self, held: Claim, is_stopping: Callable[[], bool] = _never) -> None:
        self.id, self.actor, self.place, self.tries = held.id, held.actor, held.place, held.tries
        self._held, self._is_stopping = held, is_stopping
        self._told: dict[str, Any] = {}
        self._written = 0.0

    def report(
        self, done: int | None = None, total: int | None = None, line: object = None
    ) -> None:
        """Tell how far it is; renews the lease, and is where a cancelled job ends.

        As often as one likes: it is written down twice a second at most.  Within a unit of work
        on SQLite it is written when the unit ends, because only one can write there.
        """
        told = {"done": done, "total": total, "line": None if line is None else str(line)[:200]}
        self._told |= {name: value for name, value in told.items() if value is not None}
        if time.monotonic() - self._written >= PAUSE:
            self._write()

    def log(self, text: object) -> None:
        """Add a line to the log of the job; of very many, the last are kept."""
        lines = [*self._told.get("log", self._held.log), [now().isoformat(), str(text)[:500]]]
        self._told["log"] = lines[-MOST_LINES:]
        self.report()

    @contextmanager
    def unit(self) -> Iterator[None]:
        """A unit of work of the job; nothing is written if another worker holds it by now."""
        with unit_of_work():
            yield
            ledger.write(self._held, lease_until=ledger.lease(), **self._told)

    def finish(self, result: Mapping[str, object] | None) -> None:
        """It is done; in the open unit, so that all is written or nothing."""
        made = None if result is None else dict(result)
        values = {**ledger.ending(JobState.DONE), **self._told, "error": None, "result": made}
        ledger.write(self._held, **values)

    @property
    def told(self) -> dict[str, Any]:
        return self._told

    def _write(self) -> None:
        if self._is_stopping():
            raise Stopped
        if is_open() and db.engine.dialect.name == "sqlite":
            return
        self._written = time.monotonic()
        if ledger.keep(self._held, **self._told):
            raise Cancelled


def work_off(is_stopping: Callable[[], bool] = _never) -> bool:
    """Do the job that has been due longest; whether there was one."""
    held = ledger.claim()
    if held is None:
        return False
    run = Run(held, is_stopping)
    try:
        with current_app.app_context(), force_locale(held.language):
            _bring_to_an_end(run, held)
    except LeaseLost:
        logger.warning("job %s took too long to report and is somebody else's now", held.id)
    return True


def _bring_to_an_end(run: Run, held: Claim) -> None:
    try:
        _do(run, held)
    except LeaseLost:
        raise
    except Cancelled:
        ledger.end(held, JobState.CANCELLED, **run.told)
    except Stopped:
        ledger.put_back(held, **run.told)
    except DomainError as error:
        words = "\n".join(map(str, (error, *error.details)))
        ledger.end(held, JobState.FAILED, error=words, **run.told)
    except Exception:
        logger.exception("job %s (%s), try %s", held.id, held.kind, held.tries)
        why = _("Something went wrong on our side; the log of the server says what.")
        ledger.try_again(held, why, **run.told)


def _do(run: Run, held: Claim) -> None:
    kind = _kind_of(held)
    look_from(db.session, held.actor.scope)
    if kind.one_unit:
        with unit_of_work():
            run.finish(kind.function(run, **held.arguments))
        return
    result = kind.function(run, **held.arguments)
    with unit_of_work():
        run.finish(result)


def _kind_of(held: Claim) -> Kind:
    """What is to be done, if it is still known, and still wanted by somebody who may."""
    if held.kind not in KINDS:
        raise NotFound(_("There is no such kind of job."))
    if held.actor.id is not None:
        person = db.session.get(User, held.actor.id)
        if person is None or not person.active:
            raise Forbidden(_("Who asked for this can no longer log in."))
    return KINDS[held.kind]
