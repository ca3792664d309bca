"""The workbook of a filing: fetched, sent, looked at, and taken over."""

from dataclasses import astuple
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.answers import answer_with, send_file_as
from app.core.errors import Conflict, Invalid, NotFound, Problem
from app.core.sealed import sealed, unsealed
from app.core.unit import unit_of_work
from app.core.uploads import LARGEST, storage
from app.core.web import DomainPage
from app.filings.models import Filing
from app.filings.own import own_filing
from app.filings.queries import book_around, can_be_changed, current_figures
from app.filings.sheets import SHEETS
from app.filings.workbook.marking import marked
from app.filings.workbook.read import read
from app.filings.workbook.sent import Sent
from app.filings.workbook.takeover import Preview, Shown, look, take_over
from app.filings.workbook.write import written

PURPOSE = "filing workbook, 2"  # the number rises with what is sealed: old tokens are refused
MOST_SHOWN = 300


class WorkbookView(DomainPage):
    route_base = "/filings"
    class_permission_name = "Filing"
    base_permissions = ["can_fill"]

    @expose("/<int:pk>/workbook.xlsx")
    @has_access
    @permission_name("fill")
    def template(self, pk: int) -> Response:
        """The filing with what is there, to be filled in and sent back."""
        filing = own_filing(pk)
        figures = current_figures(filing, around := book_around(filing))
        rows = {key: sorted(figures.get(key, {}).items()) for key in SHEETS}
        name = f"{filing.enterprise.name} {filing.period}.xlsx"
        return send_file_as(written(filing, rows, around), name)

    @expose("/<int:pk>/workbook", methods=["GET"])
    @has_access
    @permission_name("fill")
    def page(self, pk: int) -> str:
        return self._page(own_filing(pk))

    @expose("/<int:pk>/workbook", methods=["POST"])
    @has_access
    @permission_name("fill")
    def look(self, pk: int) -> str:
        """Look a workbook through; nothing is written but the file itself."""
        filing = own_filing(pk)
        file = request.files.get("file")
        cumulative = request.form.get("cumulative") == "on"
        try:
            if file is None or not file.filename:
                raise Invalid(_("Choose a file."), [Problem("file", _("Choose a file."))])
            kept = storage().put(file.stream, LARGEST)
            preview = look(filing, _read(kept.sha256), cumulative=cumulative)
        except Invalid as error:
            answer_with(error.status)
            flash(str(error.message), "danger")
            return self._page(filing, cumulative=cumulative)
        if preview.problems:
            answer_with(422)
        return self._looked(filing, preview, kept.sha256)

    @expose("/<int:pk>/workbook/take", methods=["POST"])
    @has_access
    @permission_name("fill")
    def take(self, pk: int) -> Any:
        """Take over the workbook that was looked at, if the filing is still as it was then."""
        filing = own_filing(pk)
        sha256, shown = _given_back(pk)
        sent = _read(sha256)
        try:
            with unit_of_work():
                take_over(filing, sent, actor=actor_of(g.user), shown=shown)
        except (Invalid, Conflict) as error:
            answer_with(error.status)
            flash(str(error.message), "danger")
            filing = own_filing(pk)
            preview = look(filing, sent, cumulative=shown.cumulative)
            return self._looked(filing, preview, sha256)
        flash(_("The workbook has been taken over."), "success")
        return redirect(url_for("FilingView.page", pk=pk))

    @expose("/<int:pk>/workbook/marked.xlsx", methods=["POST"])
    @has_access
    @permission_name("fill")
    def marked(self, pk: int) -> Response:
        """What was sent, its wrong cells marked and explained."""
        filing = own_filing(pk)
        sha256, shown = _given_back(pk)
        sent = _read(sha256)
        preview = look(filing, sent, cumulative=shown.cumulative)
        file = marked(filing, sent, preview)
        return send_file_as(file, f"{filing.enterprise.name} {filing.period} ({_('marked')}).xlsx")

    def _looked(self, filing: Filing, preview: Preview, sha256: str) -> str:
        """The preview, with a token for doing just what it shows."""
        token = sealed(PURPOSE, filing.id, sha256, *astuple(preview.shown))
        return self._page(filing, preview, token, cumulative=preview.shown.cumulative)

    def _page(
        self,
        filing: Filing,
        preview: Preview | None = None,
        token: str = "",
        *,
        cumulative: bool = True,
    ) -> str:
        return self.render_template(
            "filings/workbook.html",
            filing=filing,
            editable=can_be_changed(filing),
            preview=preview,
            token=token,
            cumulative=cumulative,
            most=MOST_SHOWN,
            sheets=SHEETS,
        )


def _read(sha256: str) -> Sent:
    with storage().path(sha256).open("rb") as file:
        return read(file)


def _given_back(pk: int) -> tuple[str, Shown]:
    """The file of the preview that is being answered, and what it was made of."""
    filing_id, sha256, *shown = unsealed(PURPOSE, request.form.get("token", ""))
    if filing_id != pk:
        raise NotFound(_("There is no such record."))
    return str(sha256), Shown(*shown)
