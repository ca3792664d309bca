"""A filing reviewed by keyboard alone, corrected, and reviewed again by what was corrected."""

from app.review.workflow import Action, State
from tests.browser.looking import breaches, look
from tests.filings.filling import fill, rows_with
from tests.rulebook import ruling

REASON = "The number of employees does not agree with the payroll."


def standing(world, filing):
    with world.seen_from():
        return world.review_of(filing).state


def test_a_filing_is_reviewed_by_keyboard_alone(browser, world):
    ruling.enter(world)  # its coal raises a warning
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    with browser.person("county") as page:
        keys = page.keyboard
        page.goto(f"{browser.address}/reviews/list/?queue=mine&period=all")
        keys.press("j")
        keys.press("Enter")
        page.wait_for_url("**/reviews/*")
        assert breaches(page) == []
        assert not look(page, "reviewing")
        # what changed is read first, then the alarms, and from one of them to its cell
        page.get_by_role("link", name="Alarms", exact=True).first.focus()
        keys.press("Enter")
        page.wait_for_url("**/alarms")
        page.locator("article.alarm a[href*='#S2/']").first.focus()
        keys.press("Enter")
        page.wait_for_url("**/reviews/*#S2/**")
        cell = page.locator("td:target")
        cell.wait_for(state="visible")
        # the second tab and back, then sheet S1 is in question, and the filing goes back
        keys.press("2")
        page.locator("#tab-water").wait_for(state="visible")
        page.locator("#tab-energy").wait_for(state="hidden")
        keys.press("1")
        page.get_by_role("button", name="S1: In question").focus()
        keys.press("Enter")
        page.locator("button[aria-pressed=true]").wait_for()
        keys.press("d")
        keys.type(REASON)
        page.get_by_role("button", name="Return", exact=True).focus()
        keys.press("Enter")
        page.get_by_text("Done: Return.").wait_for()
    assert standing(world, filing) is State.RETURNED
    with browser.person("confirmer") as page:
        page.goto(f"{browser.address}/filings/{filing}")
        assert REASON in page.locator(".alert-warning").first.inner_text()
        assert page.locator(".alert-warning a", has_text="S1").count() == 1
    fill(world, filing, "S1", rows_with("S1", employees=999))
    world.act("confirmer", Action.SUBMIT, filing)
    with browser.person("county") as page:
        with world.seen_from():
            number = world.review_of(filing).id
        page.goto(f"{browser.address}/reviews/{number}?against=version")
        rows = page.locator("#changed tbody tr")
        assert rows.count() == 1
        assert "999" in rows.first.inner_text()
        page.keyboard.press("d")
        page.get_by_role("button", name="Approve", exact=True).focus()
        page.keyboard.press("Enter")
        page.get_by_text("Done: Approve.").wait_for()
    assert standing(world, filing) is State.COUNTY_APPROVED
