"""Reading plans, targets, quotas and their versions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, String, and_, cast, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload, with_expression

from app.core.db import db
from app.core.errors import NotFound
from app.enterprises.models import Enterprise
from app.enterprises.start_stop import is_enabled_in, shows_figures
from app.review.models import Review
from app.review.workflow import FINAL
from app.targets.models import (
    AnnualProduct,
    AnnualTarget,
    PlanPeriod,
    PlanProduct,
    PlanTarget,
    TargetKind,
    TargetVersion,
)
from app.targets.path import Path

KEPT_FOR = 60.0  # seconds
FILING = "filing"  # the kind of review that finishes a quarter; its own package lies above


@dataclass(slots=True)
class _Kept:
    """The plans as they were last read; they change once in five years."""

    plans: Sequence[PlanPeriod] = ()
    until: float = 0.0


_KEPT = _Kept()


def plan_periods() -> Sequence[PlanPeriod]:
    """All plans, the latest first: to choose from and to be named, not to be pointed at.

    They are copies, kept for a minute: every list offers them.  What is written looks at the
    table itself.
    """
    if monotonic() >= _KEPT.until:
        query = select(
            PlanPeriod.key,
            PlanPeriod.name_zh,
            PlanPeriod.name_en,
            PlanPeriod.first_year,
            PlanPeriod.last_year,
        ).order_by(PlanPeriod.first_year.desc())
        _KEPT.plans = [PlanPeriod(**row._mapping) for row in db.session.execute(query)]  # noqa: SLF001
        _KEPT.until = monotonic() + KEPT_FOR
    return _KEPT.plans


def read_plans_anew() -> None:
    """Forget the copies, for one was added."""
    _KEPT.until = 0.0


def period_at(key: str) -> PlanPeriod:
    period = db.session.get(PlanPeriod, key)
    if period is None:
        raise NotFound(_("There is no such plan."))
    return period


def find_period(year: int) -> PlanPeriod | None:
    """The plan in which *year* lies."""
    return next((period for period in plan_periods() if year in period.years), None)


def plan_of(year: int) -> str:
    """The key of the plan in which *year* lies; empty where there is none."""
    period = find_period(year)
    return period.key if period else ""


def is_planned(year: int) -> bool:
    """Whether *year* lies in a plan, by the table."""
    query = select(PlanPeriod.key).where(
        PlanPeriod.first_year <= year, PlanPeriod.last_year >= year
    )
    return db.session.scalar(query.limit(1)) is not None


def find_plan_target(enterprise_id: int, key: str) -> PlanTarget | None:
    query = select(PlanTarget).where(
        PlanTarget.enterprise_id == enterprise_id, PlanTarget.period_key == key
    )
    return db.session.scalars(query).one_or_none()


def find_annual_target(enterprise_id: int, year: int) -> AnnualTarget | None:
    query = select(AnnualTarget).where(
        AnnualTarget.enterprise_id == enterprise_id, AnnualTarget.year == year
    )
    return db.session.scalars(query).one_or_none()


def versions_of(kind: TargetKind, place: str, span: str) -> Sequence[TargetVersion]:
    """The ledger of one target or quota, newest first."""
    query = select(TargetVersion).where(
        TargetVersion.kind == kind, TargetVersion.place == place, TargetVersion.span == span
    )
    return db.session.scalars(query.order_by(TargetVersion.number.desc())).all()


def _year_of_review() -> ColumnElement[str]:
    return func.substr(Review.period, 1, 4)


def _final_at(place: Any) -> Any:
    return (
        exists()
        .where(Review.kind == FILING, Review.state.in_(FINAL), Review.place == place)
        .correlate(PlanTarget, AnnualTarget)
    )


def has_final_filing(place: str, first_year: int, last_year: int) -> bool:
    """Whether a filing of the enterprise at *place* is final in one of the years."""
    final = _final_at(place).where(_year_of_review().between(str(first_year), str(last_year)))
    return bool(db.session.scalar(select(final)))


def annual_targets() -> Any:
    """Annual targets with enterprise, products, and whether they are locked."""
    year = _year_of_review() == cast(AnnualTarget.year, String(4))
    return (
        select(AnnualTarget)
        .join(AnnualTarget.enterprise)
        .where(shows_figures())
        .options(
            contains_eager(AnnualTarget.enterprise),
            selectinload(AnnualTarget.products).joinedload(AnnualProduct.product),
            with_expression(AnnualTarget.locked, _final_at(AnnualTarget.place).where(year)),
        )
    )


def plan_targets() -> Any:
    """Five-year targets with enterprise, plan, products, and whether they are locked."""
    within = (
        (PlanPeriod.key == PlanTarget.period_key)
        & (_year_of_review() >= cast(PlanPeriod.first_year, String(4)))
        & (_year_of_review() <= cast(PlanPeriod.last_year, String(4)))
    )
    return (
        select(PlanTarget)
        .join(PlanTarget.enterprise)
        .where(shows_figures())
        .options(
            contains_eager(PlanTarget.enterprise),
            joinedload(PlanTarget.period),
            selectinload(PlanTarget.products).joinedload(PlanProduct.product),
            with_expression(PlanTarget.locked, _final_at(PlanTarget.place).where(within)),
        )
    )


def paths_of(enterprise_ids: Collection[int], period: PlanPeriod) -> dict[int, Path]:
    """What is set for each enterprise in *period* and its years, of products too."""
    plans = select(PlanTarget).where(
        PlanTarget.period_key == period.key, PlanTarget.enterprise_id.in_(enterprise_ids)
    )
    annual = select(AnnualTarget).where(
        AnnualTarget.year.between(period.base_year, period.last_year),
        AnnualTarget.enterprise_id.in_(enterprise_ids),
    )
    whole = {
        one.enterprise_id: one
        for one in db.session.scalars(plans.options(selectinload(PlanTarget.products)))
    }
    parts: dict[int, list[AnnualTarget]] = {pk: [] for pk in enterprise_ids}
    for one in db.session.scalars(annual.options(selectinload(AnnualTarget.products))):
        parts[one.enterprise_id].append(one)
    return {pk: _path(period, whole.get(pk), parts[pk]) for pk in enterprise_ids}


def _path(period: PlanPeriod, plan: PlanTarget | None, parts: Sequence[AnnualTarget]) -> Path:
    savings = {one.year: one.saving_target for one in parts if one.year in period.years}
    return Path(
        years=period.years,
        saving=plan.saving_target if plan else None,
        cap=plan.energy_cap if plan else None,
        declines={line.product_key: line.decline for line in plan.products} if plan else {},
        savings_set={year: value for year, value in savings.items() if value is not None},
        energy_set={one.year: one.energy_target for one in parts},
        declines_set={
            one.year: {line.product_key: line.decline for line in one.products} for one in parts
        },
    )


def short_paths(enterprise_ids: Collection[int], period: PlanPeriod) -> dict[int, Path]:
    """The same without products and without the base year, in one statement for a list."""
    plan = and_(PlanTarget.enterprise_id == Enterprise.id, PlanTarget.period_key == period.key)
    annual = and_(
        AnnualTarget.enterprise_id == Enterprise.id,
        AnnualTarget.year.between(period.first_year, period.last_year),
    )
    query = (
        select(
            Enterprise.id,
            PlanTarget.saving_target,
            PlanTarget.energy_cap,
            AnnualTarget.year,
            AnnualTarget.saving_target,
            AnnualTarget.energy_target,
        )
        .outerjoin(PlanTarget, plan)
        .outerjoin(AnnualTarget, annual)
        .where(Enterprise.id.in_(enterprise_ids))
    )
    paths: dict[int, Path] = {}
    for pk, whole, cap, year, saving, energy in db.session.execute(query):
        path = paths.setdefault(pk, Path(period.years, whole, cap, {}, {}, {}))
        if year is not None:
            path.energy_set[year] = energy
            if saving is not None:
                path.savings_set[year] = saving
    return paths


def settable(kinds: Collection[Any]) -> Any:
    """The enabled enterprises of the classes *kinds*, in the order of their places."""
    return (
        select(Enterprise)
        .where(is_enabled_in(), Enterprise.enterprise_class.in_(kinds))
        .order_by(Enterprise.place, Enterprise.id)
    )
