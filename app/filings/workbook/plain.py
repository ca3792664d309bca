"""The national form 205-1 as enterprises have it anyway: sheet 2, told by its column numbers."""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from openpyxl.utils import range_boundaries

from app.core.errors import Problem
from app.core.numbers import typed_number
from app.core.package import refused, unread
from app.core.tags import Page
from app.filings.sheet import address
from app.filings.sheets.consumption import ConsumptionRow
from app.filings.workbook.grid import Grid, at, cell_at
from app.filings.workbook.sent import Form, Lines, Sent, code_of, is_blank, merged

LOOKED_AT = 20  # rows among which the numbers of the columns stand
ENOUGH = 5
CODES_WITHIN = 4  # columns
CODE = re.compile(r"[0-4][0-9]")
RAW_COAL, KINDS_OF_COAL = "01", ("02", "03", "04", "05")
SUMS = (RAW_COAL, "40")  # rows of the form that are worked out


@dataclass(frozen=True, slots=True)
class _Found:
    """A page that is laid out like the form: the row of column numbers, and where codes stand."""

    form: Form
    head: int
    codes: int


def read_plain(pages: Mapping[str, Lines], odd: Mapping[str, Page]) -> Sent:
    """Sheet 2 from the first page that is laid out like the form; `Invalid` if none is."""
    found = list(_forms(pages))
    if not found:
        raise refused(
            _(
                "This is neither the workbook of a filing nor the national form 205-1; "
                "fetch it again."
            )
        )
    title = found[0].form.title
    sent = _sheet(found[0], odd[title])
    sent.problems += unread(title, odd[title])
    if others := [one.form.title for one in found[1:]]:
        told = _(
            "Several pages are laid out like the form, and only the first is read: %(first)s. "
            "Not read: %(others)s.",
            first=title,
            others=", ".join(others),
        )
        sent.notes.append(told)
    return sent


def _forms(pages: Mapping[str, Lines]) -> Iterator[_Found]:
    for title, lines in pages.items():
        for row, line in enumerate(lines[:LOOKED_AT], start=1):
            columns = _numbered(line)
            codes = _codes(lines[row:], set(columns.values()))
            if len(columns) >= ENOUGH and codes is not None:
                yield _Found(Form(title, lines, columns), row, codes)
                break


def _numbered(line: Sequence[Any]) -> dict[str, int]:
    """The typed columns by the numbers that the form gives them."""
    columns = {_number(cell): n for n, cell in enumerate(line, start=1) if not is_blank(cell)}
    inputs = ConsumptionRow.inputs()
    return {name: columns[what.number] for name, what in inputs.items() if what.number in columns}


def _number(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def _codes(lines: Lines, figures: AbstractSet[int]) -> int | None:
    """The column in which the codes of carriers stand; a stock of 10 or of 0 is none."""
    counts: dict[int, int] = {}
    for line in lines:
        for n, cell in enumerate(line[:CODES_WITHIN], start=1):
            if n not in figures and CODE.fullmatch(code_of(cell) or ""):
                counts[n] = counts.get(n, 0) + 1
    return max(counts, key=lambda n: counts[n]) if counts else None


def _sheet(found: _Found, odd: Page) -> Sent:
    title, lines, columns = found.form.title, found.form.lines, found.form.columns
    sent = Sent(None, rows={"S2": []}, places={"S2": title}, form=found.form)
    grid = Grid(ConsumptionRow, title, found.codes, columns, odd.formulas)
    rows = set()
    summed = False
    for row, line in enumerate(lines[found.head :], start=found.head + 1):
        code = code_of(at(line, found.codes))
        has_figures = _has_figures(grid, row, line)
        if code in SUMS:
            summed = summed or (code == RAW_COAL and has_figures)
        elif CODE.fullmatch(code or "") or (has_figures and _numbered(line) != columns):
            rows.add(row)
            there = grid.take(sent, row, line)
            if not there and code and address(ConsumptionRow, code, "") not in sent.places:
                grid.note(sent, code, row)  # a blank row may be missed later
    if summed and not any(one["energy_code"] in KINDS_OF_COAL for one in sent.rows["S2"]):
        told = _("Row 01 is a sum and is not read; fill in the kinds of raw coal, rows 02 to 05.")
        sent.notes.append(told)
    head = lines[found.head - 1]
    numbers = [_number(cell) for cell in head]
    for name in columns:
        number = ConsumptionRow.fields()[name].number
        if numbers.count(number) > 1:  # only the last of them is read
            told = _("The column number %(number)s stands there twice.", number=number)
            place = f"{title} {cell_at(found.head, columns[name])}"
            sent.problems.append(Problem(place, told))
    sent.problems += [
        merged(f"{title} {ref.partition(':')[0]}")
        for ref in odd.merged
        if _covers(ref, rows, set(columns.values()))
    ]
    return sent


def _has_figures(grid: Grid, row: int, line: Sequence[Any]) -> bool:
    """Whether numbers stand in the typed columns, or formulas: heads and notes have none."""
    values, wrong = grid.values(row, line)
    return bool(wrong) or any(map(_is_number, values.values()))


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return typed_number(value) is not None
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _covers(ref: str, rows: AbstractSet[int], columns: AbstractSet[int]) -> bool:
    """Whether merged cells reach into the figures; the heads of the form are always merged."""
    left, top, right, bottom = range_boundaries(ref)
    return any(top <= row <= bottom for row in rows) and any(
        left <= column <= right for column in columns
    )
