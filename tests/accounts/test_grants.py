"""Bringing rights and roles up to date, and changing them in the panel."""

import time
from types import SimpleNamespace

import pytest
from flask_appbuilder.security.sqla.models import Permission, PermissionView, Role, ViewMenu
from sqlalchemy import func, select

from app.accounts.grants import RoleSync, change_rights, synchronise_roles
from app.accounts.queries import known_rights
from app.accounts.roles import CANNOT_BE_TAKEN, ROLES
from app.audit.models import AuditEntry
from app.core.db import db
from app.core.errors import Forbidden, Invalid
from app.core.unit import unit_of_work

SUPER = "super_administrator"


def rights_held(key):
    role = db.session.scalars(select(Role).where(Role.name == key)).one()
    return {(row.permission.name, row.view_menu.name) for row in role.permissions}


def role_named(key):
    return db.session.scalars(select(Role).where(Role.name == key)).one()


def with_views(app, *extra, without=()):
    views = [view for view in app.appbuilder.baseviews if view.class_permission_name not in without]
    return SimpleNamespace(baseviews=[*views, *extra])


def let(world, key, wanted, who="super"):
    """Let the role *key* have the rights *wanted*, as the person *who* ticks them."""
    with world.acting(who) as actor:
        change_rights(role_named(key), frozenset(wanted), actor=actor)


def page(name, *permissions):
    return SimpleNamespace(class_permission_name=name, base_permissions=list(permissions))


def test_a_new_installation_has_the_eight_roles_with_their_grants(app, world):
    with world.seen_from():
        for key, kind in ROLES.items():
            assert rights_held(key) == kind.grants
        assert rights_held("Public") == set()


def test_the_all_powerful_role_of_fab_does_not_exist(app, world):
    with world.seen_from():
        names = set(db.session.scalars(select(Role.name)))
    assert names == {*ROLES, "Public"}
    assert app.config["AUTH_ROLE_ADMIN"] not in names


def test_fabs_own_synchronising_gives_nothing_to_anybody(app, world):
    with world.seen_from():
        before = db.session.scalar(select(func.count()).select_from(PermissionView))
        app.appbuilder.add_permissions(update_perms=True)
        app.appbuilder.security_cleanup()
        assert db.session.scalar(select(func.count()).select_from(PermissionView)) == before
        assert db.session.scalars(select(Role).where(Role.name == "Admin")).first() is None


def test_a_second_time_does_nothing(app, world):
    with world.seen_from(), unit_of_work():
        assert synchronise_roles(app.appbuilder) == RoleSync(0, 0, 0)


def test_it_takes_less_than_a_second(app, world):
    with world.seen_from(), unit_of_work():
        for row in known_rights().values():
            db.session.delete(row)
        for role in db.session.scalars(select(Role)):
            role.permissions = []
        db.session.flush()
        started = time.perf_counter()
        synchronise_roles(app.appbuilder)
        assert time.perf_counter() - started < 1


def test_a_right_without_a_view_is_refused_by_name(app, world):
    with world.seen_from():
        with pytest.raises(RuntimeError, match="'can_list', 'Carrier'"), unit_of_work():
            synchronise_roles(with_views(app, without={"Carrier"}))
        assert rights_held("observer") == ROLES["observer"].grants


def test_a_page_that_an_upgrade_brings_gets_its_right_and_the_roles_that_come_with_it(
    app, world, monkeypatch
):
    observer = ROLES["observer"]
    new = ("can_list", "Novelty")
    changed = type(observer)(
        observer.key, observer.label, observer.tiers, observer.grants | {new}, observer.may_grant
    )
    monkeypatch.setitem(ROLES, "observer", changed)
    with world.seen_from(), unit_of_work():
        done = synchronise_roles(with_views(app, page("Novelty", "can_list", "can_edit")))
        assert done == RoleSync(2, 0, 0)
        assert new in rights_held("observer")
        assert new not in rights_held("county_reviewer")


def test_what_a_super_administrator_took_or_gave_stays_so(app, world):
    taken, given = ("can_export", "Report"), ("can_list", "Journal")
    with world.acting("super") as actor:
        wanted = rights_held("county_reviewer") - {taken} | {given}
        change_rights(role_named("county_reviewer"), frozenset(wanted), actor=actor)
    with world.seen_from(), unit_of_work():
        synchronise_roles(app.appbuilder)
        assert taken not in rights_held("county_reviewer")
        assert given in rights_held("county_reviewer")


def test_a_page_that_is_gone_takes_its_rights_with_it_and_says_how_many(app, world):
    with world.seen_from(), unit_of_work():
        synchronise_roles(with_views(app, page("Passing", "can_list", "can_vanish")))
        observer = role_named("observer")
        observer.permissions.append(known_rights()["can_list", "Passing"])
        db.session.flush()
        assert synchronise_roles(app.appbuilder) == RoleSync(0, 2, 0)
        db.session.expire_all()
        assert rights_held("observer") == ROLES["observer"].grants
        names = db.session.scalars(select(ViewMenu.name).where(ViewMenu.name == "Passing"))
        assert names.first() is None
        gone = db.session.scalars(select(Permission).where(Permission.name == "can_vanish"))
        assert gone.first() is None


def test_a_change_is_in_the_journal(app, world):
    with world.acting("super") as actor:
        wanted = rights_held("observer") - {("can_list", "Journal")}
        change_rights(role_named("observer"), frozenset(wanted), actor=actor)
    with world.seen_from():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.tag.like("role:%"))).one()
        assert entry.subject == "observer"
        assert entry.facts == '{"given":[],"taken":["can_list Journal"]}'


@pytest.mark.parametrize("who", ["region", "league"])
def test_nobody_but_a_super_administrator_changes_a_role(app, world, who):
    everything = ROLES[SUPER].grants
    with pytest.raises(Forbidden):
        let(world, "observer", everything, who)
    with world.seen_from():
        assert rights_held("observer") == ROLES["observer"].grants
    let(world, "observer", everything)


@pytest.mark.parametrize("right", sorted(CANNOT_BE_TAKEN))
def test_what_opens_the_start_page_and_the_own_password_cannot_be_taken(app, world, right):
    with pytest.raises(Invalid):
        let(world, "observer", ROLES["observer"].grants - {right})


def test_a_super_administrator_cannot_lock_the_door_to_the_roles(app, world):
    with pytest.raises(Invalid):
        let(world, SUPER, ROLES[SUPER].grants - {("can_edit", "Role")})


def test_a_right_that_does_not_exist_cannot_be_given(app, world):
    with pytest.raises(Invalid):
        let(world, "observer", ROLES["observer"].grants | {("can_fly", "Home")})


def test_strangers_are_given_nothing_even_by_a_super_administrator(app, world):
    with pytest.raises(Invalid):
        let(world, "Public", CANNOT_BE_TAKEN)
