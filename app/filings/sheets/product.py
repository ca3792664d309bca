"""S6 单位产品综合能耗: what a product takes, by product and indicator (NBS form 205-3)."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from app.checks import products
from app.checks.book import Line
from app.checks.flows import change
from app.checks.products import LimitLevel
from app.filings.sheet import Keyed, Over, RowCheck, Sheet, SheetRow, field
from app.filings.sheets.units import CAPACITY, DENOMINATOR, INDICATOR, NUMERATOR
from app.filings.values import Kind, Need, quotient

LOWEST, HIGHEST = Decimal("0.5"), Decimal(2)  # no standard corrects by more
ENERGY = "E"


def _indicator(line: Line) -> Decimal | None:
    """FM-10, unrounded."""
    return products.indicator(line["numerator"], line["denominator"], line.product.scale)


def _year_before(line: Line, name: str) -> Decimal | None:
    """As filed a year before; typed only where nothing was filed then."""
    rows = line.book.year_before.get("S6", {})
    value: Decimal | None = rows[line.key].get(name) if line.key in rows else None
    return value if line.key in rows else line.values.get(f"first_ly_{name}")


def _indicator_before(line: Line) -> Decimal | None:
    numerator, denominator = (_year_before(line, n) for n in ("numerator", "denominator"))
    if numerator is None or denominator is None:
        return None
    return products.indicator(numerator, denominator, line.product.scale)


def _change(line: Line) -> Decimal | None:
    now, before = _indicator(line), _indicator_before(line)
    if now is None or before is None:
        return None
    return quotient(change(now, before), Kind.PCT)


def _level(line: Line) -> LimitLevel | None:
    value, product = _indicator(line), line.product
    if value is None:
        return None
    factor = line.values.get("correction_factor")
    if product.adjusted and factor is None and any(k is not None for k in product.limits):
        return LimitLevel.UNCORRECTED
    return products.level_of(value, product.limits, factor or Decimal(1))


def _shares_energy(line: Line) -> bool:
    """Whether more than one product takes energy, so that someone has divided it."""
    takers = [o for o in line.lines("S6") if o.product.indicator == ENERGY and o["numerator"] > 0]
    return line.product.indicator == ENERGY and len(takers) > 1


def _factor_in_range(line: Line) -> bool:
    factor = line.values.get("correction_factor")
    return factor is None or (line.product.adjusted and LOWEST <= factor <= HIGHEST)


CHECKS = (
    RowCheck(
        "E-04",
        "correction_factor",
        _l("A correction factor lies between 0.5 and 2, and only where the standard has one."),
        _factor_in_range,
    ),
)


class ProductRow(SheetRow):
    __tablename__ = "filing_product"

    sheet = Sheet(
        "S6", _l("Unit energy consumption of products"), keyed=Keyed.PRODUCT, checks=CHECKS
    )

    # fmt: off
    indicator_unit: Mapped[str | None] = field(_l("Unit of the indicator"), Kind.TEXT, number="乙", length=16, formula=lambda line: line.product.unit)
    numerator_unit: Mapped[str | None] = field(_l("Unit of the energy"), Kind.TEXT, length=16, formula=lambda line: line.product.numerator_unit)
    denominator_unit: Mapped[str | None] = field(_l("Unit of the output"), Kind.TEXT, length=16, formula=lambda line: line.product.denominator_unit)
    scale_factor: Mapped[Decimal | None] = field(_l("Scale"), Kind.QTY, formula=lambda line: line.product.scale)
    numerator: Mapped[Decimal | None] = field(_l("Energy of the period"), Kind.QTY, Need.REQUIRED, unit=NUMERATOR, number="2", negative=True)
    denominator: Mapped[Decimal | None] = field(_l("Output of the period"), Kind.QTY, Need.REQUIRED, unit=DENOMINATOR, number="3")
    indicator_value: Mapped[Decimal | None] = field(_l("Unit consumption"), Kind.QTY, unit=INDICATOR, number="1", formula=lambda line: quotient(_indicator(line), Kind.QTY))
    first_ly_numerator: Mapped[Decimal | None] = field(_l("Energy, same quarter last year, if not filed here"), Kind.QTY, unit=NUMERATOR, negative=True)
    first_ly_denominator: Mapped[Decimal | None] = field(_l("Output, same quarter last year, if not filed here"), Kind.QTY, unit=DENOMINATOR)
    ly_numerator: Mapped[Decimal | None] = field(_l("Energy, same quarter last year"), Kind.QTY, unit=NUMERATOR, number="5", formula=lambda line: _year_before(line, "numerator"))
    ly_denominator: Mapped[Decimal | None] = field(_l("Output, same quarter last year"), Kind.QTY, unit=DENOMINATOR, number="6", formula=lambda line: _year_before(line, "denominator"))
    ly_indicator_value: Mapped[Decimal | None] = field(_l("Unit consumption, same quarter last year"), Kind.QTY, unit=INDICATOR, number="4", formula=lambda line: quotient(_indicator_before(line), Kind.QTY))
    change_rate: Mapped[Decimal | None] = field(_l("Change"), Kind.PCT, unit="%", formula=_change)
    annual_capacity: Mapped[Decimal | None] = field(_l("Capacity a year"), Kind.QTY, Need.REQUIRED, unit=CAPACITY, over=Over.LAST)
    correction_factor: Mapped[Decimal | None] = field(_l("Correction factor of the limits"), Kind.COEF)
    correction_reason: Mapped[str | None] = field(_l("Reason of the correction"), Kind.TEXT, length=500, needed_when=lambda line: line.values.get("correction_factor") is not None)
    level1: Mapped[Decimal | None] = field(_l("Limit, level 1"), Kind.QTY, unit=INDICATOR, formula=lambda line: line.product.limits[0])
    level2: Mapped[Decimal | None] = field(_l("Limit, level 2"), Kind.QTY, unit=INDICATOR, formula=lambda line: line.product.limits[1])
    level3: Mapped[Decimal | None] = field(_l("Limit, level 3"), Kind.QTY, unit=INDICATOR, formula=lambda line: line.product.limits[2])
    limit_level: Mapped[LimitLevel | None] = field(_l("Level reached"), Kind.CHOICE, choices=LimitLevel, formula=_level)
    allocation_note: Mapped[str | None] = field(_l("How shared energy is divided"), Kind.TEXT, length=2000, needed_when=_shares_energy)
    # fmt: on
