"""What starting, stopping or leaving out an enterprise would do, shown before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import contains_eager

from app.core.clock import today
from app.core.db import db
from app.core.period import Quarter
from app.enterprises.models import Enterprise
from app.enterprises.start_stop import shows_figures
from app.enterprises.switching import Switches
from app.filings.models import Filing, ReportingPeriod
from app.filings.sheets.profile import ProfileRow
from app.review.models import Review
from app.review.workflow import FINAL
from app.targets.models import AnnualTarget

LEAGUE = 14  # letters of a league's path
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sums:
    """A sum over the league in tce, calorific value, as it is and as it would be."""

    year: int
    before: Decimal
    after: Decimal
    own: Decimal  # what the enterprise has of it

    @property
    def share(self) -> Decimal | None:
        """The part of the enterprise, in percent of the sum with it."""
        whole = max(self.before, self.after)
        return self.own * 100 / whole if whole > 0 else None


@dataclass(frozen=True, slots=True)
class Effects:
    """`filings` are those not final of quarters concerned, `tasks` quarters without a filing."""

    filings: Sequence[Filing]
    tasks: Sequence[Quarter]
    energy: Sums | None
    targets: Sums | None


def last_final(enterprise: Enterprise) -> int:
    """The `Quarter.index` of the last quarter whose filing is final; 0 if there is none."""
    query = (
        select(func.max(Filing.year * 4 + Filing.quarter - 1))
        .join(Filing.review)
        .where(Filing.enterprise_id == enterprise.id, Review.state.in_(FINAL))
    )
    return db.session.scalar(query) or 0


def effects_of(enterprise: Enterprise, wanted: Switches) -> Effects:
    """What would follow from *wanted*; only reads."""
    index = Filing.year * 4 + Filing.quarter - 1
    mine = Filing.enterprise_id == enterprise.id
    open_ones = (
        select(Filing)
        .join(Filing.review)
        .options(contains_eager(Filing.review))
        .where(mine, index >= wanted.effective.index, Review.state.not_in(FINAL))
        .order_by(index)
    )
    calendar = ReportingPeriod.year * 4 + ReportingPeriod.quarter - 1
    tasks = (
        select(calendar)
        .where(
            calendar >= wanted.effective.index,
            ReportingPeriod.open_on <= today(),
            calendar.not_in(select(index).where(mine)),
        )
        .order_by(calendar)
    )
    return Effects(
        filings=db.session.scalars(open_ones).all(),
        tasks=[Quarter.at(one) for one in db.session.scalars(tasks)],
        energy=_energy(enterprise, wanted),
        targets=_targets(enterprise, wanted),
    )


def _of_league(enterprise: Enterprise) -> list[ColumnElement[bool]]:
    league = enterprise.place[:LEAGUE]
    return [Enterprise.place >= league, Enterprise.place < league + "~", shows_figures()]


def _sums(year: int, others: Decimal, own: Decimal, enterprise: Enterprise, to: Switches) -> Sums:
    """With and without the enterprise: its figures count while it stands in statistics."""
    before = others + (own if enterprise.in_statistics else ZERO)
    after = others + (own if to.in_statistics else ZERO)
    return Sums(year, before, after, own)


def _energy(enterprise: Enterprise, wanted: Switches) -> Sums | None:
    """The league's energy of the last year with final filings."""
    own = Enterprise.id == enterprise.id
    base = (
        select(func.sum(ProfileRow.comprehensive_energy_calorific))
        .select_from(Filing)
        .join(Filing.enterprise)
        .join(Filing.review)
        .join(ProfileRow, ProfileRow.filing_id == Filing.id)
        .where(Review.state.in_(FINAL), *_of_league(enterprise))
    )
    year = db.session.scalar(base.with_only_columns(func.max(Filing.year)))
    if year is None:
        return None
    of_year = base.where(Filing.year == year)
    others = db.session.scalar(of_year.where(~own, Enterprise.in_statistics)) or ZERO
    its = db.session.scalar(of_year.where(own)) or ZERO
    return _sums(year, others, its, enterprise, wanted)


def _targets(enterprise: Enterprise, wanted: Switches) -> Sums | None:
    """The league's annual targets of the year of the change."""
    base = (
        select(func.sum(AnnualTarget.energy_target))
        .join(AnnualTarget.enterprise)
        .where(AnnualTarget.year == wanted.effective.year, *_of_league(enterprise))
    )
    own = Enterprise.id == enterprise.id
    others = db.session.scalar(base.where(~own, Enterprise.in_statistics)) or ZERO
    its = db.session.scalar(base.where(own)) or ZERO
    if not others and not its:
        return None
    return _sums(wanted.effective.year, others, its, enterprise, wanted)
