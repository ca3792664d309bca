"""Reading one's own exports."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import Select, select

from app.core.db import db
from app.core.errors import NotFound
from app.core.web import GREATEST_KEY
from app.exports.models import Export
from app.jobs.models import Job, JobState

SHOWN = 50
UNFINISHED = (JobState.WAITING, JobState.RUNNING)


def _own(person_id: int | None) -> Select[Export, Job | None]:
    query = select(Export, Job).outerjoin(Job, Job.id == Export.job_id)
    return query.where(Export.asked_by_id == person_id)


def exports_of(person_id: int) -> Sequence[tuple[Export, Job | None]]:
    """The newest of a person, each with its job; one statement."""
    query = _own(person_id).order_by(Export.id.desc()).limit(SHOWN)
    return [(row[0], row[1]) for row in db.session.execute(query)]


def unfinished_of(person_id: int | None) -> Sequence[Export]:
    query = _own(person_id).where(Export.made_at.is_(None), Job.state.in_(UNFINISHED))
    return [row[0] for row in db.session.execute(query.order_by(Export.id))]


def export_of(pk: int, person_id: int) -> tuple[Export, Job | None]:
    """One of the person's own; those of others are not there: `NotFound`."""
    query = _own(person_id).where(Export.id == min(pk, GREATEST_KEY))
    found = db.session.execute(query).one_or_none()
    if found is None:
        raise NotFound(_("There is no such record."))
    return found[0], found[1]
