"""The products whose unit consumption is controlled, from the project's own data file."""

import csv
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, Quantity, db
from app.core.language import in_english

FILE = Path(__file__).parent / "data" / "products.csv"


class Indicator(StrEnum):
    """What is divided by the output: energy, electricity, coal for power, coal for heat."""

    ENERGY = "E"
    POWER = "P"
    COAL_RATE = "C"
    HEAT_RATE = "H"


# electricity is inside the energy of a product; it has no target and no saving of its own
CONTROLLED = (Indicator.ENERGY, Indicator.COAL_RATE, Indicator.HEAT_RATE)


class Product(Model):
    """A product and one of its indicators: public, the same for everyone.

    `indicator = numerator / denominator * scale_factor` (FM-10).  The levels are the limits of
    the national standard: 3 for plants that are there, 1 the best; empty where there is none.
    """

    __tablename__ = "product"

    key: Mapped[str] = mapped_column(String(6), primary_key=True)  # code and indicator: 2611E
    code: Mapped[str] = mapped_column(String(4), index=True)
    indicator: Mapped[str] = mapped_column(String(1))
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(100))
    industry_code: Mapped[str] = mapped_column(String(4), index=True)
    indicator_zh: Mapped[str] = mapped_column(String(40))
    indicator_unit: Mapped[str] = mapped_column(String(16))
    numerator_unit: Mapped[str] = mapped_column(String(16))
    denominator_unit: Mapped[str] = mapped_column(String(16))
    scale_factor: Mapped[Decimal] = mapped_column(Quantity(10, 4))
    level1: Mapped[Decimal | None] = mapped_column(Quantity(18, 4))
    level2: Mapped[Decimal | None] = mapped_column(Quantity(18, 4))
    level3: Mapped[Decimal | None] = mapped_column(Quantity(18, 4))
    standard: Mapped[str] = mapped_column(String(40))
    adjusted: Mapped[bool]  # the standard has correction factors

    @property
    def name(self) -> str:
        return self.name_en if in_english() else self.name_zh

    def __repr__(self) -> str:
        return f"{self.code} {self.name}"


def controlled_products() -> dict[str, Product]:
    """The products that can have a target, by key, in the order of their codes."""
    query = select(Product).where(Product.indicator.in_(CONTROLLED)).order_by(Product.key)
    return {product.key: product for product in db.session.scalars(query)}


def load_products() -> int:
    """Add the products that are missing. Returns how many."""
    known = set(db.session.scalars(select(Product.key)))
    with FILE.open(encoding="utf-8") as file:
        made = [_product(row) for row in csv.DictReader(file)]
    missing = [product for product in made if product.key not in known]
    db.session.add_all(missing)
    db.session.flush()
    return len(missing)


def _product(row: dict[str, str]) -> Product:
    def number(name: str) -> Decimal | None:
        return Decimal(row[name]) if row[name] else None

    return Product(
        key=row["product_code"] + row["indicator_code"],
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
        level1=number("level1"),
        level2=number("level2"),
        level3=number("level3"),
        standard=row["standard"],
        adjusted=row["adjusted"] == "1",
    )
