"""A worker in a process of its own, with a kind of job that takes its time; run by a test."""

import time

from app import create_app
from app.audit.record import record
from app.jobs import work
from app.jobs.kinds import KINDS, Kind
from app.jobs.worker import Worker

STEPS = 10


def take_time(run, seconds):
    """Leaves a line of the journal for each step; goes on where the try before was cut off."""
    run.log(f"try {run.tries}")
    for step in range(STEPS):
        with run.unit():
            record("test:step", run.id, actor=run.actor, place=run.place, step=step, of=run.tries)
        run.report(step + 1, STEPS, f"step {step}")
        time.sleep(seconds / STEPS)
    return {"tries": run.tries}


SLOW = Kind("test.slow", "slow", take_time, one_unit=False)

if __name__ == "__main__":
    work.PAUSE = 0
    app = create_app()
    KINDS[SLOW.key] = SLOW
    Worker(app).run()
