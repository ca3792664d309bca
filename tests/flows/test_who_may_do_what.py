"""Actors x states over HTTP: at every step everybody but the one whose turn it is is refused."""

from datetime import date

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select

from app.accounts.models import AddedPlace, WhyAdded
from app.audit.models import AuditEntry
from app.core.db import db
from app.core.unit import unit_of_work
from app.regions.models import Region
from app.regions.scope import Tier
from app.review.models import Decision
from app.review.workflow import Action, Route, State, holder, path_of
from tests.flows.test_quarterly_filing import REASON, STORIES
from tests.world import COUNTY, LEAGUE, PEOPLE

ACTIONS = ("submit", "withdraw", "approve", "return", "rollback")
BY_TIER = {Tier.COUNTY: "county", Tier.LEAGUE: "league", Tier.REGION: "region"}


def allowed(route, state, confirmer):
    """Who may do what at *state*: the one line of the table, as user names."""
    if state.is_open:
        return {(confirmer, "submit")}
    if state.is_final:
        return {("super", "rollback")}
    mine = BY_TIER[holder(route, state)]
    found = {(mine, "approve"), (mine, "return")}
    return found | ({(confirmer, "withdraw")} if state is State.SUBMITTED else set())


def everything(world, filing):
    with world.seen_from():
        review = world.review_of(filing)
        counts = [db.session.scalar(select(func.count(t.id))) for t in (Decision, AuditEntry)]
        return review.state, review.version, review.route, *counts


@pytest.mark.parametrize("route", Route)
def test_everybody_else_is_refused_at_every_step(world, route):
    confirmer, county_reviews, approvers, _back = STORIES[route]
    with world.seen_from(), unit_of_work():
        db.session.get(Region, LEAGUE).county_review = county_reviews
    filing = world.filled(confirmer)
    world.ready(confirmer, filing)
    with world.seen_from():
        review = world.review_of(filing).id
    clients = {name: world.client(name) for name in PEOPLE}
    way = [State.DRAFT, *path_of(route)]
    for state, next_actor in zip(way, [confirmer, *approvers, None], strict=True):
        before = everything(world, filing)
        assert before[0] is state
        may = allowed(route, state, confirmer)
        for name, client in clients.items():
            for action in ACTIONS:
                if (name, action) not in may:
                    answer = client.post(f"/reviews/{review}/{action}", data={"reason": REASON})
                    assert answer.status_code in (403, 404, 409), (name, action, state)
        assert everything(world, filing) == before
        if next_actor:
            action = "submit" if state is State.DRAFT else "approve"
            clients[next_actor].post(f"/reviews/{review}/{action}")


def test_who_has_no_right_to_confirm_fills_but_does_not_submit(world):
    filing = world.filled()
    world.ready("confirmer", filing)
    with world.seen_from():
        review = world.review_of(filing).id
    assert world.client("filler").post(f"/reviews/{review}/submit").status_code == 403
    assert world.client("confirmer").post(f"/reviews/{review}/submit").status_code == 302


def test_the_same_account_does_not_act_for_two_tiers(world):
    """A league administrator who stands in for the county does not also decide for the league."""
    with world.seen_from(), unit_of_work():
        deputy = db.session.scalars(select(User).where(User.username == "league")).one()
        db.session.add(
            AddedPlace(
                person_id=deputy.id,
                place=COUNTY,
                reason=WhyAdded.DEPUTY,
                starts_on=date(2020, 1, 1),
            )
        )
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        review = world.review_of(filing).id
    league = world.client("league")
    assert league.post(f"/reviews/{review}/approve").status_code == 302  # for the county
    before = everything(world, filing)
    assert before[0] is State.COUNTY_APPROVED
    assert league.post(f"/reviews/{review}/approve").status_code == 403
    assert everything(world, filing) == before
