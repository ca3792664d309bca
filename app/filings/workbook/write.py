"""The workbook of a filing, with what is there; or with what somebody sent, and what is wrong."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from io import BytesIO
from typing import Any

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from app.checks.book import Book
from app.core.enums import Labelled
from app.core.errors import Problem
from app.filings.entry import addable, entries_of
from app.filings.models import Filing
from app.filings.queries import sheets_of
from app.filings.sheet import Field, SheetRow, address
from app.filings.values import DECIMALS, Kind, text_of
from app.filings.workbook.formulas import formula
from app.filings.workbook.layout import (
    CODE,
    FACTS,
    FIRST_COLUMN,
    FIRST_ROW,
    GUIDE,
    HEAD_ROW,
    NAME,
    NAMES_ROW,
    TITLE_ROW,
    UNIT,
    UPRIGHT_NAME,
    UPRIGHT_VALUE,
    Stamp,
    columns_of,
    page_title,
)
from app.filings.workbook.sent import is_number

WORKED_OUT = PatternFill("solid", fgColor="E7EAEE")
HEAD_FILL = PatternFill("solid", fgColor="DCE9EC")
WRONG = PatternFill("solid", fgColor="F8C9C9")
HEAD, TITLE = Font(bold=True), Font(bold=True, size=14)
WRAPPED = Alignment(wrap_text=True, vertical="top")
OPEN = Protection(locked=False)
Rows = Sequence[tuple[str, Mapping[str, Any]]]


class Writer:
    """Pages of one workbook; *wrong* are problems by the place of their cell."""

    def __init__(self, filing: Filing, around: Book, wrong: Mapping[str, Sequence[Problem]]):
        self.filing, self.around, self.wrong = filing, around, wrong
        self.whose = f"{filing.enterprise.name}　{filing.period}"
        self.book = Workbook()
        self.guide: Worksheet = self.book.active
        self.guide.title = GUIDE
        self.facts = self.book.create_sheet(FACTS)
        self.facts.sheet_state = "veryHidden"
        self.lists: dict[tuple[str, ...], str] = {}
        self.marked: dict[str, str] = {}  # where cells with problems stand here

    def sheet(self, kind: type[SheetRow], rows: Rows) -> None:
        page = self.book.create_sheet(page_title(kind), index=len(self.book.sheetnames) - 1)
        title = page.cell(TITLE_ROW, 1)
        text(
            title,
            f"{kind.sheet.key} {kind.sheet.title}　{self.whose}",
        )
        title.font = TITLE
        if kind.sheet.keyed is None:
            self._upright(page, kind, dict(rows[0][1]) if rows else {})
        else:
            self._grid(page, kind, rows)
        page.row_dimensions[NAMES_ROW].hidden = True
        page.protection.enable()
        page.protection.formatColumns = page.protection.formatRows = False
        page.page_setup.orientation = "landscape"
        page.page_setup.paperSize = page.PAPERSIZE_A4
        page.page_setup.fitToHeight = 0
        page.sheet_properties.pageSetUpPr.fitToPage = True

    def _upright(self, page: Worksheet, kind: type[SheetRow], cells: Mapping[str, Any]) -> None:
        for column, head in enumerate((_("No."), _("Item"), _("Entry"), _("Unit")), start=1):
            _head(page.cell(HEAD_ROW, column), head)
        for row, (name, what) in enumerate(kind.fields().items(), start=FIRST_ROW):
            text(page.cell(row, 1), what.number)
            text(page.cell(row, 2), f"{what.title}{_mark(what)}")
            self._cell(page.cell(row, UPRIGHT_VALUE), kind, "", name, cells.get(name))
            text(page.cell(row, 4), str(what.measure))
            text(page.cell(row, UPRIGHT_NAME), name)
        for letter, width in zip("ABCD", (7, 46, 34, 16), strict=True):
            page.column_dimensions[letter].width = width
        page.column_dimensions[get_column_letter(UPRIGHT_NAME)].hidden = True
        page.freeze_panes = f"A{FIRST_ROW}"

    def _grid(self, page: Worksheet, kind: type[SheetRow], rows: Rows) -> None:
        fields, columns = kind.fields(), columns_of(kind)
        keyed = kind.sheet.keyed
        heads = (_("Code"), keyed.title if keyed else "", _("Unit"))
        for column, head in enumerate(heads, start=1):
            _head(page.cell(HEAD_ROW, column), head)
        text(page.cell(NAMES_ROW, CODE), kind.sheet.key_name)
        for name, what in fields.items():
            _head(
                page.cell(HEAD_ROW, columns[name]), f"{what.number} {what.heading()}{_mark(what)}"
            )
            text(page.cell(NAMES_ROW, columns[name]), name)
            page.column_dimensions[get_column_letter(columns[name])].width = 18
        known = entries_of(kind, self.around)
        taken = {key for key, _cells in rows}
        free = addable(kind, self.around, taken, self.filing.period)
        lines = [*rows, *((key, {}) for key, _name, _unit in free)]
        for row, (key, cells) in enumerate(lines, start=FIRST_ROW):
            code = page.cell(row, CODE)
            text(code, str(cells.get(kind.sheet.key_name, key)))  # as it was sent, were it no code
            self._mark(
                code, kind, [address(kind, key, kind.sheet.key_name), address(kind, key, "")]
            )
            if key in known:
                text(page.cell(row, NAME), known[key].name)
                text(page.cell(row, UNIT), known[key].unit)
            for name in fields:
                self._cell(page.cell(row, columns[name]), kind, key, name, cells.get(name))
        page.column_dimensions["B"].width, page.column_dimensions["C"].width = 30, 12
        page.freeze_panes = page.cell(FIRST_ROW, FIRST_COLUMN)

    def _cell(self, cell: Cell, kind: type[SheetRow], key: str, name: str, value: Any) -> None:
        self._fill(cell, kind, name, value)
        self._mark(cell, kind, [address(kind, key, name)])

    def _fill(self, cell: Cell, kind: type[SheetRow], name: str, value: Any) -> None:
        what = kind.fields()[name]
        places = DECIMALS[what.kind][1] if what.kind in DECIMALS else None
        cell.number_format = "@" if places is None else "#,##0." + "#" * places if places else "0"
        if not what.typed:
            cell.fill = WORKED_OUT
            worked = formula(kind, name, cell.row)
            if worked is not None:
                cell.value = worked
                return
        else:
            cell.protection = OPEN
            self._offer(cell, what)
        if places is not None and is_number(value):
            cell.value = value
        elif value is not None:
            text(cell, _as_text(value, what.kind))

    def _mark(self, cell: Cell, kind: type[SheetRow], places: Sequence[str]) -> None:
        wrong = [str(one) for place in places for one in self.wrong.get(place, ())]
        if wrong:
            mark(cell, wrong)
            self.marked |= dict.fromkeys(places, f"{kind.sheet.key} {cell.coordinate}")

    def _offer(self, cell: Cell, what: Field) -> None:
        words = tuple(str(one.label) for one in what.choices or ())
        if what.kind is Kind.BOOL:
            words = (_("yes"), _("no"))
        if not words:
            return
        page: Worksheet = cell.parent
        source = self._list(words)
        found = next(
            (v for v in page.data_validations.dataValidation if v.formula1 == source), None
        )
        if found is None:
            found = DataValidation("list", formula1=source, allow_blank=True, showErrorMessage=True)
            found.error = _("Choose one of the list.")
            page.add_data_validation(found)
        found.add(cell)

    def _list(self, words: tuple[str, ...]) -> str:
        """Words to choose from, kept on the hidden page: a list in a cell may be short only."""
        if words not in self.lists:
            column = len(self.lists) + 4
            for row, word in enumerate(words, start=1):
                text(self.facts.cell(row, column), word)
            letter = get_column_letter(column)
            self.lists[words] = f"{FACTS}!${letter}$1:${letter}${len(words)}"
        return self.lists[words]

    def stamp(self) -> None:
        stamp = Stamp.of(self.filing)
        for row, name in enumerate(Stamp.__slots__, start=1):
            text(self.facts.cell(row, 1), name)
            text(self.facts.cell(row, 2), getattr(stamp, name))

    def explain(self, problems: Sequence[Problem]) -> None:
        lines = [(self.whose, TITLE), *((line, None) for line in guide())]
        if problems:
            lines += told(problems)
        explain(self.guide, lines)


def guide() -> list[str]:
    """What one should know before filling it in."""
    return [
        _("This workbook is for this enterprise and this quarter; for no other is it taken."),
        _("White cells are filled in. The system works the grey ones out; they are never read."),
        _("* required. Units stand in the heads and in the rows; thousands separators may be."),
        _("Rows that stay empty are left out; a row that was filled and is emptied is removed."),
        _("Purchase amounts are in thousand yuan, all other money in ten thousand yuan."),
        _("Energy in tce is by calorific value unless the head says primary."),
        _("Save as .xlsx, without a password and macros, and send it on the filing's page."),
        _("Nothing is taken over before you have seen what would change."),
    ]


def told(problems: Sequence[Problem]) -> list[tuple[str, Font | None]]:
    """What is wrong, line by line; places as they are named to people."""
    head = _("What is wrong") + f" ({len(problems)})"
    return [(head, HEAD), *((f"{one.where}　{one}", None) for one in problems)]


def explain(page: Worksheet, lines: Sequence[tuple[str, Font | None]]) -> None:
    """A page to be read and not to be filled in."""
    for row, (line, font) in enumerate(lines, start=1):
        cell = page.cell(row, 1)
        text(cell, line)
        cell.alignment = WRAPPED
        if font is not None:
            cell.font = font
    page.column_dimensions["A"].width = 100
    page.protection.enable()


def mark(cell: Cell, wrong: Sequence[str]) -> None:
    cell.fill = WRONG
    cell.comment = Comment("\n".join(wrong), "Tumen", width=320, height=120)


def text(cell: Cell, value: str) -> None:
    """Text that stays text, also where it begins like a formula."""
    cell.value = value
    if value:
        cell.data_type = "s"
        cell.quotePrefix = value[0] in "=+-@"


def _as_text(value: Any, kind: Kind) -> str:
    """What is kept in words, what was sent as it was sent: it need not be of its *kind*."""
    if isinstance(value, bool | Labelled):
        return text_of(value, kind)
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()  # as Excel gives a day
    return str(value)


def _head(cell: Cell, value: str) -> None:
    text(cell, value.strip())
    cell.font, cell.alignment, cell.fill = HEAD, WRAPPED, HEAD_FILL


def _mark(what: Field) -> str:
    return " *" if what.need.value == "R" and what.typed else ""


def written(
    filing: Filing,
    rows: Mapping[str, Rows],
    around: Book,
    problems: Sequence[Problem] = (),
    placed: Callable[[Sequence[Problem]], Sequence[Problem]] = list,
) -> BytesIO:
    """The workbook as a file; cells with *problems* are marked, and told of on the guide.

    *placed* tells where that stands which has no cell here.
    """
    wrong: dict[str, list[Problem]] = {}
    for one in problems:
        wrong.setdefault(one.where, []).append(one)
    writer = Writer(filing, around, wrong)
    for key, kind in sheets_of(filing).items():
        writer.sheet(kind, rows.get(key, ()))
    writer.stamp()
    writer.explain(
        [
            Problem(writer.marked[one.where], str(one)) if one.where in writer.marked else other
            for one, other in zip(problems, placed(problems), strict=True)
        ]
    )
    return saved(writer.book)


def saved(book: Workbook) -> BytesIO:
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return file
