"""Several approved at once, and a final approval undone at somebody's request."""

import pytest
from sqlalchemy import func, select

from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid
from app.filings.alarms.models import Answer, Explanation
from app.reports.selection import Reach, Selection
from app.reports.status import coverage
from app.review import marking, requests
from app.review.models import Decision, RequestState, Verdict
from app.review.workflow import Action, State
from tests.rulebook import ruling
from tests.world import QUARTER

REASON = "the county found a wrong meter"


def submitted(world, confirmer="confirmer", period=QUARTER):
    filing = world.filled(confirmer, period)
    world.act(confirmer, Action.SUBMIT, filing)
    with world.seen_from():
        return filing, world.review_of(filing).id


def accept_everything(world, filing):
    with world.seen_from():
        said = db.session.scalars(select(Explanation).where(Explanation.filing_id == filing))
        for one in said:
            one.answer = Answer.ACCEPTED
        db.session.commit()


def version_of(world, filing):
    with world.seen_from():
        return world.review_of(filing).version


def approve(world, who, *filings):
    data = {"id": []}
    for filing, review in filings:
        data["id"].append(review)
        data[f"version-{review}"] = version_of(world, filing)
    return world.client(who).post("/reviews/batch/", data=data)


def steps(world):
    with world.seen_from():
        return db.session.scalar(select(func.count(Decision.id)))


def test_the_dry_run_says_what_would_be_done_and_does_nothing(world):
    first, second = submitted(world), submitted(world, "large_confirmer")
    with world.acting("county") as actor:
        marking.mark(world.review_of(second[0]), "S2", Verdict.QUESTION, actor=actor)
    before = steps(world)
    page = world.client("county").get(f"/reviews/batch/?id={first[1]}&id={second[1]}").text
    ready, held = page.split("Will not be approved")
    assert "Here 2026Q1" in ready
    assert "Large 2026Q1" in held
    assert "S2 is in question" in held
    assert steps(world) == before


def test_a_batch_approves_each_by_itself_and_it_is_taken_back_until_the_next_begins(world):
    first, second = submitted(world), submitted(world, "large_confirmer")
    for filing, _review in (first, second):
        accept_everything(world, filing)
    before = steps(world)
    shown = approve(world, "county", first, second)
    assert shown.status_code == 200
    assert steps(world) == before + 2
    with world.seen_from():
        for filing, _review in (first, second):
            last = world.review_of(filing).decisions[-1]
            assert (last.action, last.end) == (Action.APPROVE, State.COUNTY_APPROVED)
            assert last.seen_alarms
    world.act("county", Action.UNDO, first[0])
    with world.seen_from():
        assert world.review_of(first[0]).state is State.SUBMITTED
        assert world.review_of(second[0]).state is State.COUNTY_APPROVED


def test_one_that_has_changed_takes_no_other_with_it(world):
    first, second = submitted(world), submitted(world, "large_confirmer")
    for filing, _review in (first, second):
        accept_everything(world, filing)
    data = {"id": [first[1], second[1]], f"version-{second[1]}": version_of(world, second[0])}
    data[f"version-{first[1]}"] = version_of(world, first[0]) - 1
    page = world.client("county").post("/reviews/batch/", data=data).text
    assert "Already decided" in page
    with world.seen_from():
        assert world.review_of(first[0]).state is State.SUBMITTED
        assert world.review_of(second[0]).state is State.COUNTY_APPROVED


def test_the_final_review_of_the_large_is_never_done_in_a_batch(world):
    large = submitted(world, "large_confirmer")
    for who in ("county", "league"):
        world.act(who, Action.APPROVE, large[0])
    accept_everything(world, large[0])
    page = approve(world, "region", large).text
    assert "never done in a batch" in page
    with world.seen_from():
        assert world.review_of(large[0]).state is State.LEAGUE_APPROVED


@pytest.mark.parametrize(("number", "status"), [(0, 302), (20, 200), (21, 422)])
def test_a_batch_has_one_to_twenty(world, number, status):
    ids = "&".join(f"id={n}" for n in range(1, number + 1))
    assert world.client("county").get(f"/reviews/batch/?{ids}").status_code == status


def test_what_lies_elsewhere_is_not_found_in_a_batch(world):
    there = submitted(world, "other_confirmer")
    assert approve(world, "county", there).status_code == 404
    with world.seen_from():
        assert world.review_of(there[0]).state is State.SUBMITTED


# -- rollback ----------------------------------------------------------------------------------


@pytest.fixture
def final(world):
    filing, review = submitted(world)
    for who in ("county", "league"):
        world.act(who, Action.APPROVE, filing)
    return filing, review


def ask(world, who, filing, reason=REASON):
    with world.acting(who) as actor:
        return requests.ask_rollback(world.review_of(filing), reason, actor=actor).id


def test_a_league_asks_and_the_rollback_answers(world, final):
    filing, review = final
    ask(world, "league", filing)
    with pytest.raises(Conflict):
        ask(world, "region", filing)
    page = world.client("super").get(f"/reviews/{review}").text
    assert REASON in page
    assert "tce (calorific value, final filings)" in page  # the preview
    world.act("super", Action.ROLLBACK, filing, "as asked for")
    with world.seen_from():
        [one] = requests.requests_of(world.review_of(filing))
        assert (one.state, one.answer) == (RequestState.ACCEPTED, "as asked for")
        assert world.review_of(filing).state is State.COUNTY_APPROVED
        assert coverage(Selection(QUARTER.year, QUARTER.quarter, Reach.QUARTER)).included == 0


def test_a_request_is_declined_with_a_reason_and_nothing_else_changes(world, final):
    filing, review = final
    asked = ask(world, "league", filing)
    with world.seen_from():
        before = world.review_of(filing).version, world.review_of(filing).state
    client = world.client("super")
    address = f"/reviews/{review}/rollback-requests/{asked}/decline"
    assert client.post(address, data={"answer": "no"}).status_code == 422
    assert client.post(address, data={"answer": "The figures are right."}).status_code == 302
    assert client.post(address, data={"answer": "The figures are right."}).status_code == 409
    with world.seen_from():
        assert (world.review_of(filing).version, world.review_of(filing).state) == before
        [one] = requests.requests_of(world.review_of(filing))
        assert one.state is RequestState.DECLINED


@pytest.mark.parametrize("who", ["confirmer", "county", "super"])
def test_others_ask_for_no_rollback(world, final, who):
    with pytest.raises(Forbidden):
        ask(world, who, final[0])


def test_only_a_final_approval_is_asked_about_and_with_a_reason(world, final):
    with pytest.raises(Invalid):
        ask(world, "league", final[0], "no")
    other, _review = submitted(world, "next_confirmer")
    with pytest.raises(Conflict):
        ask(world, "league", other)


def test_what_has_a_warning_that_nobody_has_accepted_is_read_by_itself(world):
    ruling.enter(world)  # its coal raises a warning
    one = submitted(world)
    page = world.client("county").get(f"/reviews/batch/?id={one[1]}").text
    assert "alarms that nobody has settled" in page
    accept_everything(world, one[0])
    page = world.client("county").get(f"/reviews/batch/?id={one[1]}").text
    assert "Will be approved" in page
