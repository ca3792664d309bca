"""Notices of the demonstration: of its latest steps only, as the operations would tell them."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.audit.actor import Actor
from app.core.db import db
from app.regions.scope import EVERYWHERE
from app.review.models import Decision, Review
from app.review.telling import tell
from app.upkeep.demonstration.story import LAST

STEPS = 60  # of each of the two newest quarters
READ_AFTER = timedelta(hours=5)


def write_notices() -> None:
    """Tell of the last steps, oldest first; of those before the newest quarter all is read."""
    for period, is_read in ((LAST.previous, True), (LAST, False)):
        query = (
            select(Decision)
            .join(Decision.review)
            .where(Review.period == str(period))
            .options(joinedload(Decision.review))
            .order_by(Decision.at.desc(), Decision.id.desc())
            .limit(STEPS)
        )
        for step in reversed(db.session.scalars(query).all()):
            actor = Actor(step.actor_id, step.actor_name, EVERYWHERE)
            for notice in tell(step.review, step, actor=actor):
                notice.created_at = step.at
                notice.read_at = step.at + READ_AFTER if is_read else None
