"""A sheet filled in as people do it: by keyboard and paste, with the network gone in between."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from app.filings.sheets import SHEETS
from app.review.workflow import Action, State
from tests.filings.filling import figures_of, fill, rows_with
from tests.samples import CONSUMPTION, SHEET_ROWS
from tests.world import QUARTER

NEXT = QUARTER.shifted(1)
PASTE = """([id, text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const told = { clipboardData: data, bubbles: true, cancelable: true };
  document.getElementById(id).dispatchEvent(new ClipboardEvent("paste", told));
}"""
OFFLINE = ("ERR_INTERNET_DISCONNECTED",)
BEHIND = ("status of 409",)
COLUMNS = list(SHEETS["S2"].fields())


def saved(page, state="saved"):
    expect(page.locator("#state")).to_have_attribute("data-state", state, timeout=15000)


def cell(page, where):
    return page.locator(f"[id='{where}']")


def paste(page, where, text):
    page.evaluate(PASTE, [where, text])


def sheet(page, browser, filing, key):
    page.goto(f"{browser.address}/filings/{filing}/sheets/{key}")
    page.locator("form.entry[data-live]").wait_for()


def as_block(rows):
    """Rows of sheet 2 as they come from a workbook: the code, and all columns."""
    lines = [[row["energy_code"], *(str(row.get(name, "")) for name in COLUMNS)] for row in rows]
    return "\r\n".join("\t".join(line) for line in lines) + "\r\n"


def typed(page, key):
    """Fill a sheet of one row from the keyboard alone."""
    for name, value in SHEET_ROWS[key][0].items():
        one = cell(page, f"{key}/{name}")
        one.focus()
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if one.evaluate("one => one.tagName") == "SELECT":
            one.select_option(text)
        else:
            one.fill(text)
    page.keyboard.press("Control+s")
    saved(page)


def rows_typed(page, key):
    """Add the rows of a sheet and fill them."""
    for row in SHEET_ROWS[key]:
        name, code = next(iter(row.items()))
        page.get_by_label("Add a row").select_option(code)
        page.get_by_role("button", name="Add", exact=True).click()
        for column in row.keys() - {name}:
            cell(page, f"{key}/{code}/{column}").fill(str(row[column]))
    page.keyboard.press("Control+s")
    saved(page)


def test_a_whole_quarter_by_keyboard_and_paste_with_the_network_gone_in_between(browser, world):
    with browser.person("confirmer", forgiven=OFFLINE) as page:
        page.get_by_role("link", name="Quarterly filings").click()
        page.get_by_label("Quarter").first.select_option(str(QUARTER))
        page.get_by_role("button", name="Open a filing").click()
        filing = int(page.url.rsplit("/", 1)[1])
        for key in ("F0", "S1"):
            sheet(page, browser, filing, key)
            typed(page, key)

        sheet(page, browser, filing, "S2")
        page.get_by_label("Add a row").select_option("04")
        page.get_by_role("button", name="Add", exact=True).click()
        paste(page, "S2/04/opening_stock", as_block(CONSUMPTION[:3]))
        saved(page)
        page.context.set_offline(True)
        paste(page, "S2/04/opening_stock", as_block(CONSUMPTION[3:]))
        saved(page, "offline")
        cell(page, "S2/04/opening_stock").focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id").endswith("/opening_stock")
        page.context.set_offline(False)
        saved(page)
        for key in ("S3", "S6"):
            sheet(page, browser, filing, key)
            rows_typed(page, key)
        for key in ("S4", "W1"):
            sheet(page, browser, filing, key)
            typed(page, key)
        world.ready("confirmer", filing)  # the files, and why it is unlike other quarters
        page.goto(f"{browser.address}/filings/{filing}")
        page.get_by_role("button", name="Submit").click()
        assert "Submitted by the enterprise" in page.locator(".badge").first.inner_text()
    figures = figures_of(world, filing)
    assert figures["S1"][""]["comprehensive_energy_calorific"] == Decimal("225209.77")
    assert len(figures["S2"]) == len(CONSUMPTION)


def test_figures_are_reckoned_before_anything_is_saved(browser, world):
    filing = world.filled()
    before = figures_of(world, filing)
    with browser.person("confirmer") as page:
        sheet(page, browser, filing, "S2")
        one = cell(page, "S2/33/industrial_consumption")
        one.fill(str(Decimal(one.input_value()) + 1000))
        expect(page.locator(".figures .count").first).not_to_have_text("225,209.77")
        assert figures_of(world, filing)["S2"] == before["S2"]
        one.fill("viel")
        wrong = cell(page, "S2/33/industrial_consumption-wrong")
        expect(wrong).to_contain_text("“viel” is not a number.")
        page.get_by_role("button", name="Save", exact=True).click()
        saved(page, "unread")
        page.reload()
        page.get_by_role("button", name="Take them over").click()
        assert one.input_value() == "viel"


def test_two_who_change_different_cells_both_keep_theirs(browser, world):
    filing = world.filled()
    with browser.person("confirmer", forgiven=BEHIND) as page:
        sheet(page, browser, filing, "S2")
        fill(world, filing, "S2", rows_with("S2", "04", row_note="von drüben"), who="filler")
        cell(page, "S2/33/row_note").fill("von hier")
        page.get_by_role("button", name="Save", exact=True).click()
        saved(page)
        assert cell(page, "S2/04/row_note").input_value() == "von drüben"
    rows = figures_of(world, filing)["S2"]
    assert (rows["04"]["row_note"], rows["33"]["row_note"]) == ("von drüben", "von hier")


@pytest.mark.parametrize(("choice", "kept"), [("take theirs", "theirs"), ("keep mine", "mine")])
def test_who_changes_the_same_cell_chooses(browser, world, choice, kept):
    filing = world.filled()
    with browser.person("confirmer", forgiven=BEHIND) as page:
        sheet(page, browser, filing, "S2")
        fill(world, filing, "S2", rows_with("S2", "04", row_note="theirs"), who="filler")
        cell(page, "S2/04/row_note").fill("mine")
        page.get_by_role("button", name="Save", exact=True).click()
        saved(page, "both")
        page.get_by_role("button", name=choice).click()
        saved(page)
    assert figures_of(world, filing)["S2"]["04"]["row_note"] == kept


def test_cumulative_figures_are_taken_apart_as_they_are_pasted(browser, world):
    first = world.filled()
    world.act("confirmer", Action.SUBMIT, first)
    second = world.filled(period=NEXT)
    was = figures_of(world, first)["S2"]["33"]["purchase_quantity"]
    with browser.person("confirmer") as page:
        sheet(page, browser, second, "S2")
        page.get_by_label("What I paste is cumulative").check()
        paste(page, "S2/33/opening_stock", f"0\t{was + 500}\n")
        page.get_by_text(f"− {was:,f} = 500".replace(".0000", "")).wait_for()
        saved(page)
    row = figures_of(world, second)["S2"]["33"]
    assert (row["opening_stock"], row["purchase_quantity"]) == (0, 500)


def test_a_text_keeps_its_lines(browser, world):
    filing = world.filled()
    fill(world, filing, "S2", rows_with("S2", "04", row_note="eins\nzwei"))
    with browser.person("confirmer") as page:
        sheet(page, browser, filing, "S2")
        note = cell(page, "S2/33/row_note")
        note.fill("drei")
        note.press("Alt+Enter")
        note.press_sequentially("vier")
        page.keyboard.press("Control+s")
        saved(page)
        sheet(page, browser, filing, "S4")
        paste(page, "S4/lag_explanation", "one\ntwo\n")  # left to the browser: it is one text
        expect(page.locator("#told")).to_be_hidden()
    rows = figures_of(world, filing)["S2"]
    assert [rows[code]["row_note"] for code in ("04", "33")] == ["eins\nzwei", "drei\nvier"]


def test_figures_that_look_like_codes_go_where_they_are_meant_to(browser, world):
    filing = world.filled()
    before = figures_of(world, filing)["S2"]
    with browser.person("confirmer") as page:
        sheet(page, browser, filing, "S2")
        paste(page, "S2/33/opening_stock", "19\t43000\n")
        page.get_by_role("button", name="Figures", exact=True).click()
        assert cell(page, "S2/33/opening_stock").input_value() == "19"
        page.get_by_role("button", name="Undo").click()
        paste(page, "S2/33/opening_stock", "19\t0\t7\n")
        page.get_by_role("button", name="Codes of rows").click()
        assert cell(page, "S2/19/purchase_quantity").input_value() == "7"
        page.get_by_role("button", name="Undo").click()
        page.get_by_role("button", name="Save", exact=True).click()
        saved(page)
        assert cell(page, "S2/19/purchase_quantity").count() == 0
    assert figures_of(world, filing)["S2"] == before


def test_cumulative_figures_are_not_pasted_where_they_cannot_be_taken_apart(browser, world):
    first = world.filled()
    world.act("confirmer", Action.SUBMIT, first)
    second = world.filled(period=NEXT)
    before = figures_of(world, second)["S2"]
    with browser.person("confirmer", forgiven=OFFLINE) as page:
        sheet(page, browser, second, "S2")
        page.get_by_label("What I paste is cumulative").check()
        page.context.set_offline(True)
        paste(page, "S2/33/opening_stock", "0\t90000\n")
        page.get_by_text("Not pasted: the earlier quarters could not be taken off.").wait_for()
        page.context.set_offline(False)
        page.get_by_role("button", name="Save", exact=True).click()
        saved(page)
    assert figures_of(world, second)["S2"] == before


def test_a_page_that_is_left_open_saves_nothing_in_the_name_of_another(browser, world):
    filing = world.filled()
    with browser.person("confirmer", forgiven=("status of 4",)) as page:
        sheet(page, browser, filing, "S2")
        cell(page, "S2/33/row_note").fill("von mir")
        page.context.clear_cookies()
        other = page.context.new_page()
        browser.log_in(other, "filler")
        page.get_by_role("button", name="Save", exact=True).click()
        saved(page, "out")
        sheet(other, browser, filing, "S2")
        cell(other, "S2/33/row_note").wait_for()
        assert cell(other, "S2/33/row_note").input_value() != "von mir"
        expect(other.locator("#told")).to_be_hidden()  # nor is it offered to them
    assert figures_of(world, filing)["S2"]["33"]["row_note"] is None


def test_who_is_signed_out_loses_nothing(browser, world):
    filing = world.filled()
    with browser.person("confirmer", forgiven=("status of 4",)) as page:
        sheet(page, browser, filing, "S2")
        page.context.clear_cookies()
        # what is reckoned while typing is refused too, and the refusal comes with a cookie
        with page.expect_response(lambda answer: "/login/" in answer.url):
            cell(page, "S2/33/row_note").fill("bleibt")
        page.get_by_role("button", name="Save", exact=True).click()
        saved(page, "out")
        browser.log_in(page.context.new_page(), "confirmer")
        page.get_by_role("button", name="Save", exact=True).click()
        saved(page)
    assert figures_of(world, filing)["S2"]["33"]["row_note"] == "bleibt"
    with world.seen_from():
        assert world.filing().review.state is State.DRAFT
