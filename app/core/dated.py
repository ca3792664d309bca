"""Values kept by quarter: each is in force until the next one of the same thing begins."""

from collections.abc import Sequence
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, String, UniqueConstraint, and_, exists, func, select
from sqlalchemy.orm import (
    Mapped,
    aliased,
    declared_attr,
    mapped_column,
    query_expression,
    with_expression,
)

from app.core.enums import Labelled
from app.core.errors import Problem
from app.core.period import Quarter, this_quarter

FROM_THE_BEGINNING = {"from_year": 2000, "from_quarter": 1}


class Standing(Labelled):
    """How a row stands to the quarter we are in."""

    TO_COME = "to_come", _l("to come")
    IN_FORCE = "in_force", _l("in force")
    PAST = "past", _l("superseded")


class Dated:
    """Part of every table of dated values; `of` names its thing, `values` are kept of it."""

    of: ClassVar[str]
    values: ClassVar[Sequence[str]]

    id: Mapped[int] = mapped_column(primary_key=True)
    from_year: Mapped[int]
    from_quarter: Mapped[int]
    source: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(500), default="")
    version: Mapped[int] = mapped_column()

    @declared_attr
    def next_index(cls) -> Mapped[int | None]:  # noqa: N805
        """The `Quarter.index` from which the next row is in force; only where it is asked for."""
        return query_expression()

    @declared_attr.directive
    def __table_args__(cls) -> Any:  # noqa: N805
        return (UniqueConstraint(cls.of, "from_year", "from_quarter"),)

    @declared_attr.directive
    def __mapper_args__(cls) -> Any:  # noqa: N805
        return {"version_id_col": cls.version}

    @property
    def thing(self) -> str:
        """What the value is of, by its code."""
        return str(getattr(self, self.of))

    @property
    def since(self) -> Quarter:
        return Quarter(self.from_year, self.from_quarter)

    @property
    def until(self) -> Quarter | None:
        """The last quarter in force; None while nothing follows."""
        return None if self.next_index is None else Quarter.at(self.next_index - 1)

    @property
    def standing(self) -> Standing:
        now = this_quarter()
        if self.since > now:
            return Standing.TO_COME
        return Standing.IN_FORCE if self.until is None or self.until >= now else Standing.PAST

    def kept(self) -> dict[str, Any]:
        """The values with their quarter and their reasons, for the journal."""
        told = {name: getattr(self, name) for name in self.values}
        return {"effective": str(self.since), **told, "source": self.source, "reason": self.reason}

    def flaws(self) -> list[Problem]:
        """What is wrong with the values among themselves."""
        return []

    def __repr__(self) -> str:
        return f"{self.thing} {self.since}"


def first_index(kind: Any) -> ColumnElement[int]:
    """The `Quarter.index` from which a row is in force."""
    found: ColumnElement[int] = kind.from_year * 4 + kind.from_quarter - 1
    return found


def in_force(kind: type[Dated], index: int) -> ColumnElement[bool]:
    """The one row of each thing that is in force in the quarter at *index*."""
    later = aliased(kind)
    replaced = exists().where(
        getattr(later, kind.of) == getattr(kind, kind.of),
        first_index(later) > first_index(kind),
        first_index(later) <= index,
    )
    return and_(first_index(kind) <= index, ~replaced)


def until_next(kind: type[Dated]) -> Any:
    """An option of a query: fill in `next_index`."""
    later = aliased(kind)
    following = select(func.min(first_index(later))).where(
        getattr(later, kind.of) == getattr(kind, kind.of), first_index(later) > first_index(kind)
    )
    return with_expression(kind.next_index, following.correlate(kind).scalar_subquery())


def effective(rows: Sequence[Any], of: str, period: Quarter) -> dict[str, Any]:
    """Of *rows*, in the order of their quarters, what is in force in *period*, by its thing."""
    return {
        getattr(row, of): row
        for row in rows
        if (row.from_year, row.from_quarter) <= (period.year, period.quarter)
    }
