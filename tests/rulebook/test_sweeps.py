"""Sweeps: all filings of a quarter against the rules in force, kept once a quarter."""

from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from app.core.db import db
from app.core.errors import Forbidden, Invalid
from app.core.period import this_quarter
from app.jobs.models import JobState
from app.review.workflow import Action
from app.rulebook.models import RuleSweep, SweptAlarm, SweptFiling
from app.rulebook.reading import read_quarter
from app.rulebook.sweeps import ask_for_sweep, newest_sweep, running_sweep
from tests.jobs.asking import jobs_of, work
from tests.rulebook.ruling import enter
from tests.security.probing import nothing_changes
from tests.world import QUARTER


def swept(world, by="region", period=QUARTER, once="1"):
    with world.acting(by) as actor:
        return ask_for_sweep(period, actor=actor, once=once).id


@pytest.fixture
def filed(world):
    for confirmer in ("confirmer", "next_confirmer", "other_confirmer"):
        world.act(confirmer, Action.SUBMIT, world.filled(confirmer))
    enter(world, tolerance=Decimal(100000))
    return world


def count(world, kind):
    with world.seen_from():
        return db.session.scalar(select(func.count()).select_from(kind))


def test_a_sweep_is_told_by_rule_by_filing_and_one_by_one(filed):
    swept(filed)
    work(filed)
    client = filed.client("region")
    page = client.get("/rule-sweeps/?period=2026Q1")
    assert ">X-01</a>" in page.text
    with filed.seen_from():
        sweep = newest_sweep(QUARTER)
        assert (sweep.filings, sweep.asked_by) == (3, "Region Tester")
        mine = select(SweptAlarm).where(SweptAlarm.code == "X-01")
        alarms = db.session.scalars(mine).all()
        assert [(one.key, one.variable, one.severity.value) for one in alarms] == [
            ("04", "c", "warning")
        ] * 3
        rows = db.session.scalars(select(SweptFiling)).all()
        assert sum(row.warnings for row in rows) == sweep.warnings
        assert sum(row.errors for row in rows) == sweep.errors
    by_filing = client.get("/swept-filings/list/?period=2026Q1&with=warnings")
    assert "3 in all" in by_filing.text
    one_by_one = client.get("/swept-alarms/list/?period=2026Q1&code=x-01")
    assert "3 in all" in one_by_one.text
    assert "1 in all" in client.get("/swept-alarms/list/?period=2026Q1&code=X-01&q=There").text
    assert client.get("/swept-alarms/list/?period=2026Q2").status_code == 200


def test_what_is_found_lies_where_its_filing_lies(filed):
    """It is entered past the scope."""
    swept(filed)
    work(filed)
    with filed.seen_from():
        for kind in (SweptFiling, SweptAlarm):
            rows = db.session.scalars(select(kind)).all()
            assert rows
            assert all(row.place == row.filing.place for row in rows)
            assert len({row.place for row in rows}) == 3


def test_what_a_sweep_found_is_taken_away_as_a_workbook(filed):
    swept(filed)
    work(filed)
    client = filed.client("region")
    answer = client.get("/rule-sweeps/rules.xlsx?period=2026Q1")
    rows = list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))
    [line] = [row for row in rows if row[0] == "X-01"]
    assert line[3:5] == (3, 3)
    assert client.get("/swept-alarms/list.xlsx?period=2026Q1").status_code == 200
    assert client.get("/swept-filings/list.xlsx?period=2026Q1").status_code == 200


def test_the_newest_sweep_of_a_quarter_is_kept(filed):
    swept(filed)
    work(filed)
    before = [count(filed, kind) for kind in (RuleSweep, SweptFiling, SweptAlarm)]
    second = swept(filed, once="2")
    with filed.seen_from():
        assert running_sweep(QUARTER).id == second
        assert newest_sweep(QUARTER).id != second  # the old one is shown until the new one stands
    work(filed)
    assert [count(filed, kind) for kind in (RuleSweep, SweptFiling, SweptAlarm)] == before
    with filed.seen_from():
        assert newest_sweep(QUARTER).id == second
        assert running_sweep(QUARTER) is None


def test_a_sweep_is_entered_in_one_statement_a_table(filed, asked):
    swept(filed)
    work(filed)
    assert count(filed, SweptAlarm) > 3
    assert sum(one.startswith("INSERT INTO rule_sweep_") for one in asked) == 2


def test_the_page_of_a_sweep_asks_as_often_for_one_filing_as_for_many(filed, asked):
    client = filed.client("region")
    swept(filed)
    work(filed)
    seen = []
    for address in ("rule-sweeps/?", "swept-filings/list/?", "swept-alarms/list/?") * 2:
        asked.clear()
        client.get(f"/{address}period=2026Q1")
        seen.append(len(asked))
    with filed.seen_from():
        for kind in (SweptAlarm, SweptFiling):
            for row in db.session.scalars(select(kind)).all()[1:]:
                db.session.delete(row)
        db.session.commit()
    for number, address in enumerate(("rule-sweeps", "swept-filings/list", "swept-alarms/list")):
        asked.clear()
        client.get(f"/{address}/?period=2026Q1")
        assert len(asked) == seen[number + 3]


def test_a_sweep_cancelled_under_way_leaves_the_older_one(filed, monkeypatch):
    first = swept(filed)
    work(filed)
    before = [count(filed, kind) for kind in (SweptFiling, SweptAlarm)]
    swept(filed, once="2")
    number = jobs_of(filed, "rules.sweep")[-1].id
    client = filed.client("region")

    def cancelled(*arguments):
        assert client.post(f"/jobs/{number}/cancel").status_code == 302
        return read_quarter(*arguments)

    monkeypatch.setattr("app.rulebook.sweeps.read_quarter", cancelled)
    monkeypatch.setattr("app.jobs.work.PAUSE", 0)
    work(filed)
    assert jobs_of(filed, "rules.sweep")[-1].state is JobState.CANCELLED
    assert [count(filed, kind) for kind in (SweptFiling, SweptAlarm)] == before
    with filed.seen_from():
        assert newest_sweep(QUARTER).id == first
    assert "data-job-progress" not in client.get("/rule-sweeps/?period=2026Q1").text


def test_a_sweep_done_twice_writes_once(filed):
    number = swept(filed)
    work(filed)
    before = count(filed, SweptAlarm)
    with filed.acting("region") as actor:
        from_start = ask_for_sweep(QUARTER, actor=actor, once="1").id
    assert from_start == number
    assert len(jobs_of(filed, "rules.sweep")) == 1
    assert count(filed, SweptAlarm) == before


@pytest.mark.parametrize("by", ["league", "county", "observer", "filler"])
def test_only_the_region_sweeps(filed, by):
    with nothing_changes(filed), pytest.raises(Forbidden):
        swept(filed, by=by)
    client = filed.client(by)
    for address in ("/rule-sweeps/", "/swept-filings/list/", "/swept-alarms/list/"):
        assert client.get(address).status_code == 403
    with nothing_changes(filed):
        assert client.post("/rule-sweeps/", data={"period": "2026Q1"}).status_code == 403


def test_a_quarter_to_come_is_not_swept(filed):
    with nothing_changes(filed), pytest.raises(Invalid):
        swept(filed, period=this_quarter().shifted(1))
    client = filed.client("region")
    with nothing_changes(filed):
        assert client.post("/rule-sweeps/", data={"period": "2099Q1"}).status_code == 422
        assert client.post("/rule-sweeps/", data={"period": "nonsense"}).status_code == 404


def test_the_page_of_a_quarter_says_how_far_its_sweep_is(filed):
    client = filed.client("region")
    assert "have not been checked together yet" in client.get("/rule-sweeps/?period=2026Q1").text
    answer = client.post("/rule-sweeps/", data={"period": "2026Q1", "once": "9"})
    assert answer.status_code == 302
    assert "data-job-progress" in client.get(answer.location).text
    work(filed)
    assert "data-job-progress" not in client.get(answer.location).text
