"""One application a worker, and for every test one prepared database as it was at first.

``--database`` says which: a file for SQLite, a real server for PostgreSQL.  What a test
commits is really committed, triggers fire, threads see one another; for the next test the file is
copied anew, or the rows of PostgreSQL are put back.  Tests that use no database are run once, with
SQLite.
"""

import gc
import os
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from app.core.clock import PLACE_TIME
from tests.databases import Database, let_go, prepared_database
from tests.world import World, make_app, settle

REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out what the database cannot change: it has been run on SQLite."""
    if config.getoption("--database") == "sqlite":
        items[:] = _longest_first(items)
        return
    needed = [
        item
        for item in items
        if "database" in getattr(item, "fixturenames", ()) and not _in_a_browser(item)
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in needed])
    items[:] = needed


def _longest_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """Each of two workers begins with half of the tests in a browser, and then has short ones.

    A worker is given one half of the list, and takes from the other's end when it has done it; a
    long test there would keep one worker busy while the other has nothing left.
    """
    long = [item for item in items if _in_a_browser(item)]
    short = [item for item in items if not _in_a_browser(item)]
    half = len(short) // 2
    return [*long[::2], *short[:half], *long[1::2], *short[half:]]


def _in_a_browser(item: pytest.Item) -> bool:
    return "browser" in item.path.parts


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """With REQUIRE_ALL=1 a test that was skipped has failed."""
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but REQUIRE_ALL=1: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest, tmp_path_factory) -> Iterator[Database]:
    """The prepared database of this worker."""
    kind = request.config.getoption("--database")
    with prepared_database(kind, tmp_path_factory.mktemp("database")) as database:
        yield database


@pytest.fixture(scope="session")
def _app(database: Database, tmp_path_factory) -> Iterator[Flask]:
    app = make_app(database.url, tmp_path_factory.mktemp("uploads"))
    database.prepare(app, settle)
    # As `run.py` has it: what is there now stays, and is not looked through again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    yield app
    let_go(app)


@pytest.fixture
def app(_app: Flask, database: Database) -> Flask:
    """The application over the prepared database, as it was at first."""
    database.renew(_app)
    return _app


@pytest.fixture
def world(app: Flask, database: Database) -> World:
    """A small part of the region with people at every tier; see `World`."""
    return World(app, database)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets what time it is, in Inner Mongolia: ``clock("2026-04-15 23:59")``; it stands still."""

    def set_to(text: str) -> None:
        moment = datetime.fromisoformat(text).replace(tzinfo=PLACE_TIME)
        stopped = type("Stopped", (datetime,), {"now": staticmethod(moment.astimezone)})
        monkeypatch.setattr("app.core.clock.datetime", stopped)

    return set_to


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """The statements that the database is asked, without what only begins them."""
    statements = []

    def count(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "SAVEPOINT", "PRAGMA")):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    yield statements
    event.remove(Engine, "before_cursor_execute", count)
