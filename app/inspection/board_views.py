"""The matrix of enterprises by documents, and the calendar of what is due, as pages."""

from flask import request
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import lazy_gettext as _l

from app.core.db import db
from app.core.preferences import PAGE_SIZES
from app.core.search import matches
from app.core.web import DomainPage
from app.enterprises.models import Enterprise
from app.inspection.boards import calendar_of, matrix_of
from app.inspection.kinds import WANTING, DutyState
from app.inspection.listing import address_of_duty, year_asked
from app.inspection.uploading import years_open
from app.regions.queries import place_choices
from app.regions.scope import path_asked, scope_of

SIZE = PAGE_SIZES[0]  # enterprises on a page
# beside the colour: a sign that is told apart without it
SIGNS = {
    DutyState.UPLOADED: "✓",
    DutyState.MISSING: "✕",
    DutyState.EXPIRED: "!",
    DutyState.UNANSWERED: "?",
    DutyState.DUE: "○",
    DutyState.NOT_APPLICABLE: "–",
    DutyState.NOT_ASKED: "·",
}
TITLES = {"matrix": _l("Matrix of supervision documents"), "calendar": _l("Calendar of documents")}


def _place() -> str:
    """The place of the address, if it is one."""
    return path_asked(request.args.get("place"))


class InspectionMatrixView(DomainPage):
    route_base = "/inspection-matrix"
    class_permission_name = "Inspection"
    default_view = "page"
    base_permissions = ["can_list"]

    @expose("/")
    @has_access
    @permission_name("list")
    def page(self) -> str:
        typed = request.args.get("q", "").replace("\0", "").strip()[:60]
        matrix = matrix_of(
            year_asked(request.args),
            _place(),
            [matches(Enterprise.search, typed)] if typed else [],
            request.args.get("page", default=1, type=int),
            SIZE,
        )
        return self.render_template(
            "inspection/matrix.html",
            title=TITLES["matrix"],
            matrix=matrix,
            place=_place(),
            typed=typed,
            years=years_open(),
            places=place_choices(scope_of(db.session)),
            signs=SIGNS,
            states=list(DutyState),
            sums=[
                (state.label, [one.get(state, 0) for one in matrix.counts])
                for state in (DutyState.UPLOADED, *WANTING)
            ],
            address=address_of_duty,
        )


class InspectionCalendarView(DomainPage):
    route_base = "/inspection-calendar"
    class_permission_name = "Inspection"
    default_view = "page"
    base_permissions = ["can_list"]

    @expose("/")
    @has_access
    @permission_name("list")
    def page(self) -> str:
        year = year_asked(request.args)
        return self.render_template(
            "inspection/calendar.html",
            title=TITLES["calendar"],
            year=year,
            months=calendar_of(year, _place()),
            place=_place(),
            years=years_open(),
            places=place_choices(scope_of(db.session)),
        )
