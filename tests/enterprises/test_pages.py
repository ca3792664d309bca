"""The registry: entered by the league, changed with old and new value, found by anything."""

import json

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.credit_code import check_character
from app.core.db import db
from app.enterprises.models import Enterprise
from tests.world import COUNTY, OTHER_COUNTY

BODY = "91150221MA0Q8WX20"
CODE = BODY + check_character(BODY)
NEW = {
    "county": COUNTY,
    "name": "内蒙古晨曦化工有限公司",
    "credit_code": CODE,
    "industry_code": "26",
    "enterprise_class": "unlisted",
}


def count(world):
    with world.seen_from():
        return len(db.session.scalars(select(Enterprise)).all())


def test_a_league_enters_an_enterprise_with_what_is_required_only(world):
    answer = world.client("league").post("/enterprises/add", data=NEW)
    assert answer.status_code == 302
    with world.seen_from():
        made = world.enterprise(NEW["name"])
        assert made.place == f"{COUNTY}{made.registry_number}/"
        assert (made.short_name, made.version) == ("", 1)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"credit_code": CODE[:-1] + "0"}, "check character"),
        ({"name": ""}, "required"),
        ({"county": OTHER_COUNTY}, "Not a valid choice"),
        ({"industry_code": "99"}, "industry_code-wrong"),
        ({"enterprise_class": "large"}, "enterprise_class-wrong"),
        ({"address": "x" * 201}, "200"),
    ],
)
def test_wrong_input_is_told_at_its_field_and_kept(world, changed, told):
    before = count(world)
    data = {**NEW, "contact_name": "孙丽", **changed}
    answer = world.client("league").post("/enterprises/add", data=data)
    assert answer.status_code == 422
    assert told in answer.text
    assert "孙丽" in answer.text
    assert count(world) == before


def test_a_code_that_is_taken_is_a_conflict_without_sql(world):
    with world.seen_from():
        taken = world.enterprise("There").credit_code
    answer = world.client("league").post("/enterprises/add", data={**NEW, "credit_code": taken})
    assert answer.status_code == 409
    assert OTHER_COUNTY not in answer.text
    assert "INSERT" not in answer.text.upper()


def test_a_change_is_entered_with_old_and_new_value(world):
    client = world.client("league")
    with world.seen_from():
        here = world.enterprise()
        pk, version, code = here.id, here.version, here.credit_code
    data = {**NEW, "name": "Elsewhere", "credit_code": code, "version": version}
    assert client.post(f"/enterprises/edit/{pk}", data=data).status_code == 302
    with world.seen_from():
        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.tag == "enterprise:change")
        ).one()
        assert json.loads(entry.facts)["changes"]["name"] == ["Here", "Elsewhere"]
    again = client.post(f"/enterprises/edit/{pk}", data={**data, "name": "Third"})
    assert again.status_code == 409
    with world.seen_from():
        assert db.session.get(Enterprise, pk).name == "Elsewhere"


@pytest.mark.parametrize("typed", ["晨曦化工", "cxhg", CODE, "CXHG", "晨曦 有限"])
def test_it_is_found_by_name_code_and_initials(world, typed):
    client = world.client("league")
    client.post("/enterprises/add", data=NEW)
    answer = world.app.test_client().get(
        "/api/v1/enterprises/", query_string={"q": typed}, headers=world.token("league")
    )
    assert [one["name"] for one in answer.json["result"]] == [NEW["name"]]


def test_signs_of_a_pattern_are_only_signs(world):
    for typed in ("%", "_", "\\", "'", '"', "100%"):
        answer = world.app.test_client().get(
            "/api/v1/enterprises/", query_string={"q": typed}, headers=world.token("league")
        )
        assert answer.json["count"] == 0, typed


def test_filters_by_place_and_class(world):
    client, headers = world.app.test_client(), world.token("region")

    def names(**asked):
        answer = client.get("/api/v1/enterprises/", query_string=asked, headers=headers)
        return sorted(one["name"] for one in answer.json["result"])

    assert names(place=COUNTY) == ["Here", "Large"]
    assert names(place="150000/150300/") == ["There"]
    assert names(enterprise_class="ten_thousand") == ["Here", "Large", "Next", "There"]
    assert names(enterprise_class="hundred") == []
