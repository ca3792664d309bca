"""Annexes 1 and 2 from the first line to the number on record; who sees what of them."""

import threading
from datetime import UTC, datetime
from io import BytesIO

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.db import db
from app.energy_staff.models import EnergyForm, FormState
from app.energy_staff.operations import accept
from tests.documents.samples import pdf
from tests.energy_staff.forms import HEADS, PERSON

FORMS = "/energy-forms"


def begin(world, annex, who="confirmer", line=0, enterprise="Here"):
    """The number of a form that *who* begins."""
    with world.seen_from():
        pk = world.enterprise(enterprise).id
    sent = {"enterprise": pk, "annex": annex, "line": line}
    answer = world.client(who).post(f"{FORMS}/begin", data=sent)
    assert answer.status_code == 302, answer.status_code
    return int(answer.location.split("/")[2])


def form_of(world, pk):
    with world.seen_from():
        form = db.session.get(EnergyForm, pk)
        db.session.expunge_all()
        return form


def fill(world, pk, said, who="confirmer", **more):
    sent = {"version": form_of(world, pk).version, **said, **more}
    return world.client(who).post(f"{FORMS}/{pk}/fill", data=sent)


def act(world, pk, what, who, **more):
    sent = {"version": form_of(world, pk).version, **more}
    return world.client(who).post(f"{FORMS}/{pk}/{what}", data=sent)


def scan(world, pk, content=None, name="签字.pdf", who="confirmer"):
    sent = {"file": (BytesIO(content or pdf()), name)}
    return world.client(who).post(f"{FORMS}/{pk}/scan", data=sent).status_code


def handed_in(world, who="confirmer", enterprise="Here", **changed):
    """A person whom *who* has handed in, with the signed print."""
    pk = begin(world, "person", who, enterprise=enterprise)
    assert scan(world, pk, who=who) == 302
    assert fill(world, pk, {**PERSON, **changed}, who, hand_in="1").status_code == 302
    assert form_of(world, pk).state is FormState.HANDED_IN
    return pk


def tags(world):
    with world.seen_from():
        query = select(AuditEntry.tag).where(AuditEntry.tag.startswith("energy_form"))
        return list(db.session.scalars(query.order_by(AuditEntry.id)))


def test_annex_1_begins_with_the_registry_and_is_in_force_when_it_is_handed_in(world):
    pk = begin(world, "heads")
    assert begin(world, "heads", "filler") == pk  # a second click, or a colleague
    with world.seen_from():
        code = world.enterprise().credit_code
    page = world.client("filler").get(f"{FORMS}/{pk}/fill").text
    assert "Here" in page
    assert code in page
    answer = fill(world, pk, {**HEADS, "legal_phone": "x", "enterprise_name": "Mine"}, hand_in="1")
    assert answer.status_code == 422
    assert 'id="legal_phone-wrong"' in answer.text
    assert "王五" in answer.text  # nothing is lost
    assert form_of(world, pk).state is FormState.DRAFT
    assert fill(world, pk, HEADS, hand_in="1").status_code == 302
    form = form_of(world, pk)
    assert (form.state, form.open_for) == (FormState.IN_FORCE, None)
    assert (form.fields["enterprise_name"], form.fields["legal_person_code"]) == ("Here", code)
    assert form.staff[0]["years_in_position"] == "3.5"
    assert fill(world, pk, HEADS).status_code == 409
    assert tags(world) == [f"energy_form:{one}" for one in ("begin", "fill", "fill", "hand_in")]


def test_a_new_version_replaces_the_old_one_which_stays_readable(world):
    first = begin(world, "heads")
    fill(world, first, HEADS, hand_in="1")
    second = begin(world, "heads", line=1)
    assert second != first
    assert form_of(world, second).fields["legal_representative"] == "李四"
    assert form_of(world, first).state is FormState.IN_FORCE  # until the new one is handed in
    fill(world, second, {**HEADS, "legal_representative": "吴十"}, hand_in="1")
    assert form_of(world, first).state is FormState.REPLACED
    assert form_of(world, second).number == 2
    assert "李四" in world.client("league").get(f"{FORMS}/{first}").text
    page = world.client("league").get(f"{FORMS}/{second}").text
    assert "吴十" in page
    assert f'href="{FORMS}/{first}"' in page


def test_the_league_puts_a_person_on_record_with_a_number(world):
    pk = begin(world, "person")
    answer = fill(world, pk, PERSON, hand_in="1")
    assert answer.status_code == 422
    assert "Upload the print, signed and stamped" in answer.text
    assert scan(world, pk, b"MZ", "a.exe") == 422
    assert scan(world, pk) == 302
    assert fill(world, pk, PERSON, hand_in="1").status_code == 302
    assert act(world, pk, "accept", "county").status_code == 403
    assert act(world, pk, "return", "league").status_code == 422  # without a reason
    assert act(world, pk, "return", "league", reason="电话有误。").status_code == 302
    assert "电话有误。" in world.client("confirmer").get(f"{FORMS}/{pk}/fill").text
    assert fill(world, pk, PERSON, hand_in="1").status_code == 302
    old = form_of(world, pk).version
    assert act(world, pk, "accept", "league").status_code == 302
    form = form_of(world, pk)
    year = form.in_force_at.year
    assert (form.state, form.record_no) == (FormState.IN_FORCE, f"150221-{year}-0001")
    assert act(world, pk, "accept", "league", version=old).status_code == 409  # a double click
    other = handed_in(world, "large_confirmer", "Large")
    act(world, other, "accept", "league")
    assert form_of(world, other).record_no == f"150221-{year}-0002"
    newer = begin(world, "person", line=1)
    fill(world, newer, {**PERSON, "mobile": "13904729999"})
    scan(world, newer)
    fill(world, newer, {**PERSON, "mobile": "13904729999"}, hand_in="1")
    act(world, newer, "accept", "league")
    assert form_of(world, newer).record_no == f"150221-{year}-0001"  # the person's, for good
    assert form_of(world, pk).state is FormState.REPLACED
    assert act(world, newer, "end", "confirmer").status_code == 302
    assert form_of(world, newer).state is FormState.ENDED
    sent = {"enterprise": form.enterprise_id, "annex": "person", "line": 1}
    assert world.client("confirmer").post(f"{FORMS}/begin", data=sent).status_code == 409


def test_two_who_accept_at_once_give_two_numbers_or_one_is_told(world):
    forms = [handed_in(world), handed_in(world, "large_confirmer", "Large")]
    together, told = threading.Barrier(2), []

    def accept_it(pk):
        version = form_of(world, pk).version
        together.wait()
        answer = world.client("league").post(f"{FORMS}/{pk}/accept", data={"version": version})
        told.append(answer.status_code)

    threads = [threading.Thread(target=accept_it, args=(pk,)) for pk in forms]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    numbers = {form_of(world, pk).record_no for pk in forms}
    assert told == [302, 302]
    assert len(numbers) == 2
    assert sorted(one[-4:] for one in numbers) == ["0001", "0002"]


def test_a_form_that_somebody_else_has_changed_is_not_overwritten(world):
    pk = begin(world, "heads")
    old = form_of(world, pk).version
    fill(world, pk, {**HEADS, "prepared_by": "一"})
    answer = fill(world, pk, {**HEADS, "prepared_by": "二"}, version=old)
    assert answer.status_code == 409
    assert "二" in answer.text
    assert form_of(world, pk).fields["prepared_by"] == "一"


PRIVATE = ("13904720004", "0472-5551235", "zhou@example.test", "1985", ">41<")


@pytest.mark.parametrize(
    ("who", "openly"),
    [
        ("filler", True),
        ("county", True),
        ("league", True),
        ("region", True),
        ("staff", False),
        ("observer", False),
        ("super", False),
    ],
)
def test_what_is_private_is_masked_for_who_is_not_in_the_chain(world, clock, who, openly):
    clock("2026-03-01 09:00")
    pk = handed_in(world)
    page = world.client(who).get(f"{FORMS}/{pk}")
    assert page.status_code == 200
    seen = [one for one in PRIVATE if one in page.text]
    assert seen == ([one for one in PRIVATE if one != "1985"] if openly else [])
    assert "周九" in page.text
    file = world.client(who).get(f"{FORMS}/{pk}/scan/file", buffered=True)
    assert file.status_code == (200 if openly else 403)
    if not openly:
        assert "139********" in page.text
        assert "z***@example.test" in page.text


def test_a_stranger_finds_none_of_it(world):
    pk = handed_in(world)
    for who in ("other_league", "large_confirmer", "other_observer"):
        for part in ("", "/fill", "/form.pdf", "/scan/file", "/scan/opened", "/scan/shown"):
            answer = world.client(who).get(f"{FORMS}/{pk}{part}")
            assert answer.status_code in (403, 404), (who, part)
        for part in ("fill", "scan", "accept", "return", "end"):
            assert act(world, pk, part, who).status_code in (403, 404), (who, part)
        assert "周九" not in world.client(who).get(f"{FORMS}/list/").text
    assert form_of(world, pk).state is FormState.HANDED_IN


@pytest.mark.parametrize("annex", ["heads", "person"])
def test_both_print_on_paper_and_who_takes_one_is_recorded(world, annex):
    pk = begin(world, annex)
    fill(world, pk, HEADS if annex == "heads" else PERSON)
    answer = world.client("league").get(f"{FORMS}/{pk}/form.pdf")
    assert answer.data.startswith(b"%PDF-")
    assert tags(world)[-1] == "energy_form:print"


def test_the_list_says_what_is_to_be_renewed(world):
    pk = begin(world, "heads")
    fill(world, pk, HEADS, hand_in="1")
    with world.seen_from():
        db.session.get(EnergyForm, pk).in_force_at = datetime(2025, 1, 20, tzinfo=UTC)
        db.session.commit()
    for query, found in (("state=due", 1), ("state=now", 1), ("state=draft", 0), ("q=here", 1)):
        page = world.client("league").get(f"{FORMS}/list/?{query}").text
        assert (f'href="{FORMS}/{pk}"' in page) == bool(found), query
    assert "to be renewed" in world.client("league").get(f"{FORMS}/list/").text
    assert "of an earlier year" in world.client("confirmer").get(f"{FORMS}/{pk}").text
    assert world.client("league").get(f"{FORMS}/list.xlsx").status_code == 200


def test_what_is_not_handed_in_is_not_accepted(world):
    pk = begin(world, "person")
    assert act(world, pk, "accept", "league").status_code == 409
    assert form_of(world, pk).state is FormState.DRAFT
    assert accept.__doc__
