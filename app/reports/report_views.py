"""All reports: the page on which they stand, each as a page and as a workbook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from flask import g, request
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.clock import today
from app.core.db import db
from app.core.errors import NotFound
from app.core.export import Exportable
from app.core.period import Quarter, this_quarter
from app.core.preferences import preference
from app.core.shell import address_with
from app.core.web import DomainPage
from app.enterprises.models import EnergyLevel, EnterpriseClass
from app.exports.answering import answer
from app.exports.offers import offer
from app.regions.queries import place_choices
from app.regions.scope import scope_of
from app.reports.catalogue import REPORTS, Report
from app.reports.holding import first_days, heat_of, waiting_now
from app.reports.progress import current_calendar
from app.reports.selection import Ask, Basis, Reach, Selection, industries
from app.reports.summary import Line, SummaryTable, exportable_of
from app.review.page import TIER_LABELS

MOST_LINES = 200  # on a page; the workbook has all
MOST_BARS = 40


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of a table that one page shows."""

    lines: Sequence[Line]
    number: int
    count: int
    total: int


def part_of(table: SummaryTable) -> Part:
    """The part that the address names; numbers that are none are put right."""
    count = max(1, -(-len(table.lines) // MOST_LINES))
    asked = request.args.get(f"{table.name}_page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    number = min(max(number, 1), count)
    lines = table.lines[(number - 1) * MOST_LINES : number * MOST_LINES]
    return Part(lines, number, count, len(table.lines))


def latest_quarter() -> Quarter:
    """The quarter of the top bar, else the one that is open, else the present one."""
    if chosen := preference("period"):
        return Quarter.parse(chosen)
    if "latest_quarter" not in g:  # a list asks for its selection in several places
        calendar = current_calendar()
        g.latest_quarter = calendar.period if calendar else this_quarter()
    found: Quarter = g.latest_quarter
    return found


def selection_from_request(**fixed: Any) -> Selection:
    """What the address asks for, from where whoever asks stands; *fixed* is not chosen."""
    what = Selection.asked(request.args.to_dict(), latest_quarter())
    roots = scope_of(db.session).roots
    if not what.place and len(roots) == 1:
        fixed["place"] = roots[0]
    return replace(what, **fixed)


def taken_away(report: Report, _said: Mapping[str, str]) -> Exportable:
    """The tables of a report, as the address asks for them; in a job, what was asked for."""
    what = selection_from_request()
    told = {"report": str(report.title), "selection": what.title, "place": what.place}
    return exportable_of(report.tables(what), {name: text for name, text in told.items() if text})


def _title(report: Report, _said: Mapping[str, str]) -> str:
    return f"{report.title} {selection_from_request().title}"


def offer_reports() -> None:
    """Let every report be taken away by who may export reports."""
    for report in REPORTS.values():
        title = partial(_title, report)
        offer(f"report.{report.key}", partial(taken_away, report), title=title)


def report_named(key: str) -> Report:
    if (found := REPORTS.get(key)) is None:
        raise NotFound(_("There is no such report."))
    return found


class ReportView(DomainPage):
    route_base = "/reports"
    class_permission_name = "Report"
    default_view = "index"
    base_permissions = ["can_show", "can_export"]

    @expose("/")
    @has_access
    @permission_name("show")
    def index(self) -> str:
        return self.render_template("reports/index.html", reports=REPORTS.values())

    @expose("/<report>")
    @has_access
    @permission_name("show")
    def page(self, report: str) -> str:
        named, what = report_named(report), selection_from_request()
        tables = named.tables(what)
        return self.render_template(
            "reports/report.html",
            report=named,
            what=what,
            tables=[(table, part_of(table)) for table in tables],
            most_bars=MOST_BARS,
            asks={one.value for one in named.asks},
            choices=choices(named),
            up=above(what.place),
            only_enterprise=what.enterprise_id is not None,
        )

    @expose("/<report>.xlsx")
    @has_access
    @permission_name("export")
    def workbook(self, report: str) -> Response | str:
        """The same tables with all their lines; of many, they are made in the background."""
        return answer(f"report.{report_named(report).key}", request.args.to_dict())

    @expose("/holding")
    @has_access
    @permission_name("show")
    def holding(self) -> str:
        """Who holds what for how long."""
        scope = scope_of(db.session)
        return self.render_template(
            "reports/holding.html",
            waiting=waiting_now(scope),
            heat=heat_of(scope),
            weeks=first_days(),
            tiers=TIER_LABELS,
        )


def choices(report: Report | None = None) -> dict[str, Sequence[tuple[str, str]]]:
    """What the selects above a report offer; without one, above the overview."""
    asks = set(report.asks) if report else set()
    found: dict[str, Sequence[tuple[str, str]]] = {
        "year": [(str(year), str(year)) for year in range(today().year, today().year - 8, -1)],
        "quarter": [(str(n), f"Q{n}") for n in (1, 2, 3, 4)],
        "place": place_choices(scope_of(db.session)),
        "by": [(one.value, str(one.label)) for one in report.by] if report else (),
        "reach": [(one.value, str(one.label)) for one in Reach],
        "basis": [(one.value, str(one.label)) for one in Basis],
        "class": [(one.value, str(one.label)) for one in EnterpriseClass],
        "level": [(one.value, str(one.label)) for one in EnergyLevel],
    }
    if Ask.INDUSTRY in asks:
        found["industry"] = list(industries().items())
    return found


def above(place: str) -> str:
    """The address of the place above, if whoever asks may see it."""
    there = place[: place.rstrip("/").rfind("/") + 1]
    if not there or not scope_of(db.session).admits(there):
        return ""
    return address_with(place=there, by=None)
