"""The page of one's own exports: how far each is, and to fetch it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import flash, g, redirect, request, send_file, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.answers import XLSX
from app.core.clock import PLACE_TIME
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.shell import path_of
from app.core.unit import unit_of_work
from app.core.web import DomainPage
from app.exports import files
from app.exports.answering import permitted
from app.exports.models import KEPT, Export, ExportState
from app.exports.offers import MOST_ARGS, OFFERED, as_args, asking
from app.exports.operations import ask, ask_again, cancel, tell_of_fetching
from app.exports.queries import export_of, exports_of
from app.jobs.models import Job
from app.jobs.telling import told_of


@dataclass(frozen=True, slots=True)
class Shown:
    """One export as its page shows it."""

    export: Export
    job: Job | None
    address: str  # of the list or report it was taken from

    @property
    def state(self) -> ExportState:
        return self.export.state(self.job)

    @property
    def told(self) -> dict[str, Any]:
        return told_of(self.job) if self.job is not None else {"text": "", "percent": None}

    @property
    def asks(self) -> bool:
        return self.state in (ExportState.WAITING, ExportState.RUNNING)

    @property
    def may_be_asked_again(self) -> bool:
        return not self.asks and self.state is not ExportState.DONE

    @property
    def why(self) -> Sequence[str]:
        """What stopped it."""
        failed = self.state is ExportState.FAILED and self.job is not None
        return (self.job.error or "").splitlines() if failed and self.job else ()


def _shown(export: Export, job: Job | None) -> Shown:
    offered = OFFERED.get(export.key)
    address = path_of(offered.endpoint) if offered is not None and offered.endpoint else ""
    return Shown(export, job, address and f"{address}?{urlencode(export.args)}")


class ExportView(DomainPage):
    """Everybody's own; what may be taken away is asked of the right to export it."""

    entity = Export
    route_base = "/exports"
    class_permission_name = "Export"
    default_view = "list"
    base_permissions = ["can_show"]

    @expose("/")
    @has_access
    @permission_name("show")
    def list(self) -> str:
        rows = [_shown(export, job) for export, job in exports_of(g.user.id)]
        return self.render_template("exports/list.html", rows=rows, days=KEPT.days)

    @expose("/ask", methods=["POST"])
    @has_access
    @permission_name("show")
    def ask(self) -> Response:
        """Have a table made in the background; asked for twice, it is made once."""
        key = request.form.get("key", "")
        offered, args = permitted(key), _args(request.form.get("args", ""))
        with asking(args):
            title = offered.title_of(args)
        with unit_of_work():
            number = ask(key, args, title, actor=actor_of(g.user)).id
        text = _("It is being made in the background; a notice tells you when it is ready.")
        flash(text, "success")
        return redirect(_at(number))

    @expose("/<int:pk>/file")
    @has_access
    @permission_name("show")
    def fetch(self, pk: int) -> Response:
        """The file, for who asked for it, as long as that person may still take it away."""
        with unit_of_work():
            actor = actor_of(g.user)
            export, job = export_of(pk, g.user.id)
            permitted(export.key)
            state = export.state(job)
            if state is ExportState.EXPIRED:
                raise NotFound(_("This file was kept for %(n)s days and is gone.", n=KEPT.days))
            if state is not ExportState.DONE or export.file is None or export.made_at is None:
                raise Conflict(_("This export is not ready."))
            if job is None or not all(map(actor.scope.admits, job.scope.roots)):
                raise Forbidden(_("You no longer stand where you asked for this; ask anew."))
            path, name = files.path_of(export.file), f"{export.title} {_day(export.made_at)}.xlsx"
            tell_of_fetching(export, actor=actor)
        return send_file(path, XLSX, as_attachment=True, download_name=name, etag=False)

    @expose("/<int:pk>/cancel", methods=["POST"])
    @has_access
    @permission_name("show")
    def cancel(self, pk: int) -> Response:
        with unit_of_work():
            _export, job = export_of(pk, g.user.id)
            cancel(job, actor=actor_of(g.user))
        flash(_("It ends as soon as it can."), "success")
        return redirect(_at(pk))

    @expose("/<int:pk>/again", methods=["POST"])
    @has_access
    @permission_name("show")
    def again(self, pk: int) -> Response:
        with unit_of_work():
            export, job = export_of(pk, g.user.id)
            permitted(export.key)
            number = ask_again(export, job, actor=actor_of(g.user)).id
        flash(_("It is being made again."), "success")
        return redirect(_at(number))


def _at(number: int) -> str:
    return f"{url_for('ExportView.list')}#export-{number}"


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(PLACE_TIME):%Y-%m-%d}"


def _args(text: str) -> dict[str, str]:
    """The arguments as the page before has written them."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_ARGS)
    except ValueError:
        raise Invalid(_("These are too many filters.")) from None
    return as_args(dict(pairs))
