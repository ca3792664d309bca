"""A closed year: a rollback needs the number of a decision of the region (question 11)."""

import pytest

from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.period import Quarter
from app.filings.closing import close_year, is_closed, reopen_year
from app.review.workflow import Action, State
from tests.filings.calendars import granted

LAST = Quarter(2025, 4)


def final(world):
    filing = world.filled(period=LAST)
    world.act("confirmer", Action.SUBMIT, filing)
    for name in ("county", "league"):
        world.act(name, Action.APPROVE, filing)
    return filing


def close(world, by="region", year=2025, reason="the yearbook is printed"):
    with world.acting(by) as actor:
        close_year(year, reason=reason, actor=actor)
        db.session.flush()


def closed(world, year=2025):
    with world.seen_from():
        return is_closed(year)


def state(world, filing):
    with world.seen_from():
        return world.review_of(filing).state


def test_a_rollback_in_a_closed_year_names_a_decision(world):
    filing = final(world)
    close(world)
    with world.seen_from():
        number = world.review_of(filing).id
    page = world.client("super").get(f"/reviews/{number}").text
    assert "The year 2025 is closed." in page
    for reason in ("asked for by the league", "by decision 12", "〔2026〕号", "〔26〕12号"):
        with pytest.raises(Invalid) as refused:
            world.act("super", Action.ROLLBACK, filing, reason)
        [problem] = refused.value.details
        assert "like 〔2026〕12号" in str(problem)
        assert state(world, filing) is State.LEAGUE_FINAL
    answer = world.client("super").post(f"/reviews/{number}/rollback", data={"reason": "asked for"})
    assert answer.status_code == 422
    assert "〔2026〕12号" in answer.text
    world.act("super", Action.ROLLBACK, filing, "内工信节能函〔2026〕12号，数据有误")
    assert state(world, filing) is State.COUNTY_APPROVED


@pytest.mark.parametrize("reason", ["[2026]12号", "［2026］ 12 号", "内发〔2026〕第12号"])
def test_brackets_as_a_keyboard_has_them_will_do(world, reason):
    filing = final(world)
    close(world)
    world.act("super", Action.ROLLBACK, filing, reason)
    assert state(world, filing) is State.COUNTY_APPROVED


def test_open_again_and_in_other_years_any_reason_will_do(world):
    filing = final(world)
    close(world)
    close(world, year=2024)
    with world.acting("region") as actor:
        reopen_year(2025, reason="a league was left out", actor=actor)
    assert (closed(world), closed(world, 2024)) == (False, True)
    world.act("super", Action.ROLLBACK, filing, "asked for")
    assert state(world, filing) is State.COUNTY_APPROVED


@pytest.mark.parametrize("by", ["league", "county", "confirmer", "observer"])
def test_only_the_region_closes(world, by):
    before = granted(world)
    with pytest.raises(Forbidden):
        close(world, by)
    assert world.client(by).post("/closed-years/2025/close").status_code == 403
    assert not closed(world)
    assert granted(world) == before


def test_a_double_click_closes_once_and_years_that_go_on_stay_open(world, clock):
    clock("2026-11-27 10:00")
    close(world)
    before = granted(world)
    with pytest.raises(Conflict, match="closed already"):
        close(world)
    for year in (2026, 2027, 1999):
        with pytest.raises(Invalid, match="over"):
            close(world, year=year)
    with pytest.raises(Invalid):
        close(world, year=2024, reason="  ")
    with pytest.raises(Conflict, match="open already"), world.acting("region") as actor:
        reopen_year(2024, reason="why not", actor=actor)
    assert granted(world) == before


def test_the_page_closes_and_opens(world):
    final(world)
    client = world.client("region")
    assert "not closed" in client.get("/closed-years/").text
    reason = {"reason": "the yearbook is printed"}
    assert client.post("/closed-years/2025/close", data=reason).status_code == 302
    assert closed(world)
    page = client.get("/closed-years/").text
    assert "the yearbook is printed" in page
    assert "/closed-years/2025/reopen" in page
    assert "/closed-years/2025/reopen" not in world.client("observer").get("/closed-years/").text
    assert client.post("/closed-years/2025/reopen", data=reason).status_code == 302
    assert not closed(world)
