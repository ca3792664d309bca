"""Who is told of which step: the table of `app.review.telling`, walked on every route."""

import pytest

from app.enterprises.models import StopReason
from app.notices.models import NoticeKind
from app.review.telling import TOLD
from app.review.workflow import Action, Route
from tests.notices.telling import everybody_told, kinds_of, notices_of
from tests.world import LEAGUE, QUARTER

CAME, RETURNED, FINAL = NoticeKind.CAME_TO_YOU, NoticeKind.RETURNED, NoticeKind.FINALLY_APPROVED
BACK = "The electricity bill is missing."
ON_A1 = ["county", "league", "region"]  # who approves, one after the other


@pytest.fixture
def county_off(world):
    switch(world, on=False)


def switch(world, *, on):
    from_league = world.client("league")
    answer = from_league.post(
        f"/regions/{LEAGUE.split('/')[1]}/county-review",
        data={"county_review": "on" if on else "off"},
    )
    assert answer.status_code == 302


def submitted(world, confirmer="large_confirmer"):
    filing = world.filled(confirmer)
    world.act(confirmer, Action.SUBMIT, filing)
    return filing


def route(world, filing):
    with world.seen_from():
        return world.review_of(filing).route


def test_every_action_is_in_the_table_or_told_to_nobody():
    assert set(Action) - set(TOLD) == {Action.IMPORT}


def test_a_large_filing_comes_to_one_tier_after_the_other(world):
    filing = submitted(world)
    assert everybody_told(world) == {CAME: {"county"}}
    world.act("county", Action.APPROVE, filing)
    assert everybody_told(world) == {CAME: {"county", "league"}}
    world.act("league", Action.APPROVE, filing)
    assert everybody_told(world) == {CAME: {"county", "league", "region"}}
    world.act("region", Action.APPROVE, filing)
    assert everybody_told(world) == {
        CAME: {"county", "league", "region"},
        FINAL: {"large_confirmer"},
    }
    assert notices_of(world, "large_confirmer") == [(FINAL, f"Large {QUARTER}")]


def test_a_small_filing_without_the_county_comes_to_the_league(world, county_off):
    filing = submitted(world, "confirmer")
    assert route(world, filing) is Route.B2
    assert everybody_told(world) == {CAME: {"league"}}
    world.act("league", Action.APPROVE, filing)
    assert everybody_told(world) == {CAME: {"league"}, FINAL: {"filler", "confirmer"}}


@pytest.mark.parametrize("by", [0, 1, 2])
def test_a_return_is_told_to_the_enterprise_and_to_the_tiers_between(world, by):
    filing = submitted(world)
    for name in ON_A1[:by]:
        world.act(name, Action.APPROVE, filing)
    world.act(ON_A1[by], Action.RETURN, filing, BACK)
    assert everybody_told(world)[RETURNED] == {"large_confirmer", *ON_A1[:by]}


def test_without_the_county_a_return_by_the_region_is_not_told_to_it(world, county_off):
    filing = submitted(world)
    assert route(world, filing) is Route.A2
    world.act("league", Action.APPROVE, filing)
    world.act("region", Action.RETURN, filing, BACK)
    assert everybody_told(world)[RETURNED] == {"large_confirmer", "league"}


def test_a_resubmission_is_told_anew(world):
    filing = submitted(world)
    world.act("county", Action.RETURN, filing, BACK)
    world.act("large_confirmer", Action.SUBMIT, filing)
    assert kinds_of(world, "county") == [CAME, CAME]


def test_a_withdrawal_is_told_to_whom_it_had_come(world):
    filing = submitted(world)
    world.act("large_confirmer", Action.WITHDRAW, filing)
    assert kinds_of(world, "county") == [CAME, NoticeKind.WITHDRAWN]
    assert kinds_of(world, "league") == kinds_of(world, "large_confirmer") == []


def test_a_rollback_is_told_to_all_tiers(world):
    filing = submitted(world)
    for name in ON_A1:
        world.act(name, Action.APPROVE, filing)
    world.act("super", Action.ROLLBACK, filing, BACK)
    told = everybody_told(world)[NoticeKind.ROLLED_BACK]
    assert told == {"large_confirmer", *ON_A1}


def test_what_waits_when_the_county_is_switched_off_comes_to_the_league(world):
    submitted(world, "confirmer")
    switch(world, on=False)
    # the league has done it itself, and a notice to oneself would be none
    assert kinds_of(world, "league") == []
    assert kinds_of(world, "county") == [CAME, NoticeKind.REROUTED]


def test_a_closed_filing_is_told_to_the_enterprise_and_the_tiers_that_had_it(world):
    filing = submitted(world)
    world.stop("Large", reason=StopReason.STOPPED)
    world.act("league", Action.CLOSE, filing, BACK)
    told = everybody_told(world)[NoticeKind.CLOSED]
    assert told == {"large_confirmer", "county"}


def test_what_is_refused_tells_nobody(world):
    filing = submitted(world)
    assert world.client("region").post(f"/reviews/{filing}/approve").status_code == 403
    assert world.client("county").post(f"/reviews/{filing}/return").status_code == 422
    assert everybody_told(world) == {CAME: {"county"}}


def test_the_enterprise_opens_what_was_returned(world):
    filing = submitted(world, "confirmer")
    world.act("county", Action.RETURN, filing, BACK)
    client = world.client("filler")
    assert "Returned to the enterprise" in client.get("/notices/").text
    with world.seen_from():
        review = world.review_of(filing).id
    answer = client.get("/notices/2/open", follow_redirects=True)
    assert answer.request.path == f"/reviews/{review}"
    assert BACK in answer.text


def test_a_double_click_tells_once(world):
    filing = submitted(world)
    with world.seen_from():
        version = world.review_of(filing).version
    client = world.client("county")
    codes = [
        client.post(f"/reviews/{filing}/approve", data={"version": version}).status_code
        for _twice in range(2)
    ]
    assert codes[0] == 302
    assert codes[1] in (403, 409)
    assert kinds_of(world, "league") == [CAME]
