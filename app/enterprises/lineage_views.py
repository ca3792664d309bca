"""Mergers and splits: entered from the page of the former enterprise, after a look at them."""

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.accounts.models import actor_of
from app.core.unit import unit_of_work
from app.core.web import DomainPage, accepted, row_of
from app.enterprises.forms import stripped
from app.enterprises.life import LineageKind
from app.enterprises.lineage import Details, Part, check_lineage, enter_lineage, parts_from
from app.enterprises.models import Enterprise


class LineageForm(FlaskForm):
    kind = SelectField(
        _l("Kind of change"),
        choices=lambda: [SelectChoice(one.value, str(one.label)) for one in LineageKind],
    )
    others = TextAreaField(
        _l("Into which enterprises"),
        validators=[InputRequired(), Length(max=1000)],
        render_kw={"rows": 4},
        description=_l("A line each: registry number, and the share in percent if it is known."),
    )
    effective_on = DateField(_l("Takes effect on"), validators=[InputRequired()])
    document = StringField(
        _l("Document number"), filters=[stripped], validators=[InputRequired(), Length(max=100)]
    )

    def details(self) -> Details:
        return Details(
            LineageKind.named(self.kind.data), self.effective_on.data, self.document.data
        )


class LineageView(DomainPage):
    route_base = "/enterprise-lineage"
    class_permission_name = "Enterprise"
    entity: Any = Enterprise
    base_permissions = ["can_enter_lineage"]

    @expose("/<int:pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("enter_lineage")
    def enter(self, pk: int) -> Response | str:
        row_of(Enterprise, pk)
        form = LineageForm()
        looked: list[Part] = []

        def look(checked: LineageForm) -> None:
            parts = parts_from(checked.others.data)
            actor = actor_of(g.user)
            check_lineage(row_of(Enterprise, pk), parts, checked.details(), actor=actor)
            looked.extend(parts)

        def write(checked: LineageForm) -> None:
            with unit_of_work():
                parts = parts_from(checked.others.data)
                actor = actor_of(g.user)
                enter_lineage(row_of(Enterprise, pk), parts, checked.details(), actor=actor)

        if request.method == "POST" and request.form.get("sure") == "yes":
            if accepted(form, write):
                flash(_("It has been entered. Who no longer produces is stopped apart."), "success")
                return redirect(url_for("EnterpriseView.show", pk=pk))
        elif request.method == "POST":
            accepted(form, look)
        return self.render_template(
            "enterprises/lineage_form.html",
            title=_("Merger or split of %(name)s", name=row_of(Enterprise, pk).name),
            enterprise=row_of(Enterprise, pk),
            form=form,
            parts=looked,
        )
