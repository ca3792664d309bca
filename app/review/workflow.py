"""Tiered approval, written as data: the four routes and the steps that follow from them.

To read `ROUTES` is to read the rule; the functions below only look things up in it, and touch
nothing.  Source: the seed's four routes and rollbacks, `review flow` of the specification.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.core.enums import Labelled
from app.core.errors import Conflict, Forbidden, Invalid, Problem
from app.regions.scope import Tier


class State(Labelled):
    """Where a thing under review stands."""

    DRAFT = "draft", _l("Being filled in")
    SUBMITTED = "submitted", _l("Submitted by the enterprise")
    COUNTY_APPROVED = "county_approved", _l("Approved by the county")
    LEAGUE_APPROVED = "league_approved", _l("Approved by the league")
    LEAGUE_FINAL = "league_final", _l("Finally approved by the league")
    REGION_FINAL = "region_final", _l("Finally approved by the region")
    RETURNED = "returned", _l("Returned")
    CLOSED = "closed", _l("Closed: the enterprise is stopped")

    @property
    def is_final(self) -> bool:
        return self in FINAL

    @property
    def is_open(self) -> bool:
        """Whether the enterprise may edit."""
        return self in OPEN


FINAL = frozenset({State.LEAGUE_FINAL, State.REGION_FINAL})
OPEN = frozenset({State.DRAFT, State.RETURNED})
IN_REVIEW = frozenset(State) - FINAL - OPEN - {State.CLOSED}


class Action(Labelled):
    SUBMIT = "submit", _l("Submit")
    WITHDRAW = "withdraw", _l("Withdraw")
    APPROVE = "approve", _l("Approve")
    RETURN = "return", _l("Return")
    ROLLBACK = "rollback", _l("Roll back")
    CLOSE = "close", _l("Close")  # of an enterprise that is stopped in the quarter
    RECALL = "recall", _l("Recall the return")
    UNDO = "undo", _l("Take back the approval")
    REROUTE = "reroute", _l("Re-route")  # by the county switch, never by a button
    IMPORT = "import", _l("Import")  # of a quarter before the installation, by a workbook


# What is taken back as long as whoever is next has not begun, and what it takes back
TAKES_BACK = {
    Action.WITHDRAW: Action.SUBMIT,
    Action.RECALL: Action.RETURN,
    Action.UNDO: Action.APPROVE,
}


class ReturnScope(Labelled):
    """What comes back to the enterprise (question 26)."""

    WHOLE = "whole", _l("The whole filing")
    ATTACHMENTS = "attachments", _l("Attachments only; the figures stay locked")


class Route(Labelled):
    """A: 500,000 tce and more, B: below; 1: county review on, 2: off."""

    A1 = "A1", _l("A1: county, league, region")
    A2 = "A2", _l("A2: league, region")
    B1 = "B1", _l("B1: county, league")
    B2 = "B2", _l("B2: league")

    @property
    def has_county(self) -> bool:
        return ROUTES[self][0].by is Tier.COUNTY

    @property
    def is_large(self) -> bool:
        return ROUTES[self][-1].by is Tier.REGION


@dataclass(frozen=True, slots=True)
class Approval:
    """One step up: who takes it, and where the filing stands afterwards."""

    by: Tier
    end: State


# fmt: off
ROUTES: dict[Route, tuple[Approval, ...]] = {
    Route.A1: (Approval(Tier.COUNTY, State.COUNTY_APPROVED),
               Approval(Tier.LEAGUE, State.LEAGUE_APPROVED),
               Approval(Tier.REGION, State.REGION_FINAL)),
    Route.A2: (Approval(Tier.LEAGUE, State.LEAGUE_APPROVED),
               Approval(Tier.REGION, State.REGION_FINAL)),
    Route.B1: (Approval(Tier.COUNTY, State.COUNTY_APPROVED),
               Approval(Tier.LEAGUE, State.LEAGUE_FINAL)),
    Route.B2: (Approval(Tier.LEAGUE, State.LEAGUE_FINAL),),
}
# fmt: on

SHORTEST_REASON = 10


class Need(StrEnum):
    """What must be at hand before a step can be taken."""

    REASON = "reason"  # any words at all
    FULL_REASON = "full_reason"  # at least `SHORTEST_REASON` characters


NEED_TEXTS: dict[Need, LazyString] = {
    Need.REASON: _l("Say why."),
    Need.FULL_REASON: _l("Say why, in at least ten characters."),
}


class Standing(StrEnum):
    """A state as seen from one tier."""

    MINE = "mine"  # it is this tier's turn
    BELOW = "below"  # still under way beneath it
    ABOVE = "above"  # handed up
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Step:
    by: Tier
    action: Action
    start: State
    end: State
    need: Need | None = None


def route_for(*, is_large: bool, county_review: bool) -> Route:
    """The route of a filing: by the level of its enterprise (*is_large*) and the county switch."""
    wanted = (is_large, county_review)
    return next(route for route in Route if (route.is_large, route.has_county) == wanted)


def why(route: Route) -> tuple[LazyString, LazyString]:
    """Why a filing takes *route*: its level, and the county switch at submission."""
    level = _l("500,000 tce and more") if route.is_large else _l("below 500,000 tce")
    county = _l("county review on") if route.has_county else _l("county review off")
    return level, county


def path_of(route: Route) -> tuple[State, ...]:
    """The states a filing passes on *route*, from submitted to final."""
    return (State.SUBMITTED, *(approval.end for approval in ROUTES[route]))


SUBMIT = tuple(Step(Tier.ENTERPRISE, Action.SUBMIT, s, State.SUBMITTED) for s in sorted(OPEN))


@cache
def steps_of(route: Route | None) -> tuple[Step, ...]:
    """Every step that can be taken on *route*; None: nothing has been submitted yet."""
    if route is None:
        return SUBMIT
    way = path_of(route)
    steps = [*SUBMIT, Step(Tier.ENTERPRISE, Action.WITHDRAW, State.SUBMITTED, State.DRAFT)]
    for start, approval in zip(way, ROUTES[route], strict=False):
        steps.append(Step(approval.by, Action.APPROVE, start, approval.end))
        steps.append(Step(approval.by, Action.RETURN, start, State.RETURNED, Need.FULL_REASON))
        steps.append(Step(approval.by, Action.RECALL, State.RETURNED, start))
        if not approval.end.is_final:  # a final approval is only rolled back
            steps.append(Step(approval.by, Action.UNDO, approval.end, start))
        # question 17: it may be finished all the same, or its league ends it
        steps.append(Step(Tier.LEAGUE, Action.CLOSE, start, State.CLOSED, Need.FULL_REASON))
    steps.append(Step(Tier.LEAGUE, Action.RETURN, State.CLOSED, State.RETURNED, Need.FULL_REASON))
    # the last approval is undone, and the filing stands where it stood just before it
    steps.append(Step(Tier.PLATFORM, Action.ROLLBACK, way[-1], way[-2], Need.REASON))
    return tuple(steps)


def holder(route: Route | None, state: State) -> Tier | None:
    """Whose turn it is: the snapshot of the route together with the state; None when final."""
    if state.is_open:
        return Tier.ENTERPRISE
    if route is None or state.is_final or state is State.CLOSED:
        return None
    return next(s.by for s in steps_of(route) if s.start is state and s.action is Action.APPROVE)


def choices(route: Route | None, state: State, tiers: Collection[Tier]) -> tuple[Step, ...]:
    """The steps that someone standing at *tiers* can take now: the buttons on the page."""
    return tuple(s for s in steps_of(route) if s.start is state and s.by in tiers)


def take(
    route: Route | None, state: State, action: Action, tiers: Collection[Tier], reason: str = ""
) -> Step:
    """The step that *action* means here, or else why it means none."""
    steps = [s for s in steps_of(route) if s.start is state and s.action is action]
    if not steps:
        raise Conflict(_l("That cannot be done now: the filing stands at “%(s)s”.", s=state.label))
    mine = [s for s in steps if s.by in tiers]
    if not mine:
        raise Forbidden(_l("That step belongs to another tier."))
    step = mine[0]
    given = len(reason.strip())
    if step.need and given < (SHORTEST_REASON if step.need is Need.FULL_REASON else 1):
        raise Invalid(NEED_TEXTS[step.need], [Problem("reason", NEED_TEXTS[step.need])])
    return step


def standing(route: Route | None, state: State, tier: Tier) -> Standing:
    """How *state* looks from *tier*; the greater tier lies deeper in the tree."""
    whose = holder(route, state)
    if whose is None:
        return Standing.DONE
    if whose is tier:
        return Standing.MINE
    return Standing.BELOW if whose > tier else Standing.ABOVE
