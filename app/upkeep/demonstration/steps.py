"""The ledger of the invented history: who took which step, and what was looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from app.core.db import db
from app.filings.models import KIND
from app.regions.scope import Tier
from app.review.models import Decision
from app.review.workflow import Route
from app.upkeep.demonstration.attachments import Held
from app.upkeep.demonstration.journal import Journal
from app.upkeep.demonstration.registry import Made
from app.upkeep.demonstration.story import Event

CHUNK = 4000  # rows in a statement


@dataclass(frozen=True, slots=True)
class Told:
    """A filing with its steps, and who took each."""

    held: Held
    events: Sequence[Event]
    route: Route
    actors: Sequence[tuple[int, str]]


def who(made: Made, tier: Tier) -> str:
    """The account that acts for *tier* where the enterprise lies."""
    codes = made.place.split("/")
    return {
        Tier.ENTERPRISE: f"confirmer_{made.number}",
        Tier.COUNTY: f"county_{codes[2]}",
        Tier.LEAGUE: f"league_{codes[1]}",
        Tier.REGION: "region",
    }[tier]


def write_decisions(
    filings: Mapping[int, Told], seen: Mapping[tuple[int, int], str], journal: Journal
) -> None:
    """The steps of all *filings*; *seen* are the hashes of the alarms that were looked at."""
    rows = [
        _decision(told, number, seen.get((pk, number), ""), journal)
        for pk, told in filings.items()
        for number in range(len(told.events))
    ]
    for start in range(0, len(rows), CHUNK):
        db.session.execute(insert(Decision), rows[start : start + CHUNK])


def _decision(told: Told, number: int, seen_alarms: str, journal: Journal) -> dict[str, Any]:
    made, pk = told.held.made, told.held.id
    event, actor = told.events[number], told.actors[number]
    facts = {
        "start": event.start,
        "end": event.end,
        "route": told.route,
        "tier": int(event.by),
        "reason": event.reason,
        "seen_number": event.version,
        "seen_hash": told.held.data_hash,
        "seen_alarms": seen_alarms or None,
    }
    subject = ("review", pk, told.held.title)
    journal.add(event.at, f"{KIND}:{event.action}", made.place, subject, actor, **facts)
    return {
        **facts,
        "place": made.place,
        "review_id": pk,
        "action": event.action,
        "actor_id": actor[0],
        "actor_name": actor[1],
        "at": event.at,
    }
