"""A quarter in which nothing was made (停产): filed all the same, with noughts (question 20)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.audit.actor import Actor
from app.filings.figures import Figures
from app.filings.models import Filing
from app.filings.operations import fill_sheets
from app.filings.queries import working_figures
from app.filings.sheet import Over, SheetRow
from app.filings.sheets import SHEETS
from app.filings.sheets.profile import ProductionStatus
from app.filings.values import DECIMALS, Need

STOCKS = {"closing_stock": "opening_stock"}  # what lay there at the beginning still does


def fill_with_nothing(filing: Filing, *, actor: Actor, shown: int | None) -> None:
    """Say that production stood still, and put noughts where figures are required and empty.

    What was typed stays.
    """
    fill_sheets(filing, nothing_made(working_figures(filing)), actor=actor, shown=shown)


def nothing_made(figures: Figures) -> dict[str, list[dict[str, object]]]:
    """The rows of the sheets with noughts in them; a sheet of one row begins where it is empty."""
    filled: dict[str, list[dict[str, object]]] = {}
    for key, kind in SHEETS.items():
        rows = figures.get(key, {})
        if kind.sheet.keyed is None and _asks_for_flows(kind):
            rows = rows or {"": {}}
        if kind.sheet.made is None and rows and _asks_for_flows(kind):
            filled[key] = [_zeroed(kind, row, cells) for row, cells in rows.items()]
    filled["S1"][0]["production_status"] = ProductionStatus.STOPPED.value
    return filled


def _asks_for_flows(kind: type[SheetRow]) -> bool:
    return any(_is_flow(kind, name) for name in kind.inputs())


def _is_flow(kind: type[SheetRow], name: str) -> bool:
    what = kind.inputs()[name]
    summed = what.kind in DECIMALS and what.over_quarters is Over.SUM
    return summed and what.need is Need.REQUIRED


def _zeroed(kind: type[SheetRow], key: str, cells: Mapping[str, Any]) -> dict[str, object]:
    row = {name: getattr(cells.get(name), "value", cells.get(name)) for name in kind.inputs()}
    for name, value in row.items():
        if value is None and _is_flow(kind, name):
            row[name] = Decimal(0)
        elif value is None and name in STOCKS:
            row[name] = row.get(STOCKS[name])
    return {**row, kind.sheet.key_name: key} if kind.sheet.keyed else row
