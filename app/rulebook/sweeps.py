"""Sweeps: all filings of a quarter against the rules in force in it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from app.audit.actor import Actor
from app.audit.record import record
from app.checks.rules import Rule, Severity
from app.core.clock import now
from app.core.db import db
from app.core.errors import Forbidden, Invalid, NotFound, Problem
from app.core.period import Quarter, this_quarter
from app.filings.rules.queries import rules_in_force
from app.jobs.kinds import Kind
from app.jobs.operations import enqueue
from app.jobs.work import Run
from app.regions.queries import root_path
from app.rulebook.models import Found, RuleSweep, SweptAlarm, SweptFiling
from app.rulebook.reading import Filed, Said, read_quarter
from app.rulebook.writing_down import Row, write_down


def ask_for_sweep(period: Quarter, *, actor: Actor, once: str) -> RuleSweep:
    """Enter a sweep of *period* and the job that does it; *once* is the same on a second click."""
    if not actor.scope.admits(root_path()):
        raise Forbidden(_("Only the region keeps the rules."))
    if period > this_quarter():
        text = _("This quarter has not begun yet.")
        raise Invalid(text, [Problem("period", text)])
    sweep = RuleSweep(
        year=period.year,
        quarter=period.quarter,
        asked_by_id=actor.id,
        asked_by=actor.name[:128],
        place=root_path(),
    )
    db.session.add(sweep)
    db.session.flush()
    key = f"{SWEEP.key}/{actor.id}/{once}"
    job = enqueue(SWEEP.key, {"sweep": sweep.id}, actor=actor, place=root_path(), key=key)
    if job.arguments["sweep"] != sweep.id:  # clicked twice: the first one is under way
        db.session.delete(sweep)
        db.session.flush()
        first: RuleSweep | None = db.session.get(RuleSweep, job.arguments["sweep"])
        if first is None:
            raise NotFound(_("There is no such record."))
        return first
    sweep.job_id = job.id
    record("rule:sweep", sweep, actor=actor, place=root_path(), period=str(period))
    return sweep


def newest_sweep(period: Quarter) -> RuleSweep | None:
    """The one whose result is shown."""
    query = _of(period).where(RuleSweep.ended_at.is_not(None))
    return db.session.scalars(query.limit(1)).first()


def running_sweep(period: Quarter) -> RuleSweep | None:
    """The one asked for last, if it has not come to its end."""
    newest = db.session.scalars(_of(period).limit(1)).first()
    return newest if newest is not None and newest.ended_at is None else None


def _of(period: Quarter) -> Any:
    return (
        select(RuleSweep)
        .where(RuleSweep.year == period.year, RuleSweep.quarter == period.quarter)
        .order_by(RuleSweep.id.desc())
    )


def carry_out(run: Run, sweep: int) -> dict[str, object]:
    """Read all rules over all filings; the older sweeps of the quarter go when this one stands."""
    row = _row(sweep)
    period = row.period
    rules = rules_in_force(period)
    filed, said = read_quarter(
        period, rules, lambda done, total: run.report(done, total, f"{period}")
    )
    with run.unit():
        _forget(sweep)  # what an earlier try left behind
    swept, totals = _in_filings(sweep, filed, said)
    write_down(run, SweptFiling, swept)
    write_down(run, SweptAlarm, _alarms(sweep, filed, rules, said))
    with run.unit():
        kept = _row(sweep)
        for name, value in totals.items():
            setattr(kept, name, value)
        kept.rules, kept.ended_at = len(rules), now()
        older = _of(period).where(RuleSweep.id < sweep)
        for one in db.session.scalars(older).all():
            _forget(one.id)
            db.session.delete(one)
    return {"period": str(period), **totals}


def _row(sweep: int) -> RuleSweep:
    row = db.session.get(RuleSweep, sweep)
    if row is None:
        raise NotFound(_("There is no such record."))
    return row


def _forget(sweep: int) -> None:
    for kind in (SweptAlarm, SweptFiling):
        db.session.execute(
            delete(kind).where(kind.sweep_id == sweep),
            execution_options={"synchronize_session": False},
        )


def _in_filings(
    sweep: int, filed: Sequence[Filed], said: Sequence[Said]
) -> tuple[list[Row], dict[str, int]]:
    """A row for each filing, and all of them together."""
    counts: dict[int, Counter[str]] = {one.id: Counter() for one in filed}
    for one in said:
        error = one.severity is Severity.ERROR
        name = ("errors" if error else "warnings") if one.ran else "not_run"
        counts[one.filing][name] += 1
    names = ("errors", "warnings", "not_run")
    rows: list[Row] = [
        {
            "sweep_id": sweep,
            "filing_id": one.id,
            "place": one.place,
            **{name: counts[one.id][name] for name in names},
        }
        for one in filed
    ]
    return rows, {
        "filings": len(rows),
        "clean": sum(row["errors"] + row["warnings"] == 0 for row in rows),
        **{name: sum(row[name] for row in rows) for name in names},
    }


def _alarms(
    sweep: int, filed: Sequence[Filed], rules: Sequence[Rule], said: Sequence[Said]
) -> Iterator[Row]:
    places = {one.id: one.place for one in filed}
    for one in said:
        yield {
            "sweep_id": sweep,
            "filing_id": one.filing,
            "place": places[one.filing],
            "code": rules[one.rule].code,
            "rule_version": rules[one.rule].text.version,
            "severity": one.severity,
            "found": Found.BROKEN if one.ran else Found.COULD_NOT_RUN,
            "variable": one.variable,
            "key": one.key,
            "column": one.column,
            "label": one.label,
        }


SWEEP = Kind(
    "rules.sweep",
    _l("Check all filings of a quarter"),
    carry_out,
    one_unit=False,  # it reads for long, and writes in short units
    labels={
        "period": _l("Quarter"),
        "filings": _l("Filings read"),
        "clean": _l("Without any alarm"),
        "errors": _l("Errors"),
        "warnings": _l("Warnings"),
        "not_run": _l("Could not run"),
    },
)
