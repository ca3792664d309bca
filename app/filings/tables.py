"""The sheets of a filing as tables to be read: on the review page, the filing page, in print."""

from collections.abc import Sequence
from decimal import Decimal

from flask_babel import gettext as _

from app.checks import reckoning
from app.core.canonical import plain_decimal
from app.filings.catalogue import leaf_carriers
from app.filings.figures import Figures
from app.filings.sheet import Field, SheetRow
from app.filings.sheets import SHEETS
from app.filings.sheets.consumption import ConsumptionRow
from app.filings.values import DECIMALS, Kind, text_of
from app.review.subjects import Table

RAW_COAL = ("02", "03", "04", "05")  # row 01 is their sum


def tables_of(figures: Figures) -> Sequence[Table]:
    """One table per sheet, headings with units, subtotals included."""
    return [
        _by_carrier(kind, figures.get(key, {})) if kind.sheet.by_carrier else _one(kind, figures)
        for key, kind in SHEETS.items()
    ]


def _one(kind: type[SheetRow], figures: Figures) -> Table:
    """A sheet of one row stands upright: item, unit, value."""
    row = figures.get(kind.sheet.key, {}).get("", {})
    lines = [
        [str(what.title), str(what.unit), text_of(row.get(name), what.kind)]
        for name, what in kind.fields().items()
    ]
    head = [_("Item"), _("Unit"), _("Value")]
    return Table(kind.sheet.key, str(kind.sheet.title), head, lines, [False, False, True])


def _by_carrier(kind: type[SheetRow], rows: dict[str, dict[str, object]]) -> Table:
    carriers, fields = leaf_carriers(), kind.fields()
    used = [n for n in fields if any(row.get(n) not in (None, "") for row in rows.values())]
    lines = []
    for key in sorted(rows):
        facts = carriers[key]
        cells = [text_of(rows[key].get(n), fields[n].kind) for n in used]
        lines.append([key, facts.name, facts.unit, *cells])
    if kind is ConsumptionRow:
        lines = _with_totals(lines, rows, used)
    head = [_("Code"), _("Energy"), _("Unit"), *(_heading(fields[n]) for n in used)]
    numeric = [False] * 3 + [fields[n].kind in DECIMALS for n in used]
    note = "" if rows else _("Nothing is filed in this sheet.")
    return Table(kind.sheet.key, str(kind.sheet.title), head, lines, numeric, note)


def _heading(what: Field) -> str:
    return f"{what.number} {what.heading()}".strip()


def _with_totals(
    lines: list[list[str]], rows: dict[str, dict[str, object]], used: Sequence[str]
) -> list[list[str]]:
    """Row 01 before the kinds of raw coal, and row 40 at the end (FM-02)."""
    fields = ConsumptionRow.fields()
    columns = {
        n: {k: v for k, row in rows.items() if isinstance(v := row.get(n), Decimal)} for n in used
    }
    coefficients = columns.get("adopted_coefficient", {})

    def summed(name: str, keys: Sequence[str]) -> Decimal:
        return sum((columns[name][k] for k in keys if k in columns[name]), Decimal(0))

    def cell(name: str, keys: Sequence[str], in_tce: bool) -> str:
        kind = fields[name].kind
        if kind in (Kind.TCE, Kind.MONEY):
            return text_of(summed(name, keys), kind)
        if kind is not Kind.QTY:
            return ""
        if not in_tce:
            return text_of(summed(name, keys), kind)
        value = reckoning.shown(reckoning.total(columns[name], coefficients))
        return f"{Decimal(plain_decimal(value)):,f}"

    coal = [key for key in RAW_COAL if key in rows]
    if coal:
        lines.insert(
            sorted(rows).index(coal[0]),
            ["01", _("Raw coal, subtotal"), "t", *(cell(n, coal, in_tce=False) for n in used)],
        )
    if rows:
        everything = sorted(rows)
        total = [cell(n, everything, in_tce=True) for n in used]
        lines.append(["40", _("All energy (secondary energy counted twice)"), "tce", *total])
    return lines
