"""Which role has which rights: brought up to date with the product, changed in the panel."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_appbuilder import AppBuilder
from flask_appbuilder.security.sqla.models import Permission, PermissionView, Role, ViewMenu
from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from app.accounts.queries import known_rights
from app.accounts.roles import CANNOT_BE_TAKEN, ROLES, Right, rights
from app.audit.actor import Actor
from app.audit.record import record
from app.core.db import db
from app.core.errors import Forbidden, Invalid
from app.regions.queries import root_path

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


def change_rights(role: Role, wanted: frozenset[Right], *, actor: Actor) -> None:
    """Let *role* have exactly the rights *wanted*; only for who stands at the very top.

    What opens the start page and one's own password stays with everybody, and what opens this
    page stays with the super administrator: nobody could undo it.
    """
    if not actor.scope.admits(""):
        raise Forbidden(_("Only a super administrator changes what a role may do."))
    if role.name not in ROLES:
        raise Invalid(_("The rights of this role are not changed."))
    rows = known_rights()
    if wanted - rows.keys():
        raise Invalid(_("There is no such right."))
    needed = CANNOT_BE_TAKEN
    if role.name == "super_administrator":
        needed |= OPENS_THE_PANEL
    before = {(row.permission.name, row.view_menu.name) for row in role.permissions}
    if lost := (before & needed) - wanted:
        raise Invalid(_("This right cannot be taken away: %(right)s.", right=_read(min(lost))))
    role.permissions = [rows[right] for right in sorted(wanted)]
    record(
        "role:change_rights",
        role,
        actor=actor,
        place=root_path(),
        given=[_read(right) for right in sorted(wanted - before)],
        taken=[_read(right) for right in sorted(before - wanted)],
    )


def _read(right: Right) -> str:
    return " ".join(right)
