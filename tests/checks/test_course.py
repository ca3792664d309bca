"""What sheet 4 is reckoned from: a year and a plan, quarter by quarter."""

from decimal import Decimal

import pytest

from app.checks.course import Course, Filed, Goals, ProductYear
from app.checks.progress import Standing
from app.core.period import Quarter

D = Decimal


def filed(**quarters):
    """Quarters by name: ``q2025_1=(energy, output)``."""
    found = {}
    for name, (energy, output) in quarters.items():
        year, quarter = name[1:].split("_")
        found[Quarter(int(year), int(quarter))] = Filed(D(energy), D(output))
    return found


THIRD = Quarter(2025, 3)
PAST = filed(
    q2024_1=(100, 10), q2024_2=(110, 11), q2024_3=(120, 12), q2025_1=(90, 10), q2025_2=(95, 11)
)


def test_a_year_is_its_quarters_up_to_the_one_at_hand():
    course = Course(THIRD, filed=PAST)
    assert course.energy(D(100)) == 285
    assert course.energy_before() == 330


def test_a_quarter_that_nobody_filed_makes_no_comparison_of_totals():
    course = Course(THIRD, filed={k: v for k, v in PAST.items() if k != Quarter(2024, 2)})
    assert course.energy(D(100)) == 285
    assert course.energy_before() is None


def test_savings_by_output_value_compare_the_same_quarters():
    course = Course(THIRD, filed=PAST)
    # 330 / 33 = 10 tce per 10^4 CNY last year: 33 would have taken 330, and 285 were taken
    assert course.saving_by_output(D(100), D(12)) == 45
    # of the second quarter nothing is known a year before: it is left out on both sides
    course = Course(THIRD, filed={k: v for k, v in PAST.items() if k != Quarter(2024, 2)})
    assert course.saving_by_output(D(100), D(12)) == 220 - 190
    assert Course(THIRD).saving_by_output(D(100), D(12)) is None


def test_products_are_summed_before_they_are_divided():
    year = ProductYear(D(410), D(500), D(425), D(500)).plus(
        ProductYear(D(410), D(500), D(425), D(500))
    )
    assert (year.unit(D(1000)), year.unit_before(D(1000))) == (820, 850)
    assert year.saving(D(1000)) == 30  # (850 - 820) * 1000 / 1000
    assert round(year.decline(D(1000)), 2) == D("3.53")  # FM-19
    assert ProductYear(D(1), D(1)).saving(D(1000)) is None


@pytest.mark.parametrize(
    ("saved", "standing"),
    [(46800, Standing.LAGGING), (51000, Standing.ON_TRACK), (57000, Standing.AHEAD)],
)
def test_a_plan_stands_by_time(saved, standing):
    course = Course(THIRD, "14th", range(2021, 2026), Goals(saving=D(60000)))
    assert course.time() == 95
    assert course.standing(D(saved)) is standing


def test_without_a_plan_or_a_target_nothing_is_said():
    assert Course(THIRD).time() is None
    assert Course(THIRD).standing(D(1)) is Standing.NO_TARGET
    assert Course(THIRD, "14th", range(2021, 2026)).standing(D(1)) is Standing.NO_TARGET
    assert Course(THIRD).completion(D(1)) is None
