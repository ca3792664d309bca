"""What a year will come to: the forecast of annual energy, its baselines and its band.

Pure, over exact decimals.  A year is its four quarters in tce; `done` are the quarters of this
year that are known, in order.

The forecast is a seasonal run rate.  The season is the average share of each quarter in the
complete years before, drawn toward that of similar enterprises as long as there are few years.
The rate is what the known quarters say of a whole year, with last year's rate counting as one
more quarter: one odd quarter early in the year does not carry it away, and three outweigh it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.checks.reckoning import ZERO

Year = Sequence[Decimal]  # four quarters
QUARTER = Decimal("0.25")
PULL = 2  # the season of the group weighs as much as this many years of one's own
COVER = Decimal("0.8")  # the part of past errors that the band holds


@dataclass(frozen=True, slots=True)
class Band:
    """Between which totals the year has ended in most cases, given what was forecast."""

    low: Decimal
    high: Decimal


def shares(year: Year) -> tuple[Decimal, ...] | None:
    """The part of each quarter in *year*; nothing for a year that is incomplete or without use."""
    total = sum(year, ZERO)
    if len(year) != 4 or total <= 0:
        return None
    return tuple(quarter / total for quarter in year)


def season(own: Iterable[Year], group: Iterable[Year] = ()) -> tuple[Decimal, ...] | None:
    """The usual share of each quarter; they sum to one.  Nothing if nobody has a whole year."""
    known = [found for year in own if (found := shares(year)) is not None]
    whole = [year for year in group if len(year) == 4]
    others = shares([sum(quarter, ZERO) for quarter in zip(*whole, strict=True)])
    if not known:
        return others
    mean = tuple(sum(quarter, ZERO) / len(known) for quarter in zip(*known, strict=True))
    if others is None:
        return mean
    weight = Decimal(len(known)) / (len(known) + PULL)
    return tuple(weight * a + (1 - weight) * b for a, b in zip(mean, others, strict=True))


def seasonal_run_rate(
    done: Sequence[Decimal], usual: Sequence[Decimal] | None, last_year: Decimal | None
) -> Decimal | None:
    """The total of the year; *last_year* is the total of the year before, if it is known.

    Before the first quarter it is last year's total, after the fourth what was used.
    """
    used = sum(done, ZERO)
    if len(done) == 4:
        return used
    if usual is None:
        return straight_line(done)
    over = sum(usual[: len(done)], ZERO)
    weight = over if last_year is None else over + QUARTER
    if weight <= 0:
        return None
    rate = (used if last_year is None else used + last_year * QUARTER) / weight
    return used + rate * (1 - over)


def straight_line(done: Sequence[Decimal]) -> Decimal | None:
    """Baseline: every quarter like the mean of those known."""
    return sum(done, ZERO) * 4 / len(done) if done else None


def last_years_share(done: Sequence[Decimal], last_year: Year) -> Decimal | None:
    """Baseline: the known quarters are the same part of the year as a year before."""
    usual = shares(last_year)
    over = sum(usual[: len(done)], ZERO) if usual else ZERO
    return sum(done, ZERO) / over if over > 0 else None


def deviation(forecast: Decimal | None, actual: Decimal) -> Decimal | None:
    """By what part of the forecast the year ended above (+) or below (-) it."""
    return actual / forecast - 1 if forecast is not None and forecast > 0 else None


def past_deviations(
    history: Mapping[int, Year], quarter: int, group: Mapping[int, Iterable[Year]] | None = None
) -> list[Decimal]:
    """How far off the forecast would have been at the end of *quarter* of each complete year.

    Each year is forecast from the years before it only, of one's own and of the *group*.
    """
    found = []
    for year, quarters in history.items():
        before = [history[past] for past in sorted(history) if past < year]
        if len(quarters) != 4 or not before or year - 1 not in history:
            continue
        others = [one for past, all_ in (group or {}).items() if past < year for one in all_]
        last_year = sum(history[year - 1], ZERO) if len(history[year - 1]) == 4 else None
        guess = seasonal_run_rate(quarters[:quarter], season(before, others), last_year)
        off = deviation(guess, sum(quarters, ZERO))
        if off is not None:
            found.append(off)
    return found


def band(forecast: Decimal, deviations: Sequence[Decimal], cover: Decimal = COVER) -> Band | None:
    """The range that held the part *cover* of past outcomes; nothing without a past.

    The bounds are deviations that occurred (nearest rank), not a distribution that is assumed.
    """
    if not deviations:
        return None
    ranked = sorted(deviations)
    outside = int((1 - cover) / 2 * len(ranked))
    low, high = ranked[outside], ranked[len(ranked) - 1 - outside]
    return Band(forecast * (1 + low), forecast * (1 + high))
