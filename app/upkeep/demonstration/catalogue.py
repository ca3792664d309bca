"""What the region of the demonstration has changed in the catalogues."""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import inspect

from app.core.dated import Dated
from app.core.db import db
from app.filings.catalogue import PrimaryCoefficient, mark_changed
from app.targets.products import ProductLimit
from app.upkeep.demonstration.filings import People
from app.upkeep.demonstration.journal import Journal

PLACE = "150000/"


def _changes() -> list[tuple[datetime, Dated]]:
    return [
        (
            datetime(2025, 1, 20, 2, 30, tzinfo=UTC),
            PrimaryCoefficient(
                carrier_code="33",
                value=Decimal("2.96"),
                from_year=2025,
                from_quarter=1,
                source="内工信节能字〔2025〕3 号",
                reason="按上年全区火电平均供电标准煤耗调整电力等价值。",
            ),
        ),
        (
            datetime(2026, 9, 14, 7, 10, tzinfo=UTC),
            ProductLimit(
                product_key="2611E",
                level1=Decimal(790),
                level2=Decimal(810),
                level3=Decimal(900),
                adjusted=False,
                from_year=2027,
                from_quarter=1,
                source="内工信节能字〔2026〕31 号",
                reason="自 2027 年起电石行业执行更严格的限额。",
            ),
        ),
    ]


def write_changes(people: People, journal: Journal) -> None:
    """Before any filing, so that each is reckoned with what was in force in its quarter."""
    mark_changed()
    for at, row in _changes():
        db.session.add(row)
        db.session.flush()
        subject = (inspect(row).mapper.local_table.name, row.id, str(row))
        journal.add(at, "catalogue:add", PLACE, subject, people["region"], after=row.kept())
