"""A form 205-1 counts from January on: the earlier quarters of the year are taken off."""

import re
from decimal import Decimal
from io import BytesIO

import pytest

from app.core.db import db
from app.core.period import Quarter
from app.filings.models import Filing
from app.filings.operations import open_filing
from tests.filings.filling import everything, figures_of, fill, rows_with
from tests.filings.test_form_205_1 import form
from tests.filings.test_workbook_cells import marked
from tests.filings.test_workbooks import fetched, packed, refusals, take, token_in
from tests.world import QUARTER

SECOND, THIRD = QUARTER.shifted(1), QUARTER.shifted(2)
PAGE = "205-1表 能源"


def look(world, filing, book, cumulative=True):
    """Send a workbook, the box ticked or not."""
    data = {"file": (BytesIO(packed(book)), "form.xlsx")}
    if cumulative:
        data["cumulative"] = "on"
    return world.client("confirmer").post(f"/filings/{filing}/workbook", data=data)


def opened(world, period):
    with world.acting("confirmer") as actor:
        return open_filing(world.enterprise(), period, actor=actor).id


def power(world, first, **more):
    """The row of electricity from January on: what the first quarter has, and *more*."""
    was = figures_of(world, first)["S2"]["33"]
    columns = (
        "opening_stock",
        "purchase_quantity",
        "purchase_amount",
        "industrial_consumption",
        "closing_stock",
    )
    return ["电力", "万千瓦时", "33", *(was[n] + more.get(n, 0) for n in columns)]


def others(world, first, but=("33",)):
    """The other carriers of the first quarter as they were: nothing was added to them."""
    found = []
    for key, row in sorted(figures_of(world, first)["S2"].items()):
        if key not in but:
            names = "opening_stock purchase_quantity purchase_amount industrial_consumption"
            found.append(["", "", key, *(row[n] for n in (*names.split(), "closing_stock"))])
    return found


def text_in(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))


def test_the_box_stands_on_the_page_from_the_second_quarter_on(world):
    first = world.filled()
    second = opened(world, SECOND)
    client = world.client("confirmer")
    assert 'name="cumulative"' not in client.get(f"/filings/{first}/workbook").text
    box = re.search(
        r'<input[^>]*name="cumulative"[^>]*>', client.get(f"/filings/{second}/workbook").text
    )[0]
    assert "checked" in box


def test_the_earlier_quarters_are_taken_off_the_flows_and_shown(world):
    first = world.filled()
    second = opened(world, SECOND)
    was = figures_of(world, first)["S2"]["33"]
    row = power(
        world,
        first,
        opening_stock=5,
        purchase_quantity=Decimal("12.5"),
        purchase_amount=100,
        industrial_consumption=7,
        closing_stock=3,
    )
    answer = look(world, second, form(*others(world, first), row))
    assert answer.status_code == 200, answer.text
    assert "42,012.5 − 42,000 = 12.5" in text_in(answer)
    assert take(world, second, answer).status_code == 302
    now = figures_of(world, second)["S2"]["33"]
    assert now["purchase_quantity"] == Decimal("12.5")
    assert now["purchase_amount"] == 100
    assert now["industrial_consumption"] == 7
    assert now["opening_stock"] == was["closing_stock"]  # the carried one
    assert now["closing_stock"] == was["closing_stock"] + 3  # as it stands in the form


def test_the_stock_of_the_beginning_of_the_year_does_not_become_that_of_the_quarter(world):
    first = world.filled()
    second = opened(world, SECOND)
    was = figures_of(world, first)["S2"]["09"]
    answer = look(
        world,
        second,
        form(
            *others(world, first, but=()),
        ),
    )
    assert was["opening_stock"] != was["closing_stock"]
    assert f"the closing stock of {QUARTER}" in text_in(answer)
    take(world, second, answer)
    assert figures_of(world, second)["S2"]["09"]["opening_stock"] == was["closing_stock"]


def test_without_the_tick_the_figures_are_those_of_the_quarter(world):
    first = world.filled()
    second = opened(world, SECOND)
    answer = look(world, second, form(power(world, first)), cumulative=False)
    assert "are taken as those of the quarter alone" in text_in(answer)
    box = re.search(r'<input[^>]*name="cumulative"[^>]*>', answer.text)[0]
    assert "checked" not in box  # as it was chosen
    take(world, second, answer)
    was = figures_of(world, first)["S2"]["33"]
    assert figures_of(world, second)["S2"]["33"]["purchase_quantity"] == was["purchase_quantity"]


def test_three_quarters_are_taken_apart_too(world):
    first, second = world.filled(), world.filled(period=SECOND)
    third = opened(world, THIRD)
    assert first != second
    row = power(world, first)
    row[4] = row[4] * 2 + 9
    row[5], row[6] = row[5] * 2, row[6] * 2
    double = [
        [*one[:4], *(None if cell is None else cell * 2 for cell in one[4:7]), one[7]]
        for one in others(world, first)
    ]
    answer = look(world, third, form(*double, row))
    assert answer.status_code == 200, refusals(answer)
    take(world, third, answer)
    assert figures_of(world, third)["S2"]["33"]["purchase_quantity"] == 9


def test_less_than_was_filed_before_is_named_at_its_cell(world):
    first = world.filled()
    second = opened(world, SECOND)
    before = everything(world, second)
    book = form(*others(world, first), power(world, first, purchase_quantity=-1))
    where = f"{PAGE} E{book.active.max_row}"
    answer = look(world, second, book)
    assert answer.status_code == 422
    [(place, told)] = refusals(answer)
    assert place == where
    assert "41,999 − 42,000 = -1" in told
    copy = marked(world, second, answer)[PAGE]
    cell = copy[where.rpartition(" ")[2]]
    assert (cell.value, cell.fill.fgColor.rgb[-6:]) == (41999, "F8C9C9")  # as it was sent
    assert everything(world, second) == before


@pytest.mark.parametrize("lost", ["a cell", "a row", "a line"])
def test_what_was_filed_before_and_is_not_in_the_form_is_named(world, lost):
    first = world.filled()
    second = opened(world, SECOND)
    rows = [*others(world, first), power(world, first)]
    where = f"{PAGE} E{4 + len(rows)}"
    if lost == "a cell":
        rows[-1][4] = None
    elif lost == "a row":
        rows[-1][3:] = [None] * 5
        where = f"{PAGE} C{4 + len(rows)}"
    else:
        del rows[-1]
        where = PAGE
    answer = look(world, second, form(*rows))
    assert answer.status_code == 422
    [(place, told)] = refusals(answer)
    assert place == where
    assert "earlier quarters" in told


def test_a_quarter_that_was_never_filed_is_told_of(world):
    second = opened(world, SECOND)
    answer = look(world, second, form())
    assert answer.status_code == 200
    told = "No figures for 2026Q1 are kept; nothing was taken off for it."
    assert told in text_in(answer)
    take(world, second, answer)
    now = figures_of(world, second)["S2"]["04"]
    assert (now["opening_stock"], now["purchase_quantity"]) == (10, 500)


def test_a_quarter_that_has_only_been_begun_is_told_of_as_well(world):
    world.filled(period=Quarter(2025, 4))
    opened(world, QUARTER)  # stocks and coefficients were carried into it, no flow
    third = opened(world, SECOND)
    assert "No figures for 2026Q1 are kept" in text_in(look(world, third, form()))


def test_what_was_shown_is_taken_over_or_nothing(world):
    """The first quarter is changed between the look and the take-over."""
    first = world.filled()
    second = opened(world, SECOND)
    answer = look(world, second, form(*others(world, first), power(world, first)))
    assert answer.status_code == 200, refusals(answer)
    fill(world, first, "S2", rows_with("S2", "33", purchase_quantity=41000))
    before = everything(world, second)
    got = take(world, second, answer)
    assert got.status_code == 409
    assert everything(world, second) == before
    assert "− 41,000 =" in text_in(got)  # looked through anew
    assert take(world, second, got).status_code == 302


def test_the_choice_is_in_the_token_and_not_in_the_form_that_is_sent_back(world):
    first = world.filled()
    second = opened(world, SECOND)
    answer = look(world, second, form(*others(world, first), power(world, first)))
    got = world.client("confirmer").post(
        f"/filings/{second}/workbook/take", data={"token": token_in(answer), "cumulative": ""}
    )
    assert got.status_code == 302
    assert figures_of(world, second)["S2"]["33"]["purchase_quantity"] == 0


def test_our_own_workbook_holds_the_quarter_whatever_is_ticked(world):
    world.filled()
    second = world.filled(period=SECOND)
    with world.seen_from():
        assert db.session.get(Filing, second).quarter == 2
    answer = look(world, second, fetched(world, second))
    assert answer.status_code == 200
    assert "there is nothing to take over" in answer.text


def test_what_cannot_be_read_is_not_called_missing_as_well(world):
    first = world.filled()
    second = opened(world, SECOND)
    rows = others(world, first)
    wrong, power_row = form(*rows, power(world, first)), 5 + len(rows)
    wrong.active.cell(power_row, 5).value = "=1+1"
    assert [place for place, _told in refusals(look(world, second, wrong))] == [
        f"{PAGE} E{power_row}"
    ]
    wrong = form(*rows, power(world, first))
    wrong.active.cell(power_row, 3).value = 33.5
    assert [place for place, _told in refusals(look(world, second, wrong))] == [
        f"{PAGE} C{power_row}"
    ]


def test_an_emptied_form_is_not_the_end_of_all_carriers(world):
    first = world.filled()
    second = opened(world, SECOND)
    used = figures_of(world, first)["S2"]
    answer = look(world, second, form(*(["", "", key, *[None] * 5] for key in used)))
    assert answer.status_code == 422
    assert {place for place, _told in refusals(answer)} <= {
        f"{PAGE} C{row}" for row in range(5, 5 + len(used))
    }


def test_a_carrier_of_which_the_form_has_no_column_is_not_missed(world):
    """Own production is a column of ours; who only made power has nothing in the form."""
    first = world.filled()
    zero = dict.fromkeys(("purchase_quantity", "purchase_amount", "industrial_consumption"), 0)
    fill(world, first, "S2", rows_with("S2", "36", own_production=5, **zero))
    second = opened(world, SECOND)
    rows = [one for one in others(world, first) if one[2] != "36"]
    answer = look(world, second, form(*rows, power(world, first)))
    assert answer.status_code == 200, refusals(answer)
