"""What stands behind the sums of reports: rows of final filings, one by one, with the hash."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select, true
from sqlalchemy.orm import contains_eager

from app.checks.rules import Severity
from app.core.db import db
from app.core.interface import DomainInterface
from app.core.listing import Column, Filter, Listing, row_link
from app.core.web import DomainView
from app.enterprises.models import EnergyLevel, Enterprise, EnterpriseClass
from app.filings.alarms.models import FrozenAlarm
from app.filings.models import Filing
from app.filings.printing import SHORT
from app.filings.sheet import SheetRow
from app.filings.sheets import SHEETS
from app.regions.queries import county_name, place_choices
from app.regions.scope import scope_of
from app.reports import carriers, status, water
from app.reports.alarms import alarms_in
from app.reports.report_views import choices, selection_from_request
from app.reports.selection import THEN, Reach, industries
from app.reports.summary import PLACES

SHOWN: Mapping[str, Sequence[str]] = {
    "S1": [one.key for one in (*status.FIGURES, *status.ENERGY.values(), *status.MORE)],
    "S2": carriers.SUMS,
    "S6": ("numerator", "denominator", "indicator_value", "limit_level"),
    "W1": water.WATER,
    "R1": water.WASTE,
}
NOT_ADDED = {"indicator_value", "limit_level"}
ANY = true()


def _filters() -> tuple[Filter, ...]:
    """What the report was asked for; the selection narrows by it, here it is named."""

    def named(name: str, title: object, choices: Any = None, *, shown: bool = True) -> Filter:
        return Filter(name, title, lambda _value: ANY, choices=choices, shown=shown)

    return (
        named("year", _l("Year"), lambda: choices()["year"]),
        named("quarter", _l("Quarter"), lambda: [(str(n), f"Q{n}") for n in (1, 2, 3, 4)]),
        named("reach", _l("Added up"), lambda: [(one.value, str(one.label)) for one in Reach]),
        named("place", _l("League or county"), lambda: place_choices(scope_of(db.session))),
        named("industry", _l("Industry"), lambda: list(industries().items())),
        named("class", _l("Class"), lambda: [(o.value, str(o.label)) for o in EnterpriseClass]),
        named("level", _l("Level"), lambda: [(one.value, str(one.label)) for one in EnergyLevel]),
        named("enterprise", _l("Enterprise"), shown=False),
    )


def _columns(kind: type[SheetRow], names: Sequence[str]) -> tuple[Column, ...]:
    keyed = kind.sheet.keyed
    fields = kind.fields()
    return (
        Column(
            "enterprise",
            _l("Enterprise"),
            row_link("FilingView.page", lambda row: row.filing.enterprise.name, "filing_id"),
            sort=Enterprise.name,
            wide=True,
        ),
        Column("place", _l("Place"), lambda row: county_name(row.filing.place), whole=True),
        Column("period", _l("Quarter"), lambda row: row.filing.period, sort=Filing.quarter),
        *([Column("key", _l("Code"), lambda row: row.key, sort=kind.key)] if keyed else []),
        Column("version", _l("Version"), lambda row: row.filing.version_no, numeric=True),
        Column("hash", _l("Check code"), lambda row: row.filing.data_hash[:SHORT], whole=True),
        *(
            Column(
                name,
                fields[name].title,
                lambda row, name=name: _said(getattr(row, name)),  # type: ignore[misc]
                sort=getattr(kind, name),
                numeric=fields[name].kind in PLACES,
                unit=fields[name].measure,
            )
            for name in names
        ),
    )


def _said(value: Any) -> Any:
    return getattr(value, "label", value)


def statement_behind(kind: type[SheetRow]) -> Select[Any]:
    """The rows of the sheet of all filings that count."""
    query = select(kind).join(kind.filing)
    what = selection_from_request()
    found = what.counted(query).options(
        contains_eager(kind.filing).contains_eager(Filing.enterprise)
    )
    return found.execution_options(**THEN)


class BehindView(DomainView):
    """The list behind a sum; a class for each sheet is made below."""

    class_permission_name = "Report"
    include_route_methods = {"list"}
    base_permissions = ["can_show", "can_export"]
    method_permission_name = {"list": "show"}
    list_template = "reports/behind.html"
    list_columns = search_columns = ["id"]
    list_title = _l("What stands behind it")

    def render_template(self, template: str, **context: Any) -> str:
        return super().render_template(
            template, what=selection_from_request(), sums=self.sums(), **context
        )

    def sums(self) -> list[tuple[str, Any]]:
        """What the list makes together, by its heading; the figure from which one came."""
        return []


def sums_behind(kind: type[SheetRow], names: Sequence[str], asked: Mapping[str, str]) -> list[Any]:
    """The sums of the columns of a list, over all its pages; stocks are first or last (FM-24)."""
    what = selection_from_request()
    columns = [what.summed(kind, name) for name in names]
    query = what.of(kind, *columns)
    key = asked.get("key", "").replace("\0", "").strip()  # as the list reads it
    if kind.sheet.keyed and key:
        query = query.where(kind.key == key)
    return list(db.session.execute(query, execution_options=THEN).one())


def _view_of(sheet: str) -> type[BehindView]:
    kind = SHEETS[sheet]
    names = [name for name in SHOWN[sheet] if name not in NOT_ADDED]
    keyed = kind.sheet.keyed
    by_key = [Filter("key", _l("Code"), lambda value: kind.key == value)] if keyed else []

    def sums(view: BehindView) -> list[tuple[str, Any]]:
        heads = [kind.fields()[name].heading() for name in names]
        return list(zip(heads, sums_behind(kind, names, view.asked()), strict=True))

    parts = {
        "datamodel": DomainInterface(kind),
        "route_base": f"/behind/{sheet.lower()}",
        "sums": sums,
        "listing": Listing(
            start=lambda: statement_behind(kind),
            columns=_columns(kind, SHOWN[sheet]),
            order=(Filing.place, Filing.quarter, kind.key, kind.id),
            filters=(*by_key, *_filters()),
        ),
    }
    return type(f"Behind{sheet}View", (BehindView,), parts)


def _alarms() -> Select[Any]:
    query = alarms_in(selection_from_request(), FrozenAlarm).options(
        contains_eager(FrozenAlarm.filing).contains_eager(Filing.enterprise)
    )
    return query.execution_options(**THEN)


class BehindAlarmView(BehindView):
    """The alarms that the report of rules counts."""

    datamodel = DomainInterface(FrozenAlarm)
    route_base = "/behind/alarms"
    listing = Listing(
        start=_alarms,
        columns=(
            Column(
                "enterprise",
                _l("Enterprise"),
                row_link("AlarmView.page", lambda row: row.filing.enterprise.name, "filing_id"),
                sort=Enterprise.name,
                wide=True,
            ),
            Column("place", _l("Place"), lambda row: county_name(row.filing.place), whole=True),
            Column("period", _l("Quarter"), lambda row: row.filing.period, sort=Filing.quarter),
            Column("code", _l("Rule"), lambda row: row.code, sort=FrozenAlarm.code),
            Column("version", _l("Version of the rule"), lambda row: row.rule_version),
            Column("severity", _l("Severity"), lambda row: row.severity.label),
            Column("key", _l("Row"), lambda row: row.key),
            Column(
                "explained", _l("Explained"), lambda row: _l("yes") if row.explained else _l("no")
            ),
        ),
        order=(Filing.place, Filing.quarter, FrozenAlarm.id),
        filters=(
            Filter("code", _l("Rule"), lambda value: FrozenAlarm.code == value),
            Filter(
                "severity",
                _l("Severity"),
                lambda value: FrozenAlarm.severity == Severity.named(value),
                choices=lambda: [(one.value, str(one.label)) for one in Severity],
            ),
            *_filters(),
        ),
    )


BEHIND = (*(_view_of(sheet) for sheet in SHOWN), BehindAlarmView)
