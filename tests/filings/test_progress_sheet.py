"""Sheet 4: targets from the ledger, actuals from this and earlier quarters, nothing typed twice."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from app.checks.course import PlanKey, SavingMethod
from app.checks.progress import Standing
from app.core.db import db
from app.core.period import Quarter
from app.filings.books import catalogues
from app.filings.course import course_of
from app.filings.models import Filing
from app.filings.operations import open_filing
from app.filings.queries import book_around, current_figures, latest_version
from app.filings.tables import tables_of
from app.review.workflow import Action
from tests.filings.filling import figures_of, fill, rows_with
from tests.targets.setting import PLAN, set_plan, set_year
from tests.world import QUARTER

NEXT = QUARTER.shifted(1)


def final(world, period=QUARTER, lag_explanation=None, **profile):
    filing = world.filled(period=period)
    if profile:
        fill(world, filing, "S1", rows_with("S1", **profile))
    if lag_explanation:
        fill(world, filing, "S4", rows_with("S4", lag_explanation=lag_explanation))
    world.act("confirmer", Action.SUBMIT, filing)
    world.act("county", Action.APPROVE, filing)
    world.act("league", Action.APPROVE, filing)
    return filing


def now(world, filing):
    with world.seen_from():
        row = db.session.get(Filing, filing)
        return current_figures(row, book_around(row))


def test_targets_come_from_the_ledger_and_are_not_kept_before_they_are_handed_in(world):
    filing = world.filled()
    assert figures_of(world, filing)["S4"][""]["progress_status"] is Standing.NO_TARGET
    set_plan(world)
    set_year(world)
    row = now(world, filing)["S4"][""]
    assert (row["plan_period"], row["five_year_saving_target"]) == (PlanKey.FIFTEENTH, 60000)
    assert (row["five_year_energy_cap"], row["annual_energy_target"]) == (900000, 900000)
    assert row["energy_ytd"] == Decimal("225209.77")
    assert row["annual_usage_rate"] == Decimal("25.02")
    assert figures_of(world, filing)["S4"][""]["annual_energy_target"] is None
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        kept = json.loads(latest_version(db.session.get(Filing, filing)).content)["S4"][""]
    assert kept["annual_energy_target"] == "900000"


def test_a_target_set_after_saving_is_in_what_is_handed_in(world):
    filing = world.filled()
    set_year(world)  # no plan: nothing lags
    world.act("confirmer", Action.SUBMIT, filing)
    assert figures_of(world, filing)["S4"][""]["annual_energy_target"] == 900000


def test_a_lag_is_explained(world):
    set_plan(world)
    third = world.filled(period=Quarter(2026, 3))  # 15 % of the plan are gone, nothing is saved
    assert now(world, third)["S4"][""]["progress_status"] is Standing.LAGGING
    rows = rows_with("S4")
    told = [where for where, _text in fill(world, third, "S4", rows)]
    assert told[0] == "S4/lag_explanation"
    assert fill(world, third, "S4", rows_with("S4", lag_explanation="订单不足")) == []


def test_a_year_adds_up_and_compares_with_the_same_quarters_of_last_year(world):
    before = QUARTER.a_year_before
    final(world, before)
    filing = world.filled()
    first = now(world, filing)["S4"][""]
    assert first["energy_ly_ytd"] == first["energy_ytd"] == Decimal("225209.77")
    assert first["saving_ytd"] == 0  # as much energy and as much output
    fill(world, filing, "S1", rows_with("S1", gross_output_comparable=90000))
    assert now(world, filing)["S4"][""]["saving_ytd"] > 0
    fill(world, filing, "S1", rows_with("S1", gross_output_comparable=80000))
    assert now(world, filing)["S4"][""]["saving_ytd"] < 0


def test_the_rows_of_products_are_made_and_their_saving_is_the_sum(world):
    set_plan(world)
    set_year(world)
    filing = world.filled()
    first = {"first_ly_numerator": 85000, "first_ly_denominator": 100000}
    fill(world, filing, "S6", rows_with("S6", "2611E", **first))
    fill(world, filing, "S4", [{"saving_method": "product"}])
    figures = figures_of(world, filing)
    assert list(figures["S4B"]) == ["2611E"]  # electricity is inside the energy
    row = figures["S4B"]["2611E"]
    assert (row["b_five_year_decline_target"], row["b_annual_decline_target"]) == (10, 3)
    assert (row["b_base_unit_consumption"], row["b_ly_unit_consumption"]) == (900, 850)
    assert (row["b_unit_consumption"], row["b_output_ytd"]) == (820, 140000)
    assert (row["b_decline_rate"], row["b_product_saving"]) == (Decimal("3.53"), 4200)  # FM-13
    assert figures["S4"][""]["saving_ytd"] == 4200
    with world.seen_from():
        titles = [(table.key, table.title) for table in tables_of(figures, catalogues(QUARTER))]
    assert ("S4B", "Progress of products") in titles


def test_within_a_plan_the_method_stays(world):
    first = world.filled()
    world.act("confirmer", Action.SUBMIT, first)
    with world.acting("confirmer") as actor:
        filing = open_filing(world.enterprise(), NEXT, actor=actor).id
    carried = figures_of(world, filing)["S4"][""]["saving_method"]
    assert carried is SavingMethod.OUTPUT_VALUE
    found = dict(fill(world, filing, "S4", [{"saving_method": "product"}]))
    assert "another was chosen earlier" in found["S4/saving_method"]
    assert "S4/saving_method" not in dict(
        fill(world, filing, "S4", [{"saving_method": "output_value"}])
    )


def test_earlier_years_of_the_plan_are_chained(world):
    """FM-16: what the fourth quarter was approved with."""
    set_plan(world)
    final(world, Quarter(2025, 4), gross_output_comparable=80000)
    for quarter in (1, 2, 3, 4):
        last = final(world, Quarter(2026, quarter), lag_explanation="订单不足")
    saved = figures_of(world, last)["S4"][""]["saving_ytd"]
    assert saved > 0
    with world.seen_from():
        course = course_of(world.enterprise().id, Quarter(2027, 1))
    assert (course.saved_before, course.method) == (saved, SavingMethod.OUTPUT_VALUE)


def test_what_was_recognised_before_counts_with_the_years_after_it(world):
    details = replace(PLAN, saved_before=Decimal(7000), saved_until=2024)
    set_plan(world, details=details, period="14th")
    with world.seen_from():
        saved = [
            course_of(world.enterprise().id, Quarter(year, 1)).saved_before
            for year in (2024, 2025, 2026)
        ]
    assert saved == [0, 7000, 0]  # the last year lies in the next plan


@pytest.mark.parametrize("product", ["3001", "2611"])
def test_water_is_told_of_products_that_were_made(world, product):
    filing = world.filled()
    found = fill(world, filing, "W1P", [{"product_code": product, "product_intake": 210}])
    row = figures_of(world, filing)["W1P"][product]
    if product == "2611":  # 210 * 10,000 m3 over 140,000 t
        assert (found, row["product_water_intensity"]) == ([], 15)
    else:
        assert [where for where, _text in found] == ["W1P/3001/product_intake"]
        assert row["product_water_intensity"] is None
