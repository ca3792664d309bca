"""Attachments: what is taken, what is refused, and who may fetch it."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from app.core.db import db
from app.core.storage import LocalStorage
from app.filings.models import Filing
from app.filings.queries import attachments_of
from app.review.workflow import Action

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def packed(**files):
    with ZipFile(out := BytesIO(), "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def attach(world, filing, content, name, who="confirmer", **fields):
    return world.client(who).post(
        f"/filings/{filing}/attachments",
        data={"kind": "other", **fields, "file": (BytesIO(content), name)},
    )


def attached(world, filing):
    with world.seen_from():
        return [
            (one.id, one.file_name, one.media_type, one.months_covered)
            for one in attachments_of(db.session.get(Filing, filing))
        ]


def test_a_file_keeps_its_chinese_name_and_is_kept_once(world, tmp_path):
    filing = world.filled()
    name = "2026年一季度 生产月报.pdf"
    for _time in range(2):
        answer = attach(world, filing, PDF, name, kind="monthly_report", months_covered="3,1，2")
        assert answer.status_code == 302
    [(one, kept, media, months), _second] = attached(world, filing)
    assert (kept, media, months) == (name, "application/pdf", "1,2,3")
    answer = world.client("confirmer").get(f"/filings/{filing}/attachments/{one}", buffered=True)
    assert answer.data == PDF
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in answer.headers["Content-Disposition"]
    first = LocalStorage(tmp_path).put(BytesIO(PDF), 1 << 20)
    assert LocalStorage(tmp_path).put(BytesIO(PDF), 1 << 20) == first
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.pdf"),
        (b"<html><script>1</script>", "page.html"),
        (b"<html><script>1</script>", "page.pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png"),
        (PNG, "a.pdf"),
        (PDF, "a.png"),
        (PDF, "a.pdf.exe"),
        (PDF, "pdf"),
        (b"MZ\x90\0", "a.exe"),
        (b"MZ\x90\0", "a.xlsx"),
        (b"#!/bin/sh\n", "a.sh"),
        (packed(a="b"), "a.docx"),
        (packed(a="b"), "a.zip"),
    ],
)
def test_what_is_none_of_the_allowed_types_is_refused(world, content, name):
    filing = world.filled()
    assert attach(world, filing, content, name).status_code == 422
    assert attached(world, filing) == []


@pytest.mark.parametrize("name", ["../../../etc/a.pdf", "C:\\secret\\a.pdf", "/etc/a.pdf"])
def test_a_path_in_the_name_is_only_a_name(world, name):
    filing = world.filled()
    assert attach(world, filing, PDF, name).status_code == 302
    [(_pk, kept, *_rest)] = attached(world, filing)
    assert kept.endswith("a.pdf")
    assert not set(kept) & set("/\\")


def test_a_monthly_report_says_its_months(world):
    filing = world.filled()
    for months in ("", "0", "13", "July"):
        answer = attach(world, filing, PDF, "a.pdf", kind="monthly_report", months_covered=months)
        assert answer.status_code == 422
    assert attached(world, filing) == []


@pytest.mark.parametrize("size", [20 << 20, 22 << 20])
def test_a_file_that_is_too_large_is_refused(world, size):
    filing = world.filled()
    kind = b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nother\r\n'
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    answer = world.client("confirmer").post(
        f"/filings/{filing}/attachments",
        data=kind + head + PDF + b"0" * size + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code in (413, 422)
    assert attached(world, filing) == []


def test_a_file_is_fetched_through_its_own_filing_only(world):
    filing, other = world.filled(), world.filled("large_confirmer")
    attach(world, filing, PDF, "a.pdf")
    [(one, *_rest)] = attached(world, filing)
    address = f"/filings/{filing}/attachments/{one}"

    def status(name, asked=address):
        return world.client(name).get(asked, buffered=True).status_code

    assert status("filler") == 200
    assert status("league") == 404  # a draft
    assert status("large_confirmer", f"/filings/{other}/attachments/{one}") == 404
    assert status("other_league") == 404
    world.act("confirmer", Action.SUBMIT, filing)
    assert status("league") == 200
    assert attach(world, filing, PDF, "late.pdf").status_code == 409
    gone = world.client("confirmer").post(f"{address}/delete")
    assert gone.status_code == 409
    assert attached(world, filing)[0][1] == "a.pdf"
