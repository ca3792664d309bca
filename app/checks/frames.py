"""The rows that an expression is read for, and where their cells are in the columns."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from app.checks import nodes
from app.checks.case import ALL_ENERGY, RAW_COAL, Back
from app.checks.nodes import Clause
from app.checks.panel import FILLERS, TOTALS, Mask, Numbers, Panel, Table, Where, as_objects

OF_NO_ROW = ""  # the code where there is only one row


@dataclass(frozen=True, slots=True)
class Vector:
    """A value for each row of a frame; one value for all where nothing differs."""

    values: Any
    ok: Any  # whether it is applicable


@dataclass(frozen=True, slots=True)
class Frame:
    """The rows that an expression is read for, and how many quarters ago."""

    name: object  # equal for equal rows: what was found for them is kept under it
    where: Where
    back: Back = 0

    def at(self, back: Back) -> "Frame":
        return Frame(self.name, self.where, back)


class Frames:
    """Frames and cells of *panel*; what was found for one rule is kept for the next."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        codes = panel.codes
        codes.of([OF_NO_ROW, RAW_COAL, ALL_ENERGY])
        owners = np.arange(panel.size, dtype=np.int64)
        none = np.full(panel.size, codes.numbers[OF_NO_ROW], dtype=np.int64)
        self.filings = Frame("filings", Where(owners, none))
        self._found: dict[Any, Any] = {}

    def rows(self, clause: Clause) -> Frame:
        if not clause.domain:
            return self.filings
        tables = [self.table(sheet, 1 if before else 0) for sheet, before in clause.domain]
        return self._united(clause.domain, [one for one in tables if one is not None])

    def _united(self, name: object, tables: list[Table]) -> Frame:
        """The rows of any of *tables*, each once."""
        if name not in self._found:
            rows = [one.rows for one in tables]
            if not rows:
                none = np.array([], dtype=np.int64)
                rows = [Where(none, none)]
            owner = np.concatenate([one.owner for one in rows])
            code = np.concatenate([one.code for one in rows])
            if len(rows) > 1:
                _ids, first = np.unique(Where(owner, code).ids, return_index=True)
                owner, code = owner[first], code[first]
            self._found[name] = Frame(name, Where(owner, code))
        frame: Frame = self._found[name]
        return frame

    def table(self, sheet: str, back: Back) -> Table | None:
        return self.panel.tables.get((sheet, back))

    def _places(self, table: Table, sheet: str, frame: Frame, fixed: str | None) -> Numbers:
        """Where the rows of *frame* are in *table*, or those of the code *fixed*."""
        name = (sheet, frame.back, frame.name, fixed)
        if name not in self._found:
            wanted = frame.where
            if fixed is not None:
                number = int(self.panel.codes.of([fixed])[0])
                wanted = Where(wanted.owner, np.full(len(wanted.owner), number, dtype=np.int64))
            self._found[name] = table.find(wanted)
        places: Numbers = self._found[name]
        return places

    def _row_of(
        self, node: nodes.Cell | nodes.Present, frame: Frame
    ) -> tuple[Table | None, Mask, Numbers]:
        """The table, of which rows' filings it is known, and the places of the rows in it."""
        total = node.sheet == "S2" and node.key in (RAW_COAL, ALL_ENERGY)
        known = self.table(node.sheet, frame.back)
        table = self.table(TOTALS, frame.back) if total else known
        fixed = None if node.variable else node.key
        if known is None:
            nothing = np.zeros(len(frame.where.owner), dtype=np.bool_)
            return None, nothing, np.full(len(nothing), -1, dtype=np.int64)
        if table is None:
            places = np.full(len(frame.where.owner), -1, dtype=np.int64)
        else:
            places = self._places(table, TOTALS if total else node.sheet, frame, fixed)
        return table, known.known[frame.where.owner], places

    def _cell(self, node: nodes.Cell, frame: Frame) -> Vector:
        table, known, places = self._row_of(node, frame)
        column = node.column
        if table is None:
            zero = as_objects([FILLERS[column.type]] * len(places))
            return Vector(zero, known & column.missing_is_zero)
        values, there = table.column(node.name, column.type)
        zero_here = np.where(places < 0, column.missing_is_zero, column.empty_is_zero)
        return Vector(values[places], known & (there[places] | zero_here))

    def _gathered(self, node: nodes.Aggregate, tables: list[Table]) -> Frame:
        if node.codes:
            name: object = ("codes", node.codes)
            if name not in self._found:
                numbers = self.panel.codes.of(node.codes)
                owners = np.repeat(np.arange(self.panel.size, dtype=np.int64), len(numbers))
                self._found[name] = Frame(name, Where(owners, np.tile(numbers, self.panel.size)))
            frame: Frame = self._found[name]
            return frame
        return self._united(("rows", node.sheets, id(tables[0]) if tables else 0), tables)

    def quarter(self, back: int) -> int:
        return self.panel.period.shifted(-back).quarter
