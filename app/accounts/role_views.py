"""The pages for roles: what each may do, and for a super administrator to change it."""

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_appbuilder.security.sqla.models import Role
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from app.accounts.grants import change_rights
from app.accounts.models import actor_of
from app.accounts.queries import known_rights
from app.accounts.roles import PERMISSIONS, ROLES, THINGS, label_of
from app.core.errors import NotFound
from app.core.interface import DomainInterface
from app.core.listing import Column, Listing, row_link
from app.core.unit import unit_of_work
from app.core.web import DomainView


def _ours() -> Select[tuple[Role]]:
    """The roles of the product; ``Public`` may do nothing, and is nobody's business."""
    return select(Role).where(Role.name.in_(ROLES)).options(selectinload(Role.permissions))


class RoleView(DomainView):
    """Roles are the same everywhere, and are changed from the very top only."""

    datamodel = DomainInterface(Role)
    route_base = "/roles"
    class_permission_name = "Role"
    include_route_methods = {"list", "show", "edit"}
    base_permissions = ["can_list", "can_show", "can_edit"]
    list_title = _l("Roles")
    list_columns = show_columns = add_columns = edit_columns = search_columns = ["name"]
    listing = Listing(
        start=_ours,
        columns=(
            Column("name", _l("Role"), row_link("RoleView.show", lambda role: label_of(role.name))),
            Column("rights", _l("Rights"), lambda role: len(role.permissions), numeric=True),
        ),
        order=(Role.id,),
    )

    def found(self, pk: object) -> Role:
        role: Role = super().found(pk)
        if role.name not in ROLES:
            raise NotFound(_("There is no such record."))
        return role

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    @permission_name("show")
    def show(self, pk: str) -> str:
        """What a role may do, thing by thing, in words."""
        role = self.found(pk)
        held = {(row.permission.name, row.view_menu.name) for row in role.permissions}
        things: dict[str, list[tuple[str, object, bool]]] = {}
        for permission, thing in sorted(known_rights(), key=_as_shown):
            line = f"{permission} {thing}", PERMISSIONS.get(permission, permission)
            things.setdefault(str(THINGS.get(thing, thing)), []).append(
                (*line, (permission, thing) in held)
            )
        return self.render_template(
            "accounts/role.html", role=role, label=label_of(role.name), things=things
        )

    @expose("/edit/<pk>", methods=["POST"])
    @has_access
    @permission_name("edit")
    def edit(self, pk: str) -> Response:
        """Let a role do exactly what was ticked."""
        ticked = (text.partition(" ") for text in request.form.getlist("right"))
        wanted = frozenset((permission, thing) for permission, _space, thing in ticked)
        with unit_of_work():
            change_rights(self.found(pk), wanted, actor=actor_of(g.user))
        flash(_("Saved."), "success")
        return redirect(url_for("RoleView.show", pk=pk))


def _as_shown(right: tuple[str, str]) -> tuple[int, int, str]:
    """In the order of the menu, and of what is usually asked first."""
    things, permissions = list(THINGS), list(PERMISSIONS)
    permission, thing = right
    return (
        things.index(thing) if thing in things else len(things),
        permissions.index(permission) if permission in permissions else len(permissions),
        thing + permission,
    )
