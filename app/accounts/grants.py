"""Which role has which rights: brought up to date with the product, changed in the panel."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_appbuilder import AppBuilder
from flask_appbuilder.security.sqla.models import Permission, PermissionView, Role, ViewMenu
from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from app.accounts.matrix import Change, Matrix
from app.accounts.queries import known_rights, stored_matrix
from app.accounts.roles import CANNOT_BE_TAKEN, ROLES, Right, rights, words_of
from app.audit.actor import Actor
from app.audit.record import record
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid
from app.regions.queries import root_path

SUPER = "super_administrator"
PUBLIC = "Public"  # the role that FAB gives to strangers: it is there, and may do nothing
OPENS_THE_PANEL = rights(Role="list show edit", Person="list show edit")


@dataclass(frozen=True, slots=True)
class RoleSync:
    """What bringing the roles up to date has done: rights that came and went, roles made."""

    added: int
    removed: int
    roles: int


def synchronise_roles(appbuilder: AppBuilder) -> RoleSync:
    """Give the database every right that a view asks for, and the roles that come with us.

    Missing roles are made; roles that are there get the rights that are new to the database,
    and keep whatever a super administrator has given or taken away.  Rights that no view asks
    for any more are removed.  Can be repeated as often as one likes.
    """
    wanted = {
        (permission, view.class_permission_name)
        for view in appbuilder.baseviews
        for permission in view.base_permissions or ()
    }
    if unknown := {right for kind in ROLES.values() for right in kind.grants} - wanted:
        raise RuntimeError(f"no view asks for these rights: {sorted(unknown)}")
    known = known_rights()
    gone = [right for right in known if right not in wanted]
    for right in gone:
        db.session.delete(known[right])
    new = _make(sorted(wanted - known.keys()))
    made = _give({**known, **new}, new.keys())
    db.session.flush()
    _forget_unused()
    return RoleSync(len(new), len(gone), made)


def _make(missing: list[Right]) -> dict[Right, PermissionView]:
    names = {kind: _names(kind) for kind in (Permission, ViewMenu)}
    made = {}
    for permission, thing in missing:
        made[permission, thing] = PermissionView(
            permission=names[Permission].setdefault(permission, Permission(name=permission)),
            view_menu=names[ViewMenu].setdefault(thing, ViewMenu(name=thing)),
        )
    db.session.add_all(made.values())
    return made


def _names(kind: Any) -> dict[str, Any]:
    return {row.name: row for row in db.session.scalars(select(kind))}


def _give(rows: dict[Right, PermissionView], new: Iterable[Right]) -> int:
    """Make the roles that are missing, give the others what is new; returns how many were made."""
    query = select(Role).options(selectinload(Role.permissions))
    roles = {role.name: role for role in db.session.scalars(query)}
    for kind in ROLES.values():
        if kind.key in roles:
            given = [rows[right] for right in sorted(kind.grants & set(new))]
            roles[kind.key].permissions.extend(given)
        else:
            given = [rows[right] for right in sorted(kind.grants)]
            db.session.add(Role(name=kind.key, permissions=given))
    if PUBLIC not in roles:
        db.session.add(Role(name=PUBLIC))
    return len({*ROLES, PUBLIC} - roles.keys())


def _forget_unused() -> None:
    """Names that no right uses any more."""
    used = select(PermissionView.permission_id), select(PermissionView.view_menu_id)
    for kind, in_use in zip((Permission, ViewMenu), used, strict=True):
        db.session.execute(delete(kind).where(kind.id.not_in(in_use)))


def needed_by(key: str) -> frozenset[Right]:
    """What the role *key* does not lose once it has it: nobody could undo that."""
    return CANNOT_BE_TAKEN | (OPENS_THE_PANEL if key == SUPER else frozenset())


def change_rights(role: Role, wanted: frozenset[Right], *, actor: Actor) -> None:
    """Let *role* have exactly the rights *wanted*; only for who stands at the very top.

    What opens the start page and one's own password stays with everybody, and what opens this
    page stays with the super administrator.
    """
    _only_from_the_top(actor)
    if role.name not in ROLES:
        raise Invalid(_("The rights of this role are not changed."))
    rows = known_rights()
    if wanted - rows.keys():
        raise Invalid(_("There is no such right."))
    before = _held_by(role)
    if lost := (before & needed_by(role.name)) - wanted:
        words = ": ".join(words_of(min(lost)))
        raise Invalid(_("This right cannot be taken away: %(right)s.", right=words))
    role.permissions = [rows[right] for right in sorted(wanted)]
    record(
        "role:change_rights",
        role,
        actor=actor,
        place=root_path(),
        given=[_read(right) for right in sorted(wanted - before)],
        taken=[_read(right) for right in sorted(before - wanted)],
    )


def keeping_needed(before: Matrix, wanted: Matrix) -> Matrix:
    """*wanted*, and with it all that was held *before* and cannot be taken."""
    held = {
        role: rights | (before.held[role] & needed_by(role)) for role, rights in wanted.held.items()
    }
    return Matrix(wanted.rights, held)


def planned_changes(seen: Matrix, wanted: Matrix, *, actor: Actor) -> tuple[Change, ...]:
    """What `change_matrix` would do now; turns down what that would turn down."""
    _only_from_the_top(actor)
    stored, _numbers = stored_matrix()
    there = stored.part(wanted)
    changes = there.changes_to(keeping_needed(there, wanted))
    if changes and there != seen:
        raise Conflict(
            _(
                "Somebody else has changed rights meanwhile, so nothing has been saved. "
                "What you changed is still marked: look at it again, then save."
            )
        )
    return changes


def change_matrix(seen: Matrix, wanted: Matrix, *, actor: Actor) -> tuple[Change, ...]:
    """Let the roles have what is *wanted* of the rights that it speaks of; returns what changed.

    *seen* is what the person saw when deciding.  `Conflict` if something else is stored by now;
    but who wants what is stored already, as by a second click, is not turned down.  Rights
    and roles that were not shown stay as they are, and what cannot be taken stays held.
    """
    roles = select(Role).where(Role.name.in_(ROLES)).order_by(Role.id)
    # whoever saves at the same time waits here, and then sees what this one has saved
    db.session.execute(roles.with_only_columns(Role.id).with_for_update(key_share=True)).all()
    changes = planned_changes(seen, wanted, actor=actor)
    by_role: dict[str, list[Change]] = {}
    for one in changes:
        by_role.setdefault(one.role, []).append(one)
    changed = roles.where(Role.name.in_(by_role)).options(selectinload(Role.permissions))
    for role in db.session.scalars(changed).all() if by_role else ():
        own = by_role[role.name]
        given = {one.right for one in own if one.given}
        taken = {one.right for one in own if not one.given}
        change_rights(role, _held_by(role) - taken | given, actor=actor)
    return changes


def _only_from_the_top(actor: Actor) -> None:
    if not actor.scope.admits(""):
        raise Forbidden(_("Only a super administrator changes what a role may do."))


def _held_by(role: Role) -> frozenset[Right]:
    return frozenset((row.permission.name, row.view_menu.name) for row in role.permissions)


def _read(right: Right) -> str:
    return " ".join(right)
