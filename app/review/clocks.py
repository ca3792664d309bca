"""For how many working days whoever it waits for has had a filing."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from app.core.clock import PLACE_TIME, today
from app.review.models import Question, Review
from app.workdays.days import working_days_between
from app.workdays.queries import special_days

Span = tuple[date, date]


def day_of(moment: datetime) -> date:
    """The day in Inner Mongolia."""
    return moment.astimezone(PLACE_TIME).date()


def days_held(since: date, until: date, pauses: Iterable[Span] = ()) -> int:
    """Working days after *since* up to *until*, without those of *pauses*, which may overlap."""
    special, days = special_days(), 0
    for begin, end in _outside(since, until, pauses):
        days += working_days_between(begin, end, special)
    return days


def _outside(since: date, until: date, pauses: Iterable[Span]) -> Iterable[Span]:
    """The parts of *since* to *until* that lie in none of *pauses*."""
    at = since
    for begin, end in sorted(pauses):
        if begin > at:
            yield at, min(begin, until)
        at = max(at, end)
        if at >= until:
            return
    yield at, until


def pauses_of(questions: Sequence[Question], until: date) -> list[Span]:
    """While a question is open the clock stands, at most until the day on which it is due."""
    return [
        (day_of(one.asked_at), min(one.due_on, day_of(one.ended_at) if one.ended_at else until))
        for one in questions
    ]


def clock_of(review: Review) -> int | None:
    """The working days of whoever it waits for; None where it waits for nobody."""
    if review.holder is None:
        return None
    until = today()
    return days_held(day_of(review.since), until, pauses_of(review.questions, until))
