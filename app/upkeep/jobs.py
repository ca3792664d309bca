"""The jobs of upkeep: the journal every week, old jobs every night, levels as a year begins."""

from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.audit.record import record
from app.core.clock import now, today
from app.core.errors import Forbidden
from app.core.unit import one_picture
from app.enterprises.classes import bring_classes_in_step
from app.enterprises.moves import carry_out_due
from app.jobs.kinds import Kind
from app.jobs.operations import forget
from app.jobs.schedule import Schedule
from app.jobs.work import Run
from app.upkeep.levels import settle_levels
from app.upkeep.verify import count_entries, everything_wrong

KEPT = timedelta(days=90)


def verify_journal(run: Run) -> dict[str, object]:
    """Recompute every chain, version and decision, as they stand at one moment."""
    if not run.actor.scope.admits(""):
        raise Forbidden(_("Only who sees everything can verify the journal."))
    read = 0

    def tell(more: int) -> None:
        nonlocal read
        read += more
        run.report(done=read, total=entries)

    with one_picture():
        entries = count_entries()
        run.report(0, entries, _("Recomputing the chains"))
        wrong = everything_wrong(tell)
    for line in wrong:
        run.log(line)
    told = _("First broken link: %(what)s", what=wrong[0]) if wrong else _("Everything holds.")
    run.report(line=told)
    return {"entries": read, "wrong": len(wrong), "first": wrong[0] if wrong else None}


def forget_jobs(run: Run) -> dict[str, object]:
    """Take jobs that ended more than ninety days ago off the ledger."""
    count = forget(now() - KEPT)
    if count:
        record("job:forget", "jobs", actor=run.actor, place=run.place, count=count)
    return {"forgotten": count}


def settle_this_year(run: Run) -> dict[str, object]:
    """Set the levels of the year that has begun, as far as the last one is final (FM-20)."""
    year = today().year
    done = settle_levels(year, actor=run.actor)
    begun = bring_classes_in_step(year, actor=run.actor)
    for title, those in ((_("Now 500,000 tce and more"), done.up), (_("Now below"), done.down)):
        for one in those:
            run.log(f"{title}: {one.number} {one.name} {one.energy:,.2f} tce")
    return {
        "year": year,
        "written": done.written,
        "up": len(done.up),
        "down": len(done.down),
        "waiting": len(done.unset),
        "classes": begun,
    }


def carry_out_moves(run: Run) -> dict[str, object]:
    """Let the enterprises move whose day has come."""
    return {"moved": carry_out_due(actor=run.actor)}


VERIFY = Kind(
    "audit.verify",
    _l("Verify the journal"),
    verify_journal,
    right=("can_verify", "Journal"),
    schedule=Schedule.of("0 3 * * 0"),
    one_unit=False,  # it only reads
    labels={
        "entries": _l("Entries checked"),
        "wrong": _l("Things that do not hold"),
        "first": _l("First broken link"),
    },
)
FORGET = Kind(
    "jobs.forget",
    _l("Forget old jobs"),
    forget_jobs,
    schedule=Schedule.of("30 3 * * *"),
    labels={"forgotten": _l("Jobs forgotten")},
)
LEVELS = Kind(
    "levels.settle",
    _l("Set the energy levels of the year"),
    settle_this_year,
    right=("can_settle", "EnergyLevel"),
    # every night while the filings of the last quarter become final
    schedule=Schedule.of("30 4 * 1-4 *"),
    labels={
        "year": _l("Year"),
        "written": _l("Levels written"),
        "up": _l("Now 500,000 tce and more"),
        "down": _l("Now below"),
        "waiting": _l("Last year not final"),
        "classes": _l("Classes that begin"),
    },
)
MOVES = Kind(
    "moves.carry_out",
    _l("Carry out the moves of the day"),
    carry_out_moves,
    schedule=Schedule.of("5 0 * * *"),
    labels={"moved": _l("Enterprises moved")},
)
