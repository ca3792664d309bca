"""What stands beside the sheets and is asked for by rules: files, stops, targets."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.core.among import among
from app.core.db import db
from app.core.period import Quarter
from app.enterprises.start_stop import stops_in
from app.filings.alarms.asked import Asked
from app.filings.sheets.attachment import Attachment
from app.targets.models import AnnualProduct, AnnualTarget, PlanProduct, PlanTarget
from app.targets.queries import plan_of

Rows = list[tuple[int, str, dict[str, Any]]]  # the number of the filing, the code, the cells


def beside(asked: Sequence[Asked], period: Quarter) -> Mapping[str, Rows]:
    """The rows of A1, E0, T1, T2 and TP, of filings of one quarter; six statements."""
    numbers = {one.head.enterprise_id: one.number for one in asked}
    plan, annual = plan_of(period.year), AnnualTarget.year == period.year
    return {
        "A1": _files(asked),
        "E0": _stops(numbers, period),
        "T1": _targets(PlanTarget, "saving_target", PlanTarget.period_key == plan, numbers),
        "T2": _targets(AnnualTarget, "energy_target", annual, numbers),
        "TP": _products(numbers, period.year, plan),
    }


def _files(asked: Sequence[Asked]) -> Rows:
    """In the order in which they were attached; of a version, those that went with it."""
    by_id = {one.id: one for one in asked}
    query = select(
        Attachment.filing_id,
        Attachment.key,
        Attachment.kind,
        Attachment.months_covered,
        Attachment.summary_version,
        Attachment.summary_hash8,
        Attachment.uploaded_at,
    ).where(among(Attachment.filing_id, by_id))
    return [
        (
            by_id[row.filing_id].number,
            row.key,
            {
                "kind": row.kind,
                "months_covered": frozenset(filter(None, (row.months_covered or "").split(","))),
                "summary_version": row.summary_version,
                "summary_hash8": row.summary_hash8,
            },
        )
        for row in db.session.execute(query.order_by(Attachment.id))
        if _went_along(by_id[row.filing_id], row.uploaded_at)
    ]


def _went_along(one: Asked, uploaded_at: datetime) -> bool:
    return one.handed_in_at is None or uploaded_at <= one.handed_in_at


def _stops(numbers: Mapping[int, int], period: Quarter) -> Rows:
    """F-09: who has no row is enabled."""
    stops = stops_in(list(numbers), period)
    found: Rows = []
    for enterprise, number in numbers.items():
        stop = stops.get(enterprise)
        since = Quarter.at(stop.effective) if stop is not None and stop.effective else None
        cells = {
            "enable_status": "enabled" if stop is None else "disabled",
            "effective_from": str(since) if since else None,
            "reason": stop.stop_reason.value if stop is not None and stop.stop_reason else None,
        }
        found.append((number, "", cells))
    return found


def _targets(kind: Any, name: str, span: Any, numbers: Mapping[int, int]) -> Rows:
    query = select(kind.enterprise_id, getattr(kind, name)).where(
        among(kind.enterprise_id, numbers), span
    )
    return [(numbers[pk], "", {name: value}) for pk, value in db.session.execute(query)]


def _products(numbers: Mapping[int, int], year: int, plan: str) -> Rows:
    """The products for which the enterprise has a target, over the plan or in the year."""
    of_plan = (
        select(PlanTarget.enterprise_id, PlanProduct.product_key, PlanProduct.decline)
        .join(PlanProduct, PlanProduct.target_id == PlanTarget.id)
        .where(among(PlanTarget.enterprise_id, numbers), PlanTarget.period_key == plan)
    )
    of_year = (
        select(AnnualTarget.enterprise_id, AnnualProduct.product_key, AnnualProduct.decline)
        .join(AnnualProduct, AnnualProduct.target_id == AnnualTarget.id)
        .where(among(AnnualTarget.enterprise_id, numbers), AnnualTarget.year == year)
    )
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for query in (of_plan, of_year):
        for enterprise, product, decline in db.session.execute(query):
            found[numbers[enterprise], product] = {"decline_target": decline}
    return [(number, product, cells) for (number, product), cells in sorted(found.items())]
