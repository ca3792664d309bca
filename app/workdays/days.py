"""Which days are worked: weekdays, the State Council's holidays, and what the region says.

Pure: days go in and come out.  The official days are those of the library ``chinesecalendar``,
which is renewed every November with the notice of the General Office of the State Council for the
next year.  Years that it does not know are told by `unknown_years`; there, weekends only are free.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from chinese_calendar import holidays, workdays

FIRST_YEAR, LAST_YEAR = min(holidays).year, max(holidays).year
Special = Mapping[date, bool]  # days that the region sets apart: whether they are worked
NONE: Special = {}
FARTHEST = 10_000  # working days that are counted on at once: forty years


def _by_week(day: date) -> bool:
    return day.weekday() < 5


# where the official calendar says something else than the week: free weekdays, worked weekends
OFFICIAL: dict[date, bool] = {
    day: day in workdays
    for day in sorted({*holidays, *workdays})
    if (day in workdays) is not _by_week(day)
}
_DAYS = list(OFFICIAL)


def is_known(year: int) -> bool:
    """Whether the official calendar of *year* is known."""
    return FIRST_YEAR <= year <= LAST_YEAR


def unknown_years(days: Iterable[date]) -> tuple[int, ...]:
    """The years of *days* of which only the weekends are known, in order."""
    return tuple(sorted({day.year for day in days if not is_known(day.year)}))


def is_working(day: date, special: Special = NONE) -> bool:
    """Whether *day* is worked: as the region says, else the official calendar, else the week."""
    said = special.get(day)
    return _officially(day) if said is None else said


def add_working_days(day: date, n: int, special: Special = NONE) -> date:
    """The *n*-th working day after *day*; *day* itself is not counted, even if it is worked.

    ``n`` 0 is *day* itself, whatever day it is; below zero it is `ValueError`.
    """
    if not 0 <= n <= FARTHEST:
        raise ValueError(f"from 0 to {FARTHEST} working days, not {n}")
    left = n
    while left:
        day += timedelta(days=1)
        left -= is_working(day, special)
    return day


def working_days_between(after: date, until: date, special: Special = NONE) -> int:
    """How many working days come after *after*, up to *until*, which counts.

    The turned round of `add_working_days`: from a day to the n-th working day after it there are
    n.  0 where *until* is not later than *after*.
    """
    if until <= after:
        return 0
    count = _weekdays_through(until) - _weekdays_through(after)
    for day in _DAYS[bisect_right(_DAYS, after) : bisect_right(_DAYS, until)]:
        count += 1 if OFFICIAL[day] else -1
    for day, works in special.items():
        if after < day <= until:
            count += works - _officially(day)
    return count


def _officially(day: date) -> bool:
    said = OFFICIAL.get(day)
    return _by_week(day) if said is None else said


def _weekdays_through(day: date) -> int:
    """Mondays to Fridays from 1 January of the year 1, a Monday, through *day*."""
    weeks, rest = divmod(day.toordinal(), 7)
    return weeks * 5 + min(rest, 5)
