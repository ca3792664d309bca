"""Remind those who decide of what has waited for them for days (question 21)."""

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.audit.actor import Actor
from app.core.db import db
from app.jobs.kinds import Kind
from app.jobs.schedule import Schedule
from app.jobs.work import Run
from app.notices.models import Notice, NoticeKind
from app.notices.operations import notify
from app.notices.queries import people_at
from app.review.clocks import clock_of
from app.review.models import Review
from app.review.telling import DECIDES
from app.review.workflow import IN_REVIEW

PATIENCE = 3  # working days
AT_ONCE = 100  # reviews in one unit of work


def chase_by_clock(run: Run) -> Mapping[str, object]:
    """Tell each once of each filing that has waited for three working days where it stands."""
    told = 0
    numbers = db.session.scalars(select(Review.id).where(Review.state.in_(IN_REVIEW))).all()
    for some in _in_parts(numbers):
        with run.unit():
            told += _chase(some, run.actor)
        run.report()
    return {"told": told}


def _chase(numbers: Sequence[int], actor: Actor) -> int:
    query = select(Review).where(Review.id.in_(numbers), Review.state.in_(IN_REVIEW))
    waiting = [
        review
        for review in db.session.scalars(query.options(selectinload(Review.questions)))
        if (clock_of(review) or 0) >= PATIENCE
    ]
    events = {review.id: f"held:{review.id}:{review.since:%Y%m%d%H%M%S}" for review in waiting}
    known = set(db.session.scalars(select(Notice.event).where(Notice.event.in_(events.values()))))
    told = 0
    for review in waiting:
        tier = review.holder
        if tier is None or events[review.id] in known:
            continue
        told += len(
            notify(
                NoticeKind.HELD_LONG,
                to=people_at(review.place, tier, DECIDES),
                place=review.place,
                about=review.title,
                subject=("review", review.id),
                event=events[review.id],
                actor=actor,
            )
        )
    return told


def _in_parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), AT_ONCE):
        yield numbers[start : start + AT_ONCE]


CHASE = Kind(
    "reviews.chase",
    _l("Remind reviewers of what has waited for days"),
    chase_by_clock,
    schedule=Schedule.of("45 6 * * 1-5"),
    one_unit=False,
    labels={"told": _l("people told")},
)
