"""What is done on the page of a review besides the steps: marks, remarks, questions, requests."""

from collections.abc import Callable
from datetime import date

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.answers import answer_with
from app.core.errors import Conflict, Invalid, NotFound, Problem
from app.core.unit import unit_of_work
from app.core.web import DomainPage, row_of
from app.review import asking, marking, requests
from app.review.models import Audience, Question, Review, RollbackRequest, Verdict
from app.review.page import shown_on


def done(
    view: BaseView, pk: int, act: Callable[[Review], object], *, said: str = "", anchor: str
) -> Response | str:
    """Do it, and back to the page; what is refused comes back as it was typed."""
    try:
        with unit_of_work():
            act(row_of(Review, pk))
    except (Invalid, Conflict) as error:
        answer_with(error.status)
        return shown_on(view, row_of(Review, pk), error)
    if said:
        flash(said, "success")
    return redirect(url_for("ReviewView.page", pk=pk, _anchor=anchor))


class ReviewWorkView(DomainPage):
    """By the tier at which the filing waits."""

    route_base = "/reviews"
    entity = Review
    class_permission_name = "Review"
    base_permissions = ["can_decide"]

    @expose("/<int:pk>/mark", methods=["POST"])
    @has_access
    @permission_name("decide")
    def mark(self, pk: int) -> Response | str:
        wanted, sheet = request.form.get("verdict", ""), request.form.get("sheet", "")
        verdict, actor = Verdict.named(wanted) if wanted else None, actor_of(g.user)
        anchor = "tab-files" if sheet == "A1" else f"verdict-{sheet}"
        return done(
            self, pk, lambda one: marking.mark(one, sheet, verdict, actor=actor), anchor=anchor
        )

    @expose("/<int:pk>/remark", methods=["POST"])
    @has_access
    @permission_name("decide")
    def remark(self, pk: int) -> Response | str:
        where, text = request.form.get("where", "").strip(), request.form.get("text", "")
        audience, actor = Audience.named(request.form.get("audience", "")), actor_of(g.user)
        return done(
            self,
            pk,
            lambda one: marking.remark(one, where, text, audience, actor=actor),
            said=_("The remark has been kept."),
            anchor="notes",
        )

    @expose("/<int:pk>/remarks/<int:remark>/take-off", methods=["POST"])
    @has_access
    @permission_name("decide")
    def take_off(self, pk: int, remark: int) -> Response | str:
        actor = actor_of(g.user)
        return done(
            self,
            pk,
            lambda one: marking.take_off(one, remark, actor=actor),
            said=_("The remark has been taken off."),
            anchor="notes",
        )

    @expose("/<int:pk>/ask", methods=["POST"])
    @has_access
    @permission_name("decide")
    def ask(self, pk: int) -> Response | str:
        text, where = request.form.get("text", ""), request.form.get("where", "").strip()
        actor = actor_of(g.user)
        return done(
            self,
            pk,
            lambda one: asking.ask(one, text, _day("due_on"), where=where, actor=actor),
            said=_("The question has been asked; the clock stands until it is answered."),
            anchor="questions",
        )

    @expose("/<int:pk>/questions/<int:question>/drop", methods=["POST"])
    @has_access
    @permission_name("decide")
    def drop(self, pk: int, question: int) -> Response | str:
        actor, shown = actor_of(g.user), request.form.get("version", type=int)
        return done(
            self,
            pk,
            lambda one: asking.drop(_question(one, question), actor=actor, shown=shown),
            said=_("The question has been taken back."),
            anchor="questions",
        )

    @expose("/<int:pk>/ask-rollback", methods=["POST"])
    @has_access
    @permission_name("decide")
    def ask_rollback(self, pk: int) -> Response | str:
        reason, actor = request.form.get("reason", ""), actor_of(g.user)
        return done(
            self,
            pk,
            lambda one: requests.ask_rollback(one, reason, actor=actor),
            said=_("The super administrator has been asked for a rollback."),
            anchor="rollback",
        )


class ReviewAnswerView(DomainPage):
    """What the enterprise says to a question."""

    route_base = "/reviews"
    entity = Review
    class_permission_name = "Filing"
    base_permissions = ["can_fill"]

    @expose("/<int:pk>/questions/<int:question>/answer", methods=["POST"])
    @has_access
    @permission_name("fill")
    def answer(self, pk: int, question: int) -> Response | str:
        text, actor = request.form.get("answer", ""), actor_of(g.user)
        shown = request.form.get("version", type=int)
        return done(
            self,
            pk,
            lambda one: asking.answer(_question(one, question), text, actor=actor, shown=shown),
            said=_("The answer has been sent."),
            anchor="questions",
        )


class RollbackView(DomainPage):
    """What the super administrator says to a request."""

    route_base = "/reviews"
    entity = Review
    class_permission_name = "Review"
    base_permissions = ["can_rollback"]

    @expose("/<int:pk>/rollback-requests/<int:asked>/decline", methods=["POST"])
    @has_access
    @permission_name("rollback")
    def decline(self, pk: int, asked: int) -> Response | str:
        text, actor = request.form.get("answer", ""), actor_of(g.user)
        shown = request.form.get("version", type=int)
        return done(
            self,
            pk,
            lambda one: requests.decline(_request(one, asked), text, actor=actor, shown=shown),
            said=_("The request has been declined."),
            anchor="rollback",
        )


def _question(review: Review, pk: int) -> Question:
    one: Question = row_of(Question, pk)
    if one.review_id != review.id:
        raise NotFound(_("There is no such record."))
    return one


def _request(review: Review, pk: int) -> RollbackRequest:
    one: RollbackRequest = row_of(RollbackRequest, pk)
    if one.review_id != review.id:
        raise NotFound(_("There is no such record."))
    return one


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        told = _("A day is expected.")
        raise Invalid(told, [Problem(name, told)]) from None
