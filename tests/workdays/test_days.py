"""Working days: the State Council's calendar of 2026, years without one, the region's own days."""

from datetime import date, timedelta
from time import perf_counter

import pytest

from app.workdays.days import (
    LAST_YEAR,
    add_working_days,
    is_known,
    is_working,
    unknown_years,
    working_days_between,
)

# Spring Festival 2026: 15 to 23 February are free, Saturdays 14 and 28 February are worked
FESTIVAL = [date(2026, 2, day) for day in range(15, 24)]
# National Day 2026: 1 to 7 October are free; Sunday 20 September, Saturday 10 October are worked
NATIONAL = [date(2026, 10, day) for day in range(1, 8)]


def test_the_spring_festival_of_2026():
    assert [day for day in FESTIVAL if is_working(day)] == []
    assert is_working(date(2026, 2, 14))  # a Saturday
    assert is_working(date(2026, 2, 28))  # a Saturday
    assert not is_working(date(2026, 2, 7))
    assert is_working(date(2026, 2, 24))
    assert add_working_days(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert add_working_days(date(2026, 2, 13), 2) == date(2026, 2, 24)
    assert add_working_days(date(2026, 2, 13), 6) == date(2026, 2, 28)
    assert add_working_days(date(2026, 2, 13), 7) == date(2026, 3, 2)
    assert working_days_between(date(2026, 2, 13), date(2026, 2, 23)) == 1
    assert working_days_between(date(2026, 2, 1), date(2026, 2, 28)) == 16


def test_october_2026():
    assert [day for day in NATIONAL if is_working(day)] == []
    assert is_working(date(2026, 9, 20))  # a Sunday
    assert is_working(date(2026, 10, 10))  # a Saturday
    assert add_working_days(date(2026, 9, 30), 5) == date(2026, 10, 13)
    assert add_working_days(date(2026, 10, 1), 1) == date(2026, 10, 8)
    assert working_days_between(date(2026, 9, 30), date(2026, 10, 15)) == 7


def test_the_first_day_is_not_counted_and_the_last_is():
    monday = date(2026, 11, 2)
    assert working_days_between(monday, monday) == 0
    assert working_days_between(monday, monday + timedelta(days=1)) == 1
    assert working_days_between(monday + timedelta(days=1), monday) == 0
    assert add_working_days(monday, 0) == monday
    assert add_working_days(date(2026, 11, 7), 0) == date(2026, 11, 7)  # a Saturday, as it is
    with pytest.raises(ValueError, match="-1"):
        add_working_days(monday, -1)


def test_of_a_year_that_is_not_known_the_weekends_only():
    year = LAST_YEAR + 1
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    assert not is_known(year)
    assert all(is_working(day) is (day.weekday() < 5) for day in days)
    assert unknown_years([date(2026, 12, 31), *days, date(2003, 1, 1)]) == (2003, year)
    assert unknown_years([date(2026, 12, 31), date(2004, 1, 1)]) == ()


def test_the_region_overrides_holidays_working_weekends_and_unknown_years():
    special = {
        date(2026, 10, 7): True,  # a holiday
        date(2026, 10, 10): False,  # a working Saturday
        date(2026, 10, 9): False,  # a common Friday
        date(2027, 1, 1): False,
    }
    assert is_working(date(2026, 10, 7), special)
    assert not is_working(date(2026, 10, 10), special)
    assert add_working_days(date(2026, 9, 30), 3, special) == date(2026, 10, 12)
    assert working_days_between(date(2026, 9, 30), date(2026, 10, 15), special) == 6
    assert add_working_days(date(2026, 12, 31), 1, special) == date(2027, 1, 4)
    assert add_working_days(date(2026, 12, 31), 1) == date(2027, 1, 1)


@pytest.mark.parametrize("first", [date(2025, 12, 25), date(2026, 2, 10), date(2026, 12, 24)])
def test_counting_agrees_with_walking(first):
    special = {date(2026, 3, 3): False, date(2026, 2, 16): True, date(2027, 1, 1): False}
    for n in range(120):
        last = first + timedelta(days=n)
        walked = sum(is_working(first + timedelta(days=one), special) for one in range(1, n + 1))
        assert working_days_between(first, last, special) == walked
        reached = add_working_days(first, n, special)
        assert working_days_between(first, reached, special) == n


def test_a_page_of_hundreds_costs_next_to_nothing():
    since = perf_counter()
    for n in range(1000):
        working_days_between(date(2024, 1, 1) + timedelta(days=n % 300), date(2026, 11, 27))
    assert perf_counter() - since < 0.25  # 0.01 s on an idle machine
