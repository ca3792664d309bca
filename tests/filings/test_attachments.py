"""Tricks with attached files, and who may fetch what was attached."""

from hashlib import sha256
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.storage import LocalStorage
from app.core.uploads import LARGEST
from app.filings.attaching import attach, detach
from app.filings.models import Filing
from app.filings.queries import attachments_of
from app.filings.sheets.attachment import AttachmentKind
from app.review.workflow import Action
from tests.filings.filling import everything
from tests.world import QUARTER

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
JPG = b"\xff\xd8\xff\xe0" + b"\0" * 64
REASON = "Row 04 does not match the invoice."


def workbook():
    Workbook().save(file := BytesIO())
    return file.getvalue()


def packed(**files):
    with ZipFile(file := BytesIO(), "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.fixture
def storage(tmp_path):
    return LocalStorage(tmp_path / "files")


def put(world, storage, filing, content, name, who="confirmer", **cells):
    stream = BytesIO(content) if isinstance(content, bytes) else content
    with world.acting(who) as actor:
        row = db.session.get(Filing, filing)
        cells = {"kind": "other", **cells}
        return attach(row, stream, name, cells, storage=storage, actor=actor).id


def attached(world, filing):
    with world.seen_from():
        return [
            (one.file_name, one.media_type, one.size, one.sha256)
            for one in attachments_of(db.session.get(Filing, filing))
        ]


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (PDF, "a.pdf", "application/pdf"),
        (PDF, "A.PDF", "application/pdf"),
        (PNG, "a.png", "image/png"),
        (JPG, "a.jpg", "image/jpeg"),
        (JPG, "a.JPEG", "image/jpeg"),
        (workbook(), "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_what_is_of_its_type_by_bytes_and_by_name_is_taken(
    world, storage, content, name, media_type
):
    filing = world.filled()
    put(world, storage, filing, content, name)
    hashed = sha256(content).hexdigest()
    assert attached(world, filing) == [(name, media_type, len(content), hashed)]
    assert storage.path(hashed).read_bytes() == content


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (PDF, "a.html"),
        (PDF, "a.svg"),
        (PDF, "a.jpg"),
        (PNG, "a.jpg"),
        (JPG, "a.png"),
        (PNG, "a.png.pdf"),
        (workbook(), "a.docx"),
        (workbook(), "a.xlsm"),
        (workbook(), "a.pdf"),
        (packed(a="b"), "a.xlsx"),
        (packed(a="b"), "a.docx"),
        (b"<!DOCTYPE html><html>", "a.pdf"),
        (b"<?xml version='1.0'?><svg onload='x()'/>", "a.png"),
        (b"GIF89a" + b"\0" * 64, "a.png"),
        (b"\x7fELF" + b"\0" * 64, "a.pdf"),
        (b"text only", "a.doc"),
        (PDF, "pdf"),
        (PDF, "a.pdf.html"),
        (PDF, "a.pdf\0.html"),
        (PDF, "a.pdf/"),
        (PDF, "a.p\u0501f"),
        (b"", "a.pdf"),
        (b" " + PDF, "a.html"),
    ],
)
def test_what_is_not_is_refused_and_nothing_is_attached(world, storage, content, name):
    filing = world.filled()
    before = everything(world, filing)
    with pytest.raises(Invalid):
        put(world, storage, filing, content, name)
    assert everything(world, filing) == before


class Endless:
    """A stream that never ends; whoever reads it to the end has lost."""

    given = 0

    def read(self, size):
        self.given += size
        assert self.given < LARGEST * 2
        return b"%PDF-1.4" + b"0" * (size - 8)


def test_a_file_is_read_no_further_than_the_largest(world, storage):
    filing = world.filled()
    before = everything(world, filing)
    with pytest.raises(Invalid, match="20 MiB at most"):
        put(world, storage, filing, Endless(), "a.pdf")
    assert everything(world, filing) == before
    assert [path for path in storage.folder.rglob("*") if path.is_file()] == []


def test_the_largest_file_is_taken_and_one_byte_more_is_not(world, storage):
    filing = world.filled()
    largest = PDF.ljust(LARGEST, b"0")
    put(world, storage, filing, largest, "largest.pdf")
    before = everything(world, filing)
    with pytest.raises(Invalid):
        put(world, storage, filing, largest + b"0", "more.pdf")
    assert everything(world, filing) == before


@pytest.mark.parametrize(
    ("cells", "where"),
    [
        ({"kind": ""}, "A1/kind"),
        ({"kind": "photo"}, "A1/kind"),
        ({"kind": "monthly_report"}, "A1/months_covered"),
        ({"kind": "monthly_report", "months_covered": "0,1"}, "A1/months_covered"),
        ({"kind": "monthly_report", "months_covered": "12,13"}, "A1/months_covered"),
        ({"summary_version": "1.5"}, "A1/summary_version"),
        ({"summary_hash8": "123456789"}, "A1/summary_hash8"),
        ({"sha256": "0" * 64}, "A1/sha256"),
        ({"file_name": "b.pdf"}, "A1/file_name"),
    ],
)
def test_a_wrong_cell_is_named_and_the_file_is_not_even_kept(world, storage, cells, where):
    filing = world.filled()
    before = everything(world, filing)
    with pytest.raises(Invalid) as refused:
        put(world, storage, filing, PDF, "a.pdf", **cells)
    assert [one.where for one in refused.value.details] == [where]
    assert everything(world, filing) == before
    assert not storage.folder.exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026年一季度 生产月报（盖章）.pdf", "2026年一季度 生产月报（盖章）.pdf"),
        ("../../../../etc/a.pdf", "a.pdf"),
        ("C:\\Users\\me\\a.pdf", "a.pdf"),
        ("/etc/passwd/..\\a.pdf", "a.pdf"),
        ("%2e%2e%2fa.pdf", "%2e%2e%2fa.pdf"),
        ("  a.pdf  ", "a.pdf"),
        ('a"; filename=b.html; x=".pdf', 'a"; filename=b.html; x=".pdf'),
        ("王" * 300 + ".pdf", "王" * 251 + ".pdf"),
        ("<script>alert(1)<b>.pdf", "<script>alert(1)<b>.pdf"),
    ],
)
def test_a_name_is_a_name_and_no_path_and_comes_back_as_it_was(world, given, kept):
    filing = world.filled()
    storage = LocalStorage(world.app.config["UPLOAD_FOLDER"])
    number = put(world, storage, filing, PDF, given)
    assert [name for name, *_rest in attached(world, filing)] == [kept]
    client = world.client("confirmer")
    answer = client.get(f"/filings/{filing}/attachments/{number}", buffered=True)
    disposition = answer.headers["Content-Disposition"]
    assert (answer.status_code, answer.data) == (200, PDF)
    assert disposition.startswith("attachment; filename")
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Security-Policy"] == "sandbox"
    if not kept.isascii():
        assert unquote(disposition.partition("UTF-8''")[2]) == kept
    assert "<script>alert" not in client.get(f"/filings/{filing}").text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a\r\nX-Evil: 1\r\n.pdf", "aX-Evil: 1.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ("a\x1b[31m.pdf", "a[31m.pdf"),
        ("a\ud800.pdf", "a.pdf"),
        ("甲\u3000乙.pdf", "甲\u3000乙.pdf"),
    ],
)
def test_characters_that_cannot_be_shown_are_left_out_of_a_name(world, given, kept):
    filing = world.filled()
    storage = LocalStorage(world.app.config["UPLOAD_FOLDER"])
    number = put(world, storage, filing, PDF, given)
    assert [name for name, *_rest in attached(world, filing)] == [kept]
    client = world.client("confirmer")
    answer = client.get(f"/filings/{filing}/attachments/{number}", buffered=True)
    assert (answer.status_code, "X-Evil" in answer.headers) == (200, False)
    assert client.get(f"/filings/{filing}").status_code == 200


def test_equal_bytes_are_stored_once_and_stay_when_one_is_taken_off(world, storage):
    here = world.filled()
    first = put(world, storage, here, PDF, "a.pdf")
    put(world, storage, here, PDF, "again.pdf")
    hashed = sha256(PDF).hexdigest()
    files = [path for path in storage.folder.rglob("*") if path.is_file()]
    assert files == [storage.folder / hashed[:2] / hashed[2:4] / hashed]
    with world.acting("confirmer") as actor:
        detach(db.session.get(Filing, here), first, actor=actor)
    assert [name for name, *_rest in attached(world, here)] == ["again.pdf"]
    assert storage.path(hashed).read_bytes() == PDF


def test_a_file_is_taken_off_through_its_own_filing_only(world, storage):
    here, there = world.filled(), world.filled("large_confirmer")
    number = put(world, storage, here, PDF, "a.pdf")
    before = everything(world, here)
    with pytest.raises(Conflict), world.acting("large_confirmer") as actor:
        detach(db.session.get(Filing, there), number, actor=actor)
    address = f"/filings/{there}/attachments/{number}/delete"
    assert world.client("large_confirmer").post(address).status_code == 409
    endless = f"/filings/{there}/attachments/{10**30}/delete"
    assert world.client("large_confirmer").post(endless).status_code == 409
    address = f"/filings/{here}/attachments/{number}/delete"
    assert world.client("large_confirmer").post(address).status_code == 404
    assert world.client("county").post(address).status_code in (302, 403, 404)
    assert everything(world, here) == before


@pytest.mark.parametrize("who", ["county", "league", "region", "super"])
def test_nobody_above_attaches_anything(world, storage, who):
    filing = world.filled()
    before = everything(world, filing)
    with world.seen_from():
        actor, row = world.actor(who), db.session.get(Filing, filing)
        with pytest.raises(Forbidden):
            attach(row, BytesIO(PDF), "a.pdf", {"kind": "other"}, storage=storage, actor=actor)
    assert everything(world, filing) == before
    assert not storage.folder.exists()


def test_nothing_is_attached_to_what_has_been_submitted(world, storage):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    before = everything(world, filing)
    with pytest.raises(Conflict):
        put(world, storage, filing, PDF, "a.pdf")
    assert everything(world, filing) == before
    world.act("county", Action.RETURN, filing, REASON)
    assert put(world, storage, filing, PDF, "a.pdf")


def test_who_fetches_a_file(world):
    filing, other = world.filled(), world.filled("next_confirmer")
    storage = LocalStorage(world.app.config["UPLOAD_FOLDER"])
    number = put(world, storage, filing, PDF, "a.pdf")
    own, above = ["filler", "confirmer"], ["county", "league", "region", "super", "observer"]
    outside = ["next_confirmer", "large_confirmer", "other_league", "other_county"]

    def statuses(names, through=filing):
        address = f"/filings/{through}/attachments/{number}"
        found = [world.client(name).get(address, buffered=True) for name in names]
        assert all(PDF not in one.data for one in found if one.status_code != 200)
        return {one.status_code for one in found}

    assert statuses(own) == {200}
    assert statuses(above) == statuses(outside) == {404}
    world.act("confirmer", Action.SUBMIT, filing)
    assert statuses([*own, *above]) == {200}
    assert statuses(outside) == {404}
    assert statuses([*own, *above, *outside], through=other) == {404}
    assert world.client().get(f"/filings/{filing}/attachments/{number}").status_code == 302


def test_a_file_that_is_gone_from_the_storage_is_told_in_words(world):
    filing = world.filled()
    folder = world.app.config["UPLOAD_FOLDER"]
    content = PDF + b"only here"
    number = put(world, LocalStorage(folder), filing, content, "a.pdf")
    Path(LocalStorage(folder).path(sha256(content).hexdigest())).unlink()
    answer = world.client("filler").get(f"/filings/{filing}/attachments/{number}")
    assert answer.status_code == 404
    assert "no longer there" in answer.text


def test_every_kind_of_attachment_has_its_name_in_the_choice(world):
    filing = world.filled()
    page = world.client("filler").get(f"/filings/{filing}").text
    for kind in AttachmentKind:
        assert f'value="{kind.value}"' in page


@pytest.mark.parametrize(
    ("cells", "where"),
    [
        ({"kind": "annual_report"}, "A1/kind"),
        ({"kind": "monthly_report", "months_covered": "1,2,3,4,5,6,7,8,9"}, "A1/months_covered"),
    ],
)
def test_a_report_of_another_time_is_not_attached(world, storage, cells, where):
    filing = world.filled()
    before = everything(world, filing)
    with pytest.raises(Invalid) as refused:
        put(world, storage, filing, PDF, "月报.pdf", **cells)
    assert [one.where for one in refused.value.details] == [where]
    assert everything(world, filing) == before


def test_a_monthly_report_covers_months_of_its_quarter(world, storage):
    filing = world.filled()
    months = ",".join(map(str, QUARTER.months))
    put(world, storage, filing, PDF, "月报.pdf", kind="monthly_report", months_covered=months)
    assert [name for name, *_rest in attached(world, filing)] == ["月报.pdf"]


def test_a_file_of_another_filing_is_refused_and_named_only_to_who_may_see_it(world, storage):
    here, there = world.filled(), world.filled("large_confirmer")
    later = world.filled(period=QUARTER.shifted(1))
    put(world, storage, here, PDF, "a.pdf")
    before = [everything(world, one) for one in (here, later, there)]
    with pytest.raises(Invalid, match="attached to Here 2026Q1 already"):
        put(world, storage, later, PDF, "b.pdf")
    with pytest.raises(Invalid, match="filing of another enterprise already") as refused:
        put(world, storage, there, PDF, "c.pdf", who="large_confirmer")
    assert "Here" not in str(refused.value)
    assert [everything(world, one) for one in (here, later, there)] == before


def test_parts_of_a_file_are_served(world):
    filing = world.filled()
    client = world.client("confirmer")
    data = {"kind": "other", "file": (BytesIO(PDF), "报告.pdf")}
    assert client.post(f"/filings/{filing}/attachments", data=data).status_code == 302
    with world.seen_from():
        [file] = attachments_of(db.session.get(Filing, filing))
        address = f"/filings/{filing}/attachments/{file.id}"
    with client.get(address, headers={"Range": "bytes=0-7"}) as part:
        assert (part.status_code, part.data) == (206, PDF[:8])
        assert part.headers["Content-Range"] == f"bytes 0-7/{len(PDF)}"
    with client.get(address, headers={"Range": "bytes=-5"}) as end:
        assert end.data == PDF[-5:]
    with client.get(address, headers={"Range": f"bytes={len(PDF)}-"}) as beyond:
        assert beyond.status_code == 416
