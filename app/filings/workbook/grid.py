"""A table in a workbook that was sent: its rows, each by the code that stands in it."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from openpyxl.utils import get_column_letter

from app.core.errors import Problem
from app.filings.sheet import SheetRow, address
from app.filings.workbook.sent import Sent, code_of, is_blank, plainly, without_result


@dataclass(frozen=True, slots=True)
class Grid:
    """Where a table has what; columns are numbered from 1.

    *page* is what people call it.
    """

    kind: type[SheetRow]
    page: str
    codes: int
    columns: Mapping[str, int]
    formulas: AbstractSet[str]

    def place(self, row: int, column: int) -> str:
        return f"{self.page} {cell_at(row, column)}"

    def values(self, row: int, line: Sequence[Any]) -> tuple[dict[str, object], dict[str, str]]:
        """What the typed columns hold, and what is wrong with formulas among them."""
        values: dict[str, object] = {}
        wrong: dict[str, str] = {}
        for name in self.kind.inputs():
            if (column := self.columns.get(name)) is None:
                continue
            values[name], problem = result(at(line, column), cell_at(row, column) in self.formulas)
            if problem:
                wrong[name] = problem
        return values, wrong

    def take(self, sent: Sent, row: int, line: Sequence[Any]) -> bool:
        """Add *line* to what was sent; what can be laid to no code is named and stays loose.

        Whether there is anything in it.
        """
        kind, name = self.kind, self.kind.sheet.key_name
        values, wrong = self.values(row, line)
        if not wrong and all(map(is_blank, values.values())):
            return False
        raw = at(line, self.codes)
        code = code_of(raw)
        taken = any(one[name] == code for one in sent.rows[kind.sheet.key])
        key = code if code and not taken else f"?{row}"
        self.note(sent, key, row)
        if key == code:
            sent.rows[kind.sheet.key].append({name: code, **values})
        else:
            told = _("“%(key)s” stands there twice.", key=code) if taken else _no_code(raw, code)
            sent.problems.append(Problem(address(kind, key, ""), told))
            text = "" if raw is None else str(raw)
            sent.loose.setdefault(kind.sheet.key, []).append((key, {name: text, **values}))
        sent.problems += [Problem(address(kind, key, column), wrong[column]) for column in wrong]
        return True

    def note(self, sent: Sent, key: str, row: int) -> None:
        """Keep where the row called *key* and its cells stand."""
        sent.places[address(self.kind, key, "")] = self.place(row, self.codes)
        for name, column in self.columns.items():
            sent.places[address(self.kind, key, name)] = self.place(row, column)


def _no_code(raw: object, code: str | None) -> str:
    if code == "":
        return _("The row has figures but no code.")
    return _("“%(value)s” is no code.", value=str(raw)[:40])


def result(value: object, is_formula: bool) -> tuple[object, str]:
    """What a cell holds, and what is wrong with it if it is a formula."""
    problem = without_result(value) if is_formula else ""
    return (None if problem else plainly(value)), problem


def at(line: Sequence[Any], column: int) -> Any:
    """The cell in *column*, from 1; a line ends with its last filled cell."""
    return line[column - 1] if column <= len(line) else None


def cell_at(row: int, column: int) -> str:
    return f"{get_column_letter(column)}{row}"
