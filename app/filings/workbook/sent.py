"""What a workbook says, before anybody looks whether it can be so."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.core.errors import Problem
from app.filings.workbook.layout import Stamp

Lines = list[list[Any]]


@dataclass(slots=True)
class Sent:
    """What a workbook says; *places* are where cells stand in it: ``S2 E12``."""

    stamp: Stamp | None  # none: a plain form that was not made here
    rows: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)  # by the place in the filing
    problems: list[Problem] = field(default_factory=list)  # of cells that are not even read

    def place_of(self, where: str) -> str:
        """Where the cell stands in the workbook, or as it is where it stands nowhere."""
        return self.places.get(where, where)


def plainly(value: object) -> object:
    """A number as Excel shows it: of its binary fractions 15 digits are meant."""
    if isinstance(value, float):
        return Decimal(f"{value:.15g}")
    return value


def is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
