"""How far each filing has come: who acted when, on which route, and what was said."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.core.period import Quarter
from app.regions.scope import Tier
from app.review.workflow import ROUTES, Action, Route, State

FIRST, LAST = Quarter(2023, 4), Quarter(2026, 3)
NEWEST = 2  # quarters that are still being reviewed
PERIODS = [FIRST.shifted(n) for n in range(12)]
LATE, LATE_BY = 19, timedelta(days=17)  # the one that hands the last quarter in late
RETURNED_BECAUSE = "一般烟煤购进金额与发票不符，请核对后重新填报。"

# the last two quarters, by turns: how many steps each has come; None: not begun
TURNS: tuple[tuple[str, str | None], ...] = (
    ("final", "final"),
    ("final", "submitted"),
    ("final", "middle"),
    ("final", "returned"),
    ("final", "draft"),
    ("final", None),
    ("final", "submitted"),
    ("middle", "submitted"),
    ("submitted", "draft"),
    ("final", "final"),
    ("returned", None),
    ("final", "middle"),
    ("draft", None),
)


@dataclass(frozen=True, slots=True)
class Event:
    """One step: *by* a tier, at a moment, on a version of the filing."""

    at: datetime
    action: Action
    by: Tier
    start: State
    end: State
    version: int
    reason: str = ""


def opened_at(period: Quarter, number: int) -> datetime:
    """When the enterprise began: in the first days after the quarter, in its own order."""
    following = period.shifted(1)
    begun = datetime(following.year, following.quarter * 3 - 2, 2, 1, 30, tzinfo=UTC)
    return begun + timedelta(minutes=37 * (number % 240))


def events(period: Quarter, route: Route, aim: str, number: int) -> list[Event]:
    """All steps of a filing that comes as far as *aim*."""
    if aim == "draft":
        return []
    at = opened_at(period, number) + timedelta(days=3, minutes=number % 50)
    if (period, number) == (LAST, LATE):
        at += LATE_BY
    told = [Event(at, Action.SUBMIT, Tier.ENTERPRISE, State.DRAFT, State.SUBMITTED, 1)]
    approvals = ROUTES[route]
    if aim == "returned":
        at += timedelta(days=2)
        return [*told, _returned(at, approvals[0].by)]
    wanted = {"submitted": 0, "middle": len(approvals) - 1, "final": len(approvals)}[aim]
    if aim == "final" and number % 9 == 4:  # some had to be corrected once
        back = at + timedelta(days=1)
        again = back + timedelta(days=2)
        told.append(_returned(back, approvals[0].by))
        told.append(
            Event(again, Action.SUBMIT, Tier.ENTERPRISE, State.RETURNED, State.SUBMITTED, 2)
        )
        at = again
    version = told[-1].version
    start = State.SUBMITTED
    for approval in approvals[:wanted]:
        at += timedelta(days=2, minutes=number % 31)
        told.append(Event(at, Action.APPROVE, approval.by, start, approval.end, version))
        start = approval.end
    return told


def _returned(at: datetime, by: Tier) -> Event:
    return Event(at, Action.RETURN, by, State.SUBMITTED, State.RETURNED, 1, RETURNED_BECAUSE)
