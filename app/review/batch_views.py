"""Approving several at once: first the list of what would happen, then each with its record."""

from dataclasses import dataclass

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.db import db
from app.core.errors import DomainError, Invalid, NotFound
from app.core.unit import unit_of_work
from app.core.web import DomainPage, row_of
from app.review.batch import MOST, approve_in_batch, looked_over
from app.review.models import Review


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one of a batch: approved, or why not."""

    review: Review
    refusal: str


class BatchView(DomainPage):
    route_base = "/reviews/batch"
    class_permission_name = "Review"
    base_permissions = ["can_decide"]

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("decide")
    def page(self) -> Response | str:
        """The dry run: nothing is changed."""
        if not request.args.getlist("id"):
            return redirect(url_for("ReviewView.list", queue="mine"))
        numbers = _numbers(request.args.getlist("id"))
        query = select(Review).where(Review.id.in_(numbers)).order_by(Review.since, Review.id)
        found = [looked_over(one, actor=actor_of(g.user)) for one in db.session.scalars(query)]
        page: str = self.render_template(
            "review/batch.html",
            ready=[one for one in found if one.step is not None],
            held=[one for one in found if one.step is None],
            outcomes=(),
        )
        return page

    @expose("/", methods=["POST"])
    @has_access
    @permission_name("decide")
    def approve(self) -> str:
        """Each in a unit of work of its own: one that is refused takes no other with it."""
        outcomes = []
        for number in _numbers(request.form.getlist("id")):
            shown = request.form.get(f"version-{number}", -1, type=int)
            outcomes.append(Outcome(row_of(Review, number), self._approved(number, shown)))
        done = sum(not one.refusal for one in outcomes)
        flash(_("Approved: %(n)s of %(all)s.", n=done, all=len(outcomes)), "success")
        return self.render_template("review/batch.html", ready=(), held=(), outcomes=outcomes)

    @staticmethod
    def _approved(number: int, shown: int) -> str:
        """Why it was not approved; empty if it was."""
        try:
            with unit_of_work():
                approve_in_batch(row_of(Review, number), actor=actor_of(g.user), shown=shown)
        except NotFound:
            raise
        except DomainError as error:
            return str(error.message)
        return ""


def _numbers(texts: list[str]) -> list[int]:
    """The chosen reviews, each once; `Invalid` for none or too many."""
    numbers = [int(t) for t in dict.fromkeys(texts) if t.isascii() and t.isdigit() and len(t) < 10]
    if not 0 < len(numbers) <= MOST:
        raise Invalid(_("Choose from 1 to %(n)s rows.", n=MOST))
    return numbers
