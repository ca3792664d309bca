"""Targets by Excel: all or nothing, errors by cell, formulas and other tricks refused."""

from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from app.enterprises.models import EnterpriseClass
from tests.targets.setting import plan_targets, set_plan, set_year, targets_of, versions
from tests.targets.test_pages import finish, make

REASON = "Agreed with the league."
ENERGY, SAVING, DOCUMENT = 4, 5, 6  # columns of the first page


def fetch(world, who="league", year=2026, path=False):
    address = f"/annual-targets/template.xlsx?year={year}" + ("&path=1" if path else "")
    answer = world.client(who).get(address)
    assert answer.status_code == 200
    return load_workbook(BytesIO(answer.data))


def send(world, book, who="league", year=2026, reason=REASON):
    book.save(file := BytesIO())
    file.seek(0)
    data = {"file": (file, "targets.xlsx"), "year": str(year), "reason": reason}
    return world.client(who).post("/annual-targets/import", data=data)


def row_of(book, name):
    page = book["targets"]
    return next(row for row in range(4, page.max_row + 1) if page.cell(row, 2).value == name)


def number_of(book, name):
    return book["targets"].cell(row_of(book, name), 1).value


def fill(book, name, energy, saving=None):
    row = row_of(book, name)
    book["targets"].cell(row, ENERGY, energy)
    book["targets"].cell(row, SAVING, saving)
    return row


def test_a_filled_workbook_sets_targets_with_their_products(world):
    book = fetch(world)
    fill(book, "Here", 900000, 12000)
    fill(book, "Next", "８００，０００.５")
    page = book["products"]
    page.cell(4, 1, number_of(book, "Here"))
    page.cell(4, 3, "2611E Calcium carbide (kgce/t)")
    page.cell(4, 4, 3.5)
    assert send(world, book).status_code == 302
    with world.seen_from():
        here, there = targets_of(world)
    assert (str(here.energy_target), str(here.saving_target)) == ("900000.0000", "12000.0000")
    assert str(there.energy_target) == "800000.5000"
    assert [v.reason for v in versions(world)] == [REASON, REASON]
    assert '"2611E":{"decline":"3.5"}' in versions(world)[0].content


def test_headings_have_units_and_the_names_are_hidden(world):
    page = fetch(world)["targets"]
    heads = [cell.value for cell in page[2]]
    assert "Comprehensive energy target 2026, calorific value (tce)" in heads
    assert page.row_dimensions[3].hidden
    assert page.protection.sheet


def test_all_wrong_cells_are_told_at_once_and_nothing_is_imported(world):
    book = fetch(world)
    here = fill(book, "Here", "much", -1)
    following = fill(book, "Next", 5.123456)
    large = fill(book, "Large", 100)
    book["targets"].cell(large, DOCUMENT, "x" * 101)
    page = book["products"]
    for at, (number, product, decline) in enumerate(
        [
            (number_of(book, "Here"), "9999E", 1),
            (number_of(book, "Here"), "2611E", "a lot"),
            ("777777", "2611E", 1),
        ],
        start=4,
    ):
        page.cell(at, 1, number)
        page.cell(at, 3, product)
        page.cell(at, 4, decline)
    answer = send(world, book)
    assert answer.status_code == 422
    for cell, text in (
        (f"targets!D{here}", "is not a number"),
        (f"targets!D{following}", "at most 4 digits"),
        (f"targets!F{large}", "100 characters"),
        ("products!C4", "There is no such product."),
        ("products!D5", "is not a number"),
        ("products!A6", "has no target on the first page"),
    ):
        [line] = [one for one in answer.text.splitlines() if f"<code>{cell}</code>" in one]
        assert text in line.partition(cell)[2].partition("</li>")[0]
    assert targets_of(world) == versions(world) == []


def test_a_formula_is_refused_at_its_cell(world):
    book = fetch(world)
    row = fill(book, "Here", "=1+1")
    fill(book, "Next", 100)
    answer = send(world, book)
    assert answer.status_code == 422
    assert f"<code>targets!D{row}</code> Formulas are not taken" in answer.text
    assert targets_of(world) == []


def test_a_foreign_number_is_no_enterprise_and_a_class_above_is_not_ones_own(world):
    make(world, "Next", EnterpriseClass.HUNDRED)
    book = fetch(world)
    page = book["targets"]
    names = [page.cell(row, 2).value for row in range(4, page.max_row + 1)]
    assert sorted(names) == ["Here", "Large"]
    with world.seen_from():
        foreign = world.enterprise("There").registry_number
        hundred = world.enterprise("Next").registry_number
    fill(book, "Here", 5)
    for at, number in ((20, foreign), (21, hundred)):
        page.cell(at, 1, number)
        page.cell(at, ENERGY, 100)
    answer = send(world, book)
    assert answer.status_code == 422
    assert "<code>targets!A20</code> There is no such enterprise in your area." in answer.text
    assert "<code>targets!A21</code> The targets of this enterprise are not set" in answer.text
    assert targets_of(world) == versions(world) == []


@pytest.mark.parametrize("who", ["county", "staff", "observer", "confirmer", "filler"])
def test_only_who_sets_targets_imports(world, who):
    book = fetch(world)
    fill(book, "Here", 5)
    assert send(world, book, who).status_code == 403
    assert world.client(who).get("/annual-targets/import").status_code == 403
    assert world.client(who).get("/annual-targets/template.xlsx?year=2026").status_code == 403
    assert targets_of(world) == []


def test_the_same_workbook_again_changes_nothing(world):
    book = fetch(world)
    fill(book, "Here", 900000)
    assert send(world, book).status_code == 302
    assert send(world, book).status_code == 302
    assert len(versions(world)) == 1


def test_a_workbook_older_than_a_change_is_told_so(world):
    set_year(world)
    book = fetch(world)
    row = fill(book, "Here", 800000, 12000)
    data = {"energy_target": "880000", "version": 1, "reason": REASON}
    pk = targets_of(world)[0].id
    assert world.client("league").post(f"/annual-targets/edit/{pk}", data=data).status_code == 302
    answer = send(world, book)
    assert answer.status_code == 422
    assert f"<code>targets!A{row}</code> This target was changed after" in answer.text
    assert [str(t.energy_target) for t in targets_of(world)] == ["880000.0000"]


def test_a_change_by_workbook_needs_a_reason_and_marks_what_is_late(world):
    set_year(world)
    finish(world)
    book = fetch(world)
    fill(book, "Here", 880000, 12000)
    assert send(world, book, reason="").status_code == 422
    assert len(versions(world)) == 1
    assert send(world, book).status_code == 302
    assert [(v.number, v.late) for v in versions(world)] == [(1, False), (2, True)]


def test_the_path_fills_what_is_missing(world):
    set_plan(world)
    page = fetch(world, path=True)["targets"]
    shown = {page.cell(r, 2).value: page.cell(r, SAVING).value for r in range(4, page.max_row + 1)}
    assert shown == {"Here": 12000, "Large": None, "Next": None}
    book = fetch(world, path=True)
    assert book["products"].cell(4, 4).value == 2.09
    assert send(world, book).status_code == 302
    assert len(targets_of(world)) == 1


def test_other_workbooks_are_not_taken(world):
    book = Workbook()
    book.active.append(["hello"])
    assert send(world, book).status_code == 422
    book = fetch(world, year=2025)
    fill(book, "Here", 5)
    answer = send(world, book)
    assert answer.status_code == 422
    assert "T2 2026" in answer.text
    data = {"file": (BytesIO(b"PK\x03\x04nonsense"), "x.xlsx"), "year": "2026"}
    assert world.client("league").post("/annual-targets/import", data=data).status_code == 422
    assert (
        world.client("league").post("/annual-targets/import", data={"year": "2026"}).status_code
        == 422
    )
    assert targets_of(world) == []


def test_a_number_that_excel_took_for_one_is_still_a_registry_number(world):
    book = fetch(world)
    row = fill(book, "Here", 5)
    page = book["products"]
    page.cell(4, 1, int(number_of(book, "Here")))
    page.cell(4, 3, "2611E")
    page.cell(4, 4, 2)
    book["targets"].cell(row, 1, int(number_of(book, "Here")))
    assert send(world, book).status_code == 302
    assert '"2611E"' in versions(world)[0].content


def test_a_workbook_that_is_too_long_is_refused_and_not_cut(world):
    book = fetch(world)
    fill(book, "Here", 5)
    book["targets"].cell(5001, ENERGY, 7)
    assert send(world, book).status_code == 422
    assert targets_of(world) == []


def test_names_that_begin_like_a_formula_stay_texts(world):
    with world.acting("super"):
        world.enterprise("Here").name = "=HYPERLINK(1)"
    book = fetch(world)
    row = row_of(book, "=HYPERLINK(1)")
    assert book["targets"].cell(row, 2).data_type == "s"
    book["targets"].cell(row, ENERGY, 5)
    assert send(world, book).status_code == 302
    for address in ("/annual-targets/list.xlsx", "/plan-targets/list.xlsx"):
        assert world.client("league").get(address).status_code == 200


def fetch_plan(world, period, who="league"):
    answer = world.client(who).get(f"/plan-targets/template.xlsx?plan={period}")
    assert answer.status_code == 200
    return load_workbook(BytesIO(answer.data))


def send_plan(world, book, period, who="league", reason=""):
    book.save(file := BytesIO())
    file.seek(0)
    data = {"file": (file, "targets.xlsx"), "plan": period, "reason": reason}
    return world.client(who).post("/plan-targets/import", data=data)


def test_targets_of_a_past_plan_come_by_workbook_and_are_marked_as_imported(world):
    book = fetch_plan(world, "13th")
    page = book["targets"]
    assert [cell.value for cell in page[3]][3:] == (
        "saving_target energy_cap intensity_decline saved_before saved_until document".split()
    )
    row = row_of(book, "Here")
    for column, value in enumerate(
        (50000, 880000, 12.5, 41000, 2020, "内工信〔2016〕3号"), start=4
    ):
        page.cell(row, column, value)
    for column, value in ((1, number_of(book, "Here")), (3, "2611E"), (4, 910), (5, 8)):
        book["products"].cell(4, column, value)
    assert send_plan(world, book, "13th").status_code == 302
    [target] = plan_targets(world)
    assert (target.period_key, target.saved_until, str(target.saved_before)) == (
        "13th",
        2020,
        "41000.0000",
    )
    [version] = versions(world)
    assert (version.act, version.span) == ("import", "13th")
    assert '"2611E":{"base_unit":"910","decline":"8"}' in version.content
    again = fetch_plan(world, "13th")
    assert [cell.value for cell in again["targets"][row_of(again, "Here")]][3:] == [
        50000,
        880000,
        12.5,
        41000,
        2020,
        "内工信〔2016〕3号",
    ]
    assert send_plan(world, again, "13th").status_code == 302
    assert len(versions(world)) == 1


def test_a_workbook_of_another_plan_or_of_a_year_is_not_taken(world):
    book = fetch_plan(world, "13th")
    book["targets"].cell(row_of(book, "Here"), 4, 5)
    assert send_plan(world, book, "14th").status_code == 422
    assert send_plan(world, fetch(world), "14th").status_code == 422
    assert plan_targets(world) == []


def test_a_wrong_cell_of_a_plan_is_named(world):
    book = fetch_plan(world, "14th")
    row = row_of(book, "Here")
    for column, value in ((4, 5), (7, 3), (8, 2031)):
        book["targets"].cell(row, column, value)
    answer = send_plan(world, book, "14th")
    assert answer.status_code == 422
    assert f"<code>targets!H{row}</code> This year lies outside the plan." in answer.text
    assert plan_targets(world) == []
