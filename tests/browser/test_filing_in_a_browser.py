"""The main job as people do it: in a browser, from the login to the league's approval."""

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.core.db import db
from app.core.unit import unit_of_work
from app.review.workflow import State
from tests.samples import HEADER, PROFILE, WATER
from tests.world import PASSWORD


def fill(page, sheet, values):
    for name, value in values.items():
        cell = page.locator(f"[id='{sheet}/{name}']")
        if cell.evaluate("element => element.tagName") == "SELECT":
            cell.select_option({True: "true", False: "false"}.get(value, str(value)))
        else:
            cell.fill(str(value))
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("#state:is([data-state=saved], [data-state=unread])").wait_for()


def test_a_quarter_is_filed_and_approved(browser, world):
    with browser.person("confirmer") as page:
        page.get_by_role("link", name="Quarterly filings").click()
        page.get_by_label("Quarter").first.select_option("2026Q1")
        page.get_by_role("button", name="Open a filing").click()
        page.get_by_role("link", name="F0 Header").click()
        fill(page, "F0", HEADER)
        page.get_by_role("link", name="S1 Enterprise profile").click()
        fill(page, "S1", PROFILE)
        page.get_by_role("link", name="S2 Energy purchase").click()
        page.get_by_label("Add a row").select_option("33")
        page.get_by_role("button", name="Add", exact=True).click()
        row = {
            "opening_stock": 0,
            "purchase_quantity": 1000,
            "purchase_amount": 4200,
            "industrial_consumption": "1,000",
            "closing_stock": 0,
            "adopted_coefficient": "1.229",
            "coefficient_basis": "reference",
        }
        fill(page, "S2/33", {**row, "industrial_consumption": "a thousand"})
        assert (
            "is not a number"
            in page.locator("[id='S2/33/industrial_consumption-wrong']").inner_text()
        )
        assert page.locator("[id='S2/33/purchase_amount']").input_value() == "4200"  # nothing lost
        fill(page, "S2/33", row)
        assert page.locator("[id='S2/33/industrial_tce']").inner_text() == "1,229"
        page.get_by_role("link", name="S4 Progress against").click()
        fill(page, "S4", {"saving_method": "output_value"})
        page.get_by_role("link", name="W1 Water intake").click()
        fill(page, "W1", WATER)
        assert page.locator("[id='W1/reuse_rate']").inner_text() == "95.24"
        with world.seen_from():
            filing = world.filing().id
        world.ready("confirmer", filing)  # the files, and why it is unlike other quarters
        page.get_by_role("link", name="Here 2026Q1").click()
        page.get_by_role("button", name="Submit").click()
        assert "Submitted by the enterprise" in page.locator(".badge").first.inner_text()

    for name in ("county", "league"):
        with browser.person(name) as page:
            page.get_by_role("link", name="Waiting for me").click()
            page.get_by_role("link", name="Here 2026Q1").click()
            assert "1,229" in page.locator(".cards.figures").inner_text()
            page.get_by_role("button", name="Approve").click()

    with world.seen_from():
        assert world.filing().review.state is State.LEAGUE_FINAL


def test_a_newcomer_changes_the_password_before_anything_else_opens(browser, world):
    with world.seen_from(), unit_of_work():
        person = db.session.scalars(select(User).where(User.username == "observer")).one()
        person.must_change_password = True
    with browser.person("observer") as page:
        assert page.url.endswith("/account/password/")
        page.goto(f"{browser.address}/enterprises/list/")
        assert page.url.endswith("/account/password/")
        page.get_by_label("Present password").fill(PASSWORD)
        page.get_by_label("New password", exact=False).first.fill("Another-Horse-8")
        page.get_by_label("New password, again").fill("Another-Horse-8")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("link", name="Enterprises", exact=True).click()
        assert page.get_by_role("heading", level=1).inner_text() == "Enterprises"
