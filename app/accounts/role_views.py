"""The pages for roles: what all of them may do, side by side, and what one may, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_appbuilder.security.sqla.models import Role
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.accounts.grants import change_matrix, keeping_needed, needed_by, planned_changes
from app.accounts.matrix import Change, Matrix, garbled
from app.accounts.models import actor_of
from app.accounts.queries import holders_by_role, stored_matrix
from app.accounts.roles import CANNOT_BE_TAKEN, ROLES, Right, label_of, words_of
from app.core.answers import answer_with
from app.core.db import db
from app.core.errors import Conflict, NotFound
from app.core.interface import DomainInterface
from app.core.unit import unit_of_work
from app.core.web import DomainView
from app.regions.scope import scope_of


@dataclass(frozen=True, slots=True)
class Cell:
    """One role and one right, as the matrix shows them."""

    value: str  # the places of right and role in what the form carries
    name: str
    ticked: bool
    stored: bool
    locked: str  # why it cannot be taken, if that is so


@dataclass(frozen=True, slots=True)
class Line:
    """One right, for all roles."""

    action: str
    cells: Sequence[Cell]


class RoleView(DomainView):
    """Roles are the same everywhere, and are changed from the very top only."""

    datamodel = DomainInterface(Role)
    route_base = "/roles"
    class_permission_name = "Role"
    include_route_methods = {"list", "show", "edit"}
    base_permissions = ["can_list", "can_show", "can_edit"]
    list_title = _l("Roles and their rights")
    list_columns = show_columns = add_columns = edit_columns = search_columns = ["name"]

    def found(self, pk: object) -> Role:
        role: Role = super().found(pk)
        if role.name not in ROLES:
            raise NotFound(_("There is no such record."))
        return role

    @expose("/list/", methods=["GET"])
    @has_access
    def list(self) -> str:
        """All rights by all roles; who may change them does it here."""
        return self._matrix()

    @expose("/list/", methods=["POST"])
    @has_access
    @permission_name("edit")
    def edit(self) -> Response | str:
        """Show what would change; once that was looked at, change it."""
        seen, wanted = _sent()
        actor, step = actor_of(g.user), request.form.get("step")
        own = seen.changes_to(wanted)
        if step == "back":
            return self._matrix(own)
        try:
            if step == "save":
                with unit_of_work():
                    change_matrix(seen, wanted, actor=actor)
                flash(_("Saved."), "success")
                return redirect(url_for("RoleView.list"))
            changes = planned_changes(seen, wanted, actor=actor)
        except Conflict as conflict:
            flash(str(conflict.message), "danger")
            answer_with(conflict.status)
            return self._matrix(own, since=seen)
        if not changes:
            flash(_("There is nothing to change."), "info")
            return redirect(url_for("RoleView.list"))
        page: str = self.render_template(
            "accounts/roles_preview.html",
            title=self.list_title,
            changes=[(one.given, what_of(one)) for one in changes],
            concerned=_concerned(changes),
            seen=seen,
            wanted=wanted,
        )
        return page

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    @permission_name("show")
    def show(self, pk: str) -> str:
        """What a role may do, thing by thing, in words."""
        role = self.found(pk)
        matrix, _numbers = stored_matrix()
        held = matrix.held[role.name]
        page: str = self.render_template(
            "accounts/role.html",
            role=role,
            label=label_of(role.name),
            holders=holders_by_role(scope_of(db.session)).get(role.name, 0),
            hands_out=[label_of(key) for key in ROLES if key in ROLES[role.name].may_grant],
            may=_in_words(right for right in matrix.rights if right in held),
            may_not=_in_words(right for right in matrix.rights if right not in held),
        )
        return page

    def _matrix(self, own: Sequence[Change] = (), since: Matrix | None = None) -> str:
        """The page as it is stored, with *own* changes that are not saved yet ticked in it.

        *since* is what the person saw, if something else is stored by now.
        """
        stored, numbers = stored_matrix()
        shown = stored.after(own)
        others = since.changes_to(stored.part(since)) if since is not None else ()
        page: str = self.render_template(
            "accounts/roles.html",
            title=self.list_title,
            roles=[(numbers[key], label_of(key)) for key in stored.held],
            things=_things(stored, shown),
            stored=stored,
            changes=[(one.given, what_of(one)) for one in stored.changes_to(shown)],
            others=[(one.given, what_of(one)) for one in others],
            changeable=self._may("can_edit") and scope_of(db.session).admits(""),
        )
        return page


def _sent() -> tuple[Matrix, Matrix]:
    """What the form showed, and what is wanted of it: as ticked, or as the preview carries it."""
    form = request.form
    seen = Matrix.read(form.get("rights", ""), form.get("seen", ""))
    if "wanted" not in form:
        # what is locked has no box that could be ticked
        return seen, keeping_needed(seen, seen.ticked(form.getlist("c")))
    wanted = Matrix.read(form["rights"], form["wanted"])
    if wanted.held.keys() != seen.held.keys():
        raise garbled()
    return seen, wanted


def what_of(change: Change) -> str:
    """A change in words, without whether it is given or taken."""
    return _cell_name(label_of(change.role), change.right)


def _cell_name(role: str, right: Right) -> str:
    thing, action = words_of(right)
    return _("%(role)s: %(thing)s, %(action)s", role=role, thing=thing, action=action)


def _things(stored: Matrix, shown: Matrix) -> list[tuple[str, list[Line]]]:
    """The lines of the matrix, thing by thing."""
    roles = [(key, label_of(key), needed_by(key)) for key in stored.held]
    lines = []
    for place, right in enumerate(stored.rights):
        cells = [
            Cell(
                f"{place}.{at}",
                _cell_name(label, right),
                right in shown.held[key],
                right in stored.held[key],
                _why_locked(right) if right in needed and right in stored.held[key] else "",
            )
            for at, (key, label, needed) in enumerate(roles)
        ]
        thing, action = words_of(right)
        lines.append((thing, Line(action, cells)))
    return [
        (thing, [line for _thing, line in of_it])
        for thing, of_it in groupby(lines, key=lambda pair: pair[0])
    ]


def _why_locked(right: Right) -> str:
    if right in CANNOT_BE_TAKEN:
        return _("Cannot be taken away: nobody could log in without it.")
    return _("Cannot be taken away: nobody could come back to this page to give it again.")


def _concerned(changes: Iterable[Change]) -> list[tuple[str, int]]:
    """The roles that change, and how many people hold each."""
    holders = holders_by_role(scope_of(db.session))
    changed = {one.role for one in changes}
    return [(label_of(key), holders.get(key, 0)) for key in ROLES if key in changed]


def _in_words(rights: Iterable[Right]) -> list[tuple[str, str]]:
    """Each thing with its actions: Enterprises — see the list, open, change."""
    pairs = groupby((words_of(right) for right in rights), key=lambda pair: pair[0])
    return [(thing, _(", ").join(action for _thing, action in of_it)) for thing, of_it in pairs]
