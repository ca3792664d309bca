"""For how many working days somebody has a filing: without holidays, and without questions."""

from datetime import date

import pytest
from sqlalchemy import select

from app.core.db import db
from app.notices.models import Notice, NoticeKind
from app.review import asking
from app.review.chasing import CHASE
from app.review.clocks import clock_of, days_held
from app.review.workflow import Action
from tests.jobs.asking import ask_for, job_of, work


@pytest.mark.parametrize(
    ("since", "until", "pauses", "days"),
    [
        ("2026-03-02", "2026-03-02", [], 0),
        ("2026-03-02", "2026-03-09", [], 5),
        ("2026-02-13", "2026-02-24", [], 2),  # a Saturday is worked for the Spring Festival
        ("2026-03-02", "2026-03-09", [("2026-03-03", "2026-03-05")], 3),
        (
            "2026-03-02",
            "2026-03-09",
            [("2026-03-03", "2026-03-05"), ("2026-03-04", "2026-03-06")],
            2,
        ),
        ("2026-03-02", "2026-03-09", [("2026-03-02", "2026-03-20")], 0),
    ],
)
def test_working_days_without_those_of_questions(world, since, until, pauses, days):
    with world.seen_from():
        spans = [tuple(map(date.fromisoformat, pause)) for pause in pauses]
        held = days_held(date.fromisoformat(since), date.fromisoformat(until), spans)
        assert held == days


def held(world, filing):
    with world.seen_from():
        return clock_of(world.review_of(filing))


def test_a_question_stops_the_clock_until_it_is_due(world, clock):
    clock("2026-03-02 10:00")  # a Monday
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    clock("2026-03-04 10:00")
    assert held(world, filing) == 2
    with world.acting("county") as actor:
        asking.ask(
            world.review_of(filing),
            "Which meter was read in May?",
            date(2026, 3, 9),
            actor=actor,
        )
    clock("2026-03-06 10:00")
    assert held(world, filing) == 2
    clock("2026-03-11 10:00")  # it is overdue since Monday
    assert held(world, filing) == 4


def test_who_has_had_a_filing_for_three_working_days_is_told_once(world, clock):
    clock("2026-03-02 10:00")
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)

    def run():
        number = ask_for(world, "super", CHASE.key)
        work(world)
        return job_of(world, number).result["told"]

    clock("2026-03-04 10:00")
    assert run() == 0
    clock("2026-03-05 10:00")
    assert run() == 1
    assert run() == 0
    with world.seen_from():
        [kind] = db.session.scalars(select(Notice.kind).where(Notice.kind == NoticeKind.HELD_LONG))
        assert kind is NoticeKind.HELD_LONG


def test_the_page_tells_who_holds_what_for_how_long(world, clock):
    clock("2026-03-02 10:00")
    first, second = world.filled(), world.filled("large_confirmer")
    for filing, who in ((first, "confirmer"), (second, "large_confirmer")):
        world.act(who, Action.SUBMIT, filing)
    clock("2026-03-10 10:00")
    world.act("county", Action.APPROVE, first)
    page = world.client("league").get("/reports/holding").text
    waiting, heat = page.split("by week")[0], page.split("by week")[-1]
    assert waiting.count('<tr><th scope="row">') == 2  # the county has one, the league the other
    assert '<td class="number heat-3">6' in heat
    elsewhere = world.client("other_league").get("/reports/holding").text
    assert "Nothing waits for a decision." in elsewhere
