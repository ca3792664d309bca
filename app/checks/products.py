"""Unit consumption of products and its limits, FM-10 and FM-11, over exact decimals.

An indicator is energy (tce, 10^4 kWh) over output, times the scale of the catalogue: kgce/t,
kWh/t, gce/kWh.  Negative indicators are legal: a converter may give more energy than it takes.
"""

from collections.abc import Sequence
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from app.checks.reckoning import ZERO
from app.core.enums import Labelled


class LimitLevel(Labelled):
    """How a unit consumption stands against the limits of the national standard."""

    ONE = "1", _l("Level 1")
    TWO = "2", _l("Level 2")
    THREE = "3", _l("Level 3")
    OVER = "over", _l("Over the limit")
    UNCORRECTED = "uncorrected", _l("Not corrected")
    NONE = "na", _l("No limit")


ENERGY_INDICATORS = ("E", "C", "H")  # electricity is inside the energy of a product
LEVELS = (LimitLevel.ONE, LimitLevel.TWO, LimitLevel.THREE)


def indicator(numerator: Decimal, denominator: Decimal, scale: Decimal) -> Decimal | None:
    """FM-10, unrounded; nothing where there was no output."""
    return numerator / denominator * scale if denominator > 0 else None


def level_of(
    value: Decimal, limits: Sequence[Decimal | None], factor: Decimal = Decimal(1)
) -> LimitLevel:
    """FM-10: the best level whose limit, times the correction *factor*, is met.

    In a few rows of the power standard level 2 is stricter than level 1, so their order is not
    relied on.
    """
    known = [(level, k * factor) for level, k in zip(LEVELS, limits, strict=True) if k is not None]
    if not known:
        return LimitLevel.NONE
    return next((level for level, limit in known if value <= limit), LimitLevel.OVER)


def shares(
    energy: Decimal, outputs: Sequence[Decimal], norms: Sequence[Decimal]
) -> list[Decimal] | None:
    """FM-11: *energy* shared by several products, by output times norm; nothing without output."""
    weights = [output * norm for output, norm in zip(outputs, norms, strict=True)]
    whole = sum(weights, ZERO)
    return [energy * weight / whole for weight in weights] if whole > 0 else None
