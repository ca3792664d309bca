"""The way in for earlier years: a workbook out, and in again."""

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.answers import answer_with, send_file_as
from app.core.clock import today
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotFound, Problem
from app.core.unit import unit_of_work
from app.core.web import DomainPage
from app.enterprises.models import Enterprise
from app.filings import history_xlsx
from app.filings.history import FIRST_YEAR, import_history
from app.regions.queries import place_choices
from app.regions.scope import scope_of


class HistoryView(DomainPage):
    route_base = "/earlier-years"
    class_permission_name = "History"
    base_permissions = ["can_import"]
    default_view = "page"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("import")
    def page(self) -> str:
        return self._page([])

    @expose("/template.xlsx")
    @has_access
    @permission_name("import")
    def template(self) -> Response:
        """The workbook of a year, with the enterprises of a place in it."""
        year = request.args.get("year", default=0, type=int)
        place = request.args.get("place", "")
        if year not in self._years():
            raise NotFound(_("There is no such year."))
        query = select(Enterprise.registry_number, Enterprise.name).order_by(Enterprise.place)
        query = query.where(Enterprise.place >= place, Enterprise.place < place + "~")
        most = (history_xlsx.MOST_ROWS - history_xlsx.FIRST_ROW) // 4
        enterprises = db.session.execute(query.limit(most + 1)).all()
        if len(enterprises) > most:
            told = _("More than %(n)s enterprises: choose a league or county.", n=most)
            raise Invalid(told, [Problem("place", told)])
        file = history_xlsx.template(year, enterprises)
        return send_file_as(file, _("Earlier years %(year)s", year=year) + ".xlsx")

    @expose("/", methods=["POST"])
    @has_access
    @permission_name("import")
    def upload(self) -> Any:
        file = request.files.get("file")
        try:
            if file is None or not file.filename:
                raise Invalid(_("Choose a file."), [Problem("file", _("Choose a file."))])
            pages, problems = history_xlsx.read(file.stream)
            with unit_of_work():
                done = import_history(
                    pages,
                    problems,
                    actor=actor_of(g.user),
                    reason=request.form.get("reason", "")[:500],
                )
        except (Invalid, Conflict) as error:
            answer_with(error.status)
            flash(str(error.message), "danger")
            return self._page(error.details)
        flash(
            _(
                "Quarters imported: %(new)s, corrected: %(changed)s, left alone: %(same)s; "
                "levels set: %(levels)s.",
                new=done.new,
                changed=done.changed,
                same=done.unchanged,
                levels=done.levels,
            ),
            "success",
        )
        return redirect(url_for("HistoryView.page"))

    @staticmethod
    def _years() -> range:
        return range(today().year, FIRST_YEAR - 1, -1)

    def _page(self, problems: Any) -> str:
        return self.render_template(
            "filings/history.html",
            problems=problems,
            years=self._years(),
            chosen=today().year - 1,
            places=place_choices(scope_of(db.session)),
            reason=request.form.get("reason", ""),
        )
