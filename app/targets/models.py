"""Targets of enterprises, quotas of leagues, and the ledger of every version of them."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from app.core.clock import now
from app.core.db import Model, Quantity, UtcDateTime, choice
from app.core.enums import Labelled
from app.core.language import in_english
from app.enterprises.models import Enterprise
from app.regions.scope import Placed
from app.targets.products import Product


class PlanPeriod(Model):
    """A five-year plan (规划阶段); public, and data: the next one is a row more."""

    __tablename__ = "plan_period"

    key: Mapped[str] = mapped_column(String(8), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))
    first_year: Mapped[int] = mapped_column(unique=True)
    last_year: Mapped[int] = mapped_column(unique=True)

    @property
    def years(self) -> range:
        return range(self.first_year, self.last_year + 1)

    @property
    def base_year(self) -> int:
        """基期年: the year before the plan."""
        return self.first_year - 1

    @property
    def name(self) -> str:
        return self.name_en if in_english() else self.name_zh

    def __repr__(self) -> str:
        return f"{self.name} ({self.first_year}-{self.last_year})"


class TargetKind(Labelled):
    """What a version in the ledger is one of."""

    PLAN = "plan", _l("Five-year target")
    ANNUAL = "annual", _l("Annual target")
    QUOTA = "quota", _l("Quota of a league")


class TargetAct(Labelled):
    SET = "set", _l("Set")
    CHANGE = "change", _l("Changed")
    IMPORT = "import", _l("Imported")
    DELETE = "delete", _l("Deleted")


class PlanTarget(Placed, Model):
    """T1, 万家企业5年控制目标: one enterprise in one plan.

    `saved_before` is what was recognised as saved in the years of the plan up to `saved_until`,
    before the enterprise filed here: the chain of FM-16 begins with it.
    """

    __tablename__ = "plan_target"
    __table_args__ = (UniqueConstraint("enterprise_id", "period_key"),)
    kind: ClassVar[TargetKind] = TargetKind.PLAN

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    enterprise: Mapped[Enterprise] = relationship()
    period_key: Mapped[str] = mapped_column(ForeignKey("plan_period.key"), index=True)
    period: Mapped[PlanPeriod] = relationship()
    saving_target: Mapped[Decimal] = mapped_column(Quantity(18, 4))  # tce in five years
    energy_cap: Mapped[Decimal | None] = mapped_column(Quantity(18, 4))  # tce in the last year
    intensity_decline: Mapped[Decimal | None] = mapped_column(Quantity(9, 4))  # %
    saved_before: Mapped[Decimal | None] = mapped_column(Quantity(18, 4))  # tce
    saved_until: Mapped[int | None]
    document: Mapped[str] = mapped_column(String(100), default="")
    version: Mapped[int] = mapped_column()
    products: Mapped[list["PlanProduct"]] = relationship(
        cascade="all, delete-orphan", order_by="PlanProduct.product_key"
    )
    locked: Mapped[bool] = query_expression(false())  # see `app.targets.queries`

    __mapper_args__ = {"version_id_col": version}

    @property
    def span(self) -> str:
        return self.period_key

    def __repr__(self) -> str:
        return f"{self.enterprise} {self.period_key}"


class PlanProduct(Placed, Model):
    """The decline of a product's unit consumption over a plan, against the base year."""

    __tablename__ = "plan_product"
    __table_args__ = (UniqueConstraint("target_id", "product_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("plan_target.id"))
    product_key: Mapped[str] = mapped_column(ForeignKey("product.key"))
    product: Mapped[Product] = relationship()
    base_unit: Mapped[Decimal] = mapped_column(Quantity(18, 4))  # in the unit of the indicator
    decline: Mapped[Decimal] = mapped_column(Quantity(9, 4))  # %

    def __repr__(self) -> str:
        return self.product_key


class AnnualTarget(Placed, Model):
    """T2, 企业年度双控目标: one enterprise in one year."""

    __tablename__ = "annual_target"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "year"),
        Index("ix_annual_target_year_place", "year", "place"),
    )
    kind: ClassVar[TargetKind] = TargetKind.ANNUAL

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    enterprise: Mapped[Enterprise] = relationship()
    year: Mapped[int]
    energy_target: Mapped[Decimal] = mapped_column(Quantity(18, 4))  # tce, calorific
    saving_target: Mapped[Decimal | None] = mapped_column(Quantity(18, 4))  # tce
    document: Mapped[str] = mapped_column(String(100), default="")
    version: Mapped[int] = mapped_column()
    products: Mapped[list["AnnualProduct"]] = relationship(
        cascade="all, delete-orphan", order_by="AnnualProduct.product_key"
    )
    locked: Mapped[bool] = query_expression(false())

    __mapper_args__ = {"version_id_col": version}

    @property
    def span(self) -> str:
        return str(self.year)

    def __repr__(self) -> str:
        return f"{self.enterprise} {self.year}"


class AnnualProduct(Placed, Model):
    """The decline of a product's unit consumption in a year, against the year before."""

    __tablename__ = "annual_product"
    __table_args__ = (UniqueConstraint("target_id", "product_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("annual_target.id"))
    product_key: Mapped[str] = mapped_column(ForeignKey("product.key"))
    product: Mapped[Product] = relationship()
    decline: Mapped[Decimal] = mapped_column(Quantity(9, 4))  # %

    def __repr__(self) -> str:
        return self.product_key


class LeagueQuota(Placed, Model):
    """What the region hands a league for a plan or for one year of it; lies at the league.

    `span` is the key of the plan or the year.  For a plan `energy` is the cap of its last year.
    """

    __tablename__ = "league_quota"
    __table_args__ = (UniqueConstraint("place", "span"),)
    kind: ClassVar[TargetKind] = TargetKind.QUOTA

    id: Mapped[int] = mapped_column(primary_key=True)
    span: Mapped[str] = mapped_column(String(8), index=True)
    energy: Mapped[Decimal | None] = mapped_column(Quantity(18, 4))  # tce, calorific: at most
    saving: Mapped[Decimal | None] = mapped_column(Quantity(18, 4))  # tce: at least
    document: Mapped[str] = mapped_column(String(100), default="")
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def __repr__(self) -> str:
        return f"{self.place} {self.span}"


class TargetVersion(Placed, Model):
    """One version of a target or a quota: written, never changed (a trigger sees to it).

    It belongs to a place and a span, not to a row: it outlives the deletion of the target, and
    the numbers go on when the target is set anew.  `late` marks a version made after a filing
    of the time was final.
    """

    __tablename__ = "target_version"
    __table_args__ = (UniqueConstraint("place", "kind", "span", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[TargetKind] = mapped_column(choice(TargetKind))
    span: Mapped[str] = mapped_column(String(8))
    number: Mapped[int]
    act: Mapped[TargetAct] = mapped_column(choice(TargetAct))
    content: Mapped[str] = mapped_column(Text)  # canonical JSON
    algorithm: Mapped[str] = mapped_column(String(16))
    hash: Mapped[str] = mapped_column(String(128))
    document: Mapped[str] = mapped_column(String(100), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    late: Mapped[bool]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    actor_name: Mapped[str] = mapped_column(String(128))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    def __repr__(self) -> str:
        return f"{self.kind} {self.span} version {self.number}"


Target = PlanTarget | AnnualTarget
