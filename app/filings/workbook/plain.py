"""The national form 205-1 as enterprises have it anyway: sheet 2, told by its column numbers."""

import re
from collections.abc import Mapping

from flask_babel import gettext as _
from openpyxl.utils import get_column_letter

from app.core.package import refused, unread
from app.core.tags import Page
from app.filings.sheet import address
from app.filings.sheets.consumption import ConsumptionRow
from app.filings.workbook.sent import Lines, Sent, is_blank, plainly

LOOKED_AT = 20  # rows among which the numbers of the columns stand
ENOUGH = 5
CODE = re.compile(r"[0-4][0-9]")
SUMS = ("01", "40")  # rows of the form that are worked out


def read_plain(pages: Mapping[str, Lines], odd: Mapping[str, Page]) -> Sent:
    """Sheet 2 from the first page that is laid out like the form; `Invalid` if none is."""
    for title, lines in pages.items():
        for row, line in enumerate(lines[:LOOKED_AT], start=1):
            columns = _numbered([_text(cell) for cell in line])
            codes = _codes(lines[row:])
            if len(columns) >= ENOUGH and codes is not None:
                sent = _sheet(title, lines, row, columns, codes)
                sent.problems += unread(title, odd[title])
                return sent
    raise refused(
        _("This is neither the workbook of a filing nor the national form 205-1; fetch it again.")
    )


def _numbered(texts: list[str]) -> dict[str, int]:
    """The typed columns by the numbers that the form gives them."""
    inputs = ConsumptionRow.inputs()
    at = {text: n for n, text in enumerate(texts) if text}
    return {name: at[what.number] for name, what in inputs.items() if what.number in at}


def _codes(lines: Lines) -> int | None:
    """The column in which the codes of carriers stand."""
    counts: dict[int, int] = {}
    for line in lines:
        for n, cell in enumerate(line[:4]):
            if isinstance(cell, str | int) and CODE.fullmatch(_code(cell)):
                counts[n] = counts.get(n, 0) + 1
    return max(counts, key=lambda n: counts[n]) if counts else None


def _sheet(title: str, lines: Lines, head: int, columns: dict[str, int], codes: int) -> Sent:
    sent = Sent(None)
    rows: list[dict[str, object]] = []
    for row, line in enumerate(lines[head:], start=head + 1):
        code = _code(line[codes]) if codes < len(line) else ""
        cells = {name: plainly(line[n]) for name, n in columns.items() if n < len(line)}
        if not code or code in SUMS or all(is_blank(value) for value in cells.values()):
            continue
        rows.append({"energy_code": code, **cells})
        sent.places[address(ConsumptionRow, code, "")] = f"{title} {_cell(row, codes)}"
        for name, n in columns.items():
            sent.places[address(ConsumptionRow, code, name)] = f"{title} {_cell(row, n)}"
    sent.rows["S2"] = rows
    return sent


def _cell(row: int, column: int) -> str:
    return f"{get_column_letter(column + 1)}{row}"


def _text(cell: object) -> str:
    return str(cell).strip() if cell is not None else ""


def _code(cell: object) -> str:
    text = _text(cell)
    return text.zfill(2) if text.isdigit() else text
