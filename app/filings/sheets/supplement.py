"""S2R 能源消费补充资料: renewable power and captive plants.

It is asked for by the policy that newly added renewable power stays out of the control of
total energy; nobody is made to fill it.
"""

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from app.checks import reckoning
from app.checks.book import Line
from app.checks.reckoning import ELECTRICITY
from app.filings.sheet import Sheet, SheetRow, field
from app.filings.sheets.units import CERTIFICATES, KWH_10K, TCE
from app.filings.values import Kind


def deduction(line: Line) -> Decimal:
    """FM-06 on the calorific basis, unrounded; the coefficient is that of sheet 2."""
    adopted = line.book.coefficients().get(ELECTRICITY)
    if adopted is None:
        adopted = line.book.carriers[ELECTRICITY].reference or reckoning.ZERO
    names = "direct_green_power self_renewable_power green_power_trade green_certificates"
    direct, own, traded, certificates = (line[name] for name in names.split())
    return reckoning.renewable_deduction(direct, own, traded, certificates, adopted)


class SupplementRow(SheetRow):
    __tablename__ = "filing_supplement"

    sheet = Sheet("S2R", _l("Energy supplement (renewable power)"))

    # fmt: off
    grid_power_purchased: Mapped[Decimal | None] = field(_l("Grid power purchased"), Kind.QTY, unit=KWH_10K)
    direct_green_power: Mapped[Decimal | None] = field(_l("Green power by direct supply"), Kind.QTY, unit=KWH_10K)
    self_renewable_power: Mapped[Decimal | None] = field(_l("Own renewable power used"), Kind.QTY, unit=KWH_10K)
    green_power_trade: Mapped[Decimal | None] = field(_l("Green power traded"), Kind.QTY, unit=KWH_10K)
    green_certificates: Mapped[Decimal | None] = field(_l("Green certificates bought apart from power"), Kind.INT, unit=CERTIFICATES)
    captive_power_output: Mapped[Decimal | None] = field(_l("Output of the captive power plant"), Kind.QTY, unit=KWH_10K)
    captive_power_supply: Mapped[Decimal | None] = field(_l("Supply of the captive power plant (less its own use)"), Kind.QTY, unit=KWH_10K)
    renewable_deduction: Mapped[Decimal | None] = field(_l("Deductible renewable power (calorific value)"), Kind.QTY, unit=TCE, formula=lambda line: reckoning.shown(deduction(line)))
    # fmt: on
