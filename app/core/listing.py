"""A list page as one definition: columns, filters and order; bounded, whatever is asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.core.db import db
from app.core.preferences import PAGE_SIZES

Choices = Callable[[], Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, what it shows of a row, and what it is sorted by."""

    name: str
    title: object
    shown: Callable[[Any], object]
    sort: Any = None
    numeric: bool = False
    unit: str = ""
    wide: bool = False  # long texts, that want room


@dataclass(frozen=True, slots=True)
class Filter:
    """One input above the list; `condition` gets what was typed or chosen, never empty."""

    name: str
    title: object
    condition: Callable[[str], ColumnElement[bool]]
    choices: Choices | None = None  # None: free text
    shown: bool = True  # False: for programs and links only


@dataclass(frozen=True, slots=True)
class Page:
    """What one page of a list shows."""

    rows: Sequence[Any]
    total: int
    number: int
    size: int

    @property
    def count(self) -> int:
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True, slots=True)
class Listing:
    """The definition; `start` gives the statement whose rows are listed, joins and all."""

    start: Callable[[], Select[Any]]
    columns: Sequence[Column]
    order: Sequence[Any]  # unique in the end, so that no row is shown on two pages
    filters: Sequence[Filter] = field(default=())

    def chosen(self, asked: Mapping[str, str]) -> dict[str, str]:
        """The filters that *asked* really sets; PostgreSQL takes no NUL in a text."""
        typed = {one.name: asked.get(one.name, "").replace("\0", "") for one in self.filters}
        return {name: text.strip() for name, text in typed.items() if text.strip()}

    def statement(self, asked: Mapping[str, str]) -> Select[Any]:
        """All rows that *asked* leaves, in the order it wants."""
        statement = self.start()
        chosen = self.chosen(asked)
        for one in self.filters:
            if one.name in chosen:
                statement = statement.where(one.condition(chosen[one.name]))
        return statement.order_by(*self._sorted_by(asked), *self.order)

    def page(self, asked: Mapping[str, str]) -> Page:
        """The page that *asked* names; numbers that are none, or too large, are put right."""
        statement = self.statement(asked)
        counted = statement.order_by(None).with_only_columns(
            func.count(), maintain_column_froms=True
        )
        total = db.session.scalar(counted) or 0
        size = _number(asked.get("size"), PAGE_SIZES[0])
        size = min(max(size, 1), PAGE_SIZES[-1])
        last = max(1, -(-total // size))
        number = min(max(_number(asked.get("page"), 1), 1), last)
        rows = db.session.scalars(statement.limit(size).offset((number - 1) * size)).all()
        return Page(rows, total, number, size)

    def _sorted_by(self, asked: Mapping[str, str]) -> list[Any]:
        wanted = asked.get("sort", "")
        for column in self.columns:
            if column.sort is not None and wanted.lstrip("-") == column.name:
                return [column.sort.desc() if wanted.startswith("-") else column.sort.asc()]
        return []


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else default


def listed(entity: type[Any]) -> Callable[[], Select[Any]]:
    return lambda: select(entity)
