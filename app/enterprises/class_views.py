"""The class of an enterprise from a year on, set on its page."""

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.errors import Invalid, Problem
from app.core.unit import unit_of_work
from app.core.web import DomainPage, row_of
from app.enterprises.classes import set_class
from app.enterprises.models import Enterprise, EnterpriseClass


class EnterpriseClassView(DomainPage):
    route_base = "/enterprise-classes"
    class_permission_name = "Enterprise"
    entity: Any = Enterprise
    base_permissions = ["can_set_class"]

    @expose("/<int:pk>", methods=["POST"])
    @has_access
    @permission_name("set_class")
    def write(self, pk: int) -> Response:
        row_of(Enterprise, pk)
        year = request.form.get("year", type=int)
        if year is None or not 2000 <= year <= 2100:
            raise Invalid(_("Say for which year."), [Problem("year", _("Say for which year."))])
        with unit_of_work():
            set_class(
                row_of(Enterprise, pk),
                year,
                EnterpriseClass.named(request.form.get("enterprise_class", "")),
                document=request.form.get("document", ""),
                reason=request.form.get("reason", ""),
                actor=actor_of(g.user),
            )
        flash(_("The class has been set."), "success")
        return redirect(url_for("EnterpriseView.show", pk=pk))
