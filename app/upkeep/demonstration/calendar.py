"""The calendar of the quarters that the demonstration tells of, and who was given more time."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from app.core.db import db
from app.enterprises.models import EnergyLevel, EnterpriseLevel
from app.filings.models import Extension
from app.regions.queries import root_path
from app.upkeep.demonstration.journal import Journal
from app.upkeep.demonstration.registry import Made
from app.upkeep.demonstration.story import LAST, PERIODS, TURNS
from app.workdays.models import SpecialDay

SET_ON = datetime(2026, 11, 9, 3, 10, tzinfo=UTC)
# next year as far as it is known from the law, until the State Council's notice has come
NOT_YET = "国务院通知下发前，暂按法定节日（演示）"
SPECIAL_DAYS = (
    (date(2027, 1, 1), False, f"元旦，{NOT_YET}"),
    (date(2027, 2, 5), False, f"除夕，{NOT_YET}"),
    (date(2027, 2, 8), False, f"春节，{NOT_YET}"),
    (date(2027, 2, 9), False, f"春节，{NOT_YET}"),
)
# by whether 500,000 tce and more: when, until when, why
POWER_CUT = "园区停电检修，数据未能导出（演示）。"
NEW_BOOKS = "集团财务系统切换，季度台账延后（演示）。"
EXTENSIONS = (
    (False, datetime(2026, 10, 14, 2, 40, tzinfo=UTC), date(2026, 10, 30), POWER_CUT),
    (True, datetime(2026, 10, 15, 6, 5, tzinfo=UTC), date(2026, 12, 18), NEW_BOOKS),
)


def _due(period: Any) -> tuple[date, date]:
    """When a quarter opens, and is due."""
    following = period.shifted(1)
    opens = date(following.year, following.quarter * 3 - 2, 1)
    return opens, opens + timedelta(days=30 if period.quarter == 4 else 14)


def calendar_rows() -> list[dict[str, Any]]:
    """The calendar of all quarters, and the one that comes next; none is locked yet."""
    rows = []
    for period in [*PERIODS, LAST.shifted(1)]:
        opens, due = _due(period)
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


def write_special_days(people: Mapping[str, tuple[int, str]], journal: Journal) -> None:
    """Set apart by the region, in the order of the days."""
    rows: list[dict[str, Any]] = [
        {"id": pk, "day": day, "is_working": works, "reason": reason, "version": 1}
        for pk, (day, works, reason) in enumerate(SPECIAL_DAYS, 1)
    ]
    db.session.execute(insert(SpecialDay), rows)
    for pk, (day, works, reason) in enumerate(SPECIAL_DAYS, 1):
        told = {"day": day, "is_working": works, "reason": reason}
        subject = ("special_day", pk, str(day))
        journal.add(SET_ON, "special_day:add", root_path(), subject, people["region"], **told)


def write_extensions(
    made: Sequence[Made], people: Mapping[str, tuple[int, str]], journal: Journal
) -> None:
    """To two that have not begun the last quarter: by a league, and by the region."""
    query = select(EnterpriseLevel.enterprise_id).where(
        EnterpriseLevel.year == LAST.year, EnterpriseLevel.level == EnergyLevel.GE_500K
    )
    large = set(db.session.scalars(query))
    idle = [one for n, one in enumerate(made) if TURNS[n % len(TURNS)][-1] is None]
    for pk, (is_large, at, due_on, reason) in enumerate(EXTENSIONS, 1):
        one = next(one for one in idle if (one.id in large) is is_large)
        by = people["region" if is_large else f"league_{one.place.split('/')[1]}"]
        facts = {"period": str(LAST), "before": _due(LAST)[1], "due_on": due_on, "reason": reason}
        subject = ("extension", pk, f"{one.name} {LAST}")
        journal.add(at, "extension:grant", one.place, subject, by, **facts)
        row = {
            "id": pk,
            "enterprise_id": one.id,
            "place": one.place,
            "year": LAST.year,
            "quarter": LAST.quarter,
            "due_on": due_on,
            "replaces_on": facts["before"],
            "reason": reason,
            "granted_by_id": by[0],
            "granted_by": by[1],
            "granted_at": at,
        }
        db.session.execute(insert(Extension), [row])
