"""Begin a review, take a step in it, and switch county review on or off."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.actor import Actor
from app.audit.record import record
from app.core.clock import now
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, Problem
from app.core.search import folded
from app.regions.models import Region
from app.regions.queries import reviews_in_county
from app.regions.scope import Tier
from app.review.asking import end_questions, obstacles_of_questions
from app.review.marking import keep_marks, obstacles_of_marks, send_with
from app.review.models import Decision, Review
from app.review.requests import settle_request
from app.review.subjects import subject_of
from app.review.telling import tell
from app.review.turns import can_be_taken_back, locked, must_be_as_shown
from app.review.workflow import Action, ReturnScope, Route, State, Step, route_for, take


def begin(kind: str, title: str, place: str, period: str | None = None, search: str = "") -> Review:
    """A review of a thing of *kind*; *period* is the quarter it is about, if there is one.

    *search* is what it is found by besides the title.
    """
    review = Review(kind=kind, title=title, place=place, period=period, state=State.DRAFT)
    review.search = folded(" ".join(part for part in (search or title, period) if part))[:420]
    db.session.add(review)
    return review


def enter_as_final(
    kind: str, title: str, place: str, period: str, *, search: str = "", is_large: bool
) -> Review:
    """A review of something that was decided before this installation."""
    review = begin(kind, title, place, period, search)
    review.state = State.REGION_FINAL if is_large else State.LEAGUE_FINAL
    return review


def keep_import(review: Review, *, actor: Actor, reason: str, number: int, seen_hash: str) -> None:
    """Enter in the ledger that a thing came, decided elsewhere, by a workbook."""
    db.session.add(
        Decision(
            review_id=review.id,
            place=review.place,
            action=Action.IMPORT,
            tier=int(Tier.REGION),
            start=State.DRAFT if number == 1 else review.state,
            end=review.state,
            reason=reason,
            actor_id=actor.id,
            actor_name=actor.name[:128],
            at=now(),
            seen_number=number,
            seen_hash=seen_hash,
        )
    )


def decide(
    review: Review,
    action: Action,
    *,
    actor: Actor,
    reason: str = "",
    shown: int | None = None,
    return_scope: ReturnScope = ReturnScope.WHOLE,
) -> Decision:
    """Take the step that *action* means, and enter it in the ledger.

    *shown* is the version of the review on the page the actor looked at: if somebody was
    faster, `Conflict` tells who and when.  `Forbidden` for the wrong tier or the same person
    twice, `Invalid` with everything that is in the way.  *return_scope* is of a return.
    """
    review = locked(review.id)
    must_be_as_shown(review, shown)
    if action is Action.SUBMIT and review.state.is_open:
        _choose_route(review)
    step = planned(review, action, actor=actor, reason=reason)
    if step.action is Action.RETURN:
        review.return_scope = return_scope
    before = subject_of(review).seen(review) if step.action is Action.SUBMIT else None
    subject_of(review).moved(review, step, actor)
    if before is not None:
        keep_marks(review, before.number)
    decision = _enter(review, step, actor, reason)
    if step.action is Action.ROLLBACK:
        settle_request(review, decision.reason, actor=actor)
    return decision


def planned(review: Review, action: Action, *, actor: Actor, reason: str = "") -> Step:
    """The step that *action* would be, if *actor* took it now; else what `decide` would raise."""
    step = take(review.route, review.state, action, actor.tiers_at(review.place), reason)
    if not can_be_taken_back(review, step):
        raise Conflict(_("It can no longer be taken back: the next one has begun, or decided."))
    _two_people(review, step, actor)
    subject = subject_of(review)
    if obstacles := [*_noted(review, step), *subject.obstacles(review, step, reason)]:
        raise Invalid(_("That is not possible yet."), obstacles)
    return step


def _noted(review: Review, step: Step) -> Sequence[Problem]:
    """What the tier itself has noted that stands in the way of its approval."""
    if step.action is not Action.APPROVE:
        return ()
    seen = subject_of(review).seen(review)
    marks = obstacles_of_marks(review, step.by, seen.number if seen else None)
    return [*marks, *obstacles_of_questions(review)]


def _choose_route(review: Review) -> None:
    """The snapshot: level of enterprise and year, county switch, as they are at this moment."""
    review.route = route_for(
        is_large=subject_of(review).is_large(review),
        county_review=reviews_in_county(review.place),
    )


def _enter(review: Review, step: Step, actor: Actor, reason: str) -> Decision:
    seen = subject_of(review).seen(review)
    decision = Decision(
        review_id=review.id,
        place=review.place,
        action=step.action,
        tier=int(step.by),
        start=step.start,
        end=step.end,
        route=review.route,
        reason=reason.strip(),
        actor_id=actor.id,
        actor_name=actor.name[:128],
        at=now(),
        seen_number=seen.number if seen else None,
        seen_hash=seen.hash if seen else "",
        seen_alarms=(seen.alarms or None) if seen else None,
        return_scope=review.return_scope if step.action is Action.RETURN else None,
    )
    db.session.add(decision)
    db.session.flush()
    noted = _move(review, step, decision)
    record(
        f"{review.kind}:{step.action}",
        review,
        actor=actor,
        place=review.place,
        start=step.start,
        end=step.end,
        route=decision.route,
        tier=int(step.by),
        reason=decision.reason,
        seen_number=decision.seen_number,
        seen_hash=decision.seen_hash,
        seen_alarms=decision.seen_alarms,
        **noted,
    )
    tell(review, decision, actor=actor)
    return decision


def _move(review: Review, step: Step, decision: Decision) -> dict[str, object]:
    """Let the review stand where *step* ends; what the journal tells besides the step."""
    review.state = step.end
    if step.action is Action.REROUTE:  # the tier changes, and begins anew; nobody was waited for
        review.since = decision.at
        return {}
    review.since, review.begun_at = decision.at, None
    if step.action is Action.SUBMIT:
        review.submitted_at = decision.at
    if step.action is Action.WITHDRAW:
        review.route = review.submitted_at = None
    noted: dict[str, object] = {}
    if step.action in (Action.APPROVE, Action.RETURN):
        noted = send_with(review, decision)
    if step.action is Action.RETURN:
        noted["return_scope"] = review.return_scope
    else:
        review.return_scope = None
    if step.action is not Action.APPROVE:
        end_questions(review)
    return noted


def _two_people(review: Review, step: Step, actor: Actor) -> None:
    """One account acts for one tier only, and who edited last does not approve."""
    if actor.id is None or step.by in (Tier.ENTERPRISE, Tier.PLATFORM):
        return
    acted = select(Decision.id).where(
        Decision.review_id == review.id,
        Decision.actor_id == actor.id,
        Decision.tier != int(step.by),
        Decision.action.in_([Action.APPROVE, Action.RETURN]),
    )
    if db.session.scalar(acted.limit(1)) is not None:
        raise Forbidden(_("You have already acted on this filing for another tier."))
    if subject_of(review).last_editor(review) == actor.id:
        raise Forbidden(_("You have edited this filing; somebody else must decide."))


def switch_county_review(region: Region, on: bool | None, *, actor: Actor) -> int:
    """Set the switch of a league, or a county's exception (None: as its league).

    On: filings already submitted keep their route.  Off: those that still wait at a county
    which no longer reviews go on to the league at once.  Returns how many were re-routed.
    Source: questions 14 and 15 of the review flow.
    """
    if region.tier not in (Tier.LEAGUE, Tier.COUNTY) or (on is None and region.tier is Tier.LEAGUE):
        raise Invalid(_("County review is switched for a league or for a county."))
    if not (actor.tiers_at(region.path) & {Tier.PLATFORM, Tier.REGION, Tier.LEAGUE}):
        raise Forbidden(_("County review is switched by the league or the region."))
    before, region.county_review = region.county_review, on
    db.session.flush()
    record(
        "region:switch_county_review",
        region,
        actor=actor,
        place=region.path,
        before=before,
        after=on,
    )
    waiting = select(Review.id).where(
        Review.place >= region.path,
        Review.place < region.path + "~",
        Review.state == State.SUBMITTED,
        Review.route.in_([r for r in Route if r.has_county]),
    )
    moved = [_reroute(locked(pk), actor) for pk in db.session.scalars(waiting.order_by(Review.id))]
    return sum(moved)


def _reroute(review: Review, actor: Actor) -> bool:
    route = review.route
    if review.state is not State.SUBMITTED or route is None or reviews_in_county(review.place):
        return False
    review.route = route_for(is_large=route.is_large, county_review=False)
    step = Step(Tier.LEAGUE, Action.REROUTE, review.state, review.state)
    subject_of(review).moved(review, step, actor)
    _enter(review, step, actor, reason="")
    return True
