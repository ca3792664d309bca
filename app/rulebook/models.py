"""Trials of a version over past quarters, and the newest sweep of each quarter.

Both lie at the region; what they found in a filing lies where the filing does.
"""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.checks.rules import Severity
from app.core.clock import now
from app.core.db import Model, UtcDateTime, choice
from app.core.enums import Labelled
from app.core.period import Quarter
from app.filings.models import Filing
from app.filings.rules.models import RuleVersion
from app.regions.scope import Placed


class RuleTrial(Placed, Model):
    """A back-test: a version against the one it would follow, over quarters that are past.

    *fingerprint* is that of the text that was tried: of a draft that was written anew since, the
    trial says nothing.
    """

    __tablename__ = "rule_trial"

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_version_id: Mapped[int] = mapped_column(ForeignKey("rule_version.id"), index=True)
    rule_version: Mapped[RuleVersion] = relationship(foreign_keys=[rule_version_id])
    against_id: Mapped[int | None] = mapped_column(ForeignKey("rule_version.id"), index=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    quarters: Mapped[str] = mapped_column(String(200))  # "2026Q1,2026Q2"
    job_id: Mapped[int | None]  # the ledger forgets old jobs
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    asked_by: Mapped[str] = mapped_column(String(128))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    filings: Mapped[int] = mapped_column(default=0)
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    def __repr__(self) -> str:
        return f"{self.rule_version} {self.quarters}"


class RuleSweep(Placed, Model):
    """All filings of a quarter against the rules in force; the newest that ended counts."""

    __tablename__ = "rule_sweep"
    __table_args__ = (Index("ix_rule_sweep_year_quarter", "year", "quarter"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    quarter: Mapped[int]
    job_id: Mapped[int | None]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    asked_by: Mapped[str] = mapped_column(String(128))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    filings: Mapped[int] = mapped_column(default=0)
    clean: Mapped[int] = mapped_column(default=0)  # filings without any alarm
    rules: Mapped[int] = mapped_column(default=0)
    errors: Mapped[int] = mapped_column(default=0)
    warnings: Mapped[int] = mapped_column(default=0)
    not_run: Mapped[int] = mapped_column(default=0)

    @property
    def period(self) -> Quarter:
        return Quarter(self.year, self.quarter)

    def __repr__(self) -> str:
        return f"{self.period}"


class SweptFiling(Placed, Model):
    """What a sweep found in one filing, as numbers."""

    __tablename__ = "rule_sweep_filing"
    __table_args__ = (Index("ix_rule_sweep_filing_sweep_id_filing_id", "sweep_id", "filing_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sweep_id: Mapped[int] = mapped_column(ForeignKey("rule_sweep.id"))
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"), index=True)
    filing: Mapped[Filing] = relationship()
    errors: Mapped[int]
    warnings: Mapped[int]
    not_run: Mapped[int]


class Found(Labelled):
    """What a sweep enters; what holds, or is not applicable, it does not."""

    BROKEN = "broken", _l("Alarm")
    COULD_NOT_RUN = "could_not_run", _l("Could not run")


class SweptAlarm(Placed, Model):
    """One alarm of a sweep, or a rule that could not run on a filing."""

    __tablename__ = "rule_sweep_alarm"
    __table_args__ = (Index("ix_rule_sweep_alarm_sweep_id_code", "sweep_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sweep_id: Mapped[int] = mapped_column(ForeignKey("rule_sweep.id"))
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"), index=True)
    filing: Mapped[Filing] = relationship()
    code: Mapped[str] = mapped_column(String(8))
    rule_version: Mapped[int]
    severity: Mapped[Severity] = mapped_column(choice(Severity))
    found: Mapped[Found] = mapped_column(choice(Found))
    variable: Mapped[str] = mapped_column(String(1))  # what kind of code *key* is
    key: Mapped[str] = mapped_column(String(12))
    column: Mapped[str] = mapped_column(String(64))
    label: Mapped[str] = mapped_column(String(60))
