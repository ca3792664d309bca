"""The checks of the ledger: missing targets, and annual sums against the five-year target."""

from typing import Any

from flask import current_app, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, exists, func, select, true

from app.accounts.models import actor_of
from app.core.clock import today
from app.core.db import db
from app.core.interface import DomainInterface
from app.core.listing import Column, Filter, Listing, row_link
from app.core.search import matches
from app.core.web import DomainView
from app.enterprises.models import Enterprise, EnterpriseClass
from app.enterprises.start_stop import is_enabled_in, shows_figures
from app.regions.queries import place_choices
from app.regions.scope import scope_of
from app.targets.balances import EnterpriseBalance, balances_of
from app.targets.listing import TCE, loaded, period_choices
from app.targets.models import AnnualTarget, PlanPeriod, PlanTarget
from app.targets.queries import find_period, period_at, plan_periods
from app.targets.rights import sets_targets


def chosen_plan() -> PlanPeriod:
    """The plan that the address names, else the one we are in, else the latest."""
    asked = request.args.get("plan", "")
    if asked:
        return next((one for one in plan_periods() if one.key == asked), None) or period_at(asked)
    return find_period(today().year) or plan_periods()[0]


def _planned(period: PlanPeriod) -> Any:
    return exists().where(
        PlanTarget.enterprise_id == Enterprise.id, PlanTarget.period_key == period.key
    )


def _set_for(year: int) -> Any:
    return exists().where(AnnualTarget.enterprise_id == Enterprise.id, AnnualTarget.year == year)


def _short(period: PlanPeriod) -> ColumnElement[bool]:
    """All years are set, and together they save less than the plan asks for."""
    within = (
        AnnualTarget.enterprise_id == Enterprise.id,
        AnnualTarget.year.between(period.first_year, period.last_year),
        AnnualTarget.saving_target.is_not(None),
    )
    total = select(func.sum(AnnualTarget.saving_target)).where(*within).scalar_subquery()
    years = select(func.count(AnnualTarget.id)).where(*within).scalar_subquery()
    whole = (
        select(PlanTarget.saving_target)
        .where(PlanTarget.enterprise_id == Enterprise.id, PlanTarget.period_key == period.key)
        .scalar_subquery()
    )
    return (years == len(period.years)) & (total < whole)


def _finding(value: str) -> ColumnElement[bool]:
    period = chosen_plan()
    if value == "plan":
        return ~_planned(period)
    if value == "short":
        return _short(period)
    years = {str(year): year for year in period.years}
    return ~_set_for(years[value]) if value in years else true()


def _finding_choices() -> list[tuple[str, str]]:
    return [
        ("plan", _("No five-year target")),
        *((str(year), _("No target for %(year)s", year=year)) for year in chosen_plan().years),
        ("short", _("Annual savings below the five-year target")),
    ]


def _of(row: Enterprise) -> EnterpriseBalance:
    """Read at once for all enterprises that are being shown."""
    kept: dict[int, EnterpriseBalance] = g.setdefault("balances", {})
    if row.id not in kept:
        ids = {row.id, *(one.id for one in loaded(Enterprise))}
        kept |= balances_of(ids - kept.keys(), chosen_plan())
    return kept[row.id]


def _enter(row: Enterprise, endpoint: str, words: str, **asked: Any) -> Markup | str:
    """A link to enter what is missing, for whoever sets the targets of this enterprise."""
    may: bool = current_app.appbuilder.sm.has_access(  # type: ignore[attr-defined]
        "can_add", "PlanTarget"
    )
    if not (may and sets_targets(actor_of(g.user), row)):
        return words
    address = url_for(endpoint, enterprise=row.id, **asked)
    return Markup('<a class="enter" href="{}" aria-label="{}: {}">{}</a>').format(
        address, words, row.name, words
    )


def _missing(row: Enterprise) -> Markup:
    """The plan and the years begun that have no target, each a link to enter it."""
    balance = _of(row)
    links = [
        _enter(row, "AnnualTargetView.add", str(year), year=year)
        for year in balance.without_year
        if year <= today().year
    ]
    if not balance.has_plan:
        plan = chosen_plan()
        links.insert(0, _enter(row, "PlanTargetView.add", plan.name, plan=plan.key))
    return Markup(" ").join(links)


def _start() -> Select[tuple[Enterprise]]:
    return select(Enterprise).where(is_enabled_in(), shows_figures())


class TargetCheckView(DomainView):
    datamodel = DomainInterface(Enterprise)
    route_base = "/target-checks"
    class_permission_name = "Quota"
    include_route_methods = {"list"}
    base_permissions = ["can_list", "can_export"]
    list_title = _l("Target checks")
    list_template = "targets/checks.html"
    list_columns = search_columns = ["name"]
    listing = Listing(
        start=_start,
        columns=(
            Column(
                "name",
                _l("Enterprise"),
                row_link("EnterpriseView.show", lambda row: row.name),
                sort=Enterprise.name,
                wide=True,
            ),
            Column(
                "enterprise_class",
                _l("Class"),
                lambda row: row.enterprise_class.label,
                sort=Enterprise.enterprise_class,
            ),
            Column(
                "whole",
                _l("Five-year saving target"),
                lambda row: _of(row).saving.whole,
                numeric=True,
                unit=TCE,
                places=2,
            ),
            Column(
                "parts",
                _l("Sum of annual saving targets"),
                lambda row: _of(row).saving.parts,
                numeric=True,
                unit=TCE,
                places=2,
            ),
            Column(
                "difference",
                _l("Difference"),
                lambda row: _of(row).saving.difference,
                numeric=True,
                unit=TCE,
                places=2,
            ),
            Column("missing", _l("Without target"), _missing),
            Column("state", _l("Finding"), lambda row: _of(row).worst),
        ),
        order=(Enterprise.place, Enterprise.id),
        filters=(
            Filter("q", _l("Name, code or initials"), lambda v: matches(Enterprise.search, v)),
            Filter("plan", _l("Planning period"), lambda _v: true(), choices=period_choices),
            Filter("finding", _l("Finding"), _finding, choices=_finding_choices),
            Filter(
                "place",
                _l("League or county"),
                lambda v: Enterprise.place.startswith(v, autoescape=True),
                choices=lambda: place_choices(scope_of(db.session)),
            ),
            Filter(
                "enterprise_class",
                _l("Class"),
                lambda v: Enterprise.enterprise_class == EnterpriseClass.named(v),
                choices=lambda: [(c.value, str(c.label)) for c in EnterpriseClass],
            ),
        ),
    )
