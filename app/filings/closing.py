"""Close a year, and open it again (question 11): a rollback then needs a decision's number."""

import re
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.actor import Actor
from app.audit.record import record
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, Problem
from app.core.unit import wait_for_turn
from app.filings.models import ClosedYear
from app.regions.queries import root_path
from app.regions.scope import Tier

# as documents are numbered: the year in brackets and the number; keyboards lack the true brackets
DECISION = re.compile(r"[〔\[［]\s*20\d{2}\s*[〕\]］]\s*第?\s*\d+\s*号")


def closing_of(year: int) -> ClosedYear | None:
    """The row of a year that was closed once."""
    return db.session.scalars(select(ClosedYear).where(ClosedYear.year == year)).one_or_none()


def is_closed(year: int) -> bool:
    row = closing_of(year)
    return row is not None and row.closed


def close_year(year: int, *, reason: str, actor: Actor) -> ClosedYear:
    """Close *year*; one that goes on, or lies ahead, is `Invalid`."""
    row = _change(year, True, reason, actor)
    record("year:close", row, actor=actor, place=root_path(), year=year, reason=row.reason)
    return row


def reopen_year(year: int, *, reason: str, actor: Actor) -> ClosedYear:
    """Open *year* again."""
    row = _change(year, False, reason, actor)
    record("year:reopen", row, actor=actor, place=root_path(), year=year, reason=row.reason)
    return row


def _change(year: int, closed: bool, reason: str, actor: Actor) -> ClosedYear:
    if not actor.tiers_at(root_path()) & {Tier.PLATFORM, Tier.REGION}:
        raise Forbidden(_("Only the region closes a year."))
    if not 2000 <= year < today().year:
        raise Invalid(_("Only a year that is over is closed."))
    wait_for_turn(f"year {year}")
    row = closing_of(year)
    if closed == (row is not None and row.closed):
        text = _("%(year)s is closed already.") if closed else _("%(year)s is open already.")
        raise Conflict(text % {"year": year})
    if not reason.strip() or len(reason) > 500:
        raise Invalid(_("Say why."), [Problem("reason", _("Say why."))])
    row = row or ClosedYear(year=year)
    row.closed, row.reason = closed, reason.strip()
    row.by, row.at = actor.name[:128], now()
    db.session.add(row)
    return row


def closed_against_rollback(year: int, reason: str) -> Sequence[Problem]:
    """Question 11: what was final in a closed year is undone only by a decision of the region."""
    if not is_closed(year) or DECISION.search(reason):
        return ()
    text = _(
        "%(year)s is closed: the reason must name the decision of the region by its number, "
        "like 〔2026〕12号.",
        year=year,
    )
    return [Problem("reason", text)]
