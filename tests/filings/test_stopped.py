"""Filings of an enterprise that is stopped: question 17 in every state, and classified figures."""

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.period import Quarter
from app.enterprises.models import StopReason
from app.filings.operations import fill_sheet
from app.regions.scope import RegionScope
from app.reports.progress import progress
from app.review.workflow import Action, State
from tests.samples import SHEET_ROWS
from tests.world import COUNTY, LEAGUE, QUARTER

REASON = "The enterprise has been stopped."
STEPS = {  # how a filing of Here comes to stand there: county, then league
    State.DRAFT: (),
    State.SUBMITTED: (("confirmer", Action.SUBMIT),),
    State.COUNTY_APPROVED: (("confirmer", Action.SUBMIT), ("county", Action.APPROVE)),
    State.RETURNED: (("confirmer", Action.SUBMIT), ("county", Action.RETURN)),
}


def standing_at(world, state):
    filing = world.filled()
    for who, action in STEPS[state]:
        world.act(who, action, filing, "a reason of ten characters")
    return filing


def state_of(world, filing):
    with world.seen_from():
        return world.review_of(filing).state


@pytest.mark.parametrize("state", [State.DRAFT, State.RETURNED])
def test_what_the_enterprise_holds_is_locked(world, state):
    filing = standing_at(world, state)
    world.stop()
    with world.acting("confirmer") as actor, pytest.raises(Conflict, match="stopped"):
        fill_sheet(world.filing(), "S2", SHEET_ROWS["S2"], actor=actor)
    with pytest.raises(Invalid) as refusal:
        world.act("confirmer", Action.SUBMIT, filing)
    assert "stopped" in str(refusal.value.details[0])
    assert state_of(world, filing) is state
    page = world.client("confirmer").get(f"/filings/{filing}").text
    assert "stopped: Out of production" in page


def test_no_page_offers_to_fill_in_what_is_locked(world):
    """A page that was open already is told that it is closed, so that it does not try again."""
    filing = world.filled()
    world.stop()
    client = world.client("confirmer")
    sheet = f"/filings/{filing}/sheets/S2"
    assert "data-save" not in client.get(sheet).text
    assert "Look it through" not in client.get(f"/filings/{filing}/workbook").text
    answer = client.post(f"{sheet}/save", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["open"]) == (409, False)
    assert "stopped" in answer.json["message"]


@pytest.mark.parametrize("state", [State.DRAFT, State.RETURNED])
def test_it_counts_no_longer_as_late_and_goes_on_after_a_restart(world, state):
    filing = standing_at(world, state)

    def expected():
        with world.seen_from():
            [line] = [
                one for one in progress(QUARTER, RegionScope.of(LEAGUE)) if one.place == COUNTY
            ]
            return line.expected

    assert expected() == 2
    world.stop()
    assert expected() == 1
    late = world.client("county").get("/late/list/?period=2026Q1").text.partition("<tbody")[2]
    assert ">Here<" not in late
    world.switch("Here", enabled=True)
    assert expected() == 2
    world.act("confirmer", Action.SUBMIT, filing)
    assert state_of(world, filing) is State.SUBMITTED


@pytest.mark.parametrize("state", [State.SUBMITTED, State.COUNTY_APPROVED])
def test_what_is_in_review_may_be_finished(world, state):
    filing = standing_at(world, state)
    world.stop()
    if state is State.SUBMITTED:
        world.act("county", Action.APPROVE, filing)
    world.act("league", Action.APPROVE, filing)
    assert state_of(world, filing) is State.LEAGUE_FINAL


@pytest.mark.parametrize("state", [State.SUBMITTED, State.COUNTY_APPROVED])
def test_or_its_league_closes_it_with_a_reason(world, state):
    filing = standing_at(world, state)
    with pytest.raises(Invalid):  # not while the enterprise is in use
        world.act("league", Action.CLOSE, filing, REASON)
    world.stop()
    with pytest.raises(Invalid):
        world.act("league", Action.CLOSE, filing, "short")
    for who in ("county", "region", "confirmer", "super"):
        with pytest.raises(Forbidden):
            world.act(who, Action.CLOSE, filing, REASON)
    assert state_of(world, filing) is state
    world.act("league", Action.CLOSE, filing, REASON)
    assert state_of(world, filing) is State.CLOSED
    with pytest.raises((Conflict, Forbidden)):
        world.act("league", Action.APPROVE, filing)
    world.switch("Here", enabled=True)
    world.act("league", Action.RETURN, filing, "in use again, please file")
    world.act("confirmer", Action.SUBMIT, filing)
    assert state_of(world, filing) is State.SUBMITTED


def test_the_button_to_close_is_there_only_when_it_is_stopped(world):
    filing = standing_at(world, State.COUNTY_APPROVED)
    with world.seen_from():
        review = world.review_of(filing).id
    client = world.client("league")
    assert f"/reviews/{review}/close" not in client.get(f"/reviews/{review}").text
    world.stop()
    assert f"/reviews/{review}/close" in client.get(f"/reviews/{review}").text
    data = {"reason": REASON}
    assert client.post(f"/reviews/{review}/close", data=data).status_code == 302
    assert state_of(world, filing) is State.CLOSED


def test_a_final_one_stays_and_later_quarters_are_not_opened(world):
    filing = standing_at(world, State.COUNTY_APPROVED)
    world.act("league", Action.APPROVE, filing)
    world.stop(effective=Quarter(2026, 2))
    assert state_of(world, filing) is State.LEAGUE_FINAL
    with pytest.raises(Conflict, match="Out of production"):
        world.filled(period=Quarter(2026, 2))


FIGURE = "225,209.77"  # comprehensive energy of the example


def test_classified_figures_are_seen_by_the_league_and_above_alone(world):
    filing = standing_at(world, State.COUNTY_APPROVED)
    world.act("league", Action.APPROVE, filing)
    with world.seen_from():
        review = world.review_of(filing).id
        pk = world.enterprise().id
    pages = (
        f"/filings/{filing}",
        f"/reviews/{review}",
        "/reports/status?year=2026&quarter=1&by=enterprise",
        f"/api/v1/filings/{filing}/sheets/S1",
    )
    seen = {page: FIGURE in world.client("county").get(page).text for page in pages[:3]}
    assert all(seen.values()), seen
    world.stop("Here", Quarter(2026, 2), StopReason.CLASSIFIED)
    for page in pages:
        assert FIGURE not in world.client("county").get(page).text, page
    sheets = f"/api/v1/filings/{filing}/sheets/S1"
    answer = world.app.test_client().get(sheets, headers=world.token("county"))
    assert "225209.77" not in answer.text
    for who in ("league", "region", "super", "observer", "confirmer"):
        assert FIGURE in world.client(who).get(f"/filings/{filing}").text, who
    assert (
        FIGURE
        in world.client("league").get("/reports/status?year=2026&quarter=1&by=enterprise").text
    )
    # the name stays on the list of the county; its figures do not
    assert "Here" in world.client("county").get("/enterprises/list/").text
    assert world.client("county").get(f"/enterprises/show/{pk}").status_code == 200
    world.switch("Here", effective=Quarter(2026, 2), enabled=True)
    assert FIGURE in world.client("county").get(f"/filings/{filing}").text


def test_targets_of_a_classified_enterprise_are_hidden_too(world):
    from tests.targets.setting import set_plan, set_year  # noqa: PLC0415

    plan, year = set_plan(world), set_year(world)

    def journal():
        return world.client("observer").get("/journal/list/").text.partition("<tbody")[2]

    with world.acting("super"):
        person = db.session.scalars(select(User).where(User.username == "observer")).one()
        person.place = COUNTY
    assert "Five-year target: Set" in journal()
    pages = (
        "/plan-targets/list/",
        "/annual-targets/list/",
        f"/plan-targets/{plan}",
        f"/annual-targets/{year}",
        "/plan-targets/list.xlsx",
    )
    assert ">Here<" in world.client("county").get(pages[0]).text
    world.stop("Here", Quarter(2026, 2), StopReason.CLASSIFIED)
    for page in pages[:2]:
        assert ">Here<" not in world.client("county").get(page).text.partition("<tbody")[2]
    assert "Five-year target: Set" not in journal()
    for page in pages[2:4]:
        assert world.client("county").get(page).status_code == 404
        assert world.client("league").get(page).status_code == 200
