"""What a sheet is.

A sheet is a mapped class whose columns also say how people know them.  The table and its
migration, the entry page, the Excel template, the reading back of it, the check of each value,
the canonical text of a version and the table on the review page are all drawn from that one
class; see `app.filings.sheets` for the sheets themselves.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import Boolean, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, MappedColumn, declared_attr, mapped_column, relationship

from app.checks.book import Book, Facts, Line
from app.core.db import Model, Quantity, choice
from app.core.enums import Labelled
from app.core.errors import Problem
from app.filings.values import DECIMALS, Kind, Need, Unreadable, read, text_of
from app.regions.scope import Placed

if TYPE_CHECKING:  # it knows its sheets
    from app.filings.models import Filing

PROJECT_NUMBER = re.compile(r"[0-9]{4}Q[1-4]-[0-9]{2,4}")


class Keyed(Enum):
    """What the rows of a sheet are told apart by; the value is the name of that column."""

    CARRIER = "energy_code"
    PRODUCT = "product_key"  # product and indicator in one: 2611E
    OUTPUT = "product_code"  # the product alone: 2611
    WASTE = "waste_code"
    PROJECT = "project_no"  # kept by the project through the years

    def entries(self, book: Book) -> Mapping[str, Facts]:
        """The catalogue that the keys come from; there is none of projects."""
        catalogues: dict[Keyed, Mapping[str, Facts]] = {
            Keyed.CARRIER: book.carriers,
            Keyed.PRODUCT: book.products,
            Keyed.OUTPUT: book.outputs(),
            Keyed.WASTE: book.wastes,
        }
        return catalogues.get(self, {})

    def refusal(self, key: str, book: Book) -> str:
        """Why there can be no row under *key*; empty if there can."""
        if self is Keyed.PROJECT:
            well = PROJECT_NUMBER.fullmatch(key)
            return "" if well else _("A project number is like 2026Q1-01.")
        if key in self.entries(book):
            return ""
        return {
            Keyed.CARRIER: _("There is no such energy carrier."),
            Keyed.PRODUCT: _("There is no such product."),
            Keyed.OUTPUT: _("There is no such product."),
            Keyed.WASTE: _("There is no such class of waste in this quarter."),
        }[self]

    @property
    def length(self) -> int:
        return {Keyed.PROJECT: 12, Keyed.PRODUCT: 6}.get(self, 4)

    @property
    def title(self) -> str:
        return {
            Keyed.CARRIER: _("Energy"),
            Keyed.PRODUCT: _("Product"),
            Keyed.OUTPUT: _("Product"),
            Keyed.WASTE: _("Solid waste"),
            Keyed.PROJECT: _("Project"),
        }[self]


OF_THE_ROW = {  # units that differ from row to row
    "row": _l("unit of the row"),
    "indicator": _l("unit of the indicator"),
    "numerator": _l("unit of the energy"),
    "denominator": _l("unit of the output"),
    "capacity": _l("unit of the output a year"),
    "per output": _l("m³ per unit of the output"),
}


class Over(Enum):
    """What a column is over several quarters of a year (FM-24)."""

    SUM = "sum"
    FIRST = "first"
    LAST = "last"


FLOWS = (Kind.QTY, Kind.TCE, Kind.MONEY)  # add up, where a column does not say otherwise


@dataclass(frozen=True, slots=True)
class Field:
    """What a column of a sheet means, beyond its type; marks as in the national forms."""

    title: LazyString
    kind: Kind
    need: Need
    unit: LazyString | str = ""  # or a key of OF_THE_ROW
    number: str = ""  # the column number of the form, or ours with an x
    length: int = 0
    choices: type[Labelled] | None = None
    negative: bool = False
    needed_when: Callable[[Line], bool] | None = None  # for Need.CONDITIONAL
    formula: Callable[[Line], Any] | None = None  # for Need.DERIVED
    over: Over | None = None

    @property
    def typed(self) -> bool:
        """Whether people fill it in; the rest the system works out."""
        return self.formula is None

    @property
    def over_quarters(self) -> Over:
        return self.over or (Over.SUM if self.kind in FLOWS else Over.LAST)

    def heading(self) -> str:
        if not self.unit:
            return str(self.title)
        return f"{self.title} ({self.measure})"

    @property
    def measure(self) -> LazyString | str:
        """The unit in words; of what differs from row to row, where it comes from."""
        return OF_THE_ROW.get(self.unit, self.unit) if isinstance(self.unit, str) else self.unit


@dataclass(frozen=True, slots=True)
class RowCheck:
    """Something that must hold within each row, or between a row and its pair in sheet 2 or 3."""

    code: str  # the number of the rule it belongs to
    column: str  # where to look when it does not hold
    title: LazyString
    holds: Callable[[Line], bool]


@dataclass(frozen=True, slots=True)
class Sheet:
    key: str
    title: LazyString
    keyed: Keyed | None = None  # None: there is one row
    checks: tuple[RowCheck, ...] = ()
    made: Callable[[Book], Iterable[str]] | None = None  # the keys, where the system makes the rows

    @property
    def key_name(self) -> str:
        """What the form calls the key of a row; nothing where there is only one."""
        return self.keyed.value if self.keyed else ""

    def accepts(self, key: str, book: Book) -> bool:
        """Whether there can be a row under *key*."""
        return self.keyed is None or not self.keyed.refusal(key, book)


def field(title: LazyString, kind: Kind, need: Need = Need.OPTIONAL, **meaning: Any) -> Any:
    """A column of a sheet; see `app.filings.sheets` for how they are written."""
    if "formula" in meaning and need is Need.OPTIONAL:
        need = Need.DERIVED
    elif "needed_when" in meaning:
        need = Need.CONDITIONAL
    what = Field(title, kind, need, **meaning)
    column: MappedColumn[Any] = mapped_column(_type(what), nullable=True, info={"field": what})
    return column


def _type(what: Field) -> Any:
    if what.kind in DECIMALS:
        return Quantity(*DECIMALS[what.kind])
    if what.kind is Kind.CHOICE and what.choices is not None:
        return choice(what.choices)
    plain = {
        Kind.TEXT: String(what.length),
        Kind.BOOL: Boolean(),
        Kind.DATE: Date(),
        Kind.MONTH: String(7),
    }
    return plain[what.kind]


class SheetRow(Placed, Model):
    """One line of one sheet of one filing."""

    __abstract__ = True
    sheet: ClassVar[Sheet]

    id: Mapped[int] = mapped_column(primary_key=True)

    @declared_attr
    def key(cls) -> Mapped[str]:  # noqa: N805
        """See `Keyed`; empty where there is only one row."""
        keyed = cls.sheet.keyed
        return mapped_column(String(keyed.length if keyed else 4), default="")

    @declared_attr
    def filing_id(cls) -> Mapped[int]:  # noqa: N805
        return mapped_column(ForeignKey("filing.id"))

    @declared_attr
    def filing(cls) -> Mapped["Filing"]:  # noqa: N805
        """Only for lists, which read it with the row."""
        return relationship(viewonly=True, lazy="raise")

    @declared_attr.directive
    def __table_args__(cls) -> Any:  # noqa: N805
        return (UniqueConstraint("filing_id", "key"),)

    @classmethod
    def fields(cls) -> Mapping[str, Field]:
        """The fields by column name, in the order in which they are written down."""
        return _fields(cls.__table__)

    @classmethod
    def inputs(cls) -> Mapping[str, Field]:
        return {name: f for name, f in cls.fields().items() if f.typed}

    def values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.fields()}

    @classmethod
    def read(cls, key: str, cells: Mapping[str, object]) -> tuple[dict[str, Any], list[Problem]]:
        """The values of what was typed, and what could not be read; unknown cells are refused."""
        values: dict[str, Any] = {}
        problems = []
        for name, what in cls.inputs().items():
            try:
                values[name] = read(
                    cells.get(name),
                    what.kind,
                    negative=what.negative,
                    length=what.length,
                    choices=what.choices,
                )
            except Unreadable as error:
                text = f"{what.title}: {error}"
                problems.append(Problem(address(cls, key, name), text))
        unknown = sorted(map(str, cells.keys() - cls.inputs().keys() - {cls.sheet.key_name}))
        problems += [
            Problem(address(cls, key, name[:40]), _("This column is not filled in by hand."))
            for name in unknown
        ]
        return values, problems

    @classmethod
    def derive(cls, line: Line, values: dict[str, Any]) -> None:
        """Work out the derived fields of the row into *values*, in the order of the columns."""
        for name, what in cls.fields().items():
            if what.formula is not None:
                values[name] = what.formula(line)

    @classmethod
    def missing(cls, line: Line) -> list[Problem]:
        """The required fields that are empty."""
        return [
            Problem(address(cls, line.key, name), _("%(what)s is missing.", what=what.title))
            for name, what in cls.inputs().items()
            if line.values.get(name) in (None, "") and _needed(what, line)
        ]

    @classmethod
    def broken(cls, line: Line) -> list[Problem]:
        """The row checks that do not hold."""
        return [
            Problem(address(cls, line.key, check.column), f"{check.code} {check.title}")
            for check in cls.sheet.checks
            if not check.holds(line)
        ]


@cache
def _fields(table: Any) -> Mapping[str, Field]:
    return {c.name: c.info["field"] for c in table.columns if "field" in c.info}


def _needed(what: Field, line: Line) -> bool:
    if what.need is Need.CONDITIONAL:
        return what.needed_when is not None and what.needed_when(line)
    return what.need is Need.REQUIRED


def address(kind: type[SheetRow], key: str, name: str) -> str:
    """Where a cell is: ``S2/04/opening_stock``, ``S1/employees``."""
    return "/".join(part for part in (kind.sheet.key, key, name) if part)


def as_lines(kind: type[SheetRow], rows: Iterable[Line], names: Sequence[str]) -> list[list[str]]:
    """Rows as text, for a page or a print."""
    fields = kind.fields()
    return [[text_of(row.values.get(name), fields[name].kind) for name in names] for row in rows]
