"""The national form 205-1 as enterprises have it: nothing of it is passed over in silence."""

from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from tests.filings.filling import everything, figures_of
from tests.filings.test_workbook_cells import ENDLESS, LONG, NO_CODES, marked, with_value
from tests.filings.test_workbooks import look, packed, refusals, rewritten, taken_over, token_in

HEADS = ["能源名称", "计量单位", "代码", "期初库存", "购进量", "购进金额", "工业消费", "期末库存"]
NUMBERS = ["甲", "乙", "丙", 1, 2, 3, 5, 9]
COAL = ["一般烟煤", "吨", "04", 10, 500, 900, 480, 30]
POWER = ["电力", "万千瓦时", "33", 0, 42000, 1, 1234.5, 0]


def form(*rows, title="205-1表 能源"):
    """A form as a workbook: its first carrier stands in row 5."""
    book = Workbook()
    page = book.active
    page.title = title
    page.append(["能源购进、消费与库存"])
    page.append(HEADS)
    page.append(["", "", "", "实物量", "", "", "", ""])
    page.append(NUMBERS)
    for row in rows or (COAL, POWER):
        page.append(row)
    return book


def places(answer):
    return [where for where, _told in refusals(answer)]


@pytest.mark.parametrize("what", NO_CODES)
def test_a_row_of_figures_whose_code_is_none_is_named(world, what):
    filing = world.filled()
    before = everything(world, filing)
    book = form(COAL, POWER)
    answer = look(world, filing, with_value(book, book.active["C6"], NO_CODES[what]))
    assert answer.status_code == 422
    [(where, told)] = refusals(answer)
    assert where == "205-1表 能源 C6"
    assert "is no code" in told
    assert everything(world, filing) == before


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (None, "no code"),
        ("", "no code"),
        ("电", "no such energy carrier"),
        ("77", "no such energy"),
    ],
)
def test_a_row_of_figures_without_a_code_is_named(world, code, text):
    filing = world.filled()
    answer = look(world, filing, packed(form(COAL, [*POWER[:2], code, *POWER[3:]])))
    assert answer.status_code == 422
    [(where, told)] = refusals(answer)
    assert where == "205-1表 能源 C6"
    assert text in told


def test_a_row_whose_only_figure_is_a_text_is_named_as_well(world):
    filing = world.filled()
    row = ["电力", "万千瓦时", None, None, "４2,000", None, None, None]
    assert places(look(world, filing, packed(form(COAL, row)))) == ["205-1表 能源 C6"]


def test_heads_notes_and_blank_lines_are_no_rows(world):
    filing = world.filled()
    book = form(
        COAL,
        [None] * 8,
        ["二、其他", "", "", "", "—", "", "", ""],
        ["", "", "代码", "期初库存", "购进量", "购进金额", "工业消费", "期末库存"],
        NUMBERS,
        POWER,
        ["能源合计", "吨标准煤", 40, 1, 1, 1, 1, 1],
        ["单位负责人：", "", "", "填表人：", "", "", "", "2026-04-10"],
    )
    assert set(taken_over(world, filing, book)["S2"]) == {"04", "33"}


@pytest.mark.parametrize("code", [4, 4.0, "4", "０４", " 04 "])
def test_a_code_that_lost_its_nought_is_the_same_code(world, code):
    filing = world.filled()
    book = form([*COAL[:2], code, *COAL[3:]], POWER)
    assert taken_over(world, filing, book)["S2"]["04"]["purchase_quantity"] == 500


def test_a_word_among_the_figures_is_named(world):
    filing = world.filled()
    answer = look(world, filing, packed(form(COAL, [*POWER[:4], "many", None, None, None])))
    assert places(answer) == ["205-1表 能源 E6"]


def test_formulas_without_a_result_are_named_by_their_cells(world):
    filing = world.filled()
    book = form(COAL, ["电力", "万千瓦时", "33", "=1+1", None, None, None, None])
    book.active["E5"] = "=1/0"
    error = (b"<f>1/0</f><v></v>", b"<f>1/0</f><v>#DIV/0!</v>")
    content = rewritten(
        packed(book), lambda _n, d: d.replace(b"<f>1/0</f><v />", error[1]).replace(*error)
    )
    content = rewritten(content, lambda _n, d: d.replace(b'r="E5"', b't="e" r="E5"'))
    answer = look(world, filing, content)
    assert answer.status_code == 422
    told = dict(refusals(answer))
    assert set(told) == {"205-1表 能源 D6", "205-1表 能源 E5"}
    assert "A formula without its result" in told["205-1表 能源 D6"]
    assert "#DIV/0!" in told["205-1表 能源 E5"]


def test_merged_heads_are_usual_and_merged_figures_are_named(world):
    filing = world.filled()
    book = form(COAL, POWER, ["说明：", "", "", "", "", "", "", ""])
    for heads in ("A1:H1", "A2:A3", "B2:B3", "D2:E2", "A7:H7", "A5:B5"):
        book.active.merge_cells(heads)
    assert look(world, filing, packed(book)).status_code == 200
    book.active.merge_cells("E5:E6")
    book.active.merge_cells("G6:H6")
    answer = look(world, filing, packed(book))
    assert answer.status_code == 422
    assert set(refusals(answer)) == {
        ("205-1表 能源 E5", "Merged cells: take them apart and fill in each."),
        ("205-1表 能源 G6", "Merged cells: take them apart and fill in each."),
    }


def test_many_merged_heads_do_not_hide_a_merged_figure(world):
    filing = world.filled()
    book = form(COAL, POWER)
    for row in range(100, 160):
        book.active.merge_cells(f"A{row}:B{row}")
    book.active.merge_cells("E5:E6")
    assert places(look(world, filing, packed(book))) == ["205-1表 能源 E5"]


def test_raw_coal_that_has_only_its_sum_is_told_of(world):
    filing = world.filled()
    sum_row = ["原煤", "吨", "01", 10, 500, 900, 480, 30]
    answer = look(world, filing, packed(form(sum_row, POWER)))
    assert answer.status_code == 200
    assert "Row 01 is a sum" in answer.text
    assert "Row 01 is a sum" not in look(world, filing, packed(form(sum_row, COAL))).text


def test_a_second_page_like_the_form_is_told_of(world):
    filing = world.filled()
    book = form()
    other = book.create_sheet("上季")
    for row in (NUMBERS, COAL):
        other.append(row)
    answer = look(world, filing, packed(book))
    assert answer.status_code == 200
    assert "only the first is read: 205-1表 能源" in answer.text
    assert "上季" in answer.text


@pytest.mark.parametrize("number", [ENDLESS, LONG])
def test_the_marked_copy_of_a_form_is_the_form_itself(world, number):
    filing = world.filled()
    before = everything(world, filing)
    book = form(COAL, POWER, ["电力", "", None, 1, None, None, None, None])
    page = book.active
    page["E5"], page["D6"], page["F6"] = "a lot", "=1+1", datetime(2026, 3, 3)  # noqa: DTZ001
    page["A9"] = "=not a formula"
    page["A9"].data_type = "s"
    page["A10"] = "_x0007_"
    page["G6"] = timedelta(hours=30)
    answer = look(world, filing, with_value(book, page["H6"], number))
    wrong = {"E5", "D6", "F6", "G6", "H6", "C7"}
    assert set(places(answer)) == {f"205-1表 能源 {cell}" for cell in wrong}

    copy = marked(world, filing, answer)
    sheet = copy["205-1表 能源"]
    found = {
        cell.coordinate
        for cells in sheet.iter_rows()
        for cell in cells
        if cell.fill.fgColor.rgb.endswith("F8C9C9")
    }
    assert found == wrong
    assert all(sheet[cell].comment.text for cell in wrong)
    assert (sheet["E5"].value, sheet["A1"].value) == ("a lot", "能源购进、消费与库存")
    assert (sheet["A9"].value, sheet["A9"].data_type) == ("=not a formula", "s")
    told = [str(cells[0].value) for cells in copy.worksheets[1].iter_rows()]
    assert any(line.startswith("205-1表 能源 E5　") for line in told)
    assert everything(world, filing) == before

    copy.save(file := BytesIO())  # corrected, it is a form again
    corrected = load_workbook(file)
    sheet = corrected["205-1表 能源"]
    for cell in wrong:
        sheet[cell] = 1
    sheet["C7"] = "21"
    assert taken_over(world, filing, corrected)["S2"]["04"]["purchase_quantity"] == 1


def test_a_form_whose_page_has_an_impossible_name_gets_its_copy(world):
    filing = world.filled()
    book = form([*COAL[:4], "a lot", *COAL[5:]], title="NAME")
    name = "a/b: [205-1] 能源购进、消费与库存 和另外很长的名字一二三四五六七".encode()
    content = rewritten(packed(book), lambda _n, data: data.replace(b"NAME", name))
    answer = look(world, filing, content)
    assert answer.status_code == 422
    assert "E5" in places(answer)[0]
    assert len(marked(world, filing, answer).worksheets) == 2


def test_a_form_is_of_the_quarter_alone_in_the_first_quarter(world):
    filing = world.filled()
    answer = look(world, filing, packed(form()))
    assert "earlier quarters off" not in answer.text
    assert token_in(answer)
    assert figures_of(world, filing)["S2"]["33"]["industrial_consumption"] != Decimal("1234.5")


def test_of_two_rows_of_one_carrier_each_is_named_where_it_stands(world):
    filing = world.filled()
    wrong = [*COAL[:4], "a lot", *COAL[5:]]
    answer = look(world, filing, packed(form(wrong, POWER, COAL)))
    assert set(places(answer)) == {"205-1表 能源 E5", "205-1表 能源 C7"}
    answer = look(world, filing, packed(form(wrong, POWER, [*COAL[:3], *[None] * 5])))
    assert places(answer) == ["205-1表 能源 E5"]  # a blank row of the same carrier is no row


def test_a_column_number_that_stands_there_twice_is_named(world):
    """Two blocks beside one another, say: only one of them would be read."""
    filing = world.filled()
    book = form()
    book.active["K4"] = 2
    answer = look(world, filing, packed(book))
    assert places(answer) == ["205-1表 能源 K4"]
    assert "stands there twice" in refusals(answer)[0][1]


def test_the_copy_of_a_form_keeps_the_name_of_its_page(world):
    filing = world.filled()
    book = form([*COAL[:4], "a lot", *COAL[5:]], title="205-1表（2026年）(1)")
    copy = marked(world, filing, look(world, filing, packed(book)))
    assert copy.sheetnames[0] == "205-1表（2026年）(1)"
