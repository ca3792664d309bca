"""Announcements: written by the region, read by everybody while they are in force."""

import json
import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core.db import db
from app.support import queries
from app.support.models import Announcement, AnnouncementLevel, AnnouncementState
from app.support.queries import announcements_in_force, in_state
from tests.support.saying import EDITORS, READERS, announced, day, values

LISTED, ADD = "/announcements/list/", "/announcements/add"
NEW = {"title": "New table", "body": "It holds.", "level": "ordinary", "until": ""}


def form(**more):
    return {**NEW, "published_on": str(day(0)), **more}


def count(world):
    with world.seen_from():
        return db.session.scalar(select(func.count(Announcement.id)))


def entries(world, tag):
    with world.seen_from():
        query = select(AuditEntry).where(AuditEntry.tag == tag).order_by(AuditEntry.id)
        return [(e.place, e.subject, json.loads(e.facts)) for e in db.session.scalars(query)]


# who may


@pytest.mark.parametrize("who", EDITORS)
def test_the_region_and_the_super_administrator_announce(world, who):
    answer = world.client(who).post(ADD, data=form())
    assert answer.status_code == 302
    made = values(world, Announcement, 1)
    assert (made["title"], made["body"], made["withdrawn"]) == ("New table", "It holds.", False)
    assert made["author_name"] == f"{who.title()} Tester"
    [(place, subject, facts)] = entries(world, "announcement:enter")
    assert (place, subject) == ("150000/" if who == "region" else "", "New table")
    assert facts["body"] == "It holds."


@pytest.mark.parametrize("who", READERS)
def test_nobody_else_announces_changes_or_withdraws(world, who):
    pk = announced(world)
    client, before = world.client(who), values(world, Announcement, pk)
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, data=form()).status_code == 403
    assert client.get(f"/announcements/edit/{pk}").status_code == 403
    assert client.post(f"/announcements/edit/{pk}", data=form(version=1)).status_code == 403
    assert client.post(f"/announcements/{pk}/withdraw", data={"version": 1}).status_code == 403
    assert values(world, Announcement, pk) == before
    assert count(world) == 1
    assert entries(world, "announcement:withdraw") == []


@pytest.mark.parametrize("who", [*READERS, *EDITORS])
def test_everybody_reads_what_is_in_force(world, who):
    pk, client = announced(world), world.client(who)
    assert f'href="/announcements/show/{pk}"' in client.get(LISTED).text
    assert "Fill it in." in client.get(f"/announcements/show/{pk}").text


def test_only_editors_find_buttons(world):
    pk = announced(world)
    for who, found in (("region", True), ("league", False)):
        client = world.client(who)
        assert (f'href="{ADD}"' in client.get(LISTED).text) is found
        page = client.get(f"/announcements/show/{pk}").text
        assert (f'href="/announcements/edit/{pk}"' in page) is found
        assert (f'action="/announcements/{pk}/withdraw"' in page) is found


def test_there_is_no_way_to_delete(world):
    announced(world)
    for address in ("/announcements/delete/1", "/announcements/1/delete"):
        assert world.client("super").post(address).status_code == 404
    assert count(world) == 1


# when


SPANS = {  # first day, last day: how it stands today
    (0, None): AnnouncementState.IN_FORCE,
    (0, 0): AnnouncementState.IN_FORCE,
    (-5, 0): AnnouncementState.IN_FORCE,
    (-5, None): AnnouncementState.IN_FORCE,
    (0, 5): AnnouncementState.IN_FORCE,
    (1, None): AnnouncementState.PLANNED,
    (1, 5): AnnouncementState.PLANNED,
    (-5, -1): AnnouncementState.ENDED,
}


@pytest.mark.parametrize(("span", "state"), SPANS.items())
def test_it_is_in_force_on_its_first_and_last_day_and_not_outside(world, span, state):
    first, last = span
    pk = announced(world, published_on=day(first), until=None if last is None else day(last))
    in_force = state is AnnouncementState.IN_FORCE
    reader = world.client("filler")
    assert (f"/announcements/show/{pk}" in reader.get(LISTED).text) is in_force
    assert reader.get(f"/announcements/show/{pk}").status_code == (200 if in_force else 404)
    with world.seen_from():
        assert [one.id for one in announcements_in_force(5)] == ([pk] if in_force else [])
    editor = world.client("region")
    assert f"state-{state.value}" in editor.get(LISTED).text
    assert editor.get(f"/announcements/show/{pk}").status_code == 200


def test_the_database_and_the_row_say_the_same(world):
    for first, last in SPANS:
        announced(world, published_on=day(first), until=None if last is None else day(last))
    with world.seen_from():
        for state in AnnouncementState:
            for away in (-6, -5, -1, 0, 1, 5, 6):
                query = select(Announcement.id).where(in_state(state, day(away)))
                rows = db.session.scalars(select(Announcement)).all()
                said = {row.id for row in rows if row.state_on(day(away)) is state}
                assert set(db.session.scalars(query)) == said


def test_editors_filter_by_state_and_readers_cannot(world):
    announced(world, "Later one", published_on=day(3))
    announced(world, "Running one")
    found = {
        who: world.client(who).get(f"{LISTED}?state=planned").text.partition("<main")[2]
        for who in ("region", "league")
    }
    assert "Later one" in found["region"]
    assert "Running one" not in found["region"]
    assert "Later one" not in found["league"]
    assert "Running one" in found["league"]
    assert world.client("region").get(f"{LISTED}?state=nonsense").status_code == 404


def test_the_important_come_first_then_the_newest(world):
    announced(world, "old", published_on=day(-3))
    announced(world, "weighty", published_on=day(-9), level=AnnouncementLevel.IMPORTANT)
    announced(world, "new", published_on=day(0))
    with world.seen_from():
        assert [one.title for one in announcements_in_force(9)] == ["weighty", "new", "old"]
        assert [one.title for one in announcements_in_force(2)] == ["weighty", "new"]
    assert re.findall(
        r"/show/(\d+)", world.client("county").get(LISTED).text.split("<main")[1]
    ) == [
        "2",
        "3",
        "1",
    ]


def test_the_day_is_that_of_the_place_not_of_greenwich(world, monkeypatch):
    """At 17:00 in Greenwich it is tomorrow there."""
    pk = announced(world, published_on=date(2026, 3, 2))
    monkeypatch.setattr(queries, "today", lambda: date(2026, 3, 1))
    with world.seen_from():
        assert announcements_in_force(5) == []
        row = db.session.get(Announcement, pk)
        row.created_at = datetime(2026, 1, 1, tzinfo=UTC)
        assert row.since == datetime(2026, 3, 1, 16, tzinfo=UTC)
        assert row.since.isoformat().endswith("+00:00")


def test_it_is_among_the_notices_of_everybody(world):
    pk = announced(world, "Read me")
    for who in ("staff", "league", "filler"):
        notices = world.client(who).get("/notices/").text.partition("<main")[2]
        assert f'href="/announcements/show/{pk}"' in notices
        assert "Read me" in notices


# writing


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"title": ""}, "title-wrong"),
        ({"title": "   "}, "title-wrong"),
        ({"title": "x" * 121}, "title-wrong"),
        ({"body": ""}, "body-wrong"),
        ({"body": "\r\n \r\n"}, "body-wrong"),
        ({"body": "x" * 4001}, "body-wrong"),
        ({"body": "a\0b"}, "body-wrong"),
        ({"level": "huge"}, "level-wrong"),
        ({"published_on": ""}, "published_on-wrong"),
        ({"published_on": "soon"}, "published_on-wrong"),
        ({"until": "2020-01-01"}, "until-wrong"),
        ({"until": "never"}, "until-wrong"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_the_rest_is_kept(world, wrong, told):
    answer = world.client("region").post(ADD, data=form(**{"title": "Kept", **wrong}))
    assert answer.status_code == 422
    assert f'id="{told}"' in answer.text
    assert f'aria-describedby="{told}' in answer.text
    assert "Kept" in answer.text or "title" in wrong
    assert count(world) == 0


def test_the_longest_texts_fit_however_many_lines_they_have(world):
    body = "\r\n".join(["线" * 39] * 100)  # 3,999 signs as a browser counts them
    assert len(body) > 4000
    answer = world.client("region").post(ADD, data=form(title="题" * 120, body=body))
    assert answer.status_code == 302
    made = values(world, Announcement, 1)
    assert (len(made["title"]), len(made["body"])) == (120, 3999)
    assert "线" * 39 in world.client("filler").get("/announcements/show/1").text


def test_a_change_is_entered_with_old_and_new_value(world):
    pk = announced(world, "Before")
    data = form(title="After", body="Fill it in.", version=1)
    answer = world.client("super").post(f"/announcements/edit/{pk}", data=data)
    assert answer.status_code == 302
    [(_place, _subject, facts)] = entries(world, "announcement:change")
    assert facts == {"changes": {"title": ["Before", "After"]}}
    made = values(world, Announcement, pk)
    assert (made["version"], made["author_name"]) == (2, "Region Tester")


def test_the_form_of_a_change_is_filled_in(world):
    pk = announced(world, "Before", level=AnnouncementLevel.IMPORTANT, until=day(4))
    page = world.client("region").get(f"/announcements/edit/{pk}").text
    assert 'value="Before"' in page
    assert 'name="version" type="hidden" value="1"' in page
    assert f'value="{day(4)}"' in page
    assert '<option value="important" selected>' in page


@pytest.mark.parametrize("version", ["1", "", "x", "-1", "99999999999"])
def test_who_saw_an_older_version_is_refused_and_overwrites_nothing(world, version):
    pk = announced(world)
    client = world.client("region")
    first = client.post(f"/announcements/edit/{pk}", data=form(title="First", version=1))
    assert first.status_code == 302
    second = client.post(f"/announcements/edit/{pk}", data=form(title="Second", version=version))
    assert second.status_code == 409
    assert "Second" in second.text  # what was typed is not lost
    withdrawn = client.post(f"/announcements/{pk}/withdraw", data={"version": version})
    assert withdrawn.status_code == 409
    made = values(world, Announcement, pk)
    assert (made["title"], made["withdrawn"]) == ("First", False)


def test_what_is_withdrawn_is_gone_for_readers_and_fixed_for_editors(world):
    pk = announced(world)
    editor, reader = world.client("region"), world.client("filler")
    assert editor.post(f"/announcements/{pk}/withdraw", data={"version": 1}).status_code == 302
    assert reader.get(f"/announcements/show/{pk}").status_code == 404
    assert "/announcements/show/" not in reader.get(LISTED).text
    page = editor.get(f"/announcements/show/{pk}").text
    assert "state-withdrawn" in page
    assert "/withdraw" not in page
    edited = editor.post(f"/announcements/edit/{pk}", data=form(version=2))
    assert edited.status_code == 409
    assert editor.post(f"/announcements/{pk}/withdraw", data={"version": 2}).status_code == 409
    assert values(world, Announcement, pk)["title"] == "Quarter open"
    assert len(entries(world, "announcement:withdraw")) == 1


# reading


def test_paragraphs_and_lines_are_kept_and_nothing_becomes_a_tag_or_a_link(world):
    body = (
        "First line\r\nsecond <b>line</b>\r\n\r\n\r\n  <script>alert(1)</script>\r\n \r\n"
        "see https://example.test/x and mail@example.test"
    )
    answer = world.client("region").post(
        ADD, data=form(title="<i>Title</i>", body=body), follow_redirects=True
    )
    article = re.search(r"<article.*?</article>", answer.text, re.DOTALL).group()
    assert re.findall(r"<p[^>]*>(.*?)</p>", article, re.DOTALL) == [
        "First line<br>second &lt;b&gt;line&lt;/b&gt;",
        "  &lt;script&gt;alert(1)&lt;/script&gt;",
        "see https://example.test/x and mail@example.test",
    ]
    assert "<a " not in article
    assert "<i>" not in answer.text
    assert "<i>" not in world.client("filler").get(LISTED).text


def test_a_text_is_searched_by_what_it_says_and_signs_of_a_pattern_are_signs(world):
    announced(world, "Maintenance", body="On Saturday, 100%.")
    client = world.client("filler")
    for typed, found in (("saturday", 1), ("MAINT", 1), ("100%", 1), ("%", 1), ("_", 0)):
        main = client.get(LISTED, query_string={"q": typed}).text.partition("<main")[2]
        assert len(re.findall("/announcements/show/", main)) == found, typed


def test_numbers_that_are_none_are_not_found(world):
    client = world.client("super")
    for number in ("0", "-1", "99999999999999999999", "abc", "1e3", "１"):
        assert client.get(f"/announcements/show/{number}").status_code == 404, number
        assert client.get(f"/announcements/edit/{number}").status_code == 404, number
