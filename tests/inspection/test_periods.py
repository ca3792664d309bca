"""When a year asks for a document, and how it stands: by frequency, year's end and leap day."""

from datetime import date

import pytest

from app.core.period import Quarter
from app.inspection.kinds import DutyState, FileState, Frequency
from app.inspection.periods import (
    NEVER,
    about,
    asked_in,
    file_state,
    last_day,
    month_after,
    plan_years,
    state_of,
)

# frequency, year, month: since which year a file counts, until when it is asked for, of those
# entered before which day, in which quarter they must work; and until when of those that came later
ASKED = [
    (Frequency.ONCE, 2026, 1, 0, "2026-01-31", "2026-02-01", "2026Q1", "2027-01-31"),
    (Frequency.ONCE, 2028, 2, 0, "2028-02-29", "2028-03-01", "2028Q1", "2029-02-28"),
    (Frequency.ONCE, 2027, 12, 0, "2027-12-31", "2028-01-01", "2027Q4", "2028-12-31"),
    (Frequency.FIVE_YEAR, 2025, 1, 2021, "2025-01-31", "2025-02-01", "2025Q1", "2026-01-31"),
    (Frequency.FIVE_YEAR, 2026, 1, 2026, "2026-01-31", "2026-02-01", "2026Q1", "2027-01-31"),
    (Frequency.JANUARY_CURRENT, 2026, 1, 2026, "2026-01-31", "2026-02-01", "2026Q1", None),
    (Frequency.JANUARY_PREVIOUS, 2026, 1, 2026, "2026-01-31", "2026-01-01", "2026Q1", None),
    (Frequency.ANNUAL, 2026, None, 2026, "2026-12-31", "2027-01-01", "2026Q4", None),
    (Frequency.ANNUAL, 2024, 2, 2024, "2024-02-29", "2024-03-01", "2024Q1", None),
    (Frequency.ANNUAL_IF_OBSOLETE, 2026, None, 2026, "2026-12-31", "2027-01-01", "2026Q4", None),
]


@pytest.mark.parametrize(("frequency", "year", "month", "since", *"dbql"), ASKED)
def test_a_year_asks_once(frequency, year, month, since, d, b, q, l):  # noqa: E741
    [asked] = asked_in(year, frequency, month)
    assert (asked.quarter, asked.since) == (0, since)
    assert (str(asked.due_on), str(asked.before)) == (d, b)
    assert asked.index == Quarter.parse(q).index
    assert asked.later == (date.fromisoformat(l) if l else NEVER)


def test_quarters_are_asked_for_by_the_calendar_of_filing_or_by_the_end_of_the_next_month():
    found = asked_in(2026, Frequency.QUARTERLY, None)
    assert [str(one.due_on) for one in found] == [
        "2026-04-30",
        "2026-07-31",
        "2026-10-31",
        "2027-01-31",
    ]
    assert [one.quarter for one in found] == [1, 2, 3, 4]
    assert [str(one.before) for one in found] == [
        "2026-04-01",
        "2026-07-01",
        "2026-10-01",
        "2027-01-01",
    ]
    told = asked_in(2026, Frequency.QUARTERLY, None, lambda period: date(2026, period.quarter, 9))
    assert [str(one.due_on) for one in told] == [f"2026-0{n}-09" for n in (1, 2, 3, 4)]
    assert month_after(Quarter(2023, 4)) == date(2024, 1, 31)


def test_plans_are_those_of_the_country_and_summaries_tell_of_the_year_before():
    assert [plan_years(year).start for year in (2020, 2021, 2025, 2026, 2030, 2031)] == [
        2016,
        2021,
        2021,
        2026,
        2026,
        2031,
    ]
    assert about(Frequency.JANUARY_PREVIOUS, 2026) == 2025
    assert {about(one, 2026) for one in set(Frequency) - {Frequency.JANUARY_PREVIOUS}} == {2026}
    assert [str(last_day(year, 2)) for year in (2024, 2026, 2100)] == [
        "2024-02-29",
        "2026-02-28",
        "2100-02-28",
    ]


JANUARY = date(2026, 1, 31)
# until when, whether it applies, parts there of how many, valid until; on which day: the state
STATES = [
    (JANUARY, True, 0, 1, None, "2026-01-31", DutyState.DUE),
    (JANUARY, True, 0, 1, None, "2026-02-01", DutyState.MISSING),
    (JANUARY, True, 1, 2, None, "2026-02-01", DutyState.MISSING),
    (JANUARY, True, 2, 2, None, "2026-02-01", DutyState.UPLOADED),
    (JANUARY, None, 0, 1, None, "2026-02-01", DutyState.UNANSWERED),
    (JANUARY, None, 1, 1, None, "2026-02-01", DutyState.UPLOADED),
    (JANUARY, False, 0, 1, None, "2026-02-01", DutyState.NOT_APPLICABLE),
    (JANUARY, False, 1, 1, None, "2026-02-01", DutyState.NOT_APPLICABLE),
    (None, True, 0, 1, None, "2026-02-01", DutyState.NOT_ASKED),
    (None, None, 0, 1, None, "2026-02-01", DutyState.NOT_ASKED),
    (None, True, 1, 1, None, "2026-02-01", DutyState.UPLOADED),
    # a certificate is valid on its last day, a leap day too; a year is judged as of its end
    (JANUARY, True, 1, 1, date(2026, 6, 30), "2026-06-30", DutyState.UPLOADED),
    (JANUARY, True, 1, 1, date(2026, 6, 30), "2026-07-01", DutyState.EXPIRED),
    (JANUARY, True, 1, 1, date(2026, 12, 31), "2027-03-01", DutyState.UPLOADED),
    (JANUARY, True, 1, 1, date(2026, 12, 30), "2027-03-01", DutyState.EXPIRED),
]


@pytest.mark.parametrize(("due_on", "applies", "held", "needed", "until", "day", "state"), STATES)
def test_the_state_follows_from_what_is_there(due_on, applies, held, needed, until, day, state):
    today = date.fromisoformat(day)
    found = state_of(due_on, applies, held, needed, until, year=2026, today=today)
    assert found is state


def test_a_certificate_expires_after_the_leap_day():
    leap = date(2028, 2, 29)
    for day, state in ((leap, DutyState.UPLOADED), (date(2028, 3, 1), DutyState.EXPIRED)):
        assert state_of(None, True, 1, 1, leap, year=2028, today=day) is state


@pytest.mark.parametrize(
    ("replaced", "until", "year", "state"),
    [
        (None, None, 2026, FileState.CURRENT),
        (2026, None, 2026, FileState.SUPERSEDED),
        (2026, None, 2025, FileState.CURRENT),  # what was there in a year stays so in its view
        (None, date(2025, 12, 31), 2025, FileState.CURRENT),
        (None, date(2025, 12, 31), 2026, FileState.EXPIRED),
        (2026, date(2025, 6, 30), 2026, FileState.SUPERSEDED),
    ],
)
def test_a_file_is_current_expired_or_superseded(replaced, until, year, state):
    assert file_state(replaced, until, year=year, today=date(2026, 7, 1)) is state
