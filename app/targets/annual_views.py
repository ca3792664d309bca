"""T2, annual targets: list, page, form, and the way in by Excel."""

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
from app.targets.forms import TargetForm, annual_form
from app.targets.importing import TargetBook, annual_book
from app.targets.listing import ANNUAL, year_choices
from app.targets.models import AnnualTarget
from app.targets.operations import set_annual_target
from app.targets.path import proposed
from app.targets.products import controlled_products
from app.targets.queries import (
    annual_targets,
    find_annual_target,
    find_period,
    has_final_filing,
    paths_of,
)
from app.targets.reading import read_annual
from app.targets.views import TargetView, the_one_of, year_from


class AnnualTargetView(TargetView):
    datamodel = DomainInterface(AnnualTarget)
    route_base = "/annual-targets"
    class_permission_name = "AnnualTarget"
    list_title = _l("Annual dual-control targets")
    listing = ANNUAL
    span_name = "year"

    def _book(self, span: int) -> TargetBook:
        return annual_book(span)

    def _shown(self, pk: int) -> AnnualTarget:
        target: AnnualTarget = self.found(pk)
        statement = annual_targets().where(AnnualTarget.id == target.id)
        return the_one_of(statement)

    def _span(self, text: str) -> int:
        return year_from(text or self._default_span())

    def _spans(self) -> Sequence[tuple[str, str]]:
        return year_choices()

    def _default_span(self) -> str:
        return str(today().year)

    def _existing(self, enterprise: Enterprise, span: int) -> AnnualTarget | None:
        return find_annual_target(enterprise.id, span)

    def _proposed(self, enterprise: Enterprise, span: int) -> dict[str, str]:
        """What the five-year path leaves for the year."""
        period = find_period(span)
        if period is None:
            return {}
        what = proposed(paths_of([enterprise.id], period)[enterprise.id], span)
        cells = {"energy_target": what.energy, "saving_target": what.saving}
        typed = {name: f"{value:f}" for name, value in cells.items() if value is not None}
        for row, (product, decline) in enumerate(sorted(what.declines.items()), start=1):
            typed |= {f"products/{row}/product": product, f"products/{row}/decline": f"{decline:f}"}
        return typed

    def _is_late(self, enterprise: Enterprise, span: int) -> bool:
        return has_final_filing(enterprise.place, span, span)

    def _form(
        self, enterprise: Enterprise, span: int, typed: Any, problems: Any, reason_needed: bool
    ) -> TargetForm:
        return annual_form(
            typed,
            problems,
            controlled_products(),
            enterprise.industry_code,
            span,
            reason_needed=reason_needed,
        )

    def _write(self, enterprise: Enterprise, span: int, shown: int | None) -> AnnualTarget:
        details, problems = read_annual(request.form, controlled_products())
        if problems:
            raise Invalid(_("Please correct:"), problems)
        return set_annual_target(
            enterprise,
            span,
            details,
            actor=actor_of(g.user),
            reason=request.form.get("reason", ""),
            shown=shown,
        )
