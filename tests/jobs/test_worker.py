"""The process that does the jobs: woken by a word, and missing nothing when the word is lost."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest

from app.core.clock import now
from app.jobs.models import JobState
from app.jobs.queue import Queue
from app.jobs.schedule import Schedule
from app.jobs.worker import Worker
from tests.jobs.asking import ask_for, change, job_of, jobs_of, work
from tests.world import REGION

SOON = 8  # seconds; the machine may be busy


def nothing(_run):
    return None


@pytest.fixture
def embedded(world, tmp_path, monkeypatch):
    """The queue as it is by default: a file."""
    queue = Queue(f"sqlite:///{tmp_path}/jobs.db")
    monkeypatch.setitem(world.app.extensions, "jobs", queue)
    return queue


@contextmanager
def working(world):
    """A worker in threads of this process."""
    worker = Worker(world.app)
    worker.consumer.start()
    try:
        yield worker
    finally:
        worker.consumer.stop(graceful=True)


def ended(world, number):
    """The job, once it has ended."""
    last = time.monotonic() + SOON
    while time.monotonic() < last:
        job = job_of(world, number)
        if job.state.has_ended:
            return job
        time.sleep(0.02)
    pytest.fail(f"{job.state} after {SOON} s")


def test_a_job_begins_as_soon_as_it_is_committed(world, kind, embedded, monkeypatch):
    monkeypatch.setitem(world.app.config, "JOBS_SWEEP", 60)
    test = kind(nothing)
    with working(world):
        time.sleep(0.2)  # the first sweep is over
        job = ended(world, ask_for(world, "league", test))
        assert job.state is JobState.DONE
        assert job.started_at - job.created_at < timedelta(seconds=2)


def test_a_word_that_was_lost_is_said_again_by_the_sweep(world, kind, embedded, monkeypatch):
    monkeypatch.setitem(world.app.config, "JOBS_SWEEP", 0.2)
    test = kind(nothing)
    with working(world):
        with monkeypatch.context() as lost:
            lost.setattr(embedded, "nudge", lambda: None)
            number = ask_for(world, "league", test)
        assert ended(world, number).state is JobState.DONE


def test_a_worker_that_is_stopped_puts_back_what_it_does(world, kind, embedded):
    def goes_on(run):
        while run.tries < 2 and not job_of(world, run.id).arguments:
            run.report()
            time.sleep(0.02)

    number = ask_for(world, "league", kind(goes_on, one_unit=False))
    with working(world):
        while job_of(world, number).state is JobState.WAITING:
            time.sleep(0.02)
    job = job_of(world, number)
    assert (job.state, job.tries, job.holder) == (JobState.WAITING, 0, None)


def test_the_word_is_plain_json(embedded):
    embedded.nudge()
    [said] = embedded.opened()[0].storage.enqueued_items()
    assert said.startswith(b'["')


# the clock


def test_the_next_moment_waits_in_the_ledger_once_however_many_workers(world, kind):
    test = kind(nothing, schedule=Schedule.of("0 3 * * *"))
    workers = [Worker(world.app) for _n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: one.sweep(), workers))
    for one in workers:
        one.sweep()
    [job] = jobs_of(world, test)
    assert now() < job.run_after <= now() + timedelta(days=1)
    assert job.key == f"test@{job.run_after:%Y-%m-%dT%H:%MZ}"
    assert (job.actor_name, job.actor_id, job.place) == ("system", None, REGION)
    assert work(world) == 0


def test_when_the_moment_has_come_it_is_done_once_and_the_next_is_entered(world, kind, monkeypatch):
    done = []
    test = kind(lambda run: done.append(run.id), schedule=Schedule.of("*/10 * * * *"))
    begin = now().replace(minute=5) + timedelta(days=1)
    monkeypatch.setattr("app.jobs.worker.now", lambda: begin)
    workers = [Worker(world.app) for _n in range(2)]
    for _time in range(3):
        for one in workers:
            one.sweep()
    [first] = jobs_of(world, test)
    change(world, first.id, run_after=now() - timedelta(seconds=1))
    monkeypatch.setattr("app.jobs.worker.now", lambda: begin + timedelta(minutes=7))
    for one in workers:
        one.sweep()
        work(world)
    assert [job.state for job in jobs_of(world, test)] == [JobState.DONE, JobState.WAITING]
    assert done == [first.id]


def test_what_was_due_while_nobody_worked_is_done_once_afterwards(world, kind, monkeypatch):
    test = kind(nothing, schedule=Schedule.of("0 3 * * *"))
    monkeypatch.setattr("app.jobs.worker.now", lambda: now() - timedelta(days=5))
    Worker(world.app).sweep()
    monkeypatch.undo()
    kind(nothing, schedule=Schedule.of("0 3 * * *"))
    Worker(world.app).sweep()
    work(world)
    assert [job.state for job in jobs_of(world, test)] == [JobState.DONE, JobState.WAITING]
