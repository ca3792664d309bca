"""All the figures of one filing, laid open for reckoning and checking."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.checks.course import Course
from app.checks.reckoning import ZERO, primary_basis

Rows = Mapping[str, Mapping[str, Any]]  # by the key of the row: an energy code, or ""


@dataclass(frozen=True, slots=True)
class CarrierFacts:
    """What is known of an energy carrier; coefficients in tce per unit of the row."""

    code: str
    name: str
    unit: str
    reference: Decimal | None
    hard_min: Decimal | None
    hard_max: Decimal | None
    storable: bool
    transport_ok: bool
    feedstock_ok: bool
    recovery_ok: bool
    form_min: Decimal | None = None  # the range that the form gives
    form_max: Decimal | None = None
    price_min: Decimal | None = None  # usual, CNY per unit of the row
    price_max: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """A product and one of its indicators; limits in `unit`, the unit of the indicator."""

    code: str  # product and indicator: 2611E
    name: str
    made: str  # the product without its indicator
    unit: str
    indicator: str  # E energy, P electricity, C coal for power, H coal for heat
    numerator_unit: str
    denominator_unit: str
    scale: Decimal
    limits: tuple[Decimal | None, Decimal | None, Decimal | None]
    adjusted: bool  # the standard has correction factors


@dataclass(frozen=True, slots=True)
class WasteFacts:
    """A class of general industrial solid waste."""

    code: str
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class OutputFacts:
    """A product without an indicator; in the unit of its output."""

    code: str
    name: str
    unit: str


Facts = CarrierFacts | ProductFacts | OutputFacts | WasteFacts


@dataclass(frozen=True, slots=True)
class Book:
    """Rows by sheet and key; beside them the catalogue and what was filed a year before."""

    sheets: Mapping[str, Rows]
    carriers: Mapping[str, CarrierFacts]
    primary: Mapping[str, Decimal]  # the primary coefficients of the quarter, by carrier
    year_before: Mapping[str, Rows] = field(default_factory=dict)
    registry: Mapping[str, Any] = field(default_factory=dict)  # of the enterprise, by column
    products: Mapping[str, ProductFacts] = field(default_factory=dict)
    wastes: Mapping[str, WasteFacts] = field(default_factory=dict)
    months: frozenset[str] = frozenset()  # of the quarter, as 2026-07
    left_out: frozenset[str] = frozenset()  # sheets that are not asked for in the quarter
    course: Course | None = None  # of the enterprise, up to the quarter at hand

    def outputs(self) -> dict[str, "OutputFacts"]:
        """The products by their codes alone, whatever indicators they have."""
        return {
            key[:-1]: OutputFacts(key[:-1], one.made, one.denominator_unit)
            for key, one in self.products.items()
        }

    def rows(self, sheet: str) -> Rows:
        return self.sheets.get(sheet, {})

    def number(self, sheet: str, key: str, name: str) -> Decimal:
        """A figure, zero where none is filed."""
        value = self.rows(sheet).get(key, {}).get(name)
        return ZERO if value is None else value

    def column(self, sheet: str, name: str) -> dict[str, Decimal]:
        """A column of *sheet* by key, without the empty cells."""
        cells = ((key, row.get(name)) for key, row in self.rows(sheet).items())
        return {key: value for key, value in cells if value is not None}

    def coefficients(self) -> dict[str, Decimal]:
        """k(c), the adopted coefficients of sheet 2, tce per unit of the row."""
        return self.column("S2", "adopted_coefficient")

    def primary_coefficients(self) -> dict[str, Decimal]:
        """The same with electricity and heat at their primary value (FM-04)."""
        return primary_basis(self.coefficients(), self.primary)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet with the book around it: what formulas and row checks get."""

    sheet: str
    key: str
    values: Mapping[str, Any]
    book: Book

    def __getitem__(self, name: str) -> Decimal:
        """A figure of this row, zero where it is empty."""
        value = self.values.get(name)
        return ZERO if value is None else value

    @property
    def product(self) -> ProductFacts:
        return self.book.products[self.key]

    @property
    def carrier(self) -> CarrierFacts:
        return self.book.carriers[self.key]

    def lines(self, sheet: str) -> Iterator["Line"]:
        for key, values in self.book.rows(sheet).items():
            yield Line(sheet, key, values, self.book)
