"""A real browser before the real server."""

import shutil
from contextlib import contextmanager

import pytest

from tests.server import Server
from tests.world import PASSWORD

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# the viewer of PDFs is a part of Chromium that has addresses of its own
THEIR_OWN = ("data:", "blob:", "chrome-extension:", "chrome:")
VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => console.error(
  `content security policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""

playwright = pytest.importorskip("playwright.sync_api")


@pytest.fixture(scope="session")
def chromium():
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def server(_app, database, tmp_path_factory):
    """One for the tests of a worker in a row: its start costs more than most of them.

    It sees every copy of the prepared database in the place of the one before.
    """
    database.renew(_app)
    server = Server(database, tmp_path_factory.mktemp("server"), _app.config["SECRET_KEY"])
    database.is_served = True
    yield server
    database.is_served, database.touched.yes = False, True
    assert server.stop() == 0


@pytest.fixture
def browser(chromium, server, world, database):
    """A browser before the real server; complaints of pages are collected."""
    database.touched.yes = True  # what the server writes is not seen from here
    return Browser(chromium, server.address)


class Browser:
    def __init__(self, chromium, address):
        self.chromium, self.address = chromium, address

    @contextmanager
    def person(self, name, *, theme="light", language="en", forgiven=()):
        """A page in which *name* has logged in; nothing on the way may complain."""
        with self.page(theme=theme, language=language, forgiven=forgiven) as page:
            self.log_in(page, name)
            yield page

    def log_in(self, page, name):
        page.goto(f"{self.address}/login/")
        page.locator("#username").fill(name)
        page.locator("#password").fill(PASSWORD)
        page.locator("main form button").click()

    @contextmanager
    def page(self, *, theme="light", language="en", forgiven=()):
        """A page before which nobody has logged in; nothing on the way may complain.

        Complaints are errors in the console, what the content security policy has stopped,
        and answers that are missing or failed; those that hold a text of *forgiven* are expected.
        """
        complaints = []
        context = self.chromium.new_context(
            locale=language, color_scheme=theme, viewport={"width": 1440, "height": 900}
        )
        context.add_init_script(VIOLATIONS)
        page = context.new_page()
        page.on("console", lambda m: complaints.append(said(m)) if is_complaint(m) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda r: complaints.append(lost(r)) if lost(r) else None)
        page.on("request", lambda r: self._stays_here(r, complaints))
        page.goto(f"{self.address}/lang/{language}")
        try:
            yield page
        finally:
            context.close()
        assert [one for one in complaints if not any(text in one for text in forgiven)] == []

    def _stays_here(self, request, complaints):
        if not request.url.startswith((self.address, *THEIR_OWN)):
            complaints.append(f"asks another host: {request.url}")


def is_complaint(message):
    """An error of the page; a refusal of ours is none, though the browser notes its status."""
    return message.type == "error" and "status of 422" not in message.text


def said(message):
    """What the console says, and of which address: its own words leave that out."""
    return f"{message.location['url']}: {message.text}"


def lost(request):
    """Why nothing came, unless the browser itself gave up because the page was left."""
    return "" if request.failure == "net::ERR_ABORTED" else f"{request.url}: {request.failure}"
