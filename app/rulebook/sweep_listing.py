"""The lists of what a sweep found: by filing, and alarm by alarm."""

from typing import Any

from flask import g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import contains_eager

from app.checks.rules import Severity
from app.core.db import db
from app.core.interface import DomainInterface
from app.core.listing import Column, Filter, Listing, row_link
from app.core.period import Quarter, recent_quarters, this_quarter
from app.core.preferences import preference
from app.core.search import matches
from app.core.web import DomainView
from app.enterprises.models import Enterprise
from app.filings.alarms.words import quarter_words
from app.filings.models import Filing
from app.regions.queries import place_choices
from app.regions.scope import scope_of
from app.rulebook.models import Found, SweptAlarm, SweptFiling
from app.rulebook.sweeps import newest_sweep


def chosen_period() -> Quarter:
    """The quarter of the address, else the person's, else the last one."""
    asked = request.args.get("period") or preference("period")
    return Quarter.parse(asked) if asked and asked != "all" else this_quarter().previous


def _of_newest(kind: Any) -> ColumnElement[bool]:
    """Rows of the sweep that is shown for the quarter that is chosen."""
    found = newest_sweep(chosen_period())
    condition: ColumnElement[bool] = kind.sweep_id == (found.id if found is not None else -1)
    return condition


def _rows(kind: Any) -> Select[Any]:
    return (
        select(kind)
        .join(kind.filing)
        .join(Filing.enterprise)
        .options(contains_eager(kind.filing).contains_eager(Filing.enterprise))
        .where(_of_newest(kind))
    )


_link = row_link("FilingView.page", lambda filing: filing.enterprise.name)


def _filing_link(row: Any) -> object:
    return _link(row.filing)


def _in_period(value: str) -> ColumnElement[bool]:
    period = Quarter.parse(value)
    found: ColumnElement[bool] = (Filing.year == period.year) & (Filing.quarter == period.quarter)
    return found


def _placed_in(kind: Any) -> Filter:
    return Filter(
        "place",
        _l("League or county"),
        lambda v: kind.place.startswith(v, autoescape=True),
        choices=lambda: place_choices(scope_of(db.session)),
    )


PERIOD = Filter("period", _l("Quarter"), _in_period, choices=recent_quarters)
NAMED = Filter("q", _l("Name, code or initials"), lambda v: matches(Enterprise.search, v))


def _count(name: str, title: object) -> Column:
    sort = getattr(SweptFiling, name)
    return Column(name, title, lambda row: getattr(row, name), sort=sort, numeric=True)


class SweptFilingView(DomainView):
    datamodel = DomainInterface(SweptFiling)
    route_base = "/swept-filings"
    class_permission_name = "Rule"
    include_route_methods = {"list"}
    base_permissions = ["can_sweep", "can_export"]
    method_permission_name = {"list": "sweep", "export": "export"}
    list_title = _l("Alarms by filing")
    list_template = "rulebook/swept.html"
    list_columns = search_columns = ["errors"]
    listing = Listing(
        start=lambda: _rows(SweptFiling),
        columns=(
            Column("name", _l("Enterprise"), _filing_link, sort=Enterprise.name, wide=True),
            Column("period", _l("Quarter"), lambda row: row.filing.period),
            Column(
                "errors", _l("Errors"), lambda r: r.errors, sort=SweptFiling.errors, numeric=True
            ),
            Column(
                "warnings",
                _l("Warnings"),
                lambda r: r.warnings,
                sort=SweptFiling.warnings,
                numeric=True,
            ),
            _count("not_run", _l("Could not run")),
        ),
        order=(SweptFiling.errors.desc(), SweptFiling.warnings.desc(), SweptFiling.id),
        filters=(
            NAMED,
            PERIOD,
            _placed_in(SweptFiling),
            Filter(
                "with",
                _l("With"),
                lambda v: (
                    {"errors": SweptFiling.errors, "warnings": SweptFiling.warnings}.get(
                        v, SweptFiling.not_run
                    )
                    > 0
                ),
                choices=lambda: [
                    ("errors", _("errors")),
                    ("warnings", _("warnings")),
                    ("not_run", _("rules that could not run")),
                ],
            ),
        ),
    )


def _row_name(row: SweptAlarm) -> str:
    """What its row is called; the names are laid out once a request."""
    if "swept_words" not in g:
        g.swept_words = quarter_words(row.filing.period)
    name: str = g.swept_words.name(row.variable, row.key)
    return name


class SweptAlarmView(DomainView):
    datamodel = DomainInterface(SweptAlarm)
    route_base = "/swept-alarms"
    class_permission_name = "Rule"
    include_route_methods = {"list"}
    base_permissions = ["can_sweep", "can_export"]
    method_permission_name = {"list": "sweep", "export": "export"}
    list_title = _l("Alarms one by one")
    list_template = "rulebook/swept.html"
    list_columns = search_columns = ["code"]
    listing = Listing(
        start=lambda: _rows(SweptAlarm),
        columns=(
            Column("name", _l("Enterprise"), _filing_link, sort=Enterprise.name, wide=True),
            Column("period", _l("Quarter"), lambda row: row.filing.period),
            Column("code", _l("Rule"), lambda row: row.code, sort=SweptAlarm.code),
            Column(
                "severity_state", _l("Severity"), lambda r: r.severity, sort=SweptAlarm.severity
            ),
            Column("found_state", _l("Result"), lambda row: row.found, sort=SweptAlarm.found),
            Column("row", _l("Row"), _row_name),
            Column("column", _l("Column"), lambda row: row.column, hidden=True),
            Column("label", _l("Part of the rule"), lambda row: row.label, hidden=True),
            Column(
                "number", _l("Version"), lambda row: row.rule_version, numeric=True, hidden=True
            ),
        ),
        order=(SweptAlarm.code, SweptAlarm.place, SweptAlarm.id),
        filters=(
            NAMED,
            PERIOD,
            Filter("code", _l("Rule"), lambda v: SweptAlarm.code == v.upper()[:8]),
            Filter(
                "severity",
                _l("Severity"),
                lambda v: SweptAlarm.severity == Severity.named(v),
                choices=lambda: [(one.value, str(one.label)) for one in Severity],
            ),
            Filter(
                "found",
                _l("Result"),
                lambda v: SweptAlarm.found == Found.named(v),
                choices=lambda: [(one.value, str(one.label)) for one in Found],
            ),
            _placed_in(SweptAlarm),
        ),
    )
