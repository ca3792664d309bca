"""The list of filings: one definition for the page and the API."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import contains_eager, with_expression

from app.core.clock import as_shown
from app.core.db import db
from app.core.listing import Column, Filter, Listing, row_link
from app.core.period import Quarter, recent_quarters
from app.core.search import matches
from app.enterprises.models import EnergyLevel, Enterprise
from app.enterprises.queries import name_of
from app.filings.deadlines import handed_in_late
from app.filings.models import Filing, ReportingPeriod
from app.regions.queries import county_name, place_choices
from app.regions.scope import SEEN_BY, scope_of
from app.review.models import Review
from app.review.views import late_badge, late_choices
from app.review.workflow import State


def _start() -> Select[tuple[Filing]]:
    return (
        select(Filing)
        .join(Filing.enterprise)
        .join(Filing.review)
        .options(
            contains_eager(Filing.enterprise),
            contains_eager(Filing.review),
            with_expression(Filing.is_late, handed_in_late()),
        )
        .execution_options(**{SEEN_BY: Filing})  # of an enterprise that moved, too
    )


def _in_period(value: str) -> ColumnElement[bool]:
    period = Quarter.parse(value)
    return and_(Filing.year == period.year, Filing.quarter == period.quarter)


def _number(text: str) -> int:
    """A number from an address; one that is none finds nothing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def period_choices() -> list[tuple[str, str]]:
    query = select(ReportingPeriod).order_by(
        ReportingPeriod.year.desc(), ReportingPeriod.quarter.desc()
    )
    return [(str(row), str(row)) for row in db.session.scalars(query.limit(40))]


FILINGS = Listing(
    start=_start,
    columns=(
        Column(
            "enterprise",
            _l("Enterprise"),
            row_link("FilingView.page", lambda filing: filing.enterprise.name),
            sort=Enterprise.name,
            wide=True,
        ),
        Column(
            "period", _l("Quarter"), lambda row: row.period, sort=Filing.year * 4 + Filing.quarter
        ),
        Column("state", _l("State"), lambda row: row.review.state, sort=Review.state),
        Column("level", _l("Level"), lambda row: row.energy_level.label, sort=Filing.energy_level),
        Column("version", _l("Version"), lambda row: row.version_no, numeric=True),
        Column("route", _l("Route"), lambda row: row.review.route or "—", hidden=True),
        Column(
            "submitted_at",
            _l("Submitted at"),
            lambda row: row.review.submitted_at and as_shown(row.review.submitted_at),
            sort=Review.submitted_at,
            hidden=True,
        ),
        Column("late", _l("Handed in late"), late_badge),
        Column(
            "imported",
            _l("Imported"),
            lambda row: _("yes") if row.imported else "",
            sort=Filing.imported,
            hidden=True,
        ),
        Column("county", _l("County"), lambda row: county_name(row.place), hidden=True),
        Column("class", _l("Class"), lambda row: row.enterprise_class.label, hidden=True),
    ),
    order=(Filing.year.desc(), Filing.quarter.desc(), Filing.place, Filing.id),
    filters=(
        Filter("q", _l("Name, code or initials"), lambda v: matches(Enterprise.search, v)),
        Filter("period", _l("Quarter"), _in_period, choices=recent_quarters),
        Filter(
            "status",
            _l("State"),
            lambda v: Review.state == State.named(v),
            choices=lambda: [(s.value, str(s.label)) for s in State],
        ),
        Filter(
            "level",
            _l("Level"),
            lambda v: Filing.energy_level == EnergyLevel.named(v),
            choices=lambda: [(one.value, str(one.label)) for one in EnergyLevel],
        ),
        Filter(
            "place",
            _l("League or county"),
            lambda v: Filing.place.startswith(v, autoescape=True),
            choices=lambda: place_choices(scope_of(db.session)),
        ),
        Filter(
            "enterprise_id",
            _l("Enterprise"),
            lambda v: Filing.enterprise_id == _number(v),
            source="EnterpriseView.choices",
            said=name_of,
        ),
        Filter(
            "late",
            _l("Handed in late"),
            lambda v: handed_in_late() if v == "yes" else ~handed_in_late(),
            choices=late_choices,
        ),
        Filter("report_year", "", lambda v: Filing.year == _number(v), shown=False),
        Filter("report_quarter", "", lambda v: Filing.quarter == _number(v), shown=False),
    ),
)
