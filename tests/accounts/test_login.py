"""Logging in by page and by token: forced change, ended sessions, and the cost of a request."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from click import ClickException
from flask_appbuilder.security.sqla.models import Group, Role, User
from sqlalchemy import event, select, update
from werkzeug.security import check_password_hash

from app.accounts.operations import reset_password
from app.accounts.queries import rights_of, who_asks
from app.core.assets import BUILT
from app.core.db import db
from app.core.unit import unit_of_work
from tests.accounts.people import INITIAL, OWN, details, enter, issued
from tests.world import LEAGUE, PASSWORD

LOGIN, REFRESH = "/api/v1/security/login", "/api/v1/security/refresh"
ANY_PAGE, ANY_API = "/enterprises/list/", "/api/v1/enterprises/"
OWN_PAGE = "/account/password/"
STYLE = "/static/" + json.loads((BUILT / "manifest.json").read_text())["files"]["shell.css"]


def log_in(client, username, password=PASSWORD):
    return client.post("/login/", data={"username": username, "password": password})


def ask_token(client, username, password=PASSWORD, *, refresh=False):
    body = {"username": username, "password": password, "provider": "db", "refresh": refresh}
    return client.post(LOGIN, json=body)


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def stored(world, username):
    with world.seen_from():
        person = db.session.scalars(select(User).where(User.username == username)).one()
        db.session.expunge(person)
        return person


def change(world, username, **values):
    with world.seen_from(), unit_of_work():
        db.session.execute(update(User).where(User.username == username).values(**values))


def issue_anew(world, username):
    with world.acting("super") as actor:
        person = db.session.scalars(select(User).where(User.username == username)).one()
        reset_password(person, issued(), actor=actor)


@pytest.fixture
def client(world):
    return world.client()


@pytest.fixture
def newcomer(world):
    """Somebody whose password is still the initial one."""
    enter(world, details("newcomer", role="observer", place=LEAGUE), must_change=True)
    return "newcomer"


# the page


def test_name_and_password_open_the_pages(world, client):
    assert client.get(ANY_PAGE).status_code == 302
    assert log_in(client, "league").status_code == 302
    assert client.get(ANY_PAGE).status_code == 200
    person = stored(world, "league")
    assert (person.login_count, person.fail_login_count) == (1, 0)
    assert person.last_login is not None


@pytest.mark.parametrize("name", ["LEAGUE", " league ", "league@example.test"])
def test_a_name_in_any_case_or_the_address_will_do(client, name):
    log_in(client, name)
    assert client.get(ANY_PAGE).status_code == 200


@pytest.mark.parametrize(
    ("name", "password"),
    [("league", "wrong"), ("league", ""), ("nobody", PASSWORD), ("", PASSWORD), ("league", "\0")],
)
def test_anything_else_does_not(client, name, password):
    log_in(client, name, password)
    assert client.get(ANY_PAGE).status_code == 302


def test_a_wrong_password_is_counted_until_the_right_one(world, client):
    log_in(client, "league", "wrong")
    log_in(client, "league", "wrong")
    assert stored(world, "league").fail_login_count == 2
    log_in(client, "league")
    assert stored(world, "league").fail_login_count == 0


def test_who_is_no_longer_active_is_out_at_once(world, client):
    log_in(client, "league")
    change(world, "league", active=False)
    assert client.get(ANY_PAGE).status_code == 302
    log_in(client, "league")
    assert client.get(ANY_PAGE).status_code == 302


def test_who_has_no_place_logs_in_and_sees_nothing(world, client):
    change(world, "league", place=None)
    log_in(client, "league")
    page = client.get(ANY_PAGE)
    assert page.status_code == 200
    assert "Here" not in page.text


def test_logging_out_ends_the_session(client):
    log_in(client, "league")
    client.get("/logout/")
    assert client.get(ANY_PAGE).status_code == 302


@pytest.mark.parametrize("cookie", ["1", "1:", "x:y", ":", "1:0", "９:x", f"{2**40}:x"])
def test_a_session_that_is_not_ours_opens_nothing(client, cookie):
    with client.session_transaction() as session:
        session["_user_id"] = cookie
    assert client.get(ANY_PAGE).status_code == 302


def test_many_can_log_in_at_once(world):
    def attempt(number):
        browser = world.client()
        log_in(browser, "league" if number % 2 else "county")
        return browser.get(ANY_PAGE).status_code

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(attempt, range(60))) == {200}
    assert stored(world, "league").login_count == 30
    assert stored(world, "county").login_count == 30


# the initial password


@pytest.mark.parametrize("page", [ANY_PAGE, "/", "/people/list/", "/swagger/v1", "/no/such/page"])
def test_before_the_initial_password_is_changed_every_page_leads_to_its_page(
    client, newcomer, page
):
    log_in(client, newcomer, INITIAL)
    answer = client.get(page)
    assert (answer.status_code, answer.location) == (302, OWN_PAGE)


def test_nothing_can_be_done_by_post_either(world, client):
    enter(world, details("new.filler", role="observer"), must_change=True)
    log_in(client, "new.filler", INITIAL)
    assert client.post("/filings/open").location == OWN_PAGE


def test_the_api_says_so_in_words(client, newcomer):
    log_in(client, newcomer, INITIAL)
    answer = client.get("/api/v1/_openapi")
    assert answer.status_code == 403
    assert answer.json["message"] == "Change the initial password on the web page first."


@pytest.mark.parametrize("page", [OWN_PAGE, STYLE])
def test_the_own_password_and_what_its_page_needs_stay_open(client, newcomer, page):
    log_in(client, newcomer, INITIAL)
    with client.get(page) as answer:
        assert answer.status_code == 200


def test_so_do_logging_out_and_the_language(client, newcomer):
    log_in(client, newcomer, INITIAL)
    assert client.get("/lang/en").location != OWN_PAGE
    client.get("/logout/")
    assert "/login/" in client.get(ANY_PAGE).location


def test_no_token_is_handed_out_for_an_initial_password(client, newcomer):
    answer = ask_token(client, newcomer, INITIAL, refresh=True)
    assert answer.status_code == 403
    assert "token" not in answer.text
    assert answer.json["message"] == "Change the initial password on the web page first."


def test_the_change_opens_everything(client, newcomer):
    log_in(client, newcomer, INITIAL)
    form = {"current": INITIAL, "password": OWN, "again": OWN}
    assert client.post(OWN_PAGE, data=form).status_code == 302
    assert client.get(ANY_PAGE).status_code == 200
    assert ask_token(client, newcomer, OWN).status_code == 200


@pytest.mark.parametrize(
    "form",
    [
        {"current": "wrong", "password": OWN, "again": OWN},
        {"current": INITIAL, "password": OWN, "again": "Other-Password-3"},
        {"current": INITIAL, "password": "short", "again": "short"},
        {"current": INITIAL, "password": INITIAL, "again": INITIAL},
        {"current": INITIAL, "password": "", "again": ""},
        {},
    ],
)
def test_a_change_that_is_not_right_is_refused_and_nothing_opens(world, client, newcomer, form):
    log_in(client, newcomer, INITIAL)
    before = stored(world, newcomer).password
    assert client.post(OWN_PAGE, data=form).status_code == 422
    assert client.get(ANY_PAGE).location == OWN_PAGE
    assert stored(world, newcomer).password == before


def test_the_initial_password_never_comes_back(world, client, newcomer):
    log_in(client, newcomer, INITIAL)
    client.post(OWN_PAGE, data={"current": INITIAL, "password": OWN, "again": OWN})
    back = {"current": OWN, "password": INITIAL, "again": INITIAL}
    assert client.post(OWN_PAGE, data=back).status_code == 422
    assert check_password_hash(stored(world, newcomer).password, OWN)


# sessions and tokens end with the password


def test_a_change_ends_all_sessions_but_the_one_it_was_made_in(client, world):
    other = world.client()
    log_in(client, "league")
    log_in(other, "league")
    client.post(OWN_PAGE, data={"current": PASSWORD, "password": OWN, "again": OWN})
    assert client.get(ANY_PAGE).status_code == 200
    assert other.get(ANY_PAGE).status_code == 302


def test_a_change_ends_all_tokens(client):
    tokens = ask_token(client, "league", refresh=True).json
    access, refresh = bearer(tokens["access_token"]), bearer(tokens["refresh_token"])
    assert client.get(ANY_API, headers=access).status_code == 200
    assert client.post(REFRESH, headers=refresh).status_code == 200
    log_in(client, "league")
    client.post(OWN_PAGE, data={"current": PASSWORD, "password": OWN, "again": OWN})
    assert client.get(ANY_API, headers=access).status_code == 401
    assert client.post(REFRESH, headers=refresh).status_code == 401


def test_an_issued_password_ends_sessions_and_tokens(world, client):
    token = bearer(ask_token(client, "league").json["access_token"])
    log_in(client, "league")
    issue_anew(world, "league")
    assert client.get(ANY_API, headers=token).status_code == 401
    assert "/login/" in client.get(ANY_PAGE).location


def test_a_token_is_refused_as_soon_as_the_password_has_to_be_changed(world, client):
    tokens = ask_token(client, "league", refresh=True).json
    change(world, "league", must_change_password=True)
    for address, kind in ((ANY_API, "access_token"), (REFRESH, "refresh_token")):
        method = client.get if address == ANY_API else client.post
        answer = method(address, headers=bearer(tokens[kind]))
        assert answer.status_code == 403
        assert answer.json["message"] == "Change the initial password on the web page first."


def test_a_refreshed_token_is_as_good_as_the_first(client):
    tokens = ask_token(client, "league", refresh=True).json
    fresh = client.post(REFRESH, headers=bearer(tokens["refresh_token"])).json["access_token"]
    assert client.get(ANY_API, headers=bearer(fresh)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": "Basic bGVhZ3VlOng="},
    ],
)
def test_without_a_token_the_api_answers_401_in_json(client, headers):
    answer = client.get(ANY_API, headers=headers)
    assert answer.status_code == 401
    assert answer.json == {"message": "Log in first.", "details": []}


@pytest.mark.parametrize("body", [None, {}, {"username": "league"}, {"username": 1, "password": 2}])
def test_an_incomplete_login_by_api_is_a_400(client, body):
    assert client.post(LOGIN, json=body).status_code == 400


def test_a_wrong_login_by_api_is_a_401(client):
    assert ask_token(client, "league", "wrong").status_code == 401


def test_a_cookie_does_not_open_the_api(client):
    log_in(client, "league")
    assert client.get(ANY_API).status_code == 401


def test_a_token_counts_and_not_the_cookie_of_somebody_else_beside_it(world):
    client = world.client("other_league")
    seen = client.get(ANY_API, headers=world.token("league")).json["result"]
    assert {one["name"] for one in seen} == {"Here", "Large", "Next"}
    assert client.get(ANY_API, headers=world.token("filler")).json["count"] == 1


# the cost, and the groups of FAB


def counted(app, ask):
    statements = []

    def note(_conn, _cursor, statement, *_rest):
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        with ask() as answer:
            assert answer.status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return [statement for statement in statements if not statement.startswith("BEGIN")]


def test_who_asks_is_known_after_one_statement(app, world):
    """The person with all places, and all rights."""
    client = world.client("league")
    statements = counted(app, lambda: client.get(OWN_PAGE))
    [statement] = [one for one in statements if "ab_" in one or "added_place" in one]
    for table in ("ab_user", "ab_permission", "added_place"):
        assert table in statement


@pytest.mark.parametrize("name", ["super", "league", "observer", "filler"])
def test_who_asks_holds_the_rights_of_the_roles_and_nothing_else(world, name):
    number = stored(world, name).id
    with world.seen_from():
        person, rights = who_asks(str(number))
        assert person.id == number
        assert rights == rights_of(number) != frozenset()


def test_who_has_no_role_holds_no_right(world):
    number = stored(world, "observer").id
    with world.seen_from(), unit_of_work():
        db.session.get(User, number).roles = []
    with world.seen_from():
        assert who_asks(str(number))[1] == rights_of(number) == frozenset()


@pytest.mark.parametrize("number", ["", "0", "-1", "1 or 1", "²", "99999999999"])
def test_a_number_that_is_none_is_nobody(world, number):
    with world.seen_from():
        assert who_asks(number) is None


def test_a_file_of_the_page_costs_no_statement(app, world):
    client = world.client("league")
    assert counted(app, lambda: client.get(STYLE)) == []


@pytest.mark.parametrize("page", ["/people/list/", "/roles/list/"])
def test_lists_stay_within_eight_statements(app, world, page):
    client = world.client("super")
    assert len(counted(app, lambda: client.get(page))) <= 8


def test_rights_come_by_group_as_well(world):
    def give_by_group():
        with world.seen_from(), unit_of_work():
            role = db.session.scalars(select(Role).where(Role.name == "league_administrator")).one()
            person = db.session.scalars(select(User).where(User.username == "observer")).one()
            group = Group(name="deputies", label="", description="", roles=[role], users=[person])
            db.session.add(group)

    client = world.client("observer")
    assert client.get("/people/list/").status_code == 403
    give_by_group()
    assert client.get("/people/list/").status_code == 200


# the commands of FAB


def test_fabs_command_enters_a_super_administrator_with_an_initial_password(app, world):
    with app.app_context():
        role = app.appbuilder.sm.find_role("super_administrator")
        app.appbuilder.sm.add_user("Boss", "Wei", "Zhang", "", role, INITIAL)
    person = stored(world, "boss")
    assert (person.place, person.must_change_password) == ("", True)
    assert check_password_hash(person.password, INITIAL)


@pytest.mark.parametrize(
    ("role", "password"),
    [
        ("super_administrator", "short"),
        ("super_administrator", ""),
        ("observer", INITIAL),
        ("Admin", INITIAL),
    ],
)
def test_fabs_command_enters_nobody_else(app, world, role, password):
    with app.app_context():
        manager = app.appbuilder.sm
        with pytest.raises(ClickException):
            manager.add_user("boss", "Wei", "Zhang", "b@b.cn", manager.find_role(role), password)
        assert manager.find_user("boss") is None


def test_fabs_command_takes_no_hash(app, world):
    with app.app_context(), pytest.raises(NotImplementedError):
        app.appbuilder.sm.add_user("boss", "W", "Z", "b@b.cn", None, hashed_password="x")


def test_fabs_command_issues_a_password_by_the_rule(app, world):
    number = stored(world, "league").id
    with app.app_context():
        app.appbuilder.sm.reset_password(number, INITIAL)
    person = stored(world, "league")
    assert person.must_change_password
    assert check_password_hash(person.password, INITIAL)
    with app.app_context(), pytest.raises(ClickException):
        app.appbuilder.sm.reset_password(number, "short")
    assert check_password_hash(stored(world, "league").password, INITIAL)
