"""The page of platform support: whom to call, entered by the region."""

import json

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core.db import db
from app.support.models import PlatformContact
from app.support.queries import platform_contact
from tests.support.saying import EDITORS, READERS, reached, values

PAGE, FORM = "/support/", "/support/contact"
NEW = {"phone": "0471-7654321", "mail": "us@example.test", "hours": "9-17", "notes": "a\r\nb"}


def count(world, kind):
    with world.seen_from():
        return db.session.scalar(select(func.count()).select_from(kind))


@pytest.mark.parametrize("who", [*READERS, *EDITORS])
def test_everybody_reads_whom_to_call(world, who):
    client = world.client(who)
    assert "No contact has been entered yet." in client.get(PAGE).text
    reached(world, phone="+86 (471) 123-4567", notes="Call before\nnoon.\n\n<b>Thanks</b>")
    page = client.get(PAGE).text
    assert '<a href="tel:+864711234567">+86 (471) 123-4567</a>' in page
    assert '<a href="mailto:help@example.test">help@example.test</a>' in page
    assert "<p>Call before<br>noon.</p>" in page
    assert ">&lt;b&gt;Thanks&lt;/b&gt;</p>" in page


def test_a_stranger_reads_nothing(world):
    reached(world)
    answer = world.client().get(PAGE)
    assert answer.status_code == 302
    assert "0471" not in answer.text


@pytest.mark.parametrize("who", EDITORS)
def test_the_region_and_the_super_administrator_enter_and_change_it(world, who):
    client = world.client(who)
    assert client.post(FORM, data={**NEW, "version": ""}).status_code == 302
    assert values(world, PlatformContact, 1) == {
        "id": 1,
        "version": 1,
        **NEW,
        "notes": "a\nb",
    }
    assert 'name="version" type="hidden" value="1"' in client.get(FORM).text
    answer = client.post(FORM, data={**NEW, "phone": "12345", "notes": "a\nb", "version": 1})
    assert answer.status_code == 302
    with world.seen_from():
        assert platform_contact().phone == "12345"
        query = select(AuditEntry.facts).where(AuditEntry.tag == "support:change_contact")
        last = db.session.scalars(query.order_by(AuditEntry.id.desc())).first()
        assert json.loads(last) == {"changes": {"phone": ["0471-7654321", "12345"]}}


@pytest.mark.parametrize("who", READERS)
def test_nobody_else_changes_it(world, who):
    reached(world)
    before, client = values(world, PlatformContact, 1), world.client(who)
    assert client.get(FORM).status_code == 403
    assert client.post(FORM, data={**NEW, "version": 1}).status_code == 403
    assert f'href="{FORM}"' not in client.get(PAGE).text
    assert values(world, PlatformContact, 1) == before


@pytest.mark.parametrize("version", ["", "1", "7", "x"])
def test_who_saw_an_older_version_is_refused(world, version):
    reached(world)
    client = world.client("region")
    assert client.post(FORM, data={**NEW, "version": 1}).status_code == 302
    before, entries = values(world, PlatformContact, 1), count(world, AuditEntry)
    answer = client.post(FORM, data={**NEW, "phone": "110", "version": version})
    assert answer.status_code == 409
    assert 'value="110"' in answer.text
    assert values(world, PlatformContact, 1) == before
    assert count(world, AuditEntry) == entries


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"phone": "", "mail": ""}, "phone-wrong"),
        ({"phone": "javascript:alert(1)"}, "phone-wrong"),
        ({"phone": "1" * 31}, "phone-wrong"),
        ({"phone": "４７１１２３４"}, "phone-wrong"),
        ({"mail": "nobody"}, "mail-wrong"),
        ({"mail": "a@b.test?subject=x"}, "mail-wrong"),
        ({"mail": '"a b"@example.test'}, "mail-wrong"),
        ({"mail": "a@" + "b" * 120 + ".test"}, "mail-wrong"),
        ({"hours": "x" * 201}, "hours-wrong"),
        ({"notes": "x" * 1001}, "notes-wrong"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(world, wrong, told):
    answer = world.client("region").post(FORM, data={**NEW, "version": "", **wrong})
    assert answer.status_code == 422
    assert f'id="{told}"' in answer.text
    assert count(world, PlatformContact) == 0


def test_one_of_telephone_and_mail_is_enough(world):
    client = world.client("region")
    assert (
        client.post(FORM, data={"phone": "", "mail": "a@b.test", "version": ""}).status_code == 302
    )
    page = client.get(PAGE).text
    assert "tel:" not in page
    assert "mailto:a@b.test" in page
