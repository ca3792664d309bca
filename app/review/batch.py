"""Several approvals at once: only of what raises no question, each with a record of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app.audit.actor import Actor
from app.core.errors import Conflict, DomainError
from app.review.models import Decision, Review
from app.review.operations import decide, planned
from app.review.subjects import subject_of
from app.review.turns import locked, must_be_as_shown
from app.review.workflow import Action, State, Step

MOST = 20  # filings at once (question 22)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a batch would do to one review: a step, or else the reasons why it takes none."""

    review: Review
    step: Step | None
    reasons: Sequence[str]


def looked_over(review: Review, *, actor: Actor) -> Candidate:
    """What `approve_in_batch` would do now; nothing is changed."""
    try:
        step = planned(review, Action.APPROVE, actor=actor)
    except DomainError as error:
        return Candidate(review, None, [str(d) for d in error.details] or [str(error)])
    reasons = list(_held_back(review, step))
    return Candidate(review, None if reasons else step, reasons)


def approve_in_batch(review: Review, *, actor: Actor, shown: int) -> Decision:
    """Approve, if the review is as it was *shown* and nothing speaks against doing it unread."""
    review = locked(review.id)
    must_be_as_shown(review, shown)
    if reasons := looked_over(review, actor=actor).reasons:
        raise Conflict(" ".join(reasons))
    return decide(review, Action.APPROVE, actor=actor, shown=shown)


def _held_back(review: Review, step: Step) -> Sequence[str]:
    """Why this one is read for itself."""
    reasons = []
    if step.end is State.REGION_FINAL:
        reasons.append(_("The final review of 500,000 tce and more is never done in a batch."))
    alarms = subject_of(review).read(review).alarms
    if alarms is None or alarms.unread:
        reasons.append(_("It has alarms that nobody has settled."))
    return reasons
