"""The overview of a place: its parts as tiles, eight quarters, the carriers, who moved most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.checks import flows, reckoning
from app.checks.progress import Standing
from app.core.enums import Labelled
from app.core.period import Quarter
from app.enterprises.models import Enterprise
from app.filings.models import Filing
from app.filings.sheets.profile import ProfileRow
from app.regions.queries import county_name
from app.reports.alarms import open_alarms
from app.reports.carriers import carrier_table
from app.reports.completeness import completeness, handed_in, share
from app.reports.lines import ZERO, behind, rows_of, shown
from app.reports.selection import (
    By,
    Reach,
    Selection,
    along,
    in_sums,
    names_of,
    with_year_before,
)
from app.reports.summary import BEHIND, Line, SummaryColumn, SummaryTable, filings, number
from app.reports.target_figures import Span, cohorts
from app.reports.target_progress import AnnualLine, annual_lines
from app.review.models import Review
from app.review.workflow import FINAL

ENERGY, OUTPUT = ProfileRow.comprehensive_energy_calorific, ProfileRow.gross_output_comparable
QUARTERS, CARRIERS, MOVERS = 8, 8, 10
ENOUGH, MIDDLING = Decimal(90), Decimal(60)  # percent handed in
QUIET, LOUD = Decimal(10), Decimal(30)  # percent with an open alarm


class Measure(Labelled):
    """What the tiles are coloured by."""

    COMPLETENESS = "completeness", _l("Completeness")
    PROGRESS = "progress", _l("Annual target")
    ALARMS = "alarms", _l("Open alarms")


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of the place; `tone` is good, middling, bad or none, told by a mark as well."""

    code: str
    name: str
    value: Decimal | None  # percent
    tone: str
    says: str
    address: str


@dataclass(frozen=True, slots=True)
class Part:
    """What is known of one part: a row of `completeness`, its target line, its open alarms."""

    key: str
    name: str
    row: Any
    annual: AnnualLine | None
    alarms: int

    @property
    def used(self) -> Decimal | None:
        return self.annual.used if self.annual else None

    @property
    def loud(self) -> Decimal | None:
        """Filings with an open alarm among those handed in, percent."""
        return flows.percent(Decimal(self.alarms), Decimal(handed_in(self.row)))


def parts_of(what: Selection) -> list[Part]:
    """The parts of the place, one level down; of a county there are none."""
    if what.grouping not in (By.LEAGUE, By.COUNTY):
        return []
    rows = completeness(what)
    names = names_of(what.grouping, [row.part for row in rows])
    span = Span(what.place, what.year, what.quarter)
    found = cohorts(span, past=1)  # the pace is told by last year; nothing is forecast here
    annual = {line.part: line for line in annual_lines(found, span)}
    alarms = open_alarms(what)
    return [
        Part(
            key=row.part,
            name=names.get(row.part, row.part),
            row=row,
            annual=annual.get(row.part),
            alarms=alarms.get(row.part, 0),
        )
        for row in rows
    ]


def tiles(what: Selection, parts: Sequence[Part], measure: Measure) -> list[Tile]:
    return [_tile(what, part, measure) for part in parts]


def _tile(what: Selection, part: Part, measure: Measure) -> Tile:
    ways = _ways(what, part)
    if measure is Measure.COMPLETENESS:
        value = share(handed_in(part.row), part.row)
        tone = _tone(value, ENOUGH, MIDDLING)
        says = _("%(n)s of %(all)s handed in", n=handed_in(part.row), all=part.row.expected)
    elif measure is Measure.PROGRESS:
        value = part.used
        pace = part.annual.pace if part.annual else Standing.NO_TARGET
        tone = {Standing.AHEAD: "good", Standing.ON_TRACK: "middling", Standing.LAGGING: "bad"}.get(
            pace, "none"
        )
        says = str(pace.label)
    else:
        value = part.loud
        tone = _tone(None if value is None else -value, -QUIET, -LOUD)
        says = _("%(n)s filings with an open alarm", n=part.alarms)
    code = part.key.rstrip("/").rpartition("/")[2]
    return Tile(code, part.name, shown(value, 1), tone, says, ways[measure.value])


def _tone(value: Decimal | None, good: Decimal, middling: Decimal) -> str:
    if value is None:
        return "none"
    return "good" if value >= good else "middling" if value >= middling else "bad"


def _ways(what: Selection, part: Part) -> Mapping[str, str]:
    """Where the numbers of a part lead."""
    there = replace(what, place=part.key, by=None).said()
    targets = url_for(
        "TargetProgressView.progress", place=part.key, year=what.year, quarter=what.quarter
    )
    return {
        "completeness": f"{url_for('ReportView.page', report='completeness')}?{there}",
        "progress": targets,
        "alarms": f"{url_for('ReportView.page', report='alarms')}?{there}",
        "missing": url_for("LateView.list", period=what.last, place=part.key),
        "deeper": f"?{there}",
    }


def parts_table(what: Selection, parts: Sequence[Part]) -> SummaryTable:
    """What the tiles show, and the two other measures beside it."""
    return SummaryTable(
        title=_("Parts of the place %(what)s", what=what.title),
        columns=[
            SummaryColumn(str(what.grouping.label)),
            number(_("Number of enterprises")),
            SummaryColumn(_("Not handed in"), numeric=True, places=0, leads="missing"),
            SummaryColumn(_("Handed in"), "%", numeric=True, places=1, leads="completeness"),
            SummaryColumn(_("Target used"), "%", numeric=True, places=1, leads="progress"),
            SummaryColumn(_("Pace")),
            SummaryColumn(_("Filings with an open alarm"), numeric=True, places=0, leads="alarms"),
            number(_("Of those handed in"), "%", 1),
        ],
        lines=[
            Line(
                [
                    part.name,
                    part.row.expected,
                    part.row.expected - handed_in(part.row),
                    shown(share(handed_in(part.row), part.row), 1),
                    shown(part.used, 1),
                    str(part.annual.pace.label) if part.annual else "",
                    part.alarms,
                    shown(part.loud, 1),
                ],
                deeper=_ways(what, part)["deeper"],
                ways=_ways(what, part),
                key=part.key,
            )
            for part in parts
        ],
        name="parts",
        empty=_("There are no enterprises here."),
    )


def trend_table(what: Selection) -> SummaryTable:
    """Eight quarters up to the one looked at: what is final, and its energy per output."""
    first = what.last.shifted(1 - QUARTERS)
    index = (Filing.year * 4 + Filing.quarter - 1).label("at")
    query = (
        select(
            index,
            func.count().label("filings"),
            func.sum(ENERGY).label("energy"),
            func.sum(OUTPUT).label("output"),
        )
        .select_from(Filing)
        .join(ProfileRow, ProfileRow.filing_id == Filing.id)
        .join(Filing.enterprise)
        .join(Filing.review)
        .where(
            Review.state.in_(FINAL),
            Filing.year.between(first.year, what.year),
            *in_sums(),
        )
    )
    query = query.where(*along(Filing.place, what.place))
    found = {row.at: row for row in rows_of(query.group_by("at"))}
    lines = []
    for back in range(QUARTERS):
        period = first.shifted(back)
        row = found.get(period.index)
        lines.append(_of_quarter(what, period, row))
    return SummaryTable(
        title=_("Eight quarters"),
        columns=[
            SummaryColumn(_("Quarter")),
            filings(_("Final filings")),
            number(_("Comprehensive energy, calorific value"), "tce", 2, series="accent"),
            number(_("Gross output, comparable prices"), _("10⁴ CNY"), 2),
            number(_("Energy per output, calorific value"), _("tce/10⁴ CNY"), 4),
        ],
        lines=lines,
        notes=[_("Quarters in which fewer filings are final are not to be compared with others.")],
        chart="lines",
        name="trend",
    )


def _of_quarter(what: Selection, period: Quarter, row: Any) -> Line:
    then = replace(what, year=period.year, quarter=period.quarter, reach=Reach.QUARTER, by=None)
    if row is None:
        return Line([str(period), 0, None, None, None], key=str(period))
    return Line(
        [
            str(period),
            row.filings,
            row.energy,
            row.output,
            shown(reckoning.ratio(row.energy or ZERO, row.output or ZERO), 4),
        ],
        ways={BEHIND: behind(then)},
        key=str(period),
    )


def largest_carriers(what: Selection) -> SummaryTable:
    """The carriers of which most is used, in tce; the rest stands in the report."""
    whole = carrier_table(what)
    names = [column.title for column in whole.columns]
    at = [0, len(names) - 2, len(names) - 1]  # name, tce, share of row 40
    lines = sorted(whole.lines, key=lambda line: -(line.values[at[1]] or ZERO))[:CARRIERS]  # type: ignore[operator]
    address = f"{url_for('ReportView.page', report='carriers')}?{replace(what, by=None).said()}"
    return SummaryTable(
        title=_("Carriers used most"),
        columns=[whole.columns[n] for n in at],
        lines=[
            Line([line.values[n] for n in at], deeper=line.ways.get(BEHIND, address), key=line.key)
            for line in lines
        ],
        notes=whole.notes[:1],
        chart="bars",
        name="carriers",
        empty=whole.empty,
    )


def movers_table(what: Selection) -> SummaryTable:
    """The enterprises whose energy moved most against the same quarter of the year before."""
    query, profile = with_year_before(what.of(ProfileRow))
    energy = getattr(profile, ENERGY.key)
    query = query.add_columns(
        Filing.id.label("filing"),
        Enterprise.name,
        Filing.place,
        ENERGY.label("now"),
        energy.label("before"),
    ).where(ENERGY.is_not(None), energy.is_not(None))
    most = func.abs(ENERGY - energy).desc()
    rows = rows_of(query.order_by(most, Filing.id).limit(MOVERS))
    return SummaryTable(
        title=_("Moved most against the year before"),
        columns=[
            SummaryColumn(_("Enterprise"), wide=True),
            SummaryColumn(_("Place")),
            number(_("Comprehensive energy, calorific value"), "tce", 2),
            number(_("The year before"), "tce", 2),
            number(_("Difference"), "tce", 2),
            number(_("Change"), "%", 2),
        ],
        lines=[
            Line(
                [
                    row.name,
                    county_name(row.place),
                    row.now,
                    row.before,
                    row.now - row.before,
                    shown(flows.change(row.now, row.before)),
                ],
                deeper=url_for("FilingView.page", pk=row.filing),
                key=str(row.filing),
            )
            for row in rows
        ],
        name="movers",
        empty=_("No enterprise has a final filing of this quarter and of the year before."),
    )
