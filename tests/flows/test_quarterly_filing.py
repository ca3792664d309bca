"""The main job: one filing from the enterprise to final approval, on each of the four routes."""

import pytest

from app.core.db import db
from app.core.unit import unit_of_work
from app.filings.queries import versions_of
from app.regions.models import Region
from app.review.queries import decisions_of
from app.review.workflow import Route, State
from app.upkeep.verify import everything_wrong
from tests.world import LEAGUE

REASON = "Row 04 does not match the invoice; please check."

# route: who confirms, whether the county reviews, who approves in order, where rollback leads
STORIES = {
    Route.A1: ("large_confirmer", True, ("county", "league", "region"), State.LEAGUE_APPROVED),
    Route.A2: ("large_confirmer", False, ("league", "region"), State.LEAGUE_APPROVED),
    Route.B1: ("confirmer", True, ("county", "league"), State.COUNTY_APPROVED),
    Route.B2: ("confirmer", False, ("league",), State.SUBMITTED),
}


def state_of(world, filing_id):
    with world.seen_from():
        return world.review_of(filing_id).state


def switch(world, on):
    with world.seen_from(), unit_of_work():
        db.session.get(Region, LEAGUE).county_review = on


def post(world, who, review_id, action, reason=""):
    return world.client(who).post(f"/reviews/{review_id}/{action}", data={"reason": reason})


@pytest.mark.parametrize("route", Route)
def test_a_filing_climbs_its_route_and_is_rolled_back(world, route):
    confirmer, county_reviews, approvers, after_rollback = STORIES[route]
    switch(world, county_reviews)
    filing = world.filled(confirmer)
    with world.seen_from():
        review = world.review_of(filing).id

    world.ready(confirmer, filing)
    assert post(world, confirmer, review, "submit").status_code == 302
    assert state_of(world, filing) is State.SUBMITTED
    for approver in approvers:
        assert post(world, approver, review, "approve").status_code == 302, approver
    final = State.REGION_FINAL if route.is_large else State.LEAGUE_FINAL
    assert state_of(world, filing) is final
    assert post(world, approvers[-1], review, "approve").status_code == 409

    assert post(world, "super", review, "rollback").status_code == 422  # without a reason
    assert post(world, "super", review, "rollback", "asked for by the league").status_code == 302
    assert state_of(world, filing) is after_rollback
    assert post(world, "super", review, "rollback", "once more").status_code == 409

    assert post(world, approvers[-1], review, "return", "short").status_code == 422
    assert post(world, approvers[-1], review, "return", REASON).status_code == 302
    assert state_of(world, filing) is State.RETURNED
    world.ready(confirmer, filing)
    assert post(world, confirmer, review, "submit").status_code == 302
    with world.seen_from():
        found = world.review_of(filing)
        assert found.route is route
        assert [v.number for v in versions_of(world.filing(_name(confirmer)))] == [2, 1]
        ledger = [(d.action.value, d.end) for d in decisions_of(found)]
        assert ledger[0] == ("submit", State.SUBMITTED)
        assert ledger[-2:] == [("return", State.RETURNED), ("submit", State.SUBMITTED)]
        assert everything_wrong() == []


def _name(confirmer):
    return "Large" if confirmer.startswith("large") else "Here"
