"""The page on which county review is switched, per league and per county."""

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.db import db
from app.core.errors import Invalid, NotFound
from app.core.unit import unit_of_work
from app.core.web import DomainPage
from app.regions.models import Region
from app.regions.queries import Node, region_at, regions_within
from app.regions.scope import Tier, scope_of
from app.review.operations import switch_county_review

CHOICES = {"on": True, "off": False, "inherit": None}


class RegionView(DomainPage):
    route_base = "/regions"
    class_permission_name = "Region"
    default_view = "list"
    base_permissions = ["can_list", "can_switch"]
    list_title = _l("Regions and county review")

    @expose("/")
    @has_access
    @permission_name("list")
    def list(self) -> str:
        nodes = [n for n in regions_within(scope_of(db.session)) if n.tier >= Tier.LEAGUE]
        return self.render_template(
            "review/regions.html", nodes=nodes, Tier=Tier, switchable=self._switchable
        )

    @expose("/<code>/county-review", methods=["POST"])
    @has_access
    @permission_name("switch")
    def switch(self, code: str) -> Response:
        wanted = request.form.get("county_review", "")
        if wanted not in CHOICES:
            raise Invalid(_("Choose on, off, or as the league."))
        with unit_of_work():
            moved = switch_county_review(self._node(code), CHOICES[wanted], actor=actor_of(g.user))
        flash(
            _("County review has been switched; filings sent on to the league: %(n)s.", n=moved),
            "success",
        )
        return redirect(url_for("RegionView.list"))

    @staticmethod
    def _switchable(node: Node) -> bool:
        return scope_of(db.session).admits(node.path)

    @staticmethod
    def _node(code: str) -> Region:
        for node in regions_within(scope_of(db.session)):
            if node.code == code and scope_of(db.session).admits(node.path):
                return region_at(node.path)
        raise NotFound(_("There is no such place."))
