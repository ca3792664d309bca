"""Supervision documents in a browser: uploaded by keyboard and mouse, opened in the page."""

from base64 import b64decode

import pytest

from app.core.clock import today
from tests.browser.looking import breaches, look
from tests.inspection.handing_in import files

PNG = b64decode(  # the viewer of pdf files asks for files of its own
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_a_document_is_uploaded_replaced_and_opened_in_the_page(browser, world, theme, width):
    with browser.person("filler", theme=theme) as page:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{browser.address}/inspection/1/{today().year}")
        document = page.locator("#D1101")
        for content in (b"1", b"2"):
            opener = document.locator("details.act > summary").first
            opener.focus()
            page.keyboard.press("Enter")
            sent = {"name": "chart.png", "mimeType": "image/png", "buffer": PNG + content}
            document.locator("input[type=file]").set_input_files(sent)
            document.get_by_role("button", name="Upload").click()
            page.wait_for_url("**#D1101")
            document.get_by_text("Uploaded").first.wait_for()
        assert [one[-1] for one in files(world)] == [today().year, None]
        document.locator("details[data-frame] > summary").first.click()
        frame = document.locator("iframe").first
        frame.wait_for()
        assert frame.get_attribute("src") == "/inspection/files/2/shown"
        assert breaches(page) == []
        assert not look(page, f"documents-{theme}-{width}")
