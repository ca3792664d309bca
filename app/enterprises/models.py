"""An enterprise is the deepest place in the tree."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from app.core.clock import now
from app.core.db import Model, Quantity, UtcDateTime, choice
from app.core.enums import Labelled
from app.core.language import in_english
from app.enterprises.names import name_key
from app.regions.scope import Placed


class EnterpriseClass(Labelled):
    """百家 千家 万家: a list fixed by documents; it decides who sets the targets."""

    HUNDRED = "hundred", _l("Hundred class")
    THOUSAND = "thousand", _l("Thousand class")
    TEN_THOUSAND = "ten_thousand", _l("Ten-thousand class")
    UNLISTED = "unlisted", _l("Outside the list")


class EnergyLevel(Labelled):
    """能耗级别, FM-20; exactly 500,000 tce counts as "and more" (Civil Code, art. 1259)."""

    GE_500K = "ge_500k", _l("500,000 tce and more")
    LT_500K = "lt_500k", _l("Below 500,000 tce")


class Industry(Model):
    """A division of GB/T 4754-2017, sections B to D."""

    __tablename__ = "industry"

    code: Mapped[str] = mapped_column(String(4), primary_key=True)
    section: Mapped[str] = mapped_column(String(1))
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(160))
    six_high_energy: Mapped[bool]
    conversion_expected: Mapped[bool]  # whether sheet 3 is normally filled in

    def __repr__(self) -> str:
        return f"{self.code} {self.name_en if in_english() else self.name_zh}"


def _key_of_name(context: Any) -> str:
    return name_key(context.get_current_parameters()["name"])


class Enterprise(Placed, Model):
    """`registry_number` is the last code of `place` and never changes; the credit code may."""

    __tablename__ = "enterprise"
    __table_args__ = (
        Index("ix_enterprise_place_name", "place", "name"),
        # what a list passes over and a search looks through, without the rows themselves
        Index("ix_enterprise_place_id_search", "place", "id", "search"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registry_number: Mapped[str] = mapped_column(String(10), unique=True)
    credit_code: Mapped[str] = mapped_column(String(18), unique=True)
    name: Mapped[str] = mapped_column(String(120), index=True)
    short_name: Mapped[str] = mapped_column(String(40), default="")
    search: Mapped[str] = mapped_column(String(400))  # see `app.core.search`
    # see `app.enterprises.names`; made with the row, whoever writes it
    name_key: Mapped[str | None] = mapped_column(String(120), index=True, default=_key_of_name)
    industry_code: Mapped[str] = mapped_column(ForeignKey("industry.code"), index=True)
    industry: Mapped[Industry] = relationship()
    enterprise_class: Mapped[EnterpriseClass] = mapped_column(choice(EnterpriseClass), index=True)
    address: Mapped[str] = mapped_column(String(200), default="")
    contact_name: Mapped[str] = mapped_column(String(50), default="")
    contact_phone: Mapped[str] = mapped_column(String(30), default="")
    # E0; whether it is enabled stands in `StartStop`, by quarter
    in_statistics: Mapped[bool] = mapped_column(default=True)
    # why it is stopped at present: only in lists that ask for it, see `app.enterprises.start_stop`
    stopped_as: Mapped["StopReason | None"] = query_expression()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    version: Mapped[int] = mapped_column()
    levels: Mapped[list["EnterpriseLevel"]] = relationship(
        back_populates="enterprise", order_by="EnterpriseLevel.year"
    )

    __mapper_args__ = {"version_id_col": version}

    def __repr__(self) -> str:
        return self.name


class LevelSource(Labelled):
    FIGURES = "figures", _l("Last year's final figures")
    REGION = "region", _l("Set by the region")
    IMPORTED = "imported", _l("Imported")


class EnterpriseLevel(Placed, Model):
    """The level of an enterprise in a calendar year; a year without a row keeps the former."""

    __tablename__ = "enterprise_level"
    __table_args__ = (UniqueConstraint("enterprise_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    enterprise: Mapped[Enterprise] = relationship(back_populates="levels")
    year: Mapped[int]
    level: Mapped[EnergyLevel] = mapped_column(choice(EnergyLevel), index=True)
    source: Mapped[LevelSource] = mapped_column(choice(LevelSource))
    energy: Mapped[Decimal | None] = mapped_column(Quantity(18, 4))  # tce, calorific, year before
    reason: Mapped[str] = mapped_column(String(500), default="")

    def __repr__(self) -> str:
        return f"{self.year} {self.level}"


class RegistryCounter(Model):
    """The last registry number given out; its one row is locked while the next is taken."""

    __tablename__ = "registry_counter"

    id: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class StopReason(Labelled):
    DEREGISTERED = "deregistered", _l("Deregistered")
    STOPPED = "stopped", _l("Out of production")
    MERGED = "merged", _l("Merged into another")
    CLASSIFIED = "classified", _l("Classified")
    OTHER = "other", _l("Other reason")


class StartStop(Placed, Model):
    """E0, 企业启停: one change of either switch; written once, the next change is a further row.

    `effective` is the `Quarter.index` of the first quarter without, or again with, a duty to
    file; see `app.enterprises.start_stop` for which row counts.  A switch that was left alone
    is empty.
    """

    __tablename__ = "enterprise_start_stop"
    __table_args__ = (UniqueConstraint("enterprise_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    enterprise: Mapped[Enterprise] = relationship()
    number: Mapped[int]  # 1, 2, 3, ... of the enterprise
    enabled: Mapped[bool | None]
    effective: Mapped[int | None]
    stop_reason: Mapped[StopReason | None] = mapped_column(choice(StopReason))
    in_statistics: Mapped[bool | None]
    description: Mapped[str] = mapped_column(String(1000))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    actor_name: Mapped[str] = mapped_column(String(128))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    files: Mapped[list["StopFile"]] = relationship(order_by="StopFile.id")

    def __repr__(self) -> str:
        return f"{self.enterprise} {self.number}"


class StopFile(Placed, Model):
    """企业相关文件: a stamped application; its bytes lie in the storage, by hash."""

    __tablename__ = "enterprise_stop_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("enterprise_start_stop.id"), index=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))

    def __repr__(self) -> str:
        return self.file_name
