"""The files of a filing: attach them, take them off, fetch them, look at them in the page."""

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.errors import Invalid, NotFound, Problem
from app.core.unit import unit_of_work
from app.core.uploads import send_stored, storage
from app.core.web import DomainPage, row_of
from app.documents import opening
from app.filings import attaching
from app.filings.models import Filing
from app.filings.queries import figures_for
from app.filings.sheets.attachment import Attachment


class AttachmentView(DomainPage):
    entity = Filing  # what `pk` names in the addresses
    route_base = "/filings"
    class_permission_name = "Filing"
    base_permissions = ["can_show", "can_fill"]

    @expose("/<int:pk>/attachments", methods=["POST"])
    @has_access
    @permission_name("fill")
    def attach(self, pk: int) -> Response:
        row_of(Filing, pk)
        file = request.files.get("file")
        if file is None or not file.filename:
            raise Invalid(_("Choose a file."), [Problem("file", _("Choose a file."))])
        with unit_of_work():
            attaching.attach(
                row_of(Filing, pk),
                file.stream,
                file.filename,
                {name: request.form.get(name) for name in Attachment.inputs()},
                storage=storage(),
                actor=actor_of(g.user),
            )
        flash(_("The file has been attached."), "success")
        return redirect(url_for("FilingView.page", pk=pk))

    @expose("/<int:pk>/attachments/<int:attachment>/delete", methods=["POST"])
    @has_access
    @permission_name("fill")
    def detach(self, pk: int, attachment: int) -> Response:
        with unit_of_work():
            attaching.detach(row_of(Filing, pk), attachment, actor=actor_of(g.user))
        flash(_("The file has been taken off."), "success")
        return redirect(url_for("FilingView.page", pk=pk))

    @expose("/<int:pk>/attachments/<int:attachment>")
    @has_access
    @permission_name("show")
    def file(self, pk: int, attachment: int) -> Response:
        """A file of the filing, fetched through the row that owns it."""
        return send_stored(_attached(pk, attachment)[1])

    @expose("/<int:pk>/attachments/<int:attachment>/opened")
    @has_access
    @permission_name("show")
    def opened(self, pk: int, attachment: int) -> str:
        """The same file to be looked at, on a page of its own."""
        filing, row = _attached(pk, attachment)
        return opening.opened(
            self,
            row,
            fetched_at=url_for("AttachmentView.file", pk=pk, attachment=attachment),
            shown_at=url_for("AttachmentView.shown", pk=pk, attachment=attachment),
            back=(f"{filing.enterprise.name} {filing.period}", url_for("FilingView.page", pk=pk)),
        )

    @expose("/<int:pk>/attachments/<int:attachment>/shown", methods=["GET", "POST"])
    @has_access
    @permission_name("show")
    def shown(self, pk: int, attachment: int) -> Response:
        """The same file in a frame."""
        fetched_at = url_for("AttachmentView.file", pk=pk, attachment=attachment)
        return opening.shown(_attached(pk, attachment)[1], fetched_at=fetched_at)


def _attached(pk: int, attachment: int) -> tuple[Filing, Attachment]:
    """A file with its filing, for who may see its figures."""
    filing: Filing = row_of(Filing, pk)
    row: Attachment = row_of(Attachment, attachment)
    if row.filing_id != filing.id or figures_for(filing, actor_of(g.user)) is None:
        raise NotFound(_("There is no such file."))
    return filing, row
