"""The jobs of exports: write one into its file, and forget old ones every night."""

from typing import Any

from flask import g
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.accounts.queries import rights_of
from app.audit.actor import SYSTEM
from app.audit.record import record
from app.core.clock import now
from app.core.db import db
from app.core.errors import Forbidden, NotFound
from app.core.export import Exportable, rows_of, write_workbook
from app.core.unit import one_picture
from app.exports import files
from app.exports.models import Export
from app.exports.offers import Offer, asking, offer_of
from app.exports.operations import KIND, forget, tell_of_making
from app.jobs.kinds import Kind
from app.jobs.schedule import Schedule
from app.jobs.work import Run
from app.notices.models import NoticeKind
from app.notices.operations import notify


def make(run: Run, export: int) -> dict[str, object]:
    """Write the table as its asker would see it now, and tell the asker and the journal."""
    row = _row(export)
    if row.file is not None and row.rows is not None:  # only the end of the job was lost
        return {"rows": row.rows, "size": row.size}
    offered = offer_of(row.key)
    if ("can_export", offered.thing) not in rights_of(run.actor.id or 0):
        raise Forbidden(_("You may not do this."))
    args: dict[str, str] = row.args
    with files.draft(export) as path:
        with asking(args):
            g.user = db.session.get(User, run.actor.id)
            what, rows = _write(run, offered, args, path)
        size = files.settle(path)
        with run.unit():
            made = _row(export)
            made.file, made.made_at, made.rows, made.size = path.name, now(), rows, size
            tell_of_making(
                offered.thing, made, rows, what.filters, actor=run.actor, place=made.place
            )
            notify(
                NoticeKind.EXPORT_READY,
                to=[made.asked_by_id],
                place=made.place,
                about=made.title,
                subject=("export", made.id),
                event=f"export:{made.id}",
                actor=SYSTEM,  # it is who asked that is told
            )
    return {"rows": rows, "size": size}


def _row(export: int) -> Export:
    row = db.session.get(Export, export)
    if row is None:
        raise NotFound(_("There is no such record."))
    return row


def _write(run: Run, offered: Offer, args: dict[str, str], path: Any) -> tuple[Exportable, int]:
    with one_picture(), path.open("xb") as file:
        what = offered.make(args)
        count = rows_of(what)
        run.report(0, count)

        def tell(done: int) -> None:
            run.report(done, count, _("%(n)s of %(all)s rows", n=f"{done:,}", all=f"{count:,}"))

        tell(0)
        rows = write_workbook(what, file, tell)
        tell(rows)
    return what, rows


def forget_exports(run: Run) -> dict[str, object]:
    """Throw away files a week old, and what killed workers have left."""
    expired, gone = forget(now())
    strays = files.remove_strays(set(db.session.scalars(select(Export.file))))
    if expired or gone:
        record("export:forget", "exports", actor=run.actor, place=run.place, count=expired)
    return {"files": expired + strays, "rows": gone}


MAKE = Kind(
    KIND,
    _l("Make a table to take away"),
    make,
    one_unit=False,  # it reads for long and writes once
    labels={"rows": _l("Number of rows"), "size": _l("Size in bytes")},
)
FORGET = Kind(
    "exports.forget",
    _l("Throw away old exports"),
    forget_exports,
    schedule=Schedule.of("45 3 * * *"),
    labels={"files": _l("Files thrown away"), "rows": _l("Exports forgotten")},
)
