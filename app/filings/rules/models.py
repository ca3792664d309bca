"""A validation rule in its versions; the region edits a draft and activates it."""

from datetime import datetime
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.checks.rules import Addressee, RuleText, Severity
from app.core.clock import now
from app.core.db import Model, Quantity, UtcDateTime, choice
from app.core.enums import Labelled
from app.core.language import in_english
from app.core.period import Quarter


class Standing(Labelled):
    """What has become of a version."""

    DRAFT = "draft", _l("Draft")
    ACTIVE = "active", _l("Active")
    DISCARDED = "discarded", _l("Discarded")


class RuleVersion(Model):
    """One wording of a rule, public.

    Of the active versions of a code the last one that began by a quarter is in force in it; a
    rule is switched off by a version that is not enabled.  What was active is never changed, it
    is followed: filings remember the version they were checked with.
    """

    __tablename__ = "rule_version"
    __table_args__ = (UniqueConstraint("code", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8))
    number: Mapped[int]
    standing: Mapped[Standing] = mapped_column(choice(Standing), default=Standing.DRAFT)
    from_year: Mapped[int]
    from_quarter: Mapped[int]
    enabled: Mapped[bool] = mapped_column(default=True)
    severity: Mapped[Severity] = mapped_column(choice(Severity))
    addressee: Mapped[Addressee] = mapped_column(choice(Addressee))
    sheets: Mapped[str] = mapped_column(String(40))  # "S2,S3"
    fourth_quarter_only: Mapped[bool]
    expression: Mapped[str] = mapped_column(Text)
    tolerance: Mapped[Decimal | None] = mapped_column(Quantity(12, 6))
    tolerance_unit: Mapped[str] = mapped_column(String(16), default="")
    actual: Mapped[str] = mapped_column(String(400), default="")
    expected: Mapped[str] = mapped_column(String(400), default="")
    deviation: Mapped[str] = mapped_column(String(400), default="")
    message_zh: Mapped[str] = mapped_column(String(300))
    message_en: Mapped[str] = mapped_column(String(300))
    about_zh: Mapped[str] = mapped_column(String(500))
    about_en: Mapped[str] = mapped_column(String(500))
    source: Mapped[str] = mapped_column(String(200))
    industries: Mapped[str] = mapped_column(String(200), default="")  # "25,44"; none: all
    note: Mapped[str] = mapped_column(String(500), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")  # of the change
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    created_by: Mapped[str] = mapped_column(String(128), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    activated_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    activated_by: Mapped[str] = mapped_column(String(128), default="")
    activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def since(self) -> Quarter:
        return Quarter(self.from_year, self.from_quarter)

    @property
    def family(self) -> str:
        return self.code.partition("-")[0]

    @property
    def message(self) -> str:
        return self.message_en if in_english() else self.message_zh

    @property
    def about(self) -> str:
        return self.about_en if in_english() else self.about_zh

    @property
    def text(self) -> RuleText:
        """What is reckoned with, without the words."""
        return RuleText(
            code=self.code,
            version=self.number,
            severity=self.severity,
            sheets=tuple(self.sheets.split(",")),
            fourth_quarter_only=self.fourth_quarter_only,
            expression=self.expression,
            tolerance=self.tolerance,
            actual=self.actual,
            expected=self.expected,
            deviation=self.deviation,
            industries=tuple(filter(None, self.industries.split(","))),
            addressee=self.addressee,
        )

    def __repr__(self) -> str:
        return f"{self.code} v{self.number}"
