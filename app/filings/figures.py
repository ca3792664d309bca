"""The figures of a filing as values: laid open, worked out, checked, written down, read back.

Nothing here touches the database or the web: figures are plain rows by sheet and key.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from flask_babel import gettext as _

from app.checks.book import Book, Line
from app.core.canonical import canonical
from app.core.errors import Problem
from app.filings.sheet import address
from app.filings.sheets import SHEETS
from app.filings.values import fits, plain, restored

Kept = TypeVar("Kept")
Figures = dict[str, dict[str, dict[str, Any]]]  # sheet, key of the row, column
# each looks at those before it
ORDER = ("S3", "S2", "S2R", "S5", "S1", "S6", "S4B", "S4", "W1", "W1P", "R1")


def lines_of(book: Book, sheet: str) -> list[Line]:
    return [Line(sheet, key, values, book) for key, values in sorted(book.rows(sheet).items())]


def worked_out(figures: Figures, around: Book) -> Figures:
    """*figures* with every derived column reckoned anew; what was there of them is dropped.

    The rows of a sheet that is not asked for stay as they were typed, and nothing looks at them.
    """
    typed: Figures = {
        sheet: {key: {n: row.get(n) for n in kind.inputs()} for key, row in figures[sheet].items()}
        for sheet, kind in SHEETS.items()
        if sheet in figures
    }
    derive(typed, around, ORDER)
    return typed


def derive(typed: Figures, around: Book, sheets: Sequence[str]) -> None:
    """Reckon the derived columns of *sheets* into *typed*, in that order."""
    book = replace(around, sheets=_without(typed, around.left_out))
    for sheet in around.left_out & typed.keys():
        kind = SHEETS[sheet]
        derived = dict.fromkeys(kind.fields().keys() - kind.inputs().keys())
        for row in typed[sheet].values():
            row.update(derived)
    for sheet in sheets:
        made = SHEETS[sheet].sheet.made
        if made is not None:
            typed[sheet] = {key: {} for key in made(book)}
            book = replace(book, sheets={**book.sheets, sheet: typed[sheet]})
        for line in lines_of(book, sheet):
            SHEETS[sheet].derive(line, typed[sheet][line.key])


def _without(sheets: Mapping[str, Kept], left_out: Collection[str]) -> dict[str, Kept]:
    return {sheet: kept for sheet, kept in sheets.items() if sheet not in left_out}


def overgrown(figures: Figures) -> list[Problem]:
    """The derived figures that are larger than their columns, and so cannot be kept."""
    return [
        Problem(address(kind, key, name), f"{what.title}: {_('the number is too large.')}")
        for sheet, kind in SHEETS.items()
        for key, row in figures.get(sheet, {}).items()
        for name, what in kind.fields().items()
        if isinstance(value := row.get(name), Decimal) and not fits(value, what.kind)
    ]


def findings(figures: Figures, around: Book) -> list[Problem]:
    """What is missing, and rows that cannot be; submission waits for all of it."""
    book = replace(around, sheets=_without(figures, around.left_out))
    problems = []
    for sheet, kind in _without(SHEETS, around.left_out).items():
        lines = lines_of(book, sheet)
        if not lines and kind.sheet.keyed is None:
            lines = [Line(sheet, "", {}, book)]
        for line in lines:
            if kind.sheet.keyed and (refusal := kind.sheet.keyed.refusal(line.key, book)):
                problems.append(Problem(address(kind, line.key, ""), refusal))
            else:
                problems += kind.missing(line) + kind.broken(line)
    return problems


def written(figures: Figures, header: Mapping[str, Any]) -> str:
    """The canonical text of *figures*: what a version keeps and what its hash is taken of.

    *header* are the fields of F0 that stand on the filing itself.
    """
    data: dict[str, Any] = {
        sheet: {
            key: {name: plain(value) for name, value in row.items()}
            for key, row in figures.get(sheet, {}).items()
        }
        for sheet in SHEETS
    }
    data["F0"] = {
        **{name: plain(value) for name, value in header.items()},
        **data["F0"].get("", {}),
    }
    return canonical(data)


def read_back(content: str) -> Figures:
    """The inverse of `written`, without the header that stands on the filing."""
    data = json.loads(content)
    data["F0"] = {"": data["F0"]}
    return {
        sheet: {
            key: {
                name: restored(row.get(name), what.kind, what.choices)
                for name, what in kind.fields().items()
            }
            for key, row in data.get(sheet, {}).items()
        }
        for sheet, kind in SHEETS.items()
    }
