"""What the entry page is told while people type: derived figures, totals, what is wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.errors import Problem
from app.filings.beside import Beside
from app.filings.entry import SEPARATOR, as_typed, left_in
from app.filings.figures import Figures
from app.filings.sheet import address
from app.filings.sheets import SHEETS
from app.filings.tables import headline
from app.filings.totals import totals_of
from app.filings.values import text_of


def live(key: str, figures: Figures, problems: Sequence[Problem], beside: Beside) -> dict[str, Any]:
    """Texts to be put in their places; a place is that of a cell, ``S2/04/opening_stock``."""
    kind, rows = SHEETS[key], figures.get(key, {})
    fields = kind.fields()
    return {
        "cells": {
            address(kind, row, name): text_of(cells.get(name), what.kind) or "—"
            for row, cells in rows.items()
            for name, what in fields.items()
            if not what.typed
        },
        "years": {
            address(kind, row, name): beside.year(row, name, cells.get(name))
            for row, cells in rows.items()
            for name in kind.inputs()
        },
        "totals": totals_of(kind, rows) if kind.sheet.keyed else {},
        "headline": [value or "—" for _title, value, _unit in headline(figures)],
        "problems": [
            {"where": one.where, "message": str(one)}
            for one in problems
            if one.where.partition("/")[0] == key
        ],
        "left": dict(left_in(problems)),
    }


def as_it_stands(key: str, figures: Figures) -> dict[str, str]:
    """The inputs of a sheet by their names in the form, for a page that has fallen behind."""
    kind = SHEETS[key]
    rows: Mapping[str, Mapping[str, Any]] = as_typed(kind, figures.get(key, {}))
    if kind.sheet.keyed is None:
        rows = rows or {"": {}}
    return {
        f"{row}{SEPARATOR}{name}": str(cells.get(name, ""))
        for row, cells in rows.items()
        for name in kind.inputs()
    }
