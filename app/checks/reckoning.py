"""The formulas of the field, FM-01 to FM-06, as pure functions over exact decimals.

Quantities are in the unit of their row, coefficients in tce per that unit, results in tonnes
of coal equivalent (tce).  Full precision is kept while reckoning; `shown` rounds half up when
a figure is stored to be shown.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
ELECTRICITY, HEAT = "33", "32"
CERTIFICATE = Decimal("0.1")  # one green certificate is 1 MWh, 0.1 x 10^4 kWh

Column = Mapping[str, Decimal]  # quantities or coefficients by energy code


def shown(value: Decimal, places: int = 2) -> Decimal:
    """*value* rounded half up: tce and percentages 2 places, intensities and coefficients 4."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def tce(quantity: Decimal, coefficient: Decimal) -> Decimal:
    """FM-01: one carrier in coal equivalent."""
    return quantity * coefficient


def total(quantities: Column, coefficients: Column) -> Decimal:
    """FM-02: a column of sheet 2 over the leaf carriers, in tce; row 40.

    It counts secondary energy twice and is never compared with a target.
    """
    return sum((q * coefficients.get(c, ZERO) for c, q in quantities.items()), ZERO)


def comprehensive(
    industrial: Column, output: Column, recovery: Column, coefficients: Column
) -> Decimal:
    """FM-03: industrial consumption less the energy made and the energy recovered, tce.

    With calorific coefficients the calorific value (当量值); with those of `primary_basis` the
    primary value (等价值, FM-04).  Either may be negative and is then right.
    """
    return (
        total(industrial, coefficients)
        - total(output, coefficients)
        - total(recovery, coefficients)
    )


def primary_basis(coefficients: Column, of_the_year: Column) -> dict[str, Decimal]:
    """FM-04: the coefficients with those of electricity and heat at their primary value."""
    return {
        code: of_the_year.get(code, k) if code in (ELECTRICITY, HEAT) else k
        for code, k in coefficients.items()
    }


def total_consumption(
    comprehensive_energy: Decimal, non_industrial: Column, coefficients: Column
) -> Decimal:
    """FM-05, 能源消费总量: comprehensive energy and what was used outside production, tce."""
    return comprehensive_energy + total(non_industrial, coefficients)


def feedstock_energy(feedstock: Column, coefficients: Column) -> Decimal:
    """FM-06: energy used as raw material, tce."""
    return total(feedstock, coefficients)


def renewable_deduction(
    direct: Decimal,
    self_made: Decimal,
    traded: Decimal,
    certificates: Decimal,
    electricity_coefficient: Decimal,
) -> Decimal:
    """FM-06: renewable power (10^4 kWh) and certificates bought apart from it (pieces), tce."""
    return (direct + self_made + traded + certificates * CERTIFICATE) * electricity_coefficient


def assessed(
    comprehensive_energy: Decimal, feedstock: Decimal, renewable: Decimal = ZERO
) -> Decimal:
    """FM-06: what would count if the region adopts the deductions, tce."""
    return comprehensive_energy - feedstock - renewable


def ratio(numerator: Decimal, denominator: Decimal) -> Decimal | None:
    """A quotient, or nothing where the divisor is not above zero: empty is not zero."""
    return numerator / denominator if denominator > 0 else None


def is_large(annual_energy: Decimal) -> bool:
    """FM-20: 500,000 tce itself counts as "and more" (Civil Code, art. 1259)."""
    return annual_energy >= 500_000
