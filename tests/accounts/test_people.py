"""Entering and changing people: their area, their roles, the ceiling, and the journal."""

import json
from datetime import date

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from werkzeug.security import check_password_hash

from app.accounts.models import AddedPlace, WhyAdded, actor_of, scope_of_person
from app.accounts.operations import (
    add_place,
    change_own_password,
    change_person,
    create_person,
    end_place,
    reset_password,
)
from app.accounts.passwords import own_password
from app.accounts.queries import people_in, person_in
from app.audit.models import AuditEntry
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.regions.scope import EVERYWHERE, MOST_ROOTS, NOWHERE, RegionScope, Tier
from tests.accounts.people import FAST, INITIAL, OWN, details, enter, issued
from tests.world import COUNTY, LEAGUE, NEXT_COUNTY, OTHER_COUNTY, OTHER_LEAGUE, PASSWORD, REGION

LONG_AGO, ONE_DAY = date(2020, 1, 1), date(2026, 7, 1)


def named(username):
    return db.session.scalars(select(User).where(User.username == username)).one()


def journal():
    query = select(AuditEntry).where(AuditEntry.tag.like("person:%")).order_by(AuditEntry.id)
    return db.session.scalars(query).all()


def where_of(refused):
    return [problem.where for problem in refused.value.details]


# entering


def test_a_league_administrator_enters_a_county_reviewer(world):
    with world.acting("league") as actor:
        create_person(details(role="county_reviewer", place=COUNTY), issued(), actor=actor)
    with world.seen_from():
        person = named("wang.fang")
        assert person.place == COUNTY
        assert [role.name for role in person.roles] == ["county_reviewer"]
        assert person.must_change_password
        assert check_password_hash(person.password, INITIAL)
        assert person.initial_password_hash == person.password
        assert person.get_full_name() == "王芳"
        [entry] = journal()
        assert (entry.tag, entry.place, entry.actor_name) == (
            "person:create",
            COUNTY,
            "League Tester",
        )
        assert json.loads(entry.facts)["details"] == {
            "active": True,
            "email": "wang.fang@no-mail.invalid",
            "name": "王芳",
            "place": COUNTY,
            "roles": ["county_reviewer"],
            "username": "wang.fang",
        }


def test_no_password_and_no_hash_is_ever_in_the_journal(world):
    enter(world, details())
    with world.acting("super") as actor:
        reset_password(named("wang.fang"), issued("Another-Pass-3"), actor=actor)
    with world.seen_from():
        hashes = {named("wang.fang").password, named("super").password}
        written = " ".join(entry.facts for entry in journal())
    for secret in (INITIAL, "Another-Pass-3", "pbkdf2", *hashes):
        assert secret not in written


@pytest.mark.parametrize("place", [OTHER_LEAGUE, OTHER_COUNTY, REGION, ""])
def test_nobody_enters_a_person_outside_the_own_area(world, place):
    with pytest.raises(Invalid) as refused, world.acting("league") as actor:
        create_person(details(place=place), issued(), actor=actor)
    assert where_of(refused) == ["place"]
    with world.seen_from():
        assert db.session.scalar(select(User.id).where(User.username == "wang.fang")) is None
        assert not journal()


@pytest.mark.parametrize(
    "place",
    [
        "150000/150200/150299/",  # no such county
        "150000/150200/150299/000001/",  # an enterprise in no county
        f"{COUNTY}000001/1/",  # below an enterprise
        f"{COUNTY}../",
        "150000/150200",
        "x" * 65,
    ],
)
def test_a_place_that_does_not_exist_is_refused(world, place):
    with pytest.raises(Invalid) as refused, world.acting("super") as actor:
        create_person(details(place=place), issued(), actor=actor)
    assert where_of(refused) == ["place"]


def test_any_enterprise_of_a_county_is_a_place(world):
    who = details(role="enterprise_filler", place=f"{COUNTY}000099/")
    with world.acting("league") as actor:
        person = create_person(who, issued(), actor=actor)
        assert scope_of_person(person).tier is Tier.ENTERPRISE


@pytest.mark.parametrize("role", ["super_administrator", "region_reviewer", "league_administrator"])
def test_a_league_administrator_hands_out_no_role_above_the_ceiling(world, role):
    with pytest.raises(Forbidden), world.acting("league") as actor:
        create_person(details(role=role, place=LEAGUE), issued(), actor=actor)
    with world.seen_from():
        assert db.session.scalar(select(User.id).where(User.username == "wang.fang")) is None


@pytest.mark.parametrize(
    ("role", "place"),
    [
        ("county_reviewer", LEAGUE),
        ("enterprise_filler", COUNTY),
        ("observer", f"{COUNTY}000001/"),
        ("super_administrator", REGION),
        ("region_reviewer", ""),
    ],
)
def test_a_role_stands_only_at_its_own_tiers(world, role, place):
    with pytest.raises(Invalid) as refused, world.acting("super") as actor:
        create_person(details(role=role, place=place), issued(), actor=actor)
    assert where_of(refused) == ["roles"]


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"username": "ab"}, "username"),
        ({"username": "wang fang"}, "username"),
        ({"username": "王芳"}, "username"),
        ({"username": "a@b.cn"}, "username"),
        ({"last_name": " "}, "last_name"),
        ({"first_name": "x" * 65}, "first_name"),
        ({"email": "nobody"}, "email"),
        ({"role": "no_such_role"}, "roles"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(world, wrong, where):
    with pytest.raises(Invalid) as refused, world.acting("super") as actor:
        create_person(details(**wrong), issued(), actor=actor)
    assert where_of(refused) == [where]


@pytest.mark.parametrize("same", [{"username": "Other_County"}, {"email": "FILLER@example.test"}])
def test_a_name_taken_elsewhere_is_refused_without_telling_whose_it_is(world, same):
    with pytest.raises(Invalid) as refused, world.acting("league") as actor:
        create_person(details(**same), issued(), actor=actor)
    assert str(refused.value) == "This user name or e-mail address cannot be used."


def test_user_names_are_kept_in_small_letters(world):
    enter(world, details("Wang.Fang"))
    with world.seen_from():
        assert named("wang.fang").username == "wang.fang"


# changing


def test_a_change_is_kept_with_its_old_and_new_values(world):
    enter(world, details(place=COUNTY))
    with world.acting("league") as actor:
        wanted = details(place=NEXT_COUNTY, role="county_reviewer", active=False)
        change_person(named("wang.fang"), wanted, actor=actor)
    with world.seen_from():
        person = named("wang.fang")
        assert (person.place, person.active) == (NEXT_COUNTY, False)
        assert json.loads(journal()[-1].facts)["changes"] == {
            "active": [True, False],
            "place": [COUNTY, NEXT_COUNTY],
            "roles": [["observer"], ["county_reviewer"]],
        }


@pytest.mark.parametrize("victim", ["other_observer", "other_county"])
def test_a_neighbours_person_cannot_be_changed_or_pulled_over(world, victim):
    def pull_over():
        with world.acting("league") as actor:
            change_person(named(victim), details(victim, place=LEAGUE), actor=actor)

    with world.seen_from():
        before = named(victim).place
    with pytest.raises(Forbidden):
        pull_over()
    with world.seen_from():
        assert named(victim).place == before


def test_nobody_is_moved_out_of_the_area_either(world):
    wanted = details("observer", place=OTHER_LEAGUE)
    with pytest.raises(Invalid) as refused, world.acting("league") as actor:
        change_person(named("observer"), wanted, actor=actor)
    assert where_of(refused) == ["place"]
    with world.seen_from():
        assert named("observer").place == LEAGUE


def test_who_holds_a_role_above_the_ceiling_is_not_touched(world):
    enter(world, details("second.league", role="league_administrator", place=LEAGUE))
    for act in (
        lambda person, actor: change_person(person, details("second.league"), actor=actor),
        lambda person, actor: reset_password(person, issued(), actor=actor),
        lambda person, actor: add_place(
            person, COUNTY, WhyAdded.DEPUTY, ONE_DAY, None, actor=actor
        ),
    ):
        with pytest.raises(Forbidden), world.acting("league") as actor:
            act(named("second.league"), actor)
    with world.seen_from():
        assert [role.name for role in named("second.league").roles] == ["league_administrator"]


def test_nobody_raises_oneself(world):
    wanted = details("league", role="super_administrator", place="")
    with pytest.raises(Forbidden), world.acting("league") as actor:
        change_person(named("league"), wanted, actor=actor)
    with world.seen_from():
        assert [role.name for role in named("league").roles] == ["league_administrator"]


@pytest.mark.parametrize(
    "change", [{"active": False}, {"role": "region_reviewer", "place": REGION}]
)
def test_the_last_super_administrator_stays(world, change):
    wanted = details(**{"username": "super", "role": "super_administrator", "place": "", **change})
    with pytest.raises(Conflict), world.acting("super") as actor:
        change_person(named("super"), wanted, actor=actor)
    enter(world, details("second.super", role="super_administrator", place=""))
    with world.acting("super") as actor:
        change_person(named("super"), wanted, actor=actor)


# passwords


def test_an_issued_password_must_be_changed(world):
    with world.acting("league") as actor:
        reset_password(named("filler"), issued(), actor=actor)
    with world.seen_from():
        person = named("filler")
        assert person.must_change_password
        assert check_password_hash(person.password, INITIAL)
        assert person.initial_password_hash == person.password


@pytest.mark.parametrize("victim", ["super", "region", "other_observer"])
def test_nobody_issues_a_password_above_or_beside(world, victim):
    with world.seen_from():
        before = named(victim).password
    with pytest.raises(Forbidden), world.acting("league") as actor:
        reset_password(named(victim), issued(), actor=actor)
    with world.seen_from():
        assert named(victim).password == before


def chosen(person, current=PASSWORD):
    initial = person.initial_password_hash
    return own_password(current, OWN, present=person.password, initial=initial, method=FAST)


def test_ones_own_password_is_changed_by_its_owner_only(world):
    with pytest.raises(Forbidden), world.acting("super") as actor:
        change_own_password(named("filler"), chosen(named("filler")), actor=actor)
    with world.acting("filler") as actor:
        change_own_password(named("filler"), chosen(named("filler")), actor=actor)
    with world.seen_from():
        person = named("filler")
        assert check_password_hash(person.password, OWN)
        assert not person.must_change_password
        assert person.password_changed_at is not None
        assert journal()[-1].tag == "person:change_password"


def test_a_password_that_was_changed_meanwhile_is_a_conflict(world):
    with world.seen_from():
        late = chosen(named("filler"))
    with world.acting("league") as actor:
        reset_password(named("filler"), issued(), actor=actor)
    with pytest.raises(Conflict), world.acting("filler") as actor:
        change_own_password(named("filler"), late, actor=actor)
    with world.seen_from():
        assert check_password_hash(named("filler").password, INITIAL)


def test_an_issued_password_does_not_pass_as_ones_own(world):
    with pytest.raises(Conflict), world.acting("filler") as actor:
        change_own_password(named("filler"), issued(OWN), actor=actor)


# where a person stands


def test_who_has_no_place_sees_nothing(world):
    with world.seen_from():
        person = named("county")
        person.place = None
        person.added_places.append(
            AddedPlace(place=LEAGUE, reason=WhyAdded.DEPUTY, starts_on=LONG_AGO)
        )
        assert scope_of_person(person) == NOWHERE


def test_an_added_place_counts_from_its_first_day_to_its_last(world):
    first, last = date(2026, 7, 1), date(2026, 7, 31)
    with world.acting("league") as actor:
        add_place(named("county"), NEXT_COUNTY, WhyAdded.DEPUTY, first, last, actor=actor)
    with world.seen_from():
        person = named("county")
        both = RegionScope.of(COUNTY, NEXT_COUNTY)
        assert scope_of_person(person, date(2026, 6, 30)) == RegionScope.of(COUNTY)
        assert scope_of_person(person, first) == scope_of_person(person, last) == both
        assert scope_of_person(person, date(2026, 8, 1)) == RegionScope.of(COUNTY)
        assert json.loads(journal()[-1].facts) == {
            "added": NEXT_COUNTY,
            "ends_on": "2026-07-31",
            "reason": "deputy",
            "starts_on": "2026-07-01",
        }


def test_an_enterprise_that_moved_keeps_sight_of_its_former_place(world):
    with world.acting("super") as actor:
        person = named("filler")
        former = f"{OTHER_COUNTY}000001/"
        add_place(person, former, WhyAdded.FORMER, LONG_AGO, None, actor=actor)
        assert actor_of(person).scope == RegionScope.of(person.place, former)


def test_a_place_outside_the_own_area_is_not_given(world):
    with pytest.raises(Invalid) as refused, world.acting("league") as actor:
        add_place(named("county"), OTHER_COUNTY, WhyAdded.DEPUTY, LONG_AGO, None, actor=actor)
    assert where_of(refused) == ["place"]
    with world.seen_from():
        assert not named("county").added_places


def test_a_deputy_does_not_stand_higher_than_the_own_place(world):
    with pytest.raises(Invalid) as refused, world.acting("super") as actor:
        add_place(named("county"), LEAGUE, WhyAdded.DEPUTY, LONG_AGO, None, actor=actor)
    assert where_of(refused) == ["place"]


def test_a_place_does_not_end_before_it_begins(world):
    with pytest.raises(Invalid) as refused, world.acting("league") as actor:
        add_place(named("county"), NEXT_COUNTY, WhyAdded.DEPUTY, ONE_DAY, LONG_AGO, actor=actor)
    assert where_of(refused) == ["ends_on"]


def test_a_person_stands_at_no_more_places_than_a_scope_holds(world):
    def add(number):
        with world.acting("super") as actor:
            place = f"{COUNTY}{number:06}/"
            add_place(named("filler"), place, WhyAdded.FORMER, LONG_AGO, None, actor=actor)

    for number in range(100, 100 + MOST_ROOTS - 1):
        add(number)
    with pytest.raises(Invalid) as refused:
        add(200)
    assert where_of(refused) == ["place"]
    with world.seen_from():
        assert len(scope_of_person(named("filler")).roots) == MOST_ROOTS


def test_an_added_place_can_be_ended(world):
    with world.acting("league") as actor:
        added = add_place(
            named("county"), NEXT_COUNTY, WhyAdded.DEPUTY, LONG_AGO, None, actor=actor
        )
        db.session.flush()
        number = added.id
    with pytest.raises(NotFound), world.acting("league") as actor:
        end_place(named("observer"), number, ONE_DAY, actor=actor)
    with world.acting("league") as actor:
        end_place(named("county"), number, ONE_DAY, actor=actor)
    with world.seen_from():
        assert scope_of_person(named("county"), date(2026, 7, 2)) == RegionScope.of(COUNTY)


# who sees whom


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (NOWHERE, set()),
        (RegionScope.of(COUNTY), {"county", "filler", "confirmer", "large_confirmer"}),
        (
            RegionScope.of(OTHER_LEAGUE),
            {"other_league", "other_county", "other_confirmer", "other_observer"},
        ),
    ],
)
def test_people_are_seen_from_above_their_place(world, scope, seen):
    with world.seen_from():
        found = db.session.scalars(select(User.username).where(people_in(scope)))
        assert set(found) == seen


def test_who_has_no_place_is_seen_from_the_very_top_only(world):
    with world.seen_from():
        person = named("county")
        person.place = None
        db.session.flush()
        assert person_in(EVERYWHERE, person.id) is person
        with pytest.raises(NotFound):
            person_in(RegionScope.of(REGION), person.id)


@pytest.mark.parametrize("pk", ["0", "-1", "x", "", "9" * 30, "１", "1 or 1=1"])
def test_what_is_no_number_of_a_person_is_not_found(world, pk):
    with world.seen_from(), pytest.raises(NotFound):
        person_in(EVERYWHERE, pk)
