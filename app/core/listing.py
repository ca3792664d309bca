"""A list page as one definition: columns, filters and order; bounded, whatever is asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, Select, UnaryExpression, func, select
from sqlalchemy.orm import class_mapper
from sqlalchemy.sql.operators import desc_op

from app.core.clock import PLACE_TIME
from app.core.db import db
from app.core.errors import Invalid
from app.core.preferences import PAGE_SIZES

_NUMBER = 987654321  # stands for the number of a row while its address is made
Choices = Callable[[], Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, what it shows of a row, and what it is sorted by."""

    name: str
    title: object
    shown: Callable[[Any], object]
    sort: Any = None
    numeric: bool = False
    unit: LazyString | str = ""
    places: int | None = None  # decimals of every row alike; else as many as a row has
    wide: bool = False  # long texts, that want room
    whole: bool = False  # short texts, never broken over two lines
    hidden: bool = False  # shown only to who chooses it
    badge: bool = field(init=False)  # a state, shown by shape and word

    def __post_init__(self) -> None:
        object.__setattr__(self, "badge", self.name.endswith("state"))


def row_link(
    endpoint: str, text: Callable[[Any], object], number: str = "id"
) -> Callable[[Any], Markup]:
    """What a first column shows: *text* of the row, leading to its page at *endpoint*.

    The page is that of the *number* that the row has: its own, or that of what it belongs to.

    The address is made once, not once a row: making one costs more than all else in the cell.
    """

    @cache
    def around() -> tuple[str, str]:
        before, _number, after = url_for(endpoint, pk=_NUMBER).partition(str(_NUMBER))
        return before, after

    def link(row: Any) -> Markup:
        before, after = around()
        pk = int(getattr(row, number))
        return Markup(f'<a href="{before}{pk}{after}">{escape(text(row))}</a>')  # noqa: S704

    return link


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

    @property
    def is_text(self) -> bool:
        """Whether it looks into texts, for which there is no index."""
        return self.shown and self.choices is None and not self.is_day and not self.source


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
        size = _number(asked.get("size"), PAGE_SIZES[0])
        size = min(max(size, 1), PAGE_SIZES[-1])
        number = max(_number(asked.get("page"), 1), 1)
        find = self._searched_page if self._searches(asked) else self._counted_page
        rows, total = find(statement, size, number)
        if total > 0 and not rows:
            number = -(-total // size)
            rows, total = find(statement, size, number)
        return Page(rows, total, number if total else 1, size)

    def _counted_page(
        self, statement: Select[Any], size: int, number: int
    ) -> tuple[Sequence[Any], int]:
        """The rows of a page, and how many there are in all, in one statement if it has any."""
        # first the keys: what is joined for showing is not joined for the rows passed over
        keys = statement.with_only_columns(_key(statement)).limit(size)
        keys = keys.offset((number - 1) * size)
        total = self._counted(statement).scalar_subquery().correlate(None)
        page = statement.where(_key(statement).in_(keys)).add_columns(total)
        found = db.session.execute(page).all()
        if found:
            return [row[0] for row in found], found[0][-1]
        return (), self.count(statement)

    def _searched_page(
        self, statement: Select[Any], size: int, number: int
    ) -> tuple[Sequence[Any], int]:
        keys, total = self._searched(statement, size, number)
        if not keys:
            return (), total
        return db.session.scalars(statement.where(_key(statement).in_(keys))).all(), total

    def _searches(self, asked: Mapping[str, str]) -> bool:
        chosen = self.chosen(asked)
        return any(one.name in chosen and one.is_text for one in self.filters)

    def _searched(
        self, statement: Select[Any], size: int, number: int
    ) -> tuple[Sequence[object], int]:
        """The keys of a page, and how many there are in all, in one walk through the table.

        No index helps to look into texts; walking along the one that gives the order is ten
        times slower than through the table when little is found.
        """
        order = [_plain(one) for one in statement._order_by_clauses]  # noqa: SLF001
        columns = [plain.label(f"o{at}") for at, (plain, _down) in enumerate(order)]
        found = statement.with_only_columns(_key(statement).label("key"), *columns)
        met = found.order_by(None).cte("met")
        total = select(func.count()).select_from(met).scalar_subquery()
        ways = [
            met.c[f"o{at}"].desc() if down else met.c[f"o{at}"]
            for at, (_plain, down) in enumerate(order)
        ]
        page = select(met.c.key, total).order_by(*ways).limit(size).offset((number - 1) * size)
        page = page.execution_options(**statement.get_execution_options())
        rows = db.session.execute(page).all()
        if not rows and number > 1:
            return (), db.session.scalar(select(total)) or 0
        return [row[0] for row in rows], rows[0][1] if rows else 0

    def count(self, statement: Select[Any]) -> int:
        """How many rows *statement* has."""
        return db.session.scalar(self._counted(statement)) or 0

    @staticmethod
    def _counted(statement: Select[Any]) -> Select[Any]:
        return statement.order_by(None).with_only_columns(func.count(), maintain_column_froms=True)

    def _sorted_by(self, asked: Mapping[str, str]) -> list[Any]:
        wanted = asked.get("sort", "")
        for column in self.columns:
            if column.sort is not None and wanted.lstrip("-") == column.name:
                return [column.sort.desc() if wanted.startswith("-") else column.sort.asc()]
        return []


def _key(statement: Select[Any]) -> Any:
    """The key of the rows that *statement* lists."""
    return class_mapper(statement.column_descriptions[0]["entity"]).primary_key[0]


def _plain(order: Any) -> tuple[Any, bool]:
    """What is sorted by, without its direction, and whether that is downwards."""
    if isinstance(order, UnaryExpression):
        return order.element, order.modifier is desc_op
    return order, False


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else default


def listed(entity: type[Any]) -> Callable[[], Select[Any]]:
    return lambda: select(entity)
