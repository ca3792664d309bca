"""The levels of a year: from final figures only, once, by the region, and told who crossed."""

import json
from decimal import Decimal

import pytest
from sqlalchemy import Engine, event, select

from app.audit.models import AuditEntry
from app.core.db import db
from app.core.errors import Forbidden
from app.core.period import Quarter
from app.core.unit import unit_of_work
from app.enterprises.models import EnergyLevel, EnterpriseLevel, LevelSource
from app.enterprises.operations import set_level
from app.enterprises.queries import level_of
from app.filings.sheets.profile import ProfileRow
from app.review.workflow import Action
from app.upkeep.levels import settle_levels, standings
from tests.flows.test_routing import LAST_YEAR, final_year

UP, DOWN = EnergyLevel.GE_500K, EnergyLevel.LT_500K


def run(world, year=2026):
    with world.seen_from(), unit_of_work():
        return settle_levels(year)


def rows(world):
    with world.seen_from():
        query = select(EnterpriseLevel).where(EnterpriseLevel.year == 2026)
        return [(r.level, r.energy, r.source) for r in db.session.scalars(query)]


def entries(world, tag):
    with world.seen_from():
        return list(db.session.scalars(select(AuditEntry).where(AuditEntry.tag == tag)))


@pytest.mark.parametrize(
    ("energy", "up"),
    [("499999.99", []), ("500000.00", ["Here"]), ("500000.01", ["Here"])],
)
def test_exactly_500_000_crosses_upwards(world, energy, up):
    final_year(world, Decimal(energy))
    done = run(world)
    assert [one.name for one in done.up] == up
    assert done.down == []
    assert rows(world) == [(UP if up else DOWN, Decimal(energy), LevelSource.FIGURES)]
    assert [one.subject for one in entries(world, "enterprise:set_level")][1:] == up


def test_of_a_stopped_enterprise_no_figures_are_awaited(world):
    world.stop("Here", Quarter(2025, 4))
    assert sorted(one.name for one in run(world).unset) == ["Large", "Next", "There"]


def test_a_second_run_writes_and_tells_nothing(world):
    final_year(world, Decimal("600000.00"))
    first = run(world)
    before = rows(world), len(entries(world, "level:settle"))
    second = run(world)
    assert (first.written, first.unchanged) == (1, 0)
    assert (second.written, second.unchanged) == (0, 1)
    assert [one.name for one in second.up] == ["Here"]
    assert (rows(world), len(entries(world, "level:settle"))) == before
    [entry] = entries(world, "level:settle")
    [[number, level, energy]] = json.loads(entry.facts)["levels"]
    assert (number, level, energy) == ("000001", "ge_500k", "600000.0000")


def test_who_cannot_be_set_is_named_with_the_reason_and_stays(world):
    final_year(world, Decimal("600000.00"))
    with world.seen_from():
        last = world.filing(period=LAST_YEAR[-1]).id
    world.act("super", Action.ROLLBACK, last, "asked for")
    done = run(world)
    why = {one.name: one.why for one in done.unset}
    assert why["Here"] == "not final: 2025Q4"
    assert why["There"] == "not filed: 2025Q1, 2025Q2, 2025Q3, 2025Q4"
    assert {one.name: one.former for one in done.unset}["Large"] is UP
    assert rows(world) == []


def test_who_falls_below_crosses_downwards(world):
    final_year(world, Decimal("400000.00"))
    with world.seen_from(), unit_of_work():
        set_level(
            world.enterprise(), 2024, UP, actor=world.actor("super"), reason="energy-saving review"
        )
    assert [one.name for one in run(world).down] == ["Here"]


def test_what_the_region_set_by_hand_is_left_alone(world):
    final_year(world, Decimal("600000.00"))
    with world.acting("region") as actor:
        set_level(world.enterprise(), 2026, DOWN, actor=actor, reason="closed two kilns")
    done = run(world)
    assert (done.written, [one.name for one in done.by_hand]) == (0, ["Here"])
    assert rows(world) == [(DOWN, None, LevelSource.REGION)]


def test_figures_that_changed_after_a_rollback_are_taken_over(world):
    final_year(world, Decimal("600000.00"))
    run(world)
    final_year_again(world, Decimal("100000.00"))
    done = run(world)
    assert (done.written, done.unchanged) == (1, 0)
    with world.seen_from():
        assert level_of(world.enterprise(), 2026) is DOWN


def final_year_again(world, energy):
    with world.seen_from(), unit_of_work():
        for row in db.session.scalars(select(ProfileRow)):
            row.comprehensive_energy_calorific = energy / 4


def test_a_league_sets_no_levels(world):
    final_year(world, Decimal("600000.00"))
    with pytest.raises(Forbidden), world.acting("league") as actor:
        settle_levels(2026, actor=actor)
    assert rows(world) == []


def test_the_page_shows_the_crossers_and_writes_once(world):
    final_year(world, Decimal("600000.00"))
    client = world.client("region")
    page = client.get("/energy-levels/?year=2026")
    assert page.status_code == 200
    assert "not written yet" in page.text
    assert "600,000.00" in page.text
    assert rows(world) == []
    for _time in range(2):
        answer = client.post("/energy-levels/", data={"year": "2026"})
        assert (answer.status_code, answer.location) == (302, "/energy-levels/?year=2026")
    assert len(rows(world)) == 1
    assert len(entries(world, "level:settle")) == 1
    page = client.get("/energy-levels/?year=2026").text
    assert "not written yet" not in page
    assert "not filed: 2025Q1" in page


@pytest.mark.parametrize("who", ["league", "county", "staff", "observer", "confirmer", "filler"])
def test_only_the_region_has_the_page(world, who):
    final_year(world, Decimal("600000.00"))
    client = world.client(who)
    assert client.get("/energy-levels/").status_code == 403
    assert client.post("/energy-levels/", data={"year": "2026"}).status_code == 403
    assert rows(world) == []


@pytest.mark.parametrize("year", ["", "1999", "20x6", "²026", "99999"])
def test_a_year_that_is_none_is_told_so(world, year):
    client = world.client("region")
    assert client.post("/energy-levels/", data={"year": year}).status_code == 422
    assert rows(world) == []


def test_the_command_names_who_crossed_and_who_waits(world):
    final_year(world, Decimal("500000.00"))
    result = world.app.test_cli_runner().invoke(args=["levels", "settle", "2026"])
    lines = result.output.splitlines()
    assert lines[0] == "levels of 2026 written: 1, unchanged: 0"
    assert lines[1] == "up: 000001 Here 500000.0000 tce"
    assert "not set: 000002 Large: not filed: 2025Q1, 2025Q2, 2025Q3, 2025Q4" in lines


def test_reading_asks_the_same_three_times_for_one_and_for_thousands(world):
    final_year(world, Decimal("500000.00"))
    asked = []

    def count(_connection, _cursor, statement, *_rest):
        if statement.startswith("SELECT"):
            asked.append(statement)

    with world.seen_from():
        event.listen(Engine, "before_cursor_execute", count)
        try:
            found = standings(2026)
        finally:
            event.remove(Engine, "before_cursor_execute", count)
    assert [one.name for one in found if one.crosses] == ["Here"]
    assert len(asked) == 3
