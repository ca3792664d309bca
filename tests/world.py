"""A small world to test in: two leagues, three counties, four enterprises, people of each role."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import User
from flask_jwt_extended import create_access_token
from sqlalchemy import select
from werkzeug.security import generate_password_hash

from app import create_app
from app.accounts.models import actor_of
from app.accounts.operations import synchronise_roles
from app.audit.actor import SYSTEM, Actor
from app.core import clock
from app.core.credit_code import check_character
from app.core.db import db
from app.core.period import Quarter
from app.core.unit import unit_of_work
from app.enterprises.models import (
    EnergyLevel,
    Enterprise,
    EnterpriseClass,
    LevelSource,
    StopReason,
)
from app.enterprises.operations import register, set_level
from app.enterprises.start_stop import changes_of, stop_in
from app.enterprises.switching import Switches, Upload, switch
from app.filings.effects import last_final
from app.filings.models import Filing, ReportingPeriod
from app.filings.operations import fill_sheets, open_filing
from app.filings.queries import find_filing, working_figures
from app.regions.scope import EVERYWHERE, RegionScope, look_from
from app.review.models import Review
from app.review.operations import decide
from app.review.workflow import Action
from app.upkeep.reference import load_reference_data
from app.upkeep.schema import migrate_to_head
from tests.databases import Database, Told
from tests.readiness import following, make_ready
from tests.samples import SHEET_ROWS

REGION = "150000/"
LEAGUE, OTHER_LEAGUE = "150000/150200/", "150000/150300/"
COUNTY, NEXT_COUNTY = "150000/150200/150221/", "150000/150200/150222/"
OTHER_COUNTY = "150000/150300/150302/"
QUARTER = Quarter(2026, 1)
PASSWORD = "Correct-Horse-7"
APPLICATION = Upload("application.pdf", "application/pdf", 8, "ab" * 32)  # as if it were stored
PERIODS = [Quarter(year, quarter) for year in (2024, 2025, 2026) for quarter in (1, 2, 3, 4)]

ENTERPRISES = {  # name: county
    "Here": COUNTY,
    "Large": COUNTY,
    "Next": NEXT_COUNTY,
    "There": OTHER_COUNTY,
}
PEOPLE = {  # user name: role, place ("Here" is the place of that enterprise)
    "super": ("super_administrator", ""),
    "region": ("region_reviewer", REGION),
    "league": ("league_administrator", LEAGUE),
    "county": ("county_reviewer", COUNTY),
    "staff": ("inspection_staff", LEAGUE),
    "filler": ("enterprise_filler", "Here"),
    "confirmer": ("enterprise_confirmer", "Here"),
    "large_confirmer": ("enterprise_confirmer", "Large"),
    "next_confirmer": ("enterprise_confirmer", "Next"),
    "observer": ("observer", LEAGUE),
    "other_league": ("league_administrator", OTHER_LEAGUE),
    "other_county": ("county_reviewer", OTHER_COUNTY),
    "other_confirmer": ("enterprise_confirmer", "There"),
    "other_observer": ("observer", OTHER_LEAGUE),
}


def make_app(url: str, uploads: Path, **overrides: Any) -> Flask:
    settings = {
        "TESTING": True,
        "SECRET_KEY": "only for tests " * 3,
        "SQLALCHEMY_DATABASE_URI": url,
        "UPLOAD_FOLDER": str(uploads),
        "WTF_CSRF_ENABLED": False,
        "BABEL_DEFAULT_LOCALE": "en",
        "FAB_PASSWORD_HASH_METHOD": "pbkdf2:sha256:1",
        "AUTH_DB_FAKE_PASSWORD_HASH_CHECK": generate_password_hash("x", "pbkdf2:sha256:1"),
        "DEMO": False,
        "HUEY_URL": "memory://",
    }
    return create_app(**{**settings, **overrides})


def settle(app: Flask) -> None:
    """Migrate the empty database and let the world move in."""
    with app.app_context():
        migrate_to_head()
        look_from(db.session, EVERYWHERE)
        with unit_of_work():
            synchronise_roles(app.appbuilder)
            load_reference_data()
            db.session.add_all(_period(quarter) for quarter in PERIODS)
            db.session.flush()
            for number, (name, county) in enumerate(ENTERPRISES.items()):
                enterprise = register(_enterprise(name, number), county, actor=SYSTEM)
                if name == "Large":
                    set_level(
                        enterprise,
                        2024,
                        EnergyLevel.GE_500K,
                        actor=SYSTEM,
                        source=LevelSource.FIGURES,
                    )
            db.session.flush()
            places = {e.name: e.place for e in db.session.scalars(select(Enterprise))}
            for name, (role, place) in PEOPLE.items():
                db.session.add(_person(app, name, role, places.get(place, place)))


def _period(quarter: Quarter) -> ReportingPeriod:
    return ReportingPeriod(
        year=quarter.year,
        quarter=quarter.quarter,
        open_on=date(2024, 1, 1),
        due_on=date(2099, 12, 31),
    )


def _enterprise(name: str, number: int) -> Enterprise:
    body = f"91150200MA0{number:05d}X"
    return Enterprise(
        name=name,
        short_name="",
        credit_code=body + check_character(body),
        industry_code="26",
        enterprise_class=EnterpriseClass.TEN_THOUSAND,
    )


def _person(app: Flask, name: str, role: str, place: str) -> User:
    user = User(
        username=name,
        first_name=name.title(),
        last_name="Tester",
        email=f"{name}@example.test",
        active=True,
        password=generate_password_hash(PASSWORD, "pbkdf2:sha256:1"),
        roles=[app.appbuilder.sm.find_role(role)],
    )
    user.place = place
    return user


class World:
    """What tests ask of the world; every method opens its own application context."""

    def __init__(self, app: Flask, database: Database | None = None) -> None:
        self.app, self.database = app, database

    def told(self, chapter: object, do: Callable[[], Told]) -> Told:
        """Let *do* happen, which *chapter* names; what has been told before is not reckoned anew.

        It returns plain values, and rests on nothing but the database and what *chapter* names.
        """
        if self.database is None or clock.datetime is not datetime:  # the clock of the test
            return do()
        return self.database.tell(self.app, chapter, do)

    @contextmanager
    def seen_from(self, place: str | None = None) -> Iterator[None]:
        """A session that stands at *place*; None: one that sees everything."""
        with self.app.app_context():
            look_from(db.session, EVERYWHERE if place is None else RegionScope.of(place))
            yield

    @contextmanager
    def acting(self, name: str) -> Iterator[Actor]:
        """A unit of work of the person *name*, who is handed over as the actor."""
        with self.seen_from():
            actor = self.actor(name)
            look_from(db.session, actor.scope)
            with unit_of_work():
                yield actor

    def actor(self, name: str) -> Actor:
        return actor_of(db.session.scalars(select(User).where(User.username == name)).one())

    def client(self, name: str | None = None) -> FlaskClient:
        """A browser in which the person *name* is logged in."""
        client = self.app.test_client()
        if name is not None:
            with self.seen_from():
                key = db.session.scalars(select(User).where(User.username == name)).one().get_id()
            with client.session_transaction() as session:
                session["_user_id"], session["_fresh"] = key, True
        return client

    def token(self, name: str) -> dict[str, str]:
        """The headers of a program that has logged in as *name*."""
        with self.seen_from():
            user = db.session.scalars(select(User).where(User.username == name)).one()
            return {"Authorization": f"Bearer {create_access_token(str(user.id))}"}

    def enterprise(self, name: str = "Here") -> Enterprise:
        return db.session.scalars(select(Enterprise).where(Enterprise.name == name)).one()

    def filing(self, name: str = "Here", period: Quarter = QUARTER) -> Filing:
        filing = find_filing(self.enterprise(name).id, period)
        assert filing is not None
        return filing

    def filled(self, confirmer: str = "confirmer", period: Quarter = QUARTER) -> int:
        """A filing with the example's figures, ready to be submitted; returns its number."""

        def fill_in() -> int:
            with self.acting(confirmer) as actor:
                place = actor.scope.roots[0]
                enterprise = db.session.scalars(
                    select(Enterprise).where(Enterprise.place == place)
                ).one()
                filing = open_filing(enterprise, period, actor=actor)
                fill_sheets(filing, following(SHEET_ROWS, working_figures(filing)), actor=actor)
                return filing.id

        return self.told(("filled", confirmer, str(period)), fill_in)

    def ready(self, confirmer: str, filing_id: int) -> None:
        """Files attached and warnings explained, as the figures are now."""

        def get_ready() -> None:
            with self.acting(confirmer) as actor:
                make_ready(db.session.get_one(Filing, filing_id), actor)

        self.told(("ready", confirmer, filing_id), get_ready)

    def act(
        self, name: str, action: Action, filing_id: int, reason: str = "", *, as_is: bool = False
    ) -> None:
        """Let the person *name* take *action*; who submits has it ready, but *as_is*."""
        if action is Action.SUBMIT and not as_is:
            self.ready(name, filing_id)

        def take() -> None:
            with self.acting(name) as actor:
                filing = db.session.get(Filing, filing_id)
                assert filing is not None
                decide(filing.review, action, actor=actor, reason=reason)

        self.told(("act", name, action.value, filing_id, reason), take)

    def stop(
        self,
        name: str = "Here",
        effective: Quarter = QUARTER,
        reason: StopReason = StopReason.STOPPED,
        *,
        by: str = "league",
    ) -> None:
        """Let the league stop the enterprise *name*, from *effective* on."""
        self.switch(name, by, effective, enabled=False, stop_reason=reason, files=[APPLICATION])

    def switch(
        self, name: str, by: str = "league", effective: Quarter = QUARTER, **wanted: Any
    ) -> None:
        """Set the switches of the enterprise *name*; what is not said stays as it is."""
        with self.acting(by) as actor:
            enterprise = self.enterprise(name)
            changes = changes_of(enterprise)
            now = {
                "enabled": stop_in(enterprise.id, effective) is None,
                "in_statistics": enterprise.in_statistics,
                "stop_reason": None,
                "description": "by the application of the enterprise",
            }
            switches = Switches(effective=effective, **{**now, **wanted})
            shown = changes[0].number if changes else 0
            last = last_final(enterprise)
            switch(enterprise, switches, actor=actor, shown=shown, last_final=last)

    def review_of(self, filing_id: int) -> Review:
        filing = db.session.get(Filing, filing_id)
        assert filing is not None
        return filing.review
