"""Notices of the demonstration: of some steps only, as the operations would tell them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from app.audit.actor import Actor
from app.core.db import db
from app.regions.scope import EVERYWHERE
from app.review.models import Decision, Review
from app.review.telling import tell
from app.upkeep.demonstration.story import LAST

SHOWN = "150000/150200/150221/"  # whose people the README names
STEPS = 30  # by each of the two ways, and of each of the two newest quarters
READ_AFTER = timedelta(hours=5)


def write_notices() -> None:
    """Tell of the last steps anywhere, and of those of one county, oldest first.

    Of those before the newest quarter all is read.
    """
    for period, is_read in ((LAST.previous, True), (LAST, False)):
        steps = {
            step.id: step
            for order in (Decision.at.desc(), Review.place.startswith(SHOWN).desc())
            for step in _some(str(period), order)
        }
        for step in sorted(steps.values(), key=lambda one: (one.at, one.id)):
            actor = Actor(step.actor_id, step.actor_name, EVERYWHERE)
            for notice in tell(step.review, step, actor=actor):
                notice.created_at = step.at
                notice.read_at = step.at + READ_AFTER if is_read else None


def _some(period: str, order: ColumnElement[Any]) -> Sequence[Decision]:
    query = select(Decision).join(Decision.review).where(Review.period == period)
    query = query.options(joinedload(Decision.review)).order_by(order, Decision.id)
    return db.session.scalars(query.limit(STEPS)).all()
