"""Notices: one row a person and event, kept; read by nobody else; said in the reader's language."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.core.db import db
from app.core.errors import Conflict, Forbidden
from app.notices.models import Notice, NoticeKind
from app.notices.operations import notify
from app.notices.queries import people_at, people_by_place
from app.regions.scope import Tier
from tests.notices.telling import kinds_of, notice, notices_of, told
from tests.world import COUNTY, LEAGUE, OTHER_COUNTY

DECIDES, FILLS = ("can_decide", "Review"), ("can_fill", "Filing")


def named(world, numbers):
    with world.seen_from():
        rows = db.session.execute(text("SELECT id, username FROM ab_user"))
        names = dict(map(tuple, rows))
        return [names[number] for number in numbers]


def page(world, name, address="/notices/"):
    answer = world.client(name).get(address)
    assert answer.status_code == 200
    return answer.text.partition("<main")[2]


# who is to be told


def test_people_stand_exactly_at_the_tier_and_hold_the_right(world):
    with world.seen_from():
        place = world.enterprise().place
        found = {tier: people_at(place, tier, DECIDES) for tier in Tier if tier <= 4}
        fillers = people_at(place, Tier.ENTERPRISE, FILLS)
    assert {tier: named(world, people) for tier, people in found.items()} == {
        Tier.PLATFORM: [],
        Tier.REGION: ["region"],
        Tier.LEAGUE: ["league"],  # neither the staff nor the observer there
        Tier.COUNTY: ["county"],
        Tier.ENTERPRISE: [],
    }
    assert named(world, fillers) == ["filler", "confirmer"]


def test_who_is_not_active_is_not_told_and_a_deputy_is(world):
    with world.seen_from():
        people = "UPDATE ab_user SET active = :no WHERE username = 'county'"
        db.session.execute(text(people), {"no": False})
        row = {"day": "2026-01-01", "place": COUNTY}
        db.session.execute(
            text(
                "INSERT INTO added_place (person_id, place, reason, starts_on) "
                "SELECT id, :place, 'deputy', :day FROM ab_user WHERE username = 'other_county'"
            ),
            row,
        )
        db.session.commit()
        found = people_by_place([COUNTY, OTHER_COUNTY], DECIDES)
    assert named(world, found[COUNTY]) == ["other_county"]
    assert named(world, found[OTHER_COUNTY]) == ["other_county"]


# telling


def test_nobody_is_told_twice_of_one_thing(world):
    told(world)
    with pytest.raises(Conflict):
        told(world)
    told(world, number=2)
    assert notices_of(world, "filler") == [
        (NoticeKind.RETURNED, "Here 2026Q1"),
        (NoticeKind.RETURNED, "Here 2026Q2"),
    ]


def test_who_did_it_is_not_told_and_a_name_given_twice_is_one(world):
    with world.acting("league") as actor:
        place = world.enterprise().place
        made = notify(
            NoticeKind.LATE,
            to=[actor.id, 1, 1],
            place=place,
            about="x\r\nBcc: y" * 60,
            subject=("period", 8104),
            event="e",
            actor=actor,
            facts={"due_on": "2026-04-20"},
        )
        assert [one.to_id for one in made] == [1]
        assert len(made[0].about) == 200
        assert "\n" not in made[0].about


def test_nobody_tells_of_what_lies_outside(world):
    with pytest.raises(Forbidden):
        told(world, by="other_league", name="filler", place=LEAGUE)
    assert kinds_of(world, "filler") == []


def test_a_notice_is_kept_as_it_was_written(world):
    pk = told(world)
    for statement in (
        "UPDATE notice SET about = 'x'",
        "UPDATE notice SET to_id = 1",
        "UPDATE notice SET facts = '{}'",
        "DELETE FROM notice",
    ):
        with world.seen_from(), pytest.raises(IntegrityError, match="append-only"):
            db.session.execute(text(statement))
    assert notice(world, pk).about == "Here 2026Q1"


# the page


def test_the_page_says_it_in_the_language_of_the_reader(world):
    told(world, number=1)
    told(world, number=2, kind=NoticeKind.DUE_SOON, facts={"due_on": "2026-04-20"})
    shown = page(world, "filler")
    assert "Returned to the enterprise" in shown
    assert "To be handed in by 2026-04-20" in shown
    world.client("filler").post("/account/preferences/", data={"language": "zh"})
    shown = page(world, "filler")
    assert "已退回企业" in shown
    assert "请于 2026-04-20 前报送" in shown


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_can_be_said(world, kind):
    told(world, kind=kind, facts={"due_on": "2026-04-20", "n": "3", "day": "2026-05-01"})
    assert "Here 2026Q1" in page(world, "filler")


def test_what_is_unread_stands_first(world):
    first, second = told(world, number=1), told(world, number=2)
    world.client("filler").post(f"/notices/{second}/read")
    shown = page(world, "filler")
    opened = re.findall(r"/notices/(\d+)/open", shown)
    assert opened == [str(first), str(second)]
    assert shown.count("<b><a ") == 1


def test_filters_by_kind_and_by_reading(world):
    first = told(world, number=1)
    told(world, number=2, kind=NoticeKind.LATE, facts={"due_on": "2026-04-20"})
    world.client("filler").post(f"/notices/{first}/read")
    assert "2026Q2" not in page(world, "filler", "/notices/?kind=returned")
    assert "2026Q1" not in page(world, "filler", "/notices/?read=no")
    assert "2026Q2" not in page(world, "filler", "/notices/?read=yes")
    assert world.client("filler").get("/notices/?kind=nonsense").status_code == 404


def test_opening_leads_to_the_matter_and_marks_it_read(world):
    filing = world.filled()
    with world.seen_from():
        review = world.review_of(filing).id
    pk = told(world, subject=("review", review))
    client = world.client("filler")
    assert client.get(f"/notices/{pk}/open").location == f"/reviews/{review}"
    read = notice(world, pk).read_at
    assert read is not None
    assert client.get(f"/notices/{pk}/open").status_code == 302
    assert notice(world, pk).read_at == read  # the first time counts
    assert client.get(f"/reviews/{review}").status_code == 200


def test_a_matter_of_a_kind_that_is_no_more_leads_home(world):
    pk = told(world, subject=("gone", 7))
    assert world.client("filler").get(f"/notices/{pk}/open").location == "/"


def test_all_are_marked_up_to_the_newest_that_was_shown(world):
    first, second, third = (told(world, number=n) for n in (1, 2, 3))
    own = told(world, name="confirmer", number=1, event="e")
    client = world.client("filler")
    for _twice in range(2):
        assert client.post("/notices/read", data={"newest": second}).status_code == 302
    assert [notice(world, pk).is_unread for pk in (first, second, third, own)] == [
        False,
        False,
        True,
        True,
    ]
    for nonsense in ("", "x", "-1", "9" * 30):
        assert client.post("/notices/read", data={"newest": nonsense}).status_code == 302


@pytest.mark.parametrize("name", ["confirmer", "league", "super", "other_confirmer"])
def test_those_of_others_are_not_there(world, name):
    pk = told(world)
    client = world.client(name)
    assert client.get(f"/notices/{pk}/open").status_code == 404
    assert client.post(f"/notices/{pk}/read").status_code == 404
    client.post("/notices/read", data={"newest": pk})
    assert notice(world, pk).is_unread
    assert "Here 2026Q1" not in client.get("/notices/?read=no").text


def test_who_was_told_and_stands_elsewhere_now_sees_it_no_more(world):
    pk = told(world)
    with world.seen_from():
        row = {"place": OTHER_COUNTY}
        db.session.execute(text("UPDATE ab_user SET place=:place WHERE username='filler'"), row)
        db.session.commit()
    client = world.client("filler")
    assert client.get(f"/notices/{pk}/open").status_code == 404
    assert client.get("/notices/latest").json == {"unread": 0}


def test_reading_needs_a_form_of_ours(world):
    pk = told(world)
    world.app.config["WTF_CSRF_ENABLED"] = True
    try:
        client = world.client("filler")
        for address in (f"/notices/{pk}/read", "/notices/read"):
            assert client.post(address, data={"newest": pk}).status_code == 400
            assert client.get(address).status_code == 405
    finally:
        world.app.config["WTF_CSRF_ENABLED"] = False
    assert notice(world, pk).is_unread


def test_nothing_told_says_what_will_stand_here(world):
    assert "Nobody has told you anything yet" in page(world, "staff")


# the bell


def test_the_bell_counts_what_is_unread_in_one_look(world, asked):
    client = world.client("filler")
    first = told(world, number=1)
    told(world, number=2)
    assert client.get("/notices/latest").json == {"unread": 2}
    client.get(f"/notices/{first}/open")
    assert client.get("/notices/latest").json == {"unread": 1}
    asked.clear()
    client.get("/notices/latest")
    assert len([one for one in asked if "notice" in one]) == 1
    assert len(asked) <= 3  # who asks, the notices, the announcements


def test_every_page_has_the_bell_and_pays_nothing_for_it(world, asked):
    client = world.client("filler")
    client.get("/enterprises/list/")
    asked.clear()
    shown = client.get("/enterprises/list/").text
    assert 'href="/notices/" data-notices="/notices/latest"' in shown
    assert not [one for one in asked if "FROM notice" in one]


def test_the_page_asks_at_most_six_times(world, asked):
    for number in range(1, 5):
        told(world, number=number)
    client = world.client("filler")
    client.get("/notices/")
    asked.clear()
    client.get("/notices/")
    assert len(asked) <= 6, "\n".join(asked)


def test_notices_of_the_session_are_those_of_the_scope(world):
    told(world)
    with world.seen_from(OTHER_COUNTY):
        assert db.session.query(Notice).count() == 0
