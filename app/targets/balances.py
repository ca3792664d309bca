"""The sums of the ledger, read from the tables: of enterprises by plan, of leagues by quota.

Only enterprises that enter the statistics are added up (review flow, question 18).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, cast, func, select

from app.checks.reckoning import ZERO
from app.core.db import db
from app.enterprises.models import Enterprise
from app.targets.ledger import (
    Balance,
    Finding,
    cap_balance,
    decline_balance,
    saving_balance,
)
from app.targets.models import AnnualTarget, LeagueQuota, PlanPeriod, PlanTarget
from app.targets.path import Path
from app.targets.queries import short_paths


@dataclass(frozen=True, slots=True)
class EnterpriseBalance:
    """The annual targets of one enterprise against its plan."""

    path: Path
    saving: Balance
    cap: Balance
    declines: dict[str, Balance]

    @property
    def has_plan(self) -> bool:
        return self.path.saving is not None

    @property
    def without_year(self) -> list[int]:
        return [year for year in self.path.years if year not in self.path.energy_set]

    @property
    def worst(self) -> Finding:
        """The finding to show when there is room for one."""
        found = {one.finding for one in (self.saving, self.cap, *self.declines.values())}
        for finding in (Finding.BROKEN, Finding.OPEN, Finding.HOLDS):
            if finding in found:
                return finding
        return Finding.NOTHING


def balance_of(path: Path) -> EnterpriseBalance:
    """What the ledger finds between a plan and its years."""
    declines = {
        product: decline_balance(
            whole,
            {y: lines[product] for y, lines in path.declines_set.items() if product in lines},
            path.years,
        )
        for product, whole in path.declines.items()
    }
    return EnterpriseBalance(
        path,
        saving_balance(path.saving, path.savings_set, path.years),
        cap_balance(path.cap, path.energy_set, path.years),
        declines,
    )


def balances_of(
    enterprise_ids: Collection[int], period: PlanPeriod
) -> dict[int, EnterpriseBalance]:
    """Savings and caps of each enterprise in *period*, without products; one statement."""
    return {pk: balance_of(path) for pk, path in short_paths(enterprise_ids, period).items()}


def quota_balances(rows: Sequence[LeagueQuota]) -> dict[tuple[str, str], dict[str, Balance]]:
    """What is set for the enterprises of a league against its quota, by place and span, tce.

    Of a plan the energy is the sum of the caps of its last year.  One statement.
    """
    query = select(
        LeagueQuota.place,
        LeagueQuota.span,
        LeagueQuota.energy,
        LeagueQuota.saving,
        _sum_of(PlanTarget.energy_cap, PlanTarget),
        _sum_of(PlanTarget.saving_target, PlanTarget),
        _sum_of(AnnualTarget.energy_target, AnnualTarget),
        _sum_of(AnnualTarget.saving_target, AnnualTarget),
    ).where(LeagueQuota.id.in_([row.id for row in rows]))
    found = {}
    for place, span, energy, saving, *sums in db.session.execute(query):
        caps, plan_savings, energies, savings = (value or ZERO for value in sums)
        found[place, span] = {
            "energy": Balance(energy, caps + energies, at_least=False),
            "saving": Balance(saving, plan_savings + savings),
        }
    return found


def _sum_of(figure: Any, kind: Any) -> Any:
    """The sum of *figure* over the enterprises of the quota's league, for the quota's span."""
    span = kind.period_key if kind is PlanTarget else cast(kind.year, String(4))
    return (
        select(func.sum(figure))
        .join(kind.enterprise)
        .where(
            Enterprise.in_statistics,
            Enterprise.place >= LeagueQuota.place,
            Enterprise.place < LeagueQuota.place + "~",
            span == LeagueQuota.span,
        )
        .correlate(LeagueQuota)
        .scalar_subquery()
    )
