"""What is announced and reported in the tests."""

from datetime import date, timedelta
from uuid import uuid4

from app.core.clock import today
from app.core.db import db
from app.support.models import Announcement, AnnouncementLevel, PlatformContact, ProblemReport
from app.support.operations import (
    AnnouncementDetails,
    ContactDetails,
    ProblemDetails,
    announce,
    change_contact,
    report_problem,
)

EDITORS = ["region", "super"]
READERS = ["league", "county", "staff", "filler", "confirmer", "observer", "other_league"]


def day(away: int) -> date:
    return today() + timedelta(days=away)


def announced(world, title="Quarter open", body="Fill it in.", by="region", **more) -> int:
    details = {"level": AnnouncementLevel.ORDINARY, "published_on": day(0), "until": None, **more}
    with world.acting(by) as actor:
        row = announce(AnnouncementDetails(title=title, body=body, **details), actor=actor)
        db.session.flush()
        return row.id


def reached(world, phone="0471-1234567", mail="help@example.test", **more) -> None:
    with world.acting("region") as actor:
        change_contact(ContactDetails(phone=phone, mail=mail, **more), None, actor=actor)


def reported(world, by="filler", subject="It is slow", text="Very slow.", page="") -> int:
    with world.acting(by) as actor:
        row, new = report_problem(ProblemDetails(subject, text, page, str(uuid4())), actor=actor)
        assert new
        db.session.flush()
        return row.id


def values(world, kind: type[Announcement | PlatformContact | ProblemReport], pk: int) -> dict:
    """All columns of a row."""
    with world.seen_from():
        row = db.session.get(kind, pk)
        assert row is not None
        return {column.key: getattr(row, column.key) for column in kind.__table__.columns}
