"""The days that the region sets apart: who keeps them, the journal, and what is read of them."""

from datetime import date

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.db import db
from app.core.unit import unit_of_work
from app.workdays.models import SpecialDay
from app.workdays.queries import doubts_about, is_worked, special_days, worked_after

FREE = {"day": "2026-12-24", "is_working": "False", "reason": "notice 3 of the region"}


def kept(world):
    with world.seen_from():
        rows = db.session.scalars(select(SpecialDay).order_by(SpecialDay.day))
        return [(str(row.day), row.is_working, row.reason) for row in rows]


def tags(world):
    with world.seen_from():
        query = select(AuditEntry.tag).where(AuditEntry.tag.startswith("special_day:"))
        return list(db.session.scalars(query.order_by(AuditEntry.id)))


@pytest.mark.parametrize("name", ["region", "super"])
def test_the_region_adds_changes_and_deletes(world, name):
    client = world.client(name)
    assert client.post("/special-days/add", data=FREE).status_code == 302
    assert kept(world) == [("2026-12-24", False, "notice 3 of the region")]
    with world.seen_from():
        pk = db.session.scalar(select(SpecialDay.id))
        assert not is_worked(date(2026, 12, 24))
    assert "2026-12-24 Thu" in client.get("/special-days/list/?year=2026").text
    assert "2026-12-24 Thu" not in client.get("/special-days/list/?year=2027").text
    change = {**FREE, "day": "2026-12-25", "version": 1}
    assert client.post(f"/special-days/edit/{pk}", data=change).status_code == 302
    stale = {**change, "reason": "somebody else's"}
    assert client.post(f"/special-days/edit/{pk}", data=stale).status_code == 409
    assert kept(world) == [("2026-12-25", False, "notice 3 of the region")]
    assert client.get(f"/special-days/{pk}").status_code == 200
    assert client.post(f"/special-days/{pk}/delete").status_code == 302
    assert client.post(f"/special-days/{pk}/delete").status_code == 404
    assert kept(world) == []
    assert tags(world) == ["special_day:add", "special_day:change", "special_day:delete"]


@pytest.mark.parametrize("name", ["league", "county", "confirmer", "observer"])
def test_all_others_read_only(world, name):
    world.client("region").post("/special-days/add", data=FREE)
    with world.seen_from():
        pk = db.session.scalar(select(SpecialDay.id))
    before, client = kept(world), world.client(name)
    assert client.get("/special-days/list/").status_code == 200
    for address in ("add", f"edit/{pk}", f"{pk}/delete"):
        assert client.post(f"/special-days/{address}", data=FREE).status_code in (302, 403)
    assert kept(world) == before


def test_a_day_is_set_apart_once_and_only_from_what_holds_anyway(world):
    client = world.client("region")
    assert client.post("/special-days/add", data=FREE).status_code == 302
    assert client.post("/special-days/add", data=FREE).status_code in (409, 422)
    same = {"day": "2026-10-10", "is_working": "True", "reason": "as the State Council says"}
    assert client.post("/special-days/add", data=same).status_code == 422
    assert (
        client.post(
            "/special-days/add", data={**FREE, "day": "2026-12-25", "reason": " "}
        ).status_code
        == 422
    )
    new_year = {"day": "2027-01-02", "is_working": "False", "reason": "a Saturday, to be sure"}
    assert client.post("/special-days/add", data=new_year).status_code == 302
    assert [day for day, _works, _reason in kept(world)] == ["2026-12-24", "2027-01-02"]
    assert tags(world) == ["special_day:add"] * 2


def test_they_are_read_once_and_again_after_a_change(world, asked):
    with world.seen_from():
        asked.clear()
        for _ in range(300):
            worked_after(date(2026, 9, 30), 5)
        assert len(asked) == 1
        with unit_of_work():
            assert special_days() == {}
            db.session.add(SpecialDay(day=date(2026, 10, 9), is_working=False, reason="x"))
            db.session.flush()
            assert worked_after(date(2026, 9, 30), 5) == date(2026, 10, 14)
        assert special_days() == {date(2026, 10, 9): False}


def test_years_without_a_calendar_are_told_on_the_page(world, clock):
    clock("2026-11-27 10:00")
    with world.seen_from():
        assert doubts_about([date(2026, 12, 31)]) == ""
        assert "2027 (0 days entered by the region)" in doubts_about([date(2027, 1, 1)])
    page = world.client("filler").get("/special-days/list/").text
    assert "known from 2004 to" in page
    assert "2027 (0 days entered by the region)" in page
    assert "2026-10-10 Sat" in page  # a worked weekend of the official calendar
