"""What tests of jobs need: kinds of their own, jobs that are asked for, and a worker at hand."""

from sqlalchemy import select

from app.core.db import db
from app.jobs.models import Job
from app.jobs.operations import enqueue
from app.jobs.work import work_off


def ask_for(world, name, kind, key=None, run_after=None, **arguments):
    """The number of a job that the person *name* has asked for."""
    with world.acting(name) as actor:
        job = enqueue(
            kind, arguments, actor=actor, place=actor.scope.roots[0], key=key, run_after=run_after
        )
        return job.id


def work(world):
    """Do all that is due; how many jobs were begun."""
    begun = 0
    with world.app.app_context():
        while work_off():
            begun += 1
    return begun


def job_of(world, number):
    with world.seen_from():
        job = db.session.get(Job, number)
        db.session.expunge_all()
        return job


def jobs_of(world, kind):
    with world.seen_from():
        return db.session.scalars(select(Job).where(Job.kind == kind).order_by(Job.id)).all()


def change(world, number, **values):
    """As if time had passed, or somebody had been at the row."""
    with world.seen_from():
        job = db.session.get(Job, number)
        for name, value in values.items():
            setattr(job, name, value)
        db.session.commit()
