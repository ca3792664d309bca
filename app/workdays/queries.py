"""Reading the days that the region sets apart, once for all that a request reckons."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.core.db import db
from app.workdays.days import Special, add_working_days, is_working, unknown_years
from app.workdays.models import SpecialDay

KEPT = "special days"


def special_days() -> Special:
    """The days that the region sets apart; one statement a request, however often it is asked."""
    kept: dict[date, bool] | None = db.session.info.get(KEPT)
    if kept is None:
        rows = db.session.execute(select(SpecialDay.day, SpecialDay.is_working)).all()
        kept = db.session.info[KEPT] = dict(rows)
    return kept


@event.listens_for(Session, "after_flush")
def _read_again(session: Session, _context: object) -> None:
    rows = (*session.new, *session.dirty, *session.deleted)
    if any(isinstance(row, SpecialDay) for row in rows):
        session.info.pop(KEPT, None)


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: object) -> None:
    """What the next transaction sees may be something else."""
    if getattr(transaction, "parent", None) is None:
        session.info.pop(KEPT, None)


def is_worked(day: date) -> bool:
    return is_working(day, special_days())


def worked_after(day: date, n: int) -> date:
    """The *n*-th working day after *day*, with the days that the region sets apart."""
    return add_working_days(day, n, special_days())


def doubts_about(days: Iterable[date]) -> str:
    """What to say where something was reckoned with *days* of a year that is not known yet.

    Empty where all years are known.
    """
    years = unknown_years(days)
    if not years:
        return ""
    entered = Counter(day.year for day in special_days())
    told = ", ".join(
        _("%(year)s (%(n)s days entered by the region)", year=year, n=entered[year])
        for year in years
    )
    return _(
        "The official holidays are not known here yet: %(years)s. In such a year weekends count as "
        "free and all other days as worked, but for the days that the region has entered.",
        years=told,
    )
