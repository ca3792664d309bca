"""Changes of an entry: the enterprise asks, the league accepts or declines."""

from collections.abc import Callable
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.accounts.models import actor_of
from app.core.answers import answer_with
from app.core.clock import as_shown
from app.core.db import db
from app.core.errors import Conflict
from app.core.interface import DomainInterface
from app.core.listing import Column, Filter, Listing, row_link
from app.core.search import matches
from app.core.unit import unit_of_work
from app.core.web import DomainPage, DomainView, accepted, row_of
from app.enterprises import change_requests as operations
from app.enterprises.forms import ShownForm, stripped
from app.enterprises.life import ChangeRequest, RequestState
from app.enterprises.models import Enterprise
from app.enterprises.queries import industry_choices
from app.enterprises.views import LABELS
from app.regions.queries import county_name, place_choices
from app.regions.scope import Tier, scope_of


class ChangeForm(ShownForm):
    """The entry as it is; what is changed in it is asked for."""

    name = StringField(
        LABELS["name"], filters=[stripped], validators=[InputRequired(), Length(max=120)]
    )
    short_name = StringField(LABELS["short_name"], filters=[stripped], validators=[Length(max=40)])
    industry_code = SelectField(LABELS["industry_code"], choices=industry_choices)
    address = StringField(LABELS["address"], filters=[stripped], validators=[Length(max=200)])
    contact_name = StringField(
        LABELS["contact_name"], filters=[stripped], validators=[Length(max=50)]
    )
    contact_phone = StringField(
        LABELS["contact_phone"], filters=[stripped], validators=[Length(max=30)]
    )
    reason = TextAreaField(
        _l("Reason"),
        filters=[stripped],
        validators=[InputRequired(), Length(max=500)],
        render_kw={"rows": 3},
        description=_l("Your league reads it and decides; until then the entry stays as it is."),
    )


class ChangeAskView(DomainPage):
    """Where an enterprise asks for a change."""

    route_base = "/enterprise-changes"
    class_permission_name = "ChangeRequest"
    entity: Any = Enterprise
    base_permissions = ["can_ask"]

    @expose("/<int:pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("ask")
    def ask(self, pk: int) -> Response | str:
        enterprise = row_of(Enterprise, pk)
        there = operations.open_request(enterprise)
        form = ChangeForm(obj=enterprise)
        if request.method == "GET" and there is not None:
            return redirect(url_for("ChangeRequestView.page", pk=there.id))
        made: list[int] = []

        def send(checked: ChangeForm) -> None:
            with unit_of_work():
                wanted = {name: checked[name].data for name in operations.ASKABLE}
                asked = operations.ask_change(
                    row_of(Enterprise, pk),
                    wanted,
                    reason=checked.reason.data,
                    actor=actor_of(g.user),
                )
                db.session.flush()
                made.append(asked.id)

        if request.method == "POST" and accepted(form, send):
            flash(_("Your league has been asked."), "success")
            return redirect(url_for("ChangeRequestView.page", pk=made[0]))
        title = _("Ask for a change")
        return self.render_template("accounts/form.html", form=form, title=title)


def _start() -> Select[tuple[ChangeRequest]]:
    query = select(ChangeRequest).join(ChangeRequest.enterprise)
    return query.options(contains_eager(ChangeRequest.enterprise))


class ChangeRequestView(DomainView):
    """The requests of one's area; an enterprise sees its own."""

    datamodel = DomainInterface(ChangeRequest)
    route_base = "/change-requests"
    class_permission_name = "ChangeRequest"
    include_route_methods = {"list", "page", "accept", "decline", "withdraw"}
    base_permissions = ["can_list", "can_show", "can_ask", "can_decide"]
    list_title = _l("Changes asked for")
    list_columns = search_columns = ["state"]
    listing = Listing(
        start=_start,
        columns=(
            Column(
                "enterprise",
                _l("Enterprise"),
                row_link("ChangeRequestView.page", lambda row: row.enterprise.name),
                sort=Enterprise.name,
                wide=True,
            ),
            Column("state", _l("Status"), lambda row: row.state, sort=ChangeRequest.state),
            Column(
                "what",
                _l("What is asked for"),
                lambda row: ", ".join(str(LABELS[name]) for name in row.changes),
            ),
            Column("county", _l("County"), lambda row: county_name(row.place)),
            Column(
                "asked_at",
                _l("Asked on"),
                lambda row: as_shown(row.asked_at),
                sort=ChangeRequest.asked_at,
            ),
            Column("decided_by", _l("Decided by"), lambda row: row.decided_by),
        ),
        order=(ChangeRequest.id.desc(),),
        filters=(
            Filter("q", _l("Name, code or initials"), lambda v: matches(Enterprise.search, v)),
            Filter(
                "state",
                _l("Status"),
                lambda value: ChangeRequest.state == RequestState.named(value),
                choices=lambda: [
                    (one.value, str(one.label))
                    for one in RequestState
                    if one is not RequestState.AGREED
                ],
            ),
            Filter(
                "place",
                _l("League or county"),
                lambda v: ChangeRequest.place.startswith(v, autoescape=True),
                choices=lambda: place_choices(scope_of(db.session)),
            ),
        ),
    )

    @expose("/<int:pk>", methods=["GET"])
    @has_access
    @permission_name("show")
    def page(self, pk: int) -> str:
        return self._page(pk)

    @expose("/<int:pk>/accept", methods=["POST"])
    @has_access
    @permission_name("decide")
    def accept(self, pk: int) -> Response | str:
        return self._done(
            pk,
            lambda row, shown: operations.accept_change(row, shown, actor=actor_of(g.user)),
            _("The entry has been changed as was asked for."),
        )

    @expose("/<int:pk>/decline", methods=["POST"])
    @has_access
    @permission_name("decide")
    def decline(self, pk: int) -> Response | str:
        reason = request.form.get("reason", "")
        return self._done(
            pk,
            lambda row, shown: operations.decline_change(
                row, shown, reason=reason, actor=actor_of(g.user)
            ),
            _("The request has been declined."),
        )

    @expose("/<int:pk>/withdraw", methods=["POST"])
    @has_access
    @permission_name("ask")
    def withdraw(self, pk: int) -> Response | str:
        return self._done(
            pk,
            lambda row, shown: operations.withdraw_change(row, shown, actor=actor_of(g.user)),
            _("The request has been taken back."),
        )

    def _done(
        self, pk: int, act: Callable[[ChangeRequest, int | None], None], told: str
    ) -> Response | str:
        shown = ShownForm().shown
        self.found(pk)
        try:
            with unit_of_work():
                act(self.found(pk), shown)
        except Conflict as error:
            answer_with(error.status)
            flash(str(error.message), "danger")
            return self._page(pk, error.details)
        flash(told, "success")
        return redirect(url_for("ChangeRequestView.page", pk=pk))

    def _page(self, pk: int, problems: Any = ()) -> str:
        row: ChangeRequest = self.found(pk)
        actor, is_open = actor_of(g.user), row.state is RequestState.OPEN
        industries = dict(industry_choices())

        def words(name: str, value: str) -> str:
            return industries.get(value, value) if name == "industry_code" else value

        lines = [
            (
                LABELS[name],
                words(name, old),
                words(name, new),
                words(name, getattr(row.enterprise, name) or ""),
                (getattr(row.enterprise, name) or "") != old,
            )
            for name, (old, new) in row.changes.items()
        ]
        return self.render_template(
            "enterprises/change.html",
            title=_("Change of %(name)s", name=row.enterprise.name),
            row=row,
            lines=lines,
            moved=is_open and any(line[4] for line in lines),
            problems=problems,
            decides=is_open and self._may("can_decide") and operations.decides(row, actor),
            withdraws=is_open
            and self._may("can_ask")
            and Tier.ENTERPRISE in actor.tiers_at(row.place),
        )
