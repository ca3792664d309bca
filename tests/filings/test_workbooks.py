"""The workbook of a filing: what comes back is what was there, and no trick gets any further."""

import re
import struct
import zlib
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from openpyxl import Workbook, load_workbook

from app.core.db import db
from app.core.errors import Invalid
from app.filings.models import Filing
from app.filings.operations import open_filing
from app.filings.queries import book_around, current_figures
from app.filings.sheets import SHEETS
from app.filings.workbook.layout import FACTS, FIRST_ROW, GUIDE, page_title, sheet_of
from app.filings.workbook.read import read
from app.filings.workbook.takeover import rows_of
from app.filings.workbook.write import written
from app.review.workflow import Action
from tests.filings.filling import everything, figures_of, fill, rows_with
from tests.world import QUARTER

TYPED = [key for key, kind in SHEETS.items() if kind.sheet.made is None]


def fetched(world, filing):
    """The workbook as it is fetched."""
    with world.seen_from():
        row = db.session.get(Filing, filing)
        figures = current_figures(row, around := book_around(row))
        rows = {key: sorted(figures.get(key, {}).items()) for key in SHEETS}
        return load_workbook(written(row, rows, around))


def packed(book):
    book.save(file := BytesIO())
    return file.getvalue()


def page(book, key):
    return next(one for one in book.worksheets if sheet_of(one.title) == key)


def place(book, key, row, column):
    """The cell in which a person would type."""
    sheet = page(book, key)
    if SHEETS[key].sheet.keyed is None:
        [line] = [cells for cells in sheet.iter_rows() if cells[4].value == column]
        return line[2]
    names = [cell.value for cell in sheet[3]]
    [line] = [cells for cells in sheet.iter_rows(min_row=FIRST_ROW) if cells[0].value == row]
    return sheet.cell(line[0].row, names.index(column) + 1)


def put(book, key, row, column, value):
    place(book, key, row, column).value = value
    return book


def look(world, filing, content, who="confirmer"):
    data = {"file": (BytesIO(content), "filing.xlsx")}
    return world.client(who).post(f"/filings/{filing}/workbook", data=data)


def token_in(answer):
    return re.search(r'name="token" value="([^"]+)"', answer.text)[1]


def take(world, filing, answer, who="confirmer"):
    return world.client(who).post(
        f"/filings/{filing}/workbook/take", data={"token": token_in(answer)}
    )


def taken_over(world, filing, book):
    answer = look(world, filing, packed(book))
    assert answer.status_code == 200, answer.text[:3000]
    assert take(world, filing, answer).status_code == 302
    return figures_of(world, filing)


def refusals(answer):
    return re.findall(r"<li><code>([^<]*)</code> ([^<]*)</li>", answer.text)


def test_what_is_fetched_and_sent_back_changes_nothing(world):
    filing = world.filled()
    before = everything(world, filing)
    answer = look(world, filing, packed(fetched(world, filing)))
    assert answer.status_code == 200
    assert "there is nothing to take over" in answer.text
    assert everything(world, filing) == before


def test_every_typed_cell_comes_back_as_it_was(world):
    filing = world.filled()
    before = figures_of(world, filing)
    sent = read(BytesIO(packed(fetched(world, filing))))
    assert (sent.problems, set(sent.rows)) == ([], set(TYPED))
    for key in TYPED:
        kind = SHEETS[key]
        rows = {one.get(kind.sheet.key_name, ""): one for one in sent.rows[key]}
        assert set(rows) == set(before[key])
        for code, row in rows.items():
            values, problems = kind.read(code, row)
            assert problems == []
            assert values == {name: before[key][code][name] for name in kind.inputs()}


def test_an_empty_filing_has_room_for_everything_and_gives_no_rows(world):
    with world.acting("confirmer") as actor:
        filing = open_filing(world.enterprise(), QUARTER, actor=actor).id
    book = fetched(world, filing)
    codes = [cells[0].value for cells in page(book, "S2").iter_rows(min_row=FIRST_ROW)]
    assert len(codes) == 38
    assert all(isinstance(code, str) for code in codes)  # 02 keeps its nought
    assert read(BytesIO(packed(book))).rows["S2"] == []


def test_it_is_made_to_be_filled_in(world):
    book = fetched(world, world.filled())
    assert book.sheetnames[0] == GUIDE
    assert book[FACTS].sheet_state == "veryHidden"
    for key in SHEETS:
        sheet = page(book, key)
        assert sheet.title == page_title(SHEETS[key])
        assert sheet.protection.sheet
        assert sheet.page_setup.orientation == "landscape"
    for name, what in SHEETS["S2"].fields().items():
        cell = place(book, "S2", "04", name)
        assert cell.protection.locked is not what.typed
    assert place(book, "S2", "04", "industrial_tce").value.startswith("=ROUND(")
    lists = {one.formula1 for one in page(book, "S1").data_validations.dataValidation}
    assert all(one.startswith(f"{FACTS}!") for one in lists)
    assert page(book, "S2").cell(2, 4).value.startswith("1 Opening stock")


def test_what_stands_in_a_grey_cell_is_not_taken_over(world):
    filing = world.filled()
    before = figures_of(world, filing)
    book = put(fetched(world, filing), "S1", "", "comprehensive_energy_calorific", 1)
    put(book, "S2", "04", "industrial_tce", 1)
    assert "nothing to take over" in look(world, filing, packed(book)).text
    assert figures_of(world, filing) == before


@pytest.mark.parametrize("text", ["one\ntwo", "=1\n+1"])
def test_a_text_of_several_lines_comes_back_as_it_was(world, text):
    filing = world.filled()
    fill(world, filing, "S2", rows_with("S2", "04", row_note=text))
    assert "nothing to take over" in look(world, filing, packed(fetched(world, filing))).text


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)"])
def test_text_like_a_formula_goes_out_and_comes_in_as_text(world, text):
    filing = world.filled()
    fill(world, filing, "S2", rows_with("S2", "04", row_note=text))
    cell = place(fetched(world, filing), "S2", "04", "row_note")
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
    assert "nothing to take over" in look(world, filing, packed(fetched(world, filing))).text


@pytest.mark.parametrize(
    ("key", "row", "column", "typed", "value"),
    [
        ("S2", "09", "closing_stock", 6999.25, Decimal("6999.25")),
        ("S2", "09", "closing_stock", 0.1 + 0.2, Decimal("0.3")),  # as Excel shows it
        ("S2", "09", "closing_stock", "６，９９９", Decimal(6999)),
        ("S2", "09", "closing_stock", " 6 999 ", Decimal(6999)),
        ("S2", "09", "closing_stock", 0, Decimal(0)),
        ("S1", "", "ems_certified", "是", True),
        ("S1", "", "ems_certified", True, True),
        ("S1", "", "registered_on", datetime(2020, 5, 6), datetime(2020, 5, 6).date()),  # noqa: DTZ001
        ("S1", "", "registered_on", "2020/5/6", datetime(2020, 5, 6).date()),  # noqa: DTZ001
        ("S1", "", "postcode", 14010, "14010"),
        ("S1", "", "address", "  一号 ", "一号"),
    ],
)
def test_cells_as_excel_gives_them(world, key, row, column, typed, value):
    filing = world.filled()
    book = put(fetched(world, filing), key, row, column, typed)
    assert taken_over(world, filing, book)[key][row][column] == value


def test_several_sheets_are_taken_over_at_once_after_a_look(world):
    filing = world.filled()
    before = everything(world, filing)
    book = put(fetched(world, filing), "S2", "33", "closing_stock", 0)
    put(book, "S2", "21", "row_note", "new")
    put(book, "S1", "", "employees", 900)
    put(book, "W1", "", "intake_rain_brackish", 1)
    for cells in page(book, "S3").iter_rows(min_row=FIRST_ROW):
        if cells[0].value == "38":
            for cell in cells[1:]:
                cell.value = None
    answer = look(world, filing, packed(book))
    assert answer.status_code == 200
    assert everything(world, filing) == before  # a look changes nothing
    assert "<td>820</td>" in answer.text.replace(' class="number"', "")
    assert take(world, filing, answer).status_code == 302
    figures = figures_of(world, filing)
    assert figures["S1"][""]["employees"] == 900
    assert figures["S2"]["21"]["row_note"] == "new"
    assert figures["W1"][""]["intake_total"] == 301
    assert take(world, filing, answer).status_code == 409  # sent twice, taken over once


def test_all_that_is_wrong_is_named_at_once_by_its_place_in_the_workbook(world):
    filing = world.filled()
    before = everything(world, filing)
    book = put(fetched(world, filing), "S2", "09", "closing_stock", "a lot")
    put(book, "S1", "", "employees", "many")
    put(book, "S2", "04", "row_note", "x" * 501)
    put(book, "W1", "", "intake_tap", -3)
    put(book, "S5", "2026Q1-01", "started_on", "yesterday")
    where = {
        f"{key} {place(book, key, row, column).coordinate}"
        for key, row, column in (
            ("S2", "09", "closing_stock"),
            ("S1", "", "employees"),
            ("S2", "04", "row_note"),
            ("W1", "", "intake_tap"),
            ("S5", "2026Q1-01", "started_on"),
        )
    }
    answer = look(world, filing, packed(book))
    assert answer.status_code == 422
    assert {one for one, _text in refusals(answer)} == where
    assert "Take the workbook over" not in answer.text
    assert everything(world, filing) == before

    marked = world.client("confirmer").post(
        f"/filings/{filing}/workbook/marked.xlsx", data={"token": token_in(answer)}
    )
    assert marked.status_code == 200
    copy = load_workbook(BytesIO(marked.data))
    for key, row, column in (("S2", "09", "closing_stock"), ("S1", "", "employees")):
        cell = place(copy, key, row, column)
        assert cell.fill.fgColor.rgb.endswith("F8C9C9")
        assert cell.comment.text
    assert place(copy, "S2", "09", "closing_stock").value == "a lot"
    told = [cells[0].value for cells in copy[GUIDE].iter_rows()]
    assert any(line.startswith("What is wrong (5)") for line in told)
    assert everything(world, filing) == before


def rewritten_page(book, key, change):
    """The workbook with the XML of one page changed."""
    path = f"xl/worksheets/sheet{book.worksheets.index(page(book, key)) + 1}.xml"
    return rewritten(packed(book), lambda name, data: change(data) if name == path else data)


ODD = {
    "merged cells": (
        lambda book: page(book, "S2").merge_cells("E5:F6"),
        "S2 E5",
        "Merged cells",
    ),
    "a far cell": (
        lambda book: put_at(book, "S2", "XFD1048576", "far"),
        "S2 XFD1048576",
        "outside of the table",
    ),
    "a formula without its result": (
        lambda book: put(book, "S2", "33", "closing_stock", "=1+1"),
        "S2 Q",
        "A formula without its result",
    ),
    "an unknown code": (
        lambda book: put_row(book, "S2", "99"),
        "S2 A",
        "no such energy carrier",
    ),
    "a code twice": (lambda book: put_row(book, "S2", "33"), "S2 A", "stands there twice"),
    "a row without a code": (lambda book: put_row(book, "S2", None), "S2 A", "no code"),
    "a number too large": (
        lambda book: put(book, "S2", "33", "closing_stock", 10**15),
        "S2 Q",
        "too large",
    ),
    "too many digits": (
        lambda book: put(book, "S2", "33", "closing_stock", "1.23456"),
        "S2 Q",
        "at most 4 digits",
    ),
    "a date of words": (
        lambda book: put(book, "F0", "", "prepared_on", "soon"),
        "F0 C",
        "a date like",
    ),
    "a choice that is none": (
        lambda book: put(book, "S4", "", "saving_method", "by guess"),
        "S4 C",
        "not one of the choices",
    ),
}


def put_at(book, key, coordinate, value):
    page(book, key)[coordinate] = value


def put_row(book, key, code):
    sheet = page(book, key)
    row = sheet.max_row + 1
    sheet.cell(row, 1).value = code
    sheet.cell(row, 4).value = 5


@pytest.mark.parametrize("trick", ODD)
def test_what_is_odd_is_named_with_its_place_and_nothing_changes(world, trick):
    change, where, text = ODD[trick]
    filing = world.filled()
    before = everything(world, filing)
    book = fetched(world, filing)
    change(book)
    answer = look(world, filing, packed(book))
    assert answer.status_code == 422
    found = refusals(answer)
    assert any(one.startswith(where) and text in told for one, told in found), found
    assert everything(world, filing) == before


def test_words_in_a_table_of_their_own_are_read_as_excel_saves_them(world):
    filing = world.filled()
    book = fetched(world, filing)
    cell = place(book, "S2", "33", "row_note")
    cell.value = "WORD"
    types = (
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxml'
        b'formats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    inline = re.compile(rb't="inlineStr"([^>]*)><is><t>WORD</t></is>')

    def shared(name, data):
        if name == "[Content_Types].xml":
            return data.replace(b"</Types>", types)
        return inline.sub(rb't="s"\1><v>0</v>', data)

    names = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    words = b'<sst xmlns="%s"><si><t>shared</t></si></sst>' % names
    content = with_part(rewritten(packed(book), shared), "xl/sharedStrings.xml", words)
    answer = look(world, filing, content)
    assert take(world, filing, answer).status_code == 302
    assert figures_of(world, filing)["S2"]["33"]["row_note"] == "shared"


def ended_with(rows):
    return lambda data: data.replace(b"</sheetData>", rows + b"</sheetData>")


def in_row_4(cell):
    """Another cell at the end of the first row of figures."""
    return lambda data: re.sub(rb'(<row r="4".*?)</row>', rb"\1" + cell + b"</row>", data, count=1)


PASSED_OVER = {  # what openpyxl reads past without a word
    "20,000 rows": (
        ended_with(b"".join(b'<row r="%d"><c><v>1</v></c></row>' % n for n in range(601, 20_601))),
        "S2 A601",
        "outside of the table",
    ),
    "rows without numbers": (
        ended_with(b"<row><c><v>1</v></c></row>" * 80_000),
        "S2 A601",
        "outside of the table",
    ),
    "attributes in another order": (
        ended_with(b"<row r='900'><c t='n' r='D900'><v>1</v></c></row>"),
        "S2 D900",
        "outside of the table",
    ),
    "a row twice": (
        ended_with(b'<row r="4"><c r="D4"><v>1</v></c></row>'),
        "S2 D4",
        "twice or out of order",
    ),
    "rows after one far below": (
        lambda data: data.replace(b"<sheetData>", b'<sheetData><row r="900"/>'),
        "S2 A1",
        "twice or out of order",
    ),
    "a cell twice": (in_row_4(b'<c r="D4"><v>1</v></c>'), "S2 D4", "twice or out of order"),
    "an empty cell over a filled one": (in_row_4(b'<c r="A4"/>'), "S2 A4", "twice or out of order"),
    "a cell of another row": (
        ended_with(b'<row r="90"><c r="D5"><v>1</v></c></row>'),
        "S2 D90",
        "twice or out of order",
    ),
}


@pytest.mark.parametrize("trick", PASSED_OVER)
def test_no_figure_is_passed_over_in_silence(world, trick):
    change, where, text = PASSED_OVER[trick]
    filing = world.filled()
    before = everything(world, filing)
    content = rewritten_page(fetched(world, filing), "S2", change)
    answer = look(world, filing, content)
    assert answer.status_code == 422
    assert where in {place for place, told in refusals(answer) if text in told}
    assert "Take the workbook over" not in answer.text
    assert everything(world, filing) == before


def test_a_page_that_is_too_long_is_refused_with_the_place_where_reading_ended(world):
    filing = world.filled()
    before = everything(world, filing)
    rows = ended_with(b"<row><c><v>1</v></c></row>" * 200_000)
    answer = look(world, filing, rewritten_page(fetched(world, filing), "S2", rows))
    assert answer.status_code == 422
    assert re.search(r"The workbook is too large; reading ended at sheet4 A\d{5}\.", answer.text)
    assert everything(world, filing) == before


HOLDING_NOTHING = {
    "100,000 empty rows": ended_with(b"<row/>" * 100_000),
    "one row 100,000 times": ended_with(b'<row r="5"/>' * 100_000),
    "cells that have only a colour": ended_with(b'<row r="900"><c r="D900" s="1"/></row>'),
}


@pytest.mark.parametrize("filler", HOLDING_NOTHING)
def test_rows_that_hold_nothing_change_nothing(world, filler):
    """Excel leaves such rows behind where somebody has coloured or emptied them."""
    filing = world.filled()
    before = everything(world, filing)
    content = rewritten_page(fetched(world, filing), "S2", HOLDING_NOTHING[filler])
    answer = look(world, filing, content)
    assert answer.status_code == 200
    assert "there is nothing to take over" in answer.text
    assert everything(world, filing) == before


@pytest.mark.parametrize("blank", ["", None, "  "])
def test_blank_rows_are_no_rows(world, blank):
    filing = world.filled()
    book = fetched(world, filing)
    for column in range(1, 10):
        page(book, "S2").cell(page(book, "S2").max_row + 1, column).value = blank
    assert "nothing to take over" in look(world, filing, packed(book)).text


@pytest.mark.parametrize(
    ("row", "value", "text"),
    [
        (1, "tumen-filing-0", "older layout"),
        (2, "E999999", "is expected"),
        (3, "2026Q2", "is expected"),
    ],
)
def test_a_workbook_of_something_else_is_refused_by_name(world, row, value, text):
    filing = world.filled()
    book = fetched(world, filing)
    book[FACTS].cell(row, 2).value = value
    before = everything(world, filing)
    answer = look(world, filing, packed(book))
    assert answer.status_code == 422
    assert text in answer.text
    assert everything(world, filing) == before


def test_a_workbook_without_a_column_is_refused(world):
    book = fetched(world, world.filled())
    page(book, "S2").delete_cols(5)
    with pytest.raises(Invalid, match="Columns are missing in S2: Purchased quantity"):
        read(BytesIO(packed(book)))


def test_a_page_that_is_missing_leaves_its_sheet_alone(world):
    filing = world.filled()
    before = figures_of(world, filing)
    book = put(fetched(world, filing), "S1", "", "employees", 821)
    for key in ("S2", "S5", "W1"):
        del book[page(book, key).title]
    after = taken_over(world, filing, book)
    assert [after[key] == before[key] for key in ("S2", "S5", "W1")] == [True] * 3


def test_what_was_filled_in_meanwhile_is_warned_of(world):
    filing = world.filled()
    book = fetched(world, filing)
    fill(world, filing, "S2", rows_with("S2", "09", row_note="meanwhile"), who="filler")
    answer = look(world, filing, packed(book))
    assert "has changed since this workbook was fetched" in answer.text
    assert "meanwhile</td>" in answer.text
    fill(world, filing, "S2", rows_with("S2", "09", row_note="again"), who="filler")
    before = everything(world, filing)
    assert take(world, filing, answer).status_code == 409
    assert everything(world, filing) == before


def test_the_national_form_205_1_fills_sheet_2(world):
    filing = world.filled()
    before = figures_of(world, filing)
    book = Workbook()
    book.active.append(["能源购进、消费与库存"])
    book.active.append(
        [
            "能源名称",
            "计量单位",
            "代码",
            "期初库存",
            "购进量",
            "购进金额",
            "工业消费",
            "期末库存",
            "折标系数",
        ]
    )
    book.active.append(["甲", "乙", "丙", 1, 2, 3, 5, 9, 10])
    book.active.append(["原煤", "吨", "01", 1, 1, 1, 1, 1, 1])
    book.active.append(["汽油", "吨", 19, 0, 10, 90, 10, 0, 1.4714])
    book.active.append(["电力", "万千瓦时", "33", 0, 42000, 1, 1234.5, 0, None])
    after = taken_over(world, filing, book)
    assert after["S2"]["33"]["industrial_consumption"] == Decimal("1234.5")
    assert after["S2"]["33"]["coefficient_basis"] is before["S2"]["33"]["coefficient_basis"]
    assert after["S2"]["19"]["purchase_quantity"] == 10
    assert set(after["S2"]) == {"19", "33"}
    assert after["S1"][""]["employees"] == before["S1"][""]["employees"]
    book.active["D900"] = 1
    answer = look(world, filing, packed(book))
    assert answer.status_code == 422
    assert ("Sheet D900", "Something stands outside of the table; delete it.") in refusals(answer)
    assert figures_of(world, filing) == after


def with_parts(content, number, remark=b""):
    with ZipFile(file := BytesIO(content), "a", ZIP_DEFLATED) as archive:
        for n in range(number):
            part = ZipInfo(f"xl/more/{n}.xml")
            part.comment = remark
            archive.writestr(part, b"<a/>")
    return file.getvalue()


def rewritten(content, change):
    """The workbook with every part put through *change*."""
    with ZipFile(BytesIO(content)) as old, ZipFile(out := BytesIO(), "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def with_part(content, name, data=b"x"):
    with ZipFile(file := BytesIO(content), "a", ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return file.getvalue()


def of_sheet(change):
    return lambda name, data: change(data) if "worksheets/" in name else data


def damaged(content):
    """A part whose packed bytes are broken in the middle."""
    with ZipFile(BytesIO(content)) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    start = info.header_offset + 30 + len(info.filename)
    return content[: start + 40] + b"\xff" * 40 + content[start + 80 :]


def encrypted(content):
    """The flag that says a part is encrypted, in the directory and in front of the part."""
    broken = bytearray(content)
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = 0
        while (at := content.find(mark, at)) >= 0:
            broken[at + offset] |= 1
            at += 4
    return bytes(broken)


def lying(content):
    """A large part that says it is small: as much is unpacked as was declared, no more."""
    big = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = big.compress(b"<row/>" * (10 << 20)) + big.flush()
    with ZipFile(BytesIO(content)) as old, ZipFile(out := BytesIO(), "w") as new:
        for name in old.namelist():
            if "worksheets/" not in name:
                new.writestr(name, old.read(name))
        new.writestr("xl/worksheets/sheet1.xml", body)
    raw = bytearray(out.getvalue())
    for mark, offset in ((b"PK\x01\x02", 10), (b"PK\x03\x04", 8)):
        at = raw.rfind(mark)
        struct.pack_into("<H", raw, at + offset, 8)
    return bytes(raw)


def elsewhere(content):
    """A page that lies where no program puts one."""
    with ZipFile(BytesIO(content)) as old, ZipFile(out := BytesIO(), "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name).replace(b"worksheets/sheet4.xml", b"pages/four.xml")
            new.writestr(name.replace("worksheets/sheet4.xml", "pages/four.xml"), data)
    return out.getvalue()


def crowded(cells):
    """A page with more cells than anybody reads."""
    row = b'<row r="5">' + b'<c r="A5"><v>1</v></c>' * cells + b"</row>"
    return lambda data: data.replace(b"</sheetData>", row + b"</sheetData>")


TRICKS = {
    "too many cells": lambda c: rewritten(c, of_sheet(crowded(200_000))),
    "too many styles": lambda c: rewritten(
        c,
        lambda name, data: (
            data.replace(b"</cellXfs>", b"<xf/>" * 200_000 + b"</cellXfs>")
            if name == "xl/styles.xml"
            else data
        ),
    ),
    "a directory without end": lambda c: with_parts(c, 1300, b"x" * 200),
    "tags without an end": lambda c: rewritten(c, of_sheet(lambda _d: b'<c r="A1" ' * 490_000)),
    "a tag of many bytes": lambda c: rewritten(
        c, of_sheet(lambda d: d.replace(b"<sheetData>", b'<sheetData a="%s">' % (b"a" * (8 << 20))))
    ),
    "a remark of many bytes": lambda c: with_part(
        c, "xl/more.xml", b"<a><!--" + b" < " * 200_000 + b"--></a>"
    ),
    "a page elsewhere": elsewhere,
    "an unknown encoding": lambda c: rewritten(
        c, of_sheet(lambda d: b'<?xml version="1.0" encoding="nonsense"?>' + d)
    ),
    "macros": lambda c: with_part(c, "xl/vbaProject.bin"),
    "macros elsewhere": lambda c: with_part(c, "xl/macros/vbaProject.bin"),
    "links to files": lambda c: with_part(c, "xl/externalLinks/externalLink1.xml"),
    "a bomb": lambda c: with_part(c, "xl/media/a.bin", b"0" * (41 << 20)),
    "a damaged part": damaged,
    "an encrypted part": encrypted,
    "a lying part": lying,
    "broken xml": lambda c: rewritten(c, of_sheet(lambda d: d[: len(d) // 2])),
    "no xml": lambda c: rewritten(c, of_sheet(lambda _d: b"\0\1\2")),
    "an empty part": lambda c: rewritten(c, of_sheet(lambda _d: b"")),
    "another root": lambda c: rewritten(c, of_sheet(lambda _d: b"<a/>")),
    "entities": lambda c: rewritten(
        c,
        of_sheet(
            lambda d: (
                b'<!DOCTYPE x [<!ENTITY a "'
                + b"A" * 1000
                + b'">'
                + b"".join(
                    b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 40) for i in range(8)
                )
                + b"]>"
                + d.replace(b"<sheetData>", b"<sheetData>&i;", 1)
            )
        ),
    ),
    "a wild number": lambda c: rewritten(
        c, of_sheet(lambda d: d.replace(b"<v>186000</v>", b"<v>186000x</v>"))
    ),
    "a wild address": lambda c: rewritten(c, of_sheet(lambda d: d.replace(b'r="A1"', b'r="!!"'))),
    "a page of a formula of the web": lambda c: with_part(c, "xl/connections.xml"),
    "an embedded file": lambda c: with_part(c, "xl/embeddings/oleObject1.bin"),
    "an old or encrypted file": lambda c: b"\xd0\xcf\x11\xe0" + c,
    "too many words": lambda c: with_part(c, "xl/sharedStrings2.xml", b"<si/>" * (3 << 20)),
    "too many parts": lambda c: with_parts(c, 600),
    "no workbook part": lambda c: rewritten(
        c, lambda name, data: b"<a/>" if name == "xl/workbook.xml" else data
    ),
    "no types": lambda c: rewritten(
        c, lambda name, data: b"" if name == "[Content_Types].xml" else data
    ),
    "cut short": lambda c: c[:-100],
}


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_gets_further_than_a_refusal(world, trick):
    filing = world.filled()
    good = packed(fetched(world, filing))
    content = TRICKS[trick](good)
    assert content != good
    before = everything(world, filing)
    answer = look(world, filing, content)
    assert answer.status_code == 422, answer.text[:500]
    assert "Take the workbook over" not in answer.text
    assert everything(world, filing) == before


@pytest.mark.parametrize("content", [b"no workbook", b"%PDF-1.4", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_workbook_at_all_is_refused(world, content):
    filing = world.filled()
    answer = look(world, filing, content)
    assert answer.status_code == 422
    assert "Take the workbook over" not in answer.text


def test_more_than_20_mib_are_refused(app):
    with app.test_request_context(), pytest.raises(Invalid, match="20 MiB at most"):
        read(BytesIO(b"PK" + b"\0" * (20 << 20)))


def test_a_page_that_is_a_chart_is_no_sheet(world):
    filing = world.filled()
    book = Workbook()
    book.create_chartsheet("S2")
    before = everything(world, filing)
    assert look(world, filing, packed(book)).status_code == 422
    assert everything(world, filing) == before


@pytest.mark.parametrize("who", ["county", "region", "super", "next_confirmer", "other_league"])
def test_nobody_else_fetches_or_sends_the_workbook(world, who):
    filing = world.filled()
    content = packed(fetched(world, filing))
    mine = look(world, filing, content)
    before = everything(world, filing)
    client = world.client(who)
    for address in ("workbook", "workbook.xlsx"):
        assert client.get(f"/filings/{filing}/{address}").status_code in (302, 403, 404)
    assert look(world, filing, content, who).status_code in (302, 403, 404)
    put_in = put(fetched(world, filing), "S1", "", "employees", 1)
    answer = look(world, filing, packed(put_in))
    assert take(world, filing, answer, who).status_code in (302, 403, 404)
    assert mine.status_code == 200
    assert everything(world, filing) == before


def test_a_token_is_for_its_filing_and_its_person(world):
    filing, other = world.filled(), world.filled("large_confirmer")
    book = put(fetched(world, filing), "S1", "", "employees", 1)
    answer = look(world, filing, packed(book))
    before = everything(world, filing)
    for who, pk, token in (
        ("filler", filing, token_in(answer)),
        ("confirmer", filing, "x"),
        ("large_confirmer", other, token_in(answer)),
    ):
        got = world.client(who).post(f"/filings/{pk}/workbook/take", data={"token": token})
        assert got.status_code in (404, 422)
    assert everything(world, filing) == before


def test_what_is_handed_in_is_not_overwritten(world):
    filing = world.filled()
    book = put(fetched(world, filing), "S1", "", "employees", 1)
    answer = look(world, filing, packed(book))
    world.act("confirmer", Action.SUBMIT, filing)
    before = everything(world, filing)
    assert take(world, filing, answer).status_code == 409
    assert everything(world, filing) == before


@pytest.mark.parametrize("data", [{}, {"file": "no file"}, {"file": (BytesIO(b""), "")}])
def test_without_a_file_one_is_asked_for(world, data):
    filing = world.filled()
    answer = world.client("confirmer").post(f"/filings/{filing}/workbook", data=data)
    assert answer.status_code == 422
    assert "Choose a file." in answer.text


def test_every_choice_that_is_offered_is_taken(world):
    filing = world.filled()
    with world.seen_from():
        row = db.session.get(Filing, filing)
        for key in TYPED:
            for name, what in SHEETS[key].inputs().items():
                for one in what.choices or ():
                    values, problems = SHEETS[key].read("", {name: str(one.label)})
                    assert (values[name], problems) == (one, [])
        sent = read(BytesIO(packed(fetched(world, filing))))
        assert rows_of(sent, current_figures(row, book_around(row))) is sent.rows
