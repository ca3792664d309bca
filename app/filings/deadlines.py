"""Until when a quarter can be handed in: the calendar, an extension, a return.

One reckoning for all: submission and withdrawal, rules F-07 and F-10, pages, lists and reports.
Source: question 6 of the review flow, and its transition "extend".
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select

from app.core.clock import PLACE_TIME, today
from app.core.db import days_later, db
from app.core.errors import Problem
from app.core.period import Quarter
from app.filings.models import Extension, Filing, ReportingPeriod
from app.review.models import Review
from app.review.workflow import State
from app.workdays.queries import doubts_about, worked_after

RETURNED_DAYS = 5  # working days that a returned filing has at least


@dataclass(frozen=True, slots=True)
class Deadline:
    """The days of one enterprise and quarter, all included: the last on which something holds.

    `due_on` is what is told to the enterprise, `late_after` has the days of grace as well;
    an extension replaces both.  `lock_on` None: not locked.  `again_until`: of one that was
    returned, the last of its working days.
    """

    open_on: date
    due_on: date
    late_after: date
    lock_on: date | None
    extended_to: date | None = None
    again_until: date | None = None

    @property
    def last_day(self) -> date | None:
        """The last day on which it is taken; None: no end is set."""
        if self.lock_on is None:
            return None
        return max(self.lock_on, self.extended_to or self.lock_on, self.again_until or self.lock_on)

    def is_locked(self, on: date) -> bool:
        return self.last_day is not None and on > self.last_day

    def is_late(self, first_submitted_on: date | None) -> bool:
        """Whether what was first submitted on that day is late; nothing submitted is not."""
        return first_submitted_on is not None and first_submitted_on > self.late_after


def reckoned(
    calendar: Any, extended_to: date | None = None, returned_at: datetime | None = None
) -> Deadline:
    """The days by a row of the calendar, the newest extension and the last return."""
    due_on, late_after = calendar.due_on, calendar.due_on + timedelta(days=calendar.grace_days)
    if extended_to is not None and extended_to > late_after:
        due_on = late_after = extended_to
    else:
        extended_to = None
    again = None
    if returned_at is not None:
        again = worked_after(returned_at.astimezone(PLACE_TIME).date(), RETURNED_DAYS)
    return Deadline(calendar.open_on, due_on, late_after, calendar.lock_on, extended_to, again)


def of_row(row: Any) -> Deadline | None:
    """The same from a row of `DAYS`, with the state and since when; None without a calendar."""
    if row.due_on is None:
        return None
    return reckoned(row, row.extended_to, row.since if row.state is State.RETURNED else None)


def extended_to() -> ScalarSelect[date]:
    """The day of the newest extension of a filing, in a query of filings."""
    return (
        select(func.max(Extension.due_on))
        .where(
            Extension.enterprise_id == Filing.enterprise_id,
            Extension.year == Filing.year,
            Extension.quarter == Filing.quarter,
        )
        .correlate(Filing)
        .scalar_subquery()
    )


DAYS = (
    ReportingPeriod.open_on,
    ReportingPeriod.due_on,
    ReportingPeriod.grace_days,
    ReportingPeriod.lock_on,
    extended_to().label("extended_to"),
    Review.state,
    Review.since,
)
ITS_CALENDAR = and_(ReportingPeriod.year == Filing.year, ReportingPeriod.quarter == Filing.quarter)


def deadlines_of(filings: Collection[Filing]) -> Mapping[int, Deadline]:
    """The deadlines of *filings* by their numbers, in one statement; without a calendar none."""
    query = (
        select(Filing.id, *DAYS)
        .join(Filing.review)
        .join(ReportingPeriod, ITS_CALENDAR)
        .where(Filing.id.in_([one.id for one in filings]))
    )
    found = {row.id: of_row(row) for row in db.session.execute(query)}
    return {pk: one for pk, one in found.items() if one is not None}


def deadline_of(filing: Filing) -> Deadline | None:
    return deadlines_of([filing]).get(filing.id)


def deadline_without_filing(calendar: ReportingPeriod, enterprise_id: int) -> Deadline:
    """Until when an enterprise that has not begun a quarter can hand it in."""
    return reckoned(calendar, extensions_in(calendar.period, [enterprise_id]).get(enterprise_id))


def extensions_in(period: Quarter, enterprises: Collection[int] = ()) -> Mapping[int, date]:
    """The days to which *period* is extended, by enterprise; of all in one's area by default."""
    query = (
        select(Extension.enterprise_id, func.max(Extension.due_on))
        .where(Extension.year == period.year, Extension.quarter == period.quarter)
        .group_by(Extension.enterprise_id)
    )
    if enterprises:
        query = query.where(Extension.enterprise_id.in_(enterprises))
    return dict(db.session.execute(query).all())


def extensions_of(enterprise_id: int, period: Quarter) -> Sequence[Extension]:
    """What was granted to an enterprise for *period*, the newest first."""
    query = (
        select(Extension)
        .where(
            Extension.enterprise_id == enterprise_id,
            Extension.year == period.year,
            Extension.quarter == period.quarter,
        )
        .order_by(Extension.due_on.desc())
    )
    return db.session.scalars(query).all()


def handed_in_late() -> ColumnElement[bool]:
    """Whether a filing is late, as a condition in a query of filings."""
    late_after = (
        select(days_later(ReportingPeriod.due_on, ReportingPeriod.grace_days))
        .where(ITS_CALENDAR)
        .correlate(Filing)
        .scalar_subquery()
    )
    extended = extended_to()
    return func.coalesce(
        and_(
            Filing.first_submitted_on > late_after,
            or_(extended.is_(None), Filing.first_submitted_on > extended),
        ),
        False,
    )


def not_open(filing: Filing, deadline: Deadline | None) -> Sequence[Problem]:
    """Why *filing* cannot be submitted today, as far as days go."""
    if deadline is None or deadline.open_on > today():
        return [Problem("F0", _("%(period)s is not open for filing.", period=filing.period))]
    return locked(deadline)


def locked(deadline: Deadline | None) -> Sequence[Problem]:
    """F-10: after the lock nothing moves without an extension, or a return just now."""
    if deadline is None or not deadline.is_locked(today()):
        return ()
    day = deadline.last_day
    return [Problem("F0", _("Filing of this period was locked on %(day)s.", day=day))]


def late_text(filing: Filing, deadline: Deadline) -> str:
    """The late flag in words."""
    return _(
        "Handed in late: it was due on %(due)s and first submitted on %(day)s.",
        due=deadline.due_on,
        day=filing.first_submitted_on,
    )


def doubts(deadline: Deadline | None) -> str:
    """What to say of working days that were reckoned without their official calendar."""
    if deadline is None or deadline.again_until is None:
        return ""
    return doubts_about([today(), deadline.again_until])
