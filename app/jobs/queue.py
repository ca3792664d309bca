"""Huey, which wakes the workers: a word to look into the ledger, and nothing else.

What has to be done stands in the ledger alone; a word that is lost or said twice does no harm.
The word is kept as JSON: Huey's own way, pickle, would run whatever somebody else puts there.
"""

import json
import logging
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask, current_app
from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer

NAME = "tumen"
logger = logging.getLogger(__name__)


class JsonSerializer(Serializer):
    def _serialize(self, data: Any) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes) -> Any:
        return Message(*json.loads(data))


def huey_at(url: str) -> Huey:
    """The queue at *url*, one of those that `config.py` admits; its tables are made if need be."""
    plain = {"results": False, "serializer": JsonSerializer()}
    scheme = url.partition(":")[0]
    if scheme == "sqlite":
        file = url.removeprefix("sqlite:///")
        return SqliteHuey(NAME, filename=file, fsync=False, timeout=2, **plain)
    if scheme == "postgresql":
        return PostgresHuey(NAME, dsn=url, connect_timeout=2, **plain)
    if scheme in ("redis", "rediss"):
        return RedisHuey(NAME, url=url, **plain)
    return MemoryHuey(NAME, **plain)


class Queue:
    """The queue of one application; opened when it is first used."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.look: Callable[[], object] = lambda: None  # what a worker does with the word
        self._lock = threading.Lock()
        self._opened: tuple[Huey, Callable[[], object]] | None = None

    def opened(self) -> tuple[Huey, Callable[[], object]]:
        """Huey, and the function that says the word."""
        with self._lock:
            if self._opened is None:
                huey = huey_at(self.url)
                self._opened = huey, huey.task(name="look")(self._look)
            return self._opened

    def _look(self) -> None:
        self.look()

    def nudge(self) -> None:
        self.opened()[1]()

    def is_empty(self) -> bool:
        return bool(self.opened()[0].storage.queue_size() == 0)


def install_queue(app: Flask) -> None:
    app.extensions["jobs"] = Queue(app.config["HUEY_URL"])


def queue_of_app() -> Queue:
    queue: Queue = current_app.extensions["jobs"]
    return queue


def nudge() -> None:
    """Wake a worker.  If that fails the job is only later: the sweep finds it in the ledger."""
    try:
        queue_of_app().nudge()
    except Exception:
        logger.exception("the workers could not be woken; the sweep will find the job")
