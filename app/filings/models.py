"""One enterprise's filing for one quarter, its submitted versions, and the calendar."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from app.core.clock import now
from app.core.db import Model, Quantity, UtcDateTime, choice
from app.core.period import Quarter
from app.enterprises.models import EnergyLevel, Enterprise, EnterpriseClass
from app.regions.scope import SEEN_BY, Placed
from app.review.models import Review

KIND = "filing"  # the kind of thing under review


class Filing(Placed, Model):
    """F0, the header, but for its signatures (`HeaderRow`).

    `place`, class, level, county switch and industry are as they were when it was submitted.
    `version_no` is the version being filled in; it rises when a filing is returned or
    withdrawn, so that the version printed on the stamped summary is the one submitted.
    `revision` only tells two people who edit at once apart.  An `imported` one was final before
    this installation: it has the headline figures only, and no route.  `first_submitted_on` is
    the day, in Inner Mongolia, that decides whether it is late: a return leaves it as it is, a
    withdrawal takes it back.  `is_late` is filled in only by the lists that ask for it; of one
    filing, `app.filings.deadlines` tells.
    """

    __tablename__ = "filing"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "year", "quarter"),
        Index("ix_filing_year_quarter_place", "year", "quarter", "place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    # seen with the filing, also from the county that the enterprise has left since
    enterprise: Mapped[Enterprise] = relationship(info={SEEN_BY: True})
    year: Mapped[int]
    quarter: Mapped[int]
    value_basis: Mapped[str] = mapped_column(String(8), default="quarter")
    energy_level: Mapped[EnergyLevel] = mapped_column(choice(EnergyLevel))
    enterprise_class: Mapped[EnterpriseClass] = mapped_column(choice(EnterpriseClass))
    county_review_enabled: Mapped[bool]
    region_code: Mapped[str] = mapped_column(String(6))
    industry_code: Mapped[str] = mapped_column(String(4))
    version_no: Mapped[int] = mapped_column(default=1)
    data_hash: Mapped[str] = mapped_column(String(128), default="")  # of the version submitted last
    earlier_waived: Mapped[bool] = mapped_column(default=False)  # question 7
    imported: Mapped[bool] = mapped_column(default=False, server_default=false())
    # the year's energy in the production report, tce, as a reviewer reads it there (Y-05)
    reported_energy: Mapped[Decimal | None] = mapped_column(Quantity(18, 4))
    first_submitted_on: Mapped[date | None]
    is_late: Mapped[bool | None] = query_expression()
    last_edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), unique=True)
    review: Mapped[Review] = relationship()
    revision: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": revision}

    @property
    def period(self) -> Quarter:
        return Quarter(self.year, self.quarter)

    def __repr__(self) -> str:
        return f"{self.enterprise} {self.year}Q{self.quarter}"


class FilingVersion(Placed, Model):
    """What was submitted: canonical text and its hash; a trigger refuses every change."""

    __tablename__ = "filing_version"
    __table_args__ = (UniqueConstraint("filing_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"))
    number: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    algorithm: Mapped[str] = mapped_column(String(16))
    hash: Mapped[str] = mapped_column(String(128))
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    submitted_by: Mapped[str] = mapped_column(String(128))

    def __repr__(self) -> str:
        return f"version {self.number}"


class ReportingPeriod(Model):
    """The calendar row of a quarter: public, edited by the region.

    Nothing is submitted before `open_on`.  What is first submitted after `late_after` is late.
    After `lock_on` nothing is submitted or withdrawn any more; empty: not locked yet.  All are
    meant as they are stated, whether or not they are working days; grace is in calendar days.
    """

    __tablename__ = "reporting_period"
    __table_args__ = (UniqueConstraint("year", "quarter"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    quarter: Mapped[int]
    open_on: Mapped[date]
    due_on: Mapped[date]
    grace_days: Mapped[int] = mapped_column(default=0)
    lock_on: Mapped[date | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def period(self) -> Quarter:
        return Quarter(self.year, self.quarter)

    @property
    def late_after(self) -> date:
        """The last day on which a filing is in time."""
        return self.due_on + timedelta(days=self.grace_days)

    def __repr__(self) -> str:
        return f"{self.year}Q{self.quarter}"


class Extension(Placed, Model):
    """More time for one enterprise and quarter; rows are never changed, only followed by others.

    Each is later than the one before it, so the newest is the latest, too.  It lies where the
    quarter is filed, and stays there when the enterprise moves.
    """

    __tablename__ = "extension"
    __table_args__ = (UniqueConstraint("enterprise_id", "year", "quarter", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    # seen with it, also from the county that the enterprise has left since
    enterprise: Mapped[Enterprise] = relationship(info={SEEN_BY: True})
    year: Mapped[int]
    quarter: Mapped[int]
    due_on: Mapped[date]
    replaces_on: Mapped[date]  # the last day in time until then
    reason: Mapped[str] = mapped_column(String(500))
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    granted_by: Mapped[str] = mapped_column(String(128))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @property
    def period(self) -> Quarter:
        return Quarter(self.year, self.quarter)

    def __repr__(self) -> str:
        return f"{self.enterprise} {self.year}Q{self.quarter}"


class ClosedYear(Model):
    """A calendar year that the region has closed (question 11), or closed and opened again.

    Public; what was said each time stands in the journal, the last of it here as well.
    """

    __tablename__ = "closed_year"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    closed: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(500))
    by: Mapped[str] = mapped_column(String(128))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def __repr__(self) -> str:
        return f"{self.year}"
