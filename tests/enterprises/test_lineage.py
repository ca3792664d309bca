"""Mergers and splits: looked at first, entered once, shown on both sides."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.db import db
from app.core.period import this_quarter
from app.enterprises.life import EnterpriseLineage, LineageKind
from app.enterprises.start_stop import stop_in
from tests.world import NEXT_COUNTY, OTHER_COUNTY

DOCUMENT = "内工信节能字〔2026〕7 号"


def enter(world, who="league", pk=1, sure=True, **more):
    data = {
        "kind": "merge",
        "others": "000002",
        "effective_on": "2026-07-01",
        "document": DOCUMENT,
        **({"sure": "yes"} if sure else {}),
        **more,
    }
    return world.client(who).post(f"/enterprise-lineage/{pk}", data=data)


def rows(world):
    with world.seen_from():
        query = select(EnterpriseLineage).order_by(EnterpriseLineage.id)
        return [
            (r.kind, r.from_name, r.to_name, r.share, r.effective_on)
            for r in db.session.scalars(query)
        ]


def test_a_look_writes_nothing_and_the_second_step_enters_it_once(world):
    looked = enter(world, sure=False)
    assert looked.status_code == 200
    assert "000002 Large" in looked.text
    assert 'name="sure"' in looked.text
    assert rows(world) == []
    for _time in range(2):
        assert enter(world).status_code == 302
    assert rows(world) == [(LineageKind.MERGE, "Here", "Large", None, date(2026, 7, 1))]
    with world.seen_from():
        query = select(AuditEntry).where(AuditEntry.tag == "enterprise:merge")
        assert len(db.session.scalars(query).all()) == 1
        assert stop_in(world.enterprise().id, this_quarter()) is None  # a step of its own
    client = world.client("league")
    here, large = (client.get(f"/enterprises/show/{pk}").text for pk in (1, 2))
    assert "stop it apart" in here
    assert DOCUMENT in large
    assert '<a href="/enterprises/show/1">Here</a>' in large
    assert "stop it apart" not in large


def test_a_split_has_shares(world):
    answer = enter(world, kind="split", others="000002 60.5\n3，39.5%\n")
    assert answer.status_code == 302
    assert [(r[0], r[2], r[3]) for r in rows(world)] == [
        (LineageKind.SPLIT, "Large", Decimal("60.5")),
        (LineageKind.SPLIT, "Next", Decimal("39.5")),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"others": "000001"},
        {"others": "000004"},
        {"others": "nobody"},
        {"others": "000002\n000003"},
        {"others": ""},
        {"kind": "split"},
        {"kind": "split", "others": "000002 60\n000003 60"},
        {"kind": "split", "others": "000002 60\n000002 20"},
        {"kind": "split", "others": "000002 0\n000003"},
        {"kind": "sold"},
        {"document": " "},
        {"effective_on": "soon"},
        {"effective_on": "2099-01-01"},
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_entered(world, wrong):
    for sure in (False, True):
        answer = enter(world, sure=sure, **wrong)
        assert answer.status_code == 422
        assert 'name="sure"' not in answer.text
    assert rows(world) == []


def test_it_is_not_entered_the_other_way_round_or_otherwise(world):
    assert enter(world).status_code == 302
    assert enter(world, pk=2, others="000001").status_code == 409
    assert enter(world, effective_on="2026-08-01").status_code == 409
    assert len(rows(world)) == 1


@pytest.mark.parametrize("who", ["county", "staff", "observer", "filler", "confirmer"])
def test_others_enter_nothing(world, who):
    assert enter(world, who).status_code == 403
    assert rows(world) == []


def test_across_leagues_the_region_enters_it_and_both_see_it(world):
    assert enter(world, "other_league").status_code == 404
    assert enter(world, "region", others="000004").status_code == 302
    page = world.client("other_league").get("/enterprises/show/4").text
    assert DOCUMENT in page
    assert "Here" in page
    assert "/enterprises/show/1" not in page
    assert DOCUMENT in world.client("league").get("/enterprises/show/1").text
    with world.seen_from(NEXT_COUNTY):
        assert db.session.scalars(select(EnterpriseLineage)).all() == []


def test_a_lineage_goes_along_when_an_enterprise_moves(world):
    assert enter(world).status_code == 302
    data = {"county": OTHER_COUNTY, "effective_on": "2026-11-01", "reason": "moved"}
    assert world.client("region").post("/enterprise-moves/of/2", data=data).status_code == 302
    with world.seen_from():
        row = db.session.scalars(select(EnterpriseLineage)).one()
        assert row.to_place == OTHER_COUNTY + "000002/"
        assert row.from_place.endswith("000001/")
    assert DOCUMENT in world.client("other_league").get("/enterprises/show/2").text
