"""Reminders by the clock and by a click: once an occasion, once a day, never a stopped one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, text

from app.audit.models import AuditEntry
from app.core.clock import today
from app.core.db import db
from app.filings import reminding
from app.filings.extending import grant_extension
from app.filings.models import ReportingPeriod
from app.filings.reminders import Occasion, Reminder
from app.filings.reminding import REMINDERS, occasion_on
from app.notices.models import NoticeKind
from app.review.workflow import Action
from tests.jobs.asking import ask_for, job_of, work
from tests.notices.telling import everybody_told, kinds_of
from tests.world import NEXT_COUNTY, PERIODS, QUARTER

WEEK, DAY, LATE = Occasion.WEEK_BEFORE, Occasion.DAY_BEFORE, Occasion.LATE
DUE = date(2026, 4, 20)
FILLERS = {"filler", "confirmer", "large_confirmer", "next_confirmer", "other_confirmer"}


@pytest.fixture(autouse=True)
def calendar(world):
    """One quarter is due, today; nobody is reminded of any other."""
    due(world, today())
    with world.seen_from():
        for row in db.session.scalars(select(ReportingPeriod)):
            if row.period != QUARTER:
                row.open_on = date(2099, 1, 1)
        db.session.commit()


def due(world, day):
    with world.seen_from():
        row = db.session.scalars(
            select(ReportingPeriod).where(
                ReportingPeriod.year == QUARTER.year, ReportingPeriod.quarter == QUARTER.quarter
            )
        ).one()
        row.due_on = day
        db.session.commit()


def ahead(days):
    return today() + timedelta(days=days)


def night(world):
    number = ask_for(world, "super", REMINDERS.key)
    work(world)
    return job_of(world, number).result


def reminders(world):
    with world.seen_from():
        return db.session.scalars(select(Reminder).order_by(Reminder.id)).all()


def tomorrow(world):
    """As if the reminders were those of the day before."""
    with world.seen_from():
        for row in db.session.scalars(select(Reminder)):
            row.day -= timedelta(days=1)
        db.session.commit()


def click(world, name="league", address=f"/late/remind?period={QUARTER}"):
    client = world.client(name)
    answer = client.post(address)
    if answer.status_code != 302:
        return answer.status_code
    page = client.get(answer.location)
    return page.text.partition('class="alert')[2].partition("</div>")[0]


# by the clock


@pytest.mark.parametrize(
    ("left", "occasion"),
    [
        (400, None),
        (8, None),
        (7, WEEK),
        (2, WEEK),
        (1, DAY),
        (0, DAY),
        (-1, LATE),
        (-7, LATE),
        (-8, None),
        (-400, None),
    ],
)
def test_the_occasion_follows_from_the_days_that_are_left(left, occasion):
    assert occasion_on(DUE - timedelta(days=left), DUE) is occasion


def test_whoever_has_not_submitted_is_reminded_a_week_before(world):
    due(world, ahead(7))
    world.act("next_confirmer", Action.SUBMIT, world.filled("next_confirmer"))
    world.filled("confirmer")  # begun only
    assert night(world) == {"told": 3, "people": 4, "no_account": 0}
    assert everybody_told(world)[NoticeKind.DUE_SOON] == FILLERS - {"next_confirmer"}
    shown = world.client("filler").get("/notices/").text
    assert f"To be handed in by {ahead(7)}" in shown
    assert world.client("filler").get("/notices/1/open").location in (
        f"/filings/list/?period={QUARTER}",
        "/",
    )


def test_nobody_is_reminded_twice_of_one_occasion(world):
    due(world, ahead(7))
    night(world)
    for _night in range(2):
        assert night(world)["told"] == 0
        tomorrow(world)
    assert night(world)["told"] == 0
    due(world, ahead(1))
    assert night(world)["told"] == 4
    tomorrow(world)
    due(world, ahead(-1))
    assert night(world)["told"] == 4
    tomorrow(world)
    assert night(world)["told"] == 0
    assert kinds_of(world, "filler") == [
        NoticeKind.DUE_SOON,
        NoticeKind.DUE_SOON,
        NoticeKind.LATE,
    ]


def test_a_night_that_was_missed_is_made_up_for_the_next_day(world):
    due(world, ahead(6))
    assert night(world)["told"] == 4
    assert {row.occasion for row in reminders(world)} == {WEEK}


def test_the_stopped_and_those_without_an_account_are_left_alone(world):
    due(world, ahead(7))
    world.stop("Here")
    with world.seen_from():
        db.session.execute(
            text("UPDATE ab_user SET active=:no WHERE username='next_confirmer'"), {"no": False}
        )
        db.session.commit()
    assert night(world) == {"told": 2, "people": 2, "no_account": 1}
    assert everybody_told(world)[NoticeKind.DUE_SOON] == {"large_confirmer", "other_confirmer"}


def test_what_is_not_open_or_long_past_is_not_reminded_of(world):
    for days in (30, -8, -200):
        due(world, ahead(days))
        assert night(world)["told"] == 0


def test_who_has_been_given_more_time_is_reminded_before_that_day(world):
    due(world, ahead(7))
    with world.acting("region") as actor:
        why = "a flood in the works"
        grant_extension(world.enterprise(), QUARTER, ahead(20), reason=why, actor=actor)
    assert night(world)["told"] == 3
    assert NoticeKind.DUE_SOON not in kinds_of(world, "filler")


def test_many_are_done_in_parts(world, monkeypatch):
    monkeypatch.setattr(reminding, "AT_ONCE", 1)
    due(world, ahead(7))
    assert night(world)["told"] == 4
    assert len(reminders(world)) == 4


# by a click


def test_a_click_reminds_all_of_the_list_and_says_so(world):
    due(world, ahead(-3))
    world.act("large_confirmer", Action.SUBMIT, world.filled("large_confirmer"))
    told = click(world)
    assert "2 enterprises reminded, 3 people" in told
    assert "; " not in told  # nothing was skipped
    assert everybody_told(world)[NoticeKind.REMINDED] == {"filler", "confirmer", "next_confirmer"}
    assert f"the last day is {ahead(-3)}" in world.client("filler").get("/notices/").text
    with world.seen_from():
        [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.tag == "reminder:send"))
        assert '"told":2' in entry.facts
        assert entry.place == "150000/150200/"
        [by] = {row.by_id for row in db.session.scalars(select(Reminder))}
        assert by == world.actor("league").id


def test_nobody_is_reminded_twice_on_one_day_by_whomever(world, monkeypatch):
    assert "3 enterprises reminded" in click(world)
    for name in ("league", "county", "region"):
        told = click(world, name)
        assert "already reminded today" in told
    told = click(world, "region")
    assert "0 enterprises reminded, 0 people; 4 already reminded today" in told
    assert night(world)["told"] == 0  # neither by the clock
    monkeypatch.setattr(reminding, "today", lambda: ahead(1))
    assert "3 enterprises reminded" in click(world)
    assert kinds_of(world, "filler") == [NoticeKind.REMINDED, NoticeKind.REMINDED]


def test_the_answer_counts_the_stopped_and_those_without_an_account(world):
    world.stop("Here")
    with world.seen_from():
        db.session.execute(
            text("UPDATE ab_user SET active=:no WHERE username='next_confirmer'"), {"no": False}
        )
        db.session.commit()
    told = click(world)
    assert "1 enterprises reminded, 1 people; 1 stopped; 1 without an account" in told
    assert len(reminders(world)) == 1  # without an account nothing is used up


def test_the_filters_of_the_list_hold(world):
    told = click(world, address=f"/late/remind?period={QUARTER}&place={NEXT_COUNTY}")
    assert "1 enterprises reminded" in told
    assert everybody_told(world) == {NoticeKind.REMINDED: {"next_confirmer"}}
    told = click(world, address=f"/late/remind?period={QUARTER}&q=large")
    assert everybody_told(world) == {NoticeKind.REMINDED: {"next_confirmer", "large_confirmer"}}


def test_a_foreign_area_is_out_of_reach(world):
    told = click(world, "other_league", f"/late/remind?period={QUARTER}&place={NEXT_COUNTY}")
    assert "0 enterprises reminded" in told
    assert click(world, "other_county")
    assert everybody_told(world) == {NoticeKind.REMINDED: {"other_confirmer"}}


@pytest.mark.parametrize("name", ["filler", "confirmer", "staff", "observer"])
def test_who_may_not_remind_is_refused_and_sees_no_button(world, name):
    assert click(world, name) == 403
    assert everybody_told(world) == {}
    shown = world.client(name).get(f"/late/list/?period={QUARTER}").text
    assert "Remind all of this list" not in shown


def test_a_quarter_that_is_not_open_is_not_found(world):
    assert click(world, address="/late/remind?period=2026Q2") == 404
    assert click(world, address="/late/remind?period=2026Q9") == 404
    assert everybody_told(world) == {}
    assert len(PERIODS) == 12


def test_the_button_stands_on_the_list_with_its_filters(world):
    shown = world.client("county").get(f"/late/list/?standing=none&period={QUARTER}").text
    assert f'action="/late/remind?standing=none&amp;period={QUARTER}"' in shown
    assert f"Remind 2 enterprises of {QUARTER}?" in shown


def test_two_at_once_remind_once(world):
    gate = Barrier(2)

    def at_once(name):
        client = world.client(name)
        gate.wait()
        return client.post(f"/late/remind?period={QUARTER}").status_code

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(at_once, ["league", "region"])) == {302}
    assert kinds_of(world, "filler") == [NoticeKind.REMINDED]
    assert len(reminders(world)) == 4


def test_a_reminder_goes_along_when_the_enterprise_moves(world):
    """Else the new county would remind again on that day."""
    assert Reminder in reminding.FOLLOWERS
