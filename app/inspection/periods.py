"""When a year asks for a document, and how it stands: pure, by the frequency alone.

The year of a document is the one in which it is reported: the summary of 2025, reported in
January 2026, belongs to 2026 (`about`).  A quarter belongs to its own year, though its last
reports come in January.
"""

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.period import Quarter
from app.inspection.kinds import DutyState, FileState, Frequency

PLAN = 5  # years; the plans of the country begin in 2021, 2026, 2031
NEVER = date(2999, 12, 31)
JANUARY, DECEMBER = 1, 12
DayOf = Callable[[Quarter], date]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a year asks once of every enterprise that is there for it.

    It is asked of those that were entered before the day `before` and are not stopped in the
    quarter with the index `index`, until `due_on`.  Of the others until `later`, if they were
    entered by the end of the year and are not stopped in its last quarter.  `since` is the first
    year whose file still counts.
    """

    quarter: int  # 0: of the year as a whole
    since: int
    due_on: date
    before: date
    index: int
    later: date = NEVER  # nobody else is asked


def last_day(year: int, month: int) -> date:
    """The last day of a month; of February, leap years included."""
    return date(year, month, monthrange(year, month)[1])


def plan_years(year: int) -> range:
    """The years of the five-year plan in which *year* lies."""
    first = year - (year - 1) % PLAN
    return range(first, first + PLAN)


def month_after(period: Quarter) -> date:
    """Until when a quarter is reported where no calendar says so: the end of the next month."""
    following = period.shifted(1)
    return last_day(following.year, following.months[0])


def about(frequency: Frequency, year: int) -> int:
    """The year that a document of *year* tells of."""
    return year - 1 if frequency is Frequency.JANUARY_PREVIOUS else year


def asked_in(
    year: int, frequency: Frequency, due_month: int | None, day_of: DayOf = month_after
) -> Sequence[Asked]:
    """What *year* asks for at this frequency; *day_of* is the last day of a quarter's filing."""
    if frequency is Frequency.QUARTERLY:
        return [_of_quarter(Quarter(year, number), day_of) for number in (1, 2, 3, 4)]
    yearly = frequency in (Frequency.ANNUAL, Frequency.ANNUAL_IF_OBSOLETE)
    month = due_month or (DECEMBER if yearly else JANUARY)
    due_on = last_day(year, month)
    index = Quarter(year, (month + 2) // 3).index
    before = due_on + timedelta(days=1)
    if frequency is Frequency.ONCE:
        return [Asked(0, 0, due_on, before, index, last_day(year + 1, month))]
    if frequency is Frequency.FIVE_YEAR:
        first = plan_years(year).start
        return [Asked(0, first, due_on, before, index, last_day(year + 1, month))]
    if frequency is Frequency.JANUARY_PREVIOUS:  # nothing of a year in which it was not there
        before = date(year, 1, 1)
    return [Asked(0, year, due_on, before, index)]


def _of_quarter(period: Quarter, day_of: DayOf) -> Asked:
    end = last_day(period.year, period.months[-1])
    return Asked(period.quarter, period.year, day_of(period), end + timedelta(days=1), period.index)


def state_of(
    due_on: date | None,
    applies: bool | None,
    held: int,
    needed: int,
    expires_on: date | None,
    *,
    year: int,
    today: date,
) -> DutyState:
    """How it stands with a document of *year*.

    *due_on* None: it is not asked for.  *applies* None: nobody has answered yet whether it is.
    *held* of its *needed* parts are there; *expires_on* is the last day of the one that expires
    first.  A year that is over is judged as of its last day; what is due, as of today.
    """
    if applies is False:
        return DutyState.NOT_APPLICABLE
    if held >= needed:
        over = expires_on is not None and expires_on < judged_on(year, today)
        return DutyState.EXPIRED if over else DutyState.UPLOADED
    if due_on is None:
        return DutyState.NOT_ASKED
    if applies is None:
        return DutyState.UNANSWERED
    return DutyState.DUE if today <= due_on else DutyState.MISSING


def judged_on(year: int, today: date) -> date:
    """The day as of which certificates of *year* are judged."""
    return min(today, date(year, DECEMBER, 31))


def file_state(
    replaced_year: int | None, expires_on: date | None, *, year: int, today: date
) -> FileState:
    """How a file stands in *year*; one that was replaced later was current until then."""
    if replaced_year is not None and replaced_year <= year:
        return FileState.SUPERSEDED
    if expires_on is not None and expires_on < judged_on(year, today):
        return FileState.EXPIRED
    return FileState.CURRENT
