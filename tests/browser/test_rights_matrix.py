"""The matrix of rights in a browser: what differs is marked and said before it is saved."""

import pytest

from tests.browser.looking import breaches, look, snap

JOURNAL = "Observer: Journal, see the list"
SWITCH = "County reviewer: Regions, switch the county review"


def mark(page, label):
    """How the cell of a box is marked, and the sign that is drawn in it."""
    return page.get_by_label(label, exact=True).evaluate(
        "box => [box.parentElement.className, "
        "getComputedStyle(box.parentElement, '::after').content]"
    )


def opened(page, address):
    page.goto(f"{address}/roles/list/")
    return page.locator(".rights-bar [role=status]"), page.locator(".rights-bar li")


def test_what_is_ticked_is_marked_counted_and_said_and_saved_after_a_look(browser):
    with browser.person("super") as page:
        status, lines = opened(page, browser.address)
        assert status.inner_text() == "Nothing is changed yet."
        page.get_by_label(SWITCH, exact=True).check()
        page.get_by_label(JOURNAL, exact=True).uncheck()
        assert status.inner_text() == "1 given, 1 taken"
        assert lines.all_inner_texts() == [f"{SWITCH} (given)", f"{JOURNAL} (taken)"]
        assert mark(page, SWITCH)[0] == "given"
        assert "+" in mark(page, SWITCH)[1]
        assert mark(page, JOURNAL)[0] == "taken"
        assert "−" in mark(page, JOURNAL)[1]
        page.get_by_role("button", name="Save").click()
        assert page.locator(".rights-preview h2").first.inner_text() == "Save these changes?"
        page.get_by_role("button", name="Back").click()
        assert status.inner_text() == "1 given, 1 taken"
        page.get_by_label(JOURNAL, exact=True).check()
        assert status.inner_text() == "1 given, 0 taken"
        assert mark(page, JOURNAL)[0] == ""
        page.get_by_role("button", name="Save").click()
        page.get_by_role("button", name="Save").click()
        assert page.locator(".alert").inner_text().strip() == "Saved."
        assert page.get_by_label(SWITCH, exact=True).is_checked()
        page.get_by_text("Nothing is changed yet.").wait_for()  # said when the page is there


def test_undo_all_goes_back_to_what_is_stored_also_after_the_preview(browser):
    with browser.person("super") as page:
        status, lines = opened(page, browser.address)
        page.get_by_label(JOURNAL, exact=True).uncheck()
        page.get_by_role("button", name="Save").click()
        page.get_by_role("button", name="Back").click()
        page.get_by_label(SWITCH, exact=True).check()
        assert lines.count() == 2
        page.get_by_text("Undo all").click()
        assert status.inner_text() == "Nothing is changed yet."
        assert lines.count() == 0
        assert page.get_by_label(JOURNAL, exact=True).is_checked()
        assert not page.get_by_label(SWITCH, exact=True).is_checked()
        assert page.locator("td.given, td.taken").count() == 0


def test_only_one_thing_is_shown_and_hidden_changes_are_saved_too(browser):
    with browser.person("super") as page:
        status, _lines = opened(page, browser.address)
        page.get_by_label(JOURNAL, exact=True).uncheck()
        page.get_by_label("Show only").select_option("Regions")
        assert not page.get_by_label(JOURNAL, exact=True).is_visible()
        assert page.locator("tbody:visible").count() == 1
        page.get_by_label(SWITCH, exact=True).check()
        assert status.inner_text() == "1 given, 1 taken"
        page.get_by_role("button", name="Save").click()
        assert page.locator(".rights-preview li.taken, .rights-preview li.given").count() == 2


def test_arrows_lead_through_the_boxes_and_past_what_is_locked(browser):
    with browser.person("super") as page:
        opened(page, browser.address)
        page.get_by_label("Region reviewer: Enterprises, open", exact=True).focus()
        focused = "document.activeElement.getAttribute('aria-label')"
        for key, label in (
            ("ArrowRight", "League administrator: Enterprises, open"),
            ("ArrowDown", "League administrator: Enterprises, add"),
            ("ArrowLeft", "Region reviewer: Enterprises, add"),
            ("ArrowUp", "Region reviewer: Enterprises, open"),
        ):
            page.keyboard.press(key)
            assert page.evaluate(focused) == label
        page.get_by_label("Region reviewer: Roles, open", exact=True).focus()
        page.keyboard.press("ArrowLeft")  # the super administrator's is locked
        assert page.evaluate(focused) == "Region reviewer: Roles, open"


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "zh")])
def test_the_matrix_the_preview_and_a_role_are_accessible(browser, theme, language):
    with browser.person("super", theme=theme, language=language) as page:
        opened(page, browser.address)
        boxes = page.locator(".rights-matrix input")
        for number in (3, 4, 30, 31, 32, 33, 34):
            boxes.nth(number).click()
        assert breaches(page) == []
        assert look(page, f"rights-{theme}-{language}") == []
        page.set_viewport_size({"width": 390, "height": 800})
        assert breaches(page) == []
        boxes.nth(140).scroll_into_view_if_needed()
        snap(page, f"rights-scrolled-{theme}-{language}-390")
        page.set_viewport_size({"width": 1440, "height": 900})
        snap(page, f"rights-scrolled-{theme}-{language}-1440")
        page.locator(".rights-bar button").click()
        page.locator(".rights-preview").wait_for()
        assert breaches(page) == []
        assert look(page, f"rights-preview-{theme}-{language}") == []
        opened(page, browser.address)
        page.locator(".rights-matrix thead a").nth(2).click()
        assert breaches(page) == []
        assert look(page, f"rights-role-{theme}-{language}") == []
