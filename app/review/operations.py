"""Begin a review, take a step in it, and switch county review on or off."""

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.actor import Actor
from app.audit.record import record
from app.core.clock import as_shown, now
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.regions.models import Region
from app.regions.queries import reviews_in_county
from app.regions.scope import Tier
from app.review.models import Decision, Review
from app.review.subjects import subject_of
from app.review.workflow import Action, Route, State, Step, route_for, take


def begin(kind: str, title: str, place: str, period: str | None = None) -> Review:
    """A review of a thing of *kind*; *period* is the quarter it is about, if there is one."""
    review = Review(kind=kind, title=title, place=place, period=period, state=State.DRAFT)
    db.session.add(review)
    return review


def locked(review_id: int) -> Review:
    """The review as it is now, which nobody else can decide until this transaction ends."""
    query = select(Review).where(Review.id == review_id).with_for_update()
    review = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if review is None:
        raise NotFound(_("There is no such record."))
    return review


def enter_as_final(kind: str, title: str, place: str, period: str, *, is_large: bool) -> Review:
    """A review of something that was decided before this installation."""
    review = begin(kind, title, place, period)
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
    review: Review, action: Action, *, actor: Actor, reason: str = "", shown: int | None = None
) -> Decision:
    """Take the step that *action* means, and enter it in the ledger.

    *shown* is the version of the review on the page the actor looked at: if somebody was
    faster, `Conflict` tells who and when.  `Forbidden` for the wrong tier or the same person
    twice, `Invalid` with everything that is in the way.
    """
    review = locked(review.id)
    if shown is not None and shown != review.version:
        raise Conflict(_already_decided(review))
    if action is Action.SUBMIT and review.state.is_open:
        _choose_route(review)
    tiers = actor.tiers_at(review.place)
    step = take(review.route, review.state, action, tiers, reason)
    _two_people(review, step, actor)
    subject = subject_of(review)
    if obstacles := subject.obstacles(review, step, reason):
        raise Invalid(_("That is not possible yet."), obstacles)
    subject.moved(review, step, actor)
    return _enter(review, step, actor, reason)


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
    )
    db.session.add(decision)
    review.state, review.since = step.end, decision.at
    if step.action is Action.SUBMIT:
        review.submitted_at = decision.at
    if step.action is Action.WITHDRAW:
        review.route = review.submitted_at = None
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
    )
    return decision


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


def _already_decided(review: Review) -> str:
    query = select(Decision).where(Decision.review_id == review.id).order_by(Decision.id.desc())
    last = db.session.scalars(query.limit(1)).first()
    if last is None:
        return _("Someone else has just changed this; reload and look again.")
    return _(
        "Already decided: %(action)s by %(who)s at %(when)s. Reload and look again.",
        action=last.action.label,
        who=last.actor_name,
        when=as_shown(last.at),
    )


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
