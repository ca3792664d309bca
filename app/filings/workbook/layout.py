"""Where things stand in the workbook; both who writes and who reads look here.

A sheet of many rows has a row each, under heads; a sheet of one row stands upright, a line for
each of its columns.  The names by which they are read back are hidden beside them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from app.filings.models import Filing
from app.filings.sheet import SheetRow
from app.filings.sheets import SHEETS

VERSION = "tumen-filing-1"
GUIDE = "说明 Guide"
FACTS = "_tumen"  # hidden: whose workbook it is, and the lists to choose from
TITLE_ROW, HEAD_ROW, NAMES_ROW, FIRST_ROW = 1, 2, 3, 4
CODE, NAME, UNIT, FIRST_COLUMN = 1, 2, 3, 4  # of a sheet of many rows
UPRIGHT_VALUE, UPRIGHT_NAME = 3, 5  # of a sheet of one row
MOST_ROWS, MOST_COLUMNS = 600, 60
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\（）()", " "))


@dataclass(frozen=True, slots=True)
class Stamp:
    """Whose workbook it is, and what it was made from."""

    version: str
    registry_number: str
    period: str
    revision: str

    @classmethod
    def of(cls, filing: Filing) -> "Stamp":
        number = filing.enterprise.registry_number
        return cls(VERSION, number, str(filing.period), str(filing.revision))


def page_title(kind: type[SheetRow]) -> str:
    """The key first, by which the page is found again, whatever language it was made in."""
    name = f"{kind.sheet.key} {kind.sheet.title}".translate(FORBIDDEN)
    return " ".join(name.split())[:31].strip()


def sheet_of(title: str) -> str:
    """The key of the sheet that a page holds; empty where it is none of ours."""
    key = title.strip().split(" ")[0] if title.strip() else ""
    return key if key in SHEETS else ""


def columns_of(kind: type[SheetRow]) -> Mapping[str, int]:
    return {name: n for n, name in enumerate(kind.fields(), start=FIRST_COLUMN)}


def coordinate(kind: type[SheetRow], row: int, name: str) -> str:
    """Where the cell of a column stands: in its *row*, or in its line of an upright sheet."""
    if kind.sheet.keyed is None:
        line = FIRST_ROW + list(kind.fields()).index(name)
        return f"{get_column_letter(UPRIGHT_VALUE)}{line}"
    return f"{get_column_letter(columns_of(kind)[name])}{row}"
