"""The carriers and wastes that every installation begins with, from the project's own files."""

import csv
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from app.core.dated import FROM_THE_BEGINNING
from app.core.db import db
from app.filings.catalogue import Carrier, CarrierCoefficient, PrimaryCoefficient, WasteClass

FILE = Path(__file__).parent / "data" / "energy_types.csv"
WASTES = Path(__file__).parent / "data" / "solid_waste_types.csv"
IN_THE_FORM = ("leaf", "subtotal", "total")
FORM = "国家统计局 205-1 表"
STATISTICS = "国家污染源统计固体废物类别"
SAMPLE_PRIMARY = {"33": Decimal("3.0"), "32": Decimal("0.0402")}
SAMPLE_SOURCE = "示例值，以自治区发布的数值为准"


def load_carriers() -> int:
    """Add the carriers that are missing, and sample coefficients where there are none."""
    known = set(db.session.scalars(select(Carrier.code)))
    with FILE.open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["level"] in IN_THE_FORM]
    missing = [row for row in rows if row["code"] not in known]
    db.session.add_all(_carrier(row) for row in missing)
    db.session.flush()
    db.session.add_all(_coefficient(row) for row in missing if row["level"] == "leaf")
    if db.session.scalar(select(PrimaryCoefficient.id).limit(1)) is None:
        for code, value in SAMPLE_PRIMARY.items():
            sample = PrimaryCoefficient(
                carrier_code=code, **FROM_THE_BEGINNING, value=value, source=SAMPLE_SOURCE
            )
            db.session.add(sample)
    db.session.flush()
    return len(missing)


def load_wastes() -> int:
    """Add the classes of waste that are missing. Returns how many."""
    known = set(db.session.scalars(select(WasteClass.code)))
    with WASTES.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["code"] not in known]
    names = ("code", "name_zh", "name_en", "unit")
    db.session.add_all(
        WasteClass(
            **FROM_THE_BEGINNING,
            **{name: row[name] for name in names},
            in_use=True,
            source=STATISTICS,
        )
        for row in rows
    )
    db.session.flush()
    return len(rows)


def _carrier(row: dict[str, str]) -> Carrier:
    return Carrier(
        code=row["code"],
        level=row["level"],
        parent_code=row["parent_code"] or None,
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        category=row["category"],
        unit_zh=row["unit_zh"],
        unit=row["unit_symbol"],
        storable=row["storable"] == "1",
        transport_ok=row["transport_ok"] == "1",
        feedstock_ok=row["feedstock_ok"] == "1",
        recovery_ok=row["default_recovery_ok"] == "1",
    )


def _coefficient(row: dict[str, str]) -> CarrierCoefficient:
    def number(name: str) -> Decimal | None:
        return Decimal(row[name]) if row[name] else None

    return CarrierCoefficient(
        carrier_code=row["code"],
        **FROM_THE_BEGINNING,
        reference=number("ref_coefficient"),
        **{name: number(name) for name in CarrierCoefficient.values[1:]},
        source=FORM,
    )
