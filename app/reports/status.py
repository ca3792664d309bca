"""Report 3, 企业能源利用状况表: it builds itself of the filings that are final."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import CompoundSelect, Select, case, cast, func, null, select, union_all

from app.checks import flows, reckoning
from app.core.db import db
from app.enterprises.models import Enterprise
from app.enterprises.start_stop import is_enabled_in, shows_figures
from app.filings.deadlines import handed_in_late
from app.filings.models import Filing
from app.filings.sheets.profile import ProfileRow
from app.regions.scope import SEEN_BY
from app.reports.lines import OF_A_LINE, ZERO, divided, head_of, rows_of, shown, total
from app.reports.selection import DIVISION, Basis, Selection, along, in_sums, with_year_before
from app.reports.summary import SummaryColumn, SummaryTable, Value, column_of, filings, number
from app.review.models import Review
from app.review.workflow import FINAL, State

ENERGY = {
    Basis.CALORIFIC: ProfileRow.comprehensive_energy_calorific,
    Basis.PRIMARY: ProfileRow.comprehensive_energy_primary,
}
INTENSITY = {
    Basis.CALORIFIC: "output_intensity_calorific",
    Basis.PRIMARY: "output_intensity_primary",
}
OUTPUT = ProfileRow.gross_output_comparable
FIGURES = (OUTPUT, ProfileRow.value_added)
MORE = (ProfileRow.total_energy_calorific, ProfileRow.feedstock_energy)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many enterprises the sums rest on; printed with every report."""

    included: int
    pending: int
    excluded: int
    missing: int


def status_table(what: Selection) -> SummaryTable:
    """Sums of a line; its intensity is energy over output, never a mean of intensities.

    The year before is compared only of enterprises that have filed every quarter in both (FM-24).
    """
    found = rows_of(_sums(what))
    rows = [row for row in found if row.part is not None]
    whole = [_figures(what, row) for row in found if row.part is None]
    counted = coverage(what)
    return SummaryTable(
        title=_("Energy utilisation table %(what)s", what=what.title),
        columns=[*head_of(what), *_columns(what)],
        lines=divided(what, rows, "S1", lambda row: _figures(what, row)),
        foot=total(what, "S1", whole[0]) if whole else None,
        notes=[*_notes(counted), _compared()],
        chart="bars",
        empty=_("No filing of this selection is final yet."),
    )


def _sums(what: Selection) -> CompoundSelect[Any]:
    """A row for each line, and one without a part for all of it.

    Each is made of the sums of enterprises: one that has moved, and stands in two lines, has all
    of its quarters in the whole.
    """
    each = _each(what).cte("each")
    names = [figure.key for figure in (*FIGURES, ENERGY[what.basis], *MORE)]
    added = ("filings", *names, "late", "pairs", "now", "before")
    whole = (
        select(
            each.c.enterprise_id,
            *(cast(null(), each.c[name].type).label(name) for name in ("part", "name", "place")),
            *(func.sum(each.c[name]).label(name) for name in added),
        )
        .group_by(each.c.enterprise_id)
        .subquery("whole")
    )
    return union_all(*(_added(one, what, names) for one in (each, whole)))


def _each(what: Selection) -> Select[Any]:
    """The sums of each enterprise in each line, with the year before of the same quarters."""
    energy = ENERGY[what.basis]
    query, profile = with_year_before(what.of(ProfileRow))
    return query.add_columns(
        Filing.enterprise_id,
        what.part(),
        *OF_A_LINE,
        func.count(Filing.id).label("filings"),
        *(func.sum(figure).label(figure.key) for figure in (*FIGURES, energy, *MORE)),
        func.sum(case((handed_in_late(), 1), else_=0)).label("late"),
        func.count(profile.id).label("pairs"),
        func.sum(case((profile.id.is_not(None), energy))).label("now"),
        func.sum(getattr(profile, energy.key)).label("before"),
    ).group_by(Filing.enterprise_id, "part")


def _added(each: Any, what: Selection, names: Sequence[str]) -> Select[Any]:
    quarters = len(what.quarters)
    paired = each.c.pairs == quarters
    return select(
        each.c.part,
        func.max(each.c.name).label("name"),
        func.max(each.c.place).label("place"),
        func.count().label("enterprises"),
        func.sum(case((each.c.filings < quarters, 1), else_=0)).label("incomplete"),
        func.sum(each.c.filings).label("filings"),
        *(func.sum(each.c[name]).label(name) for name in names),
        func.sum(each.c.late).label("late"),
        func.sum(case((paired, 1), else_=0)).label("pairs"),
        func.sum(case((paired, each.c.now))).label("now"),
        func.sum(case((paired, each.c.before))).label("before"),
    ).group_by(each.c.part)


def _columns(what: Selection) -> list[SummaryColumn]:
    energy = ENERGY[what.basis].key
    return [
        number(_("Number of enterprises")),
        number(_("With quarters missing")),
        filings(_("Filings")),
        *(column_of(ProfileRow, figure.key) for figure in FIGURES),
        column_of(ProfileRow, energy, series="accent"),
        *(column_of(ProfileRow, figure.key) for figure in MORE),
        column_of(ProfileRow, INTENSITY[what.basis]),
        number(_("Compared with last year"), _("enterprises")),
        number(_("Their energy last year"), "tce", 2),
        number(_("Change"), "%", 2),
        number(_("Handed in late"), _("filings")),
    ]


def _figures(what: Selection, row: Any) -> list[Value]:
    energy = getattr(row, ENERGY[what.basis].key)
    return [
        row.enterprises,
        row.incomplete,
        row.filings,
        *(getattr(row, figure.key) for figure in FIGURES),
        energy,
        *(getattr(row, figure.key) for figure in MORE),
        shown(reckoning.ratio(energy or ZERO, getattr(row, OUTPUT.key) or ZERO), 4),
        row.pairs,
        row.before,
        _change(row.now, row.before),
        row.late,
    ]


def _change(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """FM-23, percent."""
    return None if now is None or before is None else shown(flows.change(now, before))


def coverage(what: Selection) -> Coverage:
    """Enterprises included, under way, left out of statistics, and without any filing."""
    final = Review.state.in_(FINAL)
    counted: Any = (
        select(
            func.count(func.distinct(case((final & Enterprise.in_statistics, Enterprise.id)))),
            func.count(func.distinct(case((~final & Enterprise.in_statistics, Enterprise.id)))),
            func.count(func.distinct(case((~Enterprise.in_statistics, Enterprise.id)))),
        )
        .select_from(Filing)
        .join(Filing.enterprise)
        .join(Filing.review)
        .where(Review.state.in_(State), shows_figures())
    )
    included, pending, excluded = rows_of(what.chosen(counted))[0]
    return Coverage(included, pending, excluded, _missing(what))


def _missing(what: Selection) -> int:
    """Those that have to file and have begun nothing; by level nobody is known to be missing."""
    if what.level is not None:
        return 0
    begun = replace(what, place="", industry="", enterprise_class=None).chosen(
        select(Filing.enterprise_id)
    )
    query = select(func.count(Enterprise.id)).where(
        is_enabled_in(what.last), *in_sums(), Enterprise.id.not_in(begun)
    )
    query = query.where(*along(Enterprise.place, what.place))
    if what.industry:
        query = query.where(func.substr(Enterprise.industry_code, 1, DIVISION) == what.industry)
    if what.enterprise_class is not None:
        query = query.where(Enterprise.enterprise_class == what.enterprise_class)
    if what.enterprise_id is not None:
        query = query.where(Enterprise.id == what.enterprise_id)
    # what an enterprise has filed elsewhere, it has filed
    return db.session.scalar(query, execution_options={SEEN_BY: Enterprise}) or 0


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


def notes(what: Selection) -> list[str]:
    """What every report says of the filings it rests on."""
    return _notes(coverage(what))


def _compared() -> str:
    return _(
        "The year before is compared only of enterprises all of whose quarters are final in "
        "both years."
    )
