"""Opening a file in the page: shown as it is, prepared in the background, or said why not."""

import threading
import zlib
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from app.core.clock import now
from app.core.db import db
from app.documents import confined, rendering
from app.documents.models import Failure, Rendition, RenditionState
from app.documents.queries import find_rendition
from app.documents.scripts import may_hold_script
from app.jobs.models import Job
from tests.documents import samples
from tests.jobs.asking import work

JPG = b"\xff\xd8\xff\xe0" + b"\0" * 64
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
JSON = {"Accept": "application/json"}


@pytest.fixture
def converted(monkeypatch):
    """In the place of LibreOffice: what it does is told by the test, and how often is counted."""
    calls = []

    def as_pdf(_soffice, document, ending, result, **_details):
        calls.append((document.read_bytes()[:2], ending))
        if as_pdf.raises is not None:
            raise as_pdf.raises
        result.write_bytes(b"%PDF-1.7 made of " + document.read_bytes()[:2])

    as_pdf.raises, as_pdf.calls = None, calls
    monkeypatch.setattr(confined, "as_pdf", as_pdf)
    monkeypatch.setattr(confined, "version_of", lambda _soffice: "LibreOffice 7")
    for place in ("app.documents.confined.program", "app.documents.opening.program"):
        monkeypatch.setattr(place, lambda _configured: "/usr/bin/soffice")
    return as_pdf


def attach(world, filing, content, name, who="confirmer"):
    data = {"kind": "other", "file": (BytesIO(content), name)}
    return world.client(who).post(f"/filings/{filing}/attachments", data=data).status_code


def address_of(world, content, name):
    """Where a file of the example filing is, attached a moment ago."""
    filing = world.filled()
    assert attach(world, filing, content, name) == 302
    return f"/filings/{filing}/attachments/1"


def renditions(world):
    with world.seen_from():
        return db.session.scalar(select(func.count()).select_from(Rendition))


def jobs(world):
    with world.seen_from():
        query = select(func.count()).select_from(Job).where(Job.kind == rendering.KIND)
        return db.session.scalar(query)


def get(world, address, who="confirmer", **details):
    return world.client(who).get(address, buffered=True, **details)


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (samples.pdf(), "a.pdf", "application/pdf"),
        (samples.pdf_that_is_also_html(), "a.pdf", "application/pdf"),
        (JPG, "a.jpg", "image/jpeg"),
        (PNG, "a.png", "image/png"),
    ],
)
def test_what_browsers_show_is_shown_as_what_it_is_and_runs_nothing(
    world, content, name, media_type
):
    address = address_of(world, content, name)
    page = get(world, f"{address}/opened")
    assert f'src="{address}/shown"' in page.text
    assert f'href="{address}"' in page.text
    assert ("<img" in page.text) == media_type.startswith("image/")
    answer = get(world, f"{address}/shown")
    assert answer.data == content
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert jobs(world) == renditions(world) == 0
    assert world.client("confirmer").post(f"{address}/shown").status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        samples.pdf_with_script(),
        samples.pdf_with_script().replace(b"/JavaScript", b"/J#61vaScrip#74"),
        samples.pdf_with_packed_script(),
        b"%PDF-1.7\ntrailer<</Encrypt 5 0 R>>\n%%EOF\n",
        # packed in another way, told far from where it begins, without an end
        b"%PDF-1.7\n<</Type/ObjStm/Filter/ASCIIHexDecode>>stream\n2f4a53>\nendstream\n%%EOF\n",
        b"%PDF-1.7\n<</Type/ObjStm/X(" + 70_000 * b"x" + b")>>stream\nx\nendstream\n%%EOF\n",
        b"%PDF-1.7\n<</Type/ObjStm>>stream\n" + zlib.compress(b"<</S/JavaScript>>"),
    ],
)
def test_a_pdf_with_a_script_is_not_shown_and_offered(world, content):
    address = address_of(world, content, "a.pdf")
    answer = get(world, f"{address}/shown")
    assert "This document could not be shown: it holds a script" in answer.text
    assert f'href="{address}"' in answer.text
    assert get(world, address).data == content


@pytest.mark.parametrize(
    "marked", [b"/ObjStm stream\n", b"/ObjStm stream\nendstream\n", b"stream\n"]
)
def test_a_pdf_that_is_nothing_but_marks_is_looked_through_once(tmp_path, marked):
    """Each byte once or twice: what grew with the square took hours of a worker."""
    path = tmp_path / "marks.pdf"
    path.write_bytes(b"%PDF-1.7\n" + marked * ((20 << 20) // len(marked)))
    assert may_hold_script(path) is (b"ObjStm" in marked)


def test_an_honest_pdf_with_packed_objects_is_shown(tmp_path):
    path = tmp_path / "honest.pdf"
    packed = b"1 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\n%s\nendstream endobj\n"
    path.write_bytes(b"%PDF-1.7\n" + 3 * (packed % zlib.compress(b"<</Type/Page>>")))
    assert not may_hold_script(path)


def test_an_office_file_is_prepared_once_for_all_who_open_it(world, converted):
    address = address_of(world, samples.docx(), "制度.docx")
    waits = get(world, f"{address}/shown")
    assert "being prepared" in waits.text
    assert waits.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in waits.headers["Content-Security-Policy"]
    assert get(world, f"{address}/shown", "filler").status_code == 200
    assert get(world, f"{address}/shown", headers=JSON).json == {"ended": False}
    assert jobs(world) == 1
    assert work(world) == 1
    assert get(world, f"{address}/shown", headers=JSON).json == {"ended": True}
    shown = get(world, f"{address}/shown")
    assert shown.data == b"%PDF-1.7 made of PK"
    assert shown.headers["Content-Type"] == "application/pdf"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert converted.calls == [(b"PK", "docx")]
    assert get(world, address).data == samples.docx()  # fetched, it is the file itself
    with world.seen_from():
        [row] = db.session.scalars(select(Rendition))
        assert (row.tries, row.tool, row.failure) == (1, "LibreOffice 7", None)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (confined.OutOfTime(), "it took longer than 60 seconds"),
        (confined.OutOfSpace(), "it became larger than 256 MiB"),
        (confined.Unreadable(), "it is damaged, locked by a password, or needs too much memory"),
    ],
)
def test_what_fails_is_said_and_tried_once_more_by_hand_and_not_for_ever(
    world, converted, error, said
):
    converted.raises = error
    address = address_of(world, samples.xlsx(), "a.xlsx")
    get(world, f"{address}/shown")
    work(world)
    page = get(world, f"{address}/shown")
    assert f"This document could not be shown: {said}." in page.text
    assert f'href="{address}"' in page.text
    get(world, f"{address}/shown")
    assert (work(world), len(converted.calls)) == (0, 1)  # opening it again tries nothing
    assert "Try once more" in page.text
    client = world.client("confirmer")
    assert client.post(f"{address}/shown").status_code == 303
    assert client.post(f"{address}/shown").status_code == 409  # a double click
    assert work(world) == 1
    page = get(world, f"{address}/shown")
    assert said in page.text
    assert "Try once more" not in page.text
    assert client.post(f"{address}/shown").status_code == 409
    assert (work(world), len(converted.calls)) == (0, 2)
    with world.seen_from():
        row = db.session.scalars(select(Rendition)).one()
        assert (row.state, row.tries) == (RenditionState.FAILED, 2)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (confined.NotConfined(), "this server does not let the preparation be shut in safely"),
    ],
)
def test_what_is_the_servers_fault_may_be_tried_as_often_as_one_likes(
    world, converted, error, said
):
    converted.raises = error
    address = address_of(world, samples.docx(), "a.docx")
    client = world.client("confirmer")
    get(world, f"{address}/shown")
    for _time in range(3):
        work(world)
        assert said in get(world, f"{address}/shown").text
        assert client.post(f"{address}/shown").status_code == 303
    converted.raises = None
    work(world)
    assert get(world, f"{address}/shown").data.startswith(b"%PDF")


def test_without_libreoffice_it_is_said_and_nothing_is_asked_for(world):
    address = address_of(world, samples.docx(), "a.docx")
    world.app.config["LIBREOFFICE"], before = "off", world.app.config["LIBREOFFICE"]
    try:
        page = get(world, f"{address}/shown")
    finally:
        world.app.config["LIBREOFFICE"] = before
    assert "LibreOffice, which prepares it, is not installed here" in page.text
    assert f'href="{address}"' in page.text
    assert jobs(world) == renditions(world) == 0


def test_what_is_not_ones_own_is_neither_shown_nor_prepared(world, converted):
    address = address_of(world, samples.docx(), "a.docx")
    for name in ("league", "large_confirmer", "other_league"):  # a draft, and strangers
        for asked in (f"{address}/opened", f"{address}/shown"):
            assert get(world, asked, name).status_code == 404
        assert world.client(name).post(f"{address}/shown").status_code == 404
    assert jobs(world) == renditions(world) == 0


def test_a_preparation_whose_worker_was_lost_is_given_up_and_may_be_tried_again(world, converted):
    address = address_of(world, samples.docx(), "a.docx")
    get(world, f"{address}/shown")
    with world.seen_from():
        db.session.scalars(select(Job).where(Job.kind == rendering.KIND)).one().state = "cancelled"
        row = db.session.scalars(select(Rendition)).one()
        row.asked_at = now() - timedelta(minutes=11)
        db.session.commit()
    assert "the preparation was broken off" in get(world, f"{address}/shown").text
    assert world.client("confirmer").post(f"{address}/shown").status_code == 303
    work(world)
    assert get(world, f"{address}/shown").data.startswith(b"%PDF")


def test_a_file_that_is_gone_is_said_in_the_frame(world, monkeypatch):
    address = address_of(world, samples.pdf(), "a.pdf")
    with world.seen_from():
        folder = world.app.config["UPLOAD_FOLDER"]
    monkeypatch.setitem(world.app.config, "UPLOAD_FOLDER", f"{folder}/elsewhere")
    answer = get(world, f"{address}/shown")
    assert answer.status_code == 404
    assert "The file is no longer there." in answer.text
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_two_who_open_the_same_bytes_at_once_have_it_prepared_once(world, converted):
    filing = world.filled()
    assert attach(world, filing, samples.docx(), "a.docx") == 302
    assert attach(world, filing, samples.docx(), "b.docx") == 302
    together, statuses = threading.Barrier(2), []

    def open_it(number, name):
        client = world.client(name)
        together.wait()
        address = f"/filings/{filing}/attachments/{number}/shown"
        statuses.append(client.get(address, buffered=True).status_code)

    threads = [
        threading.Thread(target=open_it, args=one) for one in ((1, "confirmer"), (2, "filler"))
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert statuses == [200, 200]
    assert (jobs(world), renditions(world)) == (1, 1)


def test_a_real_document_is_prepared_by_a_real_job(world, soffice):
    address = address_of(world, samples.docm(), "called a docx.docx")  # with a macro in it
    get(world, f"{address}/shown")
    work(world)
    answer = get(world, f"{address}/shown")
    assert answer.data.startswith(b"%PDF-")
    assert b"/JavaScript" not in answer.data
    with world.seen_from():
        row = db.session.scalars(select(Rendition)).one()
        assert row.tool.startswith("LibreOffice")
        assert find_rendition(row.source_sha256) is row
        assert row.failure is None


def test_every_failure_has_words(world):
    with world.app.test_request_context():
        assert all(str(one.label) for one in Failure)
