"""The queue of reviews, and the page on which one is looked through and decided."""

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import with_expression
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.clock import as_shown
from app.core.db import db
from app.core.interface import DomainInterface
from app.core.listing import Column, Filter, Listing, days, row_link
from app.core.period import recent_quarters
from app.core.unit import unit_of_work
from app.core.web import DomainView
from app.regions.queries import county_name, place_choices
from app.regions.scope import Tier, scope_of
from app.review.models import Review
from app.review.operations import decide
from app.review.queries import decisions_of, waiting_for
from app.review.rights import has_right, require_right
from app.review.subjects import is_late, subject_of
from app.review.workflow import FINAL, IN_REVIEW, OPEN, Action, State, choices, path_of, why

TIER_LABELS = {
    Tier.ENTERPRISE: _l("the enterprise"),
    Tier.COUNTY: _l("the county"),
    Tier.LEAGUE: _l("the league"),
    Tier.REGION: _l("the region"),
}


def _waiting(value: str) -> ColumnElement[bool]:
    actor = actor_of(g.user)
    if value == "mine":
        return waiting_for(actor)
    groups = {"under_way": IN_REVIEW, "returned": {State.RETURNED}, "done": FINAL, "open": OPEN}
    return Review.state.in_(groups.get(value, frozenset(State)))


def _queues() -> list[tuple[str, str]]:
    return [
        ("mine", _("Waiting for me")),
        ("under_way", _("Under way")),
        ("returned", _("Returned")),
        ("done", _("Done")),
    ]


def _in_review() -> Select[tuple[Review]]:
    """What has been submitted at least once; drafts concern nobody but the enterprise."""
    query = select(Review).where(Review.state != State.DRAFT)
    return query.options(with_expression(Review.is_late, is_late()))


def late_badge(row: Any) -> str:
    return _("yes") if row.is_late else ""


def late_choices() -> list[tuple[str, str]]:
    return [("yes", _("Handed in late")), ("no", _("in time"))]


class ReviewView(DomainView):
    datamodel = DomainInterface(Review)
    route_base = "/reviews"
    class_permission_name = "Review"
    include_route_methods = {"list", "page", "act"}
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
            Column("since", _l("Since"), lambda row: as_shown(row.since), sort=Review.since),
            Column("late", _l("Handed in late"), late_badge),
            Column("county", _l("County"), lambda row: county_name(row.place), hidden=True),
        ),
        order=(Review.since, Review.id),
        filters=(
            Filter("queue", _l("Queue"), _waiting, choices=_queues),
            Filter(
                "title",
                _l("Enterprise or quarter"),
                lambda v: Review.title.contains(v, autoescape=True),
            ),
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

    @expose("/<int:pk>")
    @has_access
    @permission_name("show")
    def page(self, pk: int) -> str:
        review = self.found(pk)
        actor = actor_of(g.user)
        subject = subject_of(review)
        alarms = subject.alarms(review)
        return self.render_template(
            "review/page.html",
            review=review,
            way=path_of(review.route) if review.route else (),
            why=[str(reason) for reason in why(review.route)] if review.route else [],
            holder_label=TIER_LABELS.get(review.holder, ""),
            headline=subject.headline(review),
            tables=subject.tables(review),
            evidence=subject.evidence(review),
            decisions=decisions_of(review),
            steps=[
                step
                for step in choices(review.route, review.state, actor.tiers_at(review.place))
                if has_right(step.action)
                and (step.action is not Action.CLOSE or subject.may_close(review))
            ],
            seen=subject.seen(review),
            alarms=alarms,
            frozen=alarms.frozen if alarms else {},
            remarks=subject.remarks(review),
            address=subject.address(review),
        )

    @expose(
        "/<int:pk>/<any(submit,withdraw,approve,return,rollback,close):action>", methods=["POST"]
    )
    @has_access
    @permission_name("show")
    def act(self, pk: int, action: str) -> Response:
        """Take a step; which right it asks for is told by `app.review.rights`."""
        step = Action.named(action)
        require_right(step)
        shown = request.form.get("version", type=int)
        reason = request.form.get("reason", "")
        with unit_of_work():
            decide(self.found(pk), step, actor=actor_of(g.user), reason=reason, shown=shown)
        flash(_("Done: %(what)s.", what=step.label), "success")
        return redirect(url_for("ReviewView.page", pk=pk))
