"""Getting an installation ready to serve: schema, roles, reference data, the first account."""

import json
from pathlib import Path

from flask import Flask
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.accounts.grants import synchronise_roles
from app.accounts.operations import PersonDetails, create_person
from app.accounts.passwords import new_password, random_password
from app.audit.actor import SYSTEM
from app.core.db import db
from app.core.errors import Misconfigured
from app.core.unit import unit_of_work
from app.regions.scope import EVERYWHERE, look_from
from app.upkeep.demonstration.load import is_loaded, load_demonstration
from app.upkeep.reference import load_reference_data
from app.upkeep.schema import migrate_to_head

SHOWN = (  # one account of each role, for the terminal; all are in the file
    "super region league_150200 county_150221 staff_150200 filler_000001 confirmer_000001 "
    "observer newcomer"
).split()
FIRST = PersonDetails(
    username="super",
    last_name="管理员",
    first_name="超级",
    place="",
    roles=frozenset({"super_administrator"}),
)


def prepare(app: Flask, *, demo: bool) -> list[str]:
    """Bring the database up to date and fill what is missing; returns lines to show.

    Raises `Misconfigured` when the database cannot be reached.
    """
    with app.app_context():
        try:
            migrate_to_head()
        except OperationalError as error:
            why = str(error.orig).strip().splitlines()[0]
            raise Misconfigured(f"DATABASE_URL: the database cannot be reached ({why})") from None
        look_from(db.session, EVERYWHERE)
        with unit_of_work():
            synchronise_roles(app.appbuilder)  # type: ignore[attr-defined]
            load_reference_data()
        lines = _with_demonstration(app) if demo else _with_first_account()
        db.session.remove()
        db.engine.dispose()  # the workers open connections of their own
        return lines


def _with_demonstration(app: Flask) -> list[str]:
    file = Path(app.config["INSTANCE_FOLDER"]) / "demo-accounts.json"
    if not is_loaded():
        accounts = load_demonstration()
        file.write_text(json.dumps(accounts, ensure_ascii=False, indent=1), encoding="utf-8")
    shown = [a for a in json.loads(file.read_text(encoding="utf-8")) if a["username"] in SHOWN]
    width = max(len(a["username"]) for a in shown)
    lines = [
        f"  {a['username']:<{width}}  {a['password']}  {a['role']}  {a['place']}" for a in shown
    ]
    return ["Demonstration accounts (all of them: " + str(file) + "):", *lines]


def _with_first_account() -> list[str]:
    """On an empty database, one super administrator with a password shown this once."""
    if db.session.scalar(select(User.id).limit(1)) is not None:
        return []
    password = random_password()
    with unit_of_work():
        create_person(FIRST, new_password(password), actor=SYSTEM)
    return [f"First account: super  {password}  (shown only now; to be changed at the first login)"]
