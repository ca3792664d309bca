"""What the five-year path leaves for a year."""

from decimal import Decimal

from app.checks.progress import chained_decline
from app.targets.path import Path, proposed

YEARS = range(2026, 2031)


def test_savings_are_divided_by_the_years_left_and_the_last_takes_the_rest():
    path = Path(YEARS, saving=Decimal(100))
    assert proposed(path, 2026).saving == 20
    third = Decimal("33.33")
    path = Path(YEARS, Decimal(100), savings_set={2026: Decimal(0), 2027: third, 2028: third})
    assert proposed(path, 2029).saving == Decimal("16.67")
    path.savings_set[2029] = Decimal("16.67")
    assert proposed(path, 2030).saving == Decimal("16.67")
    assert sum(path.savings_set.values()) + proposed(path, 2030).saving == 100


def test_nobody_is_asked_for_less_than_nothing():
    path = Path(YEARS, Decimal(10), savings_set={2026: Decimal(30)})
    assert proposed(path, 2027).saving == 0


def test_energy_goes_in_a_straight_line_to_the_cap():
    path = Path(YEARS, cap=Decimal(900), energy_set={2025: Decimal(1000)})
    assert [proposed(path, year).energy for year in YEARS] == [980, 960, 940, 920, 900]
    assert proposed(Path(YEARS, cap=Decimal(900)), 2027).energy == 900
    assert proposed(Path(YEARS), 2027).energy is None


def test_equal_declines_multiply_to_that_of_the_plan():
    path = Path(YEARS, declines={"2611E": Decimal(10)})
    yearly = proposed(path, 2026).declines["2611E"]
    assert yearly == Decimal("2.09")
    assert round(chained_decline([yearly] * 5), 1) == 10
    path.declines_set[2026] = {"2611E": Decimal(10)}  # all of it at once
    assert proposed(path, 2027).declines["2611E"] == 0


def test_a_year_outside_the_plan_is_left_nothing():
    assert proposed(Path(YEARS, Decimal(5), Decimal(5)), 2031).saving is None
