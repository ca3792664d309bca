"""What a year asks of enterprises, and how it stands: one statement, for one or for thousands.

The catalogue of the year (`app.inspection.planning`) goes along with the statement as a table.
Each enterprise is joined with each of its rows, with what it holds, and what it has answered.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Select,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Bundle, join, outerjoin

from app.core.among import among
from app.core.clock import today
from app.core.db import db
from app.core.period import Quarter
from app.enterprises.models import Enterprise
from app.enterprises.start_stop import is_enabled_in
from app.inspection.kinds import DutyState
from app.inspection.models import InspectionAnswer, InspectionDocument, InspectionFile
from app.inspection.periods import NEVER, judged_on, state_of
from app.inspection.planning import Planned, as_table, midnight, planned_in
from app.inspection.sources import SOURCES
from app.regions.scope import SEEN_BY

# who has handed something in has done so, also in the county from which it has moved since
WHEREVER = {SEEN_BY: Enterprise}


@dataclass(frozen=True, slots=True)
class Duty:
    """One document of one enterprise in one year, or in one quarter of it."""

    id: int  # of this list only
    enterprise_id: int
    enterprise: str
    place: str
    planned: Planned
    due_on: date | None
    applies: bool | None
    held: int
    expires_on: date | None
    uploaded_at: datetime | None
    year: int

    @property
    def document(self) -> InspectionDocument:
        return self.planned.document

    @property
    def quarter(self) -> int:
        return self.planned.asked.quarter

    @property
    def period(self) -> str:
        return f"{self.year}Q{self.quarter}" if self.quarter else str(self.year)

    @property
    def state(self) -> DutyState:
        return state_of(
            self.due_on,
            self.applies,
            self.held,
            len(self.document.parts),
            self.expires_on,
            year=self.year,
            today=today(),
        )

    def __str__(self) -> str:
        return f"{self.enterprise} {self.document.code}"


class Duties:
    """What *year* asks of the enterprises in scope.

    Of those at *place* only, of those with *numbers*, or of those that *where* leaves.
    """

    def __init__(
        self,
        year: int,
        place: str = "",
        numbers: Collection[int] | None = None,
        where: Sequence[ColumnElement[bool]] = (),
    ) -> None:
        self.year, self.place, self.numbers, self.where = year, place, numbers, where

    @cached_property
    def planned(self) -> Sequence[Planned]:
        return planned_in(self.year)

    @cached_property
    def each(self) -> Any:
        """A row for every enterprise and column of the year; scope is applied inside."""
        plan = as_table(self.planned)
        held, given = self._held(), self._given()
        its = and_(
            held.c.enterprise_id == Enterprise.id,
            held.c.code == plan.c.code,
            held.c.quarter == plan.c.quarter,
        )
        said = and_(given.c.enterprise_id == Enterprise.id, given.c.question == plan.c.question)
        applies = case((plan.c.question == "", true()), else_=given.c.yes)
        rows = join(Enterprise, plan, plan.c.position >= 0)
        query = select(
            Enterprise.id.label("enterprise_id"),
            Enterprise.name,
            Enterprise.place,
            plan.c.position,
            plan.c.code,
            plan.c.needed,
            plan.c.question,
            self._due_on(plan.c).label("due_on"),
            cast(applies, Boolean).label("applies"),
            func.coalesce(held.c.parts, 0).label("parts"),
            held.c.expires_on,
            held.c.uploaded_at,
        ).select_from(outerjoin(outerjoin(rows, held, its), given, said))
        return query.where(*self._within(Enterprise.place, Enterprise.id), *self.where).subquery(
            "each"
        )

    @cached_property
    def state(self) -> ColumnElement[str]:
        """The same as `state_of`, for the database to choose and count by; a test compares them."""
        each = self.each.c
        is_held = each.parts >= each.needed
        over = each.expires_on < judged_on(self.year, today())
        return case(
            (each.applies.is_(False), DutyState.NOT_APPLICABLE.value),
            (and_(is_held, over), DutyState.EXPIRED.value),
            (is_held, DutyState.UPLOADED.value),
            (each.due_on.is_(None), DutyState.NOT_ASKED.value),
            (each.applies.is_(None), DutyState.UNANSWERED.value),
            (each.due_on >= today(), DutyState.DUE.value),
            else_=DutyState.MISSING.value,
        )

    def rows(self) -> Select[Any]:
        """A `Duty` for each; in no order."""
        return select(_DutyBundle(self)).execution_options(**WHEREVER)

    def counts(self, *by: Any) -> Select[Any]:
        """How many there are: `by` (columns of `each`), the state, the number."""
        state = self.state.label("state")
        counted = select(*by, state, func.count().label("n")).group_by(*by, state)
        return counted.execution_options(**WHEREVER)

    def enterprises(self) -> Select[int]:
        """The numbers of those that are asked."""
        found = self._within(Enterprise.place, Enterprise.id)
        return select(Enterprise.id).where(*found, *self.where)

    @property
    def order(self) -> tuple[Any, ...]:
        return self.each.c.place, self.each.c.position

    def _due_on(self, plan: Any) -> ColumnElement[Any]:
        """The day until which it is asked for; nothing, where it is not."""
        quarters = sorted({one.asked.index for one in self.planned})
        works = (and_(plan.index == n, is_enabled_in(Quarter.at(n))) for n in quarters)
        in_year = Enterprise.created_at < midnight(date(self.year + 1, 1, 1))
        at_its_end = is_enabled_in(Quarter(self.year, 4))
        return case(
            (and_(Enterprise.created_at < plan.before, or_(false(), *works)), plan.due_on),
            (and_(plan.later < NEVER, in_year, at_its_end), plan.later),
        )

    def _held(self) -> Any:
        """What there is, by enterprise and document: own files, and those taken from elsewhere."""
        mine = InspectionFile
        own = (
            select(
                mine.enterprise_id.label("enterprise_id"),
                mine.code.label("code"),
                mine.quarter.label("quarter"),
                func.count(mine.part.distinct()).label("parts"),
                func.min(mine.expires_on).label("expires_on"),
                func.max(mine.uploaded_at).label("uploaded_at"),
            )
            .where(counts_in(self.year), self._still_counts())
            .where(*self._within(mine.place, mine.enterprise_id))
            .group_by(mine.enterprise_id, mine.code, mine.quarter)
        )
        return union_all(own, *self._taken()).subquery("held")

    def _still_counts(self) -> ColumnElement[bool]:
        """Whether a file is young enough, as often as its document is asked for."""
        codes: dict[int, set[str]] = {}
        for one in self.planned:
            codes.setdefault(one.asked.since, set()).add(one.document.code)
        mine = InspectionFile
        groups = [
            and_(mine.year >= since, mine.code.in_(sorted(some))) for since, some in codes.items()
        ]
        return or_(false(), *groups)

    def _taken(self) -> list[Select[Any]]:
        found = []
        for code, key in sorted({(o.document.code, o.document.taken_from) for o in self.planned}):
            if key not in SOURCES:
                continue
            there = SOURCES[key].held(self.year).subquery()
            query = select(
                there.c.enterprise_id,
                literal(code),
                there.c.quarter,
                literal(1),
                cast(None, Date),
                func.max(there.c.uploaded_at),
            ).group_by(there.c.enterprise_id, there.c.quarter)
            if self.numbers is not None:
                query = query.where(among(there.c.enterprise_id, self.numbers))
            found.append(query)
        return found

    def _given(self) -> Any:
        """What was answered to the questions, as it holds in the year."""
        answer = InspectionAnswer
        question = cast(answer.question, String).label("question")
        query = select(answer.enterprise_id, question, answer.yes)
        holds = and_(answer.from_year <= self.year, answer.until_year >= self.year)
        return query.where(holds).subquery("given")

    def _within(self, place: Any, number: Any) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.place:
            found.append(place.startswith(self.place, autoescape=True))
        if self.numbers is not None:
            found.append(among(number, self.numbers))
        return found


def missing_documents(year: int, numbers: Collection[int]) -> Mapping[int, frozenset[str]]:
    """What is required of all, and missing or expired, by enterprise: the codes.

    What is taken from filings is left out: rules of their own watch over it.
    """
    duties = Duties(year, numbers=numbers)
    states = [DutyState.MISSING.value, DutyState.EXPIRED.value]
    query = duties.rows().where(duties.state.in_(states), duties.each.c.question == "")
    found: dict[int, set[str]] = {pk: set() for pk in numbers}
    for duty in db.session.scalars(query):
        if not duty.document.taken_from:
            found[duty.enterprise_id].add(duty.document.code)
    return {pk: frozenset(codes) for pk, codes in found.items()}


def counts_in(year: int) -> ColumnElement[bool]:
    """Of `InspectionFile`: uploaded by *year*, and not replaced by then."""
    mine = InspectionFile
    return and_(mine.year <= year, or_(mine.replaced_year.is_(None), mine.replaced_year > year))


class _DutyBundle(Bundle[Any]):
    """The columns of a row, read as a `Duty`."""

    def __init__(self, duties: Duties) -> None:
        self.duties = duties
        each = duties.each.c
        super().__init__(
            "duty",
            each.enterprise_id,
            each.name,
            each.place,
            each.position,
            each.due_on,
            each.applies,
            each.parts,
            each.expires_on,
            each.uploaded_at,
        )

    def create_row_processor(self, _query: Any, procs: Any, _labels: Any) -> Any:
        """What makes a `Duty` of a row."""
        planned, year = self.duties.planned, self.duties.year

        def made(row: Any) -> Duty:
            pk, name, place, position, due_on, applies, held, expires_on, at = (
                read(row) for read in procs
            )
            return Duty(
                pk * 1000 + position,
                pk,
                name,
                place,
                planned[position],
                due_on,
                applies,
                held,
                expires_on,
                at,
                year,
            )

        return made
