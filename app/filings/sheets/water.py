"""W1 企业取水用水情况: water taken, used, used again and discharged (GB/T 7119, NBS form 205-4)."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from app.checks import flows
from app.checks.book import Line
from app.checks.reckoning import ZERO
from app.filings.sheet import Over, Sheet, SheetRow, field
from app.filings.sheets.units import CNY_10K, M3_10K, M3_PER_CNY_10K
from app.filings.values import Kind, Need, quotient

SOURCES = (
    "intake_surface intake_ground intake_tap intake_reclaimed intake_mine intake_rain_brackish "
    "intake_other"
).split()
UNCONVENTIONAL = ("intake_reclaimed", "intake_mine", "intake_rain_brackish")
TOLERANCE = Decimal("0.001")


def _intake(line: Line) -> Decimal:
    return sum((line[name] for name in SOURCES), ZERO)


def _fresh(line: Line) -> Decimal:
    """FM-21; negative where more is handed on than taken, which the checks then say."""
    return _intake(line) - line["supply_to_others"]


def _reused(line: Line) -> Decimal:
    return line["reuse_circulating"] + line["reuse_cascade"] + line["reuse_recycled"]


def _used(line: Line) -> Decimal:
    return _fresh(line) + _reused(line)


def _by_value(line: Line) -> Decimal | None:
    output = line.book.number("S1", "", "gross_output_current")
    return quotient(flows.water_intensity(_intake(line), output), Kind.QTY)


class WaterRow(SheetRow):
    __tablename__ = "filing_water"

    sheet = Sheet("W1", _l("Water intake and use"))

    # fmt: off
    intake_total: Mapped[Decimal | None] = field(_l("Water intake"), Kind.QTY, unit=M3_10K, number="W10", formula=_intake)
    intake_surface: Mapped[Decimal | None] = field(_l("Of which surface water"), Kind.QTY, unit=M3_10K, number="W11")
    intake_yellow_river: Mapped[Decimal | None] = field(_l("Of that, Yellow River water"), Kind.QTY, unit=M3_10K, number="W11a")
    intake_ground: Mapped[Decimal | None] = field(_l("Of which ground water"), Kind.QTY, unit=M3_10K, number="W12")
    intake_tap: Mapped[Decimal | None] = field(_l("Of which tap water (public supply)"), Kind.QTY, unit=M3_10K, number="W13")
    intake_reclaimed: Mapped[Decimal | None] = field(_l("Of which reclaimed water"), Kind.QTY, unit=M3_10K, number="W14")
    intake_mine: Mapped[Decimal | None] = field(_l("Of which mine water"), Kind.QTY, unit=M3_10K, number="W15")
    intake_rain_brackish: Mapped[Decimal | None] = field(_l("Of which rain and brackish water"), Kind.QTY, unit=M3_10K, number="W16")
    intake_other: Mapped[Decimal | None] = field(_l("Of which other water bought"), Kind.QTY, unit=M3_10K, number="W17")
    supply_to_others: Mapped[Decimal | None] = field(_l("Water supplied to others"), Kind.QTY, unit=M3_10K, number="W18")
    fresh_water_total: Mapped[Decimal | None] = field(_l("Fresh water used"), Kind.QTY, unit=M3_10K, number="W20", formula=_fresh)
    fresh_water_industrial: Mapped[Decimal | None] = field(_l("Of which for industrial production"), Kind.QTY, Need.REQUIRED, unit=M3_10K, number="W21")
    fresh_water_other: Mapped[Decimal | None] = field(_l("Of which for other use"), Kind.QTY, Need.REQUIRED, unit=M3_10K, number="W22")
    reuse_total: Mapped[Decimal | None] = field(_l("Water reused"), Kind.QTY, unit=M3_10K, number="W30", formula=_reused)
    reuse_circulating: Mapped[Decimal | None] = field(_l("Of which circulating"), Kind.QTY, unit=M3_10K, number="W31")
    reuse_cascade: Mapped[Decimal | None] = field(_l("Of which in series"), Kind.QTY, unit=M3_10K, number="W32")
    reuse_recycled: Mapped[Decimal | None] = field(_l("Of which waste water used again"), Kind.QTY, unit=M3_10K, number="W33")
    water_use_total: Mapped[Decimal | None] = field(_l("Total water use"), Kind.QTY, unit=M3_10K, number="W40", formula=_used)
    reuse_rate: Mapped[Decimal | None] = field(_l("Rate of reuse"), Kind.PCT, unit="%", number="W41", formula=lambda line: quotient(flows.percent(_reused(line), _used(line)), Kind.PCT))
    unconventional_rate: Mapped[Decimal | None] = field(_l("Share of unconventional water"), Kind.PCT, unit="%", number="W42", formula=lambda line: quotient(flows.percent(sum((line[n] for n in UNCONVENTIONAL), ZERO), _intake(line)), Kind.PCT))
    wastewater_generated: Mapped[Decimal | None] = field(_l("Waste water generated"), Kind.QTY, unit=M3_10K, number="W50")
    wastewater_discharged: Mapped[Decimal | None] = field(_l("Waste water discharged"), Kind.QTY, Need.REQUIRED, unit=M3_10K, number="W51")
    licensed_intake: Mapped[Decimal | None] = field(_l("Licensed intake a year"), Kind.QTY, unit=M3_10K, number="W60", over=Over.LAST)
    water_cost: Mapped[Decimal | None] = field(_l("Cost of water"), Kind.MONEY, unit=CNY_10K, number="W61")
    output_water_intensity: Mapped[Decimal | None] = field(_l("Water intake per output value"), Kind.QTY, unit=M3_PER_CNY_10K, number="W70", formula=_by_value)
    # fmt: on
