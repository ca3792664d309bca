"""Remind enterprises of what they have not handed in: by the clock, and by a click."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit.actor import Actor
from app.audit.record import record
from app.core.clock import today
from app.core.db import db
from app.core.errors import Forbidden
from app.core.period import Quarter
from app.core.unit import wait_for_turn
from app.enterprises.models import Enterprise
from app.enterprises.moves import FOLLOWERS
from app.enterprises.start_stop import is_enabled_in, stops_in
from app.filings.deadlines import extensions_in, reckoned
from app.filings.models import Filing, ReportingPeriod
from app.filings.queries import calendar_row, open_period
from app.filings.reminders import Occasion, Reminder
from app.jobs.kinds import Kind
from app.jobs.schedule import Schedule
from app.jobs.work import Run
from app.notices.models import NoticeKind
from app.notices.operations import notify
from app.notices.queries import people_by_place
from app.notices.reminded import Reminded
from app.regions.scope import Tier
from app.review.models import Review
from app.review.workflow import OPEN

FILLS = ("can_fill", "Filing")
LOOKED_BACK = timedelta(days=92)  # no last day is moved farther
LATE_FOR = 7  # days; what has been late for longer when the job first runs is known
AT_ONCE = 100  # enterprises in one unit of work
ABOVE = frozenset({Tier.PLATFORM, Tier.REGION, Tier.LEAGUE, Tier.COUNTY})


def occasion_on(day: date, due: date) -> Occasion | None:
    """What there is to be reminded of on *day*, if *due* is the last day.

    The occasion of a day on which nobody ran the job is that of the next day as well.
    """
    left = (due - day).days
    if 1 < left <= 7:
        return Occasion.WEEK_BEFORE
    if 0 <= left <= 1:
        return Occasion.DAY_BEFORE
    return Occasion.LATE if -LATE_FOR <= left < 0 else None


def remind(enterprises: Sequence[Enterprise], period: Quarter, *, actor: Actor) -> Reminded:
    """Remind, by hand, those of *enterprises* that are not stopped and not reminded today.

    All must be without a submission for *period*, as the list says on which this was clicked.
    Two who click at once come one after the other.  `Forbidden` for who stands below a county or
    reaches out of the own area, `NotFound` for a quarter that is not open.
    """
    day = today()
    row = open_period(period, day)
    if not all(actor.tiers_at(one.place) & ABOVE for one in enterprises):
        raise Forbidden(_("Only who stands above an enterprise reminds it."))
    wait_for_turn(f"remind {period}")
    done = Reminded()
    for some in _in_parts(enterprises):
        stopped = stops_in([one.id for one in some], period)
        done.stopped += len(stopped)
        running = [one for one in some if one.id not in stopped]
        reminded = {one.enterprise_id for one in _reminders(running, period) if one.day == day}
        done.today += len(reminded)
        due = _due([one for one in running if one.id not in reminded], period)
        _tell([one for one in running if one.id in due], period, due, None, done, actor)
    record(
        "reminder:send",
        row,
        actor=actor,
        place=min(actor.scope.roots, key=len, default=""),
        period=str(period),
        told=done.told,
        people=done.people,
        skipped={"today": done.today, "stopped": done.stopped, "no_account": done.no_account},
    )
    return done


def remind_by_clock(run: Run) -> Mapping[str, object]:
    """Remind everybody whose occasion it is; what has been done today, or once, is not again."""
    done = Reminded()
    for period in _periods(today()):
        numbers = db.session.scalars(_missing(period).with_only_columns(Enterprise.id)).all()
        for some in _in_parts(numbers):
            with run.unit():
                _remind_some(some, period, done, run.actor)
            run.report()
    return {"told": done.told, "people": done.people, "no_account": done.no_account}


def _remind_some(numbers: Sequence[int], period: Quarter, done: Reminded, actor: Actor) -> None:
    """Within a unit: who has submitted, or was stopped or reminded meanwhile, is left alone."""
    day = today()
    wait_for_turn(f"remind {period}")
    some = db.session.scalars(_missing(period).where(Enterprise.id.in_(numbers))).all()
    due = _due(some, period)
    occasion = {pk: occasion_on(day, last) for pk, last in due.items() if last is not None}
    for one in _reminders(some, period):
        if one.day == day or one.occasion is occasion.get(one.enterprise_id):
            occasion.pop(one.enterprise_id, None)
    for each in Occasion:
        those = [one for one in some if occasion.get(one.id) is each]
        _tell(those, period, due, each, done, actor)


def _due(enterprises: Sequence[Enterprise], period: Quarter) -> dict[int, date | None]:
    """The last day in time of each, extensions included; None without a calendar."""
    row = calendar_row(period)
    if row is None:
        return dict.fromkeys((one.id for one in enterprises), None)
    extended = extensions_in(period)
    return {one.id: reckoned(row, extended.get(one.id)).due_on for one in enterprises}


def _tell(
    enterprises: Sequence[Enterprise],
    period: Quarter,
    due: Mapping[int, date | None],
    occasion: Occasion | None,
    done: Reminded,
    actor: Actor,
) -> None:
    day = today()
    people = people_by_place([one.place for one in enterprises], FILLS)
    kind = {None: NoticeKind.REMINDED, Occasion.LATE: NoticeKind.LATE}.get(
        occasion, NoticeKind.DUE_SOON
    )
    for one in enterprises:
        told = notify(
            kind,
            to=people.get(one.place, ()),
            place=one.place,
            about=f"{one.name} {period}",
            subject=("period", period.index),
            event=f"remind:{one.id}:{period}:{occasion or day}",
            actor=actor,
            facts={"due_on": str(due[one.id])},
        )
        if not told:
            done.no_account += 1
            continue
        done.told += 1
        done.people += len(told)
        db.session.add(
            Reminder(
                enterprise_id=one.id,
                place=one.place,
                year=period.year,
                quarter=period.quarter,
                occasion=occasion,
                day=day,
                by_id=actor.id,
                people=len(told),
            )
        )


def _missing(period: Quarter) -> Any:
    """The enterprises that have to file *period* and have not handed it in."""
    handed_in = (
        select(Filing.enterprise_id)
        .join(Review, Filing.review_id == Review.id)
        .where(Filing.year == period.year, Filing.quarter == period.quarter)
        .where(Review.state.not_in(OPEN))
    )
    query = select(Enterprise).where(is_enabled_in(period), Enterprise.id.not_in(handed_in))
    return query.order_by(Enterprise.id)


def _reminders(enterprises: Sequence[Enterprise], period: Quarter) -> Sequence[Reminder]:
    query = select(Reminder).where(
        Reminder.enterprise_id.in_([one.id for one in enterprises]),
        Reminder.year == period.year,
        Reminder.quarter == period.quarter,
    )
    return db.session.scalars(query).all()


def _periods(day: date) -> Iterable[Quarter]:
    """The open quarters whose last day lies ahead, or not long ago."""
    query = select(ReportingPeriod).where(
        ReportingPeriod.open_on <= day, ReportingPeriod.due_on >= day - LOOKED_BACK
    )
    rows = db.session.scalars(query.order_by(ReportingPeriod.year, ReportingPeriod.quarter))
    return [row.period for row in rows]


def _in_parts(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[at : at + AT_ONCE] for at in range(0, len(rows), AT_ONCE))


def follow_enterprises() -> None:
    """Let moves take the reminders along: the new county is not to remind again on that day."""
    FOLLOWERS[Reminder] = lambda pk: Reminder.enterprise_id == pk


REMINDERS = Kind(
    "filings.remind",
    _l("Remind of what is due"),
    remind_by_clock,
    schedule=Schedule.of("30 6 * * *"),
    one_unit=False,  # thousands of enterprises, some at a time
    labels={
        "told": _l("Enterprises reminded"),
        "people": _l("People told"),
        "no_account": _l("Enterprises without an account"),
    },
)
