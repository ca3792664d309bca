"""What the columns of a sheet make together, under its last row."""

from collections.abc import Mapping
from decimal import Decimal

from app.checks import reckoning
from app.core.canonical import plain_decimal
from app.filings.sheet import OF_THE_ROW, Field, SheetRow
from app.filings.sheets.consumption import ConsumptionRow
from app.filings.sheets.units import ROW
from app.filings.values import Kind, text_of

SUMMED = (Kind.QTY, Kind.TCE, Kind.MONEY)
Rows = Mapping[str, Mapping[str, object]]


def totals_of(kind: type[SheetRow], rows: Rows) -> dict[str, str]:
    """The total of every column that has one, by column.

    Of sheet 2 it is row 40: quantities in the units of their rows come in tce (FM-02), in which
    secondary energy is counted twice.
    """
    if not rows:
        return {}
    if kind is ConsumptionRow:
        coefficients = _column(rows, "adopted_coefficient")
        return _summed(kind, rows) | {
            name: f"{_in_tce(_column(rows, name), coefficients):,f}"
            for name, what in kind.fields().items()
            if what.kind is Kind.QTY and what.unit == ROW
        }
    return _summed(kind, rows)


def raw_coal(rows: Rows) -> dict[str, str]:
    """Row 01 of sheet 2; all kinds of raw coal are in tonnes."""
    fields = ConsumptionRow.fields()
    return {name: _total(rows, name, what) for name, what in fields.items() if what.kind in SUMMED}


def _summed(kind: type[SheetRow], rows: Rows) -> dict[str, str]:
    """The columns that have the same unit in every row."""
    return {
        name: _total(rows, name, what)
        for name, what in kind.fields().items()
        if what.kind in SUMMED and str(what.unit) not in OF_THE_ROW and what.unit
    }


def _total(rows: Rows, name: str, what: Field) -> str:
    return text_of(sum(_column(rows, name).values(), Decimal(0)), what.kind)


def _column(rows: Rows, name: str) -> dict[str, Decimal]:
    found = ((key, row.get(name)) for key, row in rows.items())
    return {key: value for key, value in found if isinstance(value, Decimal)}


def _in_tce(quantities: Mapping[str, Decimal], coefficients: Mapping[str, Decimal]) -> Decimal:
    return Decimal(plain_decimal(reckoning.shown(reckoning.total(quantities, coefficients))))
