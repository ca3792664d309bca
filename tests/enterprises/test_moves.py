"""An enterprise moves: both leagues agree, what is its own goes along, what was filed stays."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.accounts.models import scope_of_person
from app.audit.models import AuditEntry
from app.core.clock import today
from app.core.db import Model, db
from app.core.errors import Forbidden
from app.core.period import Quarter
from app.core.unit import unit_of_work
from app.enterprises.life import ChangeRequest, EnterpriseClassYear, EnterpriseMove, RequestState
from app.enterprises.models import EnergyLevel, Enterprise, EnterpriseLevel
from app.enterprises.moves import FOLLOWERS, carry_out_due, place_in
from app.enterprises.queries import level_of
from app.enterprises.start_stop import stop_in
from app.filings.models import Extension, Filing
from app.filings.operations import open_filing
from app.regions.scope import Placed, RegionScope, carrying, look_from, scope_of
from app.review.workflow import Action, State
from app.targets.models import AnnualProduct, PlanProduct
from tests.targets.setting import set_plan, set_year
from tests.world import (
    COUNTY,
    LEAGUE,
    NEXT_COUNTY,
    OTHER_COUNTY,
    OTHER_LEAGUE,
    QUARTER,
)

OLD, NEW = COUNTY + "000001/", OTHER_COUNTY + "000001/"
LARGE_OLD, LARGE_NEW = COUNTY + "000002/", OTHER_COUNTY + "000002/"
DAY = today()


def ask(world, who="league", pk=1, county=OTHER_COUNTY, day=DAY, **more):
    data = {
        "county": county,
        "effective_on": str(day),
        "reason": "The park belongs to the other city now.",
        "document": "内民政发〔2026〕3 号",
        **more,
    }
    return world.client(who).post(f"/enterprise-moves/of/{pk}", data=data)


def decide(world, what, who="other_league", pk=1, version=1, **more):
    data = {"version": version, **more}
    return world.client(who).post(f"/enterprise-moves/{pk}/{what}", data=data)


def move(world):
    with world.seen_from():
        return db.session.scalars(select(EnterpriseMove)).one_or_none()


def lies(world, pk=1):
    """Where the enterprise and all that goes with it lie."""
    with world.seen_from():
        found = {db.session.get(Enterprise, pk).place}
        for kind, of in FOLLOWERS.items():
            rows = select(kind.place).where(of(pk))
            found |= set(db.session.scalars(rows))
        return found


def test_the_giving_league_asks_and_the_receiving_one_takes(world):
    answer = ask(world, pk=2)
    assert (answer.status_code, answer.location) == (302, "/enterprise-moves/1")
    assert move(world).state is RequestState.OPEN
    assert lies(world, 2) == {LARGE_OLD}
    page = world.client("other_league").get("/enterprise-moves/1").text
    assert "Take the enterprise over" in page
    assert "000002" in page
    assert decide(world, "accept").status_code == 302
    made = move(world)
    assert (made.state, made.open_for, made.decided_by) == (
        RequestState.DONE,
        None,
        "Other_League Tester",
    )
    assert lies(world, 2) == {LARGE_NEW}
    with world.seen_from():
        large = world.enterprise("Large")
        assert large.registry_number == "000002"
        assert level_of(large, 2026) is EnergyLevel.GE_500K
        person = db.session.scalars(select(User).where(User.username == "large_confirmer")).one()
        assert person.place == LARGE_NEW
        assert scope_of_person(person) == RegionScope.of(LARGE_OLD, LARGE_NEW)
        query = select(AuditEntry).where(AuditEntry.tag.startswith("enterprise:"))
        told = {(one.tag, one.place) for one in db.session.scalars(query)}
    assert ("enterprise:move_out", LARGE_OLD) in told
    assert ("enterprise:move_in", LARGE_NEW) in told
    assert world.client("league").get("/enterprises/show/2").status_code == 404
    assert world.client("other_league").get("/enterprises/show/2").status_code == 200
    assert world.client("league").get("/enterprise-moves/1").status_code == 200


def test_within_a_league_it_moves_at_once(world):
    assert ask(world, county=NEXT_COUNTY).status_code == 302
    assert move(world).state is RequestState.DONE
    assert lies(world) == {NEXT_COUNTY + "000001/"}


def test_the_region_lets_it_move_without_asking(world):
    assert ask(world, "region").status_code == 302
    assert lies(world) == {NEW}


def test_an_agreed_move_waits_for_its_day(world):
    day = DAY + timedelta(days=40)
    assert ask(world, day=day).status_code == 302
    assert decide(world, "accept").status_code == 302
    assert move(world).state is RequestState.AGREED
    assert lies(world) == {OLD}
    for on, done in ((day - timedelta(days=1), 0), (day, 1), (day, 0)):
        with world.seen_from(), unit_of_work():
            assert carry_out_due(on) == done
    assert lies(world) == {NEW}
    result = world.app.test_cli_runner().invoke(args=["moves", "carry-out"])
    assert result.output == "moves carried out: 0\n"


def test_what_was_filed_stays_and_is_finished_by_the_old_league(world):
    filing = world.filled("large_confirmer")
    assert ask(world, pk=2).status_code == 302
    assert decide(world, "accept").status_code == 302
    with world.seen_from():
        row = db.session.get(Filing, filing)
        assert (row.place, row.review.place, row.region_code) == (LARGE_OLD, LARGE_OLD, "150221")
    world.act("large_confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        assert world.review_of(filing).route.value == "A1"  # its level has gone along
    assert world.client("other_league").get(f"/filings/{filing}").status_code == 404
    for who in ("county", "league"):
        client = world.client(who)
        assert "Large" in client.get(f"/filings/{filing}").text
        for found in ("", "Large"):
            page = client.get("/filings/list/", query_string={"period": "all", "q": found}).text
            assert "Large" in page.partition("<table")[2]
        world.act(who, Action.APPROVE, filing)
    world.act("region", Action.APPROVE, filing)
    with world.seen_from():
        assert world.review_of(filing).state is State.REGION_FINAL
    assert (
        "Large"
        in world.client("league").get("/reports/status?year=2026&reach=year&by=enterprise").text
    )
    assert (
        "Large"
        not in world.client("other_league")
        .get("/reports/status?year=2026&reach=year&by=enterprise")
        .text
    )


def test_quarters_that_began_before_the_day_are_filed_at_the_old_place(world):
    assert ask(world).status_code == 302
    assert decide(world, "accept").status_code == 302
    quarter = Quarter(DAY.year, (DAY.month + 2) // 3)
    with world.seen_from():
        here = world.enterprise()
        first = DAY.replace(month=3 * quarter.quarter - 2, day=1)
        later = quarter.shifted(1)
        then = DAY.replace(year=later.year, month=3 * later.quarter - 2, day=1)
        assert place_in(here, first - timedelta(days=1)) == OLD
        assert place_in(here, then) == NEW
    with world.acting("confirmer") as actor:
        assert open_filing(world.enterprise(), QUARTER, actor=actor).place == OLD
    assert "Here" in world.client("county").get("/filings/list/?period=all").text


def test_one_move_at_a_time_and_the_same_again_is_the_same(world):
    assert ask(world).location == "/enterprise-moves/1"
    assert ask(world).location == "/enterprise-moves/1"
    assert ask(world, county=NEXT_COUNTY).status_code == 409
    assert decide(world, "withdraw", "league").status_code == 302
    assert ask(world, county=NEXT_COUNTY).location == "/enterprise-moves/2"


def test_two_who_decide_at_once_decide_once(world):
    ask(world)
    barrier = Barrier(2)

    def one(what):
        client = world.client("other_league")
        barrier.wait()
        data = {"version": 1, "reason": "no room"}
        return client.post(f"/enterprise-moves/1/{what}", data=data).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, ("accept", "decline"))) == [302, 409]
    accepted = move(world).state is RequestState.DONE
    assert lies(world) == {NEW if accepted else OLD}


def test_declining_needs_a_reason_and_moves_nothing(world):
    ask(world)
    assert decide(world, "decline", reason="").status_code == 422
    assert move(world).state is RequestState.OPEN
    assert decide(world, "decline", reason="The park stays.").status_code == 302
    assert move(world).answer == "The park stays."
    assert decide(world, "accept", version=2).status_code == 409
    assert lies(world) == {OLD}
    assert "The park stays." in world.client("league").get("/enterprise-moves/1").text


def test_the_giving_league_does_not_decide_for_the_other(world):
    ask(world)
    assert decide(world, "accept", "league").status_code == 403
    assert decide(world, "decline", "league", reason="x").status_code == 403
    assert decide(world, "withdraw", "other_league").status_code == 403
    assert move(world).state is RequestState.OPEN
    assert lies(world) == {OLD}


@pytest.mark.parametrize("who", ["county", "staff", "observer", "filler", "other_county"])
def test_others_neither_ask_nor_decide(world, who):
    assert ask(world, who).status_code in (403, 404)
    ask(world)
    assert decide(world, "accept", who).status_code == 403
    assert lies(world) == {OLD}


def test_a_league_asks_for_its_own_enterprises_only(world):
    assert ask(world, "other_league").status_code == 404
    assert move(world) is None


def test_a_third_place_sees_no_move(world):
    ask(world, county=NEXT_COUNTY, day=DAY + timedelta(days=9))
    for who in ("other_league", "other_observer"):
        assert world.client(who).get("/enterprise-moves/1").status_code == 404
        assert "Here" not in world.client(who).get("/enterprise-moves/list/").text
    with world.seen_from(OTHER_LEAGUE):
        assert db.session.scalars(select(EnterpriseMove)).all() == []
    with world.seen_from(NEXT_COUNTY):
        assert len(db.session.scalars(select(EnterpriseMove)).all()) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"county": ""},
        {"county": COUNTY},
        {"county": LEAGUE},
        {"county": "150000/159900/159921/"},
        {"day": DAY + timedelta(days=400)},
        {"day": "soon"},
        {"reason": ""},
        {"document": "x" * 101},
    ],
)
def test_what_is_wrong_is_told_and_nothing_moves(world, wrong):
    assert ask(world, **wrong).status_code == 422
    assert move(world) is None
    assert lies(world) == {OLD}


def test_an_older_page_does_not_decide(world):
    ask(world)
    assert decide(world, "accept", version=9).status_code == 409
    assert lies(world) == {OLD}


def test_outside_of_a_move_nobody_carries_a_row_away(world):
    with pytest.raises(Forbidden), world.acting("league"):
        world.enterprise().place = NEW
    with pytest.raises(Forbidden), world.acting("league"):
        db.session.add(
            EnterpriseMove(
                enterprise_id=1,
                registry_number="000001",
                credit_code="x",
                name="x",
                from_place=NEW,
                to_place=NEW,
                state=RequestState.OPEN,
                effective_on=DAY,
                reason="x",
                asked_by="x",
            )
        )
    assert lies(world) == {OLD}
    assert move(world) is None


def test_its_stops_and_targets_go_along_and_the_new_league_goes_on_with_them(world):
    plan, year = set_plan(world), set_year(world)
    world.stop("Here", Quarter(2026, 2))
    world.switch("Here", effective=Quarter(2026, 3), enabled=True)
    assert ask(world, county=OTHER_COUNTY).status_code == 302
    assert decide(world, "accept").status_code == 302
    assert lies(world) == {NEW}
    client = world.client("other_league")
    for page in (f"/plan-targets/{plan}", f"/annual-targets/{year}", "/start-stop/1"):
        assert client.get(page).status_code == 200, page
    assert "from 2026Q2 on" in client.get("/start-stop/1").text
    world.stop("Here", Quarter(2026, 4), by="other_league")
    with world.seen_from(OTHER_LEAGUE):
        assert stop_in(1, Quarter(2026, 2)).number == 1
        assert stop_in(1, Quarter(2026, 4)).number == 3
    assert world.client("league").get("/start-stop/1").status_code == 404


def test_carrying_reaches_the_two_places_of_one_enterprise_only(world):
    with world.seen_from(OTHER_LEAGUE):
        before = scope_of(db.session)
        with carrying(db.session, OLD, NEW):
            assert [e.name for e in db.session.scalars(select(Enterprise))] == ["Here"]
        assert scope_of(db.session) == before
        wrong = [(OLD, LARGE_NEW), (COUNTY, OTHER_COUNTY), (OLD, OTHER_COUNTY), (LEAGUE, NEW)]
        for old, new in wrong:
            with pytest.raises(ValueError, match="no move"), carrying(db.session, old, new):
                pass
        with pytest.raises(Forbidden), unit_of_work(), carrying(db.session, OLD, NEW):
            db.session.scalars(select(Enterprise)).one().place = LARGE_NEW
        look_from(db.session, before)
    assert lies(world) == {OLD}


def test_what_goes_along_is_said_of_every_table(app):
    """A new table with an enterprise in it must be thought of: it goes along, or it stays."""
    stays = {Filing, Extension}  # where the quarter is filed
    there = {
        m.class_
        for m in Model.registry.mappers
        if issubclass(m.class_, Placed) and "enterprise_id" in m.columns
    }
    hang_on = {PlanProduct, AnnualProduct}  # on what goes along
    assert there | hang_on == {*FOLLOWERS, *stays}
    assert {EnterpriseLevel, EnterpriseClassYear, ChangeRequest} <= set(FOLLOWERS)
