"""A quarter of a year, the period of every filing."""

import re
from dataclasses import dataclass
from typing import Self

from app.core.clock import today
from app.core.errors import NotFound


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """``Quarter(2026, 3)``, written 2026Q3; ordered in time."""

    year: int
    quarter: int

    def __post_init__(self) -> None:
        if not (2000 <= self.year <= 2100 and 1 <= self.quarter <= 4):
            raise ValueError(f"no quarter: {self.year}Q{self.quarter}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The quarter written as *text*, which came from outside; `NotFound` if there is none."""
        if not (found := re.fullmatch(r"(2\d{3})Q([1-4])", text, re.ASCII)) or int(found[1]) > 2100:
            raise NotFound(text)
        return cls(int(found[1]), int(found[2]))

    @property
    def index(self) -> int:
        """Quarters since the year 0: one more from quarter to quarter; for the database."""
        return self.year * 4 + self.quarter - 1

    @classmethod
    def at(cls, index: int) -> Self:
        return cls(index // 4, index % 4 + 1)

    def shifted(self, by: int) -> "Quarter":
        return Quarter.at(self.index + by)

    @property
    def previous(self) -> "Quarter":
        return self.shifted(-1)

    @property
    def months(self) -> tuple[int, int, int]:
        return (3 * self.quarter - 2, 3 * self.quarter - 1, 3 * self.quarter)

    @property
    def a_year_before(self) -> "Quarter":
        return self.shifted(-4)

    def __str__(self) -> str:
        return f"{self.year}Q{self.quarter}"


def this_quarter() -> Quarter:
    day = today()
    return Quarter(day.year, (day.month + 2) // 3)


def recent_quarters() -> list[tuple[str, str]]:
    """The quarter we are in and those of the five years before it, to choose from."""
    this = this_quarter()
    return [(str(one), str(one)) for one in (this.shifted(-by) for by in range(20))]
