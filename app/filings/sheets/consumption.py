"""S2 能源消费结构表: purchase, consumption and stock of each carrier (NBS form 205-1)."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from app.checks import reckoning
from app.checks.book import Line
from app.core.enums import Labelled
from app.filings.sheet import Keyed, Over, Sheet, SheetRow, field
from app.filings.sheets.units import CNY_1K, ROW, TCE, TCE_PER_ROW
from app.filings.values import Kind, Need


class CoefficientBasis(Labelled):
    MEASURED = "measured", _l("Measured")
    SUPPLIER = "supplier", _l("From the supplier")
    REFERENCE = "reference", _l("Reference value")


QUANTITIES = (
    "opening_stock purchase_quantity own_production industrial_consumption "
    "non_industrial_consumption external_supply closing_stock"
).split()


def _has_quantity(line: Line) -> bool:
    """C-09: quantities of sheet 3 count too; coke made and all sold needs its coefficient."""
    made = line.book.number("S3", line.key, "conversion_output")
    recovered = line.book.number("S3", line.key, "recovery")
    return any(line[name] > 0 for name in QUANTITIES) or made > 0 or recovered > 0


def _consumed(line: Line) -> Decimal:
    return line["industrial_consumption"] + line["non_industrial_consumption"]


def _year_before(line: Line) -> Decimal | None:
    row = line.book.year_before.get("S2", {}).get(line.key, {})
    value: Decimal | None = row.get("industrial_consumption")
    return value


class ConsumptionRow(SheetRow):
    __tablename__ = "filing_consumption"

    sheet = Sheet("S2", _l("Energy purchase, consumption and stock"), keyed=Keyed.CARRIER)

    # fmt: off
    opening_stock: Mapped[Decimal | None] = field(_l("Opening stock"), Kind.QTY, Need.REQUIRED, unit=ROW, number="1", over=Over.FIRST)
    purchase_quantity: Mapped[Decimal | None] = field(_l("Purchased quantity"), Kind.QTY, Need.REQUIRED, unit=ROW, number="2")
    purchase_outside_region: Mapped[Decimal | None] = field(_l("Of which from outside the region"), Kind.QTY, unit=ROW, number="2a")
    purchase_amount: Mapped[Decimal | None] = field(_l("Purchase amount"), Kind.MONEY, unit=CNY_1K, number="3", needed_when=lambda line: line["purchase_quantity"] > 0 and not line.values.get("row_note"))
    own_production: Mapped[Decimal | None] = field(_l("Own production of primary energy"), Kind.QTY, unit=ROW, number="x1")
    conversion_output_ref: Mapped[Decimal | None] = field(_l("Conversion output"), Kind.QTY, unit=ROW, number="x2", formula=lambda line: line.book.rows("S3").get(line.key, {}).get("conversion_output"))
    recovery_ref: Mapped[Decimal | None] = field(_l("Recovered"), Kind.QTY, unit=ROW, number="x3", formula=lambda line: line.book.rows("S3").get(line.key, {}).get("recovery"))
    consumption_total: Mapped[Decimal | None] = field(_l("Total consumption"), Kind.QTY, unit=ROW, number="4", formula=_consumed)
    industrial_consumption: Mapped[Decimal | None] = field(_l("Industrial consumption"), Kind.QTY, Need.REQUIRED, unit=ROW, number="5")
    feedstock_consumption: Mapped[Decimal | None] = field(_l("Of which used as raw material"), Kind.QTY, unit=ROW, number="6")
    non_industrial_consumption: Mapped[Decimal | None] = field(_l("Non-industrial consumption"), Kind.QTY, unit=ROW, number="7")
    transport_consumption: Mapped[Decimal | None] = field(_l("Of the total: vehicles"), Kind.QTY, unit=ROW, number="8")
    external_supply: Mapped[Decimal | None] = field(_l("Supplied to others"), Kind.QTY, unit=ROW, number="x4")
    closing_stock: Mapped[Decimal | None] = field(_l("Closing stock"), Kind.QTY, Need.REQUIRED, unit=ROW, number="9", over=Over.LAST)
    stock_adjustment: Mapped[Decimal | None] = field(_l("Stock surplus (+) or loss (-)"), Kind.QTY, unit=ROW, number="x5", negative=True)
    adopted_coefficient: Mapped[Decimal | None] = field(_l("Adopted coefficient"), Kind.COEF, unit=TCE_PER_ROW, number="10", needed_when=_has_quantity)
    reference_coefficient: Mapped[Decimal | None] = field(_l("Reference coefficient"), Kind.COEF, unit=TCE_PER_ROW, number="丁", formula=lambda line: line.carrier.reference)
    primary_coefficient: Mapped[Decimal | None] = field(_l("Coefficient used for the primary value"), Kind.COEF, unit=TCE_PER_ROW, number="x11", formula=lambda line: line.book.primary_coefficients().get(line.key))
    coefficient_basis: Mapped[CoefficientBasis | None] = field(_l("Source of the coefficient"), Kind.CHOICE, choices=CoefficientBasis, number="x6", needed_when=lambda line: line.values.get("adopted_coefficient") is not None)
    industrial_tce: Mapped[Decimal | None] = field(_l("Industrial consumption in coal equivalent (calorific value)"), Kind.TCE, unit=TCE, number="x7", formula=lambda line: reckoning.shown(reckoning.tce(line["industrial_consumption"], line["adopted_coefficient"])))
    consumption_tce: Mapped[Decimal | None] = field(_l("Total consumption in coal equivalent (calorific value)"), Kind.TCE, unit=TCE, number="x8", formula=lambda line: reckoning.shown(reckoning.tce(_consumed(line), line["adopted_coefficient"])))
    ly_industrial_consumption: Mapped[Decimal | None] = field(_l("Industrial consumption, same quarter last year"), Kind.QTY, unit=ROW, number="x9", formula=_year_before)
    row_note: Mapped[str | None] = field(_l("Note"), Kind.TEXT, length=500, number="x10")
    # fmt: on
