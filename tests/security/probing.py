"""What probes need: a picture of the whole database, and the statements of a request."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, select

from app.core.db import Model, db
from tests.world import World

# what a login counts is no harm done
PASSING = {"last_login", "login_count", "fail_login_count"}


def picture(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in order."""
    with world.seen_from(), db.engine.connect() as connection:
        shown = {}
        for table in Model.metadata.sorted_tables:
            columns = [column for column in table.columns if column.name not in PASSING]
            shown[table.name] = sorted(map(tuple, connection.execute(select(*columns))), key=repr)
        return shown


@contextmanager
def nothing_changes(world: World) -> Iterator[None]:
    """Whatever is tried within, the database is afterwards as it was before."""
    before = picture(world)
    yield
    after = picture(world)
    assert {name for name in before if before[name] != after[name]} == set()


@contextmanager
def statements(world: World) -> Iterator[list[tuple[str, Any]]]:
    """Collects (statement, values) of all that is asked of the database within."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        asked.append((statement, values))

    with world.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)
