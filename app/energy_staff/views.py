"""The pages of annexes 1 and 2: the list, one form as it is printed, filling it in, deciding."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.audit.record import record
from app.core.answers import answer_with, send_file_as
from app.core.assets import built
from app.core.clock import today
from app.core.db import db
from app.core.errors import Conflict, DomainError, Invalid, Problem
from app.core.interface import DomainInterface
from app.core.unit import unit_of_work
from app.core.uploads import TYPES, storage
from app.core.web import DomainView, row_of
from app.energy_staff import operations
from app.energy_staff.checking import flaws
from app.energy_staff.fields import MOST_STAFF, STAFF, Annex
from app.energy_staff.listing import FORMS, age_of
from app.energy_staff.models import EnergyForm, FormState
from app.energy_staff.queries import in_chain, is_due, shown_fields, shown_staff, versions_of
from app.enterprises.models import Enterprise
from app.regions.scope import Tier

SPARE = 3  # empty rows below those that are filled in


class EnergyFormView(DomainView):
    datamodel = DomainInterface(EnergyForm)
    route_base = "/energy-forms"
    class_permission_name = "EnergyForm"
    include_route_methods = set(
        "list page pdf begin fill_page fill scan accept send_back end".split()
    )
    base_permissions = "can_list can_show can_export can_fill can_decide can_read_private".split()
    list_title = _l("Energy managers and posts")
    list_template = "energy_staff/list.html"
    list_columns = search_columns = ["state"]
    listing = FORMS

    def render_template(self, template: str, **context: Any) -> str:
        """The list also offers to begin a form, to those who fill them in."""
        if template == self.list_template:
            context |= {"own": self._own(), "annexes": list(Annex)}
        return super().render_template(template, **context)

    def _own(self) -> list[Enterprise]:
        if not self._may("can_fill"):
            return []
        actor = actor_of(g.user)
        places = [r for r in actor.scope.roots if r.count("/") == Tier.ENTERPRISE]
        query = db.select(Enterprise).where(Enterprise.place.in_(places))
        return list(db.session.scalars(query)) if places else []

    def _openly(self, form: EnergyForm) -> bool:
        """Whether phones, ages and e-mail are shown to whoever asks."""
        return self._may("can_read_private") and in_chain(form.place, actor_of(g.user))

    @expose("/<int:pk>")
    @has_access
    @permission_name("show")
    def page(self, pk: int) -> str:
        return self._page(pk)

    def _page(self, pk: int, reason: str = "") -> str:
        form: EnergyForm = self.found(pk)
        actor, openly = actor_of(g.user), self._openly(form)
        mine = self._may("can_fill") and Tier.ENTERPRISE in actor.tiers_at(form.place)
        versions = versions_of(form)
        return self.render_template(
            "energy_staff/page.html",
            form=form,
            shown=shown_fields(form, openly=openly),
            staff=shown_staff(form, openly=openly),
            heads=[one.label for one in STAFF],
            openly=openly,
            versions=versions,
            age=age_of(form),
            due=is_due(form),
            edits=mine and form.state.is_editable,
            renews=mine and form.state is FormState.IN_FORCE,
            is_last=form is versions[0],
            decides=form.state is FormState.HANDED_IN
            and self._may("can_decide")
            and bool(actor.tiers_at(form.place) & operations.ACCEPT),
            reason=reason,
        )

    @expose("/<int:pk>/form.pdf")
    @has_access
    @permission_name("show")
    def pdf(self, pk: int) -> Response:
        """The official form on paper; who takes it away is recorded."""
        # what draws it takes a second and 20 MiB; most processes never print
        from app.energy_staff.form_pdf import as_pdf  # noqa: PLC0415

        with unit_of_work():
            form: EnergyForm = self.found(pk)
            openly = self._openly(form)
            facts = {"kind": form.annex, "name": form.person, "number": form.number}
            record("energy_form:print", form, actor=actor_of(g.user), place=form.place, **facts)
        content = as_pdf(form, openly=openly, font=built("summary.ttf"))
        name = " ".join(filter(None, (str(form.annex.label), form.enterprise.name, form.person)))
        return send_file_as(BytesIO(content), f"{name}.pdf", TYPES["pdf"])

    @expose("/begin", methods=["POST"])
    @has_access
    @permission_name("fill")
    def begin(self) -> Response:
        with unit_of_work():
            form = operations.begin(
                row_of(Enterprise, request.form.get("enterprise", "")),
                Annex.named(request.form.get("annex", "")),
                request.form.get("line", operations.NEW, type=int),
                actor=actor_of(g.user),
            )
            db.session.flush()
            number = form.id
        return redirect(url_for("EnergyFormView.fill_page", pk=number))

    @expose("/<int:pk>/fill", methods=["GET"])
    @has_access
    @permission_name("fill")
    def fill_page(self, pk: int) -> str | Response:
        form: EnergyForm = self.found(pk)
        if not form.state.is_editable:
            return redirect(url_for("EnergyFormView.page", pk=pk))
        staff = [dict(row) for row in form.staff]
        said = {one.name: str(form.fields.get(one.name, "")) for one in form.annex.fields}
        begun = form.version > 1
        problems = flaws(form.annex, said, staff, today()) if begun else []
        return self._filling(form, said, staff, problems)

    @expose("/<int:pk>/fill", methods=["POST"])
    @has_access
    @permission_name("fill")
    def fill(self, pk: int) -> Response | str:
        """Keep what was typed; with the button to hand in, hand it in as well."""
        self.found(pk)
        typed = request.form
        staff, handing_in = _rows_of(typed), bool(typed.get("hand_in"))
        try:
            with unit_of_work():
                form = self.found(pk)
                shown = typed.get("version", type=int)
                left = operations.fill(form, typed.to_dict(), staff, shown, actor=actor_of(g.user))
            if handing_in:
                with unit_of_work():
                    form = self.found(pk)
                    operations.hand_in(form, form.version, actor=actor_of(g.user))
        except (Invalid, Conflict) as error:
            answer_with(error.status)
            flash(str(error.message), "danger")
            form = self.found(pk)
            registered = {one.name: form.fields.get(one.name, "") for one in form.annex.fields}
            said = {**registered, **typed.to_dict()}
            return self._filling(form, said, staff, list(error.details))
        if handing_in:
            flash(_("The form has been handed in."), "success")
            return redirect(url_for("EnergyFormView.page", pk=pk))
        flash(_("Saved. Left to do: %(n)s.", n=len(left)), "success")
        return redirect(url_for("EnergyFormView.fill_page", pk=pk))

    @expose("/<int:pk>/scan", methods=["POST"])
    @has_access
    @permission_name("fill")
    def scan(self, pk: int) -> Response:
        """The signed and stamped print of annex 2."""
        self.found(pk)
        file = request.files.get("file")
        if file is None or not file.filename:
            raise Invalid(_("Choose a file."), [Problem("file", _("Choose a file."))])
        with unit_of_work():
            operations.bring_scan(
                self.found(pk),
                file.stream,
                file.filename,
                storage=storage(),
                actor=actor_of(g.user),
            )
        flash(_("The signed print has been uploaded."), "success")
        return redirect(url_for("EnergyFormView.fill_page", pk=pk, _anchor="scan"))

    @expose("/<int:pk>/accept", methods=["POST"])
    @has_access
    @permission_name("decide")
    def accept(self, pk: int) -> Response | str:
        return self._done(
            pk,
            lambda form, shown: operations.accept(form, shown, actor=actor_of(g.user)),
            _("The form has been put on record."),
        )

    @expose("/<int:pk>/return", methods=["POST"])
    @has_access
    @permission_name("decide")
    def send_back(self, pk: int) -> Response | str:
        reason = request.form.get("reason", "")
        return self._done(
            pk,
            lambda form, shown: operations.send_back(
                form, shown, reason=reason, actor=actor_of(g.user)
            ),
            _("The form has been returned."),
        )

    @expose("/<int:pk>/end", methods=["POST"])
    @has_access
    @permission_name("fill")
    def end(self, pk: int) -> Response | str:
        return self._done(
            pk,
            lambda form, shown: operations.end_post(form, shown, actor=actor_of(g.user)),
            _("The person is no longer in this post."),
        )

    def _done(
        self, pk: int, act: Callable[[EnergyForm, int | None], None], told: str
    ) -> Response | str:
        self.found(pk)
        try:
            with unit_of_work():
                act(self.found(pk), request.form.get("version", type=int))
        except (Invalid, Conflict) as error:
            return self._refused(pk, error)
        flash(told, "success")
        return redirect(url_for("EnergyFormView.page", pk=pk))

    def _refused(self, pk: int, error: DomainError) -> str:
        answer_with(error.status)
        flash(str(error.message), "danger")
        return self._page(pk, request.form.get("reason", ""))

    def _filling(
        self,
        form: EnergyForm,
        said: dict[str, str],
        staff: list[dict[str, str]],
        problems: list[Problem],
    ) -> str:
        by_place: dict[str, list[str]] = {}
        for one in problems:
            by_place.setdefault(one.where, []).append(str(one))
        spare = min(SPARE, MOST_STAFF - len(staff))
        return self.render_template(
            "energy_staff/fill.html",
            form=form,
            said=said,
            staff=[*staff, *({} for _each in range(spare))],
            columns=STAFF,
            problems=problems,
            wrong=by_place,
        )


def _rows_of(typed: MultiDict[str, str]) -> list[dict[str, str]]:
    """The rows of annex 1, without those that are empty."""
    rows = [
        {one.name: typed.get(f"staff/{number}/{one.name}", "") for one in STAFF}
        for number in range(1, MOST_STAFF + 1)
    ]
    return [row for row in rows if any(value.strip() for value in row.values())]
