"""What a tier notes while it looks a filing through, and what becomes of it with a decision."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core.clock import today
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.filings import attaching
from app.filings.models import Filing
from app.filings.operations import fill_sheet
from app.filings.queries import attachments_of, latest_version
from app.regions.scope import Tier
from app.review import asking, marking
from app.review.models import Audience, Decision, Question, Remark, SheetMark, Verdict
from app.review.operations import decide
from app.review.workflow import Action, ReturnScope, State
from tests.filings.filling import fill, rows_with
from tests.samples import SHEET_ROWS

REASON = "please check the coefficient of coal"


@pytest.fixture
def submitted(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    return filing


def noted(world, who, filing, **how):
    """Let *who* mark, remark or ask; returns what was made."""
    with world.acting(who) as actor:
        review = world.review_of(filing)
        if "verdict" in how:
            return marking.mark(review, how["sheet"], how["verdict"], actor=actor)
        if "due_on" in how:
            one = asking.ask(review, how["text"], how["due_on"], actor=actor)
        else:
            one = marking.remark(review, how["where"], how["text"], how["audience"], actor=actor)
        db.session.flush()
        return one.id


def counts(world):
    with world.seen_from():
        tables = (SheetMark, Remark, Question, Decision, AuditEntry)
        return [db.session.scalar(select(func.count(one.id))) for one in tables]


@pytest.mark.parametrize(
    "who", ["filler", "confirmer", "league", "region", "super", "staff", "observer"]
)
def test_only_the_tier_at_which_it_waits_notes_anything(world, submitted, who):
    before = counts(world)
    for how in (
        {"sheet": "S2", "verdict": Verdict.QUESTION},
        {"where": "S2", "text": "Look here.", "audience": Audience.INTERNAL},
        {"text": "Which meter was read?", "due_on": today() + timedelta(days=5)},
    ):
        with pytest.raises((Forbidden, NotFound)):
            noted(world, who, submitted, **how)
    assert counts(world) == before


def test_a_mark_is_changed_and_taken_off_and_a_second_click_does_nothing(world, submitted):
    noted(world, "county", submitted, sheet="S2", verdict=Verdict.IN_ORDER)
    before = counts(world)
    noted(world, "county", submitted, sheet="S2", verdict=Verdict.IN_ORDER)
    assert counts(world) == before
    noted(world, "county", submitted, sheet="S2", verdict=Verdict.QUESTION)
    with world.seen_from():
        [mark] = marking.marks_of(world.review_of(submitted))
        assert (mark.sheet, mark.verdict, mark.number) == ("S2", Verdict.QUESTION, 1)
    noted(world, "county", submitted, sheet="S2", verdict=None)
    with world.seen_from():
        assert not marking.marks_of(world.review_of(submitted))
    with pytest.raises(NotFound):
        noted(world, "county", submitted, sheet="S99", verdict=Verdict.IN_ORDER)


def test_what_is_in_question_is_not_approved_but_returned_with_it(world, submitted):
    noted(world, "county", submitted, sheet="S2", verdict=Verdict.QUESTION)
    before = counts(world)
    with pytest.raises(Invalid) as refused:
        world.act("county", Action.APPROVE, submitted)
    assert [one.where for one in refused.value.details] == ["S2"]
    assert counts(world) == before
    world.act("county", Action.RETURN, submitted, REASON)
    with world.seen_from():
        review = world.review_of(submitted)
        assert marking.in_question(review, review.decisions[-1]) == ["S2"]


@pytest.mark.parametrize("fast_track", [False, True])
def test_what_is_handed_in_again_unchanged_keeps_its_marks_if_the_region_wants(
    world, submitted, monkeypatch, fast_track
):
    """Question 3: each tier looks again, by default at everything."""
    monkeypatch.setitem(world.app.config, "REVIEW_FAST_TRACK", fast_track)
    for sheet in ("S1", "S2"):
        noted(world, "county", submitted, sheet=sheet, verdict=Verdict.IN_ORDER)
    noted(world, "county", submitted, sheet="W1", verdict=Verdict.QUESTION)
    world.act("county", Action.RETURN, submitted, REASON)
    fill(world, submitted, "S1", rows_with("S1", employees=999))
    world.act("confirmer", Action.SUBMIT, submitted)
    with world.seen_from():
        review = world.review_of(submitted)
        before = marking.marks_at(review, Tier.COUNTY, 1)
        kept = marking.marks_at(review, Tier.COUNTY, 2)
        assert list(before) == ["S1", "S2", "W1"]
        assert list(kept) == (["S2"] if fast_track else [])
        assert marking.marks_at(review, Tier.LEAGUE, 2) == {}
        for one in kept.values():
            assert (one.by, one.at) == (before["S2"].by, before["S2"].at)
    world.act("confirmer", Action.WITHDRAW, submitted)  # nobody has looked at this version


def test_internal_remarks_never_reach_the_enterprise_and_public_ones_with_the_decision(
    world, submitted
):
    for audience in Audience:
        noted(world, "county", submitted, where="S2/33", text=f"{audience}", audience=audience)

    def read():
        with world.seen_from(world_place(world)):
            review = world.review_of(submitted)
            return [one.text for one in marking.remarks_for_enterprise(review)]

    assert read() == []
    page = world.client("confirmer")
    with world.seen_from():
        address = f"/reviews/{world.review_of(submitted).id}"
    assert b"internal" not in page.get(address).data
    world.act("county", Action.RETURN, submitted, REASON)
    assert read() == ["enterprise"]
    shown = page.get(address).get_data(as_text=True)
    assert "</a> enterprise</span>" in shown
    assert "</a> internal</span>" not in shown
    with world.acting("county") as actor:
        review = world.review_of(submitted)
        first = marking.remarks_of(review)[0].id
        with pytest.raises(Forbidden):
            marking.take_off(review, first, actor=actor)


def world_place(world):
    with world.seen_from():
        return world.enterprise().place


def test_a_remark_not_sent_yet_is_taken_off(world, submitted):
    one = noted(world, "county", submitted, where="", text="a thought", audience=Audience.INTERNAL)
    with world.acting("county") as actor:
        marking.take_off(world.review_of(submitted), one, actor=actor)
    with world.seen_from():
        assert not marking.remarks_of(world.review_of(submitted))


@pytest.mark.parametrize(
    ("text", "days", "where"),
    [
        ("too short", 5, ["text"]),
        ("Which meter was read in May?", 0, ["due_on"]),
        ("Which meter was read in May?", 61, ["due_on"]),
        ("", -1, ["text", "due_on"]),
    ],
)
def test_an_unclear_question_is_not_asked(world, submitted, text, days, where):
    before = counts(world)
    with pytest.raises(Invalid) as refused:
        noted(world, "county", submitted, text=text, due_on=today() + timedelta(days=days))
    assert [one.where for one in refused.value.details] == where
    assert counts(world) == before


def test_a_question_holds_the_approval_up_until_it_is_answered(world, submitted):
    due = today() + timedelta(days=5)
    asked = noted(world, "county", submitted, text="Which meter was read in May?", due_on=due)
    with pytest.raises(Invalid):
        world.act("county", Action.APPROVE, submitted)
    with world.acting("county") as actor, pytest.raises(Forbidden):
        asking.answer(db.session.get_one(Question, asked), "by ourselves, of course", actor=actor)
    with world.acting("filler") as actor:
        asking.answer(db.session.get_one(Question, asked), "The one at gate 2.", actor=actor)
    with world.acting("filler") as actor, pytest.raises(Conflict):
        asking.answer(db.session.get_one(Question, asked), "The one at gate 2.", actor=actor)
    world.act("county", Action.APPROVE, submitted)
    with world.seen_from():
        assert world.review_of(submitted).state is State.COUNTY_APPROVED


def test_a_question_is_dropped_or_ends_with_the_return(world, submitted):
    due = today() + timedelta(days=5)
    first = noted(world, "county", submitted, text="Which meter was read in May?", due_on=due)
    with world.acting("county") as actor:
        asking.drop(db.session.get_one(Question, first), actor=actor)
    second = noted(world, "county", submitted, text="Which meter was read in May?", due_on=due)
    world.act("county", Action.RETURN, submitted, REASON)
    with world.seen_from():
        for one in (first, second):
            question = db.session.get_one(Question, one)
            assert not question.is_open
            assert question.answer == ""


# -- taking back ---------------------------------------------------------------------------------


def stands(world, filing):
    with world.seen_from():
        review, row = world.review_of(filing), db.session.get_one(Filing, filing)
        return review.state, row.version_no, latest_version(row).number, row.data_hash


def test_it_is_withdrawn_until_a_reviewer_notes_something(world, submitted):
    noted(world, "county", submitted, sheet="S2", verdict=Verdict.IN_ORDER)
    before = stands(world, submitted)
    with pytest.raises(Conflict):
        world.act("confirmer", Action.WITHDRAW, submitted)
    assert stands(world, submitted) == before


def test_a_return_is_recalled_until_the_enterprise_begins(world, submitted):
    before = stands(world, submitted)
    world.act("county", Action.RETURN, submitted, REASON)
    assert stands(world, submitted)[:2] == (State.RETURNED, 2)
    with pytest.raises((Conflict, Forbidden)):
        world.act("league", Action.RECALL, submitted)
    world.act("county", Action.RECALL, submitted)
    assert stands(world, submitted) == before
    world.act("county", Action.RETURN, submitted, REASON)
    with world.acting("filler") as actor:
        fill_sheet(db.session.get_one(Filing, submitted), "F0", SHEET_ROWS["F0"], actor=actor)
    after = stands(world, submitted)
    with pytest.raises(Conflict):
        world.act("county", Action.RECALL, submitted)
    assert stands(world, submitted) == after


def test_an_approval_is_taken_back_until_the_next_tier_begins(world, submitted):
    before = stands(world, submitted)
    world.act("county", Action.APPROVE, submitted)
    world.act("county", Action.UNDO, submitted)
    assert stands(world, submitted) == before
    with pytest.raises(Conflict):  # a reviewer has decided, if only to take it back
        world.act("confirmer", Action.WITHDRAW, submitted)
    world.act("county", Action.APPROVE, submitted)
    noted(world, "league", submitted, sheet="S2", verdict=Verdict.IN_ORDER)
    with pytest.raises(Conflict):
        world.act("county", Action.UNDO, submitted)


def test_a_final_approval_is_only_rolled_back(world, submitted):
    world.act("county", Action.APPROVE, submitted)
    world.act("league", Action.APPROVE, submitted)
    for who in ("county", "league", "super"):
        with pytest.raises((Conflict, Forbidden)):
            world.act(who, Action.UNDO, submitted)
    world.act("super", Action.ROLLBACK, submitted, "asked for")
    assert stands(world, submitted)[0] is State.COUNTY_APPROVED


def test_after_a_return_of_the_attachments_figures_stay_locked_and_the_version_stands(
    world, submitted
):
    before = stands(world, submitted)
    with world.acting("county") as actor:
        decide(
            world.review_of(submitted),
            Action.RETURN,
            actor=actor,
            reason=REASON,
            return_scope=ReturnScope.ATTACHMENTS,
        )
    assert stands(world, submitted) == (State.RETURNED, *before[1:])
    with world.acting("filler") as actor, pytest.raises(Conflict):
        fill_sheet(db.session.get_one(Filing, submitted), "F0", SHEET_ROWS["F0"], actor=actor)
    with world.acting("confirmer") as actor:
        filing = db.session.get_one(Filing, submitted)
        attaching.detach(filing, attachments_of(filing)[0].id, actor=actor)
    with pytest.raises(Invalid):  # it is asked for
        world.act("confirmer", Action.SUBMIT, submitted, as_is=True)
    world.ready("confirmer", submitted)
    world.act("confirmer", Action.SUBMIT, submitted, as_is=True)
    assert stands(world, submitted) == before
    with world.seen_from():
        assert world.review_of(submitted).return_scope is None
