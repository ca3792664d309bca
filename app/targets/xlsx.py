"""Annual targets as a workbook, out and in again; problems name the cell: ``targets!D7``.

Two pages: ``targets`` has a row an enterprise, ``products`` a row a product.  Row 1 says what
the workbook is, row 2 has the headings with units, row 3 (hidden) the names of the columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from typing import IO, Any
from zipfile import ZipFile

from flask_babel import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from app.core.errors import Invalid, Problem
from app.targets.products import Product

TARGETS, PRODUCTS = "targets", "products"
NAMES_ROW, FIRST_ROW = 3, 4
LARGEST_UNPACKED = 40 << 20
MOST_ROWS, MOST_COLUMNS = 5000, 12
SPARE_ROWS = 200  # product rows to fill in
GIVEN = PatternFill("solid", fgColor="E7EAEE")
HEAD = Font(bold=True)
COLUMNS = {
    TARGETS: ("number", "enterprise", "version", "energy_target", "saving_target", "document"),
    PRODUCTS: ("number", "enterprise", "product", "decline"),
}
TYPED = {"energy_target", "saving_target", "document", "decline", "product", "number"}
NUMBERS = {"energy_target", "saving_target", "decline"}
WIDE = {"enterprise": 36, "product": 44, "document": 26}


@dataclass(slots=True)
class Line:
    """One enterprise of the workbook: its cells by name, and where each of them stands."""

    number: str
    enterprise: str = ""
    version: object = None
    cells: dict[str, object] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    products: Sequence[tuple[str, Decimal]] = ()  # on the way out

    def cell(self, name: str) -> str:
        """Where a problem with *name* is shown; of a whole row at its first cell."""
        return self.where.get(name) or self.where.get(name.rpartition("/")[0], self.where["row"])


def stamp(year: int) -> str:
    return f"T2 {year}"


def _headings(year: int) -> dict[str, str]:
    return {
        "number": _("Registry number"),
        "enterprise": _("Enterprise"),
        "version": _("Version"),
        "energy_target": _(
            "Comprehensive energy target %(year)s, calorific value (tce)", year=year
        ),
        "saving_target": _("Saving target %(year)s (tce)", year=year),
        "document": _("Document number"),
        "product": _("Product"),
        "decline": _("Decline of unit consumption against %(year)s (%%)", year=year - 1),
    }


def template(year: int, lines: Sequence[Line], products: Mapping[str, Product]) -> BytesIO:
    """The workbook of *year* with what is there or proposed in *lines*."""
    book = Workbook()
    page = book.active
    page.title = TARGETS
    _begin(page, year)
    for line in lines:
        row = [line.number, line.enterprise, line.version]
        page.append([*row, *(line.cells.get(name) for name in COLUMNS[TARGETS][3:])])
    second = book.create_sheet(PRODUCTS)
    _begin(second, year)
    for line in lines:
        for product, decline in line.products:
            second.append([line.number, line.enterprise, words(products[product]), decline])
    _dress(page, page.max_row)
    _dress(second, second.max_row + SPARE_ROWS)
    _offer(book, second, products)
    book.save(file := BytesIO())
    file.seek(0)
    return file


def words(product: Product) -> str:
    """A product as it is chosen in a cell: its key first, so that it can be read back."""
    return f"{product.key} {product.name} ({product.indicator_unit})"


def _begin(page: Worksheet, year: int) -> None:
    headings = _headings(year)
    page.append([stamp(year), _("Annual dual-control targets %(year)s", year=year)])
    page.append([headings[name] for name in COLUMNS[page.title]])
    page.append(list(COLUMNS[page.title]))


def _dress(page: Worksheet, last: int) -> None:
    """Heads, widths, texts that stay texts, and a lock on all that is not typed."""
    for cell in page[2]:
        cell.font, cell.alignment = HEAD, Alignment(wrap_text=True, vertical="top")
    page.row_dimensions[NAMES_ROW].hidden = True
    page.freeze_panes = f"C{FIRST_ROW}"
    for column, name in enumerate(COLUMNS[page.title], start=1):
        letter = get_column_letter(column)
        page.column_dimensions[letter].width = WIDE.get(name, 18)
        page.column_dimensions[letter].hidden = name == "version"
        typed = name in TYPED and not (page.title == TARGETS and name == "number")
        for row in range(FIRST_ROW, last + 1):
            cell = page.cell(row, column)
            cell.protection = Protection(locked=not typed)
            if not typed:
                cell.fill = GIVEN
            if name in NUMBERS:
                cell.number_format = "#,##0.####"
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


def read(file: IO[bytes], year: int) -> tuple[list[Line], list[Problem]]:
    """The rows of an uploaded workbook and what is wrong with its cells.

    `Invalid` if it is another workbook; formulas are not taken for their last results.
    """
    problems: list[Problem] = []
    lines: dict[str, Line] = {}
    pages = _pages(file)
    for title in (TARGETS, PRODUCTS):
        rows = pages[title]
        if len(rows) < NAMES_ROW or not rows[0] or str(rows[0][0].value) != stamp(year):
            text = _(
                "This is a workbook of something else; expected: %(stamp)s.", stamp=stamp(year)
            )
            raise _refused(text)
        names = {str(cell.value): i for i, cell in enumerate(rows[NAMES_ROW - 1]) if cell.value}
        if set(COLUMNS[title]) - names.keys():
            raise _refused(_("Columns are missing; fetch the template again."))
        for at, row in enumerate(rows[FIRST_ROW - 1 :], start=FIRST_ROW):
            cells = {name: row[i] for name, i in names.items() if i < len(row)}
            _take(lines, problems, title, at, cells)
    return list(lines.values()), problems


def _take(
    lines: dict[str, Line], problems: list[Problem], title: str, at: int, cells: dict[str, Any]
) -> None:
    """One row of a page into its line; what is typed nowhere is no row."""
    letters = map(get_column_letter, range(1, MOST_COLUMNS + 1))
    where = {
        name: f"{title}!{letter}{at}" for name, letter in zip(COLUMNS[title], letters, strict=False)
    }
    values: dict[str, Any] = {}
    for name in COLUMNS[title]:
        cell = cells.get(name)
        values[name] = None if cell is None else cell.value
        if cell is not None and cell.data_type == "f":
            values[name] = None
            problems.append(Problem(where[name], _("Formulas are not taken; enter the value.")))
    if all(values[name] in (None, "") for name in COLUMNS[title] if name in TYPED - {"number"}):
        return
    number = _registry_number(values["number"])
    if title == TARGETS and number in lines:
        problems.append(Problem(where["number"], _("This enterprise stands there twice.")))
    elif title == TARGETS:
        lines[number] = _target_line(number, values, where)
    elif number in lines:
        _add_product(lines[number], at, values, where)
    else:
        text = _("The enterprise of this product has no target on the first page.")
        problems.append(Problem(where["number"], text))


def _registry_number(value: object) -> str:
    """As it is registered, though Excel has taken ``000017`` for a number."""
    text = str(value or "").strip()
    return text.zfill(6) if text.isascii() and text.isdigit() else text


def _target_line(number: str, values: dict[str, Any], where: dict[str, str]) -> Line:
    names = ("energy_target", "saving_target", "document")
    return Line(
        number,
        str(values["enterprise"] or ""),
        values["version"],
        cells={name: values[name] for name in names},
        where={"row": where["number"], **{name: where[name] for name in names}},
    )


def _add_product(line: Line, at: int, values: dict[str, Any], where: dict[str, str]) -> None:
    place = f"products/{at}"
    product = str(values["product"] or "").split(" ")[0]
    line.where[place] = where["number"]
    for name, value in (("product", product), ("decline", values["decline"])):
        line.cells[f"{place}/{name}"] = value
        line.where[f"{place}/{name}"] = where[name]


def _pages(file: IO[bytes]) -> dict[str, list[Any]]:
    """The cells of the pages, after a look at how much the workbook would unpack to.

    Of a damaged workbook openpyxl raises whatever befalls it, on opening and on reading.
    """
    try:
        with ZipFile(file) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > LARGEST_UNPACKED:
                raise _refused(_("The workbook is too large."))
            names = packed.namelist()
        if any("vbaProject" in name or "externalLink" in name for name in names):
            raise _refused(_("Workbooks with macros or links to other files are not taken."))
        file.seek(0)
        book = load_workbook(file, read_only=True)
        pages = {
            title: list(book[title].iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS))
            for title in (TARGETS, PRODUCTS)
        }
        if any(len(rows) > MOST_ROWS for rows in pages.values()):  # not half of it either
            raise _refused(_("The workbook is too large."))
        return pages
    except Invalid:
        raise
    except Exception:  # noqa: BLE001
        raise _refused(_("This is not a workbook of annual targets.")) from None


def _refused(text: str) -> Invalid:
    return Invalid(text, [Problem("file", text)])
