"""Until when a quarter is taken, and when it is late: calendar, grace, lock, return."""

from datetime import date

import pytest
from sqlalchemy import select

from app.core.db import db
from app.core.errors import Invalid, NotFound
from app.core.period import Quarter
from app.filings.alarms.checking import verdict_on
from app.filings.calendar_views import proposed
from app.filings.deadlines import deadline_of
from app.filings.models import Filing
from app.filings.operations import open_filing
from app.filings.queries import working_figures
from app.review.workflow import Action, State
from tests.filings.calendars import day, grant, set_apart, set_calendar
from tests.reports.test_sums import table_of
from tests.world import QUARTER

REASON = "the invoices of coal do not fit"


def state(world, filing):
    with world.seen_from():
        return world.review_of(filing).state


def deadline(world, filing):
    with world.seen_from():
        return deadline_of(db.session.get_one(Filing, filing))


def alarms(world, filing):
    with world.seen_from():
        row = db.session.get_one(Filing, filing)
        _case, verdict = verdict_on(row, working_figures(row))
        return {one.code for one in verdict.alarms} & {"F-07", "F-10"}


def submitted(world, clock, on, filing=None):
    clock(f"{on} 10:00")
    filing = filing or world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    return filing


def returned(world, clock, on, filing):
    clock(f"{on} 10:00")
    world.act("county", Action.RETURN, filing, REASON)


def refused(world, filing, name="confirmer", action=Action.SUBMIT):
    """What is told to who tries; nothing has changed then."""
    if action is Action.SUBMIT:
        world.ready(name, filing)
    before = state(world, filing)
    with pytest.raises(Invalid) as error:
        world.act(name, action, filing, as_is=True)
    assert state(world, filing) is before
    return [str(problem) for problem in error.value.details]


# -- open, due, grace, lock


def test_nothing_is_begun_or_submitted_before_the_quarter_opens(world, clock):
    set_calendar(world, "2026-04-15", opens="2026-04-01")
    clock("2026-03-31 23:59")
    with pytest.raises(NotFound), world.acting("confirmer") as actor:
        open_filing(world.enterprise(), QUARTER, actor=actor)
    clock("2026-04-01 00:00")  # in UTC it is March still
    filing = world.filled()
    set_calendar(world, "2026-04-15", opens="2026-04-02")
    assert refused(world, filing) == ["2026Q1 is not open for filing."]
    set_calendar(world, "2026-04-15", opens="2026-04-01")
    world.act("confirmer", Action.SUBMIT, filing)


@pytest.mark.parametrize(
    ("on", "late"), [("2026-04-15", False), ("2026-04-20", False), ("2026-04-21", True)]
)
def test_late_is_what_comes_after_the_days_of_grace(world, clock, on, late):
    set_calendar(world, "2026-04-15", grace=5)
    filing = submitted(world, clock, on)
    found = deadline(world, filing)
    assert (found.due_on, found.late_after) == (day("2026-04-15"), day("2026-04-20"))
    assert found.is_late(day(on)) is late
    assert alarms(world, filing) == ({"F-07"} if late else set())
    for address, name in (("/filings/list/", "league"), ("/reviews/list/", "league")):
        client = world.client(name)
        shown = "Here 2026Q1" if "reviews" in address else ">Here<"
        assert (shown in client.get(f"{address}?late=yes&period=all").text) is late
        assert (shown in client.get(f"{address}?late=no&period=all").text) is not late
    told = (
        f"due on 2026-04-15 and first submitted on {on}"
        in world.client("league").get(f"/filings/{filing}").text
    )
    assert told is late
    with world.seen_from():
        number = world.review_of(filing).id
    assert ("first submitted on" in world.client("county").get(f"/reviews/{number}").text) is late
    for address in (f"/api/v1/filings/{filing}", "/api/v1/filings/"):
        told = world.client().get(address, headers=world.token("county")).json["result"]
        told = told[0] if isinstance(told, list) else told
        assert (told["late"], told["due_on"]) == (late, "2026-04-15")
    world.act("county", Action.APPROVE, filing)
    world.act("league", Action.APPROVE, filing)
    with world.seen_from():
        table = table_of(world, quarter=1)
    told = [line.values[-1] for line in table.lines], table.foot.values[-1]
    assert told == ([int(late)], int(late))


def test_why_it_is_late_is_explained_once_though_another_day_passes(world, clock):
    set_calendar(world, "2026-04-15")
    clock("2026-04-20 10:00")
    filing = world.filled()
    world.ready("confirmer", filing)
    clock("2026-04-23 10:00")
    world.act("confirmer", Action.SUBMIT, filing, as_is=True)
    assert alarms(world, filing) == {"F-07"}


def test_the_last_moment_of_the_lock_counts_by_the_clock_of_inner_mongolia(world, clock):
    set_calendar(world, "2026-04-15", grace=5, lock="2026-05-15")
    clock("2026-05-01 10:00")
    filing = world.filled()
    clock("2026-05-16 00:00")  # in UTC it is the 15th
    assert refused(world, filing) == ["Filing of this period was locked on 2026-05-15."]
    assert alarms(world, filing) == {"F-07", "F-10"}
    assert (
        "locked since the end of 2026-05-15"
        in world.client("filler").get(f"/filings/{filing}").text
    )
    clock("2026-05-15 23:59")
    world.act("confirmer", Action.SUBMIT, filing)
    clock("2026-05-16 00:00")
    told = refused(world, filing, action=Action.WITHDRAW)
    assert told == ["Filing of this period was locked on 2026-05-15."]
    assert alarms(world, filing) == {"F-07"}  # what is under review came while it could


def test_who_takes_a_filing_back_has_not_handed_it_in(world, clock):
    set_calendar(world, "2026-04-15")
    filing = submitted(world, clock, "2026-04-14")
    world.act("confirmer", Action.WITHDRAW, filing)
    with world.seen_from():
        assert world.filing().first_submitted_on is None
    submitted(world, clock, "2026-04-16", filing)
    with world.seen_from():
        assert world.filing().first_submitted_on == day("2026-04-16")
    assert "first submitted on 2026-04-16" in world.client("league").get(f"/filings/{filing}").text


# -- after a return


@pytest.mark.parametrize(
    ("on", "until", "after"),
    [
        ("2026-02-13", "2026-02-27", "2026-02-28"),  # the Spring Festival lies between
        ("2026-09-30", "2026-10-13", "2026-10-14"),  # the National Day, and a worked Saturday
        ("2026-12-28", "2027-01-04", "2027-01-05"),  # a year without a calendar
    ],
)
def test_a_return_past_the_lock_gives_five_working_days(world, clock, on, until, after):
    set_calendar(world, "2026-01-31", lock="2026-02-05")
    filing = submitted(world, clock, "2026-01-30")
    returned(world, clock, on, filing)
    assert deadline(world, filing).again_until == day(until)
    assert f"at least until {until}" in world.client("filler").get(f"/filings/{filing}").text
    assert f"to be submitted again by {until}" in world.client("filler").get("/").text
    clock(f"{until} 23:59")
    assert alarms(world, filing) == set()
    clock(f"{after} 00:00")
    assert alarms(world, filing) == {"F-10"}
    assert refused(world, filing) == [f"Filing of this period was locked on {until}."]
    clock(f"{until} 23:59")
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        assert world.filing().first_submitted_on == day("2026-01-30")
    assert alarms(world, filing) == set()  # it was in time the first time
    assert ">Here<" in world.client("league").get("/filings/list/?late=no&period=all").text


def test_what_was_late_the_first_time_stays_late_after_a_return(world, clock):
    set_calendar(world, "2026-01-31", lock="2026-02-05")
    filing = submitted(world, clock, "2026-02-02")
    returned(world, clock, "2026-02-06", filing)
    submitted(world, clock, "2026-02-09", filing)
    assert alarms(world, filing) == {"F-07"}
    assert deadline(world, filing).is_late(day("2026-02-02"))


def test_a_return_before_the_lock_takes_no_time_away(world, clock):
    set_calendar(world, "2026-04-15", lock="2026-05-15")
    filing = submitted(world, clock, "2026-04-14")
    returned(world, clock, "2026-04-16", filing)
    found = deadline(world, filing)
    assert (found.again_until, found.last_day) == (day("2026-04-23"), day("2026-05-15"))
    submitted(world, clock, "2026-05-15", filing)


def test_the_days_of_the_region_and_years_without_a_calendar_are_told(world, clock):
    set_calendar(world, "2026-12-15", lock="2026-12-20")
    filing = submitted(world, clock, "2026-12-15")
    returned(world, clock, "2026-12-29", filing)
    assert deadline(world, filing).again_until == day("2027-01-05")
    page = world.client("filler").get(f"/filings/{filing}").text
    assert "not known here yet: 2027 (0 days entered by the region)" in page
    set_apart(world, "2027-01-01", False)
    set_apart(world, "2027-01-02", True)  # a Saturday
    set_apart(world, "2027-01-04", False)
    assert deadline(world, filing).again_until == day("2027-01-06")
    page = world.client("filler").get(f"/filings/{filing}").text
    assert "at least until 2027-01-06" in page
    assert "2027 (3 days entered by the region)" in page


# -- the calendar itself


@pytest.mark.parametrize(
    ("quarter", "opens", "due", "lock"),
    [
        (Quarter(2025, 4), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 13)),
        (Quarter(2026, 1), date(2026, 4, 1), date(2026, 4, 15), date(2026, 4, 29)),
        (Quarter(2026, 2), date(2026, 7, 1), date(2026, 7, 15), date(2026, 7, 29)),
        (Quarter(2026, 3), date(2026, 10, 1), date(2026, 10, 15), date(2026, 10, 29)),
    ],
)
def test_the_days_of_a_quarter_are_proposed(world, quarter, opens, due, lock):
    with world.seen_from():
        found = proposed(quarter)
    assert (found.open_on, found.due_on, found.lock_on) == (opens, due, lock)


def test_the_form_proposes_the_next_quarter_and_refuses_days_out_of_order(world):
    client = world.client("region")
    page = client.get("/calendar/add").text
    assert 'value="2027-04-15"' in page  # 2027Q1 follows the last of the calendar
    assert "not known here yet: 2027" in page
    assert 'value="2027-07-15"' in client.get("/calendar/add?period=2027Q2").text
    row = {"year": 2027, "quarter": 1, "open_on": "2027-04-01", "due_on": "2027-04-15"}
    early = {**row, "grace_days": 5, "lock_on": "2027-04-19"}
    assert client.post("/calendar/add", data=early).status_code == 422
    assert client.post("/calendar/add", data={**early, "lock_on": "2027-04-20"}).status_code == 302
    listed = client.get("/calendar/list/").text
    assert "2027-04-20" in listed


def test_a_due_day_on_which_nobody_works_is_said_and_meant(world, clock):
    set_calendar(world, "2026-10-03")
    assert "2026-10-03 Sat (no working day)" in world.client("filler").get("/calendar/list/").text
    filing = submitted(world, clock, "2026-10-04")
    assert alarms(world, filing) == {"F-07"}
    assert deadline(world, filing).due_on == day("2026-10-03")


def test_an_extension_moves_all_of_it(world, clock):
    set_calendar(world, "2026-04-15", grace=5, lock="2026-05-15")
    clock("2026-05-20 10:00")
    filing = world.filled()
    assert refused(world, filing) == ["Filing of this period was locked on 2026-05-15."]
    grant(world, "league", "2026-05-25")
    found = deadline(world, filing)
    assert (found.due_on, found.late_after, found.last_day) == (day("2026-05-25"),) * 3
    assert alarms(world, filing) == set()
    clock("2026-05-26 00:00")
    assert refused(world, filing) == ["Filing of this period was locked on 2026-05-25."]
    clock("2026-05-25 23:59")
    world.act("confirmer", Action.SUBMIT, filing)
    assert alarms(world, filing) == set()
    world.act("confirmer", Action.WITHDRAW, filing)
    assert state(world, filing) is State.DRAFT
    with world.seen_from():
        late = select(Filing.first_submitted_on)
        assert db.session.scalars(late).all() == [None]
