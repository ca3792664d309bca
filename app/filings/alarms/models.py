"""What rules said of a filing when it was decided, and how the enterprise explained it."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.checks.rules import Addressee, Severity
from app.core.db import Model, UtcDateTime, choice
from app.core.enums import Labelled
from app.filings.models import Filing
from app.regions.scope import Placed
from app.review.workflow import Action


class Checkup(Placed, Model):
    """The alarms as they stood at one step of the review: written once (a trigger sees to it).

    *content* is canonical text: the rules by code and version, the alarms with their sides and
    cells, the explanations, and what could not be run; *hash* is taken of it, and every decision
    names the one it saw.
    """

    __tablename__ = "filing_checkup"
    __table_args__ = (UniqueConstraint("filing_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"))
    number: Mapped[int]
    version_no: Mapped[int]  # of the filing
    action: Mapped[Action] = mapped_column(choice(Action))  # the step that froze it
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(128))
    errors: Mapped[int]
    warnings: Mapped[int]
    unexplained: Mapped[int]  # warnings without an explanation that stands
    not_run: Mapped[int]  # rules
    content: Mapped[str] = mapped_column(Text)
    algorithm: Mapped[str] = mapped_column(String(16))
    hash: Mapped[str] = mapped_column(String(128))

    def __repr__(self) -> str:
        return f"checkup {self.number}"


class FrozenAlarm(Placed, Model):
    """One alarm of a checkup, to be counted by rule; all of it stands in the checkup's text."""

    __tablename__ = "filing_alarm"
    __table_args__ = (Index("ix_filing_alarm_code_checkup_id", "code", "checkup_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    checkup_id: Mapped[int] = mapped_column(ForeignKey("filing_checkup.id"), index=True)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"), index=True)
    filing: Mapped[Filing] = relationship(viewonly=True, lazy="raise")  # only for lists
    code: Mapped[str] = mapped_column(String(8))
    rule_version: Mapped[int]
    severity: Mapped[Severity] = mapped_column(choice(Severity))
    addressee: Mapped[Addressee] = mapped_column(choice(Addressee))
    key: Mapped[str] = mapped_column(String(12))
    column: Mapped[str] = mapped_column(String(64))
    label: Mapped[str] = mapped_column(String(60))
    explained: Mapped[bool]
    fingerprint: Mapped[str] = mapped_column(String(64))


class Reason(Labelled):
    """Why a figure that raised a warning is right all the same."""

    PRODUCTION = "production", _l("Production rose or fell")
    PRODUCT_MIX = "product_mix", _l("Other products or processes")
    NEW_EQUIPMENT = "new_equipment", _l("Equipment put into or out of use")
    MAINTENANCE = "maintenance", _l("Overhaul or standstill")
    SEASON = "season", _l("Heating season or weather")
    QUALITY = "quality", _l("Quality of the fuel, by a test report")
    PRICE = "price", _l("Price or contract")
    CORRECTED = "corrected", _l("An earlier quarter was wrong")
    MEASUREMENT = "measurement", _l("Metering changed or failed")
    OTHER = "other", _l("Other, as described")


class Answer(Labelled):
    """What a reviewer says to an explanation."""

    NONE = "none", _l("Not yet read")
    ACCEPTED = "accepted", _l("Accepted")
    ASKED_AGAIN = "asked_again", _l("Asked again")


class Explanation(Placed, Model):
    """What the enterprise says to a warning; it stands while the *fingerprint* is the alarm's."""

    __tablename__ = "filing_explanation"
    __table_args__ = (UniqueConstraint("filing_id", "code", "key", "column", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"))
    code: Mapped[str] = mapped_column(String(8))
    key: Mapped[str] = mapped_column(String(12))
    column: Mapped[str] = mapped_column(String(64))
    label: Mapped[str] = mapped_column(String(60))
    fingerprint: Mapped[str] = mapped_column(String(64))
    reason: Mapped[Reason] = mapped_column(choice(Reason))
    text: Mapped[str] = mapped_column(String(1000))
    file_name: Mapped[str | None] = mapped_column(String(255))
    media_type: Mapped[str | None] = mapped_column(String(100))
    size: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    given_by: Mapped[str] = mapped_column(String(128))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[Answer] = mapped_column(choice(Answer), default=Answer.NONE)
    remark: Mapped[str] = mapped_column(String(500), default="")  # of the reviewer
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    answered_by: Mapped[str] = mapped_column(String(128), default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def __repr__(self) -> str:
        return f"{self.code} {self.key}"
