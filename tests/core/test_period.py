"""Quarters: written, read, ordered, and counted backwards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import NotFound
from app.core.period import Quarter

QUARTERS = st.builds(Quarter, st.integers(2010, 2090), st.integers(1, 4))


@given(QUARTERS)
def test_what_is_written_is_read_again(quarter):
    assert Quarter.parse(str(quarter)) == quarter


@given(QUARTERS, QUARTERS)
def test_quarters_are_ordered_in_time(one, other):
    assert (one < other) == ((one.year, one.quarter) < (other.year, other.quarter))


@given(QUARTERS, st.integers(-30, 30), st.integers(-9, 9))
def test_steps_add_up_and_can_be_taken_back(quarter, first, second):
    assert quarter.shifted(first).shifted(second) == quarter.shifted(first + second)
    assert quarter.shifted(first).shifted(-first) == quarter


@pytest.mark.parametrize(
    ("quarter", "before", "year_before"),
    [
        ("2026Q1", "2025Q4", "2025Q1"),
        ("2026Q2", "2026Q1", "2025Q2"),
        ("2001Q4", "2001Q3", "2000Q4"),
    ],
)
def test_the_quarter_before_and_a_year_before(quarter, before, year_before):
    parsed = Quarter.parse(quarter)
    assert (str(parsed.previous), str(parsed.a_year_before)) == (before, year_before)


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026Q0", "2026Q5", "1999Q4", "2101Q1", "2026q1", " 2026Q1", "2026Q1\n", "26Q1"],
)
def test_what_is_no_quarter_is_not_found(text):
    with pytest.raises(NotFound):
        Quarter.parse(text)


@pytest.mark.parametrize(("year", "quarter"), [(2026, 0), (2026, 5), (1999, 1), (2101, 1)])
def test_no_quarter_outside_the_calendar_can_be_made(year, quarter):
    with pytest.raises(ValueError, match="no quarter"):
        Quarter(year, quarter)
