"""A worker in a process of its own, with jobs that take their time; run by a test."""

import time

from app import create_app
from app.audit.record import record
from app.core import export
from app.core.export import Exportable, Head
from app.exports.offers import offer
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


def slow_table(_args):
    """A table whose rows come one by one."""

    def rows():
        for number in range(STEPS):
            yield [number]
            time.sleep(0.1)

    return Exportable("Slow", [Head("N")], lambda: STEPS, rows)


SLOW = Kind("test.slow", "slow", take_time, one_unit=False)

if __name__ == "__main__":
    work.PAUSE, export.AT_ONCE = 0, 1
    app = create_app()
    offer("slow", slow_table, thing="Enterprise")
    KINDS[SLOW.key] = SLOW
    Worker(app).run()
