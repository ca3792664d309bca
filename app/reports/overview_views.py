"""The overview as a page."""

from typing import Any

from flask import request
from flask_appbuilder import expose, has_access, permission_name

from app.core.db import db
from app.core.web import DomainPage
from app.regions.scope import Tier, scope_of
from app.reports.overview import (
    Measure,
    largest_carriers,
    movers_table,
    parts_of,
    parts_table,
    tiles,
    trend_table,
)
from app.reports.report_views import above, choices, part_of, selection_from_request
from app.reports.selection import Reach

# an overview is of a place and a quarter, whatever else an address says
OF_A_PLACE: dict[str, Any] = {
    "reach": Reach.QUARTER,
    "by": None,
    "industry": "",
    "enterprise_class": None,
    "level": None,
    "enterprise_id": None,
}


class OverviewView(DomainPage):
    route_base = "/overview"
    class_permission_name = "Report"
    default_view = "page"
    base_permissions = ["can_show"]

    @expose("/")
    @has_access
    @permission_name("show")
    def page(self) -> str:
        """Of one quarter; the parts are coloured by one of three measures."""
        what = selection_from_request(**OF_A_PLACE)
        asked = request.args.get("measure", "")
        measure = Measure.named(asked) if asked in set(Measure) else Measure.COMPLETENESS
        parts = parts_of(what)
        tables = [trend_table(what), largest_carriers(what), movers_table(what)]
        return self.render_template(
            "reports/overview.html",
            what=what,
            measure=measure,
            measures=list(Measure),
            tiles=tiles(what, parts, measure),
            of_leagues=scope_of(db.session).tier < Tier.LEAGUE and what.place.count("/") < 2,
            parts=parts_table(what, parts) if parts else None,
            tables=[(table, part_of(table)) for table in tables],
            part_of=part_of,
            choices=choices(),
            up=above(what.place),
        )
