"""The printed summary, the page that verifies it, and the stamped scan that is bound to it."""

import re
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from pypdf import PdfReader

from app.core.db import db
from app.core.errors import Invalid
from app.core.storage import LocalStorage
from app.filings.attaching import attach
from app.filings.models import Filing
from app.filings.printing import summary_of
from app.review.workflow import Action
from tests.filings.filling import everything, fill, rows_with
from tests.world import QUARTER

SCAN = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\nscan "
REASON = "Row 04 does not match the invoice."


def printed(world, filing, who="confirmer"):
    """Version and hash on the print, and whether it was handed in."""
    with world.acting(who) as actor:
        summary = summary_of(db.session.get(Filing, filing), actor)
        return summary.version, summary.hash, summary.submitted_at is not None


def stamped(world, filing, storage, version, code, name="scan.pdf"):
    cells = {"kind": "stamped_summary", "summary_version": version, "summary_hash8": code}
    with world.acting("confirmer") as actor:
        row = db.session.get(Filing, filing)
        content = BytesIO(SCAN + f"{filing} {version} {code}".encode())
        attach(row, content, name, cells, storage=storage, actor=actor)


@pytest.fixture
def storage(tmp_path):
    return LocalStorage(tmp_path / "files")


def test_the_print_before_submission_has_the_hash_of_what_is_submitted(world):
    filing = world.filled()
    version, text, handed_in = printed(world, filing)
    assert (version, handed_in) == (1, False)
    world.act("confirmer", Action.SUBMIT, filing)
    assert printed(world, filing) == (1, text, True)
    assert printed(world, filing, "league") == (1, text, True)


def test_the_pdf_says_what_it_is_in_chinese_and_its_code_leads_to_the_verification(world):
    filing = world.filled()
    version, text, _handed_in = printed(world, filing)
    client = world.client("confirmer")
    client.get("/lang/zh")
    answer = client.get(f"/filings/{filing}/summary.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    reader = PdfReader(BytesIO(answer.data))
    pages = [page.extract_text() for page in reader.pages]
    assert "综合能源利用状况表" in pages[0]
    assert "225,209.77" in pages[0]
    assert "电力" in "".join(pages)
    assert "王建国" in pages[-1]
    assert "单位公章" in pages[-1]
    assert all(text[:8] in page for page in pages)
    page = client.get(f"/filings/{filing}/summary")
    assert page.status_code == 200
    assert 'src="data:image/svg+xml' in page.text
    assert "二次能源重复计算" in page.text  # row 40 is no assessed figure
    assert "%23fff" in page.text  # on white, in the dark theme too
    assert str(version) in page.text


def test_the_code_holds_the_address_of_the_version(world, monkeypatch):
    filing = world.filled()
    _version, text, _handed_in = printed(world, filing)
    made = []
    monkeypatch.setattr(
        "app.filings.summary_views.segno.make",
        lambda address, **_more: made.append(address) or Drawn,
    )
    world.client("confirmer").get(f"/filings/{filing}/summary")
    assert urlsplit(made[0]).path == f"/verify/{filing}/1/{text}"


class Drawn:
    svg_data_uri = staticmethod(lambda **_more: "data:image/svg+xml,x")


def verified(world, filing, version, text, who=None):
    return world.client(who).get(f"/verify/{filing}/{version}/{text}")


def test_a_submitted_version_is_verified_by_anybody_who_holds_it(world):
    filing = world.filled()
    version, text, _handed_in = printed(world, filing)
    draft = verified(world, filing, version, text)
    assert draft.status_code == 200
    assert "No version with these figures" in draft.text
    assert "Here" not in draft.text
    world.act("confirmer", Action.SUBMIT, filing)
    for who in (None, "other_confirmer"):
        answer = verified(world, filing, version, text, who)
        assert "submitted with exactly these figures" in answer.text
        assert "Here" in answer.text
        assert "225,209" not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("change", ["filing", "version", "hash", "short"])
def test_without_the_whole_hash_nothing_is_told(world, change):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    version, text, _handed_in = printed(world, filing)
    where = {
        "filing": (filing + 1, version, text),
        "version": (filing, version + 1, text),
        "hash": (filing, version, text[::-1]),
        "short": (filing, version, text[:8]),
    }[change]
    answer = verified(world, *where)
    unknown = verified(world, 999999, 1, "0" * 64)
    strip = re.compile(r'name="csrf-token"[^>]*|nonce="[^"]*"|next=[^"&]*')
    assert strip.sub("", answer.text).count("Here") == 0
    assert "No version with these figures" in answer.text
    assert (answer.status_code, len(answer.text)) == (unknown.status_code, len(answer.text))
    with world.seen_from():
        assert db.session.get(Filing, filing) is not None


@pytest.mark.parametrize(
    ("filing", "number", "text"),
    [(10**30, 1, "0" * 64), (1, 10**30, "0" * 64), (1, 1, "0" * 63 + "%00"), (1, 1, "0" * 5000)],
)
def test_what_no_print_has_is_answered_like_any_other(world, filing, number, text):
    answer = verified(world, filing, number, text)
    assert answer.status_code == 200
    assert "No version with these figures" in answer.text


@pytest.mark.parametrize("employees", [7, None])
def test_an_older_version_says_so(world, employees):
    """Of the same figures too: the print names its version."""
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    version, text, _handed_in = printed(world, filing)
    assert "A later version" not in verified(world, filing, version, text).text
    world.act("county", Action.RETURN, filing, REASON)
    if employees:
        fill(world, filing, "S1", rows_with("S1", employees=employees))
    world.act("confirmer", Action.SUBMIT, filing)
    assert "A later version has been submitted" in verified(world, filing, version, text).text


@pytest.mark.parametrize("who", ["next_confirmer", "other_league", "other_county"])
def test_nobody_else_prints_it(world, who):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    for address in ("summary", "summary.pdf"):
        assert world.client(who).get(f"/filings/{filing}/{address}").status_code == 404


def test_above_it_is_printed_only_once_it_was_submitted(world):
    filing = world.filled()
    client = world.client("league")
    assert client.get(f"/filings/{filing}/summary.pdf").status_code == 404
    world.act("confirmer", Action.SUBMIT, filing)
    assert client.get(f"/filings/{filing}/summary.pdf").status_code == 200


def test_a_stamped_scan_is_of_the_version_that_stands_there(world, storage):
    filing = world.filled()
    version, text, _handed_in = printed(world, filing)
    before = everything(world, filing)
    for wrong in ((version + 1, text[:8]), (version, "00000000"), (version, ""), ("", text[:8])):
        with pytest.raises(Invalid) as refused:
            stamped(world, filing, storage, *wrong)
        assert refused.value.details[0].where.startswith("A1/summary_")
    assert everything(world, filing) == before
    stamped(world, filing, storage, version, text[:8].upper())
    world.act("confirmer", Action.SUBMIT, filing)


def test_figures_changed_after_the_stamp_are_not_submitted(world, storage):
    filing = world.filled()
    version, text, _handed_in = printed(world, filing)
    stamped(world, filing, storage, version, text[:8])
    fill(world, filing, "S1", rows_with("S1", employees=7))
    with pytest.raises(Invalid) as refused:
        world.act("confirmer", Action.SUBMIT, filing, as_is=True)
    assert "print and stamp again" in str(refused.value.details[0])
    version, text, _handed_in = printed(world, filing)
    stamped(world, filing, storage, version, text[:8], "new.pdf")
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        assert world.filing(period=QUARTER).data_hash == text
