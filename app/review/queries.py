"""Reading reviews: what waits for whom, and what has been decided."""

from sqlalchemy import ColumnElement, and_, or_, select

from app.audit.actor import Actor
from app.core.db import db
from app.regions.scope import Tier, tier_of
from app.review.models import Decision, Review
from app.review.workflow import Route, holder, path_of


def held_by(tier: Tier) -> ColumnElement[bool]:
    """Reviews in which it is the turn of *tier*, as a condition for queries."""
    held = [
        and_(Review.route == route, Review.state == state)
        for route in Route
        for state in path_of(route)
        if holder(route, state) is tier
    ]
    return or_(*held)


def waiting_for(actor: Actor) -> ColumnElement[bool]:
    """Reviews that wait for *actor*: by the tier of each place stood at."""
    conditions = []
    for root in actor.scope.roots:
        tier = tier_of(root)
        if tier in (Tier.COUNTY, Tier.LEAGUE, Tier.REGION):
            conditions.append(and_(held_by(tier), Review.place >= root, Review.place < root + "~"))
    return or_(*conditions) if conditions else Review.id < 0


def decisions_of(review: Review) -> list[Decision]:
    """The ledger, oldest first."""
    query = select(Decision).where(Decision.review_id == review.id).order_by(Decision.id)
    return list(db.session.scalars(query))
