"""People made for a test: by the operation that makes them in life."""

from app.accounts.operations import PersonDetails, create_person
from app.accounts.passwords import NewPassword, new_password
from app.audit.actor import SYSTEM, Actor
from app.core.unit import unit_of_work

INITIAL = "Initial-Pass-1"
OWN = "Own-Password-2"
FAST = "pbkdf2:sha256:1"


def details(username="wang.fang", role="observer", place="150000/150200/", **more) -> PersonDetails:
    names = {"last_name": "王", "first_name": "芳", **more}
    return PersonDetails(username=username, roles=frozenset({role}), place=place, **names)


def issued(password: str = INITIAL) -> NewPassword:
    return new_password(password, method=FAST)


def enter(world, who: PersonDetails, *, actor: Actor = SYSTEM, must_change: bool = False) -> int:
    """Enter a person whose password is `INITIAL`; returns the number."""
    with world.seen_from(), unit_of_work():
        person = create_person(who, issued(), actor=actor, must_change=must_change)
        return person.id
