"""What rules may speak of: the sheets that are filed, and what stands beside them."""

from typing import Any

from app.checks.schema import BESIDE, FACTS, HEAD, LOOKUPS, Column, Schema, SheetType, Type
from app.filings.sheet import Field, Keyed, SheetRow
from app.filings.sheets import SHEETS
from app.filings.sheets.units import TCE_PER_ROW
from app.filings.values import DECIMALS, Kind

VARIABLES = {
    Keyed.CARRIER: "c",
    Keyed.PRODUCT: "p",
    Keyed.OUTPUT: "o",
    Keyed.WASTE: "w",
    Keyed.PROJECT: "j",
}
TYPES = {Kind.BOOL: Type.BOOL, Kind.DATE: Type.DATE}
SHOWN_ONLY = ("_ref",)  # columns that repeat what stands in another sheet
OF_LAST_YEAR = ("ly_", "first_ly_")


def _named(unit: Any) -> str:
    """Its message id: frozen alarms keep it, and are read in either language."""
    return unit if isinstance(unit, str) else str(unit._args[0])  # noqa: SLF001


def _column(name: str, what: Field) -> Column:
    number = what.kind in DECIMALS
    filled = number and what.kind is not Kind.COEF
    return Column(
        Type.NUMBER if number else TYPES.get(what.kind, Type.TEXT),
        title=what.title,
        unit="coefficient" if what.unit is TCE_PER_ROW else _named(what.unit),
        empty_is_zero=filled and what.typed,
        missing_is_zero=filled,
        quantity=what.kind is Kind.QTY
        and not name.endswith(SHOWN_ONLY)
        and not name.startswith(OF_LAST_YEAR),
    )


def _sheet(kind: type[SheetRow]) -> SheetType:
    keyed = kind.sheet.keyed
    return SheetType(
        VARIABLES[keyed] if keyed else "",
        {name: _column(name, what) for name, what in kind.fields().items()},
    )


def _schema() -> Schema:
    sheets = {**{key: _sheet(kind) for key, kind in SHEETS.items()}, **BESIDE}
    sheets["F0"] = SheetType("", {**sheets["F0"].columns, **HEAD})
    return Schema(sheets, FACTS, LOOKUPS)


SCHEMA = _schema()
