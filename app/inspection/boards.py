"""The matrix of enterprises by documents, and the calendar of what is due: counted at once."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select

from app.core.db import db
from app.enterprises.models import Enterprise
from app.inspection.duties import Duties, Duty, counts_in
from app.inspection.kinds import WANTING, DutyState
from app.inspection.models import InspectionDocument, InspectionFile
from app.inspection.planning import Planned

Counts = Mapping[DutyState, int]
NOT_APPLICABLE = DutyState.NOT_APPLICABLE
OPEN = (*WANTING, DutyState.DUE)  # what is still to come


@dataclass(frozen=True, slots=True)
class Row:
    """An enterprise in the matrix, with a cell for each column."""

    id: int
    name: str
    cells: Sequence[Duty]

    @property
    def wanting(self) -> int:
        """How many documents somebody has to see to."""
        return sum(one.state in WANTING for one in self.cells)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Some enterprises by all documents of a year; the counts are of all that the filters leave."""

    year: int
    columns: Sequence[Planned]
    rows: Sequence[Row]
    counts: Sequence[Counts]  # by column
    total: int
    number: int
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


def matrix_of(
    year: int, place: str, found: Sequence[ColumnElement[bool]], number: int, size: int
) -> Matrix:
    """The page *number* of the enterprises that *found* leaves; six statements for any number."""
    query = select(Enterprise.id).where(*found)
    if place:
        query = query.where(Enterprise.place.startswith(place, autoescape=True))
    total = (
        db.session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    )
    number = min(max(number, 1), max(1, -(-total // size)))
    order = query.order_by(Enterprise.place, Enterprise.id)
    pks = db.session.scalars(order.limit(size).offset((number - 1) * size)).all()
    duties = Duties(year, numbers=pks)
    cells: dict[int, list[Duty]] = defaultdict(list)
    for duty in db.session.scalars(duties.rows().order_by(*duties.order)):
        cells[duty.enterprise_id].append(duty)
    rows = [Row(pk, cells[pk][0].enterprise, cells[pk]) for pk in pks if pk in cells]
    counts = _by_column(Duties(year, place, where=found))
    return Matrix(year, duties.planned, rows, counts, total, number, size)


def _by_column(duties: Duties) -> Sequence[Counts]:
    counts: list[Counter[DutyState]] = [Counter() for _one in duties.planned]
    for at, state, n in db.session.execute(duties.counts(duties.each.c.position)):
        counts[at][DutyState.named(state)] += n
    return counts


@dataclass(frozen=True, slots=True)
class Due:
    """A document that is due on a day, of how many enterprises, and how it stands with them."""

    document: InspectionDocument
    year: int  # to which it belongs
    quarter: int
    day: date
    counts: Counts

    @property
    def asked(self) -> int:
        return sum(n for state, n in self.counts.items() if state is not NOT_APPLICABLE)

    @property
    def late(self) -> int:
        return sum(self.counts.get(state, 0) for state in WANTING)

    @property
    def left(self) -> int:
        """How many have not handed it in, or only what has expired."""
        return sum(self.counts.get(state, 0) for state in OPEN)


@dataclass(frozen=True, slots=True)
class Month:
    """What a month asks for, and the certificates that run out in it."""

    key: str  # 2026-01
    due: Sequence[Due]
    expiring: Sequence[tuple[str, str, int]]  # code, name, how many certificates


def calendar_of(year: int, place: str) -> Sequence[Month]:
    """The twelve months of *year*, with what of the year before is due in them; six statements."""
    duties = Duties(year, place)
    by_month: dict[str, list[Due]] = defaultdict(list)
    for due in (*_due(Duties(year - 1, place)), *_due(duties)):
        by_month[f"{due.day:%Y-%m}"].append(due)
    expiring = _expiring(year, place, {one.document.code: one.document for one in duties.planned})
    keys = [f"{year}-{month:02d}" for month in range(1, 13)]
    return [Month(key, by_month[key], expiring.get(key, ())) for key in keys]


def _due(duties: Duties) -> Sequence[Due]:
    """What a year asks for, in the order of the days."""
    dues: dict[tuple[date, int], Counter[DutyState]] = defaultdict(Counter)
    each = duties.each.c
    rows = duties.counts(each.due_on, each.position).where(each.due_on.is_not(None))
    for day, at, state, n in db.session.execute(rows):
        dues[day, at][DutyState.named(state)] += n
    return [
        Due(one.document, duties.year, one.asked.quarter, day, counts)
        for (day, at), counts in sorted(dues.items())
        if counts.keys() != {NOT_APPLICABLE} and (one := duties.planned[at])
    ]


def _expiring(
    year: int, place: str, documents: Mapping[str, InspectionDocument]
) -> Mapping[str, Sequence[tuple[str, str, int]]]:
    mine = InspectionFile
    query = select(mine.expires_on, mine.code, func.count()).where(
        mine.expires_on >= date(year, 1, 1), mine.expires_on <= date(year, 12, 31), counts_in(year)
    )
    if place:
        query = query.where(mine.place.startswith(place, autoescape=True))
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for day, code, n in db.session.execute(query.group_by(mine.expires_on, mine.code)):
        found[f"{day:%Y-%m}"][code] += n
    return {
        month: [
            (code, documents[code].name, n)
            for code, n in sorted(codes.items())
            if code in documents
        ]
        for month, codes in found.items()
    }
