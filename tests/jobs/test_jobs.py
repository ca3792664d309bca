"""Jobs: done once, by one worker, from where their actor stands; whatever breaks is told."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext
from sqlalchemy import select

from app.audit.actor import SYSTEM
from app.audit.models import AuditEntry
from app.audit.record import record
from app.core.clock import now
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, Problem
from app.core.unit import unit_of_work
from app.enterprises.models import Enterprise
from app.jobs import ledger
from app.jobs.models import Job, JobState
from app.jobs.operations import cancel, enqueue, retry
from app.jobs.queue import queue_of_app
from app.jobs.work import work_off
from tests.jobs.asking import ask_for, change, job_of, jobs_of, work
from tests.world import COUNTY, LEAGUE, OTHER_LEAGUE, REGION

LONG_AGO = timedelta(hours=1)


def names(_run):
    return {"names": sorted(db.session.scalars(select(Enterprise.name)))}


def marks(run):
    """Leaves a line of the journal each time it is done."""
    record("test:mark", run.id, actor=run.actor, place=run.place)


def marked(world):
    with world.seen_from():
        query = select(AuditEntry.subject_id).where(AuditEntry.tag == "test:mark")
        return sorted(map(int, db.session.scalars(query)))


# what one gets


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("confirmer", ["Here"]),
        ("league", ["Here", "Large", "Next"]),
        ("region", ["Here", "Large", "Next", "There"]),
    ],
)
def test_a_job_sees_what_its_actor_sees(world, kind, who, seen):
    number = ask_for(world, who, kind(names))
    assert job_of(world, number).state is JobState.WAITING
    assert work(world) == 1
    job = job_of(world, number)
    assert (job.state, job.result, job.tries) == (JobState.DONE, {"names": seen}, 1)
    assert job.created_at <= job.started_at <= job.ended_at
    assert (job.holder, job.lease_until, job.error) == (None, None, None)


def test_a_job_writes_as_its_actor_and_only_there(world, kind):
    def register_elsewhere(run, place):
        record("test:mark", run.id, actor=run.actor, place=place)

    test = kind(register_elsewhere)
    here, there = (ask_for(world, "league", test, place=p) for p in (COUNTY, OTHER_LEAGUE))
    assert work(world) == 2
    assert job_of(world, here).state is JobState.DONE
    refused = job_of(world, there)
    assert refused.state is JobState.FAILED
    assert "area" in refused.error or "辖区" in refused.error
    with world.seen_from():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.tag == "test:mark")).one()
        assert (entry.place, entry.actor_name, entry.actor_id) == (
            COUNTY,
            world.actor("league").name,
            world.actor("league").id,
        )


def test_it_tells_how_far_it_is_and_keeps_a_bounded_log(world, kind):
    seen = []

    def counts(run):
        for n in range(300):
            run.log(f"line {n}")
        run.report(3, 4, "nearly")
        seen.append(job_of(world, run.id))

    number = ask_for(world, "league", kind(counts, one_unit=False))
    work(world)
    [during], job = seen, job_of(world, number)
    assert (during.state, during.done, during.total, during.line) == ("running", 3, 4, "nearly")
    assert during.lease_until > now()
    assert [text for _at, text in job.log][:: ledger.MOST_LINES - 1] == ["line 100", "line 299"]


def test_within_a_unit_it_tells_as_well_and_waits_for_nobody(world, kind):
    """SQLite lets only one write: what is told there is written with the unit."""

    def in_one(run):
        marks(run)
        for n in range(20):
            run.report(n + 1, 20, f"step {n}")

    number = ask_for(world, "league", kind(in_one))
    work(world)
    job = job_of(world, number)
    assert (job.state, job.done, job.line, job.tries) == (JobState.DONE, 20, "step 19", 1)


def test_it_speaks_the_language_of_who_asked(world, kind):
    def refuses(_run):
        raise Invalid(gettext("There is no such record."))

    test, told = kind(refuses), {}
    for language in ("en", "zh"):
        number = ask_for(world, "league", test)
        change(world, number, language=language)
        work(world)
        told[language] = job_of(world, number).error
    assert told == {"en": "There is no such record.", "zh": "没有该记录。"}


# asked for


def refused(test):
    enqueue(test, {}, actor=SYSTEM, place="")
    raise Invalid("stop")


def test_what_is_rolled_back_is_no_job_and_wakes_nobody(world, kind):
    test = kind(names)
    with world.seen_from():
        queue = queue_of_app()
        queue.opened()[0].storage.flush_queue()
        with pytest.raises(Invalid), unit_of_work():
            refused(test)
        assert queue.is_empty()
        with unit_of_work():
            enqueue(test, {}, actor=SYSTEM, place="")
            assert queue.is_empty()
        assert not queue.is_empty()
        assert len(jobs_of(world, test)) == 1


def test_a_queue_that_is_away_does_no_harm_to_who_asks(world, kind, monkeypatch, caplog):
    with world.app.app_context():
        queue = queue_of_app()
    monkeypatch.setattr(queue, "nudge", lambda: 1 / 0)
    assert job_of(world, ask_for(world, "league", kind(names))).state is JobState.WAITING
    assert "the sweep will find the job" in caplog.text


def test_a_place_that_is_not_ones_own_is_refused(world, kind):
    test = kind(names)
    with pytest.raises(Forbidden), world.acting("league") as actor:
        enqueue(test, {}, actor=actor, place=OTHER_LEAGUE)
    assert jobs_of(world, test) == []


def test_with_a_key_it_is_one_job_whoever_asks_and_when(world, kind):
    test = kind(marks)
    start = threading.Barrier(6)

    def ask(_n):
        start.wait()
        return ask_for(world, "league", test, key="once")

    with ThreadPoolExecutor(6) as pool:
        numbers = set(pool.map(ask, range(6)))
    work(world)
    numbers.add(ask_for(world, "league", test, key="once"))
    assert work(world) == 0
    assert len(numbers) == 1
    assert marked(world) == sorted(numbers)


def test_what_is_for_later_waits(world, kind):
    number = ask_for(world, "league", kind(names), run_after=now() + LONG_AGO)
    assert work(world) == 0
    change(world, number, run_after=now())
    assert work(world) == 1


# once


def test_many_workers_do_every_job_once(world, kind):
    test = kind(marks)
    numbers = [ask_for(world, "league", test) for _n in range(40)]
    start = threading.Barrier(4)

    def worker(_n):
        start.wait()
        return work(world)

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(worker, range(4)))
    assert sum(done) == 40
    assert marked(world) == numbers


def test_the_oldest_comes_first(world, kind):
    order = []
    test = kind(lambda run: order.append(run.id))
    first, second = (ask_for(world, "league", test) for _n in range(2))
    change(world, first, run_after=now())
    work(world)
    assert order == [second, first]


def test_who_lost_the_lease_writes_nothing_more(world, kind):
    """A worker that slept too long: another has done the job meanwhile."""

    def sleeps(run):
        marks(run)
        if run.tries == 1:
            db.session.rollback()  # SQLite lets nobody else write
            change(world, run.id, lease_until=now() - LONG_AGO)
            with world.app.app_context():
                assert work_off()
            marks(run)

    number = ask_for(world, "league", kind(sleeps))
    assert work(world) == 1
    job = job_of(world, number)
    assert (job.state, job.tries) == (JobState.DONE, 2)
    assert marked(world) == [number]


@pytest.mark.parametrize("one_unit", [True, False])
def test_who_lost_the_lease_to_one_that_is_still_at_it_leaves_it_alone(world, kind, one_unit):
    others = []

    def sleeps(run):
        if one_unit:
            db.session.rollback()
        change(world, run.id, lease_until=now() - LONG_AGO)
        with world.app.app_context():
            others.append(ledger.claim())
        if not one_unit:
            run.report(1, 2)

    number = ask_for(world, "league", kind(sleeps, one_unit=one_unit))
    assert work(world) == 1
    job, [other] = job_of(world, number), others
    assert (job.state, job.tries, job.holder) == (JobState.RUNNING, 2, other.holder)
    assert (job.done, job.ended_at) == (None, None)


def test_a_unit_of_a_job_that_is_somebody_elses_by_now_is_undone(world, kind):
    def in_parts(run):
        with run.unit():
            marks(run)
        if run.tries == 1:
            change(world, run.id, lease_until=now() - LONG_AGO)
            with world.app.app_context():
                assert work_off()
        with run.unit():
            marks(run)

    number = ask_for(world, "league", kind(in_parts, one_unit=False))
    work(world)
    assert job_of(world, number).state is JobState.DONE
    assert marked(world) == [number] * 3


# what breaks


def test_an_error_is_tried_again_later_and_later_then_told_in_words(world, kind, caplog):
    def breaks(run):
        marks(run)
        raise RuntimeError("secret detail")

    number, waits = ask_for(world, "league", kind(breaks)), []
    for _try in range(2):
        assert work(world) == 1
        job = job_of(world, number)
        assert job.state is JobState.WAITING
        waits.append((job.run_after - now()).total_seconds())
        change(world, number, run_after=now())
    assert work(world) == 1
    job = job_of(world, number)
    assert (job.state, job.tries) == (JobState.FAILED, 3)
    assert 5 < waits[0] <= 10
    assert 50 < waits[1] <= 60
    assert "secret" not in job.error
    assert "log of the server" in job.error
    assert caplog.text.count("RuntimeError: secret detail") == 3
    assert marked(world) == []
    assert work(world) == 0


def test_a_refusal_is_told_and_not_tried_again(world, kind):
    def refuses(run):
        marks(run)
        raise Invalid("not like this", [Problem("S2", "too much")])

    number = ask_for(world, "league", kind(refuses))
    assert work(world) == 1
    job = job_of(world, number)
    assert (job.state, job.tries, job.error) == (JobState.FAILED, 1, "not like this\ntoo much")
    assert (work(world), marked(world)) == (0, [])


def test_a_job_whose_workers_died_three_times_has_failed(world, kind):
    number = ask_for(world, "league", kind(marks))
    for tries in (1, 2, 3):
        with world.app.app_context():
            assert ledger.claim().tries == tries  # and is never heard of again
            assert ledger.claim() is None
        change(world, number, lease_until=now() - LONG_AGO)
    assert work(world) == 0
    job = job_of(world, number)
    assert (job.state, job.tries, job.holder) == (JobState.FAILED, 3, None)
    assert "3" in job.error


def test_a_result_that_cannot_be_kept_is_an_error(world, kind):
    number = ask_for(world, "league", kind(lambda _run: {"bad": object()}))
    work(world)
    assert job_of(world, number).state is JobState.WAITING


def test_nobody_works_for_who_may_not_log_in_any_more(world, kind):
    number = ask_for(world, "league", kind(marks))
    with world.seen_from():
        db.session.scalars(select(User).where(User.username == "league")).one().active = False
        db.session.commit()
    work(world)
    assert job_of(world, number).state is JobState.FAILED
    assert marked(world) == []


def test_a_kind_that_is_no_more_fails(world, kind):
    number = ask_for(world, "league", kind(marks))
    change(world, number, kind="gone")
    work(world)
    assert job_of(world, number).state is JobState.FAILED


def test_a_worker_that_is_told_to_stop_puts_its_job_back(world, kind):
    test = kind(lambda run: run.report(1, 2), one_unit=False)
    number = ask_for(world, "league", test)
    with world.app.app_context():
        assert work_off(lambda: True)
    job = job_of(world, number)
    assert (job.state, job.tries, job.done) == (JobState.WAITING, 0, 1)
    assert work(world) == 1
    assert job_of(world, number).state is JobState.DONE


# cancel and try again


def cancel_as(world, name, number):
    with world.acting(name) as actor:
        cancel(db.session.get(Job, number), actor=actor)


def retry_as(world, name, number):
    with world.acting(name) as actor:
        retry(db.session.get(Job, number), actor=actor)


def test_a_waiting_job_is_cancelled_at_once(world, kind):
    number = ask_for(world, "league", kind(marks))
    cancel_as(world, "league", number)
    assert job_of(world, number).state is JobState.CANCELLED
    assert (work(world), marked(world)) == (0, [])
    with pytest.raises(Conflict):
        cancel_as(world, "league", number)


def test_a_running_job_is_cancelled_when_it_next_reports(world, kind):
    reached = []

    def goes_on(run):
        for n in range(5):
            with run.unit():
                marks(run)
            if n == 1:
                cancel_as(world, "league", run.id)
            run.report(n + 1, 5)
            reached.append(n)

    number = ask_for(world, "league", kind(goes_on, one_unit=False))
    work(world)
    job = job_of(world, number)
    assert (job.state, job.done) == (JobState.CANCELLED, 2)
    assert (reached, marked(world)) == ([0], [number] * 2)


def test_what_failed_is_tried_again_by_hand_with_all_its_tries(world, kind):
    def refuses_once(run, when):
        if job_of(world, run.id).created_at.isoformat() == when:
            raise Invalid("not now")

    test = kind(refuses_once)
    number = ask_for(world, "league", test, when="")
    change(world, number, arguments={"when": job_of(world, number).created_at.isoformat()})
    work(world)
    assert job_of(world, number).state is JobState.FAILED
    change(world, number, arguments={"when": ""})
    retry_as(world, "league", number)
    assert (job_of(world, number).state, job_of(world, number).tries) == (JobState.WAITING, 0)
    work(world)
    job = job_of(world, number)
    assert (job.state, job.tries, job.error) == (JobState.DONE, 1, None)
    with pytest.raises(Conflict):
        retry_as(world, "league", number)
    with world.seen_from():
        tags = db.session.scalars(select(AuditEntry.tag).where(AuditEntry.tag.like("job:%")))
        assert list(tags) == ["job:retry"]


def test_a_job_that_looks_further_than_oneself_is_not_tried_again(world, kind):
    number = ask_for(world, "region", kind(names))
    change(world, number, state=JobState.FAILED, place=LEAGUE)
    with pytest.raises(Forbidden):
        retry_as(world, "league", number)
    assert job_of(world, number).actor_roots == [REGION]
    retry_as(world, "super", number)


def test_a_double_click_on_try_again_lets_it_run_once(world, kind):
    number = ask_for(world, "league", kind(marks))
    change(world, number, state=JobState.FAILED)
    clients = [world.client("league") for _n in range(4)]
    start = threading.Barrier(4)

    def click(client):
        start.wait()
        return client.post(f"/jobs/{number}/retry").status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(click, clients)) == [302, 409, 409, 409]
    assert work(world) == 1
    assert marked(world) == [number]
