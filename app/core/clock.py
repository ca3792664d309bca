"""What time it is: moments in UTC, days as they are in Inner Mongolia."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PLACE_TIME = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return now().astimezone(PLACE_TIME).date()


def as_shown(moment: datetime) -> str:
    """*moment* as people there read it: ``2026-07-15 09:30``."""
    return f"{moment.astimezone(PLACE_TIME):%Y-%m-%d %H:%M}"
