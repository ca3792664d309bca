"""One unit of work: all of it is written, or none of it.

Entry points (a view method, a command, a job) open one.  Operations never do, and never
commit, so that operations can be joined into larger ones.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from app.core.db import db
from app.core.errors import Conflict

_AFTER = "after commit"


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Commit at the end, or roll back and let the error pass.

    What was read before is let go first: the unit sees, and locks, the newest rows.
    """
    session = db.session
    if _AFTER in session.info:
        raise RuntimeError("a unit of work is already open; only entry points open one")
    session.rollback()
    session.connection(execution_options={"begin": "IMMEDIATE"})
    session.info[_AFTER] = []
    try:
        yield
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise Conflict(_("Someone else has just changed this; reload and look again.")) from error
    except IntegrityError as error:
        session.rollback()
        raise Conflict(_("There is already such a record, or it is still in use.")) from error
    except BaseException:
        session.rollback()
        raise
    finally:
        waiting = session.info.pop(_AFTER)
    for call in waiting:
        call()


def only_reads() -> None:
    """Spare what follows, until the next unit of work, the two trips that a transaction costs.

    Each statement of PostgreSQL's sees the newest rows either way; what reads more than a page
    does so in `one_picture`.  SQLite has no trips to spare.
    """
    session = db.session()
    if not session.in_transaction() and session.get_bind().dialect.name != "sqlite":
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})


def after_commit(call: Callable[[], object], *, once: bool = False) -> None:
    """Put off what cannot be undone (a mail, a file's removal) until it is certain.

    What is put off *once* is called once, however often it was asked for.
    """
    waiting = db.session.info[_AFTER]
    if not (once and call in waiting):
        waiting.append(call)


def wait_for_turn(text: str) -> None:
    """Let whoever else comes with the same *text* wait until this unit of work ends.

    For what no constraint of a table can say.  SQLite has one writer at a time anyway.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        key = int.from_bytes(sha256(text.encode()).digest()[:8], signed=True)
        db.session.execute(select(func.pg_advisory_xact_lock(key)))


def is_open() -> bool:
    """Whether a unit of work is open in this session."""
    return _AFTER in db.session.info


@contextmanager
def one_picture() -> Iterator[None]:
    """Read all as it stood at one moment, however long that takes and whoever writes meanwhile."""
    session = db.session
    if _AFTER in session.info:
        raise RuntimeError("a unit of work is open; what it has written would be lost")
    session.rollback()
    if db.engine.dialect.name == "postgresql":  # a transaction of SQLite always reads one picture
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield
    finally:
        session.rollback()


def is_busy(error: OperationalError) -> bool:
    """Whether the database only had no time: locked too long, or two waited for each other."""
    text = str(error.orig).lower()
    return "locked" in text or "deadlock" in text
