"""The forecast of a year on years made by hand: exact values."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.checks import forecast
from app.checks.forecast import Band

HEATING = tuple(map(Decimal, (400, 100, 100, 400)))
EVEN = tuple(map(Decimal, (250, 250, 250, 250)))


def year(*quarters):
    return tuple(map(Decimal, quarters))


def test_the_season_is_the_mean_of_ones_own_years():
    assert forecast.season([HEATING]) == year("0.4", "0.1", "0.1", "0.4")
    assert forecast.season([HEATING, EVEN]) == year("0.325", "0.175", "0.175", "0.325")


def test_few_years_are_drawn_toward_those_of_the_group():
    # one own year weighs one third, the group two
    found = forecast.season([year(700, 100, 100, 100)], [EVEN])
    assert tuple(round(share, 4) for share in found) == year("0.4000", "0.2000", "0.2000", "0.2000")
    assert forecast.season([], [HEATING]) == forecast.shares(HEATING)
    assert forecast.season([], []) is None
    assert forecast.season([year(0, 0, 0, 0)], [year(1, 2, 3)]) is None


def test_a_year_that_repeats_the_last_is_forecast_exactly():
    usual = forecast.season([HEATING])
    for known in range(5):
        assert forecast.seasonal_run_rate(HEATING[:known], usual, Decimal(1000)) == 1000


def test_last_year_counts_as_one_more_quarter():
    usual = forecast.season([EVEN])
    # 300 known and 250 of last year stand for two quarters: 1,100 a year, 825 of it to come
    assert forecast.seasonal_run_rate([Decimal(300)], usual, Decimal(1000)) == 1125
    three = [Decimal(300)] * 3
    assert forecast.seasonal_run_rate(three, usual, Decimal(1000)) == Decimal("1187.5")
    # without last year the known quarters speak alone
    assert forecast.seasonal_run_rate([Decimal(300)], usual, None) == 1200


def test_the_fourth_quarter_ends_all_guessing():
    assert forecast.seasonal_run_rate(year(1, 2, 3, 4), None, Decimal(900)) == 10


def test_without_any_season_it_is_a_straight_line():
    assert forecast.seasonal_run_rate(year(1, 3), None, None) == 8
    assert forecast.seasonal_run_rate([], None, None) is None
    assert forecast.seasonal_run_rate([], forecast.shares(EVEN), None) is None


def test_the_baselines():
    assert forecast.straight_line(year(400, 100)) == 1000
    assert forecast.straight_line(year(400)) == 1600  # what a heating plant looks like in spring
    assert forecast.last_years_share(year(440), HEATING) == 1100
    assert forecast.last_years_share(year(440), year(0, 0, 0, 0)) is None
    assert forecast.last_years_share([], HEATING) is None


def test_past_forecasts_know_only_what_was_known_then():
    history = {2023: EVEN, 2024: EVEN, 2025: year(300, 300, 300, 300)}
    # 2024 was forecast right; 2025 at 1,125, and ended at 1,200
    assert forecast.past_deviations(history, 1) == [0, Decimal(1200) / 1125 - 1]
    assert forecast.past_deviations({2025: EVEN}, 1) == []
    assert forecast.past_deviations({2023: EVEN, 2025: EVEN}, 1) == []


def test_the_band_is_made_of_what_happened():
    ten = [Decimal(n) / 100 for n in (9, -5, 0, 1, 2, 3, 4, 5, 6, -20)]
    assert forecast.band(Decimal(1000), ten) == Band(Decimal(950), Decimal(1060))
    assert forecast.band(Decimal(1000), [Decimal("0.05")]) == Band(Decimal(1050), Decimal(1050))
    assert forecast.band(Decimal(1000), []) is None


def test_a_deviation_is_a_part_of_the_forecast():
    assert forecast.deviation(Decimal(800), Decimal(1000)) == Decimal("0.25")
    assert forecast.deviation(None, Decimal(1)) is None
    assert forecast.deviation(Decimal(0), Decimal(1)) is None


QUARTER = st.integers(0, 10**9).map(Decimal)


@given(st.lists(st.tuples(*[QUARTER] * 4), max_size=4), st.lists(st.tuples(*[QUARTER] * 4)))
def test_shares_sum_to_one(own, group):
    found = forecast.season(own, group)
    if found is not None:
        assert abs(sum(map(Fraction, found)) - 1) < Fraction(1, 10**20)
