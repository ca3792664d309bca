"""Who holds filings for how long: what waits now, and how many working days decisions took."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.core.clock import today
from app.core.db import UtcDateTime, db
from app.regions.queries import counties_within, county_of, regions_within
from app.regions.scope import RegionScope, Tier
from app.review.clocks import clock_of, day_of, days_held
from app.review.models import Decision, Review
from app.review.workflow import IN_REVIEW, Action

WEEKS = 13
TIERS = (Tier.COUNTY, Tier.LEAGUE, Tier.REGION)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits at one place now: how many, and for how many working days."""

    place: str
    name: str
    tier: Tier
    number: int
    middle: float
    longest: int


@dataclass(frozen=True, slots=True)
class Heat:
    """A county by week: the middle of the working days that its decisions took; None: none."""

    place: str
    name: str
    weeks: Sequence[float | None]


def waiting_now(scope: RegionScope) -> Sequence[Waiting]:
    """By the place that holds them, the longest first; two statements and the tree."""
    query = select(Review).where(Review.state.in_(IN_REVIEW))
    held: dict[tuple[str, Tier], list[int]] = defaultdict(list)
    for review in db.session.scalars(query.options(selectinload(Review.questions))):
        days, tier = clock_of(review), review.holder
        if days is not None and tier in TIERS:
            held[_place_of(review.place, tier), tier].append(days)
    names = {node.path: node.name for node in regions_within(scope)}
    rows = [
        Waiting(place, names.get(place, ""), tier, len(days), median(days), max(days))
        for (place, tier), days in held.items()
    ]
    return sorted(rows, key=lambda one: (-one.longest, one.place))


def _place_of(place: str, tier: Tier) -> str:
    """The place at *tier* on the way to *place*."""
    codes = place.split("/")[: int(tier)]
    return "".join(f"{code}/" for code in codes)


def first_days() -> list[date]:
    """The Mondays of the last weeks, the oldest first."""
    monday = today() - timedelta(days=today().weekday())
    return [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]


def heat_of(scope: RegionScope) -> Sequence[Heat]:
    """The counties in *scope* that decided anything in the last weeks; one statement."""
    mondays = first_days()
    took = _took(mondays)
    return [
        Heat(node.path, node.name, [_middle(took, node.path, monday) for monday in mondays])
        for node in counties_within(scope)
        if any((node.path, monday) in took for monday in mondays)
    ]


def _took(mondays: Sequence[date]) -> Mapping[tuple[str, date], list[int]]:
    """The working days of each decision of a county, by county and week."""
    before = func.lag(Decision.at, type_=UtcDateTime()).over(
        partition_by=Decision.review_id, order_by=Decision.id
    )
    steps = select(
        Decision.place, Decision.tier, Decision.action, Decision.at, before.label("since")
    ).subquery()
    query = select(steps.c.place, steps.c.since, steps.c.at).where(
        steps.c.tier == int(Tier.COUNTY),
        steps.c.action.in_([Action.APPROVE, Action.RETURN]),
        steps.c.since.is_not(None),
    )
    found: dict[tuple[str, date], list[int]] = defaultdict(list)
    for place, since, at in db.session.execute(query):
        day = day_of(at)
        if day >= mondays[0]:
            monday = day - timedelta(days=day.weekday())
            found[county_of(place), monday].append(days_held(day_of(since), day))
    return found


def _middle(took: Mapping[tuple[str, date], list[int]], place: str, monday: date) -> float | None:
    days = took.get((place, monday))
    return median(days) if days else None
