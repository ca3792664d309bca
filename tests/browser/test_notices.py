"""The bell, the page of notices and the button that reminds, as people meet them."""

import pytest

from app.review.workflow import Action
from tests.browser.looking import breaches, in_the_dark, look, snap
from tests.support.saying import announced
from tests.world import QUARTER

BACK = "The electricity bill is missing."


@pytest.fixture
def returned(world):
    """Twice returned, and once announced."""
    filing = world.filled("confirmer")
    for _time in range(2):
        world.act("confirmer", Action.SUBMIT, filing)
        world.act("county", Action.RETURN, filing, BACK)
    announced(world, "Quarter open")
    return world


def seen(page, name, wrong):
    for width in look(page, name):
        wrong.append(f"{name}: {width}")
    wrong.extend(f"{name}: {one}" for one in breaches(page))
    wrong.extend(f"{name}, dark: {one}" for one in in_the_dark(page, f"{name}-dark"))


def test_the_bell_tells_and_opening_reads(browser, returned):
    wrong = []
    with browser.person("filler") as page:
        bell = page.locator("[data-notices]")
        count = bell.locator(".count")
        count.wait_for()
        assert count.inner_text() == "3"  # two returned, one announced
        assert bell.get_attribute("aria-label") == "Notices: 3"
        bell.click()
        seen(page, "notices", wrong)
        page.locator("main td form button").first.click()
        count.wait_for()
        assert count.inner_text() == "2"
        page.get_by_role("link", name="Returned to the enterprise").first.click()
        page.wait_for_url("**/reviews/*")
        count.wait_for()
        assert count.inner_text() == "1"
        page.goto(f"{browser.address}/notices/")
        page.get_by_role("button", name="Mark all as read").click()
        page.get_by_text("notices marked as read").wait_for()
        assert count.is_hidden()
        page.get_by_role("link", name="By mail as well").click()
        seen(page, "settings", wrong)
        page.get_by_role("button", name="Dark").click()
        assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    with browser.person("staff") as page:
        page.goto(f"{browser.address}/notices/?kind=late")
        seen(page, "notices-empty", wrong)
    assert wrong == []


def test_one_click_reminds_all_after_a_question(browser, world):
    wrong = []
    with browser.person("league") as page:
        page.goto(f"{browser.address}/late/list/?period={QUARTER}")
        seen(page, "late", wrong)
        page.get_by_role("button", name="Remind all of this list").click()
        page.get_by_text(f"Remind 3 enterprises of {QUARTER}?").wait_for()
        snap(page, "late-question")
        page.locator("dialog button[value=yes]").click()
        page.get_by_text("3 enterprises reminded, 4 people").wait_for()
        page.get_by_role("button", name="Remind all of this list").click()
        page.locator("dialog button[value=yes]").click()
        page.get_by_text("3 already reminded today").wait_for()
        seen(page, "late-reminded", wrong)
    assert wrong == []
