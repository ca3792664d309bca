"""The pages: list, matrix, calendar, the year of an enterprise, files, reminders, the zip."""

import csv
import re
from datetime import date
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.clock import today
from app.core.db import db
from app.core.period import Quarter
from app.enterprises.models import StopReason
from app.enterprises.moves import ask_move
from app.inspection.kinds import Question
from app.inspection.listing import DUTIES
from app.inspection.models import InspectionAnswer, InspectionFile, InspectionReminder
from app.notices.models import Notice, NoticeKind
from tests.inspection.handing_in import PDF, entered, files, hand_in, say, states
from tests.inspection.test_documents import NOW
from tests.world import LEAGUE, NEXT_COUNTY


@pytest.fixture
def begun(world, clock):
    clock(NOW)
    entered(world)
    return world


def listed(client, query=""):
    """The rows of the list, by Excel."""
    book = load_workbook(BytesIO(client.get(f"/inspection/list.xlsx?{query}").data))
    return [row[:4] for row in book.active.iter_rows(min_row=2, values_only=True)]


def test_the_list_tells_every_document_of_a_year_and_narrows(begun):
    hand_in(begun, "D1101", 2026)
    league = begun.client("league")
    assert len(listed(league)) == 3 * 29
    assert len(listed(league, f"place={NEXT_COUNTY}")) == 29
    assert len(listed(league, "enterprise=1&state=wanting")) == 17 + 5
    rows = listed(league, "document=D1101")
    assert [row[2] for row in rows] == ["Uploaded", *["Not uploaded by the enterprise"] * 2]
    assert len(listed(league, "due=2026-12")) == 3 * 4  # two of them still to be answered
    assert listed(league, "state=uploaded&year=2025") == []
    assert len(listed(begun.client("confirmer"))) == 29
    page = league.get("/inspection/list/?state=missing&sort=-due&size=25&page=2").text
    assert "Not uploaded by the enterprise" in page
    assert re.search(r'href="/inspection/[0-9]/2026#D[0-9]{4}">D', page)
    for wrong in ("year=nought", "due=soon", "year=1999"):
        assert league.get(f"/inspection/list/?{wrong}").status_code == 422
    assert league.get("/inspection/list/?state=odd").status_code == 404


def test_the_pages_of_the_list_are_its_rows_in_order(begun):
    hand_in(begun, "D1101", 2026)
    with begun.seen_from(LEAGUE):
        for filters in ({}, {"document": "D3201"}, {"place": NEXT_COUNTY}, {"q": "Here"}):
            asked = {**filters, "year": "2026", "size": "25"}
            rows = list(db.session.scalars(DUTIES.statement(asked)))
            pages = [DUTIES.page({**asked, "page": str(n)}) for n in range(1, 5)]
            assert {one.total for one in pages} == {len(rows)}
            last = max(one.number for one in pages)
            assert [row for one in pages[:last] for row in one.rows] == rows


def test_the_matrix_counts_by_document_and_by_enterprise(begun):
    hand_in(begun, "D1101", 2026)
    hand_in(begun, "D1101", 2026, who="large_confirmer", name="Large")
    page = begun.client("league").get("/inspection-matrix/").text
    assert "3 in all" in page
    assert page.count('class="cell state-uploaded" href=') == 2
    assert page.count('class="cell state-missing" href=') == 3 * 18 - 2
    assert 'href="/inspection/1/2026#D1101"' in page
    foot = page.partition("<tfoot>")[2].replace("\n", "")
    assert '<th scope="row">Uploaded</th><td class="number">2</td><td class="number">2</td>' in foot
    narrowed = begun.client("league").get(f"/inspection-matrix/?place={NEXT_COUNTY}").text
    assert narrowed.count('<tr><th scope="row"><a href="/inspection/') == 1


def test_the_calendar_tells_what_is_due_and_what_runs_out(begun):
    hand_in(begun, "D2202", 2026, expires_on=date(2026, 8, 31))
    page = begun.client("league").get("/inspection-calendar/?year=2026").text
    august = page.partition('id="month-2026-08"')[2].partition("</section>")[0]
    assert "1 run out" in august
    january = page.partition('id="month-2026-01"')[2].partition("</section>")[0]
    assert "3 of 3 to come" in january
    assert "document=D1101&amp;due=2026-01" in january
    # the reports of a fourth quarter are due in the next year, and are listed in their own
    league = begun.client("league")
    assert "· 2027Q4" not in league.get("/inspection-calendar/?year=2027").text
    page = league.get("/inspection-calendar/?year=2028").text
    january = page.partition('id="month-2028-01"')[2].partition("</section>")[0]
    assert "· 2027Q4" in january
    assert "/inspection/list/?year=2027&amp;document=D3201&amp;due=2028-01" in january


def test_a_file_is_uploaded_opened_and_fetched_on_the_page_of_its_enterprise(begun):
    staff = begun.client("staff")
    sent = {"file": (BytesIO(PDF), "证书.pdf"), "expires_on": "2027-02-28", "quarter": "0"}
    answer = staff.post("/inspection/1/2026/D2202", data=sent)
    assert (answer.status_code, answer.location) == (302, "/inspection/1/2026#D2202")
    page = begun.client("confirmer").get("/inspection/1/2026").text
    assert "valid until 2027-02-28" in page
    for form in ("/energy-forms/list/?q=Here&amp;annex=heads", "/organisation-chart/1"):
        assert f'href="{form}"' in page  # what a file is a print of
    assert 'data-frame="/inspection/files/1/shown"' in page
    shown = staff.get("/inspection/files/1/shown", buffered=True)
    assert (shown.data, shown.headers["X-Frame-Options"]) == (PDF, "SAMEORIGIN")
    fetched = staff.get("/inspection/files/1", buffered=True)
    assert "attachment" in fetched.headers["Content-Disposition"]
    assert fetched.headers["Content-Security-Policy"] == "sandbox"
    for stranger in ("other_league", "other_confirmer", "next_confirmer"):
        assert begun.client(stranger).get("/inspection/files/1").status_code == 404
        assert begun.client(stranger).get("/inspection/1/2026").status_code == 404
    assert staff.post("/inspection/files/1/aside", data={"year": "2026"}).status_code == 302
    assert files(begun)[0][-1] == 2026
    assert staff.post("/inspection/files/1/aside").status_code == 409


def test_the_page_asks_the_same_for_one_file_and_for_many(begun, asked):
    league = begun.client("league")
    for code in ("D1101", "D1201", "D2101", "D3101", "D4101"):
        hand_in(begun, code, 2026)
    asked.clear()
    assert league.get("/inspection/1/2026").status_code == 200
    assert len(asked) <= 14, "\n".join(asked)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"file": (b"GIF89a", "a.pdf"), "expires_on": "2027-02-28"}, "Only pdf"),
        ({"file": (PDF, "a.exe"), "expires_on": "2027-02-28"}, "Only pdf"),
        ({"file": (b"", "a.pdf"), "expires_on": "2027-02-28"}, "empty"),
        ({"expires_on": "2027-02-28"}, "Choose a file."),
        ({"file": (PDF, "a.pdf"), "expires_on": "2027-02-30"}, "is not a day"),
        ({"file": (PDF, "a.pdf"), "valid_from": "2026-01-05"}, "until when"),
    ],
)
def test_what_is_refused_comes_back_with_what_was_typed(begun, sent, said):
    data = {**sent, "valid_from": sent.get("valid_from", "2026-03-04")}
    if "file" in data:
        data["file"] = (BytesIO(data["file"][0]), data["file"][1])
    answer = begun.client("filler").post("/inspection/1/2026/D2202", data=data)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{data["valid_from"]}"' in answer.text
    assert files(begun) == []


def test_who_may_not_upload_or_remark_is_refused(begun):
    for name in ("county", "observer", "region"):
        sent = {"file": (BytesIO(PDF), "a.pdf")}
        assert begun.client(name).post("/inspection/1/2026/D1101", data=sent).status_code == 403
    for name in ("filler", "county", "staff"):
        there = "/inspection/1/2026/D1101/remarks"
        assert begun.client(name).post(there, data={"text": "so"}).status_code == 403
    assert files(begun) == []
    league = begun.client("league")
    answer = league.post("/inspection/1/2026/D1101/remarks", data={"text": "x" * 1001})
    assert (answer.status_code, "x" * 1001 in answer.text) == (422, True)
    assert league.post("/inspection/1/2026/D1101/remarks", data={"text": "so"}).status_code == 302


def test_a_question_is_answered_on_the_page(begun):
    filler = begun.client("filler")
    there = "/inspection/1/2026/questions/metering_rules"
    answer = filler.post(there, data={"yes": "no", "reason": "", "shown": "0"})
    assert answer.status_code == 422
    assert filler.post(there, data={"shown": "0"}).status_code == 422
    said = {"yes": "no", "reason": "one rule for all", "shown": "0"}
    assert filler.post(there, data=said).status_code == 302
    assert "one rule for all" in begun.client("league").get("/inspection/1/2026").text
    assert filler.post(there, data=said).status_code == 409
    assert filler.post("/inspection/1/2026/questions/odd", data=said).status_code == 404


def told(world):
    with world.seen_from():
        kind = NoticeKind.DOCUMENTS_WANTING
        notices = db.session.scalars(select(Notice).where(Notice.kind == kind)).all()
        reminders = db.session.scalars(select(InspectionReminder)).all()
        return sorted({(one.about, one.facts["n"]) for one in notices}), len(reminders)


def test_those_who_miss_something_are_reminded_once_a_day_and_never_the_stopped(begun, clock):
    begun.stop("Large", Quarter(2026, 4), StopReason.STOPPED)
    hand_in(begun, "D1101", 2026)
    league = begun.client("league")
    for _click in range(2):
        assert league.post("/inspection/remind?year=2026").status_code == 302
    assert told(begun) == ([("Here 2026", "22"), ("Next 2026", "23")], 2)
    assert begun.client("confirmer").post("/inspection/remind").status_code == 403
    with begun.seen_from():
        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.tag == "inspection:remind")
        ).all()
        assert ['"told":2' in one.facts for one in entry] == [True, False]
        assert ['"stopped":1' in one.facts for one in entry] == [True, True]
    clock("2026-11-29 00:10")
    league.post(f"/inspection/remind?year=2026&place={NEXT_COUNTY}")
    assert told(begun)[1] == 3
    confirmer = begun.client("confirmer")
    page = confirmer.get("/notices/").text
    assert "22 supervision documents are missing, have expired or wait for an answer" in page
    opened = confirmer.get(f"/notices/{re.search(r'/notices/([0-9]+)/open', page)[1]}/open")
    assert opened.location == "/inspection/list/?year=2026&state=wanting"


def test_the_whole_set_leaves_as_one_zip_with_hashes_and_is_recorded(begun):
    hand_in(begun, "D1101", 2026, content=b"1")
    hand_in(begun, "D1101", 2026, content=b"2")
    hand_in(begun, "D2201", 2026, part=2, content=b"3")
    answer = begun.client("league").get("/inspection/1/2026/documents.zip")
    packed = ZipFile(BytesIO(answer.data))
    [chart] = [name for name in packed.namelist() if "D1101" in name]
    assert packed.read(chart) == PDF + b"2"  # the one that counts
    assert len(packed.namelist()) == 4
    index = list(csv.DictReader(StringIO(packed.read("index.csv").decode("utf-8-sig"))))
    assert {len(row["SHA-256"]) for row in index} == {64}
    overview = load_workbook(BytesIO(packed.read("Overview.xlsx"))).active
    assert overview.max_row == 1 + 29
    with begun.seen_from():
        tag = select(AuditEntry).where(AuditEntry.tag == "inspection:export")
        assert '"enterprise":"Here"' in db.session.scalars(tag).one().facts
    assert begun.client("other_league").get("/inspection/1/2026/documents.zip").status_code == 404
    assert begun.client("confirmer").get("/inspection/1/2026/documents.zip").status_code == 200


def test_files_of_a_classified_enterprise_are_not_seen_from_its_county(begun):
    hand_in(begun, "D1101", 2026)
    begun.stop("Here", Quarter(2026, 4), StopReason.CLASSIFIED)
    county = begun.client("county")
    assert county.get("/inspection/files/1").status_code == 404
    assert county.get("/inspection/1/2026/documents.zip").status_code == 404
    assert "/inspection/files/1" not in county.get("/inspection/1/2026").text
    assert begun.client("league").get("/inspection/files/1", buffered=True).status_code == 200


def test_documents_answers_and_reminders_go_along_when_an_enterprise_moves(begun):
    hand_in(begun, "D1101", 2026)
    say(begun, Question.METERING_RULES, yes=False)
    begun.client("league").post("/inspection/remind?year=2026&enterprise=1")
    with begun.acting("league") as actor:
        ask_move(begun.enterprise(), NEXT_COUNTY, today(), reason="moved", actor=actor)
    with begun.seen_from():
        new = f"{NEXT_COUNTY}000001/"
        for kind in (InspectionFile, InspectionAnswer, InspectionReminder):
            assert db.session.scalars(select(kind.place)).all() == [new]
    assert states(begun, 2026)["D1101"][0] == "uploaded"
    assert begun.client("county").get("/inspection/files/1").status_code == 404
