"""Save the table of an organisation chart or of the meters, and read it."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.actor import Actor
from app.audit.record import record
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid
from app.energy_staff.chart_rows import ChartKind, Row, flaws, next_verified_on, tidied
from app.energy_staff.models import EnergyChart
from app.enterprises.models import Enterprise
from app.regions.scope import Tier


def chart_of(enterprise: Enterprise, kind: ChartKind) -> EnergyChart | None:
    query = select(EnergyChart).where(
        EnergyChart.enterprise_id == enterprise.id, EnergyChart.kind == kind
    )
    return db.session.scalars(query).one_or_none()


def save_chart(
    enterprise: Enterprise,
    kind: ChartKind,
    rows: Sequence[Row],
    shown: int | None,
    *,
    actor: Actor,
) -> EnergyChart:
    """Keep the whole table; `Invalid` names the cells, `Conflict` if somebody else was faster."""
    if Tier.ENTERPRISE not in actor.tiers_at(enterprise.place):
        raise Forbidden(_("Only the enterprise fills in its forms."))
    plain = tidied(kind, rows)
    problems = flaws(kind, plain, today())
    if problems:
        raise Invalid(_("Please correct:"), problems)
    chart = chart_of(enterprise, kind)
    if (chart.version if chart else 0) != shown:
        raise Conflict(_("Someone else has just changed this; reload and look again."))
    if chart is None:
        chart = EnergyChart(enterprise=enterprise, place=enterprise.place, kind=kind)
        db.session.add(chart)
    due = [day for row in plain if (day := next_verified_on(row)) is not None]
    chart.rows, chart.next_due_on = plain, min(due, default=None)
    chart.saved_by, chart.saved_at = actor.name[:128], now()
    record(
        "energy_chart:save",
        chart,
        actor=actor,
        place=enterprise.place,
        kind=kind,
        count=len(plain),
    )
    return chart
