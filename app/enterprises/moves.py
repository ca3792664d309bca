"""An enterprise goes to another county: asked, agreed to by both leagues, carried out on its day.

What is the enterprise's own goes with it: its entry, its people, its levels and classes.  What was
filed stays where it was filed, with its files, and is seen there; periods that begin on the day of
the move or later are filed at the new place.  The registry number never changes.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select

from app.accounts.models import AddedPlace, WhyAdded
from app.audit.actor import SYSTEM, Actor
from app.audit.record import record
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, Problem
from app.enterprises.life import (
    ChangeRequest,
    EnterpriseClassYear,
    EnterpriseLineage,
    EnterpriseMove,
    RequestState,
)
from app.enterprises.models import Enterprise, EnterpriseLevel, StartStop, StopFile
from app.regions.models import Region
from app.regions.queries import county_of
from app.regions.scope import Tier, carrying

LEAGUES = frozenset({Tier.PLATFORM, Tier.REGION, Tier.LEAGUE})
FARTHEST = timedelta(days=366)  # from today, to either side
Finding = Callable[[int], ColumnElement[bool]]


def _its(kind: Any) -> Finding:
    """The rows of *kind* that say themselves which enterprise's they are."""
    return lambda pk: kind.enterprise_id == pk


# the tables that go with an enterprise, and which rows of them; floors above add theirs
FOLLOWERS: dict[Any, Finding] = {
    kind: _its(kind)
    for kind in (EnterpriseLevel, EnterpriseClassYear, ChangeRequest, StartStop, StopFile)
}


def ask_move(
    enterprise: Enterprise,
    county: str,
    effective_on: date | None,
    *,
    reason: str,
    document: str = "",
    actor: Actor,
) -> EnterpriseMove:
    """Ask for a move; within one's own area it is agreed at once, and carried out on its day.

    The same asked again is the move before; another one while it is open is a `Conflict`.
    """
    if not actor.tiers_at(enterprise.place) & LEAGUES:
        raise Forbidden(_("Only the league and the region let an enterprise move."))
    new = f"{county}{enterprise.registry_number}/"
    there = open_move(enterprise)
    if there is not None and (there.to_place, there.effective_on) == (new, effective_on):
        return there
    if there is not None:
        raise Conflict(_("A move of this enterprise is under way already."))
    day = _checked(enterprise, county, effective_on, reason, document)
    agreed = bool(actor.tiers_at(new) & LEAGUES)
    move = EnterpriseMove(
        enterprise_id=enterprise.id,
        open_for=enterprise.id,
        registry_number=enterprise.registry_number,
        credit_code=enterprise.credit_code,
        name=enterprise.name,
        from_place=enterprise.place,
        to_place=new,
        state=RequestState.AGREED if agreed else RequestState.OPEN,
        effective_on=day,
        reason=reason.strip(),
        document=document.strip(),
        asked_by=actor.name[:128],
    )
    if agreed:
        move.decided_by, move.decided_at = actor.name[:128], now()
    db.session.add(move)
    db.session.flush()
    _tell(move, "enterprise:ask_move", move.from_place, actor)
    if agreed and day <= today():
        _carry_out(move, actor)
    return move


def accept_move(move: EnterpriseMove, shown: int | None, *, actor: Actor) -> None:
    """The receiving league agrees; the move is carried out when its day has come."""
    _must_be_open(move, shown)
    if not decides(move, actor):
        raise Forbidden(_("The league that receives the enterprise decides, or the region."))
    move.state, move.decided_by, move.decided_at = RequestState.AGREED, actor.name[:128], now()
    _tell(move, "enterprise:accept_move", move.to_place, actor)
    if move.effective_on <= today():
        _carry_out(move, actor)


def decline_move(move: EnterpriseMove, shown: int | None, *, reason: str, actor: Actor) -> None:
    """The receiving league does not take the enterprise, and says why."""
    _must_be_open(move, shown)
    if not decides(move, actor):
        raise Forbidden(_("The league that receives the enterprise decides, or the region."))
    if not reason.strip() or len(reason) > 500:
        raise Invalid(_("Say why."), [Problem("reason", _("Say why."))])
    move.answer = reason.strip()
    _close(move, RequestState.DECLINED, move.to_place, actor)


def withdraw_move(move: EnterpriseMove, shown: int | None, *, actor: Actor) -> None:
    """The giving side takes back what is not carried out yet."""
    if not actor.tiers_at(move.from_place) & LEAGUES:
        raise Forbidden(_("Only who asked for the move takes it back."))
    if move.state is not RequestState.AGREED:
        _must_be_open(move, shown)
    elif shown != move.version:
        raise Conflict(_("Someone else has just changed this; reload and look again."))
    _close(move, RequestState.WITHDRAWN, move.from_place, actor)


def carry_out_due(day: date | None = None, *, actor: Actor = SYSTEM) -> int:
    """Carry out the agreed moves whose day has come. Returns how many."""
    query = (
        select(EnterpriseMove)
        .where(
            EnterpriseMove.state == RequestState.AGREED,
            EnterpriseMove.effective_on <= (day or today()),
        )
        .order_by(EnterpriseMove.effective_on, EnterpriseMove.id)
    )
    due = db.session.scalars(query).all()
    for move in due:
        _carry_out(move, actor)
    return len(due)


def place_in(enterprise: Enterprise, first_day: date) -> str:
    """Where a period that begins on *first_day* is filed: the place before the next move after."""
    query = (
        select(EnterpriseMove.from_place)
        .where(
            EnterpriseMove.enterprise_id == enterprise.id,
            EnterpriseMove.state == RequestState.DONE,
            EnterpriseMove.effective_on > first_day,
        )
        .order_by(EnterpriseMove.effective_on, EnterpriseMove.id)
        .limit(1)
    )
    return db.session.scalar(query) or enterprise.place


def moves_of(enterprise: Enterprise) -> list[EnterpriseMove]:
    query = select(EnterpriseMove).where(EnterpriseMove.enterprise_id == enterprise.id)
    return list(db.session.scalars(query.order_by(EnterpriseMove.id.desc())))


def open_move(enterprise: Enterprise) -> EnterpriseMove | None:
    query = select(EnterpriseMove).where(EnterpriseMove.open_for == enterprise.id)
    return db.session.scalars(query).one_or_none()


def decides(move: EnterpriseMove, actor: Actor) -> bool:
    return bool(actor.tiers_at(move.to_place) & LEAGUES)


def _checked(
    enterprise: Enterprise, county: str, day: date | None, reason: str, document: str
) -> date:
    problems = []
    node = db.session.get(Region, county)
    if node is None or node.tier is not Tier.COUNTY or not node.active:
        problems.append(Problem("county", _("Choose a county.")))
    elif county == county_of(enterprise.place):
        problems.append(Problem("county", _("The enterprise lies there already.")))
    if day is None or abs(day - today()) > FARTHEST:
        text = _("Choose a day at most a year from today.")
        problems.append(Problem("effective_on", text))
    elif any(m.state is RequestState.DONE and m.effective_on >= day for m in moves_of(enterprise)):
        text = _("The enterprise has moved on that day or later; choose a later one.")
        problems.append(Problem("effective_on", text))
    if not reason.strip() or len(reason) > 500:
        problems.append(Problem("reason", _("Say why.")))
    if len(document) > 100:
        problems.append(Problem("document", _("At most %(most)s characters.", most=100)))
    if problems or day is None:
        raise Invalid(_("Please correct:"), problems)
    return day


def _carry_out(move: EnterpriseMove, actor: Actor) -> None:
    """Take the enterprise and what is its own from the one place to the other."""
    old, new = move.from_place, move.to_place
    with carrying(db.session, old, new):
        query = select(Enterprise).where(Enterprise.id == move.enterprise_id)
        enterprise = db.session.scalars(query.with_for_update()).one_or_none()
        if enterprise is None or enterprise.place != old:
            raise Conflict(_("The enterprise no longer lies where it was asked to go from."))
        for kind, of in FOLLOWERS.items():
            for row in db.session.scalars(select(kind).where(of(move.enterprise_id))):
                row.place = new
        either = or_(
            EnterpriseLineage.from_enterprise_id == move.enterprise_id,
            EnterpriseLineage.to_enterprise_id == move.enterprise_id,
        )
        for row in db.session.scalars(select(EnterpriseLineage).where(either)):
            row.from_place = new if row.from_place == old else row.from_place
            row.to_place = new if row.to_place == old else row.to_place
        enterprise.place = new
        people = db.session.scalars(select(User).where(User.place == old)).all()
        for person in people:
            person.place = new
            former = AddedPlace(place=old, reason=WhyAdded.FORMER, starts_on=today())
            person.added_places.append(former)
        move.state, move.open_for = RequestState.DONE, None
        facts = {
            "move": move.id,
            "from": old,
            "to": new,
            "effective_on": move.effective_on,
            "people": sorted(person.username for person in people),
        }
        record("enterprise:move_out", enterprise, actor=actor, place=old, **facts)
        record("enterprise:move_in", enterprise, actor=actor, place=new, **facts)


def _must_be_open(move: EnterpriseMove, shown: int | None) -> None:
    if move.state is not RequestState.OPEN:
        raise Conflict(_("This has been decided already: %(state)s.", state=move.state.label))
    if shown != move.version:
        raise Conflict(_("Someone else has just changed this; reload and look again."))


def _close(move: EnterpriseMove, state: RequestState, place: str, actor: Actor) -> None:
    move.state, move.open_for = state, None
    move.decided_by, move.decided_at = actor.name[:128], now()
    _tell(move, f"enterprise:move_{state}", place, actor)


def _tell(move: EnterpriseMove, tag: str, place: str, actor: Actor) -> None:
    """In the journal of the side that has acted; the other one reads the move itself."""
    facts = {
        "from": move.from_place,
        "to": move.to_place,
        "effective_on": move.effective_on,
        "document": move.document,
        "reason": move.answer or move.reason,
    }
    record(tag, move, actor=actor, place=place, **facts)
