"""The next moment of a schedule, in the time of the place."""

from datetime import UTC, datetime

import pytest

from app.core.clock import PLACE_TIME
from app.jobs.schedule import Schedule


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=PLACE_TIME)


@pytest.mark.parametrize(
    ("schedule", "after", "comes"),
    [
        ("0 3 * * *", "2026-11-23 02:59", "2026-11-23 03:00"),
        ("0 3 * * *", "2026-11-23 03:00", "2026-11-24 03:00"),
        ("0 3 * * 0", "2026-11-23 12:00", "2026-11-29 03:00"),
        ("0 3 * * 7", "2026-11-23 12:00", "2026-11-29 03:00"),
        ("5 0 1 1 *", "2026-01-01 00:05", "2027-01-01 00:05"),
        ("30 8 15 1,4,7,10 *", "2026-04-15 08:30", "2026-07-15 08:30"),
        ("*/20 8-9 * * 1-5", "2026-11-27 09:40", "2026-11-30 08:00"),
        ("0 0 29 2 *", "2096-03-01 00:00", "2104-02-29 00:00"),
    ],
)
def test_the_next_moment(schedule, after, comes):
    found = Schedule.of(schedule).next(at(after))
    assert found == at(comes)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "text", ["", "* * * *", "60 * * * *", "0 0 30 2 *", "x * * * *", "0 0 0 * *"]
)
def test_what_is_no_schedule_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        Schedule.of(text)
