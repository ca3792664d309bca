"""Reading what sheet 4 is reckoned from: targets, earlier quarters, savings of earlier years."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.checks import progress
from app.checks.course import Course, Filed, Goals, ProductGoal, ProductYear, SavingMethod
from app.checks.products import ENERGY_INDICATORS
from app.checks.reckoning import ZERO
from app.core.among import among
from app.core.db import db
from app.core.period import Quarter
from app.filings.models import Filing
from app.filings.sheets.product import ProductRow
from app.filings.sheets.profile import ProfileRow
from app.filings.sheets.progress import ProgressRow
from app.review.models import Review
from app.review.workflow import State
from app.targets.models import AnnualTarget, PlanTarget
from app.targets.queries import find_period
from app.targets.reading import AnnualDetails, PlanDetails, details_of


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier quarter, as far as sheet 4 looks back."""

    period: Quarter
    state: State
    energy: Decimal | None
    output: Decimal | None
    method: SavingMethod | None
    saving: Decimal | None


Pasts = Mapping[int, Sequence[Past]]  # by the enterprise, the earliest quarter first


def course_of(enterprise_id: int, period: Quarter) -> Course:
    """What is known of an enterprise at *period*; four statements."""
    plan = find_period(period.year)
    target = _plan_target(enterprise_id, plan.key) if plan else None
    annual = _annual_target(enterprise_id, period.year)
    past = pasts_of([enterprise_id], period).get(enterprise_id, [])
    of_products = _products(enterprise_id, period)
    years = plan.years if plan else ()
    return Course(
        period=period,
        plan=plan.key if plan else "",
        years=years,
        goals=goals_of(_details(target), _details(annual)),
        filed={
            one.period: Filed(
                one.energy or ZERO, one.output or ZERO, of_products.get(one.period, {})
            )
            for one in past
            if one.period.year == period.year or one.state.is_final
        },
        saved_before=_saved_before(past, target, years, period.year),
        method=_method(past, years),
    )


def _plan_target(enterprise_id: int, key: str) -> PlanTarget | None:
    query = (
        select(PlanTarget)
        .options(joinedload(PlanTarget.products))
        .where(PlanTarget.enterprise_id == enterprise_id, PlanTarget.period_key == key)
    )
    return db.session.scalars(query).unique().one_or_none()


def _annual_target(enterprise_id: int, year: int) -> AnnualTarget | None:
    query = (
        select(AnnualTarget)
        .options(joinedload(AnnualTarget.products))
        .where(AnnualTarget.enterprise_id == enterprise_id, AnnualTarget.year == year)
    )
    return db.session.scalars(query).unique().one_or_none()


def _details(target: PlanTarget | AnnualTarget | None) -> Any:
    return details_of(target) if target else None


def goals_of(plan: PlanDetails | None, annual: AnnualDetails | None) -> Goals:
    over_the_plan = {line.product: line for line in plan.products} if plan else {}
    in_the_year = {line.product: line.decline for line in annual.products} if annual else {}
    products = {}
    for key in over_the_plan.keys() | in_the_year.keys():
        line = over_the_plan.get(key)
        products[key] = ProductGoal(
            base=line.base_unit if line else None,
            decline=line.decline if line else None,
            annual_decline=in_the_year.get(key),
        )
    return Goals(
        saving=plan.saving_target if plan else None,
        cap=plan.energy_cap if plan else None,
        annual_energy=annual.energy_target if annual else None,
        products=products,
    )


def pasts_of(ids: Collection[int], period: Quarter) -> dict[int, list[Past]]:
    """The quarters before *period* of some enterprises, since the base year of the plan."""
    plan = find_period(period.year)
    since = Quarter(plan.base_year if plan else period.year - 1, 1)
    query = (
        select(
            Filing.enterprise_id,
            Filing.year,
            Filing.quarter,
            Review.state,
            ProfileRow.comprehensive_energy_calorific,
            ProfileRow.gross_output_comparable,
            ProgressRow.saving_method,
            ProgressRow.saving_ytd,
        )
        .join(Filing.review)
        .outerjoin(ProfileRow, ProfileRow.filing_id == Filing.id)
        .outerjoin(ProgressRow, ProgressRow.filing_id == Filing.id)
        .where(
            among(Filing.enterprise_id, ids),
            Filing.year * 4 + Filing.quarter - 1 >= since.index,
            Filing.year * 4 + Filing.quarter - 1 < period.index,
        )
        .order_by(Filing.year, Filing.quarter)
    )
    found: dict[int, list[Past]] = {}
    for row in db.session.execute(query):
        past = Past(Quarter(row.year, row.quarter), *row[3:])
        found.setdefault(row.enterprise_id, []).append(past)
    return found


def saved_before_of(ids: Collection[int], period: Quarter, pasts: Pasts) -> dict[int, Decimal]:
    """FM-16 for some enterprises: what was approved as saved in the earlier years of the plan."""
    plan = find_period(period.year)
    query = select(PlanTarget.enterprise_id, PlanTarget.saved_before, PlanTarget.saved_until).where(
        among(PlanTarget.enterprise_id, ids), PlanTarget.period_key == (plan.key if plan else "")
    )
    targets = {one.enterprise_id: one for one in db.session.execute(query)}
    years = plan.years if plan else ()
    return {pk: _saved_before(pasts.get(pk, ()), targets.get(pk), years, period.year) for pk in ids}


def _products(enterprise_id: int, period: Quarter) -> Mapping[Quarter, dict[str, ProductYear]]:
    """The energy of products in the earlier quarters of the year."""
    query = (
        select(
            Filing.quarter,
            ProductRow.key,
            ProductRow.numerator,
            ProductRow.denominator,
            ProductRow.ly_numerator,
            ProductRow.ly_denominator,
        )
        .join(ProductRow, ProductRow.filing_id == Filing.id)
        .where(
            Filing.enterprise_id == enterprise_id,
            Filing.year == period.year,
            Filing.quarter < period.quarter,
        )
    )
    found: dict[Quarter, dict[str, ProductYear]] = {}
    for quarter, key, *figures in db.session.execute(query):
        if key[-1] in ENERGY_INDICATORS:
            year = ProductYear(*(figure or ZERO for figure in figures))
            found.setdefault(Quarter(period.year, quarter), {})[key] = year
    return found


def _saved_before(
    past: Sequence[Past], target: Any, years: Iterable[int], this_year: int
) -> Decimal:
    """FM-16: approved savings of earlier years, each by its fourth quarter.

    Of years before the enterprise filed here the target says what was recognised; a year that
    was filed without sheet 4 is reckoned by output value from its final quarters.  *target* is a
    `PlanTarget`, or a row with its `saved_before` and `saved_until`.
    """
    recognised, until = ZERO, 0
    if target and target.saved_before and target.saved_until and target.saved_until < this_year:
        recognised, until = target.saved_before, target.saved_until
    final = {one.period: one for one in past if one.state.is_final}
    chained = (_saved_in(year, final) for year in years if until < year < this_year)
    return sum(chained, recognised)


def _saved_in(year: int, final: Mapping[Quarter, Past]) -> Decimal:
    last = final.get(Quarter(year, 4))
    if last is not None and last.saving is not None:
        return last.saving
    pairs = [
        (one, final[one.period.a_year_before])
        for one in final.values()
        if one.period.year == year and one.period.a_year_before in final
    ]
    sums = progress.Pair(
        sum((this.energy or ZERO for this, _before in pairs), ZERO),
        sum((this.output or ZERO for this, _before in pairs), ZERO),
        sum((before.energy or ZERO for _this, before in pairs), ZERO),
        sum((before.output or ZERO for _this, before in pairs), ZERO),
    )
    return progress.saving_between(sums) or ZERO


def _method(past: Sequence[Past], years: Sequence[int]) -> SavingMethod | None:
    """The method chosen last in a filing of the plan that was handed in."""
    chosen = [
        one.method
        for one in past
        if one.period.year in years and not one.state.is_open and one.method is not None
    ]
    return chosen[-1] if chosen else None
