"""The products whose unit consumption is controlled, from the project's own data file."""

from decimal import Decimal
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, contains_eager, mapped_column, relationship

from app.core.dated import Dated, in_force
from app.core.db import Model, Quantity, db
from app.core.errors import Problem
from app.core.language import in_english
from app.core.period import Quarter


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

    `indicator = numerator / denominator * scale_factor` (FM-10).  `limit` is only filled in by
    who joins the limits of a quarter.
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
    limit: Mapped["ProductLimit | None"] = relationship(viewonly=True, lazy="raise")

    @property
    def name(self) -> str:
        return self.name_en if in_english() else self.name_zh

    def __repr__(self) -> str:
        return f"{self.code} {self.name}"


class ProductLimit(Dated, Model):
    """The limits of the national standard in force from a quarter on; `source` is the standard.

    Level 3 is for plants that are there, 1 the best; empty where there is none.
    """

    __tablename__ = "product_limit"
    of = "product_key"
    values = ("level1", "level2", "level3", "adjusted")

    product_key: Mapped[str] = mapped_column(ForeignKey("product.key"))
    product: Mapped[Product] = relationship(lazy="joined")
    level1: Mapped[Decimal | None] = mapped_column(Quantity(18, 4))
    level2: Mapped[Decimal | None] = mapped_column(Quantity(18, 4))
    level3: Mapped[Decimal | None] = mapped_column(Quantity(18, 4))
    adjusted: Mapped[bool]  # the standard has correction factors

    def flaws(self) -> list[Problem]:
        """Lower is better.

        For the coal rates of power plants level 2 may be stricter than level 1: it is for
        newcomers, whose plants are larger.
        """
        pairs = [("level1", "level3"), ("level2", "level3")]
        if self.product_key[-1:] not in (Indicator.COAL_RATE, Indicator.HEAT_RATE):
            pairs.append(("level1", "level2"))
        text = _("Level 1 is the strictest limit, level 3 the loosest.")
        wrong = [
            stricter
            for stricter, looser in pairs
            if None not in (low := getattr(self, stricter), high := getattr(self, looser))
            and low > high
        ]
        return [Problem(name, text) for name in dict.fromkeys(wrong)]


def with_limits(period: Quarter) -> Select[tuple[Product]]:
    """All products, each with the limits in force in *period*, if there are any."""
    limits = (ProductLimit.product_key == Product.key) & in_force(ProductLimit, period.index)
    return (
        select(Product)
        .outerjoin(ProductLimit, limits)
        .options(contains_eager(Product.limit).raiseload(ProductLimit.product))
    )


def controlled_products() -> dict[str, Product]:
    """The products that can have a target, by key, in the order of their codes."""
    query = select(Product).where(Product.indicator.in_(CONTROLLED)).order_by(Product.key)
    return {product.key: product for product in db.session.scalars(query)}
