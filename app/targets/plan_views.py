"""T1, five-year targets: list, page, form."""

from collections.abc import Sequence
from typing import Any

from flask import g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.models import actor_of
from app.core.clock import today
from app.core.errors import Invalid
from app.core.interface import DomainInterface
from app.enterprises.models import Enterprise
from app.targets.balances import balance_of
from app.targets.forms import TargetForm, plan_form
from app.targets.importing import TargetBook, plan_book
from app.targets.listing import PLANS, period_choices
from app.targets.models import PlanPeriod, PlanTarget
from app.targets.operations import set_plan_target
from app.targets.products import controlled_products
from app.targets.queries import (
    find_period,
    find_plan_target,
    has_final_filing,
    paths_of,
    period_at,
    plan_periods,
    plan_targets,
)
from app.targets.reading import read_plan
from app.targets.views import TargetView, the_one_of, typed_span


class PlanTargetView(TargetView):
    datamodel = DomainInterface(PlanTarget)
    route_base = "/plan-targets"
    class_permission_name = "PlanTarget"
    list_title = _l("Five-year control targets")
    listing = PLANS
    span_name = "plan"

    def _book(self, span: PlanPeriod) -> TargetBook:
        return plan_book(span)

    def _shown(self, pk: int) -> PlanTarget:
        target: PlanTarget = self.found(pk)
        statement = plan_targets().where(PlanTarget.id == target.id)
        return the_one_of(statement)

    def _span(self, text: str) -> PlanPeriod:
        return period_at(text or self._default_span())

    def _spans(self) -> Sequence[tuple[str, str]]:
        return period_choices()

    def _default_span(self) -> str:
        return (find_period(today().year) or plan_periods()[0]).key

    def _existing(self, enterprise: Enterprise, span: PlanPeriod) -> PlanTarget | None:
        return find_plan_target(enterprise.id, span.key)

    def _proposed(self, _enterprise: Enterprise, _span: PlanPeriod) -> dict[str, str]:
        return {}

    def _is_late(self, enterprise: Enterprise, span: PlanPeriod) -> bool:
        return has_final_filing(enterprise.place, span.first_year, span.last_year)

    def _form(
        self,
        enterprise: Enterprise,
        span: PlanPeriod,
        typed: Any,
        problems: Any,
        reason_needed: bool,
    ) -> TargetForm:
        return plan_form(
            typed,
            problems,
            controlled_products(),
            enterprise.industry_code,
            span,
            reason_needed=reason_needed,
        )

    def _write(self, enterprise: Enterprise, span: PlanPeriod, shown: int | None) -> PlanTarget:
        period = period_at(typed_span(span))
        details, problems = read_plan(request.form, controlled_products(), period.years)
        if problems:
            raise Invalid(_("Please correct:"), problems)
        return set_plan_target(
            enterprise,
            period,
            details,
            actor=actor_of(g.user),
            reason=request.form.get("reason", ""),
            shown=shown,
        )

    def _balance(self, target: PlanTarget) -> Any:
        return balance_of(paths_of([target.enterprise_id], target.period)[target.enterprise_id])
