"""Balances, rates and sums over time, FM-07 to FM-09, FM-12 and FM-21 to FM-24.

Pure functions over exact decimals; nothing is rounded here.  A missing divisor gives nothing:
empty is not zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.checks.reckoning import ZERO, ratio

HUNDRED = Decimal(100)
TEN_THOUSAND = Decimal(10_000)


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    return ratio(part * HUNDRED, whole)


def conversion_efficiency(output_tce: Decimal, input_tce: Decimal) -> Decimal | None:
    """FM-07, thermal power or heat, %: both sides in tce, calorific."""
    return percent(output_tce, input_tce)


def coal_rate(input_tce: Decimal, power: Decimal, plant_use: Decimal = ZERO) -> Decimal | None:
    """FM-07, gce/kWh: fuel (tce) over power (10^4 kWh) less the part the plant itself uses."""
    return percent(input_tce, power - plant_use)


def balance_gap(sources: Decimal, uses: Decimal) -> Decimal | None:
    """FM-08: what does not balance, as a percentage of the sources."""
    return percent(sources - uses, sources)


def weighted(quantities: Sequence[Decimal], coefficients: Sequence[Decimal]) -> Decimal | None:
    """FM-09: the coefficient of several deliveries, kinds of coal or quarters together."""
    pairs = zip(quantities, coefficients, strict=True)
    return ratio(sum((q * k for q, k in pairs), ZERO), sum(quantities, ZERO))


def change(current: Decimal, before: Decimal) -> Decimal | None:
    """FM-23: by how many percent *current* is above *before*."""
    return (current / before - 1) * HUNDRED if before > 0 else None


def water_intensity(intake: Decimal, divisor: Decimal) -> Decimal | None:
    """FM-21: intake (10^4 m3) in m3 per unit of *divisor*, be it 10^4 CNY or product."""
    return ratio(intake * TEN_THOUSAND, divisor)


def closing_storage(
    opening: Decimal, stored: Decimal, utilised_prior: Decimal, disposed_prior: Decimal
) -> Decimal:
    """FM-22: solid waste in storage at the end, t."""
    return opening + stored - utilised_prior - disposed_prior


def generated(
    utilised: Decimal,
    utilised_prior: Decimal,
    disposed: Decimal,
    disposed_prior: Decimal,
    stored: Decimal,
    dumped: Decimal,
) -> Decimal:
    """FM-22: what must have come into being for the rest to be true, t."""
    return (utilised - utilised_prior) + (disposed - disposed_prior) + stored + dumped


@dataclass(frozen=True, slots=True)
class CarrierQuarter:
    """A carrier in one quarter: quantities in the unit of its row, the coefficient in tce."""

    consumption: Decimal
    coefficient: Decimal
    opening_stock: Decimal
    closing_stock: Decimal


@dataclass(frozen=True, slots=True)
class CarrierYear:
    """FM-24: flows add, stocks are the first and the last, the coefficient is weighted."""

    consumption: Decimal
    tce: Decimal
    coefficient: Decimal | None
    opening_stock: Decimal
    closing_stock: Decimal


def year_of(quarters: Sequence[CarrierQuarter]) -> CarrierYear:
    """FM-24; *quarters* in their order, at least one.

    The tce are the sums of the quarters': quantity times the year's rounded coefficient would
    be off by up to 0.00005 times the quantity.
    """
    quantities = [one.consumption for one in quarters]
    coefficients = [one.coefficient for one in quarters]
    return CarrierYear(
        consumption=sum(quantities, ZERO),
        tce=sum((one.consumption * one.coefficient for one in quarters), ZERO),
        coefficient=weighted(quantities, coefficients),
        opening_stock=quarters[0].opening_stock,
        closing_stock=quarters[-1].closing_stock,
    )
