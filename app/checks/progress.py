"""How far a target has come, FM-13 to FM-19, as pure functions over exact decimals.

Energy is comprehensive energy by its calorific value in tce unless said otherwise; savings are
positive when energy was saved; rates are percentages (12.5 means 12.5 %).  Full precision is
kept, and compared: only `app.checks.reckoning.shown` rounds.  A missing divisor gives nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from app.checks.reckoning import ZERO
from app.core.enums import Labelled

HUNDRED = Decimal(100)
QUARTERS = Decimal(4)
MONTHS = Decimal(12)
SLACK = Decimal(10)  # points behind the time that still count as on track (FM-17)
ALARM = Decimal("1.1")  # times the expected share at which the pace becomes an alarm (G-08)
KILO = Decimal(1000)


class Standing(Labelled):
    """FM-17, the four colours of a target."""

    AHEAD = "ahead", _l("Ahead")
    ON_TRACK = "on_track", _l("On track")
    LAGGING = "lagging", _l("Lagging")
    NO_TARGET = "no_target", _l("No target")


@dataclass(frozen=True, slots=True)
class ProductPair:
    """A product this period and in the same months of last year; units as in the catalogue."""

    last_year_unit: Decimal
    unit: Decimal
    output: Decimal
    scale: Decimal = KILO  # what turns the indicator into tce per unit of output


@dataclass(frozen=True, slots=True)
class Pair:
    """Energy (tce) and output at comparable prices (10^4 CNY), this period and a year before."""

    energy: Decimal
    output: Decimal
    last_year_energy: Decimal
    last_year_output: Decimal


def product_saving(pair: ProductPair) -> Decimal:
    """FM-13, 产品节能量 of one product, tce."""
    return (pair.last_year_unit - pair.unit) * pair.output / pair.scale


def product_savings(pairs: Iterable[ProductPair]) -> Decimal:
    """FM-13 over all products; only energy indicators (E, C, H) may be among them."""
    return sum((product_saving(pair) for pair in pairs), ZERO)


def output_saving(last_year_intensity: Decimal, intensity: Decimal, output: Decimal) -> Decimal:
    """FM-14, 产值节能量, tce, from intensities (tce per 10^4 CNY)."""
    return (last_year_intensity - intensity) * output


def saving_between(pair: Pair) -> Decimal | None:
    """FM-14 with the intensities unrounded; nothing where no output was made a year before."""
    if pair.last_year_output <= 0:
        return None
    return pair.last_year_energy * pair.output / pair.last_year_output - pair.energy


def project_saving(
    unit_before: Decimal, unit_after: Decimal, annual_output: Decimal, months: int = 12
) -> Decimal:
    """FM-15: the saving of a retrofit in *months* of operation, tce; units in kgce."""
    return (unit_before - unit_after) * annual_output / KILO * months / MONTHS


def cumulative(prior_years: Iterable[Decimal], this_year: Decimal) -> Decimal:
    """FM-16: annual savings are chained, each year against the year before."""
    return sum(prior_years, ZERO) + this_year


def completion(done: Decimal, target: Decimal | None) -> Decimal | None:
    """FM-16: *done* as a percentage of *target*."""
    return done / target * HUNDRED if target is not None and target > 0 else None


def time_progress(first_year: int, last_year: int, year: int, quarter: int) -> Decimal:
    """FM-17: how much of a plan is over at the end of *quarter*, in percent; 0 to 100."""
    years = last_year - first_year + 1
    gone = (Decimal(year - first_year) + quarter / QUARTERS) / years * HUNDRED
    return min(max(gone, ZERO), HUNDRED)


def standing(completed: Decimal | None, time: Decimal) -> Standing:
    """FM-17: *completed* and *time* in percent, both unrounded; no completion is no target."""
    if completed is None:
        return Standing.NO_TARGET
    if completed >= time:
        return Standing.AHEAD
    return Standing.ON_TRACK if completed >= time - SLACK else Standing.LAGGING


def time_share(quarter: int) -> Decimal:
    """FM-18: the part of the year that is over, as a fraction."""
    return quarter / QUARTERS


def own_share(last_year: Sequence[Decimal], quarter: int) -> Decimal | None:
    """FM-18 for seasonal plants: what part of last year was used by the end of *quarter*."""
    total = sum(last_year, ZERO)
    if len(last_year) != 4 or total <= 0:
        return None
    return sum(last_year[:quarter], ZERO) / total


def usage(energy: Decimal, target: Decimal | None) -> Decimal | None:
    """FM-18: the part of the annual target that is used up, in percent."""
    return completion(energy, target)


def keeps_pace(energy: Decimal, target: Decimal, share: Decimal) -> bool:
    """G-08: *energy* is within 1.1 times the expected *share* of the annual target."""
    return energy <= target * share * ALARM


def pace(energy: Decimal, expected: Decimal | None, *, whole_year: bool = False) -> Standing:
    """The colour of an annual total: *energy* so far against what is *expected* by now, tce.

    The year is met when the energy is not above the target (FM-18): at its end nothing lies
    between ahead and lagging.
    """
    if expected is None or expected <= 0:
        return Standing.NO_TARGET
    if energy <= expected:
        return Standing.AHEAD
    within = not whole_year and energy <= expected * ALARM
    return Standing.ON_TRACK if within else Standing.LAGGING


def decline(unit: Decimal, before: Decimal) -> Decimal | None:
    """FM-19: by how many percent *unit* is below *before*."""
    return (1 - unit / before) * HUNDRED if before > 0 else None


def chained_decline(declines: Iterable[Decimal]) -> Decimal:
    """What the declines of several years, in percent, make together; they multiply."""
    left = Decimal(1)
    for percent in declines:
        left *= 1 - percent / HUNDRED
    return (1 - left) * HUNDRED


def decline_completion(declined: Decimal | None, target: Decimal | None) -> Decimal | None:
    """FM-19: the decline since the base year as a percentage of its target."""
    return None if declined is None else completion(declined, target)
