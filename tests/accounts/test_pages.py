"""The pages for people and roles, as each role meets them."""

import html
import re

import pytest
from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import select
from werkzeug.security import check_password_hash

from app.core.db import db
from tests.accounts.people import details, enter
from tests.world import COUNTY, LEAGUE, NEXT_COUNTY, OTHER_LEAGUE, REGION

NO_PEOPLE = ["county", "staff", "filler", "confirmer", "observer"]


def number_of(world, username):
    with world.seen_from():
        return db.session.scalars(select(User.id).where(User.username == username)).one()


def role_number(world, key):
    with world.seen_from():
        return db.session.scalars(select(Role.id).where(Role.name == key)).one()


def of(world, username, attribute):
    with world.seen_from():
        person = db.session.scalars(select(User).where(User.username == username)).one()
        return getattr(person, attribute)


def form(username="wang.fang", **more):
    names = {
        "username": username,
        "last_name": "王",
        "first_name": "芳",
        "email": "",
        "active": "y",
    }
    return {**names, "node": COUNTY, "enterprise": "", "roles": ["county_reviewer"], **more}


def usernames(page):
    return set(re.findall(r'<a href="/people/show/\d+">([^<]+)</a>', page.text))


# lists


def test_a_league_administrator_sees_the_people_of_the_league(world):
    assert usernames(world.client("league").get("/people/list/")) == {
        "league",
        "county",
        "staff",
        "filler",
        "confirmer",
        "large_confirmer",
        "next_confirmer",
        "observer",
    }


def test_a_region_reviewer_sees_everybody_below_and_changes_nobody(world):
    client, number = world.client("region"), number_of(world, "county")
    assert "super" not in usernames(client.get("/people/list/?size=100"))
    assert "other_county" in usernames(client.get("/people/list/?size=100"))
    assert client.get(f"/people/show/{number}").status_code == 200
    assert client.get(f"/people/edit/{number}").status_code == 403
    assert client.get("/people/add").status_code == 403
    assert client.post(f"/people/{number}/reset-password").status_code == 403


@pytest.mark.parametrize("who", NO_PEOPLE)
@pytest.mark.parametrize("page", ["/people/list/", "/people/add", "/roles/list/"])
def test_others_have_no_pages_for_people(world, who, page):
    assert world.client(who).get(page).status_code == 403


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("name=COUN", {"county"}),
        ("name=county+tester", {"county"}),
        ("name=TesterCounty", {"county"}),
        ("name=100%25", set()),
        ("role=observer", {"observer"}),
        ("role=nonsense", set()),
        (f"place={NEXT_COUNTY}", {"next_confirmer"}),
        (f"place={OTHER_LEAGUE}", set()),
        ("place=x&sort=password", set()),
    ],
)
def test_the_list_is_filtered(world, asked, found):
    assert usernames(world.client("league").get(f"/people/list/?{asked}")) == found


def test_no_hash_is_on_any_page(world):
    client, number = world.client("super"), number_of(world, "county")
    for page in (
        "/people/list/?sort=password&filter=password",
        f"/people/show/{number}",
        f"/people/edit/{number}",
    ):
        text = client.get(page).text
        assert "pbkdf2" not in text
        assert "scrypt" not in text


# entering and changing


def test_who_is_entered_gets_a_password_that_is_shown_once(world):
    client = world.client("league")
    page = client.post("/people/add", data=form())
    [shown] = re.findall(r'<code class="issued">([^<]+)</code>', page.text)

    assert check_password_hash(of(world, "wang.fang", "password"), html.unescape(shown))
    assert of(world, "wang.fang", "must_change_password")
    assert page.headers["Cache-Control"] == "no-store"
    again = client.get(f"/people/show/{number_of(world, 'wang.fang')}")
    assert shown not in again.text


def test_people_of_an_enterprise_are_placed_by_its_registry_number(world):
    data = form(enterprise="000001", roles=["enterprise_filler"])
    assert world.client("league").post("/people/add", data=data).status_code == 200
    assert of(world, "wang.fang", "place") == f"{COUNTY}000001/"


def test_the_page_of_an_enterprise_leads_to_a_form_that_is_filled_in(world):
    text = world.client("league").get(f"/people/add?place={COUNTY}000001/").text
    assert f'<option value="{COUNTY}" selected>' in text
    assert 'value="000001"' in text


@pytest.mark.parametrize(
    "wrong",
    [
        {"node": OTHER_LEAGUE},
        {"node": ""},
        {"node": None},
        {"roles": ["super_administrator"]},
        {"roles": ["county_reviewer", "league_administrator"]},
        {"roles": ["999"]},
        {"roles": []},
        {"roles": ["enterprise_filler"]},
        {"enterprise": "../x"},
        {"username": ""},
        {"username": "county"},
        {"email": "x"},
    ],
)
def test_a_form_that_is_not_right_is_shown_again(world, wrong):
    data = {name: value for name, value in {**form(), **wrong}.items() if value is not None}
    page = world.client("league").post("/people/add", data=data)
    assert page.status_code == 422
    assert "issued" not in page.text
    with world.seen_from():
        assert db.session.scalar(select(User.id).where(User.username == "wang.fang")) is None


def test_a_person_is_changed_by_the_form(world):
    number = number_of(world, "county")
    client = world.client("league")
    page = client.get(f"/people/edit/{number}").text
    assert f'<option value="{COUNTY}" selected>' in page
    assert 'value="county_reviewer" checked>' in page
    answer = client.post(f"/people/edit/{number}", data=form("county", node=NEXT_COUNTY))
    assert answer.status_code == 302
    assert of(world, "county", "place") == NEXT_COUNTY
    assert of(world, "county", "last_name") == "王"


def test_fields_that_the_form_does_not_have_are_not_taken(world):
    number = number_of(world, "county")
    before = of(world, "county", "password")
    more = {
        "password": "x",
        "id": "1",
        "must_change_password": "y",
        "place": "",
        "login_count": "9",
    }
    world.client("league").post(f"/people/edit/{number}", data=form("county", **more))
    assert of(world, "county", "password") == before
    assert of(world, "county", "place") == COUNTY
    assert not of(world, "county", "must_change_password")
    assert of(world, "county", "last_name") == "王"


@pytest.mark.parametrize("victim", ["super", "region", "other_league", "other_county"])
@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", "/people/show/{}"),
        ("get", "/people/edit/{}"),
        ("post", "/people/edit/{}"),
        ("post", "/people/{}/reset-password"),
        ("get", "/people/{}/places"),
        ("post", "/people/{}/places"),
        ("post", "/people/{}/places/1/end"),
    ],
)
def test_for_a_league_administrator_others_do_not_exist(world, victim, method, address):
    number = number_of(world, victim)
    before = of(world, victim, "password"), of(world, victim, "place")
    client = world.client("league")
    answer = getattr(client, method)(
        address.format(number), **({"data": form(victim)} if method == "post" else {})
    )
    assert answer.status_code == 404
    assert (of(world, victim, "password"), of(world, victim, "place")) == before


def test_a_peer_in_ones_own_league_is_seen_and_not_touched(world):
    number = enter(world, details("peer", role="league_administrator", place=LEAGUE))
    client, before = world.client("league"), of(world, "peer", "password")
    page = client.get(f"/people/show/{number}")
    assert page.status_code == 200
    assert "reset-password" not in page.text
    assert client.get(f"/people/edit/{number}").status_code == 403
    assert client.post(f"/people/edit/{number}", data=form("peer")).status_code == 403
    assert client.post(f"/people/{number}/reset-password").status_code == 403
    assert of(world, "peer", "password") == before


def test_an_issued_password_is_shown_once_and_works(world):
    number = number_of(world, "county")
    page = world.client("league").post(f"/people/{number}/reset-password")
    [shown] = re.findall(r'<code class="issued">([^<]+)</code>', page.text)

    assert check_password_hash(of(world, "county", "password"), html.unescape(shown))
    assert of(world, "county", "must_change_password")


def test_a_deputy_is_named_on_the_page_and_ended_there(world):
    number = number_of(world, "county")
    client = world.client("league")
    data = {"node": NEXT_COUNTY, "reason": "deputy", "starts_on": "2020-01-01", "ends_on": ""}
    assert client.post(f"/people/{number}/places", data=data).status_code == 302
    page = client.get(f"/people/show/{number}").text
    assert "Deputy of an absent colleague" in page
    deputy = world.client("county")
    assert ">Next</a>" in deputy.get("/enterprises/list/").text
    [address] = re.findall(rf'action="(/people/{number}/places/\d+/end)"', page)
    assert client.post(address).status_code == 302
    assert ">Next</a>" not in deputy.get("/enterprises/list/").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"node": OTHER_LEAGUE},
        {"node": LEAGUE},
        {"reason": "nonsense"},
        {"starts_on": "soon"},
        {"starts_on": ""},
        {"starts_on": "2026-02-01", "ends_on": "2026-01-01"},
    ],
)
def test_a_further_place_that_is_not_right_is_refused(world, wrong):
    number = number_of(world, "county")
    data = {"node": NEXT_COUNTY, "reason": "deputy", "starts_on": "2020-01-01", "ends_on": ""}
    answer = world.client("league").post(f"/people/{number}/places", data={**data, **wrong})
    assert answer.status_code == 422
    assert ">Next</a>" not in world.client("county").get("/enterprises/list/").text


# roles; see test_role_matrix.py too


@pytest.mark.parametrize("who", ["region", "league", *NO_PEOPLE])
def test_nobody_else_opens_the_roles(world, who):
    client, number = world.client(who), role_number(world, "observer")
    assert client.get("/roles/list/").status_code == 403
    assert client.get(f"/roles/show/{number}").status_code == 403
    assert client.post("/roles/list/").status_code == 403


def test_the_role_of_strangers_has_no_page(world):
    number = role_number(world, "Public")
    assert world.client("super").get(f"/roles/show/{number}").status_code == 404


def test_a_role_given_to_a_person_counts_from_the_next_page_on(world):
    client, number = world.client("observer"), number_of(world, "observer")
    assert client.get("/people/list/").status_code == 403
    data = form("observer", node=LEAGUE, roles=["league_administrator"])
    assert world.client("super").post(f"/people/edit/{number}", data=data).status_code == 302
    assert client.get("/people/list/").status_code == 200


def test_a_super_administrator_places_people_at_every_tier(world):
    client = world.client("super")
    for username, node, role in (
        ("new.super", "", "super_administrator"),
        ("new.region", REGION, "region_reviewer"),
        ("new.league", LEAGUE, "league_administrator"),
    ):
        assert (
            client.post("/people/add", data=form(username, node=node, roles=[role])).status_code
            == 200
        )
        assert of(world, username, "place") == node
