"""The pages for people, and for one's own password."""

from datetime import timedelta
from typing import Any

from flask import after_this_request, flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_appbuilder.security.sqla.models import Role, User
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import login_user
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from app.accounts import operations
from app.accounts.forms import AddedPlaceForm, OwnPasswordForm, PersonForm
from app.accounts.models import WhyAdded, actor_of
from app.accounts.passwords import new_password, own_password, random_password
from app.accounts.queries import may_hand_out, people_in, person_in
from app.accounts.role_views import RoleView
from app.accounts.roles import ROLES, label_of
from app.accounts.security import hash_method
from app.core.clock import PLACE_TIME, today
from app.core.db import db
from app.core.interface import DomainInterface
from app.core.list_page import BulkAction
from app.core.listing import Column, Filter, Listing, row_link
from app.core.unit import unit_of_work
from app.core.web import DomainPage, DomainView, accepted
from app.regions.queries import place_choices, regions_within
from app.regions.scope import EVERYWHERE, scope_of

__all__ = ["OwnPasswordView", "PersonView", "RoleView"]


def _in_my_area() -> Select[tuple[User]]:
    here = people_in(scope_of(db.session))
    return select(User).where(here).options(selectinload(User.roles))


def _roles_of(person: User) -> str:
    return "、".join(label_of(role.name) for role in person.roles)


def place_name(place: str | None) -> str:
    """*place* in words, from the league down; the names are read once a request."""
    if not place:
        return "—" if place is None else _("The whole platform")
    if "region_names" not in g:
        g.region_names = {node.path: node.name for node in regions_within(EVERYWHERE)}
    steps = [place[: at + 1] for at, letter in enumerate(place) if letter == "/"]
    return " ".join(g.region_names.get(s, s.split("/")[-2]) for s in steps[1:] or steps)


def _named_like(value: str) -> ColumnElement[bool]:
    name = User.username + " " + User.last_name + User.first_name + " " + User.last_name
    return name.icontains(value, autoescape=True)


def _below(value: str) -> ColumnElement[bool]:
    return (User.place >= value) & (User.place < value + "~")


class PersonView(DomainView):
    """People of one's own area; people are not `Placed`, so every page asks for them by scope."""

    datamodel = DomainInterface(User)
    route_base = "/people"
    class_permission_name = "Person"
    include_route_methods = {"list", "show", "add", "edit", "reset", "add_place", "end_place"}
    base_permissions = "can_list can_show can_add can_edit can_reset_password can_export".split()
    list_title = _l("People")
    list_columns = show_columns = add_columns = edit_columns = search_columns = ["username"]
    listing = Listing(
        start=_in_my_area,
        columns=(
            Column(
                "username",
                _l("User name"),
                row_link("PersonView.show", lambda person: person.username),
                sort=User.username,
            ),
            Column("name", _l("Name"), lambda row: row.get_full_name(), sort=User.last_name),
            Column("roles", _l("Roles"), _roles_of),
            Column("place", _l("Place"), lambda row: place_name(row.place), sort=User.place),
            Column("active", _l("May log in"), lambda row: _("yes") if row.active else _("no")),
        ),
        order=(User.place, User.id),
        filters=(
            Filter("name", _l("Name"), _named_like),
            Filter(
                "role",
                _l("Role"),
                lambda value: User.roles.any(Role.name == value),
                choices=lambda: [(key, str(role.label)) for key, role in ROLES.items()],
            ),
            Filter(
                "place",
                _l("League or county"),
                _below,
                choices=lambda: place_choices(scope_of(db.session)),
            ),
        ),
    )

    bulk_actions = (
        BulkAction("let_in", _l("May log in"), "can_edit", lambda person: _let_in(person, True)),
        BulkAction(
            "keep_out",
            _l("May no longer log in"),
            "can_edit",
            lambda person: _let_in(person, False),
            confirm=_l("The chosen people are out at once."),
        ),
    )

    def found(self, pk: object) -> User:
        return person_in(scope_of(db.session), pk)

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    @permission_name("show")
    def show(self, pk: str) -> str:
        return self._page(self.found(pk))

    @expose("/add", methods=["GET", "POST"])
    @has_access
    @permission_name("add")
    def add(self) -> Response | str:
        form = PersonForm(allowed=may_hand_out(actor_of(g.user)))
        if request.method == "GET":
            form.show_place(request.args.get("place"))
        issued, made = random_password(), []

        def enter(checked: PersonForm) -> None:
            kept = new_password(issued, method=hash_method())  # slow: before the write lock
            with unit_of_work():
                actor = actor_of(g.user)
                made.append(operations.create_person(checked.details(), kept, actor=actor))

        if request.method == "POST" and accepted(form, enter):
            return self._page(made[0], issued)
        return self._form(form, _("Enter a person"))

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def edit(self, pk: str) -> Response | str:
        person, actor = self.found(pk), actor_of(g.user)
        operations.guard_person(person, actor=actor)
        form = PersonForm(allowed=may_hand_out(actor), obj=person)
        if request.method == "GET":
            form.show_person(person)

        def write(checked: PersonForm) -> None:
            operations.change_person(self.found(pk), checked.details(), actor=actor_of(g.user))

        if request.method == "POST" and self._saved(form, write):
            flash(_("Saved."), "success")
            return redirect(url_for("PersonView.show", pk=pk))
        return self._form(form, _("Change a person"))

    @expose("/<pk>/reset-password", methods=["POST"])
    @has_access
    @permission_name("reset_password")
    def reset(self, pk: str) -> str:
        """Issue a new initial password, shown on this one page and nowhere else."""
        issued = random_password()
        kept = new_password(issued, method=hash_method())
        with unit_of_work():
            person = self.found(pk)
            operations.reset_password(person, kept, actor=actor_of(g.user))
        return self._page(person, issued)

    @expose("/<pk>/places", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def add_place(self, pk: str) -> Response | str:
        """Let somebody stand at a further place for a time."""
        operations.guard_person(self.found(pk), actor=actor_of(g.user))
        form = AddedPlaceForm()

        def write(checked: AddedPlaceForm) -> None:
            operations.add_place(
                self.found(pk),
                checked.place,
                WhyAdded.named(checked.reason.data),
                checked.starts_on.data,
                checked.ends_on.data,
                actor=actor_of(g.user),
            )

        if request.method == "POST" and self._saved(form, write):
            flash(_("Saved."), "success")
            return redirect(url_for("PersonView.show", pk=pk))
        return self._form(form, _("Add a place"))

    @expose("/<pk>/places/<int:added>/end", methods=["POST"])
    @has_access
    @permission_name("edit")
    def end_place(self, pk: str, added: int) -> Response:
        """Let a further place be in force no longer; yesterday was its last day."""
        with unit_of_work():
            yesterday = today() - timedelta(days=1)
            operations.end_place(self.found(pk), added, yesterday, actor=actor_of(g.user))
        flash(_("Saved."), "success")
        return redirect(url_for("PersonView.show", pk=pk))

    def _form(self, form: Any, title: str) -> str:
        if "enterprise" in form:
            # the registry lies a floor above; only its address is known here
            form.enterprise.render_kw = {
                "data-source": url_for("EnterpriseView.choices"),
                "data-value": "number",
                "data-county": "node",
            }
        return self.render_template("accounts/form.html", form=form, title=title)

    def _page(self, person: User, issued: str | None = None) -> str:
        if issued:
            _never_keep()
        held = {role.name for role in person.roles}
        added = [(one, place_name(one.place), one.in_force(today())) for one in person.added_places]
        return self.render_template(
            "accounts/person.html",
            person=person,
            roles=_roles_of(person),
            where=place_name(person.place),
            added=added,
            issued=issued,
            # FAB's column knows no time zone
            last_login=person.last_login and person.last_login.replace(tzinfo=PLACE_TIME),
            manageable=held <= may_hand_out(actor_of(g.user)),
        )


class OwnPasswordView(DomainPage):
    """Open to everybody, and for some time the only page that is."""

    route_base = "/account/password"
    class_permission_name = "OwnPassword"
    default_view = "change"
    base_permissions = ["can_change"]

    @expose("/", methods=["GET", "POST"])
    @has_access
    @permission_name("change")
    def change(self) -> Response | str:
        form = OwnPasswordForm()
        if request.method == "POST" and accepted(form, _change_own):
            flash(_("Your password has been changed."), "success")
            return redirect(self.appbuilder.get_url_for_index)
        return self.render_template("accounts/form.html", form=form, title=_("Change the password"))


def _change_own(form: OwnPasswordForm) -> None:
    person = g.user
    checked = own_password(  # slow: before the write lock
        form.current.data,
        form.password.data,
        present=person.password,
        initial=person.initial_password_hash,
        method=hash_method(),
    )
    with unit_of_work():
        operations.change_own_password(person, checked, actor=actor_of(person))
    login_user(person)  # this session goes on; all others end


def _let_in(person: User, active: bool) -> None:
    operations.set_active(person, active=active, actor=actor_of(g.user))


def _never_keep() -> None:
    @after_this_request
    def set_header(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response
