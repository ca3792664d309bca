"""How people want the screen is kept with them, and nothing else is."""

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.core.db import db
from app.core.errors import Invalid
from app.core.preferences import MOST, with_preference


def kept(world, name):
    with world.seen_from():
        query = select(User.preferences).where(User.username == name)
        return db.session.scalar(query)


def test_a_setting_is_kept_and_forgotten():
    assert with_preference({}, "theme", "dark") == {"theme": "dark"}
    assert with_preference({"theme": "dark"}, "theme", "") == {}
    assert with_preference({}, "columns:EnterpriseView", "name,industry") == {
        "columns:EnterpriseView": "name,industry"
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "pink"),
        ("colour", "red"),
        ("period", "2026Q5"),
        ("period", "２０２６Q1"),
        ("size", "1000000"),
        ("columns:EnterpriseView", "name; drop"),
        ("columns:<b>", "name"),
        ("notices_seen", "yesterday"),
        ("mail", "on"),
    ],
)
def test_what_is_no_setting_is_refused(name, value):
    with pytest.raises(Invalid):
        with_preference({}, name, value)


def test_nobody_keeps_without_end():
    full = {f"columns:{'x' * n}": "name" for n in range(1, MOST + 1)}
    with pytest.raises(Invalid):
        with_preference(full, "theme", "dark")


def test_settings_are_kept_with_the_person(world):
    client = world.client("league")
    answer = client.post(
        "/account/preferences/",
        data={"theme": "dark", "period": "2026Q1", "back": "/enterprises/list/?q=x"},
    )
    assert (answer.status_code, answer.location) == (302, "/enterprises/list/?q=x")
    assert kept(world, "league") == {"theme": "dark", "period": "2026Q1"}
    assert not kept(world, "county")


def test_a_language_holds_for_the_next_login_too(world):
    world.client("league").post("/account/preferences/", data={"language": "en"})
    page = world.client("league").get("/")
    assert '<html lang="en"' in page.text


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org", "/\\example.org", ""])
def test_nobody_is_sent_to_another_site(world, back):
    answer = world.client("league").post("/account/preferences/", data={"side": "", "back": back})
    assert answer.location == "/"


def test_what_is_wrong_changes_nothing(world):
    answer = world.client("league").post(
        "/account/preferences/", data={"theme": "dark", "colour": "red"}
    )
    assert answer.status_code == 422
    assert not kept(world, "league")


def test_the_page_says_whether_there_is_mail_and_where_it_goes(world, monkeypatch):
    client = world.client("filler")
    assert "This platform sends no mail." in client.get("/account/preferences/").text
    monkeypatch.setitem(world.app.config, "MAIL_HOST", "mail.example.test")
    shown = client.get("/account/preferences/").text
    assert "Yours goes to filler@example.test" in shown
    assert "Send me no mail" in shown


def test_mail_is_switched_off_and_on_for_oneself(world, monkeypatch):
    monkeypatch.setitem(world.app.config, "MAIL_HOST", "mail.example.test")
    client = world.client("filler")
    client.post("/account/preferences/", data={"mail": "off"})
    assert kept(world, "filler") == {"mail": "off"}
    assert not kept(world, "confirmer")
    assert "you have switched it off" in client.get("/account/preferences/").text
    client.post("/account/preferences/", data={"mail": ""})
    assert kept(world, "filler") == {}


def test_who_has_no_address_is_told_so_and_has_nothing_to_switch(world, monkeypatch):
    monkeypatch.setitem(world.app.config, "MAIL_HOST", "mail.example.test")
    with world.seen_from():
        person = db.session.scalars(select(User).where(User.username == "filler")).one()
        person.email = "filler@no-mail.invalid"
        db.session.commit()
    shown = world.client("filler").get("/account/preferences/").text
    assert "no e-mail address of yours is known" in shown
    assert "no-mail.invalid" not in shown
    assert "Send me" not in shown
