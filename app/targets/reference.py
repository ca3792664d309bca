"""The plans and products that every installation begins with, from the project's own files."""

import csv
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from app.core.dated import FROM_THE_BEGINNING
from app.core.db import db
from app.targets.models import PlanPeriod
from app.targets.products import Product, ProductLimit

FILE = Path(__file__).parent / "data" / "plan_periods.csv"
PRODUCTS = Path(__file__).parent / "data" / "products.csv"


def load_plan_periods() -> int:
    """Add the plans that are missing. Returns how many."""
    known = set(db.session.scalars(select(PlanPeriod.key)))
    with FILE.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["key"] not in known]
    db.session.add_all(
        PlanPeriod(
            key=row["key"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            first_year=int(row["first_year"]),
            last_year=int(row["last_year"]),
        )
        for row in rows
    )
    db.session.flush()
    return len(rows)


def load_products() -> int:
    """Add the products that are missing, each with its limits. Returns how many."""
    known = set(db.session.scalars(select(Product.key)))
    with PRODUCTS.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if _key(row) not in known]
    db.session.add_all(_product(row) for row in rows)
    db.session.flush()
    db.session.add_all(_limit(row) for row in rows)
    db.session.flush()
    return len(rows)


def _key(row: dict[str, str]) -> str:
    return row["product_code"] + row["indicator_code"]


def _product(row: dict[str, str]) -> Product:
    return Product(
        key=_key(row),
        code=row["product_code"],
        indicator=row["indicator_code"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        industry_code=row["industry_code"],
        indicator_zh=row["indicator_zh"],
        indicator_unit=row["indicator_unit"],
        numerator_unit=row["numerator_unit"],
        denominator_unit=row["denominator_unit"],
        scale_factor=Decimal(row["scale_factor"]),
    )


def _limit(row: dict[str, str]) -> ProductLimit:
    levels = {name: row[name] for name in ("level1", "level2", "level3")}
    return ProductLimit(
        product_key=_key(row),
        **FROM_THE_BEGINNING,
        **{name: Decimal(text) if text else None for name, text in levels.items()},
        adjusted=row["adjusted"] == "1",
        source=row["standard"],
    )
