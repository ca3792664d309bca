"""Where the filings of a quarter stand, place by place, and who has not filed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from app.core.clock import today
from app.core.db import db
from app.core.period import Quarter
from app.enterprises.models import Enterprise
from app.enterprises.start_stop import is_enabled_in
from app.filings.models import Filing, ReportingPeriod
from app.regions.queries import names_by_path
from app.regions.scope import SEEN_BY, RegionScope, Tier
from app.review.models import Review
from app.review.workflow import FINAL, IN_REVIEW, OPEN, State

CODE = 7  # a code of the tree and its slash


@dataclass(frozen=True, slots=True)
class Progress:
    """The enabled enterprises of a place, by how far their filing of the quarter is."""

    place: str
    name: str
    expected: int
    not_begun: int
    filling: int
    returned: int
    under_way: int
    done: int


HANDED_IN = (*IN_REVIEW, *FINAL)
HOW_FAR = {  # of `joined` rows; each is in one of them
    "not_begun": Review.id.is_(None),
    "filling": Review.state == State.DRAFT,
    "returned": Review.state == State.RETURNED,
    "under_way": Review.state.in_(IN_REVIEW),
    "done": Review.state.in_(FINAL),
}


def how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """The rows for which *condition* holds."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def current_calendar() -> ReportingPeriod | None:
    """The latest quarter that is open for filing, or has been."""
    query = (
        select(ReportingPeriod)
        .where(ReportingPeriod.open_on <= today())
        .order_by(ReportingPeriod.year.desc(), ReportingPeriod.quarter.desc())
    )
    return db.session.scalars(query.limit(1)).first()


def calendar_of(period: Quarter) -> ReportingPeriod | None:
    query = select(ReportingPeriod).where(
        ReportingPeriod.year == period.year, ReportingPeriod.quarter == period.quarter
    )
    return db.session.scalars(query).one_or_none()


def joined(query: Select[Any], period: Quarter) -> Select[Any]:
    """*query* of enterprises, each with its filing of *period* and the review, if there are any."""
    its = and_(
        Filing.enterprise_id == Enterprise.id,
        Filing.year == period.year,
        Filing.quarter == period.quarter,
    )
    found = query.outerjoin(Filing, its).outerjoin(Review, Filing.review_id == Review.id)
    # how far it is, is known also of what was filed in the county it came from
    return found.execution_options(**{SEEN_BY: Enterprise})


def not_filed(period: Quarter) -> ColumnElement[bool]:
    """Of `joined` rows: enabled in *period*, and nothing handed in, or handed back."""
    return is_enabled_in(period) & or_(Review.id.is_(None), Review.state.in_(OPEN))


def progress(period: Quarter, scope: RegionScope) -> Sequence[Progress]:
    """One line a league for the region, a county for a league; one statement and the names."""
    letters = CODE * (2 if scope.tier <= Tier.REGION else 3)
    place = func.substr(Enterprise.place, 1, letters)
    counts = [how_many(test) for test in HOW_FAR.values()]
    query = select(place.label("at"), func.count(Enterprise.id), *counts)
    query = joined(query.select_from(Enterprise), period)
    rows = db.session.execute(
        query.where(is_enabled_in(period)).group_by("at").order_by("at")
    ).all()
    names = names_by_path([row[0] for row in rows])
    return [Progress(at, names.get(at, at), *map(int, counts)) for at, *counts in rows]
