"""Files in a browser: each type is taken, opened in the page, and refused when it is another's."""

import pytest

from tests.browser.looking import breaches, in_the_dark, look, snap
from tests.documents import samples
from tests.documents.soffice import soffice

__all__ = ["soffice"]

KINDS = {"pdf": samples.pdf(), "docx": samples.docx(), "xlsx": samples.xlsx()}


@pytest.fixture
def filing(world):
    return world.filled()


def attach(page, name, content):
    page.locator("#kind").select_option("other")
    page.locator("#file").set_input_files({"name": name, "mimeType": "", "buffer": content})
    with page.expect_response(lambda one: one.request.method == "POST"):
        page.get_by_role("button", name="Attach", exact=True).click()
    page.wait_for_load_state()


def picture(page, kind):
    """A small picture, drawn by the browser itself."""
    return page.locator("h1").first.screenshot(type={"jpg": "jpeg"}.get(kind, kind))


def opened(page, name):
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("heading", name=name).wait_for()


def test_every_type_is_taken_and_opened_in_the_page(browser, filing, soffice):
    with browser.person("confirmer") as page:
        home = f"{browser.address}/filings/{filing}"
        page.goto(home)
        drawn = {kind: picture(page, kind) for kind in ("png", "jpg")}
        for kind, content in {**KINDS, **drawn}.items():
            attach(page, f"file.{kind}", content)
        for kind in drawn:
            opened(page, f"file.{kind}")
            image = page.locator("img.document, .document img")
            assert image.evaluate("async (one) => (await one.decode(), one.naturalWidth > 0)")
            page.goto(home)
        opened(page, "file.docx")  # nobody else has opened it: it appears by itself
        shown = page.frame_locator("iframe.document")
        shown.get_by_text("The document is being prepared").wait_for()
        [frame] = [one for one in page.frames if one.url.endswith("/shown")]
        assert breaches(frame) == []
        with page.expect_response(is_pdf, timeout=30_000):
            pass
        assert breaches(page) == []
        assert look(page, "document") == []
        assert in_the_dark(page, "document-dark") == []
        page.goto(home)
        opened(page, "file.pdf")
        page.goto(home)
        with page.expect_response(is_pdf, timeout=30_000):
            opened(page, "file.xlsx")


def is_pdf(answer):
    return answer.url.endswith("/shown") and "pdf" in answer.headers.get("content-type", "")


REFUSED = {
    "page.pdf": b"<html><script>document.title = 'taken over'</script></html>",
    "drawing.png": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "page.docx": b"<html><script>document.title = 'taken over'</script></html>",
    "workbook.docx": samples.xlsx(),
    "text.xls": b"a,b,c\n",
}


def test_what_is_something_else_is_refused_and_the_page_says_why(browser, filing):
    with browser.person("confirmer") as page:
        for name, content in REFUSED.items():
            page.goto(f"{browser.address}/filings/{filing}")
            attach(page, name, content)
            page.get_by_text("unaltered, can be attached").first.wait_for()
        page.goto(f"{browser.address}/filings/{filing}")
        assert page.get_by_text("No files yet.").count() == 1


def test_no_script_in_a_file_runs_on_our_pages(browser, filing):
    """A file that is a PDF and a page at once, and a PDF with a script of its own."""
    with browser.person("confirmer") as page:
        page.goto(f"{browser.address}/filings/{filing}")
        talked = []
        page.on("dialog", lambda dialog: (talked.append(dialog.message), dialog.dismiss()))
        for name, content in (
            ("both.pdf", samples.pdf_that_is_also_html()),
            ("script.pdf", samples.pdf_with_script()),
        ):
            page.goto(f"{browser.address}/filings/{filing}")
            attach(page, name, content)
            opened(page, name)
            page.wait_for_timeout(500)
            assert page.title().startswith(name)
            assert page.evaluate("document.documentElement.lang") == "en"
        assert talked == []
        snap(page, "document-script")


def test_a_document_that_cannot_be_read_is_said_and_offered_and_tried_once_more(
    browser, filing, soffice
):
    broken = samples.docx(body="<w:p><never-closed>")
    with browser.person("confirmer") as page:
        page.goto(f"{browser.address}/filings/{filing}")
        attach(page, "broken.docx", broken)
        opened(page, "broken.docx")
        shown = page.frame_locator("iframe.document")
        said = shown.get_by_text("This document could not be shown")
        said.wait_for(timeout=30_000)
        [frame] = [one for one in page.frames if one.url.endswith("/shown")]
        assert breaches(frame) == []
        shown.get_by_role("button", name="Try once more").click()
        shown.get_by_text("The document is being prepared").wait_for()
        said.wait_for(timeout=30_000)
        assert shown.get_by_role("button").count() == 0
        with page.expect_download() as fetched:
            shown.get_by_role("link", name="Fetch the file").click()
        assert fetched.value.suggested_filename == "broken.docx"
