"""One rule, applied to every session, reading and writing."""

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select, update

from app.accounts.models import scope_of_person
from app.core.db import db
from app.core.errors import Forbidden
from app.core.unit import unit_of_work
from app.enterprises.models import Enterprise
from app.filings.models import Filing
from app.regions.models import Region
from app.regions.queries import counties_within, place_choices, reviews_in_county
from app.regions.scope import (
    EVERYWHERE,
    MOST_ROOTS,
    NOWHERE,
    RegionScope,
    Tier,
    look_from,
    outermost,
)
from tests.world import COUNTY, LEAGUE, NEXT_COUNTY, OTHER_COUNTY, OTHER_LEAGUE, REGION

PLACES = [REGION, LEAGUE, COUNTY, NEXT_COUNTY, OTHER_LEAGUE, OTHER_COUNTY, "150000/150/"]


@pytest.mark.parametrize("tier", [tier for tier in Tier if tier is not Tier.NOBODY])
def test_the_depth_of_a_place_is_its_tier(tier):
    assert RegionScope.of("15/" * tier).tier is tier


@pytest.mark.parametrize("root", ["15", "/", "15/%/", "15/_/", "15//", "~", "15/~/"])
def test_what_is_no_path_is_no_scope(root):
    with pytest.raises(ValueError, match="not a path"):
        RegionScope.of(root)


def test_a_scope_has_a_bounded_number_of_roots():
    with pytest.raises(ValueError, match="at most"):
        RegionScope.of(*(f"{n}/" for n in range(MOST_ROOTS + 1)))


def test_a_code_that_only_begins_alike_is_another_place():
    assert not RegionScope.of("150000/150200/").admits("150000/1502001/")


def test_who_stands_at_two_tiers_acts_from_both_on_what_lies_under_both():
    scope = RegionScope.of(LEAGUE, COUNTY)
    assert scope.tiers_at(COUNTY + "000001/") == {Tier.LEAGUE, Tier.COUNTY}
    assert scope.tiers_at(NEXT_COUNTY + "000001/") == {Tier.LEAGUE}
    assert outermost(scope.roots) == (LEAGUE,)


SCOPES = [
    EVERYWHERE,
    NOWHERE,
    *(RegionScope.of(place) for place in PLACES),
    RegionScope.of(COUNTY, OTHER_COUNTY),
    RegionScope.of(COUNTY, NEXT_COUNTY, OTHER_COUNTY),
    RegionScope.of(*(f"150000/150200/15022{n}/" for n in range(MOST_ROOTS))),
]


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: "+".join(scope.roots) or "nowhere")
def test_python_and_sql_see_the_same(world, scope):
    with world.seen_from():
        everyone = set(db.session.scalars(select(Enterprise.place)))
    with world.app.app_context():
        look_from(db.session, scope)
        seen = set(db.session.scalars(select(Enterprise.place)))
    assert len(everyone) == 4
    assert seen == {place for place in everyone if scope.admits(place)}


READINGS = {
    "select": lambda: db.session.scalars(select(Enterprise.name)).all(),
    "entities": lambda: [e.name for e in db.session.scalars(select(Enterprise))],
    "query": lambda: [e.name for e in db.session.query(Enterprise)],
    "join": lambda: [n for (n,) in db.session.execute(select(Enterprise.name).join(Filing))],
    "get": lambda: [e.name for i in (1, 2, 3, 4) if (e := db.session.get(Enterprise, i))],
    "count": lambda: ["?"] * db.session.scalar(select(func.count()).select_from(Enterprise)),
    "subquery": lambda: db.session.scalars(select(select(Enterprise).subquery().c.name)).all(),
    "exists": lambda: db.session.scalars(
        select(Enterprise.name).where(
            select(Filing.id).where(Filing.enterprise_id == Enterprise.id).exists()
        )
    ).all(),
    "lazy": lambda: [f.enterprise.name for f in db.session.scalars(select(Filing))],
}


@pytest.mark.parametrize("how", READINGS)
def test_no_way_of_reading_leads_out_whoever_read_before(world, how):
    for confirmer in ("confirmer", "large_confirmer", "next_confirmer", "other_confirmer"):
        world.filled(confirmer)
    expected = {COUNTY: 2, OTHER_COUNTY: 1, LEAGUE: 3, REGION: 4}
    for place in (COUNTY, OTHER_COUNTY, COUNTY, REGION, LEAGUE, OTHER_COUNTY):
        with world.seen_from(place):
            assert len(READINGS[how]()) == expected[place]


def test_a_session_that_does_not_say_where_it_stands_sees_nothing(world):
    with world.app.app_context():
        assert db.session.scalars(select(Enterprise)).all() == []


def test_a_person_without_a_place_sees_nothing(app):
    with app.app_context():
        assert scope_of_person(User()) is NOWHERE
        assert NOWHERE.tier is Tier.NOBODY


def test_a_bulk_update_stays_within_the_scope(world):
    with world.seen_from(COUNTY):
        changed = db.session.execute(update(Enterprise).values(short_name="New"))
        assert changed.rowcount == 2


@pytest.mark.parametrize("change", ["add", "move out", "move in", "delete", "tie by key", "tie"])
def test_nothing_is_written_outside(world, change):
    mine = world.filled()
    with world.seen_from():
        foreign = world.enterprise("There")
        foreign_id, outside = foreign.id, foreign.place
        before = {e.id: (e.place, e.short_name) for e in db.session.scalars(select(Enterprise))}

    def write():
        here = world.enterprise()
        if change == "add":
            db.session.add(Filing(place=outside, year=2026, quarter=2))
        elif change == "move out":
            here.place = outside
        elif change == "tie by key":
            db.session.get(Filing, mine).enterprise_id = foreign_id
        else:
            look_from(db.session, EVERYWHERE)
            found = db.session.get(Enterprise, foreign_id)
            look_from(db.session, RegionScope.of(COUNTY))
            if change == "move in":
                found.place = here.place[:-7] + "999999/"
            elif change == "delete":
                db.session.delete(found)
            else:
                db.session.get(Filing, mine).enterprise = found
        db.session.flush()

    with pytest.raises(Forbidden), world.seen_from(COUNTY), unit_of_work():
        write()
    with world.seen_from():
        assert before == {
            e.id: (e.place, e.short_name) for e in db.session.scalars(select(Enterprise))
        }


def test_the_tree_has_all_leagues_and_counties_and_the_zones_are_off(world):
    with world.seen_from():
        tiers = [region.tier for region in db.session.scalars(select(Region))]
        assert (tiers.count(Tier.REGION), tiers.count(Tier.LEAGUE)) == (1, 12)
        assert tiers.count(Tier.COUNTY) == 108
        assert len(counties_within(EVERYWHERE)) == 103
        zone = db.session.scalars(select(Region).where(Region.code == "150271")).one()
        assert not zone.active
        assert zone.path not in dict(place_choices(EVERYWHERE))


def test_a_county_follows_its_league_unless_it_is_an_exception(world):
    with world.seen_from(), unit_of_work():
        place = world.enterprise().place
        assert reviews_in_county(place)
        league, county = (db.session.get(Region, path) for path in (LEAGUE, COUNTY))
        for own, above, expected in (
            (None, False, False),
            (True, False, True),
            (False, True, False),
            (None, True, True),
        ):
            county.county_review, league.county_review = own, above
            db.session.flush()
            assert reviews_in_county(place) is expected
