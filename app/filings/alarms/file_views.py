"""The file of an explanation: fetch it, or look at it in the page."""

from typing import Any

from flask import g, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.audit.actor import Actor
from app.core.errors import NotFound
from app.core.uploads import send_stored
from app.core.web import DomainPage, row_of
from app.documents import opening
from app.filings.alarms.freezing import handed_in_for
from app.filings.alarms.models import Explanation
from app.filings.models import Filing
from app.filings.queries import figures_for


class AlarmFileView(DomainPage):
    entity = Filing  # what `pk` names in the addresses
    route_base = "/filings"
    class_permission_name = "Filing"
    base_permissions = ["can_show"]

    @expose("/<int:pk>/explanations/<int:explanation>/file")
    @has_access
    @permission_name("show")
    def file(self, pk: int, explanation: int) -> Response:
        """The file of an explanation, fetched through the filing that it belongs to."""
        return send_stored(_explaining(pk, explanation))

    @expose("/<int:pk>/explanations/<int:explanation>/opened")
    @has_access
    @permission_name("show")
    def opened(self, pk: int, explanation: int) -> str:
        """The same file to be looked at, on a page of its own."""
        return opening.opened(
            self,
            _explaining(pk, explanation),
            fetched_at=url_for("AlarmFileView.file", pk=pk, explanation=explanation),
            shown_at=url_for("AlarmFileView.shown", pk=pk, explanation=explanation),
            back=(_("Alarms"), url_for("AlarmView.page", pk=pk)),
        )

    @expose("/<int:pk>/explanations/<int:explanation>/shown", methods=["GET", "POST"])
    @has_access
    @permission_name("show")
    def shown(self, pk: int, explanation: int) -> Response:
        """The same file in a frame."""
        fetched_at = url_for("AlarmFileView.file", pk=pk, explanation=explanation)
        return opening.shown(_explaining(pk, explanation), fetched_at=fetched_at)


def _explaining(pk: int, explanation: int) -> Any:
    """An explanation that has a file, for who may see it."""
    filing, row = row_of(Filing, pk), row_of(Explanation, explanation)
    actor = actor_of(g.user)
    seen = figures_for(filing, actor) is not None and row.filing_id == filing.id
    if not seen or row.sha256 is None or not _shows(filing, row, actor):
        raise NotFound(_("There is no such file."))
    return row


def _shows(filing: Filing, row: Explanation, actor: Actor) -> bool:
    handed_in = handed_in_for(actor, filing)
    return handed_in is None or row.id in {one.id for one in handed_in.values()}
