"""企业能源利用状况表: the finally approved filings of a quarter or of a whole year."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import case, func, select

from app.checks import reckoning
from app.core.db import db
from app.core.period import Quarter
from app.enterprises.models import EnergyLevel, Enterprise
from app.enterprises.start_stop import is_enabled_in, shows_figures
from app.filings.deadlines import handed_in_late
from app.filings.models import Filing
from app.filings.sheets.profile import ProfileRow
from app.regions.queries import names_by_path
from app.regions.scope import SEEN_BY
from app.reports.summary import SummaryColumn, SummaryTable, Value
from app.review.models import Review
from app.review.workflow import FINAL, State

ZERO = Decimal(0)
THEN = {SEEN_BY: Filing}  # what was filed here counts here, also of who has moved away
FIGURES = (
    ProfileRow.gross_output_comparable,
    ProfileRow.comprehensive_energy_calorific,
    ProfileRow.comprehensive_energy_primary,
    ProfileRow.total_energy_calorific,
    ProfileRow.feedstock_energy,
)


@dataclass(frozen=True, slots=True)
class Selection:
    """What the table is about; `quarter` None is the whole year, `place` a league or county."""

    year: int
    quarter: int | None = None
    place: str = ""
    level: EnergyLevel | None = None

    @property
    def title(self) -> str:
        return f"{self.year}" if self.quarter is None else f"{self.year}Q{self.quarter}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many enterprises the sums rest on; printed with every report."""

    included: int
    pending: int
    excluded: int
    missing: int


def _chosen(statement: Any, what: Selection) -> Any:
    statement = statement.where(Filing.year == what.year)
    if what.quarter is not None:
        statement = statement.where(Filing.quarter == what.quarter)
    if what.place:
        statement = statement.where(Filing.place >= what.place, Filing.place < what.place + "~")
    if what.level is not None:
        statement = statement.where(Filing.energy_level == what.level)
    return statement


def status_table(what: Selection) -> SummaryTable:
    """One row per enterprise, sums at the foot; intensity of a group is energy over output."""
    rows = _rows(what)
    names = names_by_path([row.place for row in rows])
    lines = [_line(row, names) for row in rows]
    sums = [sum((row[3 + i] or ZERO for row in rows), ZERO) for i in range(len(FIGURES))]
    late = sum(row.late for row in rows)
    foot: list[Value] = (
        [_("Total"), "", "", None, *sums, _intensity(sums[1], sums[0]), late] if rows else []
    )
    return SummaryTable(
        title=_("Energy utilisation table %(what)s", what=what.title),
        columns=_columns(),
        rows=lines,
        foot=foot,
        notes=_notes(coverage(what)),
    )


def _rows(what: Selection) -> Sequence[Any]:
    query = (
        select(
            Filing.place,
            Enterprise.name,
            func.count(Filing.id).label("quarters"),
            *(func.sum(figure).label(figure.key) for figure in FIGURES),
            func.sum(case((handed_in_late(), 1), else_=0)).label("late"),
        )
        .select_from(Filing)
        .join(Filing.enterprise)
        .join(Filing.review)
        .join(ProfileRow, ProfileRow.filing_id == Filing.id)
        .where(Review.state.in_(FINAL), Enterprise.in_statistics, shows_figures())
        .group_by(Filing.place, Enterprise.id, Enterprise.name)
        .order_by(Filing.place)
    )
    return db.session.execute(_chosen(query, what), execution_options=THEN).all()


def coverage(what: Selection) -> Coverage:
    """Enterprises included, under way, left out of statistics, and without any filing."""
    final = Review.state.in_(FINAL)
    enabled = is_enabled_in(Quarter(what.year, what.quarter or 4))
    counted = (
        select(
            func.count(func.distinct(case((final & Enterprise.in_statistics, Enterprise.id)))),
            func.count(func.distinct(case((~final & Enterprise.in_statistics, Enterprise.id)))),
            func.count(func.distinct(case((~Enterprise.in_statistics, Enterprise.id)))),
            func.count(func.distinct(case((enabled, Enterprise.id)))),
        )
        .select_from(Filing)
        .join(Filing.enterprise)
        .join(Filing.review)
        .where(Review.state.in_(State), shows_figures())
    )
    included, pending, excluded, filed = db.session.execute(
        _chosen(counted, what), execution_options=THEN
    ).one()
    everyone = select(func.count(Enterprise.id)).where(enabled, shows_figures())
    if what.place:
        everyone = everyone.where(
            Enterprise.place >= what.place, Enterprise.place < what.place + "~"
        )
    missing = max((db.session.scalar(everyone) or 0) - filed, 0) if what.level is None else 0
    return Coverage(included, pending, excluded, missing)


def _columns() -> list[SummaryColumn]:
    return [
        SummaryColumn(_("League or city")),
        SummaryColumn(_("Banner or county")),
        SummaryColumn(_("Enterprise")),
        SummaryColumn(_("Quarters"), numeric=True, places=0),
        SummaryColumn(_("Gross output, comparable prices"), _("10⁴ CNY"), numeric=True),
        SummaryColumn(_("Comprehensive energy, calorific value"), "tce", numeric=True),
        SummaryColumn(_("Comprehensive energy, primary value"), "tce", numeric=True),
        SummaryColumn(_("Total energy, calorific value"), "tce", numeric=True),
        SummaryColumn(_("Feedstock energy"), "tce", numeric=True),
        SummaryColumn(
            _("Energy per output, calorific value"), _("tce/10⁴ CNY"), numeric=True, places=4
        ),
        SummaryColumn(_("Handed in late"), _("quarters"), numeric=True, places=0),
    ]


def _line(row: Any, names: dict[str, str]) -> list[Value]:
    codes = row.place.split("/")
    league, county = ("/".join(codes[:n]) + "/" for n in (2, 3))
    output, energy = row.gross_output_comparable, row.comprehensive_energy_calorific
    return [
        names.get(league, ""),
        names.get(county, ""),
        row.name,
        row.quarters,
        *(row[3 + i] for i in range(len(FIGURES))),
        _intensity(energy or ZERO, output or ZERO),
        row.late,
    ]


def _intensity(energy: Decimal, output: Decimal) -> Decimal | None:
    found = reckoning.ratio(energy, output)
    return None if found is None else reckoning.shown(found, 4)


def _notes(counted: Coverage) -> list[str]:
    return [
        _(
            "Enterprises included: %(a)s, not final yet: %(b)s, left out of statistics: %(c)s, "
            "without a filing: %(d)s.",
            a=counted.included,
            b=counted.pending,
            c=counted.excluded,
            d=counted.missing,
        )
    ]
