"""Problem reports: sent once from one's own place, answered by the region."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from uuid import uuid4

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select

from app.accounts.models import AddedPlace, WhyAdded
from app.audit.models import AuditEntry
from app.core.db import db
from app.core.unit import unit_of_work
from app.support.models import ProblemReport, ReportState
from app.support.operations import MOST_OPEN, is_local_path
from tests.support.saying import EDITORS, READERS, reported, values
from tests.world import COUNTY, LEAGUE, NEXT_COUNTY, OTHER_LEAGUE, PEOPLE

PAGE, LISTED = "/support/", "/support/reports/list/"
SUBJECT = "The import stops"


def form(**more):
    text = "I chose a file.\r\nNothing happened."
    return {"key": str(uuid4()), "subject": SUBJECT, "text": text, "page": "", **more}


def count(world, kind=ProblemReport):
    with world.seen_from():
        return db.session.scalar(select(func.count(kind.id)))


def answered(world, pk, text="Try again.", who="region", version=1):
    return world.client(who).post(
        f"/support/reports/{pk}", data={"answer": text, "version": version}
    )


def listed(client, **asked):
    text = client.get(LISTED, query_string=asked).text
    return {int(number) for number in re.findall(r'href="/support/reports/(\d+)"', text)}


# reporting


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_reports_from_the_own_place_and_finds_it_again(world, who):
    client = world.client(who)
    answer = client.post(PAGE, data=form(page="/filings/list/?period=all"))
    assert (answer.status_code, answer.location) == (302, "/support/reports/1")
    made = values(world, ProblemReport, 1)
    with world.seen_from():
        person = db.session.scalars(select(User).where(User.username == who)).one()
        assert (made["place"], made["reporter_id"]) == (person.place, person.id)
    assert made["reporter_name"] == f"{who.title()} Tester"
    assert made["text"] == "I chose a file.\nNothing happened."
    assert (made["page"], made["state"]) == ("/filings/list/?period=all", ReportState.OPEN)
    page = client.get("/support/reports/1").text
    assert ">I chose a file.<br>Nothing happened.</p>" in page
    assert 'href="/filings/list/?period=all"' in page
    assert SUBJECT in client.get(PAGE).text


def test_a_deputy_reports_from_the_own_place_all_the_same(world):
    """The absent colleague's place comes first in the scope."""
    with world.seen_from(), unit_of_work():
        person = db.session.scalars(select(User).where(User.username == "next_confirmer")).one()
        own = person.place
        added = AddedPlace(place=COUNTY, reason=WhyAdded.DEPUTY, starts_on=date(2020, 1, 1))
        person.added_places.append(added)
    assert own > COUNTY
    assert world.client("next_confirmer").post(PAGE, data=form()).status_code == 302
    assert values(world, ProblemReport, 1)["place"] == own


def test_the_journal_tells_of_it_without_its_text(world):
    """League administrators and observers read the journal, but not the reports of others."""
    pk = reported(world, subject="About my league", text="They are slow.")
    assert answered(world, pk, "We shall ask them.").status_code == 302
    with world.seen_from(LEAGUE):
        query = select(AuditEntry).where(AuditEntry.subject_kind == "problem_report")
        told, answer = db.session.scalars(query.order_by(AuditEntry.id)).all()
        assert (told.tag, answer.tag) == ("support:report", "support:answer")
        assert told.place == answer.place == values(world, ProblemReport, pk)["place"]
        assert len(json.loads(told.facts)["text"]) == 64
        for entry in (told, answer):
            assert "league" not in entry.subject
            assert "slow" not in entry.facts
            assert "ask" not in entry.facts


def test_who_was_given_no_place_reports_nothing(world):
    with world.seen_from(), unit_of_work():
        db.session.scalars(select(User).where(User.username == "staff")).one().place = None
    answer = world.client("staff").post(PAGE, data=form())
    assert answer.status_code == 403
    assert count(world) == 0


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"subject": ""}, "subject-wrong"),
        ({"subject": "x" * 121}, "subject-wrong"),
        ({"text": " \r\n "}, "text-wrong"),
        ({"text": "x" * 2001}, "text-wrong"),
        ({"text": "a\0b"}, "text-wrong"),
        ({"page": "https://example.test/x"}, "page-wrong"),
        ({"page": "//example.test"}, "page-wrong"),
        ({"page": "javascript:alert(1)"}, "page-wrong"),
        ({"page": "/" + "x" * 300}, "page-wrong"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_the_key_is_kept(world, wrong, told):
    data = form(**wrong)
    answer = world.client("filler").post(PAGE, data=data)
    assert answer.status_code == 422
    assert f'id="{told}"' in answer.text
    assert f'aria-describedby="{told}' in answer.text
    assert data["key"] in answer.text
    assert count(world) == 0


@pytest.mark.parametrize("key", ["", "x", "1' or 1=1", None])
def test_a_form_without_its_key_is_refused(world, key):
    data = {name: value for name, value in form(key=key).items() if value is not None}
    answer = world.client("filler").post(PAGE, data=data)
    assert answer.status_code == 422
    assert count(world) == 0


def test_the_longest_texts_fit(world):
    text = "\r\n".join(["文" * 19] * 100)
    data = form(subject="题" * 120, text=text, page="/" + "x" * 299)
    assert world.client("filler").post(PAGE, data=data).status_code == 302
    made = values(world, ProblemReport, 1)
    assert (len(made["subject"]), len(made["text"]), len(made["page"])) == (120, 1999, 300)
    assert answered(world, 1, "答" * 2000).status_code == 302
    assert "答" * 2000 in world.client("filler").get("/support/reports/1").text


# the page on which it happened


@pytest.mark.parametrize(
    ("path", "local"),
    [
        ("/", True),
        ("/filings/3", True),
        ("/filings/list/?period=all&q=%E5%8C%85#x", True),
        ("/企业", True),
        ("/" + "x" * 299, True),
        ("/" + "x" * 300, False),
        ("", False),
        ("filings/3", False),
        ("//example.test", False),
        ("/\\example.test", False),
        ("/a\\b", False),
        ("/\t/example.test", False),
        ("/\n/example.test", False),
        ("/ x", False),
        ("https://example.test/", False),
        ("javascript:alert(1)", False),
        ("/a\0b", False),
    ],
)
def test_a_local_path_leads_nowhere_else(world, path, local):
    assert is_local_path(path) is local
    page = world.client("filler").get(PAGE, query_string={"page": path}).text
    shown = re.search(r'<input[^>]*id="page"[^>]*value="([^"]*)"', page).group(1)
    assert (shown != "") is local


def test_a_whole_address_of_this_platform_becomes_its_path(world):
    data = form(page="http://localhost/filings/3?x=1")
    assert world.client("filler").post(PAGE, data=data).status_code == 302
    assert values(world, ProblemReport, 1)["page"] == "/filings/3?x=1"


# once only


def test_a_form_sent_twice_makes_one_report_and_shows_it_again(world):
    client, data = world.client("filler"), form()
    first = client.post(PAGE, data=data)
    before, entries = values(world, ProblemReport, 1), count(world, AuditEntry)
    second = client.post(PAGE, data={**data, "subject": "Changed", "key": data["key"].upper()})
    assert first.location == second.location == "/support/reports/1"
    assert "has been sent before" in client.get(second.location).text
    assert values(world, ProblemReport, 1) == before
    assert (count(world), count(world, AuditEntry)) == (1, entries)


def test_a_double_click_makes_one_report(world):
    data, start = form(), Barrier(4)
    clients = [world.client("filler") for _ in range(4)]

    def send(client):
        start.wait()
        return client.post(PAGE, data=data).location

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(send, clients)) == {"/support/reports/1"}
    assert count(world) == 1


def test_the_key_of_somebody_else_is_nobodys_business(world):
    data = form()
    assert world.client("filler").post(PAGE, data=data).location == "/support/reports/1"
    assert world.client("confirmer").post(PAGE, data=data).location == "/support/reports/2"


def test_every_form_has_a_key_of_its_own(world):
    client = world.client("filler")
    keys = {re.search(r'name="key"[^>]*value="([^"]+)"', client.get(PAGE).text)[1] for _ in "ab"}
    assert len(keys) == 2


def test_one_person_has_at_most_twenty_open_reports(world):
    for _ in range(MOST_OPEN):
        reported(world)
    client = world.client("filler")
    refused = client.post(PAGE, data=form())
    assert refused.status_code == 422
    assert "20 of your reports are still open" in refused.text
    assert SUBJECT in refused.text
    assert count(world) == MOST_OPEN
    assert world.client("confirmer").post(PAGE, data=form()).status_code == 302
    assert answered(world, 1).status_code == 302
    assert client.post(PAGE, data=form()).status_code == 302


def test_the_twentieth_is_counted_even_when_two_come_at_once(world):
    for _ in range(MOST_OPEN - 1):
        reported(world)
    start, clients = Barrier(3), [world.client("filler") for _ in range(3)]

    def send(client):
        start.wait()
        return client.post(PAGE, data=form()).status_code

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(send, clients)) == [302, 422, 422]
    assert count(world) == MOST_OPEN


# who sees which


@pytest.mark.parametrize("who", [name for name in READERS if name != "filler"])
def test_for_everybody_else_there_is_no_such_report(world, who):
    pk = reported(world, "filler", subject="Mine alone")
    client, before = world.client(who), values(world, ProblemReport, pk)
    assert client.get(f"/support/reports/{pk}").status_code == 404
    assert client.post(f"/support/reports/{pk}", data={"answer": "x"}).status_code == 403
    assert client.post(f"/support/reports/{pk}/close", data={"version": 1}).status_code == 403
    assert client.get(LISTED).status_code == 403
    assert "Mine alone" not in client.get(PAGE).text
    assert values(world, ProblemReport, pk) == before


def test_the_reporter_reads_the_answer_and_answers_nothing(world):
    pk = reported(world)
    client = world.client("filler")
    assert client.post(f"/support/reports/{pk}", data={"answer": "x"}).status_code == 403
    assert client.post(f"/support/reports/{pk}/close", data={"version": 1}).status_code == 403
    page = client.get(f"/support/reports/{pk}").text
    assert "There is no answer yet." in page
    assert 'id="answer"' not in page
    assert answered(world, pk, "Try\r\n\r\n<b>again</b>").status_code == 302
    page = client.get(f"/support/reports/{pk}").text
    assert "<p>Try</p>" in page
    assert ">&lt;b&gt;again&lt;/b&gt;</p>" in page
    assert "Region Tester" in page
    assert "state-answered" in client.get(PAGE).text


@pytest.mark.parametrize("who", EDITORS)
def test_the_region_and_the_super_administrator_see_all_of_their_area(world, who):
    numbers = {reported(world, by) for by in ("filler", "county", "other_league", "region")}
    assert listed(world.client(who)) == numbers


def test_what_the_super_administrator_reports_lies_above_the_region(world):
    pk = reported(world, "super")
    assert listed(world.client("super")) == {pk}
    assert listed(world.client("region")) == set()
    assert world.client("region").get(f"/support/reports/{pk}").status_code == 404


def test_who_is_given_the_right_in_a_league_sees_that_league(world):
    inside, outside = reported(world, "filler"), reported(world, "other_county")
    with world.seen_from(), unit_of_work():
        sm = world.app.appbuilder.sm
        right = sm.find_permission_view_menu("can_answer", "Support")
        role = sm.find_role("league_administrator")
        role.permissions.append(right)
    client = world.client("league")
    assert listed(client) == {inside}
    assert listed(client, place=OTHER_LEAGUE) == set()
    assert client.get(f"/support/reports/{outside}").status_code == 404
    assert answered(world, outside, who="league").status_code == 404
    closed = client.post(f"/support/reports/{outside}/close", data={"version": 1})
    assert closed.status_code == 404
    assert values(world, ProblemReport, outside)["state"] is ReportState.OPEN
    assert answered(world, inside, who="league").status_code == 302


def test_the_list_is_filtered_by_state_text_and_league(world):
    slow = reported(world, "filler", "It is slow", "100% of the time")
    there = reported(world, "other_county", "Cannot log in", "_")
    near = reported(world, "next_confirmer", "A wish", "Please")
    assert answered(world, near).status_code == 302
    client = world.client("region")
    assert listed(client) == {slow, there, near}
    assert listed(client, state="open") == {slow, there}
    assert listed(client, state="answered") == {near}
    assert listed(client, q="SLOW") == {slow}
    assert listed(client, q="100%") == {slow}
    assert listed(client, q="%") == {slow}
    assert listed(client, q="_") == {there, near}  # the name of the third
    assert listed(client, q="Other_County") == {there}
    assert listed(client, place=LEAGUE) == {slow, near}
    assert listed(client, place=NEXT_COUNTY) == {near}
    assert client.get(f"{LISTED}?state=nonsense").status_code == 404


def test_only_who_answers_finds_the_list_in_the_menu(world):
    for who in PEOPLE:
        page = world.client(who).get(PAGE).text
        assert f'href="{PAGE}"' in page
        assert 'href="/announcements/list/"' in page
        assert (f'href="{LISTED}"' in page) is (who in EDITORS)


# answering


@pytest.mark.parametrize("who", EDITORS)
def test_an_answer_says_who_gave_it_and_can_be_put_right_until_it_is_closed(world, who):
    pk = reported(world)
    assert answered(world, pk, "Frist", who).status_code == 302
    made = values(world, ProblemReport, pk)
    assert (made["state"], made["answer"]) == (ReportState.ANSWERED, "Frist")
    assert made["answered_by"] == f"{who.title()} Tester"
    assert made["answered_at"] >= made["created_at"]
    assert ">\nFrist</textarea>" in world.client(who).get(f"/support/reports/{pk}").text.replace(
        "\r", ""
    )
    assert answered(world, pk, "First", who, version=2).status_code == 302
    client = world.client(who)
    assert client.post(f"/support/reports/{pk}/close", data={"version": 3}).status_code == 302
    assert answered(world, pk, "Second", who, version=4).status_code == 409
    assert client.post(f"/support/reports/{pk}/close", data={"version": 4}).status_code == 409
    made = values(world, ProblemReport, pk)
    assert (made["state"], made["answer"]) == (ReportState.CLOSED, "First")
    page = client.get(f"/support/reports/{pk}").text
    assert f"/support/reports/{pk}/close" not in page
    assert "<textarea" not in page


def test_what_needs_no_answer_is_closed_without_one(world):
    pk = reported(world)
    answer = world.client("region").post(f"/support/reports/{pk}/close", data={"version": 1})
    assert answer.status_code == 302
    assert "Closed without an answer." in world.client("filler").get(f"/support/reports/{pk}").text


@pytest.mark.parametrize("text", ["", "  ", "x" * 2001, "a\0b"])
def test_an_answer_that_is_not_right_is_shown_again(world, text):
    pk = reported(world)
    before = values(world, ProblemReport, pk)
    answer = answered(world, pk, text)
    assert answer.status_code == 422
    assert 'id="answer-wrong"' in answer.text
    assert values(world, ProblemReport, pk) == before


@pytest.mark.parametrize("version", ["1", "", "x"])
def test_of_two_answers_the_later_is_refused_and_not_lost(world, version):
    pk = reported(world)
    assert answered(world, pk, "First").status_code == 302
    before, entries = values(world, ProblemReport, pk), count(world, AuditEntry)
    second = answered(world, pk, "Second", "super", version=version)
    assert second.status_code == 409
    assert "Second</textarea>" in second.text
    closed = world.client("super").post(f"/support/reports/{pk}/close", data={"version": version})
    assert closed.status_code == 409
    assert values(world, ProblemReport, pk) == before
    assert count(world, AuditEntry) == entries


def test_texts_with_tags_are_shown_as_they_were_typed(world):
    pk = reported(world, subject="<b>x</b>", text='"><img src=x onerror=alert(1)>')
    for client, address in (
        (world.client("region"), LISTED),
        (world.client("region"), f"/support/reports/{pk}"),
        (world.client("filler"), PAGE),
        (world.client("filler"), f"/support/reports/{pk}"),
    ):
        text = client.get(address).text
        assert "&lt;b&gt;x&lt;/b&gt;" in text
        assert "<b>x</b>" not in text
        assert "<img" not in text
