"""A workbook that was sent: whose it is, the rows of its sheets, and where every cell stood."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from flask_babel import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from app.core.errors import Invalid, Problem
from app.core.package import inspected, refused, unread
from app.core.tags import Page
from app.filings.sheet import SheetRow, address
from app.filings.sheets import SHEETS
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
from app.filings.workbook.sent import Lines, Sent, is_blank, plainly


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
    if not sent.rows:
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
    if key in sent.rows:
        raise refused(_("The sheet %(key)s is in the workbook twice.", key=key))
    odd = pages.odd[title]
    sent.problems += [
        Problem(f"{key} {cell}", _("Merged cells: take them apart and fill in each."))
        for cell in odd.merged
    ]
    sent.problems += unread(key, odd)
    if odd.astray:  # nobody knows which of them is the sheet, its heads may be lost too
        sent.rows[key] = []
        return
    lines, formulas = pages.results[title], odd.formulas
    if kind.sheet.keyed is None:
        sent.rows[key] = [_upright(sent, kind, lines, formulas)]
    else:
        sent.rows[key] = list(_grid(sent, kind, lines, formulas))


def _upright(
    sent: Sent, kind: type[SheetRow], lines: Lines, formulas: AbstractSet[str]
) -> dict[str, object]:
    inputs = kind.inputs()
    found: dict[str, object] = {}
    for row, line in enumerate(lines, start=1):
        name = str(_at(line, UPRIGHT_NAME) or "")
        if row < FIRST_ROW or name not in inputs:
            continue
        sent.places[address(kind, "", name)] = f"{kind.sheet.key} {_cell(row, UPRIGHT_VALUE)}"
        found[name] = _value(sent, kind, (row, UPRIGHT_VALUE), _at(line, UPRIGHT_VALUE), formulas)
    _all_there(kind, found.keys())
    return found


def _grid(
    sent: Sent, kind: type[SheetRow], lines: Lines, formulas: AbstractSet[str]
) -> Iterator[dict[str, object]]:
    key, inputs = kind.sheet.key, kind.inputs()
    names = lines[NAMES_ROW - 1] if len(lines) >= NAMES_ROW else []
    columns = {str(name): n for n, name in enumerate(names, start=1) if str(name) in inputs}
    _all_there(kind, columns.keys())
    for row, line in enumerate(lines[FIRST_ROW - 1 :], start=FIRST_ROW):
        cells = {
            name: _value(sent, kind, (row, column), _at(line, column), formulas)
            for name, column in columns.items()
        }
        if all(is_blank(value) for value in cells.values()):
            continue
        code = _code(_at(line, CODE))
        sent.places[address(kind, code, "")] = f"{key} {_cell(row, CODE)}"
        if not code:
            told = _("The row has figures but no code.")
            sent.problems.append(Problem(f"{key} {_cell(row, CODE)}", told))
            continue
        for name, column in columns.items():
            sent.places[address(kind, code, name)] = f"{key} {_cell(row, column)}"
        yield {kind.sheet.key_name: code, **cells}


def _all_there(kind: type[SheetRow], names: Any) -> None:
    if missing := kind.inputs().keys() - names:
        heads = ", ".join(str(kind.fields()[name].title) for name in sorted(missing))
        told = _("Columns are missing in %(sheet)s: %(names)s.", sheet=kind.sheet.key, names=heads)
        raise refused(" ".join((told, _("Fetch the workbook again."))))


def _value(
    sent: Sent,
    kind: type[SheetRow],
    place: tuple[int, int],
    value: object,
    formulas: AbstractSet[str],
) -> object:
    cell = _cell(*place)
    where = f"{kind.sheet.key} {cell}"
    if cell in formulas and value is None:
        told = _("A formula without its result: open the workbook in Excel and save it.")
        sent.problems.append(Problem(where, told))
    elif cell in formulas and isinstance(value, str) and value.startswith("#"):
        told = _("The formula has no result: %(value)s.", value=value[:20])
        sent.problems.append(Problem(where, told))
        return None
    return plainly(value)


def _code(value: object) -> str:
    """The key of a row; a code that Excel took for a number has lost its nought."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{int(value):02d}"
    return str(value or "").strip()


def _at(line: Sequence[Any], column: int) -> Any:
    return line[column - 1] if column <= len(line) else None


def _cell(row: int, column: int) -> str:
    return f"{get_column_letter(column)}{row}"
