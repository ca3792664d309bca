"""The catalogue of a year as columns: of every document, and of each quarter of some."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Date, Integer, String, column, values

from app.core.clock import PLACE_TIME
from app.core.db import UtcDateTime
from app.inspection.catalogue import documents_in, kept_in_session
from app.inspection.models import InspectionDocument
from app.inspection.periods import NEVER, Asked, DayOf, asked_in, month_after
from app.inspection.sources import SOURCES

PLANNED = (
    column("position", Integer),
    column("code", String),
    column("quarter", Integer),
    column("needed", Integer),
    column("question", String),  # empty: asked of all
    column("due_on", Date),
    column("before", UtcDateTime),
    column("index", Integer),
    column("later", Date),
)


@dataclass(frozen=True, slots=True)
class Planned:
    """A column of the matrix: a document of the year, and for which of its quarters."""

    document: InspectionDocument
    asked: Asked

    @property
    def key(self) -> tuple[str, int]:
        return self.document.code, self.asked.quarter


def planned_in(year: int) -> Sequence[Planned]:
    """The columns of a year, in the order of the manual; laid out once a session."""
    kept: dict[int, Sequence[Planned]] = kept_in_session("plan")
    if year not in kept:
        kept[year] = _laid_out(year)
    return kept[year]


def _laid_out(year: int) -> Sequence[Planned]:
    days = {key: source.days_of(year) for key, source in SOURCES.items()}

    def day_of(document: InspectionDocument) -> DayOf:
        known = days.get(document.taken_from, {})
        return lambda period: known.get(period.quarter) or month_after(period)

    return [
        Planned(one, asked)
        for one in documents_in(year)
        for asked in asked_in(year, one.frequency, one.due_month, day_of(one))
    ]


def as_table(planned: Sequence[Planned]) -> Any:
    """The columns as a table of some thirty rows, which goes along with a statement."""
    rows = [_row(number, one) for number, one in enumerate(planned)]
    return values(*PLANNED, name="plan").data(rows or [NOTHING]).cte("plan")


def _row(number: int, one: Planned) -> tuple[Any, ...]:
    document, asked = one.document, one.asked
    return (
        number,
        document.code,
        asked.quarter,
        len(document.parts),
        document.question.value if document.question else "",
        asked.due_on,
        midnight(asked.before),
        asked.index,
        asked.later,
    )


def midnight(day: date) -> datetime:
    """The moment at which a day begins in Inner Mongolia."""
    return datetime.combine(day, time(), PLACE_TIME).astimezone(UTC)


# no document at all is asked for: a row that joins with nothing
NOTHING = (-1, "", 0, 1, "", NEVER, datetime(2000, 1, 1, tzinfo=UTC), 0, NEVER)
