"""What a workbook says, before anybody looks whether it can be so."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from app.core.errors import Problem
from app.filings.workbook.layout import Stamp

Lines = list[list[Any]]
LONGEST_CODE = 12  # of a project
LARGEST = 10**300  # of numbers in a workbook


@dataclass(frozen=True, slots=True)
class Form:
    """The page of a plain form as it was sent, and what it has columns for."""

    title: str
    lines: Lines
    columns: Mapping[str, int]  # by name, numbered from 1


@dataclass(slots=True)
class Sent:
    """What a workbook says; *places* are where cells stand in it: ``S2 E12``."""

    stamp: Stamp | None  # none: a plain form that was not made here
    rows: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    # rows that can be laid to no code, by their sheets: they go back in the marked copy only
    loose: dict[str, list[tuple[str, dict[str, object]]]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)  # by the place in the filing
    # of cells that are not even read; by the place in the filing where there is one
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # nothing is wrong, yet one should know
    form: Form | None = None

    def place_of(self, where: str) -> str:
        """Where the cell stands in the workbook, or its row; as it is where neither does."""
        return next((self.places[one] for one in _upwards(where) if one in self.places), where)

    def placed(self, problems: Sequence[Problem]) -> list[Problem]:
        """*problems* by where their cells stand in the workbook."""
        return [Problem(self.place_of(one.where), str(one)) for one in problems]


def _upwards(where: str) -> Iterator[str]:
    """The place, that of its row, and the sheet."""
    while where:
        yield where
        where = where.rpartition("/")[0]


def plainly(value: object) -> object:
    """A number as Excel shows it: of its binary fractions 15 digits are meant."""
    if isinstance(value, float):
        return Decimal(f"{value:.15g}")
    return value


def is_number(value: object) -> bool:
    """Whether a cell can hold it as a number: what was sent may be endless, or of 400 digits."""
    return isinstance(value, Decimal | int | float) and -LARGEST < value < LARGEST


def merged(where: str) -> Problem:
    """Of the cells that are one only the first holds anything, and what was meant is lost."""
    return Problem(where, _("Merged cells: take them apart and fill in each."))


def is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def code_of(value: object) -> str | None:
    """The key of a row, empty where there is none; None for what can be no key.

    A code that Excel took for a number has lost its nought.  Nothing is cut off: 2.7 is not 02,
    and neither a day nor a time is a code.
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is not None and not isinstance(value, str):
        return None
    text = unicodedata.normalize("NFKC", value or "").strip()
    if len(text) > LONGEST_CODE:
        return None
    return text.zfill(2) if text.isdigit() else text


def without_result(value: object) -> str:
    """Why a formula that came to *value* has no result; empty if it has one."""
    if value is None:
        return _("A formula without its result: open the workbook in Excel and save it.")
    if isinstance(value, str) and value.startswith("#"):
        return _("The formula has no result: %(value)s.", value=value[:20])
    return ""
