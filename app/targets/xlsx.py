"""Targets as a workbook, out and in again; problems name the cell: ``targets!D7``.

Two pages: ``targets`` has a row an enterprise, ``products`` a row a product.  Row 1 says what
the workbook is, row 2 has the headings with units, row 3 (hidden) the names of the columns.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO, Any

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from app.core.errors import Problem
from app.core.package import refused
from app.core.xlsx import pages_of
from app.targets.models import PlanPeriod
from app.targets.products import Product

TARGETS, PRODUCTS = "targets", "products"
NAMES_ROW, FIRST_ROW = 3, 4
MOST_ROWS, MOST_COLUMNS = 5000, 12
SPARE_ROWS = 200  # product rows to fill in
GIVEN = PatternFill("solid", fgColor="E7EAEE")
HEAD = Font(bold=True)
GIVEN_COLUMNS = ("number", "enterprise", "version")
WIDE = {"enterprise": 36, "product": 44, "document": 26}


@dataclass(frozen=True, slots=True)
class Layout:
    """What the workbook of one kind of target holds, and for what time.

    `target` are the columns typed of an enterprise, `product` those of a product, each with its
    heading; `texts` are those of them that are no numbers.
    """

    stamp: str  # the first cell, by which it is known again
    title: str
    target: Mapping[str, str]
    product: Mapping[str, str]
    texts: Set[str] = frozenset({"document"})

    def columns(self, title: str) -> tuple[str, ...]:
        if title == TARGETS:
            return (*GIVEN_COLUMNS, *self.target)
        return ("number", "enterprise", "product", *self.product)

    def headings(self, title: str) -> list[str]:
        given = {
            "number": _("Registry number"),
            "enterprise": _("Enterprise"),
            "version": _("Version"),
            "product": _("Product"),
        }
        words = {**given, **(self.target if title == TARGETS else self.product)}
        return [words[name] for name in self.columns(title)]

    def is_number(self, name: str) -> bool:
        return name in {*self.target, *self.product} - self.texts

    def is_typed(self, title: str, name: str) -> bool:
        given = GIVEN_COLUMNS if title == TARGETS else ("enterprise",)
        return name not in given


def annual_layout(year: int) -> Layout:
    energy = _("Comprehensive energy target %(year)s, calorific value (tce)", year=year)
    return Layout(
        stamp=f"T2 {year}",
        title=_("Annual dual-control targets %(year)s", year=year),
        target={
            "energy_target": energy,
            "saving_target": _("Saving target %(year)s (tce)", year=year),
            "document": _("Document number"),
        },
        product={
            "decline": _("Decline of unit consumption against %(year)s (%%)", year=year - 1),
        },
    )


def plan_layout(period: PlanPeriod) -> Layout:
    first, last, base = period.first_year, period.last_year, period.base_year
    span = f"{first}-{last}"
    return Layout(
        stamp=f"T1 {period.key}",
        title=_("Five-year control targets %(span)s", span=span),
        target={
            "saving_target": _("Saving target %(year)s (tce)", year=span),
            "energy_cap": _("Cap of energy in %(year)s, calorific value (tce)", year=last),
            "intensity_decline": _("Decline of energy per output against %(year)s (%%)", year=base),
            "saved_before": _("Recognised as saved before filing here (tce)"),
            "saved_until": _("Recognised up to the year"),
            "document": _("Document number"),
        },
        product={
            "base_unit": _("Unit consumption of %(year)s, in the unit of the product", year=base),
            "decline": _("Decline of unit consumption against %(year)s (%%)", year=base),
        },
    )


@dataclass(slots=True)
class Line:
    """One enterprise of the workbook: its cells by name, and where each of them stands."""

    number: str
    enterprise: str = ""
    version: object = None
    cells: dict[str, object] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    products: Sequence[Mapping[str, object]] = ()  # on the way out

    def cell(self, name: str) -> str:
        """Where a problem with *name* is shown; of a whole row at its first cell."""
        return self.where.get(name) or self.where.get(name.rpartition("/")[0], self.where["row"])


def template(layout: Layout, lines: Sequence[Line], products: Mapping[str, Product]) -> BytesIO:
    """The workbook of *layout* with what is there or proposed in *lines*."""
    book = Workbook()
    page = book.active
    page.title = TARGETS
    _begin(page, layout)
    for line in lines:
        row = [line.number, line.enterprise, line.version]
        page.append([*row, *(line.cells.get(name) for name in layout.target)])
    second = book.create_sheet(PRODUCTS)
    _begin(second, layout)
    for line in lines:
        for one in line.products:
            called = words(products[str(one["product"])])
            row = [line.number, line.enterprise, called]
            second.append([*row, *(one[name] for name in layout.product)])
    _dress(page, layout, page.max_row)
    _dress(second, layout, second.max_row + SPARE_ROWS)
    _offer(book, second, products)
    book.save(file := BytesIO())
    file.seek(0)
    return file


def words(product: Product) -> str:
    """A product as it is chosen in a cell: its key first, so that it can be read back."""
    return f"{product.key} {product.name} ({product.indicator_unit})"


def _begin(page: Worksheet, layout: Layout) -> None:
    page.append([layout.stamp, layout.title])
    page.append(layout.headings(page.title))
    page.append(list(layout.columns(page.title)))


def _dress(page: Worksheet, layout: Layout, last: int) -> None:
    """Heads, widths, texts that stay texts, and a lock on all that is not typed."""
    for cell in page[2]:
        cell.font, cell.alignment = HEAD, Alignment(wrap_text=True, vertical="top")
    page.row_dimensions[NAMES_ROW].hidden = True
    page.freeze_panes = f"C{FIRST_ROW}"
    for column, name in enumerate(layout.columns(page.title), start=1):
        letter = get_column_letter(column)
        page.column_dimensions[letter].width = WIDE.get(name, 18)
        page.column_dimensions[letter].hidden = name == "version"
        typed = layout.is_typed(page.title, name)
        for row in range(FIRST_ROW, last + 1):
            cell = page.cell(row, column)
            cell.protection = Protection(locked=not typed)
            if not typed:
                cell.fill = GIVEN
            if layout.is_number(name):
                cell.number_format = "0" if name == "saved_until" else "#,##0.####"
            else:
                cell.number_format = "@"
                if isinstance(cell.value, str):
                    cell.data_type = "s"  # text that begins with = is text
    page.protection.enable()


def _offer(book: Workbook, page: Worksheet, products: Mapping[str, Product]) -> None:
    """A drop-down of the products; they are too many for the formula, so they lie on a page."""
    names = book.create_sheet("catalogue")
    for product in products.values():
        names.append([words(product)])
    names.sheet_state = "hidden"
    choice = DataValidation("list", formula1=f"catalogue!$A$1:$A${len(products)}", allow_blank=True)
    page.add_data_validation(choice)
    choice.add(f"C{FIRST_ROW}:C{page.max_row + SPARE_ROWS}")


def read(file: IO[bytes], layout: Layout) -> tuple[list[Line], list[Problem]]:
    """The rows of an uploaded workbook and what is wrong with its cells.

    `Invalid` if it is another workbook; formulas are not taken for their last results.
    """
    problems: list[Problem] = []
    lines: dict[str, Line] = {}
    pages = pages_of(file, (TARGETS, PRODUCTS), rows=MOST_ROWS, columns=MOST_COLUMNS)
    for title in (TARGETS, PRODUCTS):
        rows = pages[title]
        if len(rows) < NAMES_ROW or not rows[0] or str(rows[0][0].value) != layout.stamp:
            text = _(
                "This is a workbook of something else; expected: %(stamp)s.", stamp=layout.stamp
            )
            raise refused(text)
        names = {str(cell.value): i for i, cell in enumerate(rows[NAMES_ROW - 1]) if cell.value}
        if set(layout.columns(title)) - names.keys():
            raise refused(_("Columns are missing; fetch the template again."))
        for at, row in enumerate(rows[FIRST_ROW - 1 :], start=FIRST_ROW):
            cells = {name: row[i] for name, i in names.items() if i < len(row)}
            _take(lines, problems, layout, (title, at), cells)
    return list(lines.values()), problems


def _take(
    lines: dict[str, Line],
    problems: list[Problem],
    layout: Layout,
    place: tuple[str, int],
    cells: dict[str, Any],
) -> None:
    """One row of a page into its line; what is typed nowhere is no row."""
    title, at = place
    columns = layout.columns(title)
    letters = map(get_column_letter, range(1, MOST_COLUMNS + 1))
    where = {name: f"{title}!{letter}{at}" for name, letter in zip(columns, letters, strict=False)}
    values: dict[str, Any] = {}
    for name in columns:
        cell = cells.get(name)
        values[name] = None if cell is None else cell.value
        if cell is not None and cell.data_type == "f":
            values[name] = None
            problems.append(Problem(where[name], _("Formulas are not taken; enter the value.")))
    typed = [name for name in columns if layout.is_typed(title, name) and name != "number"]
    if all(values[name] in (None, "") for name in typed):
        return
    number = _registry_number(values["number"])
    if title == TARGETS and number in lines:
        problems.append(Problem(where["number"], _("This enterprise stands there twice.")))
    elif title == TARGETS:
        lines[number] = _target_line(layout, number, values, where)
    elif number in lines:
        _add_product(lines[number], layout, at, values, where)
    else:
        text = _("The enterprise of this product has no target on the first page.")
        problems.append(Problem(where["number"], text))


def _registry_number(value: object) -> str:
    """As it is registered, though Excel has taken ``000017`` for a number."""
    text = str(value or "").strip()
    return text.zfill(6) if text.isascii() and text.isdigit() else text


def _target_line(
    layout: Layout, number: str, values: dict[str, Any], where: dict[str, str]
) -> Line:
    names = tuple(layout.target)
    return Line(
        number,
        str(values["enterprise"] or ""),
        values["version"],
        cells={name: values[name] for name in names},
        where={"row": where["number"], **{name: where[name] for name in names}},
    )


def _add_product(
    line: Line, layout: Layout, at: int, values: dict[str, Any], where: dict[str, str]
) -> None:
    place = f"products/{at}"
    product = str(values["product"] or "").split(" ")[0]
    line.where[place] = where["number"]
    for name, value in {"product": product, **{n: values[n] for n in layout.product}}.items():
        line.cells[f"{place}/{name}"] = value
        line.where[f"{place}/{name}"] = where[name]
