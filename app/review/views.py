"""The queue of reviews, and the page on which one is looked through and decided."""

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import selectinload, with_expression
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.answers import answer_with
from app.core.clock import as_shown
from app.core.db import db
from app.core.errors import Conflict, Invalid
from app.core.interface import DomainInterface
from app.core.list_page import BulkAction
from app.core.listing import Column, Filter, Listing, days, row_link
from app.core.period import recent_quarters
from app.core.search import matches
from app.core.unit import unit_of_work
from app.core.web import DomainView
from app.regions.queries import county_name, place_choices
from app.regions.scope import scope_of
from app.review.clocks import clock_of
from app.review.models import Review
from app.review.operations import decide
from app.review.page import shown_on
from app.review.queries import waiting_below, waiting_for
from app.review.rights import require_right
from app.review.subjects import is_late
from app.review.workflow import (
    FINAL,
    IN_REVIEW,
    OPEN,
    Action,
    ReturnScope,
    Route,
    State,
)


def _waiting(value: str) -> ColumnElement[bool]:
    actor = actor_of(g.user)
    if value in ("mine", "below"):
        return waiting_for(actor) if value == "mine" else waiting_below(actor)
    groups = {"under_way": IN_REVIEW, "returned": {State.RETURNED}, "done": FINAL, "open": OPEN}
    return Review.state.in_(groups.get(value, frozenset(State)))


def _queues() -> list[tuple[str, str]]:
    return [
        ("mine", _("Waiting for me")),
        ("below", _("Waiting below")),
        ("under_way", _("Under way")),
        ("returned", _("Returned")),
        ("done", _("Done")),
    ]


def _at_level(value: str) -> ColumnElement[bool]:
    return Review.route.in_([one for one in Route if one.is_large is (value == "large")])


def _levels() -> list[tuple[str, str]]:
    return [("large", _("500,000 tce and more")), ("small", _("below 500,000 tce"))]


def _in_review() -> Select[tuple[Review]]:
    """What has been submitted at least once; drafts concern nobody but the enterprise."""
    query = select(Review).where(Review.state != State.DRAFT)
    late = with_expression(Review.is_late, is_late())
    return query.options(late, selectinload(Review.questions))


def late_badge(row: Any) -> str:
    return _("yes") if row.is_late else ""


def late_choices() -> list[tuple[str, str]]:
    return [("yes", _("Handed in late")), ("no", _("in time"))]


def _level(review: Review) -> str:
    return dict(_levels())["large" if review.route.is_large else "small"] if review.route else ""


class ReviewView(DomainView):
    datamodel = DomainInterface(Review)
    route_base = "/reviews"
    class_permission_name = "Review"
    include_route_methods = {"list", "page", "act"}
    bulk_actions = (BulkAction("approve", _l("Approve several"), "can_decide", lambda _row: None),)
    base_permissions = "can_list can_show can_decide can_rollback can_waive can_export".split()

    list_title = _l("Reviews")
    listing = Listing(
        start=_in_review,
        columns=(
            Column(
                "title",
                _l("Filing"),
                row_link("ReviewView.page", lambda review: review.title),
                sort=Review.title,
            ),
            Column("state", _l("State"), lambda row: row.state, sort=Review.state),
            Column("route", _l("Route"), lambda row: row.route or "—", sort=Review.route),
            Column("level", _l("Level"), _level, hidden=True),
            Column("since", _l("Since"), lambda row: as_shown(row.since), sort=Review.since),
            Column("held", _l("Working days"), clock_of, numeric=True),
            Column("late", _l("Handed in late"), late_badge),
            Column("county", _l("County"), lambda row: county_name(row.place), hidden=True),
        ),
        order=(Review.since, Review.id),
        filters=(
            Filter("queue", _l("Queue"), _waiting, choices=_queues),
            Filter(
                "title",
                _l("Enterprise or quarter"),
                lambda v: matches(Review.search, v),
            ),
            Filter("level", _l("Level"), _at_level, choices=_levels),
            Filter("period", _l("Quarter"), lambda v: Review.period == v, choices=recent_quarters),
            Filter(
                "place",
                _l("League or county"),
                lambda v: Review.place.startswith(v, autoescape=True),
                choices=lambda: place_choices(scope_of(db.session)),
            ),
            Filter(
                "state",
                _l("State"),
                lambda v: Review.state == State.named(v),
                choices=lambda: [(s.value, str(s.label)) for s in State if s is not State.DRAFT],
            ),
            Filter(
                "late",
                _l("Handed in late"),
                lambda v: is_late() if v == "yes" else ~is_late(),
                choices=late_choices,
            ),
            *days("since", _l("Since, from"), _l("Since, to"), Review.since),
        ),
    )

    @expose("/bulk", methods=["POST"])
    @has_access
    @permission_name("list")
    def bulk(self) -> Response:
        """Not at once: first the list of what would happen (`BatchView`)."""
        return redirect(url_for("BatchView.page", id=request.form.getlist("id")))

    @expose("/<int:pk>")
    @has_access
    @permission_name("show")
    def page(self, pk: int) -> str:
        return shown_on(self, self.found(pk))

    @expose(
        "/<int:pk>/<any(submit,withdraw,approve,return,recall,undo,rollback,close):action>",
        methods=["POST"],
    )
    @has_access
    @permission_name("show")
    def act(self, pk: int, action: str) -> Response | str:
        """Take a step; which right it asks for is told by `app.review.rights`."""
        step = Action.named(action)
        require_right(step)
        shown = request.form.get("version", type=int)
        try:
            self._decide(pk, step, shown)
        except (Invalid, Conflict) as error:  # nothing that was typed is lost
            answer_with(error.status)
            return shown_on(self, self.found(pk), error)
        flash(_("Done: %(what)s.", what=step.label), "success")
        return redirect(url_for("ReviewView.page", pk=pk))

    def _decide(self, pk: int, step: Action, shown: int | None) -> None:
        with unit_of_work():
            decide(
                self.found(pk),
                step,
                actor=actor_of(g.user),
                reason=request.form.get("reason", ""),
                shown=shown,
                return_scope=ReturnScope.named(
                    request.form.get("return_scope", ReturnScope.WHOLE.value)
                ),
            )
