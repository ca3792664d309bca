"""Requests at the same time: none gets what belongs to another.

FAB keeps a request's filters on the view, which all threads share; a quarter of the edits then
got another request's foreign key.  Ours keeps nothing on a view, and one session a request.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from flask import g
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select

from app.accounts.operations import reset_password
from app.core.credit_code import check_character
from app.core.db import db
from app.core.unit import unit_of_work
from app.enterprises.models import Enterprise, EnterpriseClass
from app.enterprises.operations import register
from app.filings.models import Filing
from app.regions.scope import NOWHERE, RegionScope, look_from, scope_of
from tests.accounts.people import INITIAL, details, enter, issued
from tests.world import COUNTY, LEAGUE, NEXT_COUNTY, OTHER_COUNTY, OTHER_LEAGUE

THREADS, ROUNDS = 6, 8


def at_once(*tasks: Callable[[], object]) -> list[object]:
    """What all *tasks* return, begun at the same moment, each in a thread of its own."""
    start = threading.Barrier(len(tasks))

    def run(task: Callable[[], object]) -> object:
        start.wait()
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


@pytest.fixture
def numbered(world) -> dict[str, int]:
    """Six enterprises E0 to E5 in three counties, by name."""
    with world.acting("super") as actor:
        for number, county in enumerate([COUNTY, NEXT_COUNTY, OTHER_COUNTY] * 2):
            body = f"91150200MA1{number:05d}X"
            row = Enterprise(
                name=f"E{number}",
                short_name="E",
                address="Road",
                contact_name="Li",
                contact_phone="0472",
                credit_code=body + check_character(body),
                industry_code="26",
                enterprise_class=EnterpriseClass.UNLISTED,
            )
            register(row, county, actor=actor)
    with world.seen_from():
        query = select(Enterprise.name, Enterprise.id).where(Enterprise.name.like("E_"))
        return {row.name: row.id for row in db.session.execute(query)}


def form_of(world, name, **changes):
    with world.seen_from():
        row = world.enterprise(name)
        columns = "name short_name credit_code address contact_name contact_phone version".split()
        shown = {column: str(getattr(row, column)) for column in columns}
        kind = {"industry_code": row.industry_code, "enterprise_class": row.enterprise_class.value}
        return {**shown, **kind, **changes}


def test_an_edit_writes_its_own_values_whatever_others_ask_for_meanwhile(world, numbered):
    """The write race: relations and filters in the address of one, forms of another."""
    wrong = []

    def edit(name):
        client = world.client("super")
        for round_ in range(ROUNDS):
            telephone = f"{name}-{round_}"
            other = numbered[f"E{(int(name[1]) + 1) % 6}"]
            asked = f"_flt_0_levels={other}&_flt_0_industry={other}&q={name}"
            form = form_of(world, name, contact_phone=telephone)
            answer = client.post(f"/enterprises/edit/{numbered[name]}?{asked}", data=form)
            with world.seen_from():
                row = world.enterprise(name)
                if answer.status_code != 302 or row.contact_phone != telephone:
                    wrong.append((name, round_, answer.status_code, row.contact_phone))

    at_once(*(lambda name=name: edit(name) for name in numbered))
    assert wrong == []


def test_a_filter_of_one_request_is_not_one_of_another(world, numbered):
    """The read race: one counts everything, while others search."""
    stop = threading.Event()

    def search():
        client, token = world.client("super"), world.token("super")
        while not stop.is_set():
            client.get("/enterprises/list/?q=E3&_flt_3_name=E3&size=1")
            client.get("/api/v1/enterprises/?q=E3", headers=token)

    def count():
        client, token, wrong = world.client("super"), world.token("super"), []
        try:
            for _round in range(ROUNDS * 3):
                wrong.append(client.get("/api/v1/enterprises/", headers=token).json["count"] != 10)
                wrong.append("10 in all" not in client.get("/enterprises/list/").text)
        finally:
            stop.set()
        return sum(wrong)

    assert at_once(count, *[search] * (THREADS - 1))[0] == 0


PEOPLE_AND_SIGHT = {
    "league": {"Here", "Large", "Next", "E0", "E1", "E3", "E4"},
    "county": {"Here", "Large", "E0", "E3"},
    "filler": {"Here"},
    "other_league": {"There", "E2", "E5"},
    "other_county": {"There", "E2", "E5"},
    "other_confirmer": {"There"},
}


def test_everybody_sees_the_own_area_only_while_all_look_at_once(world, numbered):
    """By cookie and by token in turn; who asks is never somebody else."""

    def look(name):
        client, token, seen = world.client(name), world.token(name), set()
        for _round in range(ROUNDS):
            rows = client.get("/api/v1/enterprises/?size=100", headers=token).json["result"]
            seen.add(frozenset(row["name"] for row in rows))
            text = client.get("/enterprises/list/?size=100").text.partition("<tbody>")[2]
            everything = set.union(*PEOPLE_AND_SIGHT.values())
            seen.add(frozenset(one for one in everything if f">{one}</a>" in text))
        return seen

    shown = at_once(*(lambda name=name: look(name) for name in PEOPLE_AND_SIGHT))
    assert shown == [{frozenset(sight)} for sight in PEOPLE_AND_SIGHT.values()]


def test_rights_are_those_of_whoever_asks_while_all_ask_at_once(world):
    allowed = {"super": 200, "league": 403, "county": 403, "observer": 403, "filler": 403}

    def ask(name):
        client = world.client(name)
        return {client.get("/roles/list/").status_code for _round in range(ROUNDS)}

    found = at_once(*(lambda name=name: ask(name) for name in allowed))
    assert found == [{status} for status in allowed.values()]


def test_a_session_begins_nowhere_and_its_scope_ends_with_it(app, world):
    """Threads are used again: what one request saw is not left behind for the next."""

    def stand(place):
        for _round in range(50):
            with app.app_context():
                assert scope_of(db.session) == NOWHERE
                assert db.session.scalar(select(func.count(Enterprise.id))) == 0
                look_from(db.session, RegionScope.of(place))
                assert scope_of(db.session) == RegionScope.of(place)
                assert db.session.scalar(select(func.count(Enterprise.id))) > 0
                assert "user" not in g
                assert "rights" not in g

    at_once(*(lambda place=place: stand(place) for place in (LEAGUE, OTHER_LEAGUE, COUNTY) * 2))


def test_of_two_forms_of_the_same_version_one_wins(world, numbered):
    form = form_of(world, "E0")

    def save(telephone):
        changed = {**form, "contact_phone": telephone}
        client = world.client("super")
        return client.post(f"/enterprises/edit/{numbered['E0']}", data=changed).status_code

    statuses = at_once(*(lambda n=n: save(f"number {n}") for n in range(THREADS)))
    assert sorted(statuses) == [302] + [409] * (THREADS - 1)
    with world.seen_from():
        winner = statuses.index(302)
        assert world.enterprise("E0").contact_phone == f"number {winner}"


def test_a_double_click_opens_one_filing(world):
    def click():
        with world.seen_from():
            number = world.enterprise("Here").id
        data = {"enterprise": number, "period": "2026Q2"}
        return world.client("confirmer").post("/filings/open", data=data).status_code

    statuses = at_once(*[click] * THREADS)
    assert sorted(statuses) == [302] + [409] * (THREADS - 1)
    with world.seen_from():
        assert db.session.scalar(select(func.count(Filing.id))) == 1


def test_a_password_changed_while_it_is_being_tried_lets_nobody_in(world, monkeypatch):
    """The slow check runs without a lock; what counts is the password when it is over."""
    number = enter(world, details("hasty", place=LEAGUE))

    def tried(kept, password):
        with world.seen_from(), unit_of_work():
            actor = world.actor("super")
            person = db.session.get(User, number)
            if person.password == kept:
                reset_password(person, issued("Another-Pass-3"), actor=actor)
        return password == INITIAL

    monkeypatch.setattr("app.accounts.security.check_password_hash", tried)
    client = world.client()
    client.post("/login/", data={"username": "hasty", "password": INITIAL})
    assert client.get("/enterprises/list/").status_code == 302


def test_of_two_who_attach_the_same_file_to_two_filings_one_is_refused(world):
    mine = {
        name: world.filled(name) for name in ("confirmer", "large_confirmer", "other_confirmer")
    }
    clients = {name: world.client(name) for name in mine}

    def send(name, content):
        data = {"kind": "other", "file": (BytesIO(content), "a.pdf")}
        answer = clients[name].post(f"/filings/{mine[name]}/attachments", data=data)
        return answer.status_code

    for round_ in range(ROUNDS):
        content = b"%PDF-1.4\n%%EOF\n" + str(round_).encode()
        sends = (lambda n=name, c=content: send(n, c) for name in mine)
        statuses = at_once(*sends)
        assert sorted(statuses) == [302, 422, 422]
