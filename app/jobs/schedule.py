"""When the clock starts something: the five fields of a crontab, in the time of the place."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from app.core.clock import PLACE_TIME

BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))  # minute, hour, day, month, weekday
LONGEST = 366 * 9  # days until the next 29 February, at most


@dataclass(frozen=True, slots=True)
class Schedule:
    """``Schedule.of("0 3 * * 0")``: at 03:00 on Sundays, in Asia/Shanghai.

    As in a crontab, a field is ``*``, a number, a range, a list or a step; unlike there, day
    and weekday must both fit when both are given.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]  # 0 and 7 are Sunday

    @classmethod
    def of(cls, text: str) -> Self:
        """Raises `ValueError` if *text* is no schedule, or one whose moment never comes."""
        fields = text.split()
        if len(fields) != len(BOUNDS):
            raise ValueError(f"not the five fields of a crontab: {text!r}")
        made = cls(*(_numbers(one, *bounds) for one, bounds in zip(fields, BOUNDS, strict=True)))
        made.next(datetime(2000, 1, 1, tzinfo=UTC))
        return made

    def next(self, after: datetime) -> datetime:
        """The first moment after *after*, in UTC."""
        local = after.astimezone(PLACE_TIME)
        for ahead in range(LONGEST):
            day = local.date() + timedelta(days=ahead)
            if self._fits(day):
                for moment in self._moments(day):
                    if moment > after:
                        return moment
        raise ValueError("this moment never comes")

    def _fits(self, day: date) -> bool:
        weekday = day.isoweekday()
        return (
            day.month in self.months
            and day.day in self.days
            and (weekday in self.weekdays or (weekday == 7 and 0 in self.weekdays))
        )

    def _moments(self, day: date) -> Iterator[datetime]:
        for hour in self.hours:
            for minute in self.minutes:
                yield datetime.combine(day, time(hour, minute), PLACE_TIME).astimezone(UTC)


def _numbers(field: str, lowest: int, highest: int) -> tuple[int, ...]:
    found: set[int] = set()
    for part in field.split(","):
        span, _slash, step = part.partition("/")
        first, _dash, last = span.partition("-")
        if span == "*":
            begin, end = lowest, highest
        else:
            begin = int(first)
            end = int(last) if last else (highest if step else begin)
        if not lowest <= begin <= end <= highest:
            raise ValueError(f"not within {lowest} to {highest}: {field!r}")
        found |= set(range(begin, end + 1, int(step or 1)))
    return tuple(sorted(found))
