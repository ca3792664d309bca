"""What people type for a target: read from the cells of a page or a workbook, and laid open.

Cells are named alike on both ways in: ``energy_target``, ``products/2/decline``; problems say
which one is meant.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from app.core.canonical import plain_decimal
from app.core.errors import Problem
from app.core.numbers import typed_number
from app.targets.models import AnnualTarget, LeagueQuota, PlanTarget, TargetKind

MOST_PRODUCTS = 20
LONGEST_DOCUMENT = 100
TCE = (18, 4)
PERCENT = (9, 4)
Cells = Mapping[str, object]
Read = Callable[[object], Any]


class Unreadable(ValueError):
    """A cell does not hold what is asked for; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A product in a plan: unit consumption of the base year, and its decline in percent."""

    product: str
    base_unit: Decimal
    decline: Decimal


@dataclass(frozen=True, slots=True)
class AnnualLine:
    product: str
    decline: Decimal


@dataclass(frozen=True, slots=True)
class PlanDetails:
    saving_target: Decimal
    energy_cap: Decimal | None = None
    intensity_decline: Decimal | None = None
    saved_before: Decimal | None = None
    saved_until: int | None = None
    document: str = ""
    products: tuple[PlanLine, ...] = ()


@dataclass(frozen=True, slots=True)
class AnnualDetails:
    energy_target: Decimal
    saving_target: Decimal | None = None
    document: str = ""
    products: tuple[AnnualLine, ...] = ()


@dataclass(frozen=True, slots=True)
class QuotaDetails:
    energy: Decimal | None = None
    saving: Decimal | None = None
    document: str = ""


Details = PlanDetails | AnnualDetails | QuotaDetails


def number(digits: int, places: int, *, negative: bool = False, most: int | None = None) -> Read:
    """Read a decimal; full-width digits, thousands separators and spaces are forgiven."""

    def read(cell: object) -> Decimal | None:
        value = _decimal(_plain(cell))
        if value is None:
            return None
        if value < 0 and not negative:
            raise Unreadable(_("it may not be negative."))
        if value and value.adjusted() >= digits - places:
            raise Unreadable(_("the number is too large."))
        exact = value.quantize(Decimal(1).scaleb(-places))
        if exact != value:
            raise Unreadable(_("at most %(n)s digits after the point.", n=places))
        if most is not None and value > most:
            raise Unreadable(_("it may be %(most)s at most.", most=most))
        return exact

    return read


def _decimal(text: str) -> Decimal | None:
    if not text:
        return None
    value = typed_number(text)
    if value is None:
        raise Unreadable(_("“%(text)s” is not a number.", text=text[:40]))
    return value


def _year(cell: object) -> int | None:
    value = number(4, 0)(cell)
    return None if value is None else int(value)


def _text(cell: object) -> str:
    text = unicodedata.normalize("NFC", _plain(cell)).strip()
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in text):
        raise Unreadable(_("it holds characters that cannot be shown."))
    if len(text) > LONGEST_DOCUMENT:
        raise Unreadable(_("at most %(n)s characters.", n=LONGEST_DOCUMENT))
    return text


def _plain(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float | Decimal):
        raise Unreadable(_("a plain value is expected."))
    return str(cell).strip()


ENERGY = number(*TCE)
SIGNED = number(*TCE, negative=True)  # a year may have lost what others saved
DECLINE = number(*PERCENT, negative=True, most=100)
PLAN = {
    "saving_target": ENERGY,
    "energy_cap": SIGNED,
    "intensity_decline": DECLINE,
    "saved_before": SIGNED,
    "saved_until": _year,
    "document": _text,
}
PLAN_PRODUCT = {"base_unit": SIGNED, "decline": DECLINE}
ANNUAL = {"energy_target": SIGNED, "saving_target": SIGNED, "document": _text}
ANNUAL_PRODUCT = {"decline": DECLINE}


class Reader:
    """Reads cells one by one and gathers what is wrong with them."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.problems: list[Problem] = []

    def values(self, columns: Mapping[str, Read], at: str = "") -> dict[str, Any]:
        found = {}
        for name, read in columns.items():
            try:
                found[name] = read(self.cells.get(at + name))
            except Unreadable as error:
                found[name] = None
                self.complain(at + name, str(error))
        return found

    def needs(self, where: str, value: object) -> None:
        if value is None and not any(problem.where == where for problem in self.problems):
            self.complain(where, _("This is needed."))

    def complain(self, where: str, text: str) -> None:
        self.problems.append(Problem(where, text))


def product_rows(cells: Cells) -> list[int]:
    """The numbers of the product rows that hold anything at all."""
    rows = {
        int(parts[1])
        for name, value in cells.items()
        if len(parts := name.split("/")) == 3
        and parts[0] == "products"
        and parts[1].isascii()
        and parts[1].isdigit()
        and len(parts[1]) < 5
        and value not in (None, "")
    }
    return sorted(rows)


def _products(
    reader: Reader, columns: Mapping[str, Read], line: Callable[..., Any], known: Mapping[str, Any]
) -> tuple[Any, ...]:
    rows = product_rows(reader.cells)
    if len(rows) > MOST_PRODUCTS:
        reader.complain("products", _("At most %(n)s products.", n=MOST_PRODUCTS))
        return ()
    lines: dict[str, Any] = {}
    for row in rows:
        at = f"products/{row}/"
        key = str(reader.cells.get(at + "product") or "").strip()
        values = reader.values(columns, at)
        if key not in known:
            reader.complain(at + "product", _("There is no such product."))
        elif key in lines:
            reader.complain(at + "product", _("This product stands there twice."))
        for name, value in values.items():
            reader.needs(at + name, value)
        lines[key] = line(key, **values)
    return tuple(lines[key] for key in sorted(lines))


def read_plan(
    cells: Cells, known: Mapping[str, Any], years: Sequence[int]
) -> tuple[PlanDetails, list[Problem]]:
    """A five-year target out of *cells*; `problems` name the cells that are wrong."""
    reader = Reader(cells)
    values = reader.values(PLAN)
    reader.needs("saving_target", values["saving_target"])
    if (values["saved_before"] is None) != (values["saved_until"] is None):
        missing = "saved_until" if values["saved_until"] is None else "saved_before"
        reader.needs(missing, None)
    if values["saved_until"] is not None and values["saved_until"] not in years:
        reader.complain("saved_until", _("This year lies outside the plan."))
    products = _products(reader, PLAN_PRODUCT, PlanLine, known)
    return PlanDetails(**{**values, "document": values["document"] or ""}, products=products), (
        reader.problems
    )


def read_annual(cells: Cells, known: Mapping[str, Any]) -> tuple[AnnualDetails, list[Problem]]:
    """An annual target out of *cells*; `problems` name the cells that are wrong."""
    reader = Reader(cells)
    values = reader.values(ANNUAL)
    reader.needs("energy_target", values["energy_target"])
    products = _products(reader, ANNUAL_PRODUCT, AnnualLine, known)
    return AnnualDetails(**{**values, "document": values["document"] or ""}, products=products), (
        reader.problems
    )


def details_of(row: PlanTarget | AnnualTarget | LeagueQuota) -> Details:
    """What a row says, apart from whose it is: equal details, nothing has changed."""
    if isinstance(row, LeagueQuota):
        return QuotaDetails(row.energy, row.saving, row.document)
    products: list[Any] = list(row.products)
    lines = sorted(products, key=lambda line: line.product_key)
    kind, line_kind = KINDS[row.kind]
    details: Details = kind(
        **{name: getattr(row, name) for name in _names(kind) if name != "products"},
        products=tuple(
            line_kind(
                line.product_key,
                **{name: getattr(line, name) for name in _names(line_kind) if name != "product"},
            )
            for line in lines
        ),
    )
    return details


KINDS: Mapping[TargetKind, tuple[Any, Any]] = {
    TargetKind.PLAN: (PlanDetails, PlanLine),
    TargetKind.ANNUAL: (AnnualDetails, AnnualLine),
}


def _names(kind: Any) -> list[str]:
    return [one.name for one in fields(kind)]


def as_content(details: Details) -> dict[str, Any]:
    """*details* for the canonical text of a version: products by their key."""
    content = {name: getattr(details, name) for name in _names(details)}
    if "products" in content:
        content["products"] = {
            line.product: {name: getattr(line, name) for name in _names(line) if name != "product"}
            for line in content["products"]
        }
    return content


def as_cells(details: PlanDetails | AnnualDetails) -> dict[str, str]:
    """*details* as they would have been typed: the inverse of reading."""
    cells = {name: _typed(getattr(details, name)) for name in _names(details) if name != "products"}
    for row, line in enumerate(details.products, start=1):
        for name in _names(line):
            cells[f"products/{row}/{name}"] = _typed(getattr(line, name))
    return cells


def _typed(value: object) -> str:
    if value is None:
        return ""
    return plain_decimal(value) if isinstance(value, Decimal) else str(value)
