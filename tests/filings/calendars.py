"""The calendar of the quarter that tests file, and what is granted in it."""

from datetime import date

from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core.db import db
from app.core.unit import unit_of_work
from app.filings.extending import grant_extension
from app.filings.models import Extension
from app.filings.queries import calendar_row
from app.workdays.models import SpecialDay
from tests.world import QUARTER


def day(text):
    return date.fromisoformat(text)


def set_calendar(world, due, grace=0, lock=None, opens="2026-01-01", period=QUARTER):
    with world.seen_from(), unit_of_work():
        row = calendar_row(period)
        row.open_on, row.due_on, row.grace_days = day(opens), day(due), grace
        row.lock_on = day(lock) if lock else None


def grant(world, by, due, name="Here", reason="the server room was flooded", period=QUARTER):
    with world.acting(by) as actor:
        given = grant_extension(
            world.enterprise(name), period, day(due), reason=reason, actor=actor
        )
        db.session.flush()
        return given.id


def granted(world):
    """All extensions, and how many lines of the journal there are."""
    with world.seen_from():
        rows = db.session.scalars(select(Extension).order_by(Extension.id))
        told = [(row.place, str(row.period), str(row.due_on), row.granted_by) for row in rows]
        return told, db.session.scalar(select(func.count(AuditEntry.id)))


def set_apart(world, text, works, reason="notice of the region"):
    with world.seen_from(), unit_of_work():
        db.session.add(SpecialDay(day=day(text), is_working=works, reason=reason))
