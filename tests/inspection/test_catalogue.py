"""The catalogue equals the manual's table row by row; the region keeps it by years."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.db import db
from app.inspection.catalogue import documents_in
from app.inspection.models import InspectionDocument
from app.inspection.sources import SOURCES
from tests.inspection.handing_in import entered, states

TABLE = Path("tests/data/inspection_catalogue.csv").read_text(encoding="utf-8")
MANUAL = list(csv.DictReader(TABLE.splitlines()))


def test_it_equals_the_manuals_table_row_by_row(world):
    with world.seen_from():
        found = [
            {
                "category_no": str(one.chapter_no),
                "category": one.chapter_zh,
                "item_no": one.item_no,
                "item": one.item_zh,
                "doc_code": one.code,
                "required_document": one.name_zh,
                "frequency_text": one.frequency_zh,
                "frequency_code": one.frequency.value,
                "due_month": str(one.due_month or ""),
                "mandatory_code": one.necessity.value,
                "template_ref": one.template.value if one.template else "",
                "content_notes": one.content_zh,
            }
            for one in documents_in(2026)
        ]
    assert found == [{name: row[name] for name in found[0]} for row in MANUAL]
    assert len(found) == 26


def test_conditional_ones_have_their_question_and_reports_their_source(world):
    with world.seen_from():
        all_of_them = documents_in(2026)
        asked = {one.code: one.question.value for one in all_of_them if one.question}
        assert asked == {
            "D2102": "metering_rules",
            "D6201": "obsolete_equipment",
            "D6202": "obsolete_equipment",
            "D7101": "certified_system",
            "D7102": "uncertified_system",
        }
        taken = {one.code: one.taken_from for one in all_of_them if one.taken_from}
        assert taken == {"D3201": "filing.monthly_report", "D3301": "filing.annual_report"}
        assert set(taken.values()) == set(SOURCES)
        assert [one.code for one in all_of_them if one.expires] == ["D2202", "D7101"]
        assert [one.flaws() for one in all_of_them if one.flaws()] == []


def form_of(world, **changes):
    with world.seen_from():
        row = db.session.scalars(
            select(InspectionDocument)
            .where(InspectionDocument.code == "D5102")
            .order_by(InspectionDocument.from_year.desc())
        ).first()
        data = {name: getattr(row, name) for name in (*row.values, "source", "code", "version")}
    data = {name: getattr(value, "value", value) for name, value in data.items()}
    data = {n: "" if v is None else v for n, v in data.items() if v is not False}
    return {**data, "reason": "asked every year", **changes}


@pytest.fixture
def region(world, clock):
    clock("2026-11-28 09:00")
    entered(world)
    return world.client("region")


def kept(world):
    with world.seen_from():
        query = select(InspectionDocument).where(InspectionDocument.code == "D5102")
        rows = db.session.scalars(query.order_by(InspectionDocument.from_year))
        return [(row.from_year, row.frequency.value) for row in rows]


def test_what_a_document_becomes_leaves_the_years_before_as_they_were(world, region):
    data = form_of(world, frequency="annual", due_month="6", from_year="2027")
    assert region.post("/inspection-catalogue/add", data=data).status_code == 302
    assert kept(world) == [(2000, "once_update_january"), (2027, "annual")]
    assert str(states(world, 2026)["D5102"][1]) == "2026-01-31"
    assert str(states(world, 2027)["D5102"][1]) == "2027-06-30"
    assert "From a later year" in region.get("/inspection-catalogue/1").text
    assert 'value="D1101"' in region.get("/inspection-catalogue/add?like=1").text
    given_up = form_of(world, from_year="2028")
    del given_up["in_use"]
    assert region.post("/inspection-catalogue/add", data=given_up).status_code == 302
    assert "D5102" not in states(world, 2028)
    last = len(MANUAL) + 2
    assert region.post(f"/inspection-catalogue/{last}/delete").status_code == 302
    changed = form_of(world, due_month="7")
    assert region.post(f"/inspection-catalogue/edit/{last - 1}", data=changed).status_code == 302
    assert str(states(world, 2027)["D5102"][1]) == "2027-07-31"
    assert region.post(f"/inspection-catalogue/edit/{last - 1}", data=changed).status_code == 409
    with world.seen_from():
        tags = select(AuditEntry.tag).where(AuditEntry.tag.like("inspection:%_document"))
        assert db.session.scalars(tags.order_by(AuditEntry.id)).all() == [
            "inspection:add_document",
            "inspection:add_document",
            "inspection:delete_document",
            "inspection:change_document",
        ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"from_year": "2025"}, "choose 2026 or later"),
        ({"from_year": "2027", "question": "metering_rules"}, "must have one"),
        ({"from_year": "2027", "parts_zh": "一/二", "parts_en": "one"}, "as many parts"),
        ({"from_year": "2027", "code": "X"}, "Invalid input"),
        ({"from_year": "2027", "due_month": "13"}, "between 1 and 12"),
    ],
)
def test_an_edition_that_does_not_hold_is_refused(world, region, changes, said):
    answer = region.post("/inspection-catalogue/add", data=form_of(world, **changes))
    assert (answer.status_code, said in answer.text) == (422, True)
    assert kept(world) == [(2000, "once_update_january")]


def test_what_past_years_were_asked_by_stays_and_only_the_region_changes_it(world, region):
    there = f"/inspection-catalogue/edit/{18}"
    assert region.post(there, data=form_of(world)).status_code == 409
    assert region.post("/inspection-catalogue/18/delete").status_code == 409
    for name in ("league", "county", "confirmer", "staff"):
        client = world.client(name)
        assert client.get("/inspection-catalogue/list/").status_code == 200
        assert client.post("/inspection-catalogue/add", data=form_of(world)).status_code == 403
        assert client.post("/inspection-catalogue/18/delete").status_code == 403
    assert kept(world) == [(2000, "once_update_january")]
