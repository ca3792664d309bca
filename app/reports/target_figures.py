"""What the progress of targets is reckoned from, summed by the database.

Enterprises that have filed the same quarters of the year are one cohort: their quarters can be
added up and forecast together, and a league of thousands is a handful of rows.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from app.checks.progress import Pair
from app.checks.reckoning import ZERO
from app.core.db import db
from app.core.period import Quarter
from app.enterprises.models import Enterprise
from app.enterprises.start_stop import is_enabled_in, shows_figures
from app.filings.models import Filing
from app.filings.sheets.profile import ProfileRow
from app.review.models import Review
from app.review.workflow import FINAL
from app.targets.models import AnnualTarget, PlanPeriod, PlanTarget

CODE = 7  # a code of the tree and its slash
LEAGUE, ENTERPRISE = 2 * CODE, 4 * CODE
PAST = 3  # complete years looked back on
BITS = {1: 1, 2: 2, 3: 4, 4: 8}
HEAT_AND_POWER = "44"  # seasonal: compared with last year's own share (FM-18)


@dataclass(frozen=True, slots=True)
class Span:
    """What is looked at: a place, and a year up to one of its quarters."""

    place: str
    year: int
    quarter: int

    @property
    def letters(self) -> int:
        """How much of a path tells the parts of the place apart."""
        return max(LEAGUE, min(ENTERPRISE, len(self.place) + CODE))


@dataclass(slots=True)
class Cohort:
    """Enterprises of one part that have filed the same quarters; sums in tce."""

    part: str
    mask: int  # which quarters of the year are final, as bits
    seasonal: bool
    targeted: bool
    enterprises: int = 0
    target: Decimal = ZERO
    years: dict[int, dict[int, tuple[Decimal, int]]] = field(
        default_factory=lambda: defaultdict(dict)
    )  # energy and filings by year and quarter

    @property
    def quarters(self) -> int:
        """The quarters from the first on that are final without a gap."""
        return next((n - 1 for n in BITS if not self.mask & BITS[n]), 4)

    def done(self, year: int) -> list[Decimal]:
        """The energy of those quarters."""
        return [self.years[year][n][0] for n in range(1, self.quarters + 1)]

    def energy(self, year: int) -> Decimal:
        """All that is final in *year*, a quarter after a gap too."""
        return sum((energy for energy, _count in self.years[year].values()), ZERO)

    def whole_years(self, before: int) -> dict[int, list[Decimal]]:
        """The past years in which everybody filed all four quarters."""
        found = {}
        for year, quarters in self.years.items():
            counts = {count for _energy, count in quarters.values()}
            if year < before and len(quarters) == 4 and len(counts) == 1:
                found[year] = [quarters[n][0] for n in (1, 2, 3, 4)]
        return found

    def same_as(self, year: int) -> bool:
        """Whether as many filed in *year* as are in the cohort: then totals compare."""
        quarters = self.years.get(year, {})
        return bool(quarters) and all(n == self.enterprises for _e, n in quarters.values())


def _part(what: Span) -> ColumnElement[str]:
    return func.substr(Enterprise.place, 1, what.letters).label("part")


def _within(statement: Any, what: Span) -> Any:
    inside = and_(Enterprise.place >= what.place, Enterprise.place < what.place + "~")
    return statement.where(Enterprise.in_statistics, shows_figures(), inside)


def count_left_out(what: Span) -> int:
    """How many enterprises of the place stand in no sum; printed with every report."""
    inside = and_(Enterprise.place >= what.place, Enterprise.place < what.place + "~")
    query = select(func.count(Enterprise.id)).where(~Enterprise.in_statistics, inside)
    return db.session.scalar(query) or 0


def _had_a_duty(what: Span) -> ColumnElement[bool]:
    """Enabled when the year began, or since: what was used before a stop counts in its year."""
    first, last = Quarter(what.year, 1), Quarter(what.year, what.quarter)
    return or_(is_enabled_in(first), is_enabled_in(last))


def _masks(what: Span) -> Any:
    """Which quarters of the year are final, by enterprise."""
    bit = case(*((Filing.quarter == n, value) for n, value in BITS.items()), else_=0)
    return (
        select(Filing.enterprise_id, func.sum(bit).label("mask"))
        .join(Filing.review)
        .where(Filing.year == what.year, Filing.quarter <= what.quarter, Review.state.in_(FINAL))
        .group_by(Filing.enterprise_id)
        .subquery()
    )


def cohorts(what: Span, past: int = PAST) -> list[Cohort]:
    """The cohorts of every part of the place, with *past* years to look back on; two statements."""
    found: dict[tuple[Any, ...], Cohort] = {}
    masks = _masks(what)
    mask = func.coalesce(masks.c.mask, 0).label("filed")
    seasonal = Enterprise.industry_code.startswith(HEAT_AND_POWER).label("seasonal")
    targeted = AnnualTarget.id.is_not(None).label("targeted")
    key = (_part(what), mask, seasonal, targeted)
    names = ("part", "filed", "seasonal", "targeted")
    its_target = and_(AnnualTarget.enterprise_id == Enterprise.id, AnnualTarget.year == what.year)
    members = _within(
        select(*key, func.count(Enterprise.id), func.sum(AnnualTarget.energy_target))
        .select_from(Enterprise)
        .outerjoin(AnnualTarget, its_target)
        .outerjoin(masks, masks.c.enterprise_id == Enterprise.id)
        .where(_had_a_duty(what))
        .group_by(*names),
        what,
    )
    for *values, count, target in db.session.execute(members):
        found[tuple(values)] = Cohort(
            values[0], int(values[1]), bool(values[2]), bool(values[3]), count, target or ZERO
        )
    figures = _within(
        select(
            *key,
            Filing.year,
            Filing.quarter,
            func.sum(ProfileRow.comprehensive_energy_calorific),
            func.count(Filing.id),
        )
        .select_from(Filing)
        .join(Filing.enterprise)
        .join(Filing.review)
        .join(ProfileRow, ProfileRow.filing_id == Filing.id)
        .outerjoin(AnnualTarget, its_target)
        .outerjoin(masks, masks.c.enterprise_id == Enterprise.id)
        .where(
            _had_a_duty(what),
            Review.state.in_(FINAL),
            Filing.year >= what.year - past,
            Filing.year * 4 + Filing.quarter <= what.year * 4 + what.quarter,
        )
        .group_by(*names, Filing.year, Filing.quarter),
        what,
    )
    for *values, year, quarter, energy, count in db.session.execute(figures):
        if (cohort := found.get(tuple(values))) is not None:
            cohort.years[year][quarter] = (energy or ZERO, count)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class PlanOfOne:
    """The five-year target of one enterprise, and its part of the place."""

    enterprise_id: int
    part: str
    target: Decimal
    saved_before: Decimal | None
    saved_until: int | None


def plans(what: Span, period: PlanPeriod) -> Sequence[PlanOfOne]:
    query = _within(
        select(
            Enterprise.id,
            _part(what),
            PlanTarget.saving_target,
            PlanTarget.saved_before,
            PlanTarget.saved_until,
        )
        .select_from(PlanTarget)
        .join(PlanTarget.enterprise)
        .where(PlanTarget.period_key == period.key),
        what,
    )
    return [PlanOfOne(*row) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class YearOfOne:
    """A year of an enterprise beside the same quarters of the year before."""

    pair: Pair
    quarters: int


def pairs(what: Span, period: PlanPeriod) -> dict[int, dict[int, YearOfOne]]:
    """The years of *period* up to the one looked at, by enterprise; one statement."""
    found: dict[int, dict[int, YearOfOne]] = defaultdict(dict)
    for enterprise_id, year, quarters, *sums in _summed_pairs(what, period):
        values = [value or ZERO for value in sums]
        found[enterprise_id][year] = YearOfOne(Pair(*values), quarters)
    return found


def _summed_pairs(what: Span, period: PlanPeriod) -> Iterator[Any]:
    before, its_review, its_profile = aliased(Filing), aliased(Review), aliased(ProfileRow)
    same_quarter = and_(
        before.enterprise_id == Filing.enterprise_id,
        before.quarter == Filing.quarter,
        before.year == Filing.year - 1,
    )
    figures = (
        ProfileRow.comprehensive_energy_calorific,
        ProfileRow.gross_output_comparable,
        its_profile.comprehensive_energy_calorific,
        its_profile.gross_output_comparable,
    )
    query = _within(
        select(
            Filing.enterprise_id,
            Filing.year,
            func.count(Filing.id),
            *(func.sum(figure) for figure in figures),
        )
        .select_from(Filing)
        .join(Filing.enterprise)
        .join(Filing.review)
        .join(ProfileRow, ProfileRow.filing_id == Filing.id)
        .join(before, same_quarter)
        .join(its_review, its_review.id == before.review_id)
        .join(its_profile, its_profile.filing_id == before.id)
        .where(
            Review.state.in_(FINAL),
            its_review.state.in_(FINAL),
            Filing.year.between(period.first_year, what.year),
            Filing.year * 4 + Filing.quarter <= what.year * 4 + what.quarter,
        )
        .group_by(Filing.enterprise_id, Filing.year),
        what,
    )
    yield from db.session.execute(query)
