"""Energy structure: what is bought, used and stored of each carrier (NBS form 205-1)."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.checks import flows, reckoning
from app.core.db import db
from app.filings.catalogue import Carrier
from app.filings.models import Filing
from app.filings.sheets.consumption import ConsumptionRow
from app.reports.lines import ZERO, behind, rows_of, shown
from app.reports.selection import Selection
from app.reports.status import notes
from app.reports.summary import (
    BEHIND,
    Line,
    SummaryColumn,
    SummaryTable,
    column_of,
    filings,
    number,
)

QUANTITIES = (
    "opening_stock",
    "purchase_quantity",
    "purchase_outside_region",
    "own_production",
    "conversion_output_ref",
    "recovery_ref",
    "industrial_consumption",
    "feedstock_consumption",
    "non_industrial_consumption",
    "consumption_total",
    "external_supply",
    "closing_stock",
)
SUMS = (*QUANTITIES, "purchase_amount", "industrial_tce", "consumption_tce")


def carrier_table(what: Selection) -> SummaryTable:
    """Quantities in the unit of the carrier; the coefficient is tce over quantity (FM-24).

    The foot is row 40, which counts secondary energy twice: no assessed figure.
    """
    query = what.of(
        ConsumptionRow,
        ConsumptionRow.key,
        func.count(func.distinct(Filing.enterprise_id)).label("enterprises"),
        func.count().label("filings"),
        *(what.summed(ConsumptionRow, name) for name in SUMS),
    ).group_by(ConsumptionRow.key)
    found = {row.key: row for row in rows_of(query)}
    known = {one.code: one for one in db.session.scalars(select(Carrier))}
    whole = _sum(found, "consumption_tce")
    lines = [_line(what, known[key], found[key], whole) for key in sorted(found)]
    blank: list[None] = [None] * len(QUANTITIES)
    foot = Line(
        [_("Row 40, all carriers"), "tce", None, None, *blank, _sum(found, "purchase_amount"),
         None, _sum(found, "industrial_tce"), whole, None]
    )  # fmt: skip
    return SummaryTable(
        title=_("Energy structure %(what)s", what=what.title),
        columns=[
            SummaryColumn(_("Energy"), wide=True),
            SummaryColumn(_("Unit")),
            number(_("Number of enterprises")),
            filings(_("Filings")),
            *(_without_unit(name) for name in QUANTITIES),
            column_of(ConsumptionRow, "purchase_amount"),
            number(_("Coefficient of the period"), _("tce per unit"), 4),
            column_of(ConsumptionRow, "industrial_tce"),
            column_of(ConsumptionRow, "consumption_tce", series="accent"),
            number(_("Share of row 40"), "%", 2),
        ],
        lines=lines,
        foot=foot if lines else None,
        notes=[
            _("Calorific values. Row 40 counts secondary energy twice and is no assessed figure."),
            _("Opening stock is that of the first quarter, closing stock that of the last one."),
            *notes(what),
        ],
        chart="bars",
        name="carriers",
        empty=_("No filing of this selection is final yet."),
    )


def _without_unit(name: str) -> SummaryColumn:
    """The unit stands in a column of its own: it is that of the carrier."""
    return number(str(ConsumptionRow.fields()[name].title), "", 4)


def _line(what: Selection, carrier: Carrier, row: Any, whole: Decimal) -> Line:
    quantity, tce = row.consumption_total or ZERO, row.consumption_tce or ZERO
    return Line(
        [
            f"{carrier.code} {carrier.name}",
            carrier.measure,
            row.enterprises,
            row.filings,
            *(getattr(row, name) for name in QUANTITIES),
            row.purchase_amount,
            shown(reckoning.ratio(tce, quantity), 4),
            row.industrial_tce,
            row.consumption_tce,
            shown(flows.percent(tce, whole)),
        ],
        ways={BEHIND: behind(what, "S2", key=carrier.code)},
        key=carrier.code,
    )


def _sum(found: dict[str, Any], name: str) -> Decimal:
    return sum((getattr(row, name) or ZERO for row in found.values()), ZERO)
