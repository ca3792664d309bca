"""The signed print of a form: fetch it, or look at it in the page."""

from typing import Any

from flask import g, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.errors import NotFound
from app.core.uploads import send_stored
from app.core.web import DomainPage, row_of
from app.documents import opening
from app.energy_staff.models import EnergyForm
from app.energy_staff.queries import in_chain


class EnergyScanView(DomainPage):
    """For the enterprise and its reviewers: the print shows what is masked for others."""

    entity = EnergyForm
    route_base = "/energy-forms"
    class_permission_name = "EnergyForm"
    base_permissions = ["can_read_private"]

    @expose("/<int:pk>/scan/file")
    @has_access
    @permission_name("read_private")
    def file(self, pk: int) -> Response:
        return send_stored(_scan(pk))

    @expose("/<int:pk>/scan/opened")
    @has_access
    @permission_name("read_private")
    def opened(self, pk: int) -> str:
        row = _scan(pk)
        return opening.opened(
            self,
            row,
            fetched_at=url_for("EnergyScanView.file", pk=pk),
            shown_at=url_for("EnergyScanView.shown", pk=pk),
            back=(f"{row.enterprise.name} {row.person}", url_for("EnergyFormView.page", pk=pk)),
        )

    @expose("/<int:pk>/scan/shown", methods=["GET", "POST"])
    @has_access
    @permission_name("read_private")
    def shown(self, pk: int) -> Response:
        return opening.shown(_scan(pk), fetched_at=url_for("EnergyScanView.file", pk=pk))


def _scan(pk: int) -> Any:
    form: EnergyForm = row_of(EnergyForm, pk)
    if form.sha256 is None or not in_chain(form.place, actor_of(g.user)):
        raise NotFound(_("There is no such file."))
    return form
