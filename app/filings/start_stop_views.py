"""企业启停: the list, the two switches of an enterprise, what they would do, and their history."""

from typing import Any

from flask import current_app, flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.errors import Invalid, NotFound
from app.core.interface import DomainInterface
from app.core.period import Quarter, this_quarter
from app.core.unit import unit_of_work
from app.core.uploads import send_stored
from app.core.web import DomainView, accepted, row_of
from app.documents import opening
from app.enterprises.models import Enterprise, StartStop, StopFile
from app.enterprises.start_stop import changes_of, planned_of, sees_figures, stop_in
from app.enterprises.switching import Upload, move, switch
from app.filings.effects import Effects, effects_of, last_final
from app.filings.start_stop_form import SwitchForm, sealed, sent_files
from app.filings.start_stop_listing import SWITCHES
from app.regions.queries import names_by_path


class StartStopView(DomainView):
    datamodel = DomainInterface(Enterprise)
    route_base = "/start-stop"
    class_permission_name = "StartStop"
    include_route_methods = set("list page change file opened shown".split())
    base_permissions = ["can_list", "can_show", "can_stop", "can_export"]
    list_title = _l("Start and stop of enterprises")
    list_columns = search_columns = ["name"]
    listing = SWITCHES

    @expose("/<int:pk>", methods=["GET"])
    @has_access
    @permission_name("show")
    def page(self, pk: int) -> str:
        enterprise = self.found(pk)
        changes = changes_of(enterprise)
        stop = stop_in(enterprise.id, this_quarter())
        form = SwitchForm(
            formdata=None,
            enabled="" if stop else "1",
            stop_reason=stop.stop_reason.value if stop and stop.stop_reason else "",
            in_statistics="1" if enterprise.in_statistics else "",
            effective=str(this_quarter()),
            version=str(changes[0].number if changes else 0),
        )
        return self._page(enterprise, form, [], None)

    @expose("/<int:pk>", methods=["POST"])
    @has_access
    @permission_name("stop")
    def change(self, pk: int) -> Any:
        """Show what would follow; once that has been seen, do it."""
        self.found(pk)
        form = SwitchForm()
        uploads: list[Upload] = []
        effects: list[Effects] = []

        def check(checked: SwitchForm) -> None:
            uploads.extend(sent_files(checked, pk))
            enterprise = self.found(pk)
            wanted = checked.wanted(uploads)
            found = move(enterprise, wanted, last_final(enterprise))
            if found.problems:
                raise Invalid(_("Please correct:"), found.problems)
            effects.append(effects_of(enterprise, wanted))

        def save(checked: SwitchForm) -> None:
            with unit_of_work():
                enterprise = self.found(pk)
                switch(
                    enterprise,
                    checked.wanted(uploads),
                    actor=actor_of(g.user),
                    shown=checked.shown,
                    last_final=last_final(enterprise),
                )

        right = accepted(form, check)
        if right and request.form.get("save") and form.seen.data == form.sight:
            if accepted(form, save):
                flash(_("Saved."), "success")
                return redirect(url_for("StartStopView.page", pk=pk))
            effects.clear()
        return self._page(self.found(pk), form, uploads, effects[0] if effects else None)

    @expose("/files/<int:pk>")
    @has_access
    @permission_name("show")
    def file(self, pk: int) -> Response:
        """A stamped application, by the row that owns it."""
        return send_stored(_stamped(pk)[0])

    @expose("/files/<int:pk>/opened")
    @has_access
    @permission_name("show")
    def opened(self, pk: int) -> str:
        """The same file to be looked at, on a page of its own."""
        row, enterprise = _stamped(pk)
        return opening.opened(
            self,
            row,
            fetched_at=url_for("StartStopView.file", pk=pk),
            shown_at=url_for("StartStopView.shown", pk=pk),
            back=(enterprise.name, url_for("StartStopView.page", pk=enterprise.id)),
        )

    @expose("/files/<int:pk>/shown", methods=["GET", "POST"])
    @has_access
    @permission_name("show")
    def shown(self, pk: int) -> Response:
        """The same file in a frame."""
        fetched_at = url_for("StartStopView.file", pk=pk)
        return opening.shown(_stamped(pk)[0], fetched_at=fetched_at)

    def _page(
        self,
        enterprise: Enterprise,
        form: SwitchForm,
        uploads: list[Upload],
        effects: Effects | None,
    ) -> str:
        may: bool = current_app.appbuilder.sm.has_access(  # type: ignore[attr-defined]
            "can_stop", "StartStop"
        )
        form.seen.data = form.sight if effects is not None else ""
        above = names_by_path([enterprise.place])
        return self.render_template(
            "enterprises/start_stop.html",
            enterprise=enterprise,
            where=[above[path] for path in sorted(above)],
            stop=stop_in(enterprise.id, this_quarter()),
            planned=planned_of(enterprise),
            changes=changes_of(enterprise),
            quarter_at=Quarter.at,
            form=form if may else None,
            kept=[(one.file_name, sealed(enterprise.id, one)) for one in uploads],
            effects=effects,
            open_files=sees_figures(enterprise),
        )


def _stamped(pk: int) -> tuple[StopFile, Enterprise]:
    """A stamped application and whose it is, for who may see its figures."""
    row: StopFile = row_of(StopFile, pk)
    enterprise = row_of(StartStop, row.change_id).enterprise
    if not sees_figures(enterprise):
        raise NotFound(_("There is no such file."))
    return row, enterprise
