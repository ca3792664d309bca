"""What is wrong with annexes 1 and 2, field by field."""

from datetime import date

import pytest

from app.core.credit_code import check_character
from app.energy_staff.checking import age_in, flaws, too_long
from app.energy_staff.fields import FIELDS, STAFF, Annex
from tests.energy_staff.forms import HEADS, PERSON

TODAY = date(2026, 11, 28)
BODY = "91150200MA0000000"
CODE = BODY + check_character(BODY)
FIXED = {"enterprise_name": "Here", "legal_person_code": CODE}


@pytest.fixture(autouse=True)
def _words(app):
    with app.test_request_context():
        yield


def split(said):
    fields = {name: text for name, text in said.items() if "/" not in name}
    row = {n.rpartition("/")[2]: text for n, text in said.items() if n.startswith("staff/1/")}
    return {**FIXED, **fields}, [row] if row else []


def wrong(annex, **changed):
    fields, staff = split({**(HEADS if annex is Annex.HEADS else PERSON), **changed})
    return {one.where: str(one) for one in flaws(annex, fields, staff, TODAY)}


def test_forms_that_are_filled_in_have_no_flaw():
    assert wrong(Annex.HEADS) == {}
    assert wrong(Annex.PERSON) == {}


def test_the_fields_are_those_of_the_official_forms():
    heads = [one.name for one in FIELDS[Annex.HEADS]]
    assert len(heads) == 13  # and the table of those appointed
    assert [one.name for one in STAFF if not one.required] == ["professional_title"]
    optional = [one.name for one in FIELDS[Annex.PERSON] if not one.required]
    assert optional == ["postcode", "office_phone", "fax", "email"]
    private = {one.name for one in FIELDS[Annex.PERSON] if one.is_private}
    assert private == {
        *("birth_year office_phone mobile fax email supervisor_phone".split()),
    }


@pytest.mark.parametrize("annex", Annex)
def test_what_is_required_is_asked_for_by_name(annex):
    asked = {one.where for one in flaws(annex, {}, [{}] if annex is Annex.HEADS else [], TODAY)}
    wanted = {one.name for one in annex.fields if one.required}
    if annex is Annex.HEADS:
        wanted |= {f"staff/1/{one.name}" for one in STAFF if one.required}
    assert asked == wanted
    nobody = flaws(Annex.HEADS, {**FIXED}, [], TODAY)
    assert "staff/1/name" in {one.where for one in nobody}


@pytest.mark.parametrize(
    ("annex", "name", "bad", "good"),
    [
        (Annex.PERSON, "birth_year", ["2009", "1955", "85", "x"], ["2008", "1956"]),
        (Annex.PERSON, "postcode", ["01410", "0141000", "０１４１００"], ["014100"]),
        (
            Annex.PERSON,
            "mobile",
            ["139", "call me", "139０4720001"],
            ["+86 139 0472"],
        ),
        (Annex.PERSON, "email", ["a", "a@b", "a b@c.d"], ["a@b.c"]),
        (Annex.PERSON, "gender", ["other"], ["male"]),
        (Annex.HEADS, "unit_nature", ["State-owned"], ["state", "joint_stock"]),
        (Annex.HEADS, "legal_phone", ["12345"], ["0472-5551234转801"]),
        (Annex.HEADS, "legal_person_code", [CODE[:17] + "!", "123"], [CODE, "11415211-4"]),
        (Annex.HEADS, "prepared_on", ["2026-11-29", "2026-02-29", "x"], ["2026-11-28"]),
        (Annex.HEADS, "staff/1/years_in_position", ["60.1", "61", "-1", "1.25"], ["60", "0"]),
    ],
)
def test_values_are_checked_at_their_bounds(annex, name, bad, good):
    for text in bad:
        assert list(wrong(annex, **{name: text})) == [name], text
    for text in good:
        assert wrong(annex, **{name: text}) == {}, text


def test_what_is_too_long_is_not_even_kept():
    found = too_long(Annex.PERSON, {"name": "x" * 51, "major": "y" * 80}, [])
    assert [one.where for one in found] == ["name"]
    rows = [{"name": "x" * 51}, *({"name": "x"} for _each in range(30))]
    assert [one.where for one in too_long(Annex.HEADS, {}, rows)] == ["staff/1/name", "staff"]


def test_the_age_is_that_reached_in_the_year():
    assert age_in(2026, "1985") == 41
    assert age_in(2026, "85") is None
