"""Random people do random things in random order; what must hold, holds after each of them."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core.clock import today
from app.core.db import db
from app.core.errors import DomainError
from app.filings.alarms.models import Checkup
from app.filings.models import Filing
from app.filings.operations import fill_sheet
from app.regions.scope import Tier
from app.reports.selection import Reach, Selection
from app.reports.status import coverage
from app.review import asking, marking
from app.review.models import Audience, Decision, Verdict
from app.review.operations import decide
from app.review.workflow import Action, ReturnScope, State, holder, steps_of
from app.upkeep.verify import everything_wrong
from tests.samples import SHEET_ROWS
from tests.world import QUARTER, World

REASON = "please check the coefficient of coal"
PEOPLE = ("confirmer", "filler", "county", "league", "region", "super", "other_league", "staff")
STEPS = sorted(set(Action) - {Action.REROUTE, Action.IMPORT})
DEEDS = st.one_of(
    st.tuples(st.just("step"), st.sampled_from(PEOPLE), st.sampled_from(STEPS)),
    st.tuples(st.just("mark"), st.sampled_from(PEOPLE), st.sampled_from(Verdict)),
    st.tuples(st.just("remark"), st.sampled_from(PEOPLE), st.sampled_from(Audience)),
    st.tuples(st.just("ask"), st.sampled_from(PEOPLE), st.none()),
    st.tuples(st.just("answer"), st.sampled_from(PEOPLE), st.none()),
    st.tuples(st.just("fill"), st.sampled_from(PEOPLE), st.none()),
    # who is next goes on, so that the filing gets about
    st.tuples(st.just("on"), st.none(), st.none()),
    st.tuples(st.just("return"), st.none(), st.sampled_from(ReturnScope)),
)
BY_TIER = {Tier.ENTERPRISE: "confirmer", Tier.COUNTY: "county", Tier.LEAGUE: "league"}


def step(row, how, actor):
    decide(row.review, how, actor=actor, reason=REASON)


def give_back(row, how, actor):
    decide(row.review, Action.RETURN, actor=actor, reason=REASON, return_scope=how)


def mark(row, how, actor):
    marking.mark(row.review, "S2", how, actor=actor)


def remark(row, how, actor):
    marking.remark(row.review, "S2", "look here", how, actor=actor)


def ask(row, _how, actor):
    due = today() + timedelta(days=3)
    asking.ask(row.review, "Which meter was read in May?", due, actor=actor)


def answer(row, _how, actor):
    for question in asking.questions_of(row.review):
        asking.answer(question, "The one at gate 2.", actor=actor)


def fill(row, _how, actor):
    fill_sheet(row, "F0", SHEET_ROWS["F0"], actor=actor)


DEED = {
    "step": step,
    "on": step,
    "return": give_back,
    "mark": mark,
    "remark": remark,
    "ask": ask,
    "answer": answer,
    "fill": fill,
}


def do(world, filing, deed):
    """Try *deed*; what is refused has changed nothing."""
    what, who, how = deed
    with world.seen_from():
        whose = holder(world.review_of(filing).route, world.review_of(filing).state)
        is_open = world.review_of(filing).state.is_open
    if what in ("on", "return"):
        who = BY_TIER.get(whose, "super")
        how = Action.SUBMIT if is_open else Action.APPROVE if whose else Action.ROLLBACK
    if how is Action.SUBMIT and is_open:
        world.ready("confirmer", filing)
    before = everything(world, filing)
    try:
        with world.acting(who) as actor:
            row = db.session.get(Filing, filing)
            if row is not None:
                DEED[what](row, deed[2] if what == "return" else how, actor)
    except DomainError:
        assert everything(world, filing) == before, deed


def everything(world, filing):
    with world.seen_from():
        review, row = world.review_of(filing), db.session.get_one(Filing, filing)
        return (
            *(review.state, review.route, review.version, review.begun_at, review.return_scope),
            *(row.version_no, row.data_hash, row.revision),
            len(review.decisions),
            len(marking.marks_of(review)),
            len(marking.remarks_of(review)),
            [one.version for one in asking.questions_of(review)],
        )


def must_hold(world, filing):
    with world.seen_from():
        review = world.review_of(filing)
        decisions = list(review.decisions)
        state = State.DRAFT
        for one in decisions:  # the ledger is one unbroken road, and skips no tier
            assert one.start is state
            allowed = {(s.start, s.action, s.end, s.by) for s in steps_of(one.route)}
            assert (one.start, one.action, one.end, one.tier) in allowed
            state = one.end
        assert review.state is state
        frozen = {one.hash for one in db.session.scalars(select(Checkup))}
        for one in decisions:
            if one.action is Action.APPROVE:  # never without the alarms that were looked at
                assert one.seen_hash
                assert one.seen_alarms in frozen
        by_tier = {}
        for one in decisions:  # nobody decides for two tiers
            if one.action in (Action.APPROVE, Action.RETURN):
                assert by_tier.setdefault(one.actor_id, one.tier) == one.tier
        assert (review.holder is None) is (state.is_final or state is State.CLOSED)
        for one in marking.remarks_for_enterprise(review):
            assert one.audience is Audience.ENTERPRISE
            assert db.session.get_one(Decision, one.decision_id).tier == one.tier
        if state.is_final:
            assert not any(one.is_open for one in asking.questions_of(review))
        counted = coverage(Selection(QUARTER.year, QUARTER.quarter, Reach.QUARTER)).included
        assert counted == state.is_final  # a report speaks of what is final now
        assert everything_wrong() == []


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(deeds=st.lists(DEEDS, min_size=4, max_size=14))
def test_whatever_is_done_in_whatever_order(database, _app, deeds):  # noqa: PT019
    database.renew(_app)
    world = World(_app)
    filing = world.filled()
    for deed in deeds:
        do(world, filing, deed)
        must_hold(world, filing)
