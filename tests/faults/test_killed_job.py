"""`kill -9` while a job runs: another worker takes it up when its lease has ended, no sooner."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core.db import db
from app.exports.models import Export
from app.exports.operations import ask as ask_for_export
from app.jobs.kinds import KINDS
from app.jobs.models import JobState
from tests.databases import let_go
from tests.faults.slow_jobs import SLOW, STEPS
from tests.jobs.asking import ask_for, job_of, jobs_of
from tests.server import Server

LEASE = 2
PATIENCE = 30  # seconds; the machine may be busy


@pytest.fixture
def slow(monkeypatch):
    monkeypatch.setitem(KINDS, SLOW.key, SLOW)
    return SLOW.key


@pytest.fixture
def start_worker(world, database, tmp_path):
    """Starts a worker in a process of its own; all are killed in the end."""
    started = []
    environment = {
        **os.environ,
        "DATABASE_URL": database.url,
        "SECRET_KEY": "s" * 40,
        "INSTANCE_FOLDER": str(tmp_path / "instance"),
        "UPLOAD_FOLDER": str(tmp_path / "uploads"),
        "JOBS_LEASE": str(LEASE),
        "JOBS_SWEEP": "0.2",
    }

    def start():
        command = [sys.executable, "-m", "tests.faults.slow_jobs"]
        started.append(subprocess.Popen(command, env=environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
    let_go(world.app)


def until(found, why="too slow"):
    """What *found* gives, as soon as it gives something."""
    last = time.monotonic() + PATIENCE
    while time.monotonic() < last:
        if value := found():
            return value
        time.sleep(0.05)
    pytest.fail(why)


def steps_of(world, number):
    with world.seen_from():
        query = select(func.count(AuditEntry.id)).where(
            AuditEntry.tag == "test:step", AuditEntry.subject_id == str(number)
        )
        return db.session.scalar(query)


def test_a_job_whose_worker_was_killed_is_taken_up_after_its_lease(world, slow, start_worker):
    number = ask_for(world, "league", slow, seconds=1)
    killed = start_worker()
    until(lambda: steps_of(world, number) >= 3)
    killed.kill()
    killed.wait()
    lease = job_of(world, number).lease_until
    before = steps_of(world, number)
    assert 3 <= before < STEPS
    start_worker()
    job = until(lambda: (row := job_of(world, number)).state.has_ended and row)
    assert (job.state, job.tries, job.result) == (JobState.DONE, 2, {"tries": 2})
    assert lease < job.started_at
    assert steps_of(world, number) == before + STEPS
    assert [text for _at, text in job.log] == ["try 1", "try 2"]


def test_two_workers_share_the_jobs_and_do_each_once(world, slow, start_worker):
    numbers = [ask_for(world, "league", slow, seconds=0.2) for _n in range(12)]
    for _process in range(2):
        start_worker()
    until(lambda: all(job.state.has_ended for job in jobs_of(world, slow)))
    assert {(job.state, job.tries) for job in jobs_of(world, slow)} == {(JobState.DONE, 1)}
    assert [steps_of(world, number) for number in numbers] == [STEPS] * 12


def test_a_worker_that_is_told_to_stop_leaves_its_job_to_others_at_once(world, slow, start_worker):
    number = ask_for(world, "league", slow, seconds=2)
    stopped = start_worker()
    until(lambda: steps_of(world, number) >= 1)
    stopped.send_signal(signal.SIGTERM)
    assert stopped.wait(PATIENCE) == 0
    job = job_of(world, number)
    assert (job.state, job.tries, job.holder) == (JobState.WAITING, 0, None)
    assert 1 <= steps_of(world, number) < STEPS


def test_an_export_whose_worker_was_killed_is_made_by_another(world, start_worker, tmp_path):
    """Half a file is left behind; it is gone, and the other is whole, when the job has ended."""
    with world.acting("league") as actor:
        export = ask_for_export("slow", {}, "Slow", actor=actor)
        number, job = export.id, export.job_id
    folder = tmp_path / "uploads" / "exports"
    killed = start_worker()
    until(lambda: (job_of(world, job).done or 0) >= 2)
    killed.kill()
    killed.wait()
    [half] = folder.iterdir()
    start_worker()
    ended = until(lambda: (row := job_of(world, job)).state.has_ended and row)
    assert (ended.state, ended.tries) == (JobState.DONE, 2)
    with world.seen_from():
        made = db.session.get(Export, number)
        assert [path.name for path in folder.iterdir()] == [made.file]
        assert (made.rows, made.file == half.name) == (STEPS, False)
        tag = select(func.count(AuditEntry.id)).where(AuditEntry.tag == "enterprise:export")
        assert db.session.scalar(tag) == 1
    page = load_workbook(folder / made.file).active
    assert [row[0].value for row in page.iter_rows(min_row=2)] == list(range(STEPS))


def children_of(number):
    """The processes that *number* has started."""
    text = Path(f"/proc/{number}/task/{number}/children").read_text()
    return [int(child) for child in text.split()]


def is_alive(number):
    return Path(f"/proc/{number}").exists()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc of Linux")
def test_the_server_keeps_a_process_for_jobs_and_takes_it_along(world, database, tmp_path):
    """Killed alone it is replaced; when the server is killed it ends as well."""
    secret = world.app.config["SECRET_KEY"]
    let_go(world.app)
    server = Server(database, tmp_path, secret)

    def jobs():
        """The process of the jobs: the only child of a child of the server."""
        return [own for child in children_of(server.process.pid) for own in children_of(child)]

    try:
        [first] = until(jobs)
        os.kill(first, signal.SIGKILL)
        [second] = until(lambda: [one for one in jobs() if one != first])
        number = ask_for(world, "super", "jobs.forget")  # the word of this process goes nowhere
        assert until(lambda: job_of(world, number).state is JobState.DONE)
        server.kill_the_master()
        until(lambda: not is_alive(second), "the process of the jobs outlives the server")
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.process.pid, signal.SIGKILL)
