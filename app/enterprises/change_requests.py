"""An enterprise asks for a change of its entry; its league, or the region, decides."""

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.actor import Actor
from app.audit.record import record
from app.core.clock import now
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, Problem
from app.enterprises.life import ChangeRequest, RequestState
from app.enterprises.models import Enterprise, Industry
from app.enterprises.operations import AUDITED, changed
from app.notices.models import NoticeKind
from app.notices.operations import notify
from app.notices.queries import people_at
from app.regions.scope import Tier

LONGEST = {"name": 120, "short_name": 40, "address": 200, "contact_name": 50, "contact_phone": 30}
ASKABLE = ("name", "short_name", "industry_code", "address", "contact_name", "contact_phone")
DECIDE = frozenset({Tier.PLATFORM, Tier.REGION, Tier.LEAGUE})
ANSWERS = {  # what its people are told of
    RequestState.DONE: NoticeKind.CHANGE_ACCEPTED,
    RequestState.DECLINED: NoticeKind.CHANGE_DECLINED,
}


def ask_change(
    enterprise: Enterprise, wanted: Mapping[str, str], *, reason: str, actor: Actor
) -> ChangeRequest:
    """Ask for the values of *wanted* that differ; the same asked again is the request before."""
    if Tier.ENTERPRISE not in actor.tiers_at(enterprise.place):
        raise Forbidden(_("Only the enterprise asks for a change of its entry."))
    values = {name: " ".join(wanted.get(name, "").split()) for name in ASKABLE}
    _check(values, reason)
    changes = {
        name: [getattr(enterprise, name) or "", values[name]]
        for name in ASKABLE
        if (getattr(enterprise, name) or "") != values[name]
    }
    there = open_request(enterprise)
    if there is not None and there.changes == changes:
        return there
    if there is not None:
        raise Conflict(_("There is an open request already; take it back first."))
    if not changes:
        raise Invalid(_("There is nothing to change."))
    request = ChangeRequest(
        enterprise=enterprise,
        place=enterprise.place,
        open_for=enterprise.id,
        state=RequestState.OPEN,
        changes=changes,
        reason=reason.strip(),
        asked_by_id=actor.id,
        asked_by=actor.name[:128],
    )
    db.session.add(request)
    facts = {"changes": changes, "reason": reason.strip()}
    record("enterprise:ask_change", enterprise, actor=actor, place=enterprise.place, **facts)
    return request


def accept_change(request: ChangeRequest, shown: int | None, *, actor: Actor) -> None:
    """Write what was asked for, unless the entry has changed since: then both are told."""
    _may_decide(request, actor)
    _must_be_open(request, shown)
    enterprise = request.enterprise
    moved = [
        Problem(
            name,
            _(
                "%(name)s: asked to change “%(old)s” into “%(new)s”, but by now it is “%(now)s”.",
                name=name,
                old=old,
                new=new,
                now=getattr(enterprise, name) or "",
            ),
        )
        for name, (old, new) in request.changes.items()
        if (getattr(enterprise, name) or "") != old
    ]
    if moved:
        text = _("The entry has changed since it was asked for; decline it, or let it be renewed.")
        raise Conflict(text, moved)
    before = {name: getattr(enterprise, name) for name in AUDITED}
    for name, (_old, new) in request.changes.items():
        setattr(enterprise, name, new)
    changed(enterprise, before, actor=actor)
    _close(request, RequestState.DONE, "", actor)


def decline_change(request: ChangeRequest, shown: int | None, *, reason: str, actor: Actor) -> None:
    """Leave the entry as it is, and say why."""
    _may_decide(request, actor)
    _must_be_open(request, shown)
    if not reason.strip() or len(reason) > 500:
        raise Invalid(_("Say why."), [Problem("reason", _("Say why."))])
    _close(request, RequestState.DECLINED, reason.strip(), actor)


def withdraw_change(request: ChangeRequest, shown: int | None, *, actor: Actor) -> None:
    """Take back what was asked for and not decided yet."""
    if Tier.ENTERPRISE not in actor.tiers_at(request.place):
        raise Forbidden(_("Only the enterprise takes its request back."))
    _must_be_open(request, shown)
    _close(request, RequestState.WITHDRAWN, "", actor)


def open_request(enterprise: Enterprise) -> ChangeRequest | None:
    query = select(ChangeRequest).where(ChangeRequest.open_for == enterprise.id)
    return db.session.scalars(query).one_or_none()


def decides(request: ChangeRequest, actor: Actor) -> bool:
    return bool(actor.tiers_at(request.place) & DECIDE)


def _check(values: Mapping[str, str], reason: str) -> None:
    problems = [
        Problem(name, _("At most %(most)s characters.", most=most))
        for name, most in LONGEST.items()
        if len(values[name]) > most
    ]
    if not values["name"]:
        problems.append(Problem("name", _("A value is needed here.")))
    if db.session.get(Industry, values["industry_code"]) is None:
        problems.append(Problem("industry_code", _("Choose an industry.")))
    if not reason.strip() or len(reason) > 500:
        problems.append(Problem("reason", _("Say why.")))
    if problems:
        raise Invalid(_("Please correct:"), problems)


def _may_decide(request: ChangeRequest, actor: Actor) -> None:
    if not decides(request, actor):
        raise Forbidden(_("Only the league and the region decide on this."))


def _must_be_open(request: ChangeRequest, shown: int | None) -> None:
    if request.state is not RequestState.OPEN:
        raise Conflict(_("This has been decided already: %(state)s.", state=request.state.label))
    if shown != request.version:
        raise Conflict(_("Someone else has just changed this; reload and look again."))


def _close(request: ChangeRequest, state: RequestState, answer: str, actor: Actor) -> None:
    request.state, request.open_for, request.answer = state, None, answer
    request.decided_by, request.decided_at = actor.name[:128], now()
    facts = {"request": request.id, "changes": request.changes, "answer": answer}
    tag = f"enterprise:change_{state}"
    record(tag, request.enterprise, actor=actor, place=request.place, **facts)
    if state in ANSWERS:
        notify(
            ANSWERS[state],
            to=people_at(request.place, Tier.ENTERPRISE, ("can_ask", "ChangeRequest")),
            place=request.place,
            about=request.enterprise,
            subject=("change_request", request.id),
            event=f"change_request:{request.id}",
            actor=actor,
        )
