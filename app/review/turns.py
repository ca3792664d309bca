"""Whose turn it is at this moment: the lock of a review, and whether its holder has begun."""

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.actor import Actor
from app.core.clock import as_shown, now
from app.core.db import db
from app.core.errors import Conflict, Forbidden, NotFound
from app.regions.scope import Tier
from app.review.models import Decision, Review
from app.review.workflow import TAKES_BACK, Action, Step

REVIEWERS = frozenset({Tier.COUNTY, Tier.LEAGUE, Tier.REGION})


def locked(review_id: int) -> Review:
    """The review as it is now, which nobody else can decide until this transaction ends."""
    query = select(Review).where(Review.id == review_id).with_for_update()
    review = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if review is None:
        raise NotFound(_("There is no such record."))
    return review


def last_step(review: Review) -> Decision | None:
    """The step that brought it where it stands; a change of the route brings nothing anywhere."""
    query = select(Decision).where(
        Decision.review_id == review.id, Decision.action != Action.REROUTE
    )
    return db.session.scalars(query.order_by(Decision.id.desc()).limit(1)).first()


def must_be_as_shown(review: Review, shown: int | None) -> None:
    """`Conflict` with who and when, if *shown* is not the version that the review has now."""
    if shown is None or shown == review.version:
        return
    last = last_step(review)
    if last is None:
        raise Conflict(_("Someone else has just changed this; reload and look again."))
    raise Conflict(
        _(
            "Already decided: %(action)s by %(who)s at %(when)s. Reload and look again.",
            action=last.action.label,
            who=last.actor_name,
            when=as_shown(last.at),
        )
    )


def turn_of(review: Review, actor: Actor) -> Tier:
    """The tier at which *actor* looks the review through; `Forbidden` if it waits elsewhere."""
    holder = review.holder
    if holder not in REVIEWERS or holder not in actor.tiers_at(review.place):
        raise Forbidden(_("That is done by the tier at which the filing waits."))
    return holder


def take_up(review: Review) -> None:
    """Whoever it waits for has begun: the step that brought it there is not taken back now."""
    if review.begun_at is None:
        review.begun_at = now()


def can_be_taken_back(review: Review, step: Step) -> bool:
    """Whether *step*, if it takes another one back, finds that one untouched.

    Submission, return and approval are taken back by the tier that took the step, to where the
    filing stood, and only until whoever it waits for has begun on it.
    """
    if step.action not in TAKES_BACK:
        return True
    last = last_step(review)
    if review.begun_at is not None or last is None or last.action is not TAKES_BACK[step.action]:
        return False
    return last.tier == step.by and (step.action is Action.WITHDRAW or last.start is step.end)
