"""The pages of the rules: who may what, two windows, hostile texts, what the public is told."""

import json
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.checks.builder import AGGREGATES, PLAIN
from app.checks.written_out import WRITTEN_OUT
from app.core.db import db
from app.filings.alarms.schema import SCHEMA
from app.filings.rules.models import RuleVersion, Standing
from app.filings.rules.operations import find_draft, last_active, mark_of
from app.review.workflow import Action
from app.rulebook import vocabulary
from tests.rulebook.ruling import HOSTILE, SOON, drafted, enter, version, wording
from tests.security.probing import nothing_changes

KEEPERS = ["region", "super"]
READERS = ["league", "county", "staff", "observer"]
JSON = {"Accept": "application/json"}


def typed(**other):
    """What the form of the editor sends."""
    values = wording(**other)
    sent = {name: "" if value is None else str(value) for name, value in values.items()}
    sent["sheets"] = values["sheets"].split(",")
    sent["severity"], sent["addressee"] = values["severity"].value, values["addressee"].value
    del sent["fourth_quarter_only"]
    return sent


def shown(world, code="X-01"):
    with world.seen_from():
        begun = find_draft(code) or last_active(code)
        return mark_of(begun) if begun else "new"


def drafts(world, code="X-01"):
    with world.seen_from():
        query = select(RuleVersion).where(
            RuleVersion.code == code, RuleVersion.standing == Standing.DRAFT
        )
        return db.session.scalars(query).all()


def save(world, number, by="region", **other):
    data = {"shown": shown(world), "code": "X-01", **typed(**other)}
    return world.client(by).post(f"/rulebook/edit/{number}", data=data)


def test_a_rule_is_drafted_on_its_page(world):
    number = enter(world)
    answer = save(world, number, tolerance="2000", industries="26，25")
    assert answer.status_code == 302, answer.text
    [draft] = drafts(world)
    assert (draft.tolerance, draft.industries, draft.created_by) == (2000, "26,25", "Region Tester")
    page = world.client("region").get(answer.location)
    assert "What changes from version 1" in page.text
    assert "Activate" in page.text


def test_a_new_rule_is_drafted_on_its_page(world):
    data = {"shown": "new", "code": "x-77", **typed()}
    answer = world.client("region").post("/rulebook/add", data=data)
    assert answer.status_code == 302, answer.text
    [draft] = drafts(world, "X-77")
    assert draft.number == 1


def test_what_is_refused_comes_back_with_all_that_was_typed(world):
    number = enter(world)
    with nothing_changes(world):
        answer = save(world, number, expression="S2[c].nonsense <= tolerance", source="Standard 9")
    assert answer.status_code == 422
    assert "S2 has no column nonsense." in answer.text
    assert "Line 1, character 1:" in answer.text
    assert 'value="Standard 9"' in answer.text


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_expression_never_breaks_the_editor(world, name):
    number = enter(world)
    client = world.client("region")
    data = {"shown": shown(world), "code": "X-01", **typed(expression=HOSTILE[name])}
    with nothing_changes(world):
        answer = client.post(f"/rulebook/edit/{number}", data=data)
        assert answer.status_code == 422
        tried = client.post("/rulebook/try", data=data, headers=JSON)
        assert tried.status_code == 200
        page = client.post("/rulebook/try", data=data)
        assert page.status_code == 200
    assert "expression" in [one["where"] for one in tried.json["problems"]]
    [mark] = [one for one in tried.json["marks"] if one["where"] == "expression"]
    assert mark["line"] >= 1
    assert mark["under"].endswith("^")
    assert "<script>alert" not in answer.text
    assert "<script>alert" not in tried.json["shown"]


@pytest.mark.parametrize(
    "tolerance", ["1e999999999", "NaN", "Infinity", "-1", "１２", "x" * 30, "1e5000"]
)
def test_a_tolerance_that_is_none_is_refused_at_its_input(world, tolerance):
    number = enter(world)
    with nothing_changes(world):
        answer = save(world, number, tolerance=tolerance)
    assert answer.status_code == 422
    assert 'id="tolerance-wrong"' in answer.text


def test_two_windows_do_not_overwrite_each_other(world):
    number = enter(world)
    old = shown(world)
    save(world, number, tolerance="2000")
    data = {"shown": old, "code": "X-01", **typed(tolerance="3000")}
    with nothing_changes(world):
        answer = world.client("super").post(f"/rulebook/edit/{number}", data=data)
    assert answer.status_code == 409
    assert "Someone else has just changed this" in answer.text


def test_the_same_form_sent_twice_is_one_draft(world):
    number = enter(world)
    data = {"shown": shown(world), "code": "X-01", **typed(tolerance="2000")}
    client = world.client("region")
    first = client.post(f"/rulebook/edit/{number}", data=data)
    again = client.post(f"/rulebook/edit/{number}", data=data)
    assert (first.status_code, again.status_code) == (302, 302)
    assert len(drafts(world)) == 1


@pytest.mark.parametrize("who", READERS)
def test_staff_read_the_rules_and_change_nothing(world, who):
    number = enter(world)
    draft = drafted(world, tolerance=Decimal(2000))
    client = world.client(who)
    for address in ("/rulebook/list/", f"/rulebook/{number}", "/rule-usefulness/"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "/rulebook/edit/" not in answer.text
    with nothing_changes(world):
        for address in (
            "/rulebook/add",
            f"/rulebook/edit/{number}",
            f"/rulebook/{draft}/begin",
            f"/rulebook/{number}/switch",
            f"/rulebook/{draft}/discard",
            f"/rulebook/{draft}/trial",
            "/rulebook/try",
            "/rule-sweeps/",
        ):
            assert client.post(address, data=typed()).status_code == 403, address


@pytest.mark.parametrize("who", ["filler", "confirmer"])
def test_enterprises_have_the_public_book_only(world, who):
    number = enter(world)
    client = world.client(who)
    assert client.get(f"/rulebook/{number}").status_code == 403
    assert client.get("/rulebook/list/").status_code == 403
    assert client.get("/rules/").status_code == 200


@pytest.mark.parametrize("who", KEEPERS)
def test_activation_asks_for_a_back_test_or_a_word_why_not(world, who):
    enter(world)
    number = drafted(world, tolerance=Decimal(2000))
    client = world.client(who)
    begin = {"from_quarter": str(SOON), "reason": "The limit is too low.", "shown": "1"}
    with nothing_changes(world):
        answer = client.post(f"/rulebook/{number}/begin", data=begin)
        assert answer.status_code == 422
        assert "Run a back-test of this text first" in answer.text
        without = {**begin, "without_trial": "y", "why_without": "no"}
        assert client.post(f"/rulebook/{number}/begin", data=without).status_code == 422
    without = {**begin, "without_trial": "y", "why_without": "There are no filings yet."}
    assert client.post(f"/rulebook/{number}/begin", data=without).status_code == 302
    with world.seen_from():
        assert version(number).standing is Standing.ACTIVE


@pytest.mark.parametrize("quarter", ["", "2026", "2026Q9", "9999Q1", "x"])
def test_a_quarter_that_is_none_is_no_fault_of_ours(world, quarter):
    enter(world)
    number = drafted(world, tolerance=Decimal(2000))
    begin = {"from_quarter": quarter, "reason": "because", "shown": "1", "without_trial": "y"}
    answer = world.client("region").post(f"/rulebook/{number}/begin", data=begin)
    assert answer.status_code in (404, 422)


def test_a_draft_is_put_aside_on_its_page(world):
    enter(world)
    number = drafted(world, tolerance=Decimal(2000))
    client = world.client("region")
    stale = client.post(f"/rulebook/{number}/discard", data={"shown": "9"})
    assert stale.status_code == 409
    assert client.post(f"/rulebook/{number}/discard", data={"shown": "1"}).status_code == 302
    assert drafts(world) == []


def test_a_new_rule_that_was_put_aside_is_taken_up_again(world):
    number = drafted(world, "X-55")
    client = world.client("region")
    client.post(f"/rulebook/{number}/discard", data={"shown": "1"})
    page = client.get(f"/rulebook/edit/{number}")
    assert 'name="shown" value="new"' in page.text
    assert "purchase_quantity" in page.text
    data = {"shown": "new", "code": "X-55", **typed()}
    assert client.post(f"/rulebook/edit/{number}", data=data).status_code == 302
    [draft] = drafts(world, "X-55")
    assert draft.number == 2


def test_a_rule_is_switched_on_its_page(world):
    number = enter(world)
    client = world.client("region")
    assert "Switch off" in client.get(f"/rulebook/{number}/switch").text
    sent = {"from_quarter": str(SOON), "reason": "It is wrong.", "shown": "1"}
    assert client.post(f"/rulebook/{number}/switch", data=sent).status_code == 302
    again = client.post(f"/rulebook/{number}/switch", data=sent)
    assert again.status_code == 409  # clicked twice
    with world.seen_from():
        assert not last_active("X-01").enabled


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=more+than+the+lim", True),
        ("q=X-0&sheet=S2&severity=warning&on=on", True),
        ("q=X-0&severity=error", False),
        ("q=X-0&sheet=S2R", False),
        ("q=X-0&on=off", False),
        ("q=X-0&on=draft", False),
        ("q=X-0&family=C", False),
    ],
)
def test_the_list_is_filtered(world, asked, found):
    enter(world, about_en="Not more than the limit.")
    answer = world.client("region").get(f"/rulebook/list/?{asked}")
    assert (">X-01</a>" in answer.text) is found


def test_a_filter_that_is_none_is_not_found(world):
    assert world.client("region").get("/rulebook/list/?on=nonsense").status_code == 404


def test_the_vocabulary_is_all_that_the_language_knows(world):
    answer = world.client("region").get("/rulebook/vocabulary.json")
    told = answer.json
    assert {one["name"] for one in told["sheets"]} == set(SCHEMA.sheets)
    for sheet in told["sheets"]:
        names = [one["name"] for one in sheet["columns"]]
        assert names == list(SCHEMA.sheets[sheet["name"]].columns)
        assert all(one["title"] and one["title"] != one["name"] for one in sheet["columns"]), sheet
    functions = {*PLAIN, *AGGREGATES, *WRITTEN_OUT, *SCHEMA.facts, *SCHEMA.lookups}
    assert {one["name"] for one in told["words"]} == functions | set(vocabulary.WORDS)
    variables = {one.variable for one in SCHEMA.sheets.values()} - {""}
    assert variables == set(vocabulary.VARIABLES)


def test_the_vocabulary_is_told_in_the_readers_language(world):
    client = world.client("region")
    client.get("/lang/zh")
    told = json.dumps(client.get("/rulebook/vocabulary.json").json, ensure_ascii=False)
    assert "全部行之和" in told


def test_what_is_typed_is_tried_on_a_filing_and_nothing_is_kept(world):
    number = enter(world)
    world.act("confirmer", Action.SUBMIT, world.filled())
    client = world.client("region")
    with world.seen_from():
        enterprise = world.enterprise().id
    data = {
        "code": "X-01",
        **typed(tolerance="999999"),
        "enterprise": str(enterprise),
        "period": "2026Q1",
    }
    with nothing_changes(world):
        answer = client.post("/rulebook/try", data=data, headers=JSON)
        page = client.post("/rulebook/try", data=data)
    assert answer.json["problems"] == []
    assert "Holds" in answer.json["shown"]
    assert "Alarm" in answer.json["shown"]  # by the active version
    assert 'class="differs"' in answer.json["shown"]
    assert "S2[04].purchase_quantity" in answer.json["shown"]
    assert "S2[04].purchase_quantity" in page.text
    assert number


def test_a_filing_out_of_reach_is_not_tried(world):
    enter(world)
    filing = world.filled()  # a draft: nobody else sees its figures
    client = world.client("region")
    with world.seen_from():
        enterprise = world.enterprise().id
    data = {"code": "X-01", **typed(), "enterprise": str(enterprise), "period": "2026Q1"}
    answer = client.post("/rulebook/try", data=data, headers=JSON)
    assert [one["where"] for one in answer.json["problems"]] == ["filing"]
    data["enterprise"] = "999999"
    assert client.post("/rulebook/try", data=data, headers=JSON).json["problems"]
    assert filing
