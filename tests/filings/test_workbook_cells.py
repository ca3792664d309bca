"""Cells that hold what nobody meant: times, endless numbers, formulas without a result."""

import re
from datetime import date, datetime, time, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.filings.workbook.layout import FIRST_ROW, GUIDE
from app.filings.workbook.read import read
from tests.filings.filling import everything, figures_of
from tests.filings.test_workbooks import (
    fetched,
    look,
    packed,
    page,
    place,
    put,
    put_row,
    refusals,
    rewritten,
    rewritten_page,
    taken_over,
    token_in,
)

STAND_IN = 8_765_432  # is replaced in the file by what openpyxl does not write
ENDLESS, LONG = "1E999", "9" * 400
NO_CODES = {
    "an endless number": ENDLESS,
    "a number of 400 digits": LONG,
    "a fraction": 2.7,
    "yes": True,
    "a day": datetime(2026, 3, 3),  # noqa: DTZ001
    "a time": time(12, 30),
    "a duration": timedelta(hours=30),
    "a long word": "3333333333333",
}


def with_value(book, cell, value):
    """The file with *value* in *cell*."""
    if value not in (ENDLESS, LONG):
        cell.value = value
        return packed(book)
    cell.value = STAND_IN
    wanted, given = f"<v>{STAND_IN}</v>".encode(), f"<v>{value}</v>".encode()
    return rewritten(packed(book), lambda _n, data: data.replace(wanted, given))


def marked(world, filing, answer):
    got = world.client("confirmer").post(
        f"/filings/{filing}/workbook/marked.xlsx", data={"token": token_in(answer)}
    )
    assert got.status_code == 200
    return load_workbook(BytesIO(got.data))


@pytest.mark.parametrize("what", NO_CODES)
def test_what_can_be_no_code_is_named_and_makes_no_other_row(world, what):
    filing = world.filled()
    before = everything(world, filing)
    book = fetched(world, filing)
    code = page(book, "S2").cell(place(book, "S2", "33", "row_note").row, 1)
    answer = look(world, filing, with_value(book, code, NO_CODES[what]))
    assert answer.status_code == 422
    [told] = refusals(answer)
    assert told[0] == f"S2 {code.coordinate}"
    assert "is no code" in told[1]
    assert everything(world, filing) == before

    copy = page(marked(world, filing, answer), "S2")
    [wrong] = [cell for [cell] in copy["A4:A60"] if cell.fill.fgColor.rgb.endswith("F8C9C9")]
    assert 42000 in [cell.value for cell in copy[wrong.row]]  # nothing of the row is lost


@pytest.mark.parametrize("value", [time(12, 30), timedelta(hours=30), ENDLESS, LONG])
@pytest.mark.parametrize("column", ["closing_stock", "row_note"])
def test_times_and_endless_numbers_are_named_and_marked(world, column, value):
    filing = world.filled()
    before = everything(world, filing)
    book = fetched(world, filing)
    cell = place(book, "S2", "33", column)
    answer = look(world, filing, with_value(book, cell, value))
    if column == "row_note" and isinstance(value, str):
        assert answer.status_code == 200  # a text like another
        return
    assert answer.status_code == 422
    [(where, told)] = refusals(answer)
    assert where == f"S2 {cell.coordinate}"
    assert ("is not a number" if isinstance(value, str) else "is a time") in told
    copy = place(marked(world, filing, answer), "S2", "33", column)
    assert copy.fill.fgColor.rgb.endswith("F8C9C9")
    assert isinstance(copy.value, str)
    assert everything(world, filing) == before


def test_a_number_among_texts_and_a_day_among_numbers_are_marked_too(world):
    filing = world.filled()
    book = put(fetched(world, filing), "S2", "33", "closing_stock", datetime(2026, 3, 3))  # noqa: DTZ001
    put(book, "S2", "21", "closing_stock", True)
    answer = look(world, filing, packed(book))
    assert len(refusals(answer)) == 2
    copy = marked(world, filing, answer)
    for row in ("33", "21"):
        assert place(copy, "S2", row, "closing_stock").fill.fgColor.rgb.endswith("F8C9C9")


CELL = re.compile(rb'<c r="(\w+)"([^>]*)><f>1\+1</f><v ?/?>(?:</v>)?</c>')
WRITTEN_OTHERWISE = {
    "the style first": rb'<c s="1" r="\1"><f>1+1</f></c>',
    "single quotes": rb"<c s='1' r='\1'><f>1+1</f></c>",
    "no address": rb"<c><f>1+1</f></c>",
    "an empty result": rb'<c r="\1" s="1"><f>1+1</f><v></v></c>',
    "a shared formula": rb'<c t="n" s="1" r="\1"><f t="shared" si="0"/></c>',
    "lines between": b'<c\n s="1"\n r="\\1"\n><f\n>1+1</f ></c >',
    "words without a result": rb'<c t="str" r="\1"><f>1+1</f></c>',
}


@pytest.mark.parametrize("how", WRITTEN_OTHERWISE)
def test_a_formula_without_its_result_is_found_however_it_is_written(world, how):
    filing = world.filled()
    book = put(fetched(world, filing), "S2", "33", "closing_stock", "=1+1")
    where = f"S2 {place(book, 'S2', '33', 'closing_stock').coordinate}"

    def otherwise(data):
        changed, number = CELL.subn(WRITTEN_OTHERWISE[how], data)
        assert number == 1
        return changed

    answer = look(world, filing, rewritten_page(book, "S2", otherwise))
    assert answer.status_code == 422
    [(place_, told)] = refusals(answer)
    assert place_ == where
    assert "A formula without its result" in told
    copy = marked(world, filing, answer)
    assert place(copy, "S2", "33", "closing_stock").fill.fgColor.rgb.endswith("F8C9C9")


def test_a_formula_whose_result_is_an_empty_text_is_an_empty_cell(world):
    """What Excel keeps of ``=IF(A1>0,A1,"")``."""
    filing = world.filled()
    book = put(fetched(world, filing), "S2", "33", "row_note", "=1+1")
    content = rewritten_page(
        book, "S2", lambda data: CELL.sub(rb'<c r="\1" t="str"><f>1+1</f><v></v></c>', data)
    )
    assert look(world, filing, content).status_code == 200


def test_of_two_rows_of_one_code_the_second_is_named_and_both_are_in_the_copy(world):
    filing = world.filled()
    book = put(fetched(world, filing), "S2", "33", "closing_stock", "a lot")
    first = place(book, "S2", "33", "closing_stock")
    put_row(book, "S2", "33")
    second = page(book, "S2").max_row
    answer = look(world, filing, packed(book))
    assert {where for where, _told in refusals(answer)} == {
        f"S2 {first.coordinate}",
        f"S2 A{second}",
    }
    copy = page(marked(world, filing, answer), "S2")
    assert [cell.value for [cell] in copy["A4:A60"]].count("33") == 2


def test_a_row_without_a_code_is_in_the_marked_copy_with_its_figures(world):
    filing = world.filled()
    book = fetched(world, filing)
    put_row(book, "S2", None)
    copy = page(marked(world, filing, look(world, filing, packed(book))), "S2")
    [wrong] = [cell for [cell] in copy["A4:A60"] if cell.fill.fgColor.rgb.endswith("F8C9C9")]
    assert (wrong.value, copy.cell(wrong.row, 4).value) == (None, 5)


def test_the_guide_of_the_marked_copy_names_the_cells_of_the_copy(world):
    """The rows of the copy stand in another order than those that were sent."""
    filing = world.filled()
    book = fetched(world, filing)
    sheet = page(book, "S2")
    row = next(c[0].row for c in sheet.iter_rows(min_row=FIRST_ROW) if c[0].value == "39")
    sheet.cell(row, 5).value = "a lot"
    answer = look(world, filing, packed(book))
    assert [where for where, _told in refusals(answer)] == [f"S2 E{row}"]
    copy = marked(world, filing, answer)
    at = place(copy, "S2", "39", "purchase_quantity").coordinate
    assert at != f"E{row}"
    told = [str(cells[0].value) for cells in copy[GUIDE].iter_rows()]
    assert any(line.startswith(f"S2 {at}　") for line in told)


def test_a_figure_that_is_worked_out_too_large_is_named_and_marked_at_its_cell(world):
    filing = world.filled()
    book = put(fetched(world, filing), "S2", "33", "industrial_consumption", 9e13)
    put(book, "S2", "33", "non_industrial_consumption", 9e13)
    answer = look(world, filing, packed(book))
    at = place(book, "S2", "33", "consumption_total").coordinate
    assert f"S2 {at}" in {where for where, _told in refusals(answer)}
    copy = place(marked(world, filing, answer), "S2", "33", "consumption_total")
    assert copy.fill.fgColor.rgb.endswith("F8C9C9")


def test_a_sheet_that_nobody_can_read_stays_in_the_copy_as_it_is_kept(world):
    filing = world.filled()
    row = b'<row r="4"><c r="D4"><v>1</v></c></row></sheetData>'
    content = rewritten_page(
        fetched(world, filing), "S2", lambda data: data.replace(b"</sheetData>", row)
    )
    copy = marked(world, filing, look(world, filing, content))
    assert place(copy, "S2", "33", "purchase_quantity").value == 42000


@pytest.mark.parametrize("code", [33, 33.0, " 33 ", "３３"])
def test_a_code_that_excel_took_for_a_number_is_the_same_code(world, code):
    filing = world.filled()
    before = figures_of(world, filing)["S2"]
    book = fetched(world, filing)
    page(book, "S2").cell(place(book, "S2", "33", "row_note").row, 1).value = code
    put(book, "S2", "21", "row_note", "new")
    after = taken_over(world, filing, book)["S2"]
    assert after["33"] == before["33"]
    assert after["21"]["row_note"] == "new"


def test_a_day_that_was_right_is_right_in_the_marked_copy(world):
    filing = world.filled()
    book = put(fetched(world, filing), "S1", "", "registered_on", datetime(2020, 5, 6))  # noqa: DTZ001
    put(book, "S1", "", "employees", "many")
    copy = marked(world, filing, look(world, filing, packed(book)))
    assert place(copy, "S1", "", "registered_on").value == "2020-05-06"
    put(copy, "S1", "", "employees", 900)
    assert taken_over(world, filing, copy)["S1"][""]["registered_on"] == date(2020, 5, 6)


def test_a_column_that_is_there_twice_is_refused(world):
    filing = world.filled()
    before = everything(world, filing)
    book = fetched(world, filing)
    page(book, "S2").cell(3, 40).value = "closing_stock"
    other = fetched(world, filing)
    sheet = page(other, "S1")
    line = place(other, "S1", "", "employees").row
    sheet.cell(sheet.max_row + 1, 5).value = sheet.cell(line, 5).value
    for copy, told in ((book, "“Closing stock” is in the sheet S2"), (other, "is in the sheet S1")):
        answer = look(world, filing, packed(copy))
        assert answer.status_code == 422
        assert f"{told} twice" in answer.text
    assert everything(world, filing) == before


def test_a_sheet_that_is_not_in_the_workbook_is_told_of(world):
    filing = world.filled()
    book = fetched(world, filing)
    page(book, "S2").title = "Energy"
    answer = look(world, filing, packed(book))
    assert answer.status_code == 200
    assert "Not in the workbook, and left as they are: S2." in answer.text
    assert "left as they are" not in look(world, filing, packed(fetched(world, filing))).text


def test_an_hour_in_a_note_is_not_cut_off(world):
    filing = world.filled()
    book = put(fetched(world, filing), "S2", "33", "row_note", datetime(2026, 3, 3, 14, 30))  # noqa: DTZ001
    put(book, "S2", "21", "row_note", datetime(2026, 3, 3))  # noqa: DTZ001
    after = taken_over(world, filing, book)["S2"]
    assert (after["33"]["row_note"], after["21"]["row_note"]) == (
        "2026-03-03 14:30:00",
        "2026-03-03",
    )


def test_characters_that_excel_does_not_know_do_not_break_the_copy(world):
    filing = world.filled()
    book = put(fetched(world, filing), "S2", "33", "closing_stock", "_x0007_")
    answer = look(world, filing, packed(book))
    assert answer.status_code == 422
    assert marked(world, filing, answer)


def test_what_is_read_of_a_workbook_is_a_duration_as_it_stands(world):
    book = put(fetched(world, world.filled()), "S2", "33", "closing_stock", timedelta(hours=30))
    sent = read(BytesIO(packed(book)))
    [row] = [one for one in sent.rows["S2"] if one["energy_code"] == "33"]
    assert row["closing_stock"] == timedelta(hours=30)
