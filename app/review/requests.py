"""A tier asks the super administrator to roll back a final approval; the answer stays beside it."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.actor import Actor
from app.audit.record import record
from app.core.clock import now
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, Problem
from app.notices.models import NoticeKind
from app.regions.scope import Tier
from app.review.models import RequestState, Review, RollbackRequest
from app.review.telling import tell_tier
from app.review.turns import REVIEWERS, last_step, locked
from app.review.workflow import ROUTES, SHORTEST_REASON, Action

LONGEST = 2000  # characters


def ask_rollback(review: Review, reason: str, *, actor: Actor) -> RollbackRequest:
    """Ask for the final approval to be undone; one request at a time (question 23).

    A tier of the route asks, from the league up: whose approval erred, and whoever sees it.
    """
    review = locked(review.id)
    tiers = {Tier.LEAGUE, Tier.REGION} & REVIEWERS & actor.tiers_at(review.place)
    if not tiers:
        raise Forbidden(_("A rollback is asked for by the league or the region."))
    last = last_step(review)
    if not review.state.is_final or last is None or last.action is not Action.APPROVE:
        raise Conflict(_("Only a final approval is rolled back."))
    if open_request(review) is not None:
        raise Conflict(_("A rollback has been asked for already; the answer is awaited."))
    reason = _clear(reason, "reason")
    one = RollbackRequest(
        review_id=review.id,
        place=review.place,
        decision_id=last.id,
        tier=int(max(tiers)),
        reason=reason,
        asked_by_id=actor.id,
        asked_by=actor.name[:128],
    )
    db.session.add(one)
    db.session.flush()
    event = f"rollback asked:{one.id}"
    tell_tier(review, NoticeKind.ROLLBACK_REQUESTED, event, Tier.PLATFORM, actor=actor)
    record("review:ask_rollback", review, actor=actor, place=review.place, reason=reason)
    return one


def decline(
    request: RollbackRequest, text: str, *, actor: Actor, shown: int | None = None
) -> RollbackRequest:
    """The final approval stands; the reason is told to who asked."""
    if Tier.PLATFORM not in actor.tiers_at(request.place):
        raise Forbidden(_("A request for a rollback is answered by the super administrator."))
    review = locked(request.review_id)
    db.session.refresh(request, with_for_update=True)
    if request.state is not RequestState.OPEN or (shown is not None and shown != request.version):
        raise Conflict(_("This request has been answered; reload and look again."))
    _answer(request, RequestState.DECLINED, _clear(text, "answer"), actor)
    event, tier = f"rollback declined:{request.id}", Tier(request.tier)
    tell_tier(review, NoticeKind.ROLLBACK_DECIDED, event, tier, actor=actor)
    record(
        "review:decline_rollback", review, actor=actor, place=review.place, reason=request.answer
    )
    return request


def settle_request(review: Review, reason: str, *, actor: Actor) -> None:
    """The rollback has been done: whoever asked for it is answered by that."""
    if (request := open_request(review)) is not None:
        _answer(request, RequestState.ACCEPTED, reason, actor)


def open_request(review: Review) -> RollbackRequest | None:
    return next((r for r in requests_of(review) if r.state is RequestState.OPEN), None)


def requests_of(review: Review) -> Sequence[RollbackRequest]:
    """The oldest first."""
    query = select(RollbackRequest).where(RollbackRequest.review_id == review.id)
    return db.session.scalars(query.order_by(RollbackRequest.id)).all()


def may_ask(review: Review, actor: Actor) -> bool:
    """Whether *actor* could ask now, as far as place and state go."""
    if not review.state.is_final or review.route is None or open_request(review) is not None:
        return False
    by = {approval.by for approval in ROUTES[review.route]} - {Tier.COUNTY}
    return bool((by | {Tier.REGION}) & actor.tiers_at(review.place))


def _answer(request: RollbackRequest, state: RequestState, text: str, actor: Actor) -> None:
    request.state, request.answer, request.answered_at = state, text, now()
    request.answered_by_id, request.answered_by = actor.id, actor.name[:128]


def _clear(text: str, where: str) -> str:
    text = text.strip()
    if not SHORTEST_REASON <= len(text) <= LONGEST:
        told = _(
            "Say why, in %(least)s to %(most)s characters.", least=SHORTEST_REASON, most=LONGEST
        )
        raise Invalid(told, [Problem(where, told)])
    return text
