"""W71 of sheet W1: what water a product takes, for the products of sheet S6 (GB/T 7119)."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from app.checks import flows
from app.checks.book import Line
from app.filings.sheet import Keyed, RowCheck, Sheet, SheetRow, field
from app.filings.sheets.units import M3_10K, M3_PER_OUTPUT
from app.filings.values import Kind, Need, quotient


def _of_the_product(line: Line) -> list[Line]:
    """Its rows in S6; every indicator of a product has the same output."""
    return [row for row in line.lines("S6") if row.key[:-1] == line.key]


def _by_output(line: Line) -> Decimal | None:
    rows = _of_the_product(line)
    if not rows or line.values.get("product_intake") is None:
        return None
    output = max(row["denominator"] for row in rows)
    return quotient(flows.water_intensity(line["product_intake"], output), Kind.QTY)


class ProductWaterRow(SheetRow):
    __tablename__ = "filing_product_water"

    sheet = Sheet(
        "W1P",
        _l("Water intake of products"),
        keyed=Keyed.OUTPUT,
        checks=(
            RowCheck(
                "W71",
                "product_intake",
                _l("The product does not stand in sheet S6."),
                lambda line: bool(_of_the_product(line)),
            ),
        ),
    )

    # fmt: off
    product_intake: Mapped[Decimal | None] = field(_l("Water intake for the product"), Kind.QTY, Need.REQUIRED, unit=M3_10K)
    product_water_intensity: Mapped[Decimal | None] = field(_l("Water intake per unit of product"), Kind.QTY, unit=M3_PER_OUTPUT, number="W71", formula=_by_output)
    # fmt: on
