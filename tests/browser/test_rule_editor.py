"""A rule from its list to its being in force, by keyboard: completed, marked, tried, activated."""

from decimal import Decimal

import pytest

from app.filings.rules.models import Standing
from app.review.workflow import Action
from tests.browser.looking import breaches, look
from tests.rulebook.ruling import enter, version

EXPRESSION = "#expression"


@pytest.fixture
def ruled(world):
    """An active rule and a filing that it can be tried on."""
    world.act("confirmer", Action.SUBMIT, world.filled())
    number = enter(world, tolerance=Decimal(1000))
    return world, number


def typed(page, text):
    page.keyboard.type(text, delay=15)


def write(page):
    """An expression by completion, with a mistake on the way."""
    page.locator(EXPRESSION).focus()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    listbox = page.get_by_role("listbox", name="What must hold")

    typed(page, "S2")
    listbox.wait_for()
    assert page.locator(EXPRESSION).get_attribute("aria-activedescendant")
    page.keyboard.press("Enter")  # S2[c]. and its columns follow
    listbox.get_by_role("option", name="purchase_quantity").wait_for()
    typed(page, "purchase")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert breaches(page) == []
    page.keyboard.press("Enter")
    assert page.locator(EXPRESSION).input_value() == "S2[c].purchase_quantity"
    page.keyboard.press("Escape")

    typed(page, " <= <")
    mark = page.locator("[data-mark=expression]")
    mark.get_by_text("S2[c].purchase_quantity <= <").wait_for()
    line, under = mark.locator("pre").inner_text().split("\n")[:2]
    assert line == "S2[c].purchase_quantity <= <"
    assert under.index("^") == line.rindex("<")
    assert "1:28" in mark.inner_text()
    assert page.locator(EXPRESSION).get_attribute("aria-invalid") == "true"
    assert breaches(page) == []

    page.keyboard.press("Backspace")
    typed(page, "tol")
    listbox.wait_for()
    page.keyboard.press("Tab")
    assert page.locator(EXPRESSION).input_value().endswith("<= tolerance")
    mark.wait_for(state="detached")
    assert page.locator(EXPRESSION).get_attribute("aria-invalid") is None


def attempt(page):
    """Another tolerance by the slider, tried on a filing."""
    slider = page.get_by_role("slider", name="Tolerance, by slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#tolerance").input_value() == "1010"

    page.locator("#enterprise-text").focus()
    typed(page, "Here")
    page.locator(".suggestions").get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("#try-period").select_option("2026Q1")
    tried = page.locator("[data-tried]")
    tried.get_by_text("cells").first.wait_for()
    assert tried.locator("tbody tr").count() > 1
    assert tried.get_by_text("Alarm", exact=True).count() > 0
    assert breaches(page) == []
    assert not look(page, "rule-editor-tried")


def try_on_past_quarters(page):
    """The draft is saved, and run over past quarters."""
    page.locator("#reason").fill("The limit is too low.")
    page.get_by_role("button", name="Save the draft").first.focus()
    page.keyboard.press("Enter")
    page.get_by_text("What changes from version 1").wait_for()
    assert breaches(page) == []

    page.get_by_role("button", name="Run a back-test").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/trials/*")
    page.get_by_role("link", name="Show what came of it").or_(
        page.get_by_role("heading", name="By quarter")
    ).first.wait_for(timeout=20_000)
    page.goto(page.url)
    assert breaches(page) == []
    assert not look(page, "rule-trial")
    page.get_by_role("link", name="Activate").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/begin")
    assert page.locator("#reason").input_value() == "The limit is too low."
    assert breaches(page) == []


def test_a_rule_is_completed_marked_tried_and_activated_by_keyboard(browser, ruled):
    world, number = ruled
    with browser.person("region") as page:
        page.goto(f"{browser.address}/rulebook/edit/{number}")
        write(page)
        attempt(page)
        try_on_past_quarters(page)
        page.get_by_role("button", name="Activate").focus()
        page.keyboard.press("Enter")
        page.get_by_text("The version has been activated.").wait_for()
        draft = int(page.url.rsplit("/", 1)[1])
    with world.seen_from():
        row = version(draft)
        assert (row.standing, row.tolerance) == (Standing.ACTIVE, 1010)


def test_the_editor_works_without_a_script(browser, ruled):
    _world, number = ruled
    with browser.person("region") as page:
        context = browser.chromium.new_context(java_script_enabled=False, locale="en")
        context.add_cookies(page.context.cookies())
        plain = context.new_page()
        plain.goto(f"{browser.address}/rulebook/edit/{number}")
        plain.locator(EXPRESSION).fill("S2[c].nonsense <= tolerance")
        plain.get_by_role("button", name="Try it").click()
        assert "S2 has no column nonsense." in plain.locator("[data-mark]").inner_text()
        plain.locator(EXPRESSION).fill("S2[c].purchase_quantity <= tolerance")
        plain.locator("#enterprise-text").fill("Here")
        plain.locator("#try-period").select_option("2026Q1")
        plain.get_by_role("button", name="Try it").click()
        assert plain.locator("[data-tried] tbody tr").count() > 1
        assert plain.get_by_text("purchase_outside_region").count() > 0  # the list of names
        context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_public_book_is_accessible_to_strangers(browser, ruled, theme):
    with browser.page(theme=theme) as page:
        page.goto(f"{browser.address}/rules/")
        assert page.locator("#X-01").count() == 1
        assert breaches(page) == []
        assert not look(page, f"rule-book-{theme}")
        for place in (".top", ".head"):  # the switch of every public page, and that of the book
            page.locator(place).get_by_role("link", name="中文").click()
            page.get_by_role("heading", name="规则手册").wait_for()
            page.locator(place).get_by_role("link", name="English").click()
            page.get_by_role("heading", name="Rule book").wait_for()
            assert "/rules/" in page.url
