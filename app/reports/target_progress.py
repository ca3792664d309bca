"""How far the targets of a place have come, part by part; pure over what the database summed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from app.checks.forecast import Band, Year, band, past_deviations, season, seasonal_run_rate
from app.checks.progress import (
    Standing,
    completion,
    cumulative,
    own_share,
    pace,
    saving_between,
    standing,
    time_progress,
    time_share,
    usage,
)
from app.checks.reckoning import ZERO
from app.reports.target_figures import Cohort, PlanOfOne, Span, YearOfOne


@dataclass(frozen=True, slots=True)
class AnnualLine:
    """FM-18 for one part of a place: energy and targets of those that have a target, tce."""

    part: str
    enterprises: int
    targeted: int
    filed: int  # of those with a target, who has any final quarter
    target: Decimal | None
    energy: Decimal
    expected: Decimal | None  # what would be used by now
    forecast: Decimal | None
    band: Band | None
    whole_year: bool

    @property
    def used(self) -> Decimal | None:
        return usage(self.energy, self.target)

    @property
    def share(self) -> Decimal | None:
        """The expected part of the target, in percent."""
        return None if self.expected is None else usage(self.expected, self.target)

    @property
    def pace(self) -> Standing:
        if self.target is None:
            return Standing.NO_TARGET
        return pace(self.energy, self.expected, whole_year=self.whole_year)

    @property
    def rest(self) -> Decimal | None:
        """What the forecast adds to the part used, in percent of the target."""
        if self.forecast is None or self.used is None:
            return None
        whole = usage(self.forecast, self.target)
        return None if whole is None else whole - self.used

    @property
    def outlook(self) -> Standing:
        """The colour of the year's end: within the target for certain, likely, or not."""
        if self.target is None or self.forecast is None:
            return Standing.NO_TARGET
        if self.forecast > self.target:
            return Standing.LAGGING
        safe = self.band is None or self.band.high <= self.target
        return Standing.AHEAD if safe else Standing.ON_TRACK


@dataclass(frozen=True, slots=True)
class PlanLine:
    """FM-16 and FM-17 for one part of a place, tce and percent."""

    part: str
    enterprises: int
    target: Decimal
    saved: Decimal
    incomplete: int  # enterprises with a year of the plan without figures
    time: Decimal

    @property
    def completed(self) -> Decimal | None:
        return completion(self.saved, self.target)

    @property
    def standing(self) -> Standing:
        return standing(self.completed, self.time)


@dataclass(slots=True)
class Pool:
    """What similar cohorts have lived through: their whole years, and how forecasts went."""

    years: dict[int, list[Year]] = field(default_factory=lambda: defaultdict(list))
    deviations: dict[int, list[Decimal]] = field(default_factory=dict)


def _pools(found: Iterable[Cohort], year: int) -> dict[bool, Pool]:
    pools: dict[bool, Pool] = defaultdict(Pool)
    histories: dict[bool, list[Mapping[int, Year]]] = defaultdict(list)
    for cohort in found:
        whole = cohort.whole_years(year)
        histories[cohort.seasonal].append(whole)
        for past, quarters in whole.items():
            pools[cohort.seasonal].years[past].append(quarters)
    for seasonal, pool in pools.items():
        for quarter in range(4):
            pool.deviations[quarter] = [
                off
                for history in histories[seasonal]
                for off in past_deviations(history, quarter, pool.years)
            ]
    return pools


def _forecast(cohort: Cohort, pool: Pool, year: int) -> tuple[Decimal | None, Band | None]:
    """The year of one cohort, and the band that past forecasts at this point would have had."""
    own = cohort.whole_years(year)
    usual = season(own.values(), [one for years in pool.years.values() for one in years])
    same = cohort.quarters == 0 or cohort.same_as(year - 1)
    before = own.get(year - 1)
    last_year = sum(before, ZERO) if before and same else None
    total = seasonal_run_rate(cohort.done(year), usual, last_year)
    if total is None or cohort.quarters == 4:
        return total, None if total is None else Band(total, total)
    return total, band(total, pool.deviations.get(cohort.quarters, ()))


def _expected(cohort: Cohort, year: int) -> Decimal:
    """The target used by now: by quarters, of heat and power by last year's own share."""
    share = time_share(cohort.quarters)
    if cohort.seasonal and (before := cohort.whole_years(year).get(year - 1)):
        share = own_share(before, cohort.quarters) or share
    return cohort.target * share


def annual_lines(found: Sequence[Cohort], what: Span) -> list[AnnualLine]:
    """One line a part, in the order of the places."""
    pools = _pools(found, what.year)
    parts: dict[str, list[Cohort]] = defaultdict(list)
    for cohort in found:
        parts[cohort.part].append(cohort)
    return [_annual_line(part, parts[part], pools, what.year) for part in sorted(parts)]


def _annual_line(
    part: str, group: Sequence[Cohort], pools: Mapping[bool, Pool], year: int
) -> AnnualLine:
    targeted = [cohort for cohort in group if cohort.targeted]
    shown = targeted or group
    guesses = [_forecast(one, pools.get(one.seasonal, Pool()), year) for one in shown]
    totals = [total for total, _band in guesses if total is not None]
    bands = [around for _total, around in guesses if around is not None]
    known = len(totals) == len(shown)
    whole = Band(sum((b.low for b in bands), ZERO), sum((b.high for b in bands), ZERO))
    return AnnualLine(
        part=part,
        enterprises=sum(one.enterprises for one in group),
        targeted=sum(one.enterprises for one in targeted),
        filed=sum(one.enterprises for one in shown if one.mask),
        target=sum((one.target for one in targeted), ZERO) if targeted else None,
        energy=sum((one.energy(year) for one in shown), ZERO),
        expected=sum((_expected(one, year) for one in targeted), ZERO) if targeted else None,
        forecast=sum(totals, ZERO) if known else None,
        band=whole if known and len(bands) == len(shown) else None,
        whole_year=all(one.quarters == 4 for one in shown),
    )


def plan_lines(
    targets: Sequence[PlanOfOne],
    years: Mapping[int, Mapping[int, YearOfOne]],
    what: Span,
    plan: range,
) -> list[PlanLine]:
    """One line a part; savings are by output value (FM-14), chained from year to year."""
    time = time_progress(plan[0], plan[-1], what.year, what.quarter)
    parts: dict[str, list[tuple[PlanOfOne, Decimal, bool]]] = defaultdict(list)
    for one in targets:
        saved, whole = _saved(one, years.get(one.enterprise_id, {}), what, plan)
        parts[one.part].append((one, saved, whole))
    return [
        PlanLine(
            part=part,
            enterprises=len(parts[part]),
            target=sum((one.target for one, _saved, _whole in parts[part]), ZERO),
            saved=sum((saved for _one, saved, _whole in parts[part]), ZERO),
            incomplete=sum(1 for _one, _saved, whole in parts[part] if not whole),
            time=time,
        )
        for part in sorted(parts)
    ]


def _saved(
    one: PlanOfOne, years: Mapping[int, YearOfOne], what: Span, plan: range
) -> tuple[Decimal, bool]:
    """FM-16: what was saved in the plan up to now, and whether no finished year is missing."""
    begun = max(plan[0], (one.saved_until or 0) + 1)
    chain, whole = [], True
    for year in range(begun, min(what.year, plan[-1]) + 1):
        found = years.get(year)
        saving = saving_between(found.pair) if found else None
        finished = year < what.year
        if found is None or saving is None or (finished and found.quarters < 4):
            whole = whole and not finished
            continue
        chain.append(saving)
    return cumulative(chain, one.saved_before or ZERO), whole
