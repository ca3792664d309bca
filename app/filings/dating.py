"""Put a value of a catalogue in force from a quarter on, correct it, take it away.

What final filings were reckoned with stays as it is: it is only ever followed by a new row.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.audit.actor import Actor
from app.audit.record import record
from app.core.dated import Dated
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from app.core.period import Quarter, this_quarter
from app.filings.catalogue import mark_changed
from app.filings.models import Filing
from app.regions.queries import root_path
from app.review.models import Review
from app.review.workflow import FINAL


def put_in_force(row: Dated, *, actor: Actor) -> None:
    """Add *row*, which nobody has seen yet; later rows of the same thing stay."""
    _of_the_region(actor)
    mark_changed()
    _not_among_final(row.since)
    _sound(row)
    db.session.add(row)
    record("catalogue:add", row, actor=actor, place=root_path(), after=row.kept())


def correct(
    row: Dated,
    since: Quarter,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    source: str,
    reason: str,
    shown: int | None = None,
) -> None:
    """Put other values in place of those of *row*, for as long as no final filing used them.

    *shown* is the version that the person looked at.
    """
    _of_the_region(actor)
    row = _alone_with(row)
    if shown is not None and shown != row.version:
        raise Conflict(_("Someone else has just changed this; reload and look again."))
    if is_fixed(row):
        raise Conflict(_used_text(row))
    before = row.kept()
    with db.session.no_autoflush:
        for name in row.values:
            setattr(row, name, values[name])
        row.from_year, row.from_quarter = since.year, since.quarter
        row.source, row.reason = source, reason
        _not_among_final(since)
        _sound(row)
    if row.kept() != before:
        facts = {"before": before, "after": row.kept()}
        record("catalogue:change", row, actor=actor, place=root_path(), **facts)


def take_away(row: Dated, *, actor: Actor) -> None:
    """Delete a row that is not in force yet."""
    _of_the_region(actor)
    row = _alone_with(row)
    if row.since <= this_quarter():
        text = _("“%(row)s” is in force already; add a row from a later quarter.", row=row)
        raise Conflict(text)
    record("catalogue:delete", row, actor=actor, place=root_path(), before=row.kept())
    db.session.delete(row)


def last_final() -> Quarter | None:
    """The last quarter with a final filing that was reckoned here."""
    query = (
        select(func.max(Filing.year * 4 + Filing.quarter - 1))
        .join(Filing.review)
        .where(Review.state.in_(FINAL), ~Filing.imported)
    )
    index = db.session.scalar(query)
    return None if index is None else Quarter.at(index)


def is_fixed(row: Dated) -> bool:
    """Whether filings that *row* is in force for are final."""
    last = last_final()
    return last is not None and row.since <= last


def _of_the_region(actor: Actor) -> None:
    if not actor.scope.admits(root_path()):
        raise Forbidden(_("Only the region keeps the catalogues."))


def _alone_with(row: Dated) -> Dated:
    """The row as it is now, which nobody else changes until this transaction ends."""
    mark_changed()
    found = db.session.get(type(row), row.id, populate_existing=True)
    if found is None:
        raise NotFound(_("There is no such record."))
    return found


def _not_among_final(since: Quarter) -> None:
    last = last_final()
    if last is not None and since <= last:
        text = _(
            "Filings of %(period)s are final with what was in force then; choose a later quarter.",
            period=last,
        )
        raise Invalid(text, [Problem("from_year", text)])


def _used_text(row: Dated) -> str:
    return _(
        "Final filings were reckoned with “%(row)s”, so it stays as it is; "
        "add a row from a later quarter.",
        row=row,
    )


def _sound(row: Dated) -> None:
    """`Invalid` names what is wrong with the values, or that the quarter is taken."""
    kind = type(row)
    with db.session.no_autoflush:
        same = select(kind.id).where(
            getattr(kind, kind.of) == row.thing,
            kind.from_year == row.from_year,
            kind.from_quarter == row.from_quarter,
        )
        taken = set(db.session.scalars(same)) - {row.id}
    problems = row.flaws()
    if taken:
        text = _("There is a row from %(period)s already.", period=row.since)
        problems.append(Problem("from_year", text))
    if problems:
        raise Invalid(_("Please correct:"), problems)
