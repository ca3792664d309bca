"""Announcements to everybody, whom to call, and the problems that people report."""

from datetime import UTC, date, datetime, time

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import PLACE_TIME, now
from app.core.db import Model, UtcDateTime, choice
from app.core.enums import Labelled
from app.regions.scope import Placed


class AnnouncementLevel(Labelled):
    ORDINARY = "ordinary", _l("Ordinary")
    IMPORTANT = "important", _l("Important")


class AnnouncementState(Labelled):
    """Never stored: it follows from the days, and from whether it was withdrawn."""

    PLANNED = "planned", _l("Planned")
    IN_FORCE = "in_force", _l("Now in force")
    ENDED = "ended", _l("Ended")
    WITHDRAWN = "withdrawn", _l("Withdrawn")


class Announcement(Model):
    """A text for everybody, from `published_on` to `until`, both included; never deleted.

    Public: whoever is logged in reads it, wherever they stand.
    """

    __tablename__ = "announcement"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(String(4000))
    level: Mapped[AnnouncementLevel] = mapped_column(choice(AnnouncementLevel))
    published_on: Mapped[date]
    until: Mapped[date | None]  # none: until it is withdrawn
    withdrawn: Mapped[bool] = mapped_column(default=False)
    author_name: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def state_on(self, day: date) -> AnnouncementState:
        """How it stands on *day*; `app.support.queries.in_state` is the same for the database."""
        if self.withdrawn:
            return AnnouncementState.WITHDRAWN
        if day < self.published_on:
            return AnnouncementState.PLANNED
        if self.until is not None and self.until < day:
            return AnnouncementState.ENDED
        return AnnouncementState.IN_FORCE

    @property
    def since(self) -> datetime:
        """The moment from which it could be read; in UTC, as notices are compared."""
        first = datetime.combine(self.published_on, time(), PLACE_TIME)
        return max(first, self.created_at).astimezone(UTC)

    def __repr__(self) -> str:
        return self.title


class PlatformContact(Model):
    """Whom to call; one row, for everybody."""

    __tablename__ = "platform_contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(String(30), default="")
    mail: Mapped[str] = mapped_column(String(120), default="")
    hours: Mapped[str] = mapped_column(String(200), default="")
    notes: Mapped[str] = mapped_column(String(1000), default="")
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def dialled(self) -> str:
        """The telephone number as a machine dials it."""
        return "".join(sign for sign in self.phone if sign in "+0123456789")

    def __repr__(self) -> str:
        return self.phone or self.mail


class ReportState(Labelled):
    OPEN = "open", _l("Not answered")
    ANSWERED = "answered", _l("Answered")
    CLOSED = "closed", _l("Closed")


class ProblemReport(Placed, Model):
    """What somebody reports from the place they stand at.

    `key` comes with the form: a form that is sent twice makes one report.
    """

    __tablename__ = "problem_report"
    __table_args__ = (UniqueConstraint("reporter_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(36))
    subject: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(String(2000))
    page: Mapped[str] = mapped_column(String(300), default="")  # a path of ours
    reporter_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    reporter_name: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    state: Mapped[ReportState] = mapped_column(
        choice(ReportState), default=ReportState.OPEN, index=True
    )
    answer: Mapped[str] = mapped_column(String(2000), default="")
    answered_by: Mapped[str] = mapped_column(String(128), default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def __repr__(self) -> str:
        """Without its subject: the journal is read by more people than the report."""
        return f"report {self.id}"
