"""Workbooks: what comes back is what was there, and no trick gets further than a refusal."""

import struct
import zlib
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from app.core.db import db
from app.core.errors import Invalid
from app.core.unit import unit_of_work
from app.filings import xlsx
from app.filings.models import Filing
from app.filings.operations import open_filing
from app.filings.queries import working_figures
from app.filings.sheets import SHEETS
from tests.filings.filling import everything, figures_of, fill, rows_with
from tests.samples import SHEET_ROWS
from tests.world import QUARTER


def template(world, filing, key):
    with world.seen_from():
        row = db.session.get(Filing, filing)
        return xlsx.template(SHEETS[key], working_figures(row).get(key, {}), row)


def packed(book):
    book.save(file := BytesIO())
    return file.getvalue()


def read(world, filing, key, content):
    with world.seen_from():
        return xlsx.read(SHEETS[key], BytesIO(content), db.session.get(Filing, filing))


def upload(world, filing, key, content, who="confirmer", **more):
    data = {"file": (BytesIO(content), "sheet.xlsx"), **more}
    return world.client(who).post(f"/filings/{filing}/sheets/{key}/upload", data=data)


def put(book, key, row, column, value):
    """Write *value* where a person would: in the row of a carrier, under a column's name."""
    page = book[key]
    names = [cell.value for cell in page[xlsx.NAMES_ROW]]
    [line] = [cells for cells in page.iter_rows(min_row=4) if (cells[0].value or "") == row]
    page.cell(line[0].row, names.index(column) + 1).value = value
    return book


@pytest.mark.parametrize("key", [key for key in SHEETS if not SHEETS[key].sheet.made])
def test_the_template_read_again_gives_the_same_cells(world, key):
    filing = world.filled()
    before = figures_of(world, filing)
    rows = read(world, filing, key, packed(template(world, filing, key)))
    assert [row.get(SHEETS[key].sheet.key_name, "") for row in rows] == sorted(before[key])
    for row in rows:
        code = row.get(SHEETS[key].sheet.key_name, "")
        values, problems = SHEETS[key].read(code, row)
        assert problems == []
        assert values == {n: before[key][code][n] for n in SHEETS[key].inputs()}


def test_an_empty_template_has_every_carrier_and_gives_no_rows(world):
    with world.acting("confirmer") as actor:
        filing = open_filing(world.enterprise(), QUARTER, actor=actor).id
    book = template(world, filing, "S2")
    assert len([cell for cell in book["S2"]["A"][3:] if cell.value]) == 38
    assert read(world, filing, "S2", packed(book)) == []


def test_worked_out_cells_are_locked_and_typed_ones_are_not(world):
    page = template(world, world.filled(), "S2")["S2"]
    fields = SHEETS["S2"].fields()
    for column, what in enumerate(fields.values(), start=4):
        assert page.cell(4, column).protection.locked is not what.typed
    assert page.protection.sheet


def test_what_stands_in_a_locked_cell_is_not_taken_over(world):
    filing = world.filled()
    before = figures_of(world, filing)
    book = put(template(world, filing, "S1"), "S1", "", "comprehensive_energy_calorific", 1)
    assert upload(world, filing, "S1", packed(book)).status_code == 302
    assert figures_of(world, filing) == before


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)"])
def test_text_like_a_formula_goes_out_and_comes_in_as_text(world, text):
    filing = world.filled()
    fill(world, filing, "S2", rows_with("S2", "04", row_note=text))
    content = packed(template(world, filing, "S2"))
    cells = [cell for row in load_workbook(BytesIO(content))["S2"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value == text} == {"s"}
    assert upload(world, filing, "S2", content).status_code == 302
    assert figures_of(world, filing)["S2"]["04"]["row_note"] == text


def test_the_name_of_the_enterprise_is_text_too(world):
    filing = world.filled()
    with world.seen_from(), unit_of_work():
        world.enterprise().name = "=1+1"
    content = packed(template(world, filing, "F0"))
    assert load_workbook(BytesIO(content))["F0"]["B1"].data_type == "s"


@pytest.mark.parametrize(
    ("key", "row", "column", "typed", "value"),
    [
        ("S2", "09", "closing_stock", 6999.25, Decimal("6999.25")),
        ("S2", "09", "closing_stock", "６，９９９", Decimal(6999)),
        ("S2", "09", "closing_stock", 0, Decimal(0)),
        ("S1", "", "ems_certified", "是", True),
        ("S1", "", "ems_certified", True, True),
        ("S1", "", "registered_on", datetime(2020, 5, 6), datetime(2020, 5, 6).date()),  # noqa: DTZ001
        ("S1", "", "postcode", 14010, "14010"),
        ("S1", "", "address", "  一号 ", "一号"),
        ("S1", "", "email", None, None),
    ],
)
def test_cells_as_excel_gives_them(world, key, row, column, typed, value):
    filing = world.filled()
    book = put(template(world, filing, key), key, row, column, typed)
    assert upload(world, filing, key, packed(book)).status_code == 302
    assert figures_of(world, filing)[key][row][column] == value


def test_a_wrong_cell_is_addressed_and_all_others_come_back(world):
    filing = world.filled()
    before = everything(world, filing)
    book = put(template(world, filing, "S2"), "S2", "09", "closing_stock", "a lot")
    put(book, "S2", "09", "opening_stock", 0)
    answer = upload(world, filing, "S2", packed(book))
    assert answer.status_code == 422
    assert 'id="S2/09/closing_stock-wrong"' in answer.text
    assert 'name="09:closing_stock" value="a lot"' in answer.text
    assert 'name="09:opening_stock" value="0"' in answer.text  # a nought is not nothing
    assert 'name="04:purchase_quantity" value="186000"' in answer.text
    assert everything(world, filing) == before


def test_truth_and_days_come_back_after_a_wrong_cell(world):
    filing = world.filled()
    book = put(template(world, filing, "S1"), "S1", "", "employees", "many")
    put(book, "S1", "", "ems_certified", False)
    put(book, "S1", "", "registered_on", datetime(2020, 5, 6))  # noqa: DTZ001
    answer = upload(world, filing, "S1", packed(book))
    assert answer.status_code == 422
    assert '<option value="false" selected>' in answer.text
    assert 'name=":registered_on" value="2020-05-06"' in answer.text


def test_an_upload_over_what_somebody_has_just_changed_is_a_conflict(world):
    filing = world.filled()
    with world.seen_from():
        shown = db.session.get(Filing, filing).revision
    book = put(template(world, filing, "S2"), "S2", "09", "closing_stock", 1)
    fill(world, filing, "S2", rows_with("S2", "09", closing_stock=6999), who="filler")
    before = everything(world, filing)
    answer = upload(world, filing, "S2", packed(book), revision=shown)
    assert answer.status_code == 409
    assert everything(world, filing) == before


@pytest.mark.parametrize("stamp", ["enterprise", "quarter", "sheet", None, "", "=A2", 5])
def test_a_workbook_of_something_else_is_refused_by_name(world, stamp):
    filing = world.filled()
    with world.seen_from():
        number = world.enterprise().registry_number
        neighbour = world.enterprise("Next").registry_number
    book = template(world, filing, "S2")
    expected = f"S2 {number} 2026Q1"
    assert book["S2"]["A1"].value == expected
    book["S2"]["A1"].value = {
        "enterprise": f"S2 {neighbour} 2026Q1",
        "quarter": f"S2 {number} 2026Q2",
        "sheet": f"S3 {number} 2026Q1",
    }.get(stamp, stamp)
    before = everything(world, filing)
    with pytest.raises(
        Invalid, match=f"another sheet, enterprise or quarter; expected: {expected}"
    ):
        read(world, filing, "S2", packed(book))
    answer = upload(world, filing, "S2", packed(book))
    assert answer.status_code == 422
    assert expected in answer.text
    assert everything(world, filing) == before


def test_a_workbook_without_a_column_is_refused(world):
    filing = world.filled()
    book = template(world, filing, "S2")
    book["S2"].delete_cols(6)
    with pytest.raises(Invalid, match="Columns are missing"):
        read(world, filing, "S2", packed(book))


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


TRICKS = {
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
    good = packed(template(world, filing, "S2"))
    content = TRICKS[trick](good)
    assert content != good
    before = everything(world, filing)
    answer = upload(world, filing, "S2", content)
    assert answer.status_code == 422, answer.text[:500]
    assert everything(world, filing) == before


def test_a_sheet_that_is_a_chart_is_no_sheet(world):
    filing = world.filled()
    book = Workbook()
    book.create_chartsheet("S2")
    before = everything(world, filing)
    assert upload(world, filing, "S2", packed(book)).status_code == 422
    assert everything(world, filing) == before


def test_rows_far_below_are_not_waited_for(world):
    filing = world.filled()
    before = figures_of(world, filing)
    book = template(world, filing, "S2")
    book["S2"].cell(1_000_000, 200).value = "far away"
    assert upload(world, filing, "S2", packed(book)).status_code == 302
    assert figures_of(world, filing) == before


@pytest.mark.parametrize("who", ["county", "region", "super", "next_confirmer", "other_league"])
def test_nobody_else_fetches_or_sends_the_workbook(world, who):
    filing = world.filled()
    content = packed(template(world, filing, "S2"))
    before = everything(world, filing)
    client = world.client(who)
    got = client.get(f"/filings/{filing}/sheets/S2/template.xlsx")
    assert got.status_code in (302, 403, 404)
    assert upload(world, filing, "S2", content, who).status_code in (302, 403, 404)
    assert everything(world, filing) == before


@pytest.mark.parametrize("data", [{}, {"file": "no file"}, {"file": (BytesIO(b""), "")}])
def test_without_a_file_one_is_asked_for(world, data):
    filing = world.filled()
    before = everything(world, filing)
    answer = world.client("confirmer").post(f"/filings/{filing}/sheets/S2/upload", data=data)
    assert answer.status_code == 422
    assert "Choose a file." in answer.text
    assert everything(world, filing) == before


@pytest.mark.parametrize("key", ["S9", "A1", "s2", "..", "S2%00"])
def test_there_is_no_workbook_of_a_sheet_that_is_none(world, key):
    filing = world.filled()
    client = world.client("confirmer")
    assert client.get(f"/filings/{filing}/sheets/{key}/template.xlsx").status_code == 404
    assert upload(world, filing, key, b"x").status_code == 404


def test_every_choice_of_the_template_is_one_that_is_taken(world):
    filing = world.filled()
    for name, what in SHEETS["S1"].inputs().items():
        for one in what.choices or ():
            book = put(template(world, filing, "S1"), "S1", "", name, str(one.label))
            assert upload(world, filing, "S1", packed(book)).status_code == 302
            assert figures_of(world, filing)["S1"][""][name] is one
    assert SHEET_ROWS["S1"][0]["unit_type"] == "private"
