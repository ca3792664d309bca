"""Reading people and what they may do."""

from typing import Any

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    User,
    ViewMenu,
    assoc_group_role,
    assoc_permissionview_role,
    assoc_user_group,
    assoc_user_role,
)
from flask_babel import gettext as _
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    bindparam,
    false,
    func,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import joinedload, selectinload

import app.accounts.models  # noqa: F401  gives people their places
from app.accounts.matrix import Matrix
from app.accounts.roles import ROLES, Right, as_shown
from app.audit.actor import Actor
from app.core.db import db
from app.core.errors import NotFound
from app.core.web import GREATEST_KEY
from app.regions.scope import RegionScope


def _role_ids(person_id: int | BindParameter[int]) -> CompoundSelect[Any]:
    """The roles of a person, held directly or by a group."""
    return union(
        select(assoc_user_role.c.role_id).where(assoc_user_role.c.user_id == person_id),
        select(assoc_group_role.c.role_id)
        .join(assoc_user_group, assoc_user_group.c.group_id == assoc_group_role.c.group_id)
        .where(assoc_user_group.c.user_id == person_id),
    )


_PERSON: BindParameter[int] = bindparam("person")
_RIGHTS = (
    select(Permission.name.label("action"), ViewMenu.name.label("thing"))
    .join(PermissionView, PermissionView.permission_id == Permission.id)
    .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
    .join(
        assoc_permissionview_role,
        assoc_permissionview_role.c.permission_view_id == PermissionView.id,
    )
    .where(assoc_permissionview_role.c.role_id.in_(_role_ids(_PERSON)))
)
# Asked before every page, and so put together once: that takes as long as to run it
_HELD = _RIGHTS.subquery()
_WHO_ASKS = (
    select(
        User,
        select(func.aggregate_strings(_HELD.c.action + " " + _HELD.c.thing, "\n"))
        .scalar_subquery()
        .label("rights"),
    )
    .where(User.id == _PERSON, User.active)
    .options(joinedload(User.added_places))
)


def rights_of(person_id: int) -> frozenset[Right]:
    """Every right of every role that a person holds; one statement."""
    found = db.session.execute(_RIGHTS, {"person": person_id})
    return frozenset((action, thing) for action, thing in found)


def who_asks(number: str) -> tuple[User, frozenset[Right]] | None:
    """The person with this number, if active, and every right; one statement."""
    if not (number.isascii() and number.isdigit() and 0 < int(number) <= GREATEST_KEY):
        return None
    found = db.session.execute(_WHO_ASKS, {"person": int(number)}).unique().one_or_none()
    if found is None:
        return None
    pairs = (one.partition(" ") for one in (found.rights or "").splitlines())
    return found.User, frozenset((action, thing) for action, _space, thing in pairs)


def holders_of(right: Right) -> CompoundSelect[Any]:
    """The numbers of all who hold *right* by some role, directly or by a group: a subquery."""
    roles = (
        select(assoc_permissionview_role.c.role_id)
        .join(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .where(Permission.name == right[0], ViewMenu.name == right[1])
    )
    return union(
        select(assoc_user_role.c.user_id).where(assoc_user_role.c.role_id.in_(roles)),
        select(assoc_user_group.c.user_id)
        .join(assoc_group_role, assoc_group_role.c.group_id == assoc_user_group.c.group_id)
        .where(assoc_group_role.c.role_id.in_(roles)),
    )


def role_keys_of(person_id: int) -> frozenset[str]:
    query = select(Role.name).where(Role.id.in_(_role_ids(person_id)))
    return frozenset(db.session.scalars(query))


def may_hand_out(actor: Actor) -> frozenset[str]:
    """The roles that *actor* may give to others, and whose holders *actor* may look after."""
    if actor.id is None:
        return frozenset(ROLES)
    held = (ROLES[key] for key in role_keys_of(actor.id) if key in ROLES)
    return frozenset().union(*(role.may_grant for role in held))


def people_in(scope: RegionScope) -> ColumnElement[bool]:
    """The people who stand somewhere in *scope*; people are not `Placed`, so this is asked for.

    Who has no place yet is seen from the very top, and from nowhere else.
    """
    if "" in scope.roots:
        return true()
    ranges = [(User.place >= root) & (User.place < root + "~") for root in scope.roots]
    return or_(*ranges) if ranges else false()


def person_in(scope: RegionScope, pk: object) -> User:
    """The person with this number, who stands in *scope*; else `NotFound`."""
    text = str(pk)
    if text.isascii() and text.isdigit() and 0 < int(text) <= GREATEST_KEY:
        query = select(User).where(User.id == int(text), people_in(scope))
        found = db.session.scalars(query.options(selectinload(User.roles))).one_or_none()
        if found is not None:
            return found
    raise NotFound(_("There is no such record."))


def find_login(name: str) -> User | None:
    """Who logs in as *name*, a user name in any case or an e-mail address."""
    column = User.email if "@" in name else User.username
    query = select(User).where(func.lower(column) == name.strip().lower())
    return db.session.scalars(query.order_by(User.id).limit(1)).first()


def known_rights() -> dict[Right, PermissionView]:
    """Every right that there is in the database."""
    query = select(PermissionView).options(
        joinedload(PermissionView.permission), joinedload(PermissionView.view_menu)
    )
    return {(row.permission.name, row.view_menu.name): row for row in db.session.scalars(query)}


def stored_matrix() -> tuple[Matrix, dict[str, int]]:
    """Every right that there is, by every role of the product; and the numbers of the roles.

    Two statements.  ``Public`` is not among the roles: it may do nothing.
    """
    rights = {
        number: (permission, thing)
        for number, permission, thing in db.session.execute(
            select(PermissionView.id, Permission.name, ViewMenu.name)
            .join(Permission, Permission.id == PermissionView.permission_id)
            .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        )
    }
    held = assoc_permissionview_role.c
    rows = db.session.execute(
        select(Role.name, Role.id, held.permission_view_id)
        .outerjoin(assoc_permissionview_role, held.role_id == Role.id)
        .where(Role.name.in_(ROLES))
    ).all()
    numbers = {name: number for name, number, _right in rows}
    given: dict[str, set[Right]] = {key: set() for key in ROLES if key in numbers}
    for name, _number, right in rows:
        if right in rights:
            given[name].add(rights[right])
    matrix = Matrix(
        tuple(sorted(rights.values(), key=as_shown)),
        {key: frozenset(one) for key, one in given.items()},
    )
    return matrix, numbers


def holders_by_role(scope: RegionScope) -> dict[str, int]:
    """How many people in *scope* hold each role, directly or by a group; one statement."""
    holding = union(
        select(assoc_user_role.c.role_id, assoc_user_role.c.user_id),
        select(assoc_group_role.c.role_id, assoc_user_group.c.user_id).join(
            assoc_user_group, assoc_user_group.c.group_id == assoc_group_role.c.group_id
        ),
    ).subquery()
    query = (
        select(Role.name, func.count().label("holders"))
        .join(holding, holding.c.role_id == Role.id)
        .join(User, User.id == holding.c.user_id)
        .where(people_in(scope))
        .group_by(Role.name)
    )
    return {row.name: row.holders for row in db.session.execute(query)}
