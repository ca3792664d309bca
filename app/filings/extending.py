"""Grant one enterprise more time for one quarter: the transition "extend" of the review flow."""

from datetime import date, timedelta

from flask_babel import gettext as _

from app.audit.actor import Actor
from app.audit.record import record
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, Problem
from app.core.period import Quarter
from app.core.unit import wait_for_turn
from app.enterprises.models import EnergyLevel, Enterprise
from app.enterprises.moves import place_in
from app.enterprises.queries import level_of
from app.enterprises.start_stop import stop_in, stopped_text
from app.filings.deadlines import Deadline, deadline_of, deadline_without_filing, extensions_of
from app.filings.models import Extension, Filing
from app.filings.queries import find_filing, open_period
from app.notices.models import NoticeKind
from app.notices.operations import notify
from app.notices.queries import people_at
from app.regions.scope import Tier
from app.review.turns import locked

ALL_LEVELS = frozenset({Tier.PLATFORM, Tier.REGION})
FARTHEST = timedelta(days=366)  # from today

FILLS = ("can_fill", "Filing")


def grant_extension(
    enterprise: Enterprise, period: Quarter, due_on: date | None, *, reason: str, actor: Actor
) -> Extension:
    """Move the last day of *period* to *due_on*, and let the quarter be submitted until then.

    The league grants below 500,000 tce, the region any.  The same granted again, as by a double
    click, is the extension that is there.
    """
    wait_for_turn(f"extension of {enterprise.id} {period}")
    filing = find_filing(enterprise.id, period)
    if filing is not None:
        locked(filing.review_id)  # nobody submits it meanwhile
    place = filing.place if filing else where_filed(enterprise, period)
    if refusal := refusal_for(enterprise, period, place, actor):
        raise Forbidden(refusal)
    given = extensions_of(enterprise.id, period)
    if given and (given[0].due_on, given[0].reason) == (due_on, reason.strip()):
        return given[0]
    deadline = deadline_to_extend(enterprise, period, filing)
    day = _checked(due_on, deadline, reason)
    extension = Extension(
        enterprise=enterprise,
        place=place,
        year=period.year,
        quarter=period.quarter,
        due_on=day,
        replaces_on=deadline.late_after,
        reason=reason.strip(),
        granted_by_id=actor.id,
        granted_by=actor.name[:128],
        granted_at=now(),
    )
    db.session.add(extension)
    db.session.flush()
    notify(
        NoticeKind.EXTENSION_GRANTED,
        to=people_at(enterprise.place, Tier.ENTERPRISE, FILLS),
        place=place,
        about=f"{enterprise.name} {period}",
        subject=("period", period.index),
        event=f"extension:{extension.id}",
        actor=actor,
    )
    facts = {"period": str(period), "before": deadline.late_after, "due_on": day}
    tag = "extension:grant"
    record(tag, extension, actor=actor, place=place, **facts, reason=extension.reason)
    return extension


def where_filed(enterprise: Enterprise, period: Quarter) -> str:
    """The place at which *period* would be filed."""
    return place_in(enterprise, date(period.year, period.months[0], 1))


def refusal_for(enterprise: Enterprise, period: Quarter, place: str, actor: Actor) -> str:
    """Why it is not *actor* who grants more time; empty if it is."""
    tiers = actor.tiers_at(place)
    if tiers & ALL_LEVELS:
        return ""
    if Tier.LEAGUE not in tiers:
        return _("The league or the region grants more time.")
    if level_of(enterprise, period.year) is EnergyLevel.GE_500K:
        return _("From 500,000 tce on, the region grants more time.")
    return ""


def deadline_to_extend(enterprise: Enterprise, period: Quarter, filing: Filing | None) -> Deadline:
    """The deadline as it is now; `Conflict` where there is nothing to hand in any more."""
    calendar = open_period(period, today())
    if stop := stop_in(enterprise.id, period):
        raise Conflict(stopped_text(stop))
    if filing is None:
        return deadline_without_filing(calendar, enterprise.id)
    state = filing.review.state
    if not state.is_open:
        text = _(
            "The filing stands at “%(state)s”; nothing has to be handed in.", state=state.label
        )
        raise Conflict(text)
    deadline = deadline_of(filing)
    if deadline is None:
        raise Conflict(_("%(period)s is not open for filing.", period=period))
    return deadline


def _checked(due_on: date | None, deadline: Deadline, reason: str) -> date:
    problems = []
    if due_on is None:
        problems.append(Problem("due_on", _("A value is needed here.")))
    elif due_on <= deadline.late_after:
        last = deadline.late_after
        text = _("It must be later than the day that holds now, %(day)s.", day=last)
        problems.append(Problem("due_on", text))
    elif not today() <= due_on <= today() + FARTHEST:
        problems.append(Problem("due_on", _("Choose a day from today on, within a year.")))
    if not reason.strip() or len(reason) > 500:
        problems.append(Problem("reason", _("Say why.")))
    if problems or due_on is None:
        raise Invalid(_("Please correct:"), problems)
    return due_on
