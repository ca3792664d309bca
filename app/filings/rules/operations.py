"""Draft a version of a rule, put it in force, throw it away, switch a rule on and off.

What was in force is never changed, it is followed by another version.  Who drafts and who
activates may be the same person; both are kept.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.actor import Actor
from app.audit.record import record
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from app.core.period import Quarter, this_quarter
from app.filings.catalogue import mark_changed
from app.filings.queries import calendar_row
from app.filings.rules.models import RuleVersion, Standing
from app.filings.rules.queries import next_number
from app.filings.rules.wording import CODE, VALUES, flaws
from app.regions.queries import root_path

AHEAD = 8  # quarters to come in which a version may begin
NEW = "new"  # what a form shows that begins with nothing


def draft(
    code: str, values: Mapping[str, Any], *, actor: Actor, shown: str, reason: str = ""
) -> RuleVersion:
    """Write *values* as the draft of *code*: a new version, or the draft that is there.

    *shown* is the mark of the version that the person began with (`mark_of`), or `NEW`.  The same
    words sent twice are one draft.
    """
    _of_the_region(actor)
    mark_changed()
    there, active = find_draft(code), last_active(code)
    begun = there or active
    if there is not None and _is_the_same(there, values, actor, reason):
        return there
    if shown != (mark_of(begun) if begun else NEW):
        raise Conflict(_("Someone else has just changed this; reload and look again."))
    wrong = flaws(values, kept(active) if active else None)
    if begun is None and not CODE.fullmatch(code):
        wrong.insert(0, Problem("code", _("A code is a letter and a number, like C-31.")))
    if len(reason) > 500:
        wrong.append(Problem("reason", _("At most %(n)s characters.", n=500)))
    if wrong:
        raise Invalid(_("Please correct:"), wrong)
    before = kept(begun) if begun else {}
    row = there or _new_version(code)
    _write(row, values, actor)
    row.reason = reason.strip()
    db.session.add(row)
    record("rule:draft", row, actor=actor, place=root_path(), **_changes(before, kept(row)))
    return row


def activate(
    version: RuleVersion,
    *,
    actor: Actor,
    reason: str,
    from_quarter: Quarter,
    shown: int | None = None,
    tried: str = "",
) -> None:
    """Put a draft in force from a quarter on; what was active till then is followed by it.

    It may begin with any quarter that is not finished, and not before the version it follows.
    *tried* says what is known of it from past quarters, for the journal.
    """
    _of_the_region(actor)
    row = _alone_with(version, shown)
    if row.standing is not Standing.DRAFT:
        raise Conflict(_("Version %(n)s is no draft any more.", n=row.number))
    before = last_active(row.code)
    wrong = flaws(kept(row), kept(before) if before else None)
    _must(reason, row.code, from_quarter, wrong)
    if before is not None and before.number > row.number:
        row.number = next_number(row.code)  # switched meanwhile: numbers follow what was in force
    _begin(row, from_quarter, reason, actor)
    told = _changes(kept(before) if before else {}, kept(row))
    record("rule:activate", row, actor=actor, place=root_path(), **_when(row), tried=tried, **told)


def discard(version: RuleVersion, *, actor: Actor, shown: int | None = None) -> None:
    """Put a draft aside; it stays readable and is never activated."""
    _of_the_region(actor)
    row = _alone_with(version, shown)
    if row.standing is not Standing.DRAFT:
        raise Conflict(_("Version %(n)s is no draft any more.", n=row.number))
    row.standing = Standing.DISCARDED
    record("rule:discard", row, actor=actor, place=root_path(), before=kept(row))


def switch(
    code: str, on: bool, *, actor: Actor, reason: str, from_quarter: Quarter, shown: int
) -> RuleVersion:
    """Switch a rule on or off from a quarter on, by a version that says the same.

    *shown* is the number of the active version that the person looked at.
    """
    _of_the_region(actor)
    mark_changed()
    before = last_active(code)
    if before is None:
        raise NotFound(_("There is no such record."))
    if before.number != shown:
        raise Conflict(_("Someone else has just changed this; reload and look again."))
    if before.enabled is on:
        text = _("%(code)s is on already.") if on else _("%(code)s is off already.")
        raise Conflict(text % {"code": code})
    _must(reason, code, from_quarter, [])
    row = _new_version(code)
    _write(row, kept(before), actor)
    row.enabled = on
    db.session.add(row)
    _begin(row, from_quarter, reason, actor)
    record("rule:switch", row, actor=actor, place=root_path(), **_when(row))
    return row


# -- what may be asked -------------------------------------------------------------------------


def is_finished(period: Quarter) -> bool:
    """Whether the time to file *period* is over: by its lock, else by its last day and grace."""
    row = calendar_row(period)
    if row is None:
        return period < this_quarter()
    if row.lock_on is not None:
        return row.lock_on < today()
    return row.late_after < today()


def first_quarters(code: str) -> list[Quarter]:
    """The quarters with which a new version of *code* may begin, the first one first."""
    before, this = last_active(code), this_quarter()
    around = [this.shifted(by) for by in range(-4, AHEAD + 1)]
    return [
        one for one in around if not is_finished(one) and (before is None or one >= before.since)
    ]


def find_draft(code: str) -> RuleVersion | None:
    """There is one draft of a rule at a time."""
    query = select(RuleVersion).where(
        RuleVersion.code == code, RuleVersion.standing == Standing.DRAFT
    )
    return db.session.scalars(query.order_by(RuleVersion.number.desc()).limit(1)).first()


def last_active(code: str) -> RuleVersion | None:
    """The active version that nothing follows yet; it may begin in a quarter to come."""
    begins = RuleVersion.from_year * 4 + RuleVersion.from_quarter
    query = (
        select(RuleVersion)
        .where(RuleVersion.code == code, RuleVersion.standing == Standing.ACTIVE)
        .order_by(begins.desc(), RuleVersion.number.desc())
        .limit(1)
    )
    return db.session.scalars(query).first()


def mark_of(version: RuleVersion) -> str:
    """What tells two states of a rule apart: which version, and how often it was written."""
    return f"{version.number}.{version.version}"


def kept(version: RuleVersion) -> dict[str, Any]:
    """What a version says."""
    return {name: getattr(version, name) for name in VALUES}


# -- inside ------------------------------------------------------------------------------------


def _of_the_region(actor: Actor) -> None:
    if not actor.scope.admits(root_path()):
        raise Forbidden(_("Only the region keeps the rules."))


def _alone_with(version: RuleVersion, shown: int | None) -> RuleVersion:
    """The row as it is now, which nobody else changes until this transaction ends."""
    number = version.id
    mark_changed()
    row = db.session.get(RuleVersion, number, populate_existing=True)
    if row is None:
        raise NotFound(_("There is no such record."))
    if shown is not None and shown != row.version:
        raise Conflict(_("Someone else has just changed this; reload and look again."))
    return row


def _is_the_same(row: RuleVersion, values: Mapping[str, Any], actor: Actor, reason: str) -> bool:
    mine = row.created_by_id == actor.id and row.reason == reason.strip()
    return mine and kept(row) == dict(values)


def _new_version(code: str) -> RuleVersion:
    soon = this_quarter().shifted(1)
    return RuleVersion(
        code=code,
        number=next_number(code),
        standing=Standing.DRAFT,
        from_year=soon.year,
        from_quarter=soon.quarter,
        enabled=True,
    )


def _write(row: RuleVersion, values: Mapping[str, Any], actor: Actor) -> None:
    for name in VALUES:
        setattr(row, name, values[name])
    row.created_by_id, row.created_by, row.created_at = actor.id, actor.name[:128], now()


def _begin(row: RuleVersion, since: Quarter, reason: str, actor: Actor) -> None:
    row.standing = Standing.ACTIVE
    row.from_year, row.from_quarter = since.year, since.quarter
    row.reason = reason.strip()
    row.activated_by_id, row.activated_by, row.activated_at = actor.id, actor.name[:128], now()


def _must(reason: str, code: str, since: Quarter, wrong: list[Problem]) -> None:
    """`Invalid` unless there is a reason and the quarter may be chosen."""
    problems = list(wrong)
    if not 1 <= len(reason.strip()) <= 500:
        problems.append(Problem("reason", _("Say why, in at most 500 characters.")))
    possible = first_quarters(code)
    if since not in possible:
        problems.append(Problem("from_quarter", _why_not(since, code, possible)))
    if problems:
        raise Invalid(_("Please correct:"), problems)


def _why_not(since: Quarter, code: str, possible: list[Quarter]) -> str:
    before = last_active(code)
    if before is not None and since < before.since:
        return _(
            "Version %(n)s begins in %(period)s; another one begins then, or later.",
            n=before.number,
            period=before.since,
        )
    if possible and since < possible[0]:
        return _("The time to file %(period)s is over; choose a later quarter.", period=since)
    return _("A version begins within the next two years.")


def _when(row: RuleVersion) -> dict[str, Any]:
    return {"effective": str(row.since), "enabled": row.enabled, "reason": row.reason}


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Only what differs, old and new."""
    names = [name for name in after if before.get(name) != after[name]]
    return {
        "before": {name: before[name] for name in names if name in before},
        "after": {name: after[name] for name in names},
    }
