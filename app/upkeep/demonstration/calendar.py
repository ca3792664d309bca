"""The calendar of the quarters that the demonstration tells of."""

from datetime import date, timedelta
from typing import Any

from app.upkeep.demonstration.story import LAST, PERIODS


def calendar_rows() -> list[dict[str, Any]]:
    """The calendar of all quarters, and the one that comes next; none is locked yet."""
    rows = []
    for period in [*PERIODS, LAST.shifted(1)]:
        following = period.shifted(1)
        opens = date(following.year, following.quarter * 3 - 2, 1)
        due = opens + timedelta(days=30 if period.quarter == 4 else 14)
        rows.append(
            {
                "year": period.year,
                "quarter": period.quarter,
                "open_on": opens,
                "due_on": due,
                "grace_days": 0,
                "version": 1,
            }
        )
    return rows
