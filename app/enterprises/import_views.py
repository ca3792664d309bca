"""The registry by Excel: fetch the workbook, send it, look at what it would do, take it over."""

from typing import Any

from flask import current_app, flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.answers import answer_with, send_file_as
from app.core.clock import today
from app.core.db import db
from app.core.errors import Conflict, Invalid, Problem
from app.core.sealed import sealed, unsealed
from app.core.storage import LocalStorage
from app.core.unit import unit_of_work
from app.core.web import DomainPage
from app.enterprises import xlsx
from app.enterprises.importing import (
    Plan,
    county_choices,
    import_enterprises,
    plan,
    rows_of,
)
from app.enterprises.models import Enterprise, EnterpriseClass
from app.enterprises.queries import industry_choices

LARGEST = 10 << 20
PURPOSE = "enterprise import"
MOST_SHOWN = 200  # rows of the preview, and problems


class EnterpriseImportView(DomainPage):
    route_base = "/enterprise-import"
    class_permission_name = "Enterprise"
    default_view = "start"
    base_permissions = ["can_import"]

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("import")
    def start(self) -> str:
        return self._page()

    @expose("/template.xlsx")
    @has_access
    @permission_name("import")
    def template(self) -> Response:
        """An empty workbook, or with ``all=1`` one with the enterprises of the area."""
        rows: list[dict[str, object]] = []
        if request.args.get("all") == "1":
            query = select(Enterprise).order_by(Enterprise.place).limit(xlsx.MOST_ROWS + 1)
            found = db.session.scalars(query).all()
            if len(found) > xlsx.MOST_ROWS:
                raise Invalid(_("At most %(n)s enterprises fit in one workbook.", n=xlsx.MOST_ROWS))
            rows = rows_of(found)
            with unit_of_work():
                current_app.extensions["exported"]("Enterprise", len(rows), {"workbook": "import"})
        choices = {
            "county": [words for _path, words in county_choices()],
            "industry_code": [words for _code, words in industry_choices()],
            "enterprise_class": [str(one.label) for one in EnterpriseClass],
        }
        name = _("Registry of enterprises") + f" {today()}.xlsx"
        return send_file_as(xlsx.template(rows, choices), name)

    @expose("/", methods=["POST"])
    @has_access
    @permission_name("import")
    def look(self) -> Any:
        """Look a workbook through; nothing is written but the file itself."""
        file = request.files.get("file")
        try:
            if file is None or not file.filename:
                raise Invalid(_("Choose a file."), [Problem("file", _("Choose a file."))])
            kept = _storage().put(file.stream, LARGEST)
            what = self._plan(kept.sha256)
        except Invalid as error:
            return self._refused(error)
        if what.problems:
            answer_with(422)
        return self._page(what, problems=what.problems, token=sealed(PURPOSE, kept.sha256))

    @expose("/take", methods=["POST"])
    @has_access
    @permission_name("import")
    def take(self) -> Any:
        """Take over the workbook that was looked at; sent twice it is taken over once."""
        token = request.form.get("token", "")
        [sha256] = unsealed(PURPOSE, token)
        try:
            lines, problems = _read(sha256)
            with unit_of_work():
                done = import_enterprises(
                    lines,
                    problems,
                    confirmed=request.form.get("another") == "on",
                    actor=actor_of(g.user),
                )
        except (Invalid, Conflict) as error:
            answer_with(error.status)
            flash(str(error.message), "danger")
            what = self._plan(sha256)
            return self._page(what, problems=what.problems, token=token)
        text = _(
            "Enterprises entered: %(new)s, changed: %(changed)s, left alone: %(same)s.",
            new=len(done.new),
            changed=len(done.changed),
            same=done.unchanged,
        )
        flash(text, "success")
        return redirect(url_for("EnterpriseView.list"))

    def _plan(self, sha256: str) -> Plan:
        lines, problems = _read(sha256)
        with db.session.no_autoflush:
            return plan(lines, problems, actor=actor_of(g.user))

    def _refused(self, error: Invalid) -> str:
        answer_with(error.status)
        flash(str(error.message), "danger")
        return self._page(problems=[one for one in error.details if one.where != "file"])

    def _page(self, what: Plan | None = None, problems: Any = (), token: str = "") -> str:
        return self.render_template(
            "enterprises/import.html",
            title=_("Import enterprises"),
            plan=what if what is not None and not what.problems else None,
            problems=problems,
            token=token,
            most=MOST_SHOWN,
            heads=xlsx.headings(),
            counties=dict(county_choices()) if what is not None else {},
        )


def _storage() -> LocalStorage:
    return LocalStorage(current_app.config["UPLOAD_FOLDER"])


def _read(sha256: str) -> Any:
    with _storage().path(sha256).open("rb") as file:
        return xlsx.read(file)
