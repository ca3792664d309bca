"""Tell enterprises by the clock of certificates: a month before they run out, and afterwards."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.audit.actor import Actor
from app.core.clock import today
from app.core.db import db
from app.core.unit import wait_for_turn
from app.enterprises.models import Enterprise
from app.enterprises.start_stop import is_enabled_in
from app.inspection.duties import counts_in
from app.inspection.models import InspectionFile
from app.inspection.reminding import AT_ONCE, UPLOADS
from app.jobs.kinds import Kind
from app.jobs.schedule import Schedule
from app.jobs.work import Run
from app.notices.models import Notice, NoticeKind
from app.notices.operations import notify
from app.notices.queries import people_by_place

BEFORE, AFTER = 30, 7  # days; what ran out longer ago when the job first runs is known


def occasion_on(day: date, expires_on: date) -> str:
    """What there is to be told on *day* of a certificate; nothing if it is not near.

    Each occasion lasts until the next, so that a night without the job leaves nothing out.
    """
    left = (expires_on - day).days
    if 0 <= left <= BEFORE:
        return "soon"
    return "over" if -AFTER <= left < 0 else ""


def tell_by_clock(run: Run) -> Mapping[str, object]:
    """Tell of every certificate whose occasion it is; of each occasion once, never the stopped."""
    day, told = today(), 0
    mine = InspectionFile
    near = (
        select(mine.id)
        .join(Enterprise, Enterprise.id == mine.enterprise_id)
        .where(mine.expires_on.between(day - timedelta(AFTER), day + timedelta(BEFORE)))
        .where(counts_in(day.year), is_enabled_in())
        .order_by(mine.id)
    )
    numbers = db.session.scalars(near).all()
    for at in range(0, len(numbers), AT_ONCE):
        with run.unit():
            told += _tell(numbers[at : at + AT_ONCE], day, run.actor)
        run.report()
    return {"certificates": told}


def _tell(numbers: Sequence[int], day: date, actor: Actor) -> int:
    """Within a unit: who has been told of the occasion already is not told again."""
    wait_for_turn("tell of certificates")
    query = select(InspectionFile).where(InspectionFile.id.in_(numbers))
    files = db.session.scalars(query.options(joinedload(InspectionFile.enterprise))).all()
    events = {
        f"certificate:{one.id}:{occasion_on(day, one.expires_on)}": one
        for one in files
        if one.expires_on is not None
    }
    known = set(db.session.scalars(select(Notice.event).where(Notice.event.in_(events))))
    people = people_by_place([one.place for one in files], UPLOADS)
    told = 0
    for event, one in events.items():
        if event in known:
            continue
        told += bool(
            notify(
                NoticeKind.CERTIFICATE_EXPIRES,
                to=people.get(one.place, ()),
                place=one.place,
                about=f"{one.enterprise.name} {one.code} {one.file_name}",
                subject=("inspection", day.year),
                event=event,
                actor=actor,
                facts={"day": str(one.expires_on)},
            )
        )
    return told


EXPIRING = Kind(
    "inspection.expiring",
    _l("Tell of certificates that run out"),
    tell_by_clock,
    schedule=Schedule.of("45 6 * * *"),
    one_unit=False,  # thousands of certificates, some at a time
    labels={"certificates": _l("Certificates told of")},
)
