"""A workbook that was sent: whose it is, the rows of its sheets, and where every cell stood."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from flask_babel import gettext as _
from openpyxl import load_workbook

from app.core.errors import Invalid, Problem
from app.core.package import inspected, refused, unread
from app.core.tags import MOST_ADDRESSES, Page
from app.filings.sheet import SheetRow, address
from app.filings.sheets import SHEETS
from app.filings.workbook.grid import Grid, at, cell_at, result
from app.filings.workbook.layout import (
    CODE,
    FACTS,
    FIRST_ROW,
    MOST_COLUMNS,
    MOST_ROWS,
    NAMES_ROW,
    UPRIGHT_NAME,
    UPRIGHT_VALUE,
    VERSION,
    Stamp,
    sheet_of,
)
from app.filings.workbook.plain import read_plain
from app.filings.workbook.sent import Lines, Sent, merged


@dataclass(frozen=True, slots=True)
class _Pages:
    """The pages by title: results of formulas, and what stands out on them."""

    results: Mapping[str, Lines]
    odd: Mapping[str, Page]


def read(file: IO[bytes]) -> Sent:
    """`Invalid` for what is no workbook of a filing at all; else with all that is wrong in it."""
    pages = _opened(file)
    facts = pages.results.get(FACTS)
    if facts is None:
        return read_plain(pages.results, pages.odd)
    told = {str(line[0]): str(line[1] or "") for line in facts if line and line[0] is not None}
    stamp = Stamp(**{name: told.get(name, "") for name in Stamp.__slots__})
    if stamp.version != VERSION:
        raise refused(_("This workbook is of an older layout; fetch it again."))
    sent = Sent(stamp)
    for title in pages.results:
        if key := sheet_of(title):
            _sheet(sent, SHEETS[key], title, pages)
    if not sent.places:
        raise refused(_("The workbook holds no sheet of a filing."))
    return sent


def _opened(file: IO[bytes]) -> _Pages:
    """Of a damaged workbook openpyxl raises whatever befalls it, on opening and on reading."""
    odd = inspected(file, rows=MOST_ROWS, columns=MOST_COLUMNS)
    try:
        file.seek(0)
        book = load_workbook(file, read_only=True, data_only=True)
        results = {page.title: _lines(page) for page in book.worksheets}
        # one that lies elsewhere than programs put it has not been looked at
        parts = {page.title: odd[page._worksheet_path] for page in book.worksheets}  # noqa: SLF001
    except Invalid:
        raise
    except Exception:  # noqa: BLE001
        raise refused(_("This is not the workbook that is expected here.")) from None
    return _Pages(results, parts)


def _lines(page: Any) -> Lines:
    rows = page.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True)
    return [list(row) for row in islice(rows, MOST_ROWS)]  # a page may name one row a million times


def _sheet(sent: Sent, kind: type[SheetRow], title: str, pages: _Pages) -> None:
    key = kind.sheet.key
    if kind.sheet.made is not None:
        return
    if key in sent.places:
        raise refused(_("The sheet %(key)s is in the workbook twice.", key=key))
    sent.places[key] = key
    odd = pages.odd[title]
    first = (cells.partition(":")[0] for cells in odd.merged)
    sent.problems += [merged(f"{key} {cell}") for cell in islice(first, MOST_ADDRESSES)]
    sent.problems += unread(key, odd)
    if odd.astray:  # nobody knows which of them is the sheet, its heads may be lost too
        return
    lines, formulas = pages.results[title], odd.formulas
    if kind.sheet.keyed is None:
        sent.rows[key] = [_upright(sent, kind, lines, formulas)]
    else:
        _grid(sent, kind, lines, formulas)


def _upright(
    sent: Sent, kind: type[SheetRow], lines: Lines, formulas: AbstractSet[str]
) -> dict[str, object]:
    fields, inputs = kind.fields(), kind.inputs()
    found: dict[str, object] = {}
    for row, line in enumerate(lines, start=1):
        name = str(at(line, UPRIGHT_NAME) or "")
        if row < FIRST_ROW or name not in fields:
            continue
        cell, where = cell_at(row, UPRIGHT_VALUE), address(kind, "", name)
        if where in sent.places:
            raise _twice(kind, name)
        sent.places[where] = f"{kind.sheet.key} {cell}"
        if name in inputs:
            found[name], problem = result(at(line, UPRIGHT_VALUE), cell in formulas)
            if problem:
                sent.problems.append(Problem(where, problem))
    _all_there(kind, found.keys())
    return found


def _grid(sent: Sent, kind: type[SheetRow], lines: Lines, formulas: AbstractSet[str]) -> None:
    names = [str(name) for name in lines[NAMES_ROW - 1]] if len(lines) >= NAMES_ROW else []
    columns = {name: n for n, name in enumerate(names, start=1) if name in kind.fields()}
    for name in columns:
        if names.count(name) > 1:
            raise _twice(kind, name)
    _all_there(kind, columns.keys())
    sent.rows[kind.sheet.key] = []
    grid = Grid(kind, kind.sheet.key, CODE, columns, formulas)
    for row, line in enumerate(lines[FIRST_ROW - 1 :], start=FIRST_ROW):
        grid.take(sent, row, line)


def _twice(kind: type[SheetRow], name: str) -> Invalid:
    title, sheet = kind.fields()[name].title, kind.sheet.key
    return refused(_("The column “%(name)s” is in the sheet %(key)s twice.", name=title, key=sheet))


def _all_there(kind: type[SheetRow], names: Any) -> None:
    if missing := kind.inputs().keys() - names:
        heads = ", ".join(str(kind.fields()[name].title) for name in sorted(missing))
        told = _("Columns are missing in %(sheet)s: %(names)s.", sheet=kind.sheet.key, names=heads)
        raise refused(" ".join((told, _("Fetch the workbook again."))))
