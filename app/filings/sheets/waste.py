"""R1 企业资源综合利用汇总: solid waste made, used, disposed of and stored, by class."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from app.checks import flows
from app.checks.book import Line
from app.filings.sheet import Keyed, Over, Sheet, SheetRow, field
from app.filings.sheets.units import TONNES
from app.filings.values import Kind, Need, quotient

USES = ("use_building use_backfill use_road use_power use_extraction use_sold use_other").split()
TONNE, SHARE = Decimal(1), Decimal("0.001")  # what forgive


def _closing(line: Line) -> Decimal:
    """FM-22, t; negative where more is taken from storage than lay there: R-04 says so."""
    return flows.closing_storage(
        line["opening_storage"], line["stored"], line["utilised_prior"], line["disposed_prior"]
    )


class WasteRow(SheetRow):
    __tablename__ = "filing_waste"

    sheet = Sheet("R1", _l("Solid waste use and disposal"), keyed=Keyed.WASTE)

    # fmt: off
    opening_storage: Mapped[Decimal | None] = field(_l("Storage at the beginning"), Kind.QTY, Need.REQUIRED, number="2", unit=TONNES, over=Over.FIRST)
    generated: Mapped[Decimal | None] = field(_l("Generated"), Kind.QTY, Need.REQUIRED, number="3", unit=TONNES)
    received: Mapped[Decimal | None] = field(_l("Received from others"), Kind.QTY, number="4", unit=TONNES)
    utilised: Mapped[Decimal | None] = field(_l("Utilised"), Kind.QTY, Need.REQUIRED, number="5", unit=TONNES)
    utilised_prior: Mapped[Decimal | None] = field(_l("Of which from storage of earlier years"), Kind.QTY, number="6", unit=TONNES)
    disposed: Mapped[Decimal | None] = field(_l("Disposed of"), Kind.QTY, Need.REQUIRED, number="7", unit=TONNES)
    disposed_prior: Mapped[Decimal | None] = field(_l("Of that, from storage of earlier years"), Kind.QTY, number="8", unit=TONNES)
    stored: Mapped[Decimal | None] = field(_l("Stored in the period"), Kind.QTY, Need.REQUIRED, number="9", unit=TONNES)
    dumped: Mapped[Decimal | None] = field(_l("Dumped"), Kind.QTY, Need.REQUIRED, number="10", unit=TONNES)
    closing_storage: Mapped[Decimal | None] = field(_l("Storage at the end"), Kind.QTY, number="11", unit=TONNES, over=Over.LAST, formula=_closing)
    utilisation_rate: Mapped[Decimal | None] = field(_l("Rate of utilisation"), Kind.PCT, unit="%", number="12", formula=lambda line: quotient(flows.percent(line["utilised"], line["generated"] + line["utilised_prior"]), Kind.PCT))
    disposal_rate: Mapped[Decimal | None] = field(_l("Rate of disposal"), Kind.PCT, unit="%", number="13", formula=lambda line: quotient(flows.percent(line["disposed"], line["generated"] + line["disposed_prior"]), Kind.PCT))
    use_building: Mapped[Decimal | None] = field(_l("Used for building materials"), Kind.QTY, number="14", unit=TONNES)
    use_backfill: Mapped[Decimal | None] = field(_l("Used for backfilling"), Kind.QTY, number="15", unit=TONNES)
    use_road: Mapped[Decimal | None] = field(_l("Used for roads"), Kind.QTY, number="16", unit=TONNES)
    use_power: Mapped[Decimal | None] = field(_l("Used for power and heat"), Kind.QTY, number="17", unit=TONNES)
    use_extraction: Mapped[Decimal | None] = field(_l("Used for extraction"), Kind.QTY, number="18", unit=TONNES)
    use_sold: Mapped[Decimal | None] = field(_l("Sold"), Kind.QTY, number="19", unit=TONNES)
    use_other: Mapped[Decimal | None] = field(_l("Used otherwise"), Kind.QTY, number="20", unit=TONNES)
    storage_site: Mapped[str | None] = field(_l("Place of storage"), Kind.TEXT, number="21", length=200, needed_when=lambda line: _closing(line) > 0)
    remark: Mapped[str | None] = field(_l("Explanation"), Kind.TEXT, number="22", length=500, needed_when=lambda line: line["dumped"] > 0)
    # fmt: on
