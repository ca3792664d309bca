"""Enter people, change them, let them stand elsewhere, issue and change passwords.

Passwords come checked and hashed, as a `NewPassword`; none is ever written to the journal.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_appbuilder.security.sqla.models import Role, User
from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from app.accounts.grants import synchronise_roles
from app.accounts.models import AddedPlace, WhyAdded
from app.accounts.passwords import NewPassword
from app.accounts.queries import may_hand_out, role_keys_of
from app.accounts.roles import ROLES
from app.audit.actor import Actor
from app.audit.record import record
from app.core.clock import now
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from app.core.preferences import with_preference
from app.regions.models import Region
from app.regions.queries import county_of
from app.regions.scope import MOST_ROOTS, Tier, path_asked, tier_of

__all__ = [
    "PersonDetails",
    "add_place",
    "change_own_password",
    "change_person",
    "create_person",
    "end_place",
    "guard_person",
    "reset_password",
    "set_active",
    "set_preferences",
    "synchronise_roles",
]

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
SUPER = "super_administrator"
NO_MAIL = "no-mail.invalid"  # FAB wants an address of everybody; nothing is ever sent to this one


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """All that others decide about a person; *roles* are keys of `ROLES`."""

    username: str
    last_name: str
    first_name: str
    place: str
    roles: frozenset[str]
    email: str = ""
    active: bool = True


def create_person(
    details: PersonDetails, password: NewPassword, *, actor: Actor, must_change: bool = True
) -> User:
    """Enter somebody, with an initial password to be changed before anything else opens.

    *must_change* is False only for accounts that show the product.  `Forbidden` for a place or
    a role that *actor* may not give, `Invalid` for anything else that is wrong.
    """
    person = User(password=password.hash, initial_password_hash=password.hash)
    person.must_change_password = must_change
    _write(person, details, actor)
    db.session.add(person)
    record("person:create", person, actor=actor, place=details.place, details=_facts(person))
    return person


def change_person(person: User, details: PersonDetails, *, actor: Actor) -> User:
    """Change what is known of somebody; whoever is no longer active is out at once."""
    guard_person(person, actor=actor)
    before = _facts(person)
    _write(person, details, actor)
    _keep_a_super_administrator(person, before)
    after = _facts(person)
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    record("person:change", person, actor=actor, place=details.place, changes=changes)
    return person


def set_active(person: User, *, active: bool, actor: Actor) -> None:
    """Let somebody log in, or no longer; whoever is not active is out at once."""
    guard_person(person, actor=actor)
    before = _facts(person)
    person.active = active
    _keep_a_super_administrator(person, before)
    if before["active"] != active:
        changes = {"active": [before["active"], active]}
        record("person:change", person, actor=actor, place=person.place or "", changes=changes)


def reset_password(person: User, password: NewPassword, *, actor: Actor) -> None:
    """Issue a new initial password; all sessions and tokens of *person* end."""
    guard_person(person, actor=actor)
    person.password = person.initial_password_hash = password.hash
    person.must_change_password = True
    person.password_changed_at = now()
    record("person:reset_password", person, actor=actor, place=person.place or "")


def change_own_password(person: User, password: NewPassword, *, actor: Actor) -> None:
    """Change one's own password; all other sessions and tokens end."""
    if actor.id != person.id:
        raise Forbidden(_("Only its owner changes a password."))
    if person.place is None:
        raise Forbidden(_("You have not been given a place yet; ask who looks after the accounts."))
    locked = select(User.password).where(User.id == person.id).with_for_update()
    if password.instead_of is None or password.instead_of != db.session.scalar(locked):
        raise Conflict(_("Someone else has just changed this; reload and look again."))
    person.password = password.hash
    person.must_change_password = False
    person.password_changed_at = now()
    record("person:change_password", person, actor=actor, place=person.place)


def set_preferences(person: User, settings: Mapping[str, str], *, actor: Actor) -> None:
    """Keep how a person wants the screen; an empty value forgets a setting."""
    if actor.id != person.id:
        raise Forbidden(_("Only its owner changes a setting."))
    kept = dict(person.preferences or {})
    for name, value in settings.items():
        kept = with_preference(kept, name, value)
    person.preferences = kept


def add_place(
    person: User,
    place: str,
    reason: WhyAdded,
    starts_on: date,
    ends_on: date | None,
    *,
    actor: Actor,
) -> AddedPlace:
    """Let *person* stand at a further place from *starts_on* to *ends_on*, both included.

    A deputy stands at the tier of the absent colleague: never higher than the own place, or
    a county reviewer would decide for the league.
    """
    guard_person(person, actor=actor)
    _check_place(place, actor, "place")
    if tier_of(place) < tier_of(person.place):
        _refuse("place", _("A further place does not lie higher than the person's own."))
    if ends_on is not None and ends_on < starts_on:
        _refuse("ends_on", _("The last day lies before the first."))
    others = {
        one.place for one in person.added_places if one.ends_on is None or one.ends_on >= starts_on
    }
    if len(others | {person.place, place}) > MOST_ROOTS:
        _refuse("place", _("A person can stand at no more places."))
    added = AddedPlace(place=place, reason=reason, starts_on=starts_on, ends_on=ends_on)
    person.added_places.append(added)
    record(
        "person:add_place",
        person,
        actor=actor,
        place=person.place,
        added=place,
        reason=reason,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    return added


def end_place(person: User, added_id: int, ends_on: date, *, actor: Actor) -> AddedPlace:
    """Let *person* stand at a further place no longer than *ends_on*."""
    guard_person(person, actor=actor)
    for added in person.added_places:
        if added.id == added_id:
            before, added.ends_on = added.ends_on, ends_on
            record(
                "person:end_place",
                person,
                actor=actor,
                place=person.place,
                added=added.place,
                ends_on=[before, ends_on],
            )
            return added
    raise NotFound(_("There is no such record."))


def guard_person(person: User, *, actor: Actor) -> None:
    """Refuse to touch somebody outside one's area, or who holds what one may not hand out."""
    if not actor.scope.admits(person.place or ""):
        raise Forbidden(_("This person lies outside your area."))
    if not role_keys_of(person.id) <= may_hand_out(actor):
        raise Forbidden(_("You may not look after somebody with this role."))


def _write(person: User, details: PersonDetails, actor: Actor) -> None:
    details = _tidied(details)
    _check_place(details.place, actor, "place")
    _check_roles(details, actor)
    _check_names(details)
    _check_unique(details, person.id)
    person.roles = list(db.session.scalars(select(Role).where(Role.name.in_(details.roles))))
    person.username, person.email = details.username, details.email
    person.last_name, person.first_name = details.last_name, details.first_name
    person.place, person.active = details.place, details.active


def _tidied(details: PersonDetails) -> PersonDetails:
    username = details.username.strip().lower()
    email = details.email.strip().lower() or f"{username}@{NO_MAIL}"
    first, last = details.first_name.strip(), details.last_name.strip()
    return PersonDetails(
        username, last, first, details.place, frozenset(details.roles), email, details.active
    )


def _check_place(place: str, actor: Actor, where: str) -> None:
    """A node of the tree in *actor*'s area; or an enterprise in it, whose registry lies above."""
    node = county_of(place) if place.count("/") == Tier.ENTERPRISE else place
    right = place == path_asked(place)
    exists = right and (node == "" or db.session.get(Region, node) is not None)
    if not exists or not actor.scope.admits(place):
        _refuse(where, _("Choose a place of your area."))


def _check_roles(details: PersonDetails, actor: Actor) -> None:
    if not details.roles or not details.roles <= ROLES.keys():
        _refuse("roles", _("Choose a role."))
    if not details.roles <= may_hand_out(actor):
        raise Forbidden(_("You may not hand out this role."))
    if any(tier_of(details.place) not in ROLES[key].tiers for key in details.roles):
        _refuse("roles", _("This role does not belong at that place."))


def _check_names(details: PersonDetails) -> None:
    if not USERNAME.fullmatch(details.username):
        _refuse("username", _("A user name has 3 to 64 small letters, digits, dots or dashes."))
    for name, value in (("last_name", details.last_name), ("first_name", details.first_name)):
        if not 0 < len(value) <= 64:
            _refuse(name, _("Give the name, in at most 64 characters."))
    if not EMAIL.fullmatch(details.email) or len(details.email) > 320:
        _refuse("email", _("This is no e-mail address."))


def _check_unique(details: PersonDetails, own_id: int | None) -> None:
    """Names are one for all areas; what is refused does not tell whose name it is."""
    same = or_(func.lower(User.username) == details.username, User.email == details.email)
    query = select(User.id).where(same, User.id != (own_id or 0))
    with db.session.no_autoflush:
        if db.session.scalar(query.limit(1)) is not None:
            _refuse("username", _("This user name or e-mail address cannot be used."))


def _keep_a_super_administrator(person: User, before: dict[str, Any]) -> None:
    """Nobody could let one in again."""
    if SUPER not in before["roles"] or not before["active"]:
        return
    if person.active and SUPER in (role.name for role in person.roles):
        return
    query = select(User.id).where(
        User.active, User.id != person.id, User.roles.any(Role.name == SUPER)
    )
    with db.session.no_autoflush:
        if db.session.scalar(query.limit(1)) is None:
            raise Conflict(_("This is the last super administrator."))


def _facts(person: User) -> dict[str, Any]:
    return {
        "username": person.username,
        "name": person.get_full_name(),
        "email": person.email,
        "place": person.place,
        "roles": sorted(role.name for role in person.roles),
        "active": bool(person.active),
    }


def _refuse(where: str, text: str) -> None:
    raise Invalid(text, [Problem(where, text)])
