"""The lists of targets and quotas, each one definition."""

from collections.abc import Iterable
from typing import Any, TypeVar

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import Select, select

from app.core.clock import today
from app.core.db import db
from app.core.listing import Column, Filter, Listing, row_link
from app.core.search import matches
from app.core.shell import number
from app.enterprises.models import Enterprise, EnterpriseClass
from app.regions.queries import county_name, names_by_path, place_choices
from app.regions.scope import scope_of
from app.targets.balances import quota_balances
from app.targets.ledger import Balance
from app.targets.models import AnnualTarget, LeagueQuota, PlanTarget, Target
from app.targets.queries import annual_targets, plan_periods, plan_targets

TCE = "tce"
Row = TypeVar("Row")
LOCKED = _l("Locked")


def period_choices() -> list[tuple[str, str]]:
    return [(period.key, str(period)) for period in plan_periods()]


def year_choices() -> list[tuple[str, str]]:
    """The years of the plans that have begun, the next one first."""
    first = min((period.first_year for period in plan_periods()), default=today().year)
    return [(str(year), str(year)) for year in range(today().year + 1, first - 1, -1)]


def span_choices() -> list[tuple[str, str]]:
    """Plans, each followed by its years."""
    found = []
    for period in plan_periods():
        found.append((period.key, str(period)))
        found += [(str(year), f"　{year}") for year in period.years]
    return found


def _by_year(value: str) -> Any:
    year = int(value) if value.isascii() and value.isdigit() and len(value) == 4 else 0
    return AnnualTarget.year == year


def _locked(row: Target) -> Markup | str:
    return Markup('<span class="badge late">{}</span>').format(LOCKED) if row.locked else ""


def _expander(lines: Iterable[str], count: int) -> Markup:
    items = Markup(" ").join(Markup("<li>{}</li>").format(line) for line in lines)
    said = _("%(n)s products", n=count) if count else _("No products")
    return Markup('<details class="expand"><summary>{}</summary> <ul>{}</ul></details>').format(
        said, items
    )


def _of_plan(row: PlanTarget) -> Markup:
    """The whole plan, to open in its row."""
    lines = [_("Five-year saving: %(n)s tce", n=number(row.saving_target))]
    if row.energy_cap is not None:
        lines.append(
            _(
                "Energy in %(year)s, calorific value: at most %(n)s tce",
                year=row.period.last_year,
                n=number(row.energy_cap),
            )
        )
    if row.intensity_decline is not None:
        lines.append(_("Energy per output: -%(n)s %%", n=number(row.intensity_decline)))
    lines += [
        _(
            "%(product)s: %(base)s %(unit)s in %(year)s, -%(decline)s %%",
            product=line.product,
            base=number(line.base_unit),
            unit=line.product.indicator_unit,
            year=row.period.base_year,
            decline=number(line.decline),
        )
        for line in row.products
    ]
    return _expander(lines, len(row.products))


def _of_year(row: AnnualTarget) -> Markup | str:
    if not row.products:
        return ""
    return _expander(
        (
            _("%(product)s: -%(decline)s %%", product=line.product, decline=number(line.decline))
            for line in row.products
        ),
        len(row.products),
    )


def _enterprise_filters() -> tuple[Filter, ...]:
    return (
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
    )


def _of_enterprise() -> tuple[Column, ...]:
    """What else can be shown of whose target it is."""
    return (
        Column(
            "registry_number",
            _l("Registry number"),
            lambda row: row.enterprise.registry_number,
            sort=Enterprise.registry_number,
            hidden=True,
        ),
        Column("county", _l("County"), lambda row: county_name(row.place), hidden=True),
    )


def _search() -> Filter:
    return Filter("q", _l("Name, code or initials"), lambda v: matches(Enterprise.search, v))


PLANS = Listing(
    start=plan_targets,
    columns=(
        Column(
            "name",
            _l("Enterprise"),
            row_link("PlanTargetView.page", lambda row: row.enterprise.name),
            sort=Enterprise.name,
            wide=True,
        ),
        Column(
            "period",
            _l("Planning period"),
            lambda row: row.period,
            sort=PlanTarget.period_key,
            whole=True,
        ),
        Column(
            "enterprise_class",
            _l("Class"),
            lambda row: row.enterprise.enterprise_class.label,
            whole=True,
        ),
        Column(
            "saving",
            _l("Five-year saving target"),
            lambda row: row.saving_target,
            sort=PlanTarget.saving_target,
            numeric=True,
            unit=TCE,
            places=2,
        ),
        Column(
            "cap",
            _l("Cap of energy in the last year, calorific value"),
            lambda row: row.energy_cap,
            sort=PlanTarget.energy_cap,
            numeric=True,
            unit=TCE,
            places=2,
        ),
        Column("content", _l("Plan"), _of_plan),
        Column(
            "intensity",
            _l("Decline of energy per output"),
            lambda row: row.intensity_decline,
            numeric=True,
            unit="%",
            hidden=True,
        ),
        Column("document", _l("Document number"), lambda row: row.document, whole=True),
        *_of_enterprise(),
        Column("locked", _l("Lock"), _locked),
    ),
    order=(PlanTarget.period_key.desc(), PlanTarget.place, PlanTarget.id),
    filters=(
        _search(),
        Filter(
            "plan",
            _l("Planning period"),
            lambda v: PlanTarget.period_key == v,
            choices=period_choices,
        ),
        *_enterprise_filters(),
    ),
)

ANNUAL = Listing(
    start=annual_targets,
    columns=(
        Column(
            "name",
            _l("Enterprise"),
            row_link("AnnualTargetView.page", lambda row: row.enterprise.name),
            sort=Enterprise.name,
            wide=True,
        ),
        Column("year", _l("Year"), lambda row: str(row.year), sort=AnnualTarget.year),
        Column(
            "enterprise_class",
            _l("Class"),
            lambda row: row.enterprise.enterprise_class.label,
            whole=True,
        ),
        Column(
            "energy",
            _l("Comprehensive energy target, calorific value"),
            lambda row: row.energy_target,
            sort=AnnualTarget.energy_target,
            numeric=True,
            unit=TCE,
            places=2,
        ),
        Column(
            "saving",
            _l("Saving target"),
            lambda row: row.saving_target,
            sort=AnnualTarget.saving_target,
            numeric=True,
            unit=TCE,
            places=2,
        ),
        Column("products", _l("Products"), _of_year),
        Column("document", _l("Document number"), lambda row: row.document, whole=True),
        *_of_enterprise(),
        Column("locked", _l("Lock"), _locked),
    ),
    order=(AnnualTarget.year.desc(), AnnualTarget.place, AnnualTarget.id),
    filters=(
        _search(),
        Filter("year", _l("Year"), _by_year, choices=year_choices),
        *_enterprise_filters(),
    ),
)


def _quotas() -> Select[tuple[LeagueQuota]]:
    return select(LeagueQuota)


def _league(row: LeagueQuota) -> str:
    return names_by_path([row.place]).get(row.place, row.place)


def _span(row: LeagueQuota) -> str:
    return next((str(one) for one in plan_periods() if one.key == row.span), row.span)


def _balance(name: str, row: LeagueQuota) -> Balance:
    """Read at once for all quotas that are being shown."""
    kept: dict[tuple[str, str], dict[str, Balance]] = g.setdefault("quota_balances", {})
    if (row.place, row.span) not in kept:
        kept |= quota_balances([row, *loaded(LeagueQuota)])
    return kept[row.place, row.span][name]


def loaded(kind: type[Row]) -> list[Row]:
    """The rows of a list that is being drawn, to read at once what goes with all of them."""
    return [one for one in db.session.identity_map.values() if isinstance(one, kind)]


QUOTAS = Listing(
    start=_quotas,
    columns=(
        Column(
            "league", _l("League or city"), row_link("LeagueQuotaView.page", _league), wide=True
        ),
        Column("span", _l("Plan or year"), _span, sort=LeagueQuota.span),
        Column(
            "energy",
            _l("Energy quota, calorific value"),
            lambda r: r.energy,
            numeric=True,
            unit=TCE,
            places=2,
        ),
        Column(
            "energy_set",
            _l("Set for its enterprises"),
            lambda r: _balance("energy", r).parts,
            numeric=True,
            unit=TCE,
            places=2,
        ),
        Column("state", _l("Energy within the quota"), lambda r: _balance("energy", r).finding),
        Column("saving", _l("Saving quota"), lambda r: r.saving, numeric=True, unit=TCE, places=2),
        Column(
            "saving_set",
            _l("Set for its enterprises"),
            lambda r: _balance("saving", r).parts,
            numeric=True,
            unit=TCE,
            places=2,
        ),
        Column(
            "saving_state",
            _l("Savings reach the quota"),
            lambda r: _balance("saving", r).finding,
        ),
        Column("document", _l("Document number"), lambda r: r.document, whole=True),
    ),
    order=(LeagueQuota.span.desc(), LeagueQuota.place, LeagueQuota.id),
    filters=(
        Filter("span", _l("Plan or year"), lambda v: LeagueQuota.span == v, choices=span_choices),
        Filter(
            "place",
            _l("League or city"),
            lambda v: LeagueQuota.place == v,
            choices=lambda: place_choices(scope_of(db.session)),
        ),
    ),
)
