"""Reading announcements, the contact, and problem reports."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, func, not_, or_, select

from app.audit.actor import Actor
from app.core.clock import today
from app.core.db import db
from app.support.models import (
    Announcement,
    AnnouncementLevel,
    AnnouncementState,
    PlatformContact,
    ProblemReport,
    ReportState,
)

# what is important stays on top, then the newest
FOR_READERS = (
    (Announcement.level == AnnouncementLevel.IMPORTANT).desc(),
    Announcement.published_on.desc(),
    Announcement.id.desc(),
)


def in_state(state: AnnouncementState, day: date) -> ColumnElement[bool]:
    """Announcements that are in *state* on *day*, as a condition for queries."""
    if state is AnnouncementState.WITHDRAWN:
        return and_(Announcement.withdrawn)
    kept, planned = not_(Announcement.withdrawn), Announcement.published_on > day
    ended = and_(Announcement.until.is_not(None), Announcement.until < day)
    if state is AnnouncementState.PLANNED:
        return and_(kept, planned)
    return and_(kept, not_(planned), ended if state is AnnouncementState.ENDED else not_(ended))


def announcements_in_force(limit: int) -> Sequence[Announcement]:
    """What everybody is to read today, the important first, then the newest; one statement."""
    query = select(Announcement).where(in_state(AnnouncementState.IN_FORCE, today()))
    return db.session.scalars(query.order_by(*FOR_READERS).limit(limit)).all()


def platform_contact() -> PlatformContact | None:
    """Whom to call, if anybody has entered it."""
    return db.session.scalars(select(PlatformContact)).one_or_none()


def reports_of(actor: Actor, limit: int) -> Sequence[ProblemReport]:
    """What *actor* has reported, the newest first."""
    query = select(ProblemReport).where(ProblemReport.reporter_id == actor.id)
    return db.session.scalars(query.order_by(ProblemReport.id.desc()).limit(limit)).all()


def find_report(key: str, *, actor: Actor) -> ProblemReport | None:
    """What *actor* has sent with this form already."""
    query = select(ProblemReport)
    query = query.where(ProblemReport.reporter_id == actor.id, ProblemReport.key == key)
    return db.session.scalars(query).one_or_none()


def open_reports_of(actor: Actor) -> int:
    """How many reports of *actor* wait for an answer."""
    query = select(func.count(ProblemReport.id)).where(
        ProblemReport.reporter_id == actor.id, ProblemReport.state == ReportState.OPEN
    )
    return db.session.scalar(query) or 0


def mentions(text: str) -> ColumnElement[bool]:
    """Reports that have *text* in their subject, their story, or the reporter's name."""
    columns = (ProblemReport.subject, ProblemReport.text, ProblemReport.reporter_name)
    return or_(*(column.icontains(text, autoescape=True) for column in columns))
