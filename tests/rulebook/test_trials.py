"""Back-tests: asked for once, done by a job, shown, and asked for before activation."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.core.db import db
from app.core.errors import Forbidden, Invalid
from app.core.period import Quarter, this_quarter
from app.filings.rules.models import Standing
from app.jobs.models import Job, JobState
from app.review.workflow import Action
from app.rulebook.models import RuleTrial
from app.rulebook.trials import ask_for_trial, finished_trial
from tests.jobs.asking import jobs_of, work
from tests.rulebook.ruling import SOON, drafted, enter, version
from tests.security.probing import nothing_changes
from tests.world import QUARTER

PAST = [Quarter(2026, 1), Quarter(2026, 2)]


def asked_for(world, number, by="region", quarters=PAST, once="1"):
    with world.acting(by) as actor:
        return ask_for_trial(version(number), quarters, actor=actor, once=once).id


def content(world, number):
    with world.seen_from():
        return db.session.get(RuleTrial, number).content


@pytest.fixture
def filed(world):
    """Two filings of a quarter, in one league; the example buys 186,000 t of coal."""
    for confirmer in ("confirmer", "next_confirmer"):
        world.act(confirmer, Action.SUBMIT, world.filled(confirmer))
    return world


def test_a_trial_tells_what_would_be_new_and_what_would_go(filed):
    enter(filed, tolerance=Decimal(200000))
    number = drafted(filed, tolerance=Decimal(100000))
    trial = asked_for(filed, number)
    assert work(filed) >= 1
    found = content(filed, trial)
    assert (found["new_count"], found["gone_count"]) == (2, 0)
    assert {(one["key"], one["variable"]) for one in found["new"]} == {("04", "c")}
    [first] = found["quarters"]  # of the other one nothing was filed
    assert (first["name"], first["filings"], first["draft_filings"]) == ("2026Q1", 2, 2)
    assert (first["active_filings"], first["draft_rows"], first["draft_not_run"]) == (0, 2, 0)
    [league] = found["leagues"]
    assert (league["name"], league["filings"]) == ("150000/150200/", 2)
    [industry] = found["industries"]
    assert (industry["name"], industry["draft_filings"]) == ("26", 2)


def test_what_no_longer_alarms_is_gone(filed):
    enter(filed, tolerance=Decimal(100000))
    number = drafted(filed, tolerance=Decimal(200000))
    trial = asked_for(filed, number, quarters=[QUARTER])
    work(filed)
    found = content(filed, trial)
    assert (found["new_count"], found["gone_count"]) == (0, 2)


def test_a_new_rule_is_tried_against_nothing(filed):
    number = drafted(filed, "X-09", tolerance=Decimal(100000))
    trial = asked_for(filed, number, quarters=[QUARTER])
    work(filed)
    assert content(filed, trial)["new_count"] == 2
    page = filed.client("region").get(f"/rulebook/trials/{trial}")
    assert "there is no active version to compare with" in page.text
    assert page.text.count('<a href="/filings/') >= 2


def test_clicked_twice_it_is_one_trial(world):
    enter(world)
    number = drafted(world, tolerance=Decimal(2000))
    assert asked_for(world, number) == asked_for(world, number)
    assert len(jobs_of(world, "rules.trial")) == 1
    assert asked_for(world, number, once="2") != asked_for(world, number)


@pytest.mark.parametrize(
    "quarters", [[], [this_quarter()], [this_quarter().shifted(-n) for n in range(1, 10)]]
)
def test_only_some_past_quarters_are_tried(world, quarters):
    enter(world)
    number = drafted(world, tolerance=Decimal(2000))
    with nothing_changes(world), pytest.raises(Invalid):
        asked_for(world, number, quarters=quarters)
    sent = {"quarters": [str(one) for one in quarters], "once": "1"}
    with nothing_changes(world):
        answer = world.client("region").post(f"/rulebook/{number}/trial", data=sent)
    assert answer.status_code == 422


@pytest.mark.parametrize("by", ["league", "observer", "confirmer"])
def test_only_the_region_tries(world, by):
    enter(world)
    number = drafted(world, tolerance=Decimal(2000))
    trial = asked_for(world, number)
    with nothing_changes(world), pytest.raises(Forbidden):
        asked_for(world, number, by=by)
    assert world.client(by).get(f"/rulebook/trials/{trial}").status_code == 403


def test_a_trial_of_an_older_text_does_not_count(world):
    enter(world)
    number = drafted(world, tolerance=Decimal(2000))
    trial = asked_for(world, number)
    work(world)
    with world.seen_from():
        assert finished_trial(version(number)).id == trial
    drafted(world, tolerance=Decimal(3000))
    with world.seen_from():
        assert finished_trial(version(number)) is None
    page = world.client("region").get(f"/rulebook/trials/{trial}")
    assert "The draft was written anew since" in page.text
    begin = {"from_quarter": str(SOON), "reason": "The limit is too low.", "shown": "2"}
    with nothing_changes(world):
        answer = world.client("region").post(f"/rulebook/{number}/begin", data=begin)
    assert answer.status_code == 422


def test_a_tried_draft_is_activated_without_more_words(world):
    enter(world)
    number = drafted(world, tolerance=Decimal(2000))
    client = world.client("region")
    sent = {"quarters": ["2026Q1", "2026Q2"], "once": "7"}
    answer = client.post(f"/rulebook/{number}/trial", data=sent)
    page = client.get(answer.location)
    assert "data-job-progress" in page.text
    work(world)
    assert "Filings read" in client.get(answer.location).text
    begin = {"from_quarter": str(SOON), "reason": "The limit is too low.", "shown": "1"}
    assert client.post(f"/rulebook/{number}/begin", data=begin).status_code == 302
    with world.seen_from():
        assert version(number).standing is Standing.ACTIVE


def test_a_cancelled_trial_leaves_no_result(world):
    enter(world)
    number = drafted(world, tolerance=Decimal(2000))
    trial = asked_for(world, number)
    client = world.client("region")
    with world.seen_from():
        job = db.session.scalars(select(Job).where(Job.kind == "rules.trial")).one().id
    assert client.post(f"/jobs/{job}/cancel").status_code == 302
    work(world)
    assert content(world, trial) is None
    with world.seen_from():
        assert db.session.get(Job, job).state is JobState.CANCELLED
    assert "Cancelled" in client.get(f"/rulebook/trials/{trial}").text
