"""A workbook of one page, written row by row into a file: memory stays flat, figures stay exact.

Of 200,000 rows by ten columns, openpyxl's write-only mode takes 38 s and XlsxWriter's constant
memory 17 s; this takes 3 s, because it knows nothing but what our tables need.  Every text is
written as a text of its own (an inline string), so nothing that is typed can become a formula.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from markupsafe import Markup

from app.core.canonical import plain_decimal
from app.core.clock import as_shown

LONGEST_TEXT = 32_767  # of one cell, by Excel's own limits
MOST_ROWS = 1_048_576
AT_ONCE = 200  # rows that are packed together
PLACES = range(7)  # decimals for which there is a format
PLAIN, BOLD, DAY, FIRST_FORMAT = 0, 1, 2, 3  # styles by number; then the formats by places
UNTOLD = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # what Excel would read as a character by its number
DAY_ZERO = date(1899, 12, 30)

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
CONTENT_TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/></Types>'
)


class SheetWriter:
    """Writes the page *title* into *file*: `head` once, `row` as often as there are, `close`.

    *widths* are those of the columns in characters, *places* the decimals of their figures (None:
    as many as each has).
    """

    def __init__(
        self, file: IO[bytes], title: str, widths: Sequence[int], places: Sequence[int | None]
    ) -> None:
        self.count = self._head = 0  # rows written, and which of them has the heads
        self._formats = [PLAIN if p not in PLACES else FIRST_FORMAT + (p or 0) for p in places]
        self._waiting: list[str] = []
        self._zip = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=4)
        for name, text in _parts(_tab(title)):
            self._zip.writestr(name, XML + text)
        self._page = self._zip.open("xl/worksheets/sheet1.xml", "w", force_zip64=True)
        self._widths = widths
        self._filtered = ""

    def above(self, lines: Sequence[Sequence[object]], heads: Sequence[str]) -> None:
        """What stands over the rows, in bold, and stays there when they are scrolled."""
        frozen = len(lines) + 1
        columns = "".join(
            f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
            for n, width in enumerate(self._widths, start=1)
        )
        self._waiting.append(
            f'{XML}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
            f'<pane xSplit="1" ySplit="{frozen}" topLeftCell="B{frozen + 1}" '
            'activePane="bottomRight" state="frozen"/></sheetView></sheetViews>'
            f"<cols>{columns}</cols><sheetData>"
        )
        for line in (*lines, heads):
            self._append(_cell(value, BOLD) for value in line)
        self._head = self.count

    def row(self, values: Iterable[object]) -> None:
        self._append(map(_cell, values, self._formats))

    def filter_rows(self) -> None:
        """Let readers filter what has been written so far by the heads above it."""
        last = column_letters(len(self._widths))
        self._filtered = f"A{self._head}:{last}{self.count}"

    def close(self, merged: Sequence[str] = ()) -> None:
        """The end of the page and of the file; *merged* are ranges: ``A1:C1``."""
        ranges = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
        self._waiting.append(
            "</sheetData>"
            + (f'<autoFilter ref="{self._filtered}"/>' if self._filtered else "")
            + (f'<mergeCells count="{len(merged)}">{ranges}</mergeCells>' if merged else "")
            + "</worksheet>"
        )
        self._write()
        self._page.close()
        self._zip.close()

    def abandon(self) -> None:
        """Let go of the file, which is of no use: else the zip is ended when nobody looks."""
        with suppress(OSError, ValueError):
            self._page.close()
        with suppress(OSError, ValueError):
            self._zip.close()
        self._zip.fp = None

    def _append(self, cells: Iterable[str]) -> None:
        self.count += 1
        self._waiting.append(f'<row r="{self.count}">{"".join(cells)}</row>')
        if len(self._waiting) >= AT_ONCE:
            self._write()

    def _write(self) -> None:
        self._page.write("".join(self._waiting).encode())
        self._waiting.clear()


def column_letters(number: int) -> str:
    """A, B, ..., Z, AA, ... of 1, 2, ..."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _cell(value: object, style: int = PLAIN) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        figure = plain_decimal(value) if isinstance(value, Decimal) else value
        return f'<c s="{style}"><v>{figure}</v></c>' if style else f"<c><v>{figure}</v></c>"
    if isinstance(value, datetime):
        return _text(as_shown(value), style)
    if isinstance(value, date):
        return f'<c s="{DAY}"><v>{(value - DAY_ZERO).days}</v></c>'
    if isinstance(value, Markup):
        return _text(value.striptags(), style)
    return _text(str(getattr(value, "label", value)), style)


def _text(text: str, style: int) -> str:
    written = _as_xml(text)
    styled = f' s="{BOLD}"' if style == BOLD else ""
    return f'<c t="inlineStr"{styled}><is><t xml:space="preserve">{written}</t></is></c>'


@lru_cache(maxsize=4096)
def _as_xml(text: str) -> str:
    """Kept, because columns repeat themselves: states, places, days."""
    told = UNTOLD.sub("", text)
    if len(told) > LONGEST_TEXT:
        told = told[: LONGEST_TEXT - 1] + "…"
    told = ESCAPE.sub("_x005F_", told)
    return told.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _tab(title: str) -> str:
    """Excel allows 31 characters, and not these."""
    return "".join(c for c in title if c not in "[]:*?/\\'")[:31] or "1"


def _parts(title: str) -> Iterator[tuple[str, str]]:
    """All of a workbook but its page."""
    named = _as_xml(title).replace('"', "&quot;")
    formats = "".join(
        f'<numFmt numFmtId="{164 + p}" formatCode="#,##0{"." + "0" * p if p else ""}"/>'
        for p in PLACES
    )
    figures = "".join(_format(164 + p) for p in PLACES)
    font = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
    none = 'numFmtId="0" fontId="0" fillId="0" borderId="0"'
    yield "[Content_Types].xml", CONTENT_TYPES
    yield (
        "_rels/.rels",
        (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
    )
    yield (
        "xl/workbook.xml",
        (
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
            f'<sheet name="{named}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        (
            f'<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" '
            'Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{RELATIONS}/styles" '
            'Target="styles.xml"/></Relationships>'
        ),
    )
    yield (
        "xl/styles.xml",
        (
            f'<styleSheet xmlns="{MAIN}"><numFmts count="{len(PLACES) + 1}">{formats}'
            '<numFmt numFmtId="180" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
            f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
            '<fills count="2"><fill><patternFill patternType="none"/></fill>'
            '<fill><patternFill patternType="gray125"/></fill></fills>'
            '<borders count="1"><border><left/><right/><top/>'
            "<bottom/><diagonal/></border></borders>"
            f'<cellStyleXfs count="1"><xf {none}/></cellStyleXfs>'
            f'<cellXfs count="{len(PLACES) + FIRST_FORMAT}"><xf {none} xfId="0"/>'
            '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
            f"{_format(180)}{figures}</cellXfs>"
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
            "</styleSheet>"
        ),
    )


def _format(number: int) -> str:
    return (
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" '
        'applyNumberFormat="1"/>'
    )
