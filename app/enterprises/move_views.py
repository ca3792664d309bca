"""Moves to another county: the giving league asks, the receiving one accepts or declines."""

from collections.abc import Callable
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.accounts.models import actor_of
from app.core.db import db
from app.core.interface import DomainInterface
from app.core.listing import Column, Filter, Listing, listed, row_link
from app.core.unit import unit_of_work
from app.core.web import DomainPage, DomainView, accepted, row_of
from app.enterprises import moves as operations
from app.enterprises.forms import ShownForm, stripped
from app.enterprises.life import EnterpriseMove, RequestState
from app.enterprises.models import Enterprise
from app.regions.queries import counties_within, county_name, names_by_path
from app.regions.scope import EVERYWHERE, scope_of


def _all_counties() -> list[tuple[str, str]]:
    """Every county of the region: the tree is public, and a move may lead anywhere in it."""
    nodes = counties_within(EVERYWHERE)
    above = names_by_path([node.parent_path for node in nodes])
    named = [(n.path, f"{above.get(n.parent_path, '')} {n.name}") for n in nodes]
    return [("", _("Choose a county.")), *named]  # none is chosen by an oversight


class MoveForm(ShownForm):
    county = SelectField(_l("To the county"), choices=_all_counties, validators=[InputRequired()])
    effective_on = DateField(
        _l("Takes effect on"),
        validators=[InputRequired()],
        description=_l("Quarters that begin on this day or later are filed at the new place."),
    )
    document = StringField(_l("Document number"), filters=[stripped], validators=[Length(max=100)])
    reason = TextAreaField(
        _l("Reason"),
        filters=[stripped],
        validators=[InputRequired(), Length(max=500)],
        render_kw={"rows": 3},
        description=_l("Another league is asked first; within your own it is agreed at once."),
    )


class MoveAskView(DomainPage):
    """Where a league lets an enterprise move."""

    route_base = "/enterprise-moves/of"
    class_permission_name = "EnterpriseMove"
    entity: Any = Enterprise
    base_permissions = ["can_ask"]

    @expose("/<int:pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("ask")
    def ask(self, pk: int) -> Response | str:
        enterprise = row_of(Enterprise, pk)
        there = operations.open_move(enterprise)
        if request.method == "GET" and there is not None:
            return redirect(url_for("MoveView.page", pk=there.id))
        form, made = MoveForm(), []
        title = _("Move %(name)s to another county", name=enterprise.name)

        def send(checked: MoveForm) -> None:
            with unit_of_work():
                move = operations.ask_move(
                    row_of(Enterprise, pk),
                    checked.county.data,
                    checked.effective_on.data,
                    reason=checked.reason.data,
                    document=checked.document.data,
                    actor=actor_of(g.user),
                )
                made.append((move.id, move.state))

        if request.method == "POST" and accepted(form, send):
            [(number, state)] = made
            told = {
                RequestState.OPEN: _("The receiving league has been asked."),
                RequestState.AGREED: _("The move is agreed and waits for its day."),
            }
            flash(told.get(state, _("The enterprise has moved.")), "success")
            return redirect(url_for("MoveView.page", pk=number))
        return self.render_template("accounts/form.html", form=form, title=title)


class MoveView(DomainView):
    """The moves out of, and into, one's area."""

    datamodel = DomainInterface(EnterpriseMove)
    route_base = "/enterprise-moves"
    class_permission_name = "EnterpriseMove"
    include_route_methods = {"list", "page", "accept", "decline", "withdraw"}
    base_permissions = ["can_list", "can_show", "can_ask", "can_decide"]
    list_title = _l("Moves of enterprises")
    list_columns = search_columns = ["name"]
    listing = Listing(
        start=listed(EnterpriseMove),
        columns=(
            Column(
                "name",
                _l("Enterprise"),
                row_link("MoveView.page", lambda row: row.name),
                sort=EnterpriseMove.name,
                wide=True,
            ),
            Column("state", _l("Status"), lambda row: row.state, sort=EnterpriseMove.state),
            Column("from_place", _l("From the county"), lambda row: county_name(row.from_place)),
            Column("to_place", _l("To the county"), lambda row: county_name(row.to_place)),
            Column(
                "effective_on",
                _l("Takes effect on"),
                lambda row: row.effective_on,
                sort=EnterpriseMove.effective_on,
            ),
            Column("asked_by", _l("Asked by"), lambda row: row.asked_by),
        ),
        order=(EnterpriseMove.id.desc(),),
        filters=(
            Filter(
                "q",
                _l("Enterprise"),
                lambda value: EnterpriseMove.name.icontains(value, autoescape=True),
            ),
            Filter(
                "state",
                _l("Status"),
                lambda value: EnterpriseMove.state == RequestState.named(value),
                choices=lambda: [(one.value, str(one.label)) for one in RequestState],
            ),
        ),
    )

    @expose("/<int:pk>", methods=["GET"])
    @has_access
    @permission_name("show")
    def page(self, pk: int) -> str:
        move: EnterpriseMove = self.found(pk)
        actor, state = actor_of(g.user), move.state
        gives = bool(actor.tiers_at(move.from_place) & operations.LEAGUES)
        return self.render_template(
            "enterprises/move.html",
            title=_("Move of %(name)s", name=move.name),
            move=move,
            old=county_name(move.from_place),
            new=county_name(move.to_place),
            is_seen=scope_of(db.session).admits(
                move.to_place if state is RequestState.DONE else move.from_place
            ),
            decides=state is RequestState.OPEN
            and self._may("can_decide")
            and operations.decides(move, actor),
            withdraws=state in (RequestState.OPEN, RequestState.AGREED)
            and self._may("can_ask")
            and gives,
        )

    @expose("/<int:pk>/accept", methods=["POST"])
    @has_access
    @permission_name("decide")
    def accept(self, pk: int) -> Response:
        return self._done(
            pk,
            lambda move, shown: operations.accept_move(move, shown, actor=actor_of(g.user)),
            _("The move has been agreed to."),
        )

    @expose("/<int:pk>/decline", methods=["POST"])
    @has_access
    @permission_name("decide")
    def decline(self, pk: int) -> Response:
        reason = request.form.get("reason", "")
        return self._done(
            pk,
            lambda move, shown: operations.decline_move(
                move, shown, reason=reason, actor=actor_of(g.user)
            ),
            _("The request has been declined."),
        )

    @expose("/<int:pk>/withdraw", methods=["POST"])
    @has_access
    @permission_name("ask")
    def withdraw(self, pk: int) -> Response:
        return self._done(
            pk,
            lambda move, shown: operations.withdraw_move(move, shown, actor=actor_of(g.user)),
            _("The request has been taken back."),
        )

    def _done(
        self, pk: int, act: Callable[[EnterpriseMove, int | None], None], told: str
    ) -> Response:
        shown = ShownForm().shown
        self.found(pk)
        with unit_of_work():
            act(self.found(pk), shown)
        flash(told, "success")
        return redirect(url_for("MoveView.page", pk=pk))
