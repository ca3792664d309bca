"""The page of the energy levels of a year: who crosses 500,000 tce, who waits, and why."""

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.clock import today
from app.core.errors import Invalid, Problem
from app.core.unit import unit_of_work
from app.core.web import DomainPage
from app.enterprises.classes import bring_classes_in_step
from app.enterprises.models import EnergyLevel
from app.regions.queries import names_by_path
from app.upkeep.levels import Standing, settle_levels, standings

MOST_SHOWN = 200  # of those that wait: the first thousand help nobody


class LevelView(DomainPage):
    route_base = "/energy-levels"
    class_permission_name = "EnergyLevel"
    default_view = "year"
    base_permissions = ["can_show", "can_settle"]

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("show")
    def year(self) -> str:
        year = _year(request.args.get("year") or str(today().year))
        everyone = standings(year)
        waiting = [one for one in everyone if one.level is None and not one.by_hand]
        by_hand = [one for one in everyone if one.by_hand]
        crossing = [one for one in everyone if one.crosses and not one.by_hand]
        shown = [*crossing, *by_hand, *waiting[:MOST_SHOWN]]
        return self.render_template(
            "upkeep/levels.html",
            year=year,
            years=[str(today().year + 1 - back) for back in range(6)],
            up=[one for one in crossing if one.level is EnergyLevel.GE_500K],
            down=[one for one in crossing if one.level is EnergyLevel.LT_500K],
            by_hand=by_hand,
            waiting=waiting,
            most=MOST_SHOWN,
            known=sum(one.level is not None for one in everyone),
            open=sum(_is_open(one) for one in everyone),
            where=names_by_path([one.place for one in shown]),
        )

    @expose("/", methods=["POST"])
    @has_access
    @permission_name("settle")
    def settle(self) -> Response:
        """Write the levels of a year; pressed a second time it finds nothing to write."""
        year = _year(request.form.get("year", ""))
        with unit_of_work():
            done = settle_levels(year, actor=actor_of(g.user))
            if year == today().year:
                bring_classes_in_step(year, actor=actor_of(g.user))
        text = _(
            "Levels of %(year)s written: %(written)s, unchanged: %(same)s, waiting: %(waiting)s.",
            year=str(year),
            written=done.written,
            same=done.unchanged,
            waiting=len(done.unset),
        )
        flash(text, "success")
        return redirect(url_for("LevelView.year", year=year))


def _is_open(one: Standing) -> bool:
    return one.level is not None and not one.by_hand and not one.is_set


def _year(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) == 4 and 2000 <= int(text) <= 2100:
        return int(text)
    raise Invalid(_("Say for which year."), [Problem("year", _("Say for which year."))])
