"""FM-13 to FM-20 equal the worked examples of the specification, to the last digit."""

from decimal import Decimal

import pytest

from app.checks import progress
from app.checks.progress import Pair, ProductPair, Standing
from app.checks.reckoning import shown
from tests.samples import EXAMPLES


def example(number):
    one = EXAMPLES[number]
    return one["inputs"], one["expected"]


def exact(value):
    return Decimal(str(value))


def test_fm_13_by_product_and_in_all():
    given, expected = example("FM-13")
    pairs = [
        ProductPair(exact(r["ly_unit"]), exact(r["unit"]), exact(r["output"]))
        for r in given["rows"]
    ]
    assert [progress.product_saving(pair) for pair in pairs] == expected["by_product"]
    assert progress.product_savings(pairs) == expected["total"]


def test_fm_13_of_power_divides_by_100_not_by_1000():
    power = ProductPair(Decimal(312), Decimal(308), Decimal(230_000), Decimal(100))
    assert progress.product_saving(power) == 9_200
    gas = ProductPair(Decimal("1.3"), Decimal("1.2"), Decimal(1000), Decimal("0.1"))
    assert progress.product_saving(gas) == 1_000


def test_fm_14_from_intensities_and_from_sums():
    given, expected = example("FM-14")
    found = progress.output_saving(
        exact(given["ly_intensity"]),
        exact(given["intensity"]),
        exact(given["gross_output_comparable"]),
    )
    assert found == expected["saving"]
    pair = Pair(Decimal("225209.77"), Decimal(82_000), Decimal(231_000), Decimal(80_000))
    assert progress.saving_between(pair) == Decimal("11565.23")
    assert progress.saving_between(Pair(*map(Decimal, (5, 1, 5, 0)))) is None


def test_fm_15_first_year_by_months():
    given, expected = example("FM-15")
    project = [
        exact(given[name]) for name in ("before_kgce_per_t", "after_kgce_per_t", "annual_output_t")
    ]
    assert progress.project_saving(*project) == expected["annual"]
    months = given["months_in_operation"]
    assert progress.project_saving(*project, months) == expected["this_year"]


def test_fm_16_and_17_the_example_lags():
    given, expected = example("FM-16")
    done = progress.cumulative(map(exact, given["prior_years"]), exact(given["saving_ytd"]))
    assert done == expected["cumulative"]
    completed = progress.completion(done, exact(given["target"]))
    assert completed == expected["completion_pct"]
    given, expected = example("FM-17")
    first = given["plan_first_year"]
    time = progress.time_progress(first, first + 4, given["year"], given["quarter"])
    assert time == expected["time_progress_pct"]
    assert progress.standing(completed, time) == expected["status"]


def test_fm_17_time_begins_at_nothing_and_ends_at_all():
    assert progress.time_progress(2026, 2030, 2025, 4) == 0
    assert progress.time_progress(2026, 2030, 2026, 1) == 5
    assert progress.time_progress(2026, 2030, 2030, 4) == 100
    assert progress.time_progress(2026, 2030, 2031, 2) == 100


@pytest.mark.parametrize(
    ("completed", "colour"),
    [
        ("95", Standing.AHEAD),
        ("94.999999999", Standing.ON_TRACK),  # it would be shown as 95.00
        ("85", Standing.ON_TRACK),
        ("84.999999999", Standing.LAGGING),
        (None, Standing.NO_TARGET),
    ],
)
def test_fm_17_compares_unrounded(completed, colour):
    value = None if completed is None else Decimal(completed)
    assert progress.standing(value, Decimal(95)) is colour


def test_fm_18_the_example_is_within_its_pace():
    given, expected = example("FM-18")
    target, energy = exact(given["target"]), exact(given["ytd"])
    assert shown(progress.usage(energy, target)) == expected["usage_pct"]
    share = progress.time_share(given["quarter"])
    assert share * 100 == expected["time_share_pct"]
    assert target - energy == expected["remaining"]
    assert progress.keeps_pace(energy, target, share)
    assert progress.keeps_pace(Decimal(742_500), target, share)
    assert not progress.keeps_pace(Decimal("742500.0001"), target, share)


@pytest.mark.parametrize(
    ("energy", "whole_year", "colour"),
    [
        ("675000", False, Standing.AHEAD),
        ("675000.0001", False, Standing.ON_TRACK),
        ("742500", False, Standing.ON_TRACK),
        ("742500.0001", False, Standing.LAGGING),
        ("675000", True, Standing.AHEAD),
        ("675000.0001", True, Standing.LAGGING),
    ],
)
def test_fm_18_colours(energy, whole_year, colour):
    found = progress.pace(Decimal(energy), Decimal(675_000), whole_year=whole_year)
    assert found is colour
    assert progress.pace(Decimal(energy), None) is Standing.NO_TARGET


def test_fm_18_a_heating_plant_is_compared_with_its_own_last_year():
    last_year = [Decimal(n) for n in (50, 10, 5, 35)]
    assert progress.own_share(last_year, 1) == Decimal("0.5")
    assert progress.own_share(last_year, 4) == 1
    assert progress.own_share(last_year[:3], 1) is None
    assert progress.own_share([Decimal(0)] * 4, 2) is None


def test_fm_19_declines_and_their_completion():
    given, expected = example("FM-19")
    unit, last_year, base = (exact(given[name]) for name in ("cur", "ly", "base"))
    annual = progress.decline(unit, last_year)
    assert shown(annual) == expected["annual_decline_pct"]
    assert (annual >= exact(given["annual_target_pct"])) is expected["annual_met"]
    since = progress.decline(unit, base)
    assert shown(since) == expected["five_year_decline_pct"]
    completed = progress.decline_completion(since, exact(given["five_year_target_pct"]))
    assert shown(completed) == expected["five_year_completion_pct"]
    assert progress.decline(unit, Decimal(0)) is None
    assert progress.decline_completion(None, Decimal(10)) is None


def test_declines_of_years_multiply():
    assert progress.chained_decline([Decimal(10), Decimal(10)]) == 19
    assert progress.chained_decline([]) == 0
    assert progress.chained_decline([Decimal(-10), Decimal(10)]) == 1


def test_no_target_is_no_completion_rather_than_zero():
    assert progress.completion(Decimal(5), None) is None
    assert progress.completion(Decimal(5), Decimal(0)) is None
