"""Sheets 6 and 4 of the invented filings: unit consumptions, and how the targets stand."""

import random
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.checks.book import ProductFacts
from app.checks.course import Course, Filed, ProductYear, SavingMethod
from app.checks.products import ENERGY_INDICATORS
from app.checks.reckoning import ZERO
from app.core.period import Quarter
from app.filings.course import goals_of
from app.filings.figures import Figures
from app.targets.queries import find_period
from app.targets.reading import AnnualDetails, PlanDetails

# of the energy, taken by the first product and by the second; cement contains its own clinker
SHARES = {"30": (0.78, 0.93)}
USUAL_SHARES = (0.66, 0.24)
ALONE = 0.92  # by a product that is the only one
NOTE = "按各产品计量仪表数据分摊，公用工程按产量分摊。"


def product_rows(
    facts: Mapping[str, ProductFacts],
    industry: str,
    lines: Sequence[tuple[str, float]],
    energy: float,
    age: int,
    rng: random.Random,
) -> dict[str, dict[str, Any]]:
    """Sheet 6: products by key with a usual unit consumption, which falls a little by *age*."""
    rows = {}
    shares = SHARES.get(industry, USUAL_SHARES) if len(lines) > 1 else (ALONE,)
    for (key, usual), share in zip(lines, shares, strict=False):
        numerator = Decimal(round(energy * share))
        unit = Decimal(str(round(usual * 0.996**age * rng.uniform(0.995, 1.005), 4)))
        output = (numerator / unit * facts[key].scale).quantize(Decimal("0.01"))
        if output <= 0:
            continue
        rows[key] = {
            "numerator": numerator,
            "denominator": output,
            **({} if age >= 4 else _before(numerator, output)),  # typed: nothing was filed then
            "annual_capacity": (output * 5).quantize(Decimal(1)),
            "allocation_note": NOTE if len(lines) > 1 else None,
        }
        if facts[key].adjusted:
            rows[key] |= {"correction_factor": Decimal(1), "correction_reason": "无需修正"}
    return rows


def _before(numerator: Decimal, output: Decimal) -> dict[str, Decimal]:
    """What was made a year before with the same energy: a little less."""
    less = (output * Decimal("0.983")).quantize(Decimal("0.01"))
    return {"first_ly_numerator": numerator, "first_ly_denominator": less}


def course(
    period: Quarter,
    past: Mapping[Quarter, Figures],
    plan: PlanDetails | None,
    annual: AnnualDetails | None,
) -> Course:
    """As `app.filings.course` would read it of what has been filed."""
    of_the_time = find_period(period.year)
    recognised, until = ZERO, 0
    if plan and plan.saved_before and plan.saved_until and plan.saved_until < period.year:
        recognised, until = plan.saved_before, plan.saved_until
    years = of_the_time.years if of_the_time else ()
    ends = (past.get(Quarter(year, 4), {}) for year in years if until < year < period.year)
    chained = (figures["S4"][""]["saving_ytd"] or ZERO for figures in ends if figures)
    return Course(
        period=period,
        plan=of_the_time.key if of_the_time else "",
        years=years,
        goals=goals_of(plan, annual),
        filed={one: _filed(figures) for one, figures in past.items() if one < period},
        saved_before=sum(chained, recognised),
    )


def _filed(figures: Figures) -> Filed:
    profile = figures["S1"][""]
    names = ("numerator", "denominator", "ly_numerator", "ly_denominator")
    return Filed(
        energy=profile["comprehensive_energy_calorific"] or ZERO,
        output=profile["gross_output_comparable"] or ZERO,
        products={
            key: ProductYear(*(row[name] or ZERO for name in names))
            for key, row in figures["S6"].items()
            if key[-1] in ENERGY_INDICATORS
        },
    )


METHODS = {True: SavingMethod.PRODUCT, False: SavingMethod.OUTPUT_VALUE}
WHY_IT_LAGS = "订单不足、负荷率偏低，单位能耗上升；已安排余热回收和变频改造，下季度投运。"
