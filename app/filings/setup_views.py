"""What the region keeps for all filings: the calendar, and the catalogue of carriers."""

from flask import g, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms.validators import NumberRange

from app.accounts.models import actor_of
from app.audit.record import record
from app.core.errors import Invalid, Problem
from app.core.interface import DomainInterface
from app.core.listing import Column, Filter, Listing, row_link
from app.core.period import this_quarter
from app.core.web import DomainView
from app.filings.catalogue import Carrier, with_coefficients
from app.filings.models import ReportingPeriod
from app.regions.scope import Tier


class ReportingPeriodView(DomainView):
    datamodel = DomainInterface(ReportingPeriod)
    route_base = "/calendar"
    class_permission_name = "ReportingPeriod"
    include_route_methods = {"list", "show", "add", "edit"}
    base_permissions = ["can_list", "can_add", "can_edit"]
    method_permission_name = {"show": "list", "list": "list", "add": "add", "edit": "edit"}

    list_title = _l("Calendar of filing")
    add_title = _l("Add a quarter to the calendar")
    edit_title = _l("Change a quarter of the calendar")
    show_title = _l("Quarter of the calendar")
    label_columns = {
        "year": _l("Year"),
        "quarter": _l("Quarter"),
        "open_on": _l("Opens on"),
        "due_on": _l("Due on"),
        "grace_days": _l("Days of grace"),
        "lock_on": _l("Locked after"),
    }
    list_columns = ["year"]
    show_columns = ["year", "quarter", "open_on", "due_on", "grace_days", "lock_on"]
    add_columns = ["year", "quarter", "open_on", "due_on", "grace_days", "lock_on"]
    edit_columns = ["open_on", "due_on", "grace_days", "lock_on"]
    search_columns = ["year"]
    validators_columns = {
        "year": [NumberRange(2000, 2100)],
        "quarter": [NumberRange(1, 4)],
        "grace_days": [NumberRange(0, 365)],
    }
    listing = Listing(
        start=lambda: select(ReportingPeriod),
        columns=(
            Column("period", _l("Quarter"), row_link("ReportingPeriodView.show", lambda row: row)),
            Column("open_on", _l("Opens on"), lambda r: r.open_on, sort=ReportingPeriod.open_on),
            Column("due_on", _l("Due on"), lambda r: r.due_on, sort=ReportingPeriod.due_on),
            Column("grace_days", _l("Days of grace"), lambda r: r.grace_days, numeric=True),
            Column("lock_on", _l("Locked after"), lambda r: r.lock_on or "—"),
        ),
        order=(ReportingPeriod.year.desc(), ReportingPeriod.quarter.desc()),
    )

    def pre_add(self, item: ReportingPeriod) -> None:
        self._in_order(item)

    def pre_update(self, item: ReportingPeriod) -> None:
        self._in_order(item)

    def post_add(self, item: ReportingPeriod) -> None:
        self._record("calendar:add", item)

    def post_update(self, item: ReportingPeriod) -> None:
        self._record("calendar:change", item)

    @staticmethod
    def _in_order(item: ReportingPeriod) -> None:
        if item.open_on > item.due_on or (item.lock_on and item.lock_on < item.due_on):
            text = _("A quarter opens before it is due, and is locked after it is due.")
            raise Invalid(text, [Problem("due_on", text)])

    @staticmethod
    def _record(tag: str, item: ReportingPeriod) -> None:
        days = {n: getattr(item, n) for n in ("open_on", "due_on", "grace_days", "lock_on")}
        actor = actor_of(g.user)
        place = actor.scope.roots[0] if actor.scope.tier is Tier.REGION else ""
        record(tag, item, actor=actor, place=place, **days)

    def post_add_redirect(self) -> Response:
        return redirect(url_for("ReportingPeriodView.list"))

    def post_edit_redirect(self) -> Response:
        return redirect(url_for("ReportingPeriodView.list"))


def _coefficient(name: str, title: object, unit: str = "") -> Column:
    def shown(row: Carrier) -> object:
        return row.coefficient and getattr(row.coefficient, name)

    return Column(name, title, shown, numeric=True, unit=unit)


class CarrierView(DomainView):
    datamodel = DomainInterface(Carrier)
    route_base = "/carriers"
    class_permission_name = "Carrier"
    include_route_methods = {"list"}
    base_permissions = ["can_list", "can_export"]
    list_title = _l("Energy carriers")
    listing = Listing(
        start=lambda: with_coefficients(this_quarter()),
        columns=(
            Column("code", _l("Code"), lambda r: r.code, sort=Carrier.code),
            Column("name", _l("Name"), lambda r: r.name),
            Column("unit", _l("Unit"), lambda r: r.measure),
            _coefficient("reference", _l("Reference coefficient"), unit="tce"),
            _coefficient("hard_min", _l("Lowest")),
            _coefficient("hard_max", _l("Highest")),
            Column("from", _l("In force from"), lambda r: r.coefficient and r.coefficient.since),
        ),
        order=(Carrier.code,),
        filters=(
            Filter(
                "name",
                _l("Name or code"),
                lambda v: (Carrier.name_zh + Carrier.name_en + Carrier.code).contains(
                    v, autoescape=True
                ),
            ),
        ),
    )
