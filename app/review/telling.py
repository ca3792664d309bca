"""Who is told of a step of a review: one table, read from top to bottom."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from app.audit.actor import Actor
from app.notices.models import Notice, NoticeKind
from app.notices.operations import notify
from app.notices.queries import people_at
from app.regions.scope import Tier
from app.review.models import Decision, Review
from app.review.workflow import ROUTES, Action, holder

DECIDES = ("can_decide", "Review")
RIGHTS = {Tier.ENTERPRISE: ("can_fill", "Filing")}  # of those who are told; above, `DECIDES`
Group = Callable[[Decision], Collection[Tier | None]]


def whose_turn_it_is(step: Decision) -> Collection[Tier | None]:
    return [holder(step.route, step.end)]


def whose_turn_it_was(step: Decision) -> Collection[Tier | None]:
    return [holder(step.route, step.start)]


def enterprise(_step: Decision) -> Collection[Tier | None]:
    return [Tier.ENTERPRISE]


def enterprise_if_final(step: Decision) -> Collection[Tier | None]:
    return [Tier.ENTERPRISE] if step.end.is_final else []


def tiers_below(step: Decision) -> Collection[Tier | None]:
    """Those of the route that lie between the enterprise and who acted (question 2)."""
    way = ROUTES[step.route] if step.route else ()
    return [approval.by for approval in way if approval.by > step.tier]


def county(_step: Decision) -> Collection[Tier | None]:
    return [Tier.COUNTY]


def all_tiers(_step: Decision) -> Collection[Tier | None]:
    return [Tier.ENTERPRISE, Tier.COUNTY, Tier.LEAGUE, Tier.REGION]


@dataclass(frozen=True, slots=True)
class Telling:
    """That *groups* are told a notice of *kind*; for one person the first that fits counts."""

    kind: NoticeKind
    groups: tuple[Group, ...]


# fmt: off
# Source: the column "effect" of the transitions in the review flow, and questions 2, 15 and 17.
# An action that is not here is told to nobody (what was decided elsewhere and imported).
TOLD: Mapping[Action, tuple[Telling, ...]] = {
    Action.SUBMIT:   (Telling(NoticeKind.CAME_TO_YOU, (whose_turn_it_is,)),),
    Action.APPROVE:  (Telling(NoticeKind.CAME_TO_YOU, (whose_turn_it_is,)),
                      Telling(NoticeKind.FINALLY_APPROVED, (enterprise_if_final,))),
    Action.RETURN:   (Telling(NoticeKind.RETURNED, (enterprise, tiers_below)),),
    Action.WITHDRAW: (Telling(NoticeKind.WITHDRAWN, (whose_turn_it_was,)),),
    Action.RECALL:   (Telling(NoticeKind.RECALLED, (enterprise, tiers_below)),),
    Action.UNDO:     (Telling(NoticeKind.TAKEN_BACK, (whose_turn_it_was,)),),
    Action.REROUTE:  (Telling(NoticeKind.CAME_TO_YOU, (whose_turn_it_is,)),
                      Telling(NoticeKind.REROUTED, (county,))),
    Action.CLOSE:    (Telling(NoticeKind.CLOSED, (enterprise, whose_turn_it_was, tiers_below)),),
    Action.ROLLBACK: (Telling(NoticeKind.ROLLED_BACK, (all_tiers,)),),
}
# fmt: on


def tell(review: Review, decision: Decision, *, actor: Actor) -> list[Notice]:
    """Tell everybody whom the table names of *decision*, which is in the ledger already."""
    told: list[Notice] = []
    for one in TOLD.get(decision.action, ()):
        tiers = {tier for group in one.groups for tier in group(decision) if tier is not None}
        people = [
            person
            for tier in sorted(tiers, reverse=True)
            for person in people_at(decision.place, tier, RIGHTS.get(tier, DECIDES))
        ]
        known = {notice.to_id for notice in told}
        told += notify(
            one.kind,
            to=[person for person in people if person not in known],
            place=decision.place,
            about=review.title,
            subject=("review", review.id),
            event=f"decision:{decision.id}",
            actor=actor,
        )
    return told


def tell_enterprise(review: Review, kind: NoticeKind, event: str, *, actor: Actor) -> None:
    """Tell those who fill the filing in."""
    _tell_people(review, kind, event, Tier.ENTERPRISE, RIGHTS[Tier.ENTERPRISE], actor)


def tell_tier(review: Review, kind: NoticeKind, event: str, tier: Tier, *, actor: Actor) -> None:
    """Tell those who decide for *tier*; the super administrator rolls back."""
    right = ("can_rollback", "Review") if tier is Tier.PLATFORM else DECIDES
    _tell_people(review, kind, event, tier, right, actor)


def _tell_people(
    review: Review,
    kind: NoticeKind,
    event: str,
    tier: Tier,
    right: tuple[str, str],
    actor: Actor,
) -> None:
    notify(
        kind,
        to=people_at(review.place, tier, right),
        place=review.place,
        about=review.title,
        subject=("review", review.id),
        event=event,
        actor=actor,
    )
