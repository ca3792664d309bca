"""Targets to test with, set through the operations as pages would."""

from decimal import Decimal

from sqlalchemy import select

from app.core.db import db
from app.targets.models import AnnualTarget, PlanPeriod, PlanTarget, TargetVersion
from app.targets.operations import set_annual_target, set_plan_target, set_quota
from app.targets.reading import (
    AnnualDetails,
    AnnualLine,
    PlanDetails,
    PlanLine,
    QuotaDetails,
)

CARBIDE = "2611E"
PLAN = PlanDetails(
    saving_target=Decimal(60000),
    energy_cap=Decimal(900000),
    document="内工信〔2026〕3号",
    products=(PlanLine(CARBIDE, Decimal(900), Decimal(10)),),
)
ANNUAL = AnnualDetails(
    energy_target=Decimal(900000),
    saving_target=Decimal(12000),
    document="内工信〔2026〕9号",
    products=(AnnualLine(CARBIDE, Decimal(3)),),
)
QUOTA = QuotaDetails(energy=Decimal(1000000), saving=Decimal(50000))
PLAN_FORM = {
    "saving_target": "60,000",
    "energy_cap": "900000",
    "document": "内工信〔2026〕3号",
    "products/1/product": CARBIDE,
    "products/1/base_unit": "900",
    "products/1/decline": "10",
}
ANNUAL_FORM = {
    "energy_target": "900000",
    "saving_target": "12000",
    "products/1/product": CARBIDE,
    "products/1/decline": "3",
}


def set_plan(world, name="Here", by="league", details=PLAN, period="15th"):
    with world.acting(by) as actor:
        plan = db.session.get(PlanPeriod, period)
        return set_plan_target(world.enterprise(name), plan, details, actor=actor).id


def set_year(world, name="Here", by="league", details=ANNUAL, year=2026):
    with world.acting(by) as actor:
        return set_annual_target(world.enterprise(name), year, details, actor=actor).id


def hand_out(world, league, span="2026", by="region", details=QUOTA):
    with world.acting(by) as actor:
        return set_quota(league, span, details, actor=actor).id


def targets_of(world, kind=AnnualTarget):
    with world.seen_from():
        return db.session.scalars(select(kind).order_by(kind.id)).all()


def versions(world):
    with world.seen_from():
        query = select(TargetVersion).order_by(TargetVersion.id)
        return db.session.scalars(query).all()


def plan_targets(world):
    return targets_of(world, PlanTarget)
