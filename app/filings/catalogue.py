"""The carriers, products and wastes that a filing speaks of; carriers and wastes from our files."""

import csv
from decimal import Decimal
from pathlib import Path

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from app.checks.book import Book, CarrierFacts, ProductFacts, WasteFacts
from app.core.db import Model, Quantity, db
from app.core.language import in_english
from app.targets.products import Product

FILE = Path(__file__).parent / "data" / "energy_types.csv"
WASTES = Path(__file__).parent / "data" / "solid_waste_types.csv"
LEAF = "leaf"
SAMPLE_PRIMARY = {"33": Decimal("3.0"), "32": Decimal("0.0402")}
SAMPLE_SOURCE = "sample value; the region sets the year's own"


class Carrier(Model):
    """A row of the national energy form; `level` leaf is what enterprises fill in."""

    __tablename__ = "carrier"

    code: Mapped[str] = mapped_column(String(4), primary_key=True)
    level: Mapped[str] = mapped_column(String(10))
    parent_code: Mapped[str | None] = mapped_column(String(4))
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))
    category: Mapped[str] = mapped_column(String(20))
    unit_zh: Mapped[str] = mapped_column(String(16))
    unit: Mapped[str] = mapped_column(String(16))
    reference: Mapped[Decimal | None] = mapped_column(Quantity(10, 6))
    hard_min: Mapped[Decimal | None] = mapped_column(Quantity(10, 6))
    hard_max: Mapped[Decimal | None] = mapped_column(Quantity(10, 6))
    storable: Mapped[bool]
    transport_ok: Mapped[bool]
    feedstock_ok: Mapped[bool]
    recovery_ok: Mapped[bool]

    @property
    def facts(self) -> CarrierFacts:
        english = in_english()
        return CarrierFacts(
            code=self.code,
            name=self.name_en if english else self.name_zh,
            unit=self.unit if english else self.unit_zh,
            reference=self.reference,
            hard_min=self.hard_min,
            hard_max=self.hard_max,
            storable=self.storable,
            transport_ok=self.transport_ok,
            feedstock_ok=self.feedstock_ok,
            recovery_ok=self.recovery_ok,
        )

    def __repr__(self) -> str:
        return f"{self.code} {self.facts.name}"


class PrimaryCoefficient(Model):
    """The primary coefficient of a carrier in a year, set by the region (FM-04)."""

    __tablename__ = "primary_coefficient"
    __table_args__ = (UniqueConstraint("year", "carrier_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    carrier_code: Mapped[str] = mapped_column(ForeignKey("carrier.code"))
    value: Mapped[Decimal] = mapped_column(Quantity(10, 6))
    source: Mapped[str] = mapped_column(String(200))


def leaf_carriers() -> dict[str, CarrierFacts]:
    """What can be filled in, codes 02 to 39, in the order of the form."""
    query = select(Carrier).where(Carrier.level == LEAF).order_by(Carrier.code)
    return {carrier.code: carrier.facts for carrier in db.session.scalars(query)}


class Waste(Model):
    """A class of general industrial solid waste; hazardous waste has a ledger of its own."""

    __tablename__ = "waste"

    code: Mapped[str] = mapped_column(String(4), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))
    unit: Mapped[str] = mapped_column(String(16))

    @property
    def facts(self) -> WasteFacts:
        return WasteFacts(self.code, self.name_en if in_english() else self.name_zh, self.unit)

    def __repr__(self) -> str:
        return f"{self.code} {self.facts.name}"


def catalogues() -> Book:
    """A book without figures: what there is to be filled in."""
    products = db.session.scalars(select(Product).order_by(Product.key))
    wastes = db.session.scalars(select(Waste).order_by(Waste.code))
    return Book(
        sheets={},
        carriers=leaf_carriers(),
        primary={},
        products={product.key: _facts_of(product) for product in products},
        wastes={waste.code: waste.facts for waste in wastes},
    )


def _facts_of(product: Product) -> ProductFacts:
    of_what = "" if in_english() else f"（{product.indicator_zh}）"
    return ProductFacts(
        code=product.key,
        name=f"{product.name}{of_what}",
        made=product.name,
        unit=product.indicator_unit,
        indicator=product.indicator,
        numerator_unit=product.numerator_unit,
        denominator_unit=product.denominator_unit,
        scale=product.scale_factor,
        limits=(product.level1, product.level2, product.level3),
        adjusted=product.adjusted,
    )


def primary_of(year: int) -> dict[str, Decimal]:
    """The primary coefficients of *year*: each carrier's own, else the latest before it."""
    query = (
        select(PrimaryCoefficient.carrier_code, PrimaryCoefficient.value)
        .where(PrimaryCoefficient.year <= year)
        .order_by(PrimaryCoefficient.year)
    )
    return {row.carrier_code: row.value for row in db.session.execute(query)}


def load_carriers() -> int:
    """Add the carriers that are missing, and sample coefficients where there are none."""
    known = set(db.session.scalars(select(Carrier.code)))
    with FILE.open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["level"] in ("leaf", "subtotal", "total")]
    missing = [row for row in rows if row["code"] not in known]
    db.session.add_all(_carrier(row) for row in missing)
    db.session.flush()
    if db.session.scalar(select(PrimaryCoefficient.id).limit(1)) is None:
        for code, value in SAMPLE_PRIMARY.items():
            sample = PrimaryCoefficient(
                year=2000, carrier_code=code, value=value, source=SAMPLE_SOURCE
            )
            db.session.add(sample)
    db.session.flush()
    return len(missing)


def load_wastes() -> int:
    """Add the classes of waste that are missing. Returns how many."""
    known = set(db.session.scalars(select(Waste.code)))
    with WASTES.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["code"] not in known]
    names = ("code", "name_zh", "name_en", "unit")
    db.session.add_all(Waste(**{name: row[name] for name in names}) for row in rows)
    db.session.flush()
    return len(rows)


def _carrier(row: dict[str, str]) -> Carrier:
    def number(name: str) -> Decimal | None:
        return Decimal(row[name]) if row[name] else None

    return Carrier(
        code=row["code"],
        level=row["level"],
        parent_code=row["parent_code"] or None,
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        category=row["category"],
        unit_zh=row["unit_zh"],
        unit=row["unit_symbol"],
        reference=number("ref_coefficient"),
        hard_min=number("hard_min"),
        hard_max=number("hard_max"),
        storable=row["storable"] == "1",
        transport_ok=row["transport_ok"] == "1",
        feedstock_ok=row["feedstock_ok"] == "1",
        recovery_ok=row["default_recovery_ok"] == "1",
    )
