"""The accounts of the demonstration: one password, one person per role and place."""

import random
from dataclasses import asdict, dataclass

from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import insert, select
from werkzeug.security import generate_password_hash

from app.core.clock import PLACE_TIME, now
from app.core.db import db
from app.regions.models import Region
from app.regions.scope import Tier
from app.upkeep.demonstration.names import person_name

PASSWORD = "Tumen-Demo-2026"  # noqa: S105  the demonstration serves this machine only
NEWCOMER = "newcomer"  # has to change the password first, to show it


@dataclass(frozen=True, slots=True)
class Account:
    """A line of ``instance/demo-accounts.json``; `place` is the path."""

    username: str
    password: str
    role: str
    place: str
    name: str


def accounts(regions: list[Region], enterprises: list[tuple[str, str]]) -> list[Account]:
    """Who there is: *enterprises* are (registry number, place)."""
    rng = random.Random(20260701)  # noqa: S311  the same people every time
    made: list[Account] = []

    def add(username: str, role: str, place: str) -> None:
        made.append(Account(username, PASSWORD, role, place, "".join(person_name(rng))))

    add("super", "super_administrator", "")
    for region in regions:
        if region.tier is Tier.REGION:
            add("region", "region_reviewer", region.path)
            add("observer", "observer", region.path)
        elif region.tier is Tier.LEAGUE:
            add(f"league_{region.code}", "league_administrator", region.path)
            add(f"staff_{region.code}", "inspection_staff", region.path)
            add(f"observer_{region.code}", "observer", region.path)
        elif region.active:
            add(f"county_{region.code}", "county_reviewer", region.path)
    for number, place in enterprises:
        add(f"filler_{number}", "enterprise_filler", place)
        add(f"confirmer_{number}", "enterprise_confirmer", place)
    league = next(r for r in regions if r.tier is Tier.LEAGUE)
    add(NEWCOMER, "league_administrator", league.path)
    return made


def write_people(made: list[Account]) -> dict[str, tuple[int, str]]:
    """Insert the people; returns number and name by user name."""
    kept = generate_password_hash(PASSWORD, "scrypt")
    roles = {role.name: role.id for role in db.session.scalars(select(Role))}
    since = now().astimezone(PLACE_TIME).replace(tzinfo=None)
    rows = [
        {
            "username": account.username,
            "first_name": account.name[1:],
            "last_name": account.name[:1],
            "email": f"{account.username}@example.invalid",
            "active": True,
            "password": kept,
            "place": account.place,
            "must_change_password": account.username == NEWCOMER,
            "initial_password_hash": kept if account.username == NEWCOMER else None,
            "created_on": since,
            "changed_on": since,
        }
        for account in made
    ]
    db.session.execute(insert(User), rows)
    found = db.session.execute(select(User.username, User.id))
    numbers = {row.username: row.id for row in found}
    holds = User.__table__.metadata.tables["ab_user_role"]
    db.session.execute(
        insert(holds),
        [{"user_id": numbers[a.username], "role_id": roles[a.role]} for a in made],
    )
    return {a.username: (numbers[a.username], a.name) for a in made}


def as_rows(made: list[Account]) -> list[dict[str, str]]:
    return [asdict(account) for account in made]
