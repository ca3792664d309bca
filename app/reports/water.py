"""Water (W1) and solid waste (R1) of a place; rates are made of sums, never of rates."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.checks import flows
from app.core.db import db
from app.filings.catalogue import WasteClass
from app.filings.models import Filing
from app.filings.sheets.profile import ProfileRow
from app.filings.sheets.waste import USES, WasteRow
from app.filings.sheets.water import UNCONVENTIONAL, WaterRow
from app.reports.lines import (
    OF_A_LINE,
    ZERO,
    Sums,
    behind,
    divided,
    head_of,
    rows_of,
    shown,
    total,
)
from app.reports.selection import Selection
from app.reports.status import notes
from app.reports.summary import (
    BEHIND,
    Line,
    SummaryColumn,
    SummaryTable,
    Value,
    column_of,
    filings,
    number,
)

WATER = (
    "intake_total",
    "intake_surface",
    "intake_yellow_river",
    "intake_ground",
    "intake_tap",
    "intake_reclaimed",
    "intake_mine",
    "intake_rain_brackish",
    "intake_other",
    "supply_to_others",
    "fresh_water_total",
    "reuse_total",
    "water_use_total",
    "wastewater_discharged",
)
WASTE = (
    "opening_storage",
    "generated",
    "received",
    "utilised",
    "utilised_prior",
    "disposed",
    "disposed_prior",
    "stored",
    "dumped",
    "closing_storage",
    *USES,
)
RATES = ("utilisation_rate", "disposal_rate")


def water_table(what: Selection) -> SummaryTable:
    """10⁴ m³; the rate of reuse and the others by FM-21 of the sums."""
    columns = (
        what.part(),
        *OF_A_LINE,
        func.count(func.distinct(Filing.enterprise_id)).label("enterprises"),
        func.count().label("filings"),
        *(what.summed(WaterRow, name) for name in WATER),
        what.summed(ProfileRow, "gross_output_comparable"),
    )
    query = what.of(WaterRow, *columns)
    query = query.outerjoin(ProfileRow, ProfileRow.filing_id == Filing.id)
    rows = rows_of(query.group_by("part"))
    return SummaryTable(
        title=_("Water %(what)s", what=what.title),
        columns=[
            *head_of(what),
            number(_("Number of enterprises")),
            filings(_("Filings")),
            *(
                column_of(WaterRow, name, series="accent" if name == "intake_total" else "")
                for name in WATER
            ),
            column_of(WaterRow, "reuse_rate"),
            column_of(WaterRow, "unconventional_rate"),
            column_of(WaterRow, "output_water_intensity"),
        ],
        lines=divided(what, rows, "W1", _water),
        foot=total(what, "W1", [_enterprises(what), *_water(Sums(rows))[1:]]) if rows else None,
        notes=[_("Rates are made of the sums, not of the rates of enterprises."), *notes(what)],
        chart="bars",
        name="water",
        empty=_("No filing of this selection is final yet."),
    )


def _enterprises(what: Selection) -> int:
    """One that has moved stands in two lines, and is one."""
    query = what.of(WaterRow, func.count(func.distinct(Filing.enterprise_id)))
    return int(rows_of(query)[0][0])


def _water(row: Any) -> list[Value]:
    sums = {name: getattr(row, name) for name in WATER}
    known = {name: value or ZERO for name, value in sums.items()}
    unconventional = sum((known[name] for name in UNCONVENTIONAL), ZERO)
    by_value = flows.water_intensity(known["intake_total"], row.gross_output_comparable or ZERO)
    return [
        row.enterprises,
        row.filings,
        *sums.values(),
        shown(flows.percent(known["reuse_total"], known["water_use_total"])),
        shown(flows.percent(unconventional, known["intake_total"])),
        shown(by_value, 4),
    ]


def waste_table(what: Selection) -> SummaryTable:
    """Tonnes by class of waste; rates by FM-22 of the sums, storage at both ends."""
    query = what.of(
        WasteRow,
        WasteRow.key,
        func.count(func.distinct(Filing.enterprise_id)).label("enterprises"),
        func.count().label("filings"),
        *(what.summed(WasteRow, name) for name in WASTE),
    ).group_by(WasteRow.key)
    rows = rows_of(query.order_by(WasteRow.key))
    newest = select(WasteClass).order_by(WasteClass.from_year, WasteClass.from_quarter)
    names = {one.code: one.name for one in db.session.scalars(newest)}
    lines = [
        Line(
            [f"{row.key} {names.get(row.key, '')}".strip(), *_waste(row)],
            ways={BEHIND: behind(what, "R1", key=row.key)},
            key=row.key,
        )
        for row in rows
    ]
    return SummaryTable(
        title=_("Solid waste %(what)s", what=what.title),
        columns=[
            SummaryColumn(_("Solid waste"), wide=True),
            number(_("Number of enterprises")),
            filings(_("Filings")),
            *(
                column_of(WasteRow, name, series="accent" if name == "generated" else "")
                for name in WASTE
            ),
            *(column_of(WasteRow, name) for name in RATES),
        ],
        lines=lines,
        foot=_foot_of_waste(what, Sums(rows)) if rows else None,
        notes=[
            _("Rates are made of the sums, not of the rates of enterprises."),
            _("Storage at the beginning is that of the first quarter, at the end of the last one."),
            *notes(what),
        ],
        chart="bars",
        name="waste",
        empty=_("No filing of this selection is final yet."),
    )


def _waste(row: Any) -> list[Value]:
    sums = {name: getattr(row, name) for name in WASTE}
    known = {name: value or ZERO for name, value in sums.items()}
    used = flows.percent(known["utilised"], known["generated"] + known["utilised_prior"])
    disposed = flows.percent(known["disposed"], known["generated"] + known["disposed_prior"])
    return [row.enterprises, row.filings, *sums.values(), shown(used), shown(disposed)]


def _foot_of_waste(what: Selection, sums: Sums) -> Line:
    """An enterprise with two classes of waste is no two enterprises: they are not added up."""
    values = _waste(sums)
    return Line([_("Total"), None, None, *values[2:]], ways={BEHIND: behind(what, "R1")})
