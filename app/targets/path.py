"""What the five-year path leaves for a year: a proposal for its annual target, pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from app.checks.reckoning import ZERO, shown

ONE, HUNDRED = Decimal(1), Decimal(100)


@dataclass(frozen=True, slots=True)
class Path:
    """What is set for a plan and for the years of it that are there; tce and percent."""

    years: Sequence[int]
    saving: Decimal | None = None
    cap: Decimal | None = None  # energy in the last year
    declines: Mapping[str, Decimal] = field(default_factory=dict)  # over the plan, by product
    savings_set: dict[int, Decimal] = field(default_factory=dict)  # by year
    energy_set: dict[int, Decimal] = field(default_factory=dict)
    declines_set: Mapping[int, Mapping[str, Decimal]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    energy: Decimal | None = None
    saving: Decimal | None = None
    declines: Mapping[str, Decimal] = field(default_factory=dict)


def proposed(path: Path, year: int) -> Proposal:
    """What *year* would take over: equal parts of what the other years have not taken.

    The saving that is left is divided by the years left, and the last of them takes the rest
    to the last digit.  Energy goes in a straight line from the last year that is set to the
    cap.  Declines multiply, so that of a year is a root.
    """
    if year not in path.years:
        return Proposal()
    return Proposal(_energy(path, year), _saving(path, year), _declines(path, year))


def _left(path: Path, year: int, taken: Mapping[int, object]) -> int:
    """How many years of the plan have nothing yet, this one among them."""
    return sum(1 for one in path.years if one == year or one not in taken)


def _saving(path: Path, year: int) -> Decimal | None:
    if path.saving is None:
        return None
    others = {y: value for y, value in path.savings_set.items() if y != year and y in path.years}
    rest = path.saving - sum(others.values(), ZERO)
    left = _left(path, year, others)
    return max(rest if left == 1 else shown(rest / left), ZERO)


def _energy(path: Path, year: int) -> Decimal | None:
    if path.cap is None:
        return None
    last = path.years[-1]
    before = [one for one in path.energy_set if one < year and one >= path.years[0] - 1]
    if year == last or not before:
        return path.cap
    start = max(before)
    known = path.energy_set[start]
    return shown(known + (path.cap - known) * (year - start) / (last - start))


def _declines(path: Path, year: int) -> dict[str, Decimal]:
    found = {}
    for product, whole in path.declines.items():
        others = {
            y: declines[product]
            for y, declines in path.declines_set.items()
            if y != year and y in path.years and product in declines
        }
        done = ONE
        for percent in others.values():
            done *= ONE - percent / HUNDRED
        rest = (ONE - whole / HUNDRED) / done if done > 0 else ONE
        found[product] = _root(rest, _left(path, year, others))
    return found


def _root(rest: Decimal, years: int) -> Decimal:
    """The equal yearly decline, in percent, of what is *rest* after *years*."""
    if rest <= 0:
        return HUNDRED
    with localcontext() as context:
        context.prec = 40
        factor = rest ** (ONE / years)
    return max(shown((ONE - factor) * HUNDRED), ZERO)
