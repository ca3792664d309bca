"""What is asked of enterprises; uploading, answering, remarking, and the states that follow."""

import threading
from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.period import Quarter
from app.filings.sheets.attachment import Attachment
from app.inspection.duties import missing_documents
from app.inspection.kinds import Question
from app.inspection.models import InspectionAnswer, InspectionFile, InspectionRemark
from app.inspection.operations import remark
from app.inspection.uploading import set_aside
from app.notices.models import NoticeKind
from app.review.workflow import Action, State
from tests.inspection.handing_in import PDF, entered, files, hand_in, say, states
from tests.notices.telling import everybody_told
from tests.world import LEAGUE, OTHER_COUNTY

NOW = "2026-11-28 09:00"
ONCE = "2026-01-31"


@pytest.fixture
def begun(world, clock):
    """Everybody has been there for years; it is the end of November 2026."""
    clock(NOW)
    entered(world)
    return world


def entries(world, tag):
    with world.seen_from():
        return db.session.scalar(select(func.count()).where(AuditEntry.tag == tag))


def test_nothing_handed_in_is_missing_due_or_to_be_answered(begun):
    found = states(begun, 2026)
    assert len(found) == 29
    told = {
        state: sorted(k for k, v in found.items() if v[0] == state) for state, _ in found.values()
    }
    assert told["unanswered"] == ["D2102", "D6201", "D6202", "D7101", "D7102"]
    assert told["due"] == ["D3201Q1", "D3201Q2", "D3201Q3", "D3201Q4", "D8101", "D8201"]
    assert len(told["missing"]) == 18
    assert {str(found[code][1]) for code in told["missing"]} == {ONCE}


def test_who_came_in_mid_year_is_asked_for_nothing_before(world, clock):
    clock(NOW)
    entered(world, "2026-05-10")
    found = states(world, 2026)
    asked = {key: str(day) for key, (_state, day) in found.items()}
    assert asked["D1101"] == asked["D1301"] == "2027-01-31"  # once, and in the next January
    assert asked["D1302"] == asked["D1303"] == asked["D3301"] == asked["D3201Q1"] == "None"
    assert asked["D8101"] == "2026-12-31"
    assert "None" not in {asked[f"D3201Q{n}"] for n in (2, 3, 4)}
    assert {state for state, _day in states(world, 2025).values()} == {"not_asked"}
    assert states(world, 2027)["D1303"] == ("due", date(2027, 1, 31))


def test_who_is_stopped_is_asked_for_nothing_of_that_time(begun):
    begun.stop("Here", Quarter(2026, 3))
    found = states(begun, 2026)
    assert found["D1101"] == ("missing", date(2026, 1, 31))  # it worked in January
    assert found["D8101"][0] == found["D3201Q3"][0] == found["D3201Q4"][0] == "not_asked"
    assert {state for state, _day in states(begun, 2027).values()} == {"not_asked"}
    begun.stop("Large", Quarter(2026, 1))
    begun.switch("Large", effective=Quarter(2026, 4), enabled=True)
    found = states(begun, 2026, "Large")
    assert found["D1302"][0] == "not_asked"
    assert found["D1101"] == ("due", date(2027, 1, 31))
    assert found["D8101"] == ("due", date(2026, 12, 31))


def test_an_upload_replaces_and_the_older_one_is_kept(begun):
    first = hand_in(begun, "D1101", 2024, content=b"1")
    assert states(begun, 2026)["D1101"][0] == states(begun, 2024)["D1101"][0] == "uploaded"
    second = hand_in(begun, "D1101", 2026, content=b"2")
    assert (first, second) == (1, 2)
    assert files(begun) == [("D1101", 1, 2024, 0, 1, 2026), ("D1101", 1, 2026, 0, 1, None)]
    third = hand_in(begun, "D1101", 2026, who="staff", content=b"3")
    assert files(begun)[1:] == [("D1101", 1, 2026, 0, 1, 2026), ("D1101", 1, 2026, 0, 2, None)]
    between = hand_in(begun, "D1101", 2025, who="league", content=b"4")
    assert (third, between) == (3, 4)
    assert files(begun)[0] == ("D1101", 1, 2024, 0, 1, 2025)
    assert files(begun)[3] == ("D1101", 1, 2025, 0, 1, 2026)  # the later one has replaced it
    with begun.seen_from():
        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.tag == "inspection:upload").order_by(AuditEntry.id)
        ).all()
        assert len(entry) == 4
        assert '"replaced":["D1101.pdf"]' in entry[1].facts


def test_a_second_click_adds_nothing(begun):
    hand_in(begun, "D1101", 2026)
    with pytest.raises(Conflict, match="there already"):
        hand_in(begun, "D1101", 2026)
    assert len(files(begun)) == 1
    assert entries(begun, "inspection:upload") == 1


def test_yearly_ones_count_for_their_year_and_plans_for_five(begun):
    hand_in(begun, "D1302", 2025)
    hand_in(begun, "D1301", 2023)
    told = {year: states(begun, year) for year in (2024, 2025, 2026)}
    assert [told[y]["D1302"][0] for y in told] == ["missing", "uploaded", "missing"]
    assert [told[y]["D1301"][0] for y in told] == ["uploaded", "uploaded", "missing"]


def test_a_ledger_and_its_drawing_are_two_parts(begun):
    hand_in(begun, "D2201", 2026, part=1)
    assert states(begun, 2026)["D2201"][0] == "missing"
    hand_in(begun, "D2201", 2026, part=2)
    assert states(begun, 2026)["D2201"][0] == "uploaded"


def test_several_certificates_lie_side_by_side_and_the_first_to_expire_counts(begun, clock):
    hand_in(begun, "D2202", 2026, content=b"1", expires_on=date(2026, 12, 1))
    hand_in(begun, "D2202", 2026, content=b"2", expires_on=date(2028, 2, 29), beside=True)
    assert states(begun, 2026)["D2202"][0] == "uploaded"
    clock("2026-12-02 00:30")
    assert states(begun, 2026)["D2202"][0] == "expired"
    with begun.acting("confirmer") as actor:
        set_aside(db.session.get(InspectionFile, 1), 2026, actor=actor)
    assert states(begun, 2026)["D2202"][0] == "uploaded"
    with pytest.raises(Conflict, match="already"), begun.acting("confirmer") as actor:
        set_aside(db.session.get(InspectionFile, 1), 2026, actor=actor)
    assert files(begun)[0][-1] == 2026
    clock("2028-03-01 00:30")
    assert states(begun, 2028)["D2202"][0] == "expired"


@pytest.mark.parametrize(
    ("code", "year", "details", "error", "where"),
    [
        ("D2202", 2026, {}, Invalid, "expires_on"),
        (
            "D2202",
            2026,
            {"valid_from": date(2026, 3, 1), "expires_on": date(2026, 2, 28)},
            Invalid,
            "expires_on",
        ),
        ("D2202", 2026, {"expires_on": date(2099, 1, 1)}, Invalid, "expires_on"),
        ("D2201", 2026, {"part": 3}, Invalid, "part"),
        ("D1101", 2026, {"quarter": 1}, Invalid, "quarter"),
        ("D1101", 2020, {}, Conflict, ""),
        ("D1101", 2027, {}, Conflict, ""),
        ("D3201", 2026, {"quarter": 1}, Conflict, ""),
        ("D9999", 2026, {}, NotFound, ""),
    ],
)
def test_what_cannot_be_uploaded_is_refused_and_nothing_is_kept(
    begun, code, year, details, error, where
):
    with pytest.raises(error) as refused:
        hand_in(begun, code, year, **details)
    assert [one.where for one in refused.value.details] == ([where] if where else [])
    assert files(begun) == []
    assert entries(begun, "inspection:upload") == 0


def test_nobody_uploads_outside_of_the_own_area(begun):
    with begun.seen_from():
        there = begun.enterprise("There").id
    before = files(begun)
    client = begun.client("league")
    sent = {"file": (BytesIO(PDF), "a.pdf")}
    assert client.post(f"/inspection/{there}/2026/D1101", data=sent).status_code == 404
    assert files(begun) == before == []


def test_what_depends_on_an_answer_is_asked_once(begun, clock):
    say(begun, Question.OBSOLETE_EQUIPMENT, yes=True)
    found = states(begun, 2026)
    assert found["D6201"] == found["D6202"] == ("due", date(2026, 12, 31))
    assert states(begun, 2025)["D6201"][0] == "missing"  # the first answer reaches back
    with pytest.raises(Conflict, match="just changed"):
        say(begun, Question.OBSOLETE_EQUIPMENT, yes=False, shown=0)
    clock("2027-05-01 09:00")
    say(begun, Question.OBSOLETE_EQUIPMENT, yes=False, shown=1, reason="all of it is scrapped")
    assert states(begun, 2027)["D6201"][0] == "not_applicable"
    assert states(begun, 2026)["D6201"][0] == "missing"
    say(begun, Question.OBSOLETE_EQUIPMENT, yes=True, shown=2, reason="a boiler was found")
    assert states(begun, 2027)["D6201"][0] == "due"
    assert states(begun, 2026)["D6201"][0] == "missing"
    assert entries(begun, "inspection:answer") == 3
    with begun.seen_from():
        kept = db.session.scalars(select(InspectionAnswer).order_by(InspectionAnswer.number))
        assert [(a.yes, a.from_year, a.until_year) for a in kept] == [
            (True, 0, 2026),
            (False, 2027, 2026),
            (True, 2027, 9999),
        ]


def test_a_no_needs_a_reason_and_a_certified_system_needs_no_other_papers(begun):
    with pytest.raises(Invalid) as refused:
        say(begun, Question.METERING_RULES, yes=False, reason=" ")
    assert [one.where for one in refused.value.details] == ["reason"]
    assert entries(begun, "inspection:answer") == 0
    say(begun, Question.CERTIFIED_SYSTEM, yes=True, reason="")
    found = states(begun, 2026)
    assert (found["D7101"][0], found["D7102"][0]) == ("missing", "not_applicable")


def test_the_league_remarks_and_nobody_below(begun):
    for who in ("confirmer", "county"):
        with pytest.raises(Forbidden), begun.acting(who) as actor:
            remark(begun.enterprise(), 2026, "D1101", "unreadable", actor=actor)
    with begun.acting("league") as actor:
        remark(begun.enterprise(), 2026, "D1101", " The chart has no names. ", actor=actor)
    with pytest.raises(Conflict), begun.acting("league") as actor:
        remark(begun.enterprise(), 2026, "D1101", "The chart has no names.", actor=actor)
    with begun.seen_from():
        kept = db.session.scalars(select(InspectionRemark)).all()
        assert [(one.text, one.by) for one in kept] == [
            ("The chart has no names.", "League Tester")
        ]
    assert "The chart has no names." in begun.client("filler").get("/inspection/1/2026").text
    assert everybody_told(begun) == {NoticeKind.DOCUMENT_REMARKED: {"filler", "confirmer"}}


def test_reports_are_taken_from_filings_that_are_handed_in(begun):
    filing = begun.filled()
    begun.ready("confirmer", filing)
    assert states(begun, 2026)["D3201Q1"][0] == "due"
    begun.act("confirmer", Action.SUBMIT, filing)
    found = states(begun, 2026)
    assert found["D3201Q1"][0] == "uploaded"
    assert found["D3201Q2"][0] == "due"
    page = begun.client("league").get("/inspection/1/2026").text
    assert f"/filings/{filing}/attachments/1" in page
    begun.act("county", Action.RETURN, filing, "The electricity bill is missing.")
    assert states(begun, 2026)["D3201Q1"][0] == "due"


def test_what_was_filed_before_a_move_counts_at_the_new_place_too(begun):
    filing = begun.filled()
    begun.ready("confirmer", filing)
    begun.act("confirmer", Action.SUBMIT, filing)
    with begun.seen_from():  # as a move leaves it: what was filed stays in the county of the time
        for row in (
            *db.session.scalars(select(Attachment)),
            begun.filing(),
            begun.review_of(filing),
        ):
            row.place = f"{OTHER_COUNTY}000001/"
        db.session.commit()
    assert states(begun, 2026)["D3201Q1"][0] == "uploaded"
    assert states(begun, 2026, place=LEAGUE)["D3201Q1"][0] == "uploaded"
    page = begun.client("league").get("/inspection/1/2026").text
    assert f"/filings/{filing}/attachments/" not in page  # but the file itself is out of sight


def test_a_quarter_that_was_final_before_this_installation_lacks_no_report(begun):
    filing = begun.filled()
    with begun.seen_from():
        begun.filing().imported, begun.review_of(filing).state = True, State.LEAGUE_FINAL
        db.session.commit()
    found = states(begun, 2026)
    assert (found["D3201Q1"][0], found["D3201Q2"][0]) == ("uploaded", "due")


def test_what_is_set_aside_counts_no_more_in_its_year_and_after(begun):
    hand_in(begun, "D1302", 2025)
    hand_in(begun, "D1101", 2024)
    with begun.acting("league") as actor:
        set_aside(db.session.get(InspectionFile, 1), 2025, actor=actor)
        set_aside(db.session.get(InspectionFile, 2), 2026, actor=actor)
    assert states(begun, 2025)["D1302"][0] == "missing"
    assert states(begun, 2025)["D1101"][0] == "uploaded"
    assert states(begun, 2026)["D1101"][0] == "missing"
    for year in (2023, 2027):
        with pytest.raises(Conflict), begun.acting("league") as actor:
            set_aside(db.session.get(InspectionFile, 2), year, actor=actor)


def test_two_who_upload_at_once_come_one_after_the_other(begun):
    barrier, kept, wrong = threading.Barrier(2), [], []

    def go(content):
        barrier.wait()
        try:
            kept.append(hand_in(begun, "D1101", 2026, content=content))
        except Exception as error:  # noqa: BLE001
            wrong.append(error)

    threads = [threading.Thread(target=go, args=(content,)) for content in (b"1", b"2")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert wrong == []
    assert sorted((one[-2], one[-1]) for one in files(begun)) == [(1, 2026), (2, None)]


def test_rule_y_04_is_fed_with_what_is_missing_in_the_fourth_quarter(begun):
    hand_in(begun, "D1101", 2026)
    hand_in(begun, "D2202", 2026, expires_on=date(2026, 11, 27))
    with begun.seen_from(LEAGUE):
        here, there = begun.enterprise().id, 4
        missing = missing_documents(2026, [here, there])
        assert len(missing[here]) == 16
        assert {"D1101", "D3301", "D7101"}.isdisjoint(missing[here])
        assert {"D2202", "D1201"} <= missing[here]
        assert missing[there] == frozenset()  # out of sight
