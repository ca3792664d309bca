"""What a year asks of enterprises, and how it stands: one statement, for one or for thousands.

The catalogue of the year, laid out by `app.inspection.periods`, goes along with the statement as a
table of some thirty rows (the plan).  Each enterprise is joined with each row, with what it holds,
and with what it has answered.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    column,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
    values,
)
from sqlalchemy.orm import Bundle, join, outerjoin

from app.core.among import among
from app.core.clock import PLACE_TIME, today
from app.core.db import UtcDateTime, db
from app.core.period import Quarter
from app.enterprises.models import Enterprise
from app.enterprises.start_stop import is_enabled_in
from app.inspection.catalogue import documents_in, kept_in_session
from app.inspection.kinds import DutyState
from app.inspection.models import InspectionAnswer, InspectionDocument, InspectionFile
from app.inspection.periods import (
    NEVER,
    Asked,
    DayOf,
    asked_in,
    judged_on,
    month_after,
    state_of,
)
from app.inspection.sources import SOURCES

PLANNED = (
    column("position", Integer),
    column("code", String),
    column("quarter", Integer),
    column("since", Integer),
    column("needed", Integer),
    column("question", String),  # empty: asked of all
    column("taken_from", String),
    column("due_on", Date),
    column("before", UtcDateTime),
    column("index", Integer),
    column("later", Date),
)


@dataclass(frozen=True, slots=True)
class Planned:
    """A column of the matrix: a document of the year, and for which of its quarters."""

    document: InspectionDocument
    asked: Asked

    @property
    def key(self) -> tuple[str, int]:
        return self.document.code, self.asked.quarter


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
    """What *year* asks of the enterprises in scope; of those at *place* or with *numbers* only."""

    def __init__(self, year: int, place: str = "", numbers: Collection[int] | None = None) -> None:
        self.year, self.place, self.numbers = year, place, numbers

    @cached_property
    def planned(self) -> Sequence[Planned]:
        return planned_in(self.year)

    @cached_property
    def plan(self) -> Any:
        rows = [self._row(number, one) for number, one in enumerate(self.planned)]
        return values(*PLANNED, name="plan").data(rows or [NOTHING]).cte("plan")

    @cached_property
    def due_on(self) -> ColumnElement[Any]:
        """The day until which it is asked for; nothing, where it is not."""
        last = Quarter(self.year, 4)
        entered_in_year = Enterprise.created_at < _midnight(date(self.year + 1, 1, 1))
        return case(
            (and_(Enterprise.created_at < self.plan.c.before, self._works()), self.plan.c.due_on),
            (
                and_(self.plan.c.later < NEVER, entered_in_year, is_enabled_in(last)),
                self.plan.c.later,
            ),
        )

    @cached_property
    def state(self) -> ColumnElement[str]:
        """The same as `state_of`, for the database to choose and count by; a test compares them."""
        over = self.held.c.expires_on < judged_on(self.year, today())
        return case(
            (self.applies.is_(False), DutyState.NOT_APPLICABLE.value),
            (and_(self._is_held(), over), DutyState.EXPIRED.value),
            (self._is_held(), DutyState.UPLOADED.value),
            (self.due_on.is_(None), DutyState.NOT_ASKED.value),
            (self.applies.is_(None), DutyState.UNANSWERED.value),
            (self.due_on >= today(), DutyState.DUE.value),
            else_=DutyState.MISSING.value,
        )

    @cached_property
    def applies(self) -> ColumnElement[Any]:
        return case((self.plan.c.question == "", true()), else_=self.given.c.yes)

    @cached_property
    def held(self) -> Any:
        """What there is, by enterprise and column: own files, and those taken from elsewhere."""
        mine, plan = InspectionFile, self.plan.c
        own = (
            select(
                mine.enterprise_id.label("enterprise_id"),
                plan.position.label("position"),
                func.count(mine.part.distinct()).label("parts"),
                func.min(mine.expires_on).label("expires_on"),
                func.max(mine.uploaded_at).label("uploaded_at"),
            )
            .join_from(mine, self.plan, self._is_its_file())
            .where(*self._within(mine.place, mine.enterprise_id))
            .group_by(mine.enterprise_id, plan.position)
        )
        return union_all(own, *self._taken()).subquery("held")

    @cached_property
    def given(self) -> Any:
        """What was answered to the questions, as it holds in the year."""
        answer = InspectionAnswer
        query = select(
            answer.enterprise_id, cast(answer.question, String).label("question"), answer.yes
        )
        return query.where(answer.from_year <= self.year, answer.until_year >= self.year).subquery(
            "given"
        )

    def rows(self) -> Select[Any]:
        """A `Duty` for each; in no order."""
        return self._over(_DutyBundle(self))

    def counts(self, *by: Any) -> Select[Any]:
        """How many there are: `by`, the state, the number."""
        state = self.state.label("state")
        return self._over(*by, state, func.count().label("n")).group_by(*by, state)

    @property
    def order(self) -> tuple[Any, ...]:
        return Enterprise.place, self.plan.c.position

    def _over(self, *what: Any) -> Select[Any]:
        plan, held, given = self.plan.c, self.held, self.given
        mine = and_(held.c.enterprise_id == Enterprise.id, held.c.position == plan.position)
        its = and_(given.c.enterprise_id == Enterprise.id, given.c.question == plan.question)
        rows = join(Enterprise, self.plan, plan.position >= 0)
        rows = outerjoin(outerjoin(rows, held, mine), given, its)
        return select(*what).select_from(rows).where(*self._within(Enterprise.place, Enterprise.id))

    def _within(self, place: Any, number: Any) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.place:
            found.append(place.startswith(self.place, autoescape=True))
        if self.numbers is not None:
            found.append(among(number, self.numbers))
        return found

    def _is_held(self) -> ColumnElement[bool]:
        return func.coalesce(self.held.c.parts, 0) >= self.plan.c.needed

    def _works(self) -> ColumnElement[bool]:
        """Whether it is not stopped in the quarter of the plan."""
        quarters = sorted({one.asked.index for one in self.planned})
        return or_(
            false(),
            *(and_(self.plan.c.index == n, is_enabled_in(Quarter.at(n))) for n in quarters),
        )

    def _is_its_file(self) -> ColumnElement[bool]:
        """Whether a file counts in this year for a document of the plan."""
        mine, plan = InspectionFile, self.plan.c
        return and_(
            mine.code == plan.code,
            mine.quarter == plan.quarter,
            mine.year >= plan.since,
            counts_in(self.year),
        )

    def _taken(self) -> list[Select[Any]]:
        found = []
        wanted = {one.document.taken_from for one in self.planned} & SOURCES.keys()
        for key in sorted(wanted):
            there = SOURCES[key].held(self.year).subquery()
            found.append(
                select(
                    there.c.enterprise_id,
                    self.plan.c.position,
                    literal(1),
                    cast(None, Date),
                    func.max(there.c.uploaded_at),
                )
                .join_from(
                    there,
                    self.plan,
                    and_(self.plan.c.taken_from == key, self.plan.c.quarter == there.c.quarter),
                )
                .where(*([among(there.c.enterprise_id, self.numbers)] if self.numbers else []))
                .group_by(there.c.enterprise_id, self.plan.c.position)
            )
        return found

    @staticmethod
    def _row(number: int, one: Planned) -> tuple[Any, ...]:
        document, asked = one.document, one.asked
        return (
            number,
            document.code,
            asked.quarter,
            asked.since,
            len(document.parts),
            document.question.value if document.question else "",
            document.taken_from,
            asked.due_on,
            _midnight(asked.before),
            asked.index,
            asked.later,
        )


def missing_documents(year: int, numbers: Collection[int]) -> Mapping[int, frozenset[str]]:
    """What is required of all, and missing or expired, by enterprise: the codes.

    What is taken from filings is left out: rules of their own watch over it.
    """
    duties = Duties(year, numbers=numbers)
    states = [DutyState.MISSING.value, DutyState.EXPIRED.value]
    query = duties.rows().where(
        duties.state.in_(states), duties.plan.c.question == "", duties.plan.c.taken_from == ""
    )
    found: dict[int, set[str]] = {pk: set() for pk in numbers}
    for duty in db.session.scalars(query):
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
        super().__init__(
            "duty",
            Enterprise.id,
            Enterprise.name,
            Enterprise.place,
            duties.plan.c.position,
            duties.due_on.label("due_on"),
            cast(duties.applies, Boolean).label("applies"),
            func.coalesce(duties.held.c.parts, 0).label("parts"),
            duties.held.c.expires_on,
            duties.held.c.uploaded_at,
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


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PLACE_TIME).astimezone(UTC)


def planned_in(year: int) -> Sequence[Planned]:
    """The columns of a year, in the order of the manual; laid out once a session."""
    kept: dict[int, Sequence[Planned]] = kept_in_session("plan")
    if year not in kept:
        kept[year] = _laid_out(year)
    return kept[year]


def _laid_out(year: int) -> Sequence[Planned]:
    days = {key: source.days_of(year) for key, source in SOURCES.items()}

    def day_of(document: InspectionDocument) -> DayOf:
        known = days.get(document.taken_from, {})
        return lambda period: known.get(period.quarter) or month_after(period)

    return [
        Planned(one, asked)
        for one in documents_in(year)
        for asked in asked_in(year, one.frequency, one.due_month, day_of(one))
    ]


# no document at all is asked for: a row that joins with nothing
NOTHING = (-1, "", 0, 0, 1, "", "", NEVER, datetime(2000, 1, 1, tzinfo=UTC), 0, NEVER)
