"""The main job as people do it: in a browser, from the login to the league's approval."""

import shutil
from contextlib import contextmanager

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.core.db import db
from app.core.unit import unit_of_work
from app.review.workflow import State
from tests.databases import let_go
from tests.samples import HEADER, PROFILE
from tests.server import Server
from tests.world import PASSWORD

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

playwright = pytest.importorskip("playwright.sync_api")


@pytest.fixture
def browser(world, database, tmp_path):
    """A browser before the real server; complaints of pages are collected."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    secret = world.app.config["SECRET_KEY"]
    let_go(world.app)
    server = Server(database, tmp_path, secret)
    try:
        with playwright.sync_playwright() as driver:
            chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            yield Browser(chromium, server.address)
            chromium.close()
    finally:
        assert server.stop() == 0


class Browser:
    def __init__(self, chromium, address):
        self.chromium, self.address = chromium, address

    @contextmanager
    def person(self, name):
        """A page in which *name* has logged in; nothing on the way may complain."""
        complaints = []
        context = self.chromium.new_context(locale="en", viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if is_complaint(m) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{self.address}/lang/en")
        page.goto(f"{self.address}/login/")
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Log in").click()
        yield page
        context.close()
        assert complaints == []


def is_complaint(message):
    """An error of the page; a refusal of ours is none, though the browser notes its status."""
    return message.type == "error" and "status of 422" not in message.text


def fill(page, sheet, values):
    for name, value in values.items():
        cell = page.locator(f"[id='{sheet}/{name}']")
        if cell.evaluate("element => element.tagName") == "SELECT":
            cell.select_option({True: "true", False: "false"}.get(value, str(value)))
        else:
            cell.fill(str(value))
    page.get_by_role("button", name="Save", exact=True).click()


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
        page.get_by_label("Add a carrier").select_option("33")
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
        assert page.locator("[id='S2/33/industrial_tce']").inner_text() == "1229"
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
        page.get_by_role("link", name="Enterprises").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Enterprises"
