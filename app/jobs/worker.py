"""The process that does the jobs: Huey's threads, and the sweep that forgets nothing."""

import logging
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask
from huey import consumer

from app.audit.actor import SYSTEM
from app.core.clock import now
from app.core.db import db
from app.core.errors import Conflict
from app.core.unit import unit_of_work
from app.jobs import ledger
from app.jobs.kinds import KINDS
from app.jobs.operations import enqueue
from app.jobs.queue import Queue
from app.jobs.work import work_off
from app.regions.queries import root_path
from app.regions.scope import EVERYWHERE, look_from

AT_ONCE = 100  # words said by one sweep
GRACE = 5  # seconds for what runs when the worker is told to stop
logger = logging.getLogger(__name__)


class Sweep(consumer.BaseProcess):
    """In Huey's place for its scheduler: every two seconds, look whether a word was lost."""

    process_name = "Sweep"

    def __init__(self, stop_flag: Any, sweep: Callable[[], None], every: float) -> None:
        super().__init__(None, stop_flag)
        self.sweep, self.every = sweep, every

    def loop(self, now: object = None) -> None:  # noqa: ARG002
        try:
            self.sweep()
        except Exception:  # the database is away for a while
            logger.exception("sweep")
        self.stop_flag.wait(self.every)


class Consumer(consumer.Consumer):
    """Huey's consumer with our sweep; in a thread it is stopped by a call, not by a signal."""

    def __init__(self, huey: Any, sweep: Callable[[], None], every: float, workers: int) -> None:
        self.sweep, self.every = sweep, every
        super().__init__(
            huey,
            workers=workers,
            periodic=False,
            max_delay=0.25,
            shutdown_timeout=GRACE,
        )
        gracefully = (False, True)  # without starting again
        self._signal_actions = {signal.SIGTERM: gracefully, signal.SIGINT: gracefully}

    def _create_scheduler(self) -> Sweep:
        return Sweep(self.stop_flag, self.sweep, self.every)

    def _set_signal_handlers(self) -> None:
        if threading.current_thread() is threading.main_thread():
            super()._set_signal_handlers()


class Worker:
    """Does the jobs of one application, a few at a time, until it is stopped."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.queue: Queue = app.extensions["jobs"]
        self.entered: dict[str, datetime] = {}  # the next moment of each kind, once it is entered
        self.queue.look = self.look
        huey, _say = self.queue.opened()
        config = app.config
        self.consumer = Consumer(huey, self.sweep, config["JOBS_SWEEP"], config["JOBS_AT_ONCE"])

    def run(self) -> None:
        """Until SIGTERM or SIGINT; what runs then has some seconds to be put back."""
        logging.basicConfig(format="[%(levelname)s] %(asctime)s %(name)s: %(message)s")
        self.consumer.run()

    def look(self) -> None:
        with self.app.app_context():
            work_off(self.consumer.stop_flag.is_set)

    def sweep(self) -> None:
        """Enter what the clock will start next, and say the word for what nobody looks at."""
        with self.app.app_context():
            self._enter_scheduled()
            if self.queue.is_empty():
                for _each in range(ledger.count_due(AT_ONCE)):
                    self.queue.nudge()

    def _enter_scheduled(self) -> None:
        """The next moment of each kind waits in the ledger, so that none is missed by being down.

        The key is the kind and the moment: however many workers enter it, it is there once.
        """
        look_from(db.session, EVERYWHERE)
        moment = now()
        for kind in KINDS.values():
            if kind.schedule is None or self.entered.get(kind.key, moment) > moment:
                continue
            due = kind.schedule.next(moment)
            key = f"{kind.key}@{due:%Y-%m-%dT%H:%MZ}"
            try:
                with unit_of_work():
                    place = root_path()
                    enqueue(kind.key, {}, actor=SYSTEM, place=place, key=key, run_after=due)
            except Conflict:
                logger.info("%s has been entered by another worker", key)
            self.entered[kind.key] = due
