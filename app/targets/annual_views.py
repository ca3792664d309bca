"""T2, annual targets: list, page, form, and the way in by Excel."""

from collections.abc import Sequence
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.answers import answer_with, send_file_as
from app.core.clock import today
from app.core.db import db
from app.core.errors import Conflict, Invalid, Problem
from app.core.interface import DomainInterface
from app.core.unit import unit_of_work
from app.enterprises.models import Enterprise
from app.targets import xlsx
from app.targets.forms import TargetForm, annual_form
from app.targets.importing import import_annual, lines_for
from app.targets.listing import ANNUAL, year_choices
from app.targets.models import AnnualTarget
from app.targets.operations import set_annual_target
from app.targets.path import proposed
from app.targets.products import controlled_products
from app.targets.queries import (
    annual_targets,
    find_annual_target,
    find_period,
    has_final_filing,
    paths_of,
)
from app.targets.reading import read_annual
from app.targets.views import TargetView, year_from


class AnnualTargetView(TargetView):
    datamodel = DomainInterface(AnnualTarget)
    route_base = "/annual-targets"
    class_permission_name = "AnnualTarget"
    include_route_methods = {*"list page add edit remove workbook template upload".split()}
    base_permissions = [*TargetView.base_permissions, "can_import"]
    list_title = _l("Annual dual-control targets")
    list_template = "targets/annual.html"
    listing = ANNUAL
    span_name = "year"

    @expose("/import", methods=["GET"])
    @has_access
    @permission_name("import")
    def workbook(self) -> str:
        return self._import_page(year_from(request.args.get("year") or self._default_span()), [])

    @expose("/template.xlsx")
    @has_access
    @permission_name("import")
    def template(self) -> Response:
        """The workbook of a year, filled with what is there and, if wanted, with the path."""
        year = year_from(request.args.get("year", ""))
        lines = lines_for(year, actor=actor_of(g.user), with_path=request.args.get("path") == "1")
        file = xlsx.template(year, lines, controlled_products())
        return send_file_as(file, _("Annual targets %(year)s", year=year) + ".xlsx")

    @expose("/import", methods=["POST"])
    @has_access
    @permission_name("import")
    def upload(self) -> Any:
        year = year_from(request.form.get("year", ""))
        file = request.files.get("file")
        try:
            if file is None or not file.filename:
                raise Invalid(_("Choose a file."), [Problem("file", _("Choose a file."))])
            lines, problems = xlsx.read(file.stream, year)
            with unit_of_work():
                done = import_annual(
                    year,
                    lines,
                    problems,
                    actor=actor_of(g.user),
                    reason=request.form.get("reason", ""),
                )
        except (Invalid, Conflict) as error:
            answer_with(error.status)
            flash(str(error.message), "danger")
            return self._import_page(year, error.details)
        flash(
            _(
                "Targets set: %(new)s, changed: %(changed)s, left alone: %(same)s.",
                new=done.new,
                changed=done.changed,
                same=done.unchanged,
            ),
            "success",
        )
        return redirect(url_for("AnnualTargetView.list", year=year))

    def _import_page(self, year: int, problems: Any) -> str:
        return self.render_template(
            "targets/import.html",
            title=_("Import annual targets"),
            year=year,
            years=[value for value, _label in self._spans()],
            problems=problems,
            reason=request.form.get("reason", ""),
        )

    def _shown(self, pk: int) -> AnnualTarget:
        target: AnnualTarget = self.found(pk)
        statement = annual_targets().where(AnnualTarget.id == target.id)
        return db.session.scalars(statement.execution_options(populate_existing=True)).one()

    def _span(self, text: str) -> int:
        return year_from(text or self._default_span())

    def _spans(self) -> Sequence[tuple[str, str]]:
        return year_choices()

    def _default_span(self) -> str:
        return str(today().year)

    def _existing(self, enterprise: Enterprise, span: int) -> AnnualTarget | None:
        return find_annual_target(enterprise.id, span)

    def _proposed(self, enterprise: Enterprise, span: int) -> dict[str, str]:
        """What the five-year path leaves for the year."""
        period = find_period(span)
        if period is None:
            return {}
        what = proposed(paths_of([enterprise.id], period)[enterprise.id], span)
        cells = {"energy_target": what.energy, "saving_target": what.saving}
        typed = {name: f"{value:f}" for name, value in cells.items() if value is not None}
        for row, (product, decline) in enumerate(sorted(what.declines.items()), start=1):
            typed |= {f"products/{row}/product": product, f"products/{row}/decline": f"{decline:f}"}
        return typed

    def _is_late(self, enterprise: Enterprise, span: int) -> bool:
        return has_final_filing(enterprise.place, span, span)

    def _form(
        self, enterprise: Enterprise, span: int, typed: Any, problems: Any, reason_needed: bool
    ) -> TargetForm:
        return annual_form(
            typed,
            problems,
            controlled_products(),
            enterprise.industry_code,
            span,
            reason_needed=reason_needed,
        )

    def _write(self, enterprise: Enterprise, span: int, shown: int | None) -> AnnualTarget:
        details, problems = read_annual(request.form, controlled_products())
        if problems:
            raise Invalid(_("Please correct:"), problems)
        return set_annual_target(
            enterprise,
            span,
            details,
            actor=actor_of(g.user),
            reason=request.form.get("reason", ""),
            shown=shown,
        )
