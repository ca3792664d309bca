"""Reading reviews: what waits for whom, and what has been decided."""

from sqlalchemy import ColumnElement, and_, or_, select, tuple_

from app.audit.actor import Actor
from app.core.db import db
from app.regions.scope import Tier, tier_of
from app.review.models import Decision, Review
from app.review.turns import REVIEWERS, can_be_taken_back
from app.review.workflow import Action, Route, State, Step, choices, holder, path_of


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


def waiting_below(actor: Actor) -> ColumnElement[bool]:
    """Reviews under way beneath the places at which *actor* stands."""
    conditions = []
    for root in actor.scope.roots:
        deeper = [tier for tier in REVIEWERS if tier > tier_of(root)]
        if deeper:
            held = or_(*(held_by(tier) for tier in deeper))
            conditions.append(and_(held, Review.place >= root, Review.place < root + "~"))
    return or_(*conditions) if conditions else Review.id < 0


def neighbours_of(review: Review, actor: Actor) -> tuple[int | None, int | None]:
    """The reviews before and after this one among those that wait for *actor*, by age."""
    waiting = select(Review.id).where(waiting_for(actor), Review.id != review.id).limit(1)
    age = tuple_(Review.since, Review.id)
    here = tuple_(review.since, review.id)
    before = waiting.where(age < here).order_by(Review.since.desc(), Review.id.desc())
    after = waiting.where(age > here).order_by(Review.since, Review.id)
    return db.session.scalar(before), db.session.scalar(after)


def decisions_of(review: Review) -> list[Decision]:
    """The ledger, oldest first."""
    query = select(Decision).where(Decision.review_id == review.id).order_by(Decision.id)
    return list(db.session.scalars(query))


def steps_for(review: Review, actor: Actor) -> list[Step]:
    """The steps that *actor* can take now, by tier and turn; rights are asked for elsewhere."""
    steps = choices(review.route, review.state, actor.tiers_at(review.place))
    return [step for step in steps if can_be_taken_back(review, step)]


def returned_by(review: Review, decisions: list[Decision]) -> Decision | None:
    """The return by which the filing is with the enterprise now; None if it is not returned."""
    if review.state is not State.RETURNED:
        return None
    return next((one for one in reversed(decisions) if one.action is Action.RETURN), None)
