"""The pages of the jobs, and the jobs of upkeep."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text

from app.audit.models import AuditEntry
from app.audit.record import record
from app.core.clock import now, today
from app.core.db import db
from app.enterprises.models import EnergyLevel
from app.enterprises.queries import level_of
from app.jobs.models import Job, JobState
from app.jobs.operations import enqueue
from app.review.workflow import Action
from app.upkeep import verify
from app.upkeep.jobs import LEVELS
from tests.audit.test_chain import TRIGGERS
from tests.flows.test_routing import final_year
from tests.jobs.asking import ask_for, change, job_of, jobs_of, work
from tests.world import COUNTY, PEOPLE

VERIFY, FORGET = "audit.verify", "jobs.forget"


def test_everybody_sees_their_own_and_super_and_region_all_of_their_scope(world):
    asked = {name: ask_for(world, name, FORGET) for name in PEOPLE}
    for name in PEOPLE:
        seen = {
            other
            for other, number in asked.items()
            if world.client(name).get(f"/jobs/{number}").status_code == 200
        }
        if name == "super":
            assert seen == set(PEOPLE)
        elif name == "region":
            assert seen == set(PEOPLE) - {"super"}
        else:
            assert seen == {name}
        listed = world.client(name).get("/jobs/?size=100").text
        assert {other for other in asked if f'href="/jobs/{asked[other]}"' in listed} == seen


def test_another_ones_job_is_not_there(world):
    """In the same league, so that the place alone would show it."""
    number = ask_for(world, "county", FORGET)
    client = world.client("league")
    assert client.get(f"/jobs/{number}/progress").status_code == 404
    assert client.post(f"/jobs/{number}/cancel").status_code == 404
    change(world, number, state=JobState.FAILED)
    assert client.post(f"/jobs/{number}/retry").status_code == 404
    assert job_of(world, number).state is JobState.FAILED


def test_the_journal_is_verified_by_a_button(world):
    client = world.client("super")
    assert 'action="/jobs/start"' in client.get("/jobs/").text
    for _click in range(2):
        answer = client.post("/jobs/start", data={"kind": VERIFY, "once": "a"})
        assert answer.status_code == 302
    [job] = jobs_of(world, VERIFY)
    assert answer.location == f"/jobs/{job.id}"
    assert client.get(f"/jobs/{job.id}/progress").json["state"] == "waiting"
    work(world)
    with world.seen_from():
        entries = db.session.scalar(select(func.count(AuditEntry.id)))
        tags = list(db.session.scalars(select(AuditEntry.tag).where(AuditEntry.tag == "job:start")))
    assert job_of(world, job.id).result == {"entries": entries, "wrong": 0, "first": None}
    assert tags == ["job:start"]
    assert client.get(f"/jobs/{job.id}/progress").json == {
        "state": "done",
        "label": "Finished",
        "percent": 100,
        "text": "Everything holds. · 100 %",
        "ended": True,
    }
    page = client.get(f"/jobs/{job.id}").text
    assert "Entries checked" in page
    assert "data-job-progress" not in page


@pytest.mark.parametrize("name", [name for name in PEOPLE if name != "super"])
def test_nobody_else_starts_it(world, name):
    client = world.client(name)
    assert f'name="kind" value="{VERIFY}"' not in client.get("/jobs/").text
    for kind, status in ((VERIFY, 403), (FORGET, 403), ("none", 404)):
        assert client.post("/jobs/start", data={"kind": kind}).status_code == status
    assert jobs_of(world, VERIFY) == []


def test_the_levels_of_the_year_are_settled_as_it_begins(world):
    moments = [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 5, 2, tzinfo=UTC)]
    assert [LEVELS.schedule.next(one) for one in moments] == [
        datetime(2026, 1, 1, 20, 30, tzinfo=UTC),  # 04:30 of the next day over there
        datetime(2026, 12, 31, 20, 30, tzinfo=UTC),
    ]
    final_year(world, Decimal("600000.00"))
    number = ask_for(world, "region", LEVELS.key)
    work(world)
    job = job_of(world, number)
    assert job.state is JobState.DONE
    assert (job.result["written"], job.result["up"], job.result["waiting"]) == (1, 1, 3)
    assert "Here 600,000.00 tce" in job.log[0][1]
    with world.seen_from():
        assert level_of(world.enterprise(), today().year) is EnergyLevel.GE_500K


def test_whoever_does_not_see_everything_cannot_verify(world):
    number = ask_for(world, "region", VERIFY)
    work(world)
    assert job_of(world, number).state is JobState.FAILED


def test_the_first_broken_link_is_named(world):
    world.act("confirmer", Action.SUBMIT, world.filled())
    with world.seen_from():
        for statement in TRIGGERS[db.engine.dialect.name].split("; "):
            db.session.execute(text(statement))
        db.session.execute(
            text("UPDATE audit_entry SET actor_name = 'x' WHERE tag = 'filing:submit'")
        )
        db.session.commit()
    number = ask_for(world, "super", VERIFY)
    work(world)
    job = job_of(world, number)
    assert job.state is JobState.DONE
    assert job.result["wrong"] == len(job.log) == 1
    assert "was changed after it was written" in job.result["first"]
    assert job.result["first"] in job.line
    assert job.result["first"] in world.client("super").get(f"/jobs/{number}").text


def test_what_is_written_while_it_verifies_is_no_broken_link(world, monkeypatch):
    """The heads are read first, the entries later: all must be of one moment."""
    entries, written = verify.broken_chains, []

    def slowly(tell):
        def more(count):
            if not written:
                thread = threading.Thread(target=another_entry)
                thread.start()
                thread.join()
                written.append(count)
            tell(count)

        return entries(more)

    def another_entry():
        for name in ("county", "region"):
            with world.acting(name) as actor:
                record("test:meanwhile", name, actor=actor, place=actor.scope.roots[0])

    monkeypatch.setattr(verify, "broken_chains", slowly)
    number = ask_for(world, "super", VERIFY)
    work(world)
    assert written
    assert job_of(world, number).result["wrong"] == 0


def test_old_jobs_are_forgotten_and_that_is_told(world):
    states = {state: ask_for(world, "league", VERIFY) for state in JobState}
    for state, number in states.items():
        change(
            world,
            number,
            state=state,
            run_after=now() + timedelta(days=1),
            lease_until=now() + timedelta(days=1),
            ended_at=now() - timedelta(days=91) if state.has_ended else None,
        )
    young = ask_for(world, "league", VERIFY)
    change(world, young, state=JobState.DONE, ended_at=now() - timedelta(days=89))
    with world.seen_from(), world.acting("super") as actor:
        enqueue(FORGET, {}, actor=actor, place="")
    work(world)
    [forget] = jobs_of(world, FORGET)
    assert forget.result == {"forgotten": 3}
    with world.seen_from():
        left = set(db.session.scalars(select(Job.id).where(Job.kind == VERIFY)))
        assert left == {states[JobState.WAITING], states[JobState.RUNNING], young}
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.tag == "job:forget")).one()
        assert entry.facts == '{"count":3}'


def test_a_job_is_cancelled_and_tried_again_on_its_page(world):
    number = ask_for(world, "county", FORGET)
    client = world.client("county")
    page = client.get(f"/jobs/{number}").text
    assert f'action="/jobs/{number}/cancel"' in page
    assert f'action="/jobs/{number}/retry"' not in page
    assert client.post(f"/jobs/{number}/cancel").status_code == 302
    assert client.post(f"/jobs/{number}/cancel").status_code == 409
    page = client.get(f"/jobs/{number}").text
    assert f'action="/jobs/{number}/retry"' in page
    assert client.post(f"/jobs/{number}/retry").status_code == 302
    assert client.get(f"/jobs/{number}/retry").status_code == 405
    assert job_of(world, number).state is JobState.WAITING
    with world.seen_from():
        query = select(AuditEntry.tag).where(AuditEntry.place == COUNTY).order_by(AuditEntry.id)
        assert list(db.session.scalars(query)) == ["job:cancel", "job:retry"]


def test_why_it_failed_is_shown_without_harm(world):
    number = ask_for(world, "county", FORGET)
    change(world, number, state=JobState.FAILED, error="<script>\nsecond", line="<b>")
    page = world.client("county").get(f"/jobs/{number}").text
    assert "<p>&lt;script&gt;</p><p>second</p>" in page.replace("\n", "").replace("  ", "")
    assert "<b>" not in world.client("county").get("/jobs/").text.partition("<main")[2].replace(
        "<b></b>", ""
    )
