"""Changes of an entry: asked for by the enterprise, decided by its league, one at a time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.db import db
from app.enterprises.life import ChangeRequest, RequestState

NEW = {
    "name": "Here",
    "short_name": "H",
    "industry_code": "26",
    "address": "创业路 2 号",
    "contact_name": "孙丽",
    "contact_phone": "",
    "reason": "We have moved within the park.",
}
CHANGES = {
    "short_name": ["", "H"],
    "address": ["", "创业路 2 号"],
    "contact_name": ["", "孙丽"],
}


def ask(world, who="filler", pk=1, **more):
    return world.client(who).post(f"/enterprise-changes/{pk}", data={**NEW, **more})


def decide(world, what, who="league", pk=1, version=1, **more):
    data = {"version": version, **more}
    return world.client(who).post(f"/change-requests/{pk}/{what}", data=data)


def requests(world):
    with world.seen_from():
        return list(db.session.scalars(select(ChangeRequest).order_by(ChangeRequest.id)))


def entry(world):
    with world.seen_from():
        here = world.enterprise()
        return here.short_name, here.address, here.contact_name, here.version


def tags(world):
    with world.seen_from():
        query = select(AuditEntry.tag).where(AuditEntry.subject == "Here").order_by(AuditEntry.id)
        return list(db.session.scalars(query))[1:]


def test_an_enterprise_asks_and_its_league_accepts(world):
    answer = ask(world)
    assert (answer.status_code, answer.location) == (302, "/change-requests/1")
    [made] = requests(world)
    assert (made.state, made.changes, made.open_for) == (RequestState.OPEN, CHANGES, 1)
    assert entry(world) == ("", "", "", 1)
    page = world.client("league").get("/change-requests/1").text
    assert "创业路 2 号" in page
    assert "Accept and change the entry" in page
    assert decide(world, "accept").status_code == 302
    assert entry(world) == ("H", "创业路 2 号", "孙丽", 2)
    [made] = requests(world)
    assert (made.state, made.open_for, made.decided_by) == (
        RequestState.DONE,
        None,
        "League Tester",
    )
    assert tags(world) == [
        "enterprise:ask_change",
        "enterprise:change",
        "enterprise:change_done",
    ]
    assert "Accepted and carried out" in world.client("filler").get("/change-requests/list/").text


def test_the_enterprise_is_told_what_became_of_it(world):
    ask(world)
    assert decide(world, "decline", reason="The park says otherwise.").status_code == 302
    assert entry(world) == ("", "", "", 1)
    client = world.client("filler")
    assert "The park says otherwise." in client.get("/change-requests/1").text
    assert "The change of your entry was declined" in client.get("/notices/").text


def test_declining_needs_a_reason(world):
    ask(world)
    assert decide(world, "decline", reason=" ").status_code == 422
    assert requests(world)[0].state is RequestState.OPEN


def test_one_request_at_a_time_and_the_same_again_is_the_same(world):
    assert ask(world).status_code == 302
    assert ask(world).location == "/change-requests/1"
    assert ask(world, address="elsewhere").status_code == 409
    assert len(requests(world)) == 1
    assert decide(world, "withdraw", "filler").status_code == 302
    assert ask(world, address="elsewhere").location == "/change-requests/2"


def test_two_who_ask_at_once_make_one_request(world):
    barrier = Barrier(2)

    def one(address):
        client = world.client("filler")
        barrier.wait()
        data = {**NEW, "address": address}
        return client.post("/enterprise-changes/1", data=data).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, ("east", "west"))) == [302, 409]
    assert len(requests(world)) == 1


def test_an_entry_that_has_changed_since_is_shown_and_not_overwritten(world):
    ask(world)
    with world.acting("league"):
        world.enterprise().address = "a third place"
    answer = decide(world, "accept")
    assert answer.status_code == 409
    for shown in ("创业路 2 号", "a third place", "by now it is"):
        assert shown in answer.text
    assert entry(world)[:2] == ("", "a third place")
    assert requests(world)[0].state is RequestState.OPEN


@pytest.mark.parametrize("first", ["accept", "decline", "withdraw"])
def test_what_was_decided_is_decided_no_more(world, first):
    ask(world)
    who = "filler" if first == "withdraw" else "league"
    assert decide(world, first, who, reason="no").status_code == 302
    before = entry(world)
    for what, person in (("accept", "league"), ("decline", "league"), ("withdraw", "filler")):
        assert decide(world, what, person, version=2, reason="no").status_code == 409
    assert entry(world) == before


def test_an_older_page_does_not_decide(world):
    ask(world)
    assert decide(world, "accept", version=7).status_code == 409
    assert entry(world) == ("", "", "", 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"reason": ""},
        {"industry_code": "99"},
        {"address": "x" * 201},
        {"short_name": "", "address": "", "contact_name": ""},
    ],
)
def test_what_is_wrong_is_told_and_kept(world, wrong):
    answer = (
        ask(world, contact_phone="0472-1", **wrong) if "reason" in wrong else ask(world, **wrong)
    )
    assert answer.status_code == 422
    assert requests(world) == []


@pytest.mark.parametrize("who", ["league", "region", "county", "observer", "staff"])
def test_only_the_enterprise_asks(world, who):
    assert ask(world, who).status_code == 403
    assert requests(world) == []


@pytest.mark.parametrize("who", ["county", "staff", "observer", "filler", "confirmer"])
def test_only_the_league_and_the_region_decide(world, who):
    ask(world)
    assert decide(world, "accept", who).status_code == 403
    assert decide(world, "decline", who, reason="no").status_code == 403
    assert requests(world)[0].state is RequestState.OPEN


@pytest.mark.parametrize("who", ["other_league", "other_observer", "next_confirmer"])
def test_others_find_no_such_request(world, who):
    ask(world)
    client = world.client(who)
    assert client.get("/change-requests/1").status_code == 404
    assert "Here" not in client.get("/change-requests/list/").text
    assert ask(world, "next_confirmer").status_code == 404
    assert decide(world, "accept", "other_league").status_code == 404
    assert requests(world)[0].state is RequestState.OPEN
