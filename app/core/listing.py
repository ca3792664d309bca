"""A list page as one definition: columns, filters and order; bounded, whatever is asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, select

from app.core.clock import PLACE_TIME
from app.core.db import db
from app.core.errors import Invalid
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
    hidden: bool = False  # shown only to who chooses it


@dataclass(frozen=True, slots=True)
class Filter:
    """One input above the list; `condition` gets what was typed or chosen, never empty.

    A day is chosen with the calendar of the browser.  Of things of which there may be any number,
    `source` is the endpoint that suggests some, and `said` the words for the one chosen.
    """

    name: str
    title: object
    condition: Callable[[str], ColumnElement[bool]]
    choices: Choices | None = None  # None: free text
    shown: bool = True  # False: for programs and links only
    is_day: bool = False
    source: str = ""
    said: Callable[[str], str] = str


def days(name: str, first: object, last: object, column: Any) -> tuple[Filter, Filter]:
    """Two inputs for a range of days as they are in Inner Mongolia, both included.

    *column* is a moment in UTC.
    """
    return (
        Filter(f"{name}_from", first, lambda v: column >= _midnight(v, 0), is_day=True),
        Filter(f"{name}_to", last, lambda v: column < _midnight(v, 1), is_day=True),
    )


def _midnight(text: str, later: int) -> datetime:
    try:
        day = date.fromisoformat(text) + timedelta(days=later)
        return datetime.combine(day, time(), PLACE_TIME).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(_("“%(text)s” is not a day.", text=text[:40])) from None


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

    def columns_for(self, chosen: str) -> Sequence[Column]:
        """The first column, and those of the comma list *chosen*; without one, as delivered."""
        wanted = set(chosen.split(","))
        kept = [one for one in self.columns[1:] if one.name in wanted]
        return [self.columns[0], *(kept or [c for c in self.columns[1:] if not c.hidden])]

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
        total = self.count(statement)
        size = _number(asked.get("size"), PAGE_SIZES[0])
        size = min(max(size, 1), PAGE_SIZES[-1])
        last = max(1, -(-total // size))
        number = min(max(_number(asked.get("page"), 1), 1), last)
        rows = db.session.scalars(statement.limit(size).offset((number - 1) * size)).all()
        return Page(rows, total, number, size)

    def count(self, statement: Select[Any]) -> int:
        """How many rows *statement* has."""
        counted = statement.order_by(None).with_only_columns(
            func.count(), maintain_column_froms=True
        )
        return db.session.scalar(counted) or 0

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
