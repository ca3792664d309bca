"""The progress of targets as a page with bars, and as a workbook."""

from collections.abc import Mapping, Sequence

from flask import request
from flask_appbuilder import expose, has_access, permission_name
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core.clock import today
from app.core.db import db
from app.core.export import Exportable
from app.core.shell import address_with
from app.core.web import DomainPage
from app.enterprises.models import Enterprise
from app.exports.answering import answer
from app.regions.queries import names_by_path, place_choices
from app.regions.scope import Tier, path_asked, scope_of, tier_of
from app.reports.progress import current_calendar
from app.reports.summary import exportable_of
from app.reports.target_figures import Span, cohorts, count_left_out, pairs, plans
from app.reports.target_progress import PlanLine, annual_lines, plan_lines
from app.reports.target_tables import TargetReport, target_tables
from app.targets.queries import find_period


def span_from_request() -> Span:
    """What the address asks for; else the year of the quarter that is open, as far as it is."""
    asked = request.args.get("year", type=int)
    quarter = request.args.get("quarter", type=int)
    if asked is None or quarter is None:
        calendar = current_calendar()
        latest = (calendar.year, calendar.quarter) if calendar else (today().year, 4)
        year = latest[0] if asked is None else asked
        quarter = quarter or (latest[1] if year == latest[0] else 4)
        asked = year
    place = path_asked(request.args.get("place"))
    roots = scope_of(db.session).roots
    if not place:
        place = roots[0] if len(roots) == 1 else ""
    return Span(place, min(max(asked, 2000), 2100), min(max(quarter, 1), 4))


def report_of(what: Span) -> TargetReport:
    period = find_period(what.year)
    annual = annual_lines(cohorts(what), what)
    plan: Sequence[PlanLine] = ()
    if period is not None:
        plan = plan_lines(plans(what, period), pairs(what, period), what, period.years)
    parts = sorted({line.part for line in annual} | {line.part for line in plan})
    return TargetReport(what, period, annual, plan, _names(parts), count_left_out(what))


def _names(parts: Sequence[str]) -> dict[str, str]:
    """Places by their nodes, enterprises by their own names."""
    if parts and tier_of(parts[0]) is Tier.ENTERPRISE:
        query = select(Enterprise.place, Enterprise.name).where(Enterprise.place.in_(parts))
        return {row.place: row.name for row in db.session.execute(query)}
    return names_by_path(parts)


def taken_away(_said: Mapping[str, str]) -> Exportable:
    """The tables of the progress, as the address asks for them; in a job, what was asked for."""
    what = span_from_request()
    told = {"selection": f"{what.year}Q{what.quarter}", "place": what.place}
    return exportable_of(
        target_tables(report_of(what)), {name: text for name, text in told.items() if text}
    )


class TargetProgressView(DomainPage):
    route_base = "/target-progress"
    class_permission_name = "Report"
    default_view = "progress"
    base_permissions = ["can_show", "can_export"]

    @expose("/")
    @has_access
    @permission_name("show")
    def progress(self) -> str:
        report = report_of(span_from_request())
        return self.render_template(
            "reports/targets.html",
            report=report,
            what=report.what,
            years=range(today().year, today().year - 6, -1),
            places=place_choices(scope_of(db.session)),
            deeper=len(report.what.place) < 3 * 7,
            up=_above(report.what.place),
        )

    @expose("/table.xlsx")
    @has_access
    @permission_name("export")
    def table(self) -> Response | str:
        return answer("report.targets", request.args.to_dict())


def _above(place: str) -> str | None:
    """The address of the place above, if whoever asks may see it."""
    above = place[: place.rstrip("/").rfind("/") + 1]
    if not above or not scope_of(db.session).admits(above):
        return None
    return address_with(place=above)
