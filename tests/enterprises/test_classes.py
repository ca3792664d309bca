"""The class by year: history stays, the upper lists belong to the region."""

import json

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.clock import today
from app.core.db import db
from app.core.period import Quarter
from app.core.unit import unit_of_work
from app.enterprises.classes import bring_classes_in_step, class_of, set_class
from app.enterprises.life import EnterpriseClassYear
from app.enterprises.models import Enterprise, EnterpriseClass
from app.filings.operations import open_filing
from tests.enterprises.test_pages import NEW

THIS = today().year
HUNDRED, TEN = EnterpriseClass.HUNDRED, EnterpriseClass.TEN_THOUSAND
DOCUMENT = "内发改环资字〔2026〕12 号"


def post(world, who="region", name="Here", **more):
    data = {
        "year": THIS,
        "enterprise_class": "hundred",
        "document": DOCUMENT,
        "reason": "on the list",
        **more,
    }
    with world.seen_from():
        pk = world.enterprise(name).id
    return world.client(who).post(f"/enterprise-classes/{pk}", data=data)


def rows(world, name="Here"):
    with world.seen_from():
        query = select(EnterpriseClassYear).where(
            EnterpriseClassYear.enterprise_id == world.enterprise(name).id
        )
        found = db.session.scalars(query.order_by(EnterpriseClassYear.year))
        return [(row.year, row.enterprise_class, row.document) for row in found]


def shown(world, name="Here"):
    with world.seen_from():
        return world.enterprise(name).enterprise_class


def test_an_enterprise_begins_with_the_class_it_was_entered_with(world):
    assert rows(world) == [(THIS, TEN, "")]


def test_the_region_sets_the_upper_class_and_history_stays(world):
    assert post(world, year=THIS - 1, enterprise_class="unlisted").status_code == 302
    assert post(world).status_code == 302
    assert rows(world) == [
        (THIS - 1, EnterpriseClass.UNLISTED, DOCUMENT),
        (THIS, HUNDRED, DOCUMENT),
    ]
    assert shown(world) is HUNDRED
    with world.seen_from():
        here = world.enterprise()
        assert [class_of(here, year) for year in (THIS - 3, THIS - 1, THIS, THIS + 9)] == [
            EnterpriseClass.UNLISTED,
            EnterpriseClass.UNLISTED,
            HUNDRED,
            HUNDRED,
        ]
        query = select(AuditEntry).where(AuditEntry.tag == "enterprise:set_class")
        facts = [json.loads(one.facts) for one in db.session.scalars(query)]
    assert [(one["before"], one["after"]) for one in facts] == [
        ("ten_thousand", "unlisted"),
        ("ten_thousand", "hundred"),
    ]


def test_said_twice_it_is_written_once(world):
    for _time in range(2):
        assert post(world).status_code == 302
    with world.seen_from():
        query = select(AuditEntry).where(AuditEntry.tag == "enterprise:set_class")
        assert len(db.session.scalars(query).all()) == 1


def test_a_class_of_next_year_begins_with_it(world):
    assert post(world, year=THIS + 1).status_code == 302
    assert shown(world) is TEN
    for expected in (1, 0):
        with world.seen_from(), unit_of_work():
            assert bring_classes_in_step(THIS + 1) == expected
    assert shown(world) is HUNDRED


@pytest.mark.parametrize("kind", ["hundred", "thousand"])
def test_a_league_gives_no_upper_class(world, kind):
    assert post(world, "league", enterprise_class=kind).status_code == 403
    assert rows(world) == [(THIS, TEN, "")]
    assert shown(world) is TEN


def test_a_league_takes_nobody_off_the_upper_lists(world):
    assert post(world).status_code == 302
    assert post(world, "league", enterprise_class="unlisted").status_code == 403
    assert shown(world) is HUNDRED
    page = world.client("league").get("/enterprises/show/1").text
    assert DOCUMENT in page
    assert "class-kind" not in page


def test_a_league_sets_the_lower_classes(world):
    answer = post(world, "league", enterprise_class="unlisted", document="")
    assert answer.status_code == 302
    assert shown(world) is EnterpriseClass.UNLISTED


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"reason": " "}, 422),
        ({"document": ""}, 422),
        ({"document": "x" * 101}, 422),
        ({"reason": "x" * 501}, 422),
        ({"year": "1999"}, 422),
        ({"enterprise_class": "large"}, 404),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_changes(world, wrong, status):
    assert post(world, **wrong).status_code == status
    assert rows(world) == [(THIS, TEN, "")]


@pytest.mark.parametrize("who", ["county", "staff", "observer", "confirmer", "filler"])
def test_others_set_no_class(world, who):
    assert post(world, who).status_code == 403
    assert rows(world) == [(THIS, TEN, "")]


def test_another_league_finds_no_such_enterprise(world):
    assert post(world, "other_league", enterprise_class="unlisted").status_code == 404
    assert rows(world) == [(THIS, TEN, "")]


def test_the_form_enters_no_upper_class_and_changes_none(world):
    with world.seen_from():
        here = world.enterprise()
        data = {
            "name": "Here",
            "credit_code": here.credit_code,
            "industry_code": "26",
            "enterprise_class": "hundred",
            "version": here.version,
        }
        pk = here.id
    assert world.client("league").post(f"/enterprises/edit/{pk}", data=data).status_code == 302
    assert shown(world) is TEN
    data = {**NEW, "name": "Another", "enterprise_class": "hundred"}
    answer = world.client("league").post("/enterprises/add", data=data)
    assert answer.status_code == 422
    assert "enterprise_class-wrong" in answer.text
    with world.seen_from():
        assert len(db.session.scalars(select(Enterprise)).all()) == 4


def test_a_filing_takes_the_class_of_its_year(world):
    with world.acting("region") as actor:
        for year, kind in ((2025, EnterpriseClass.UNLISTED), (2026, HUNDRED)):
            told = {"document": DOCUMENT, "reason": "on the list"}
            set_class(world.enterprise(), year, kind, **told, actor=actor)
    with world.acting("confirmer") as actor:
        for period in (Quarter(2025, 4), Quarter(2026, 1)):
            open_filing(world.enterprise(), period, actor=actor)
    with world.seen_from():
        assert world.filing(period=Quarter(2025, 4)).enterprise_class is EnterpriseClass.UNLISTED
        assert world.filing(period=Quarter(2026, 1)).enterprise_class is HUNDRED
