"""The list of alarms as people see it: explained, answered, frozen."""

import re
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.core.db import db
from app.core.period import Quarter
from app.core.unit import unit_of_work
from app.filings.alarms import panels
from app.filings.alarms.checking import mark_of, said_of
from app.filings.alarms.explaining import is_empty_phrase
from app.filings.alarms.freezing import alarms_in, checkups_of
from app.filings.alarms.listing import id_of
from app.filings.alarms.models import Explanation
from app.filings.catalogue import mark_changed
from app.filings.models import Filing
from app.filings.queries import book_around, current_figures
from app.filings.rules.models import RuleVersion, Standing
from app.review.workflow import Action
from tests.filings.filling import everything, fill, rows_with
from tests.rulebook import ruling
from tests.world import QUARTER

WHY = "The second kiln was lit in February, and coal was bought for its first weeks."
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
EMPTY = [
    "核实无误",
    "无",
    "同上",
    "short",
    "啊" * 40,
    "核实无误，情况属实。",
    "   ",
    "ok ok ok ok ok",
    "核实无误，数据正常，情况属实，无异常",
    "经我公司核实，情况均属实，且数据正确无误。",
    "checked, all data are right and verified",
]
SAYS_SOMETHING = [
    "二号窑二月点火，一月停炉检修",
    "限电影响，经核实情况属实",
    "The second kiln was lit in February.",
]
MARK = {"code": "X-01", "key": "04", "column": "", "label": ""}


@pytest.fixture
def filing(world):
    """A filing whose coal raises the warning X-01."""
    ruling.enter(world)
    return world.filled("confirmer")


def explained(world, filing, who="confirmer", text=WHY, version="", mark=MARK, **more):
    sent = {**mark, "version": version, "reason": "new_equipment", "text": text, **more}
    return world.client(who).post(f"/filings/{filing}/alarms/explain", data=sent)


def answered(world, filing, said, who="county", remark="", version=1, mark=MARK):
    sent = {**mark, "version": version, "said": said, "remark": remark}
    return world.client(who).post(f"/filings/{filing}/alarms/answer", data=sent)


def page(world, filing, who="confirmer", query=""):
    answer = world.client(who).get(f"/filings/{filing}/alarms{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


def shown_in(text):
    return re.findall(r'<article class="rule alarm" id="(alarm-\w+)"', text)


def raised(world, filing):
    with world.seen_from():
        row = db.session.get(Filing, filing)
        around = book_around(row)
        return said_of(row, current_figures(row, around), around).raised


def the_one(world, filing):
    (one,) = [
        one for one in raised(world, filing) if one.alarm.code == "X-01" and one.mark[1] == "04"
    ]
    return one


def explanation(world, filing):
    with world.seen_from():
        query = select(Explanation).where(Explanation.filing_id == filing, Explanation.key == "04")
        row = db.session.scalars(query).one_or_none()
        return row and (row.text, row.version, row.answer.value, row.remark, row.id)


def test_the_enterprise_sees_its_alarms_with_figures_and_links(world, filing):
    text = page(world, filing)
    one = the_one(world, filing)
    assert id_of(one.mark) in shown_in(text)
    assert "bought, more than 1,000" in text
    assert f'href="/filings/{filing}/sheets/S2#S2/04/purchase_quantity"' in text
    assert "Not more is bought than the limit." in text
    assert "S2[c].purchase_quantity &lt;= tolerance" in text
    assert "Test standard 1-2026" in text
    assert 'name="text"' in text
    assert 'name="said"' not in text


def test_reviewers_see_what_was_submitted_and_nothing_of_a_draft(world, filing):
    assert world.client("county").get(f"/filings/{filing}/alarms").status_code == 404
    world.act("confirmer", Action.SUBMIT, filing)
    text = page(world, filing, "county")
    assert id_of(the_one(world, filing).mark) in shown_in(text)
    assert 'name="said" value="accepted"' in text
    assert 'name="text"' not in text
    assert 'name="said"' not in page(world, filing, "league")
    assert 'name="said"' not in page(world, filing, "staff")


@pytest.mark.parametrize("who", ["other_county", "other_confirmer", "next_confirmer"])
def test_strangers_find_nothing(world, filing, who):
    world.act("confirmer", Action.SUBMIT, filing)
    before = everything(world, filing)
    client = world.client(who)
    for address in ("alarms", "checkups/1", "explanations/1/file"):
        assert client.get(f"/filings/{filing}/{address}").status_code == 404
    for answer in (explained(world, filing, who), answered(world, filing, "accepted", who)):
        assert answer.status_code in (403, 404)
    assert everything(world, filing) == before


def test_filters_choose_by_sheet_severity_and_state(world, filing):
    ruling.enter(
        world, "X-02", severity="error", expression="S1.employees <= tolerance", sheets="S1"
    )
    everyone = shown_in(page(world, filing))
    of_s1 = shown_in(page(world, filing, query="?sheet=S1"))
    errors = shown_in(page(world, filing, query="?severity=error"))
    assert len(of_s1) == len(errors) == 0 or set(of_s1) < set(everyone)
    assert set(errors) | set(shown_in(page(world, filing, query="?severity=warning"))) == set(
        everyone
    )
    explained(world, filing)
    mine = id_of(the_one(world, filing).mark)
    assert mine in shown_in(page(world, filing, query="?state=explained"))
    assert mine not in shown_in(page(world, filing, query="?state=open"))
    odd = page(world, filing, query="?sheet=%27&severity=%00&state=x")
    assert sorted(shown_in(odd)) == sorted(everyone)
    assert "No alarm is chosen" in page(world, filing, query="?sheet=W1")


def test_a_warning_is_explained_and_the_explanation_stands(world, filing):
    answer = explained(world, filing)
    assert answer.status_code == 302
    assert answer.location.endswith(
        f"/filings/{filing}/alarms#{id_of(the_one(world, filing).mark)}"
    )
    assert explanation(world, filing)[:3] == (WHY, 1, "none")
    assert the_one(world, filing).explained
    assert WHY in page(world, filing)


@pytest.mark.parametrize("text", EMPTY)
def test_what_says_nothing_is_refused_with_all_that_was_typed(world, filing, text):
    before = everything(world, filing)
    answer = explained(world, filing, text=text)
    assert answer.status_code == 422
    assert text in answer.text
    assert "Say what happened in the enterprise" in answer.text
    assert '<option value="new_equipment" selected>' in answer.text
    assert everything(world, filing) == before
    assert explanation(world, filing) is None


@pytest.mark.parametrize("text", SAYS_SOMETHING)
def test_stock_phrases_beside_a_reason_do_no_harm(text):
    assert not is_empty_phrase(text)


def test_others_read_what_was_handed_in_until_it_is_handed_in_again(world, filing):
    explained(world, filing, file=(BytesIO(PDF), "kiln.pdf"))
    world.act("confirmer", Action.SUBMIT, filing)
    world.act("county", Action.RETURN, filing, "The electricity bill is missing.")
    again = f"{WHY} And a third one in March."
    explained(world, filing, text=again, version=str(explanation(world, filing)[1]))
    number = explanation(world, filing)[-1]
    address = f"/filings/{filing}/explanations/{number}"
    assert again in page(world, filing)
    text = page(world, filing, "county")
    assert WHY in text
    assert again not in text
    assert f"{address}/opened" in text
    assert f"{address}/shown" in world.client("county").get(f"{address}/opened").text
    for shown in ("file", "shown"):
        answer = world.client("county").get(f"{address}/{shown}", buffered=True)
        assert answer.data == PDF
    newer = (BytesIO(PDF + b"%2"), "newer.pdf")
    explained(world, filing, version=str(explanation(world, filing)[1]), file=newer)
    assert "newer.pdf" not in page(world, filing, "county")
    assert world.client("county").get(address).status_code == 404
    world.act("confirmer", Action.SUBMIT, filing)
    assert "newer.pdf" in page(world, filing, "county")


def test_an_earlier_version_is_compared_with_the_print_that_went_with_it(world, filing):
    """F-05 speaks of the newest print; that of the second version is none of the first."""
    world.act("confirmer", Action.SUBMIT, filing)
    world.act("county", Action.RETURN, filing, "The electricity bill is missing.")
    fill(world, filing, "S1", rows_with("S1", employees=999))
    world.act("confirmer", Action.SUBMIT, filing)
    for number in (1, 2, 3):
        answer = world.client("county").get(f"/filings/{filing}/checkups/{number}")
        assert answer.status_code == 200
        assert "F-05" not in answer.text, number


def test_the_list_is_fetched_as_a_workbook(world, filing):
    explained(world, filing)
    answer = world.client("confirmer").get(f"/filings/{filing}/alarms.xlsx")
    assert answer.status_code == 200
    heads, *rows = load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True)
    assert len(rows) == len(raised(world, filing))
    lines = [dict(zip(heads, row, strict=True)) for row in rows]
    row = next(one for one in lines if one["Where"].startswith("S2 · 04 "))
    assert (row["Rule"], row["Explanation"]) == ("X-01", WHY)
    assert row["Open or settled"] == "settled"
    assert world.client("county").get(f"/filings/{filing}/alarms.xlsx").status_code == 404


@pytest.mark.parametrize("reason", ["", "because", "0"])
def test_a_reason_is_chosen_from_the_list(world, filing, reason):
    answer = explained(world, filing, reason=reason)
    assert answer.status_code == 422
    assert WHY in answer.text
    assert explanation(world, filing) is None


def test_a_file_goes_with_it_and_only_those_who_see_the_filing_get_it(world, filing):
    answer = explained(world, filing, file=(BytesIO(PDF), "kiln.pdf"))
    assert answer.status_code == 302
    number = explanation(world, filing)[-1]
    address = f"/filings/{filing}/explanations/{number}/file"
    assert world.client("confirmer").get(address, buffered=True).data == PDF
    assert world.client("county").get(address).status_code == 404  # still a draft
    assert world.client("other_county").get(address).status_code == 404
    world.act("confirmer", Action.SUBMIT, filing)
    assert world.client("county").get(address, buffered=True).data == PDF
    other = world.filled("other_confirmer")
    wrong = f"/filings/{other}/explanations/{number}/file"
    assert world.client("other_confirmer").get(wrong).status_code == 404


def test_a_file_that_is_none_is_refused_beside_the_box(world, filing):
    answer = explained(world, filing, file=(BytesIO(b"MZ"), "kiln.exe"))
    assert answer.status_code == 422
    assert WHY in answer.text
    assert explanation(world, filing) is None


def test_a_double_click_explains_once(world, filing):
    assert [explained(world, filing).status_code for _ in range(2)] == [302, 302]
    assert explanation(world, filing)[:2] == (WHY, 1)


def test_of_two_windows_the_second_is_told_and_loses_nothing(world, filing):
    explained(world, filing)
    other = "A third boiler was bought, and its stock of coal with it."
    answer = explained(world, filing, "filler", other)
    assert answer.status_code == 409
    assert other in answer.text
    assert explanation(world, filing)[:2] == (WHY, 1)
    assert explained(world, filing, "filler", other, version=1).status_code == 302
    assert explanation(world, filing)[:2] == (other, 2)


def test_an_alarm_that_is_gone_is_told_with_what_was_typed(world, filing):
    answer = explained(world, filing, mark={**MARK, "key": "05"})
    assert answer.status_code == 409
    assert WHY in answer.text


def test_an_error_is_corrected_and_not_explained(world, filing):
    ruling.enter(world, "X-02", severity="error")
    answer = explained(world, filing, mark={**MARK, "code": "X-02"})
    assert answer.status_code == 422
    assert "An error is corrected, not explained." in answer.text
    assert WHY in answer.text


def test_the_explanation_falls_when_the_figures_change(world, filing):
    explained(world, filing)
    fill(world, filing, "S2", rows_with("S2", "04", purchase_quantity=190001))
    text = page(world, filing)
    assert the_one(world, filing).fell
    assert "This explanation fell" in text
    assert f">{WHY}</textarea>" in text


def test_only_the_tier_whose_turn_it_is_answers(world, filing):
    explained(world, filing)
    assert answered(world, filing, "accepted").status_code in (403, 404)
    world.act("confirmer", Action.SUBMIT, filing)
    for who in ("league", "region", "staff", "observer", "confirmer"):
        assert answered(world, filing, "accepted", who).status_code == 403, who
    assert answered(world, filing, "accepted").status_code == 302
    assert explanation(world, filing)[2] == "accepted"
    stale = answered(world, filing, "asked_again", remark="Which kiln was it?")
    assert stale.status_code == 409
    assert "Which kiln was it?" in stale.text


@pytest.mark.parametrize(("said", "remark"), [("asked_again", "why?"), ("none", WHY), ("", WHY)])
def test_an_answer_that_says_nothing_is_refused(world, filing, said, remark):
    explained(world, filing)
    world.act("confirmer", Action.SUBMIT, filing)
    answer = answered(world, filing, said, remark=remark)
    assert answer.status_code == 422
    assert remark in answer.text
    assert explanation(world, filing)[2] == "none"


def test_who_asks_again_makes_the_next_submission_wait(world, filing):
    explained(world, filing)
    world.act("confirmer", Action.SUBMIT, filing)
    remark = "Which kiln, and how much coal for it?"
    assert answered(world, filing, "asked_again", remark=remark).status_code == 302
    world.act("county", Action.RETURN, filing, "One explanation is not enough.")
    assert the_one(world, filing).is_open
    assert remark in page(world, filing)
    again = "Kiln 2 took 1,200 t in February, by the stock book of the yard."
    assert explained(world, filing, text=again, version=2).status_code == 302
    assert the_one(world, filing).explained
    assert explanation(world, filing)[2:4] == ("none", "")


def rule_changed(world, code, **other):
    """Put other words of a rule in force for the quarter of the tests, past all that guards it."""
    number = ruling.drafted(world, code, **other)
    with world.seen_from(), unit_of_work():
        mark_changed()
        row = ruling.version(number)
        row.from_year, row.from_quarter = QUARTER.year, QUARTER.quarter
        row.standing = Standing.ACTIVE


def test_what_was_frozen_stays_when_a_rule_changes(world, filing):
    explained(world, filing)
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        (checkup,) = checkups_of(db.session.get(Filing, filing))
        kept, content = [mark_of(one) for one in alarms_in(checkup)], checkup.content
        code = checkup.hash
    assert tuple(MARK.values()) in kept
    address = f"/filings/{filing}/checkups/1"
    first = world.client("county").get(address).text
    assert shown_in(first) == [id_of(mark) for mark in kept]
    assert WHY in first
    assert code in first
    assert "Still raised" in first
    assert "No longer raised" not in first
    ruling.enter(world, "X-03", message_en="A new rule says so.")
    rule_changed(world, "X-01", message_en="Other words: {actual}", tolerance=Decimal(900_000))
    second = world.client("county").get(address).text
    assert shown_in(second)[: len(kept)] == shown_in(first)
    assert "No longer raised" in second
    assert "A new rule says so." in second
    assert "Other words" not in second
    with world.seen_from():
        (checkup,) = checkups_of(db.session.get(Filing, filing))
        assert (checkup.content, checkup.hash) == (content, code)


def test_beside_frozen_numbers_stand_those_of_today(world, filing):
    explained(world, filing)
    world.act("confirmer", Action.SUBMIT, filing)
    rule_changed(world, "X-01", message_en="Other words: {expected}", tolerance=Decimal(1001))
    text = world.client("county").get(f"/filings/{filing}/checkups/1").text
    assert "Other numbers" in text
    assert "Other words: 1,001" in text
    assert "bought, more than 1,000" in text


def test_there_is_no_checkup_with_another_number(world, filing):
    world.act("confirmer", Action.SUBMIT, filing)
    for number in (0, 2, 99999999999999):
        assert world.client("county").get(f"/filings/{filing}/checkups/{number}").status_code == 404


def test_a_rule_that_could_not_run_is_listed_apart(world, filing, monkeypatch):
    known = panels.lookups_of

    def without_bounds(book):
        return {name: look for name, look in known(book).items() if name != "price_max"}

    ruling.enter(world, "X-04", expression="price_max(c) >= 0 for c in S2")
    assert "<b>X-04</b>" not in page(world, filing)
    monkeypatch.setattr(panels, "lookups_of", without_bounds)
    text = page(world, filing)
    assert re.search(r"<li><b>X-04</b>.*price_max.*</li>", text)
    filing_page = world.client("confirmer").get(f"/filings/{filing}").text
    assert "rules could not be run" in filing_page  # told, and never counted as passed
    assert "X-04 could not be checked" not in filing_page  # the region mends it


def test_a_filing_without_alarms_says_so(world):
    with world.seen_from(), unit_of_work():
        mark_changed()
        for one in db.session.scalars(select(RuleVersion)):
            one.enabled = False
    text = page(world, world.filled("confirmer"))
    assert "No rule raises an alarm." in text


def test_pages_count_the_alarms_and_lead_to_them(world, filing):
    link = f'href="/filings/{filing}/alarms"'
    assert link in world.client("confirmer").get(f"/filings/{filing}").text
    explained(world, filing)
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        review = db.session.get(Filing, filing).review_id
    text = world.client("county").get(f"/reviews/{review}").text
    assert link in text
    assert "0 unexplained" in text
    assert f'href="/filings/{filing}/checkups/1"' in text


@pytest.mark.parametrize(
    ("who", "quarter", "typed", "status"),
    [
        ("county", 4, "500,000.5", 302),
        ("county", 4, "much", 422),
        ("county", 1, "500000", 409),
        ("staff", 4, "500000", 403),
        ("confirmer", 4, "500000", 403),
        ("other_county", 4, "500000", 404),
    ],
)
def test_a_reviewer_keys_the_production_report(world, who, quarter, typed, status):
    period = Quarter(2025, quarter)
    filing = world.filled("confirmer", period)
    world.act("confirmer", Action.SUBMIT, filing)
    sent = {"reported_energy": typed}
    answer = world.client(who).post(f"/filings/{filing}/reported-energy", data=sent)
    assert answer.status_code == status
    with world.seen_from():
        kept = db.session.get(Filing, filing).reported_energy
    assert kept == (Decimal("500000.5") if status == 302 else None)
    assert typed in answer.text or status != 422
    assert ('name="reported_energy"' in page(world, filing, "county")) == (quarter == 4)


class Program:
    """Somebody's program, which speaks JSON."""

    def __init__(self, world, filing, who="confirmer"):
        self.client, self.headers = world.app.test_client(), world.token(who)
        self.address = f"/api/v1/filings/{filing}/alarms"

    def read(self):
        return self.client.get(self.address, headers=self.headers)

    def explain(self, code="X-01", **sent):
        sent = {"key": "04", "reason": "season", "text": WHY, **sent}
        address = f"{self.address}/{code}/explanation"
        return self.client.put(address, json=sent, headers=self.headers)


def test_a_program_reads_alarms_and_explains_them(world, filing):
    program = Program(world, filing)
    told = program.read().json
    (one,) = [a for a in told["result"] if (a["code"], a["key"]) == ("X-01", "04")]
    assert one["where"] == "S2/04/purchase_quantity"
    assert one["expected"] == {"value": "1000", "unit": "t"}
    assert one["open"]
    assert one["explanation"] is None
    assert told["count"]["unexplained"] == told["count"]["warnings"] > 0
    answer = program.explain()
    assert answer.status_code == 200, answer.text
    assert answer.json["result"]["version"] == 1
    assert program.explain(text=WHY + " Twice.").status_code == 409
    assert program.explain(text=WHY + " Twice.", version=1).json["result"]["version"] == 2
    assert program.read().json["count"]["explained"] == 1


@pytest.mark.parametrize(
    ("sent", "status", "where"),
    [
        ({"text": "核实无误"}, 422, "text"),
        ({"text": 7}, 422, "text"),
        ({"reason": "because"}, 422, "reason"),
        ({"version": "1"}, 422, "version"),
        ({"key": "77"}, 409, None),
        ({"code": "X-77"}, 409, None),
    ],
)
def test_a_program_is_told_what_is_wrong(world, filing, sent, status, where):
    before = everything(world, filing)
    answer = Program(world, filing).explain(**sent)
    assert answer.status_code == status
    assert [one["where"] for one in answer.json["details"]] == ([where] if where else [])
    assert everything(world, filing) == before


@pytest.mark.parametrize(("who", "status"), [("county", 403), ("other_confirmer", 404)])
def test_programs_of_others_explain_nothing(world, filing, who, status):
    assert Program(world, filing, who).explain().status_code == status
    assert Program(world, filing, who).read().status_code == 404
