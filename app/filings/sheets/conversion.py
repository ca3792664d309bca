"""S3 能源消费结构附表: conversion and recovery of each carrier (NBS form 205-2)."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from app.checks import reckoning
from app.checks.book import Line
from app.filings.sheet import Keyed, Sheet, SheetRow, field
from app.filings.sheets.units import ROW, TCE, TCE_PER_ROW
from app.filings.values import Kind

INPUTS = (
    "thermal_power_input heating_input coal_washing_input coking_input refining_input "
    "gas_making_input gas_liquefaction_input briquette_input"
).split()
TOLERANCE = Decimal("0.01")
CODES_WASHED = frozenset("01 02 03 04 05".split())
CODES_LIQUEFIED = frozenset("11 14 15 17".split())
CODES_COKED = frozenset([*(f"{n:02d}" for n in range(1, 11)), "29", "30"])


def _input(line: Line) -> Decimal:
    return sum((line[name] for name in INPUTS), Decimal(0))


def _from_sheet_2(line: Line, name: str) -> Decimal:
    return line.book.number("S2", line.key, name)


def _coefficient(line: Line) -> Decimal:
    """One coefficient for both sheets."""
    return _from_sheet_2(line, "adopted_coefficient")


class ConversionRow(SheetRow):
    __tablename__ = "filing_conversion"

    sheet = Sheet("S3", _l("Energy conversion and recovery"), keyed=Keyed.CARRIER)

    # fmt: off
    industrial_consumption_ref: Mapped[Decimal | None] = field(_l("Industrial consumption"), Kind.QTY, unit=ROW, number="1", formula=lambda line: line.book.rows("S2").get(line.key, {}).get("industrial_consumption"))
    conversion_input_total: Mapped[Decimal | None] = field(_l("Conversion input, total"), Kind.QTY, unit=ROW, number="2", formula=_input)
    thermal_power_input: Mapped[Decimal | None] = field(_l("Thermal power generation"), Kind.QTY, unit=ROW, number="3")
    heating_input: Mapped[Decimal | None] = field(_l("Heat supply"), Kind.QTY, unit=ROW, number="4")
    coal_washing_input: Mapped[Decimal | None] = field(_l("Coal washing"), Kind.QTY, unit=ROW, number="5")
    coking_input: Mapped[Decimal | None] = field(_l("Coking"), Kind.QTY, unit=ROW, number="6")
    refining_input: Mapped[Decimal | None] = field(_l("Refining and coal to liquids"), Kind.QTY, unit=ROW, number="7")
    gas_making_input: Mapped[Decimal | None] = field(_l("Gas making"), Kind.QTY, unit=ROW, number="8")
    gas_liquefaction_input: Mapped[Decimal | None] = field(_l("Gas liquefaction"), Kind.QTY, unit=ROW, number="9")
    briquette_input: Mapped[Decimal | None] = field(_l("Coal products"), Kind.QTY, unit=ROW, number="10")
    conversion_output: Mapped[Decimal | None] = field(_l("Conversion output"), Kind.QTY, unit=ROW, number="11")
    conversion_output_tce: Mapped[Decimal | None] = field(_l("Conversion output in coal equivalent (calorific value)"), Kind.TCE, unit=TCE, number="12", formula=lambda line: reckoning.shown(reckoning.tce(line["conversion_output"], _coefficient(line))))
    recovery: Mapped[Decimal | None] = field(_l("Recovered"), Kind.QTY, unit=ROW, number="13")
    recovery_tce: Mapped[Decimal | None] = field(_l("Recovered, in coal equivalent (calorific value)"), Kind.TCE, unit=TCE, number="14", formula=lambda line: reckoning.shown(reckoning.tce(line["recovery"], _coefficient(line))))
    adopted_coefficient_ref: Mapped[Decimal | None] = field(_l("Adopted coefficient"), Kind.COEF, unit=TCE_PER_ROW, number="x1", formula=lambda line: line.book.rows("S2").get(line.key, {}).get("adopted_coefficient"))
    # fmt: on
