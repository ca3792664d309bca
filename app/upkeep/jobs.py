"""The jobs of upkeep: verifying the journal every week, forgetting old jobs every night."""

from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.audit.record import record
from app.core.clock import now
from app.core.errors import Forbidden
from app.core.unit import one_picture
from app.jobs.kinds import Kind
from app.jobs.operations import forget
from app.jobs.schedule import Schedule
from app.jobs.work import Run
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
