"""The page on which the region closes years, and opens them again."""

from collections.abc import Callable

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.clock import today
from app.core.db import db
from app.core.unit import unit_of_work
from app.core.web import DomainPage
from app.filings.closing import close_year, reopen_year
from app.filings.models import ClosedYear, Filing
from app.review.models import Review
from app.review.workflow import FINAL, State


class ClosedYearView(DomainPage):
    route_base = "/closed-years"
    class_permission_name = "ClosedYear"
    default_view = "list"
    base_permissions = ["can_list", "can_close"]

    @expose("/")
    @has_access
    @permission_name("list")
    def list(self) -> str:
        """Every year with filings that is over, and what became of it."""
        is_open = Review.state.not_in([*FINAL, State.CLOSED])
        query = (
            select(Filing.year, func.count(), func.count().filter(is_open))
            .join(Filing.review)
            .where(Filing.year < today().year)
            .group_by(Filing.year)
            .order_by(Filing.year.desc())
        )
        rows = {one.year: one for one in db.session.scalars(select(ClosedYear))}
        return self.render_template(
            "filings/closed_years.html",
            title=_l("Closing of years"),
            years=[
                (year, filings, not_final, rows.get(year))
                for year, filings, not_final in db.session.execute(query)
            ],
            closes=self.appbuilder.sm.has_access("can_close", "ClosedYear"),
        )

    @expose("/<int:year>/close", methods=["POST"])
    @has_access
    @permission_name("close")
    def close(self, year: int) -> Response:
        return self._done(close_year, year, _("%(year)s is closed.", year=year))

    @expose("/<int:year>/reopen", methods=["POST"])
    @has_access
    @permission_name("close")
    def reopen(self, year: int) -> Response:
        return self._done(reopen_year, year, _("%(year)s is open again.", year=year))

    @staticmethod
    def _done(act: Callable[..., object], year: int, told: str) -> Response:
        with unit_of_work():
            act(year, reason=request.form.get("reason", ""), actor=actor_of(g.user))
        flash(told, "success")
        return redirect(url_for("ClosedYearView.list"))
