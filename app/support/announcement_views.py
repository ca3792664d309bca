"""The pages of announcements: everybody reads those in force, editors see all."""

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, or_, select
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.clock import today
from app.core.errors import NotFound
from app.core.interface import DomainInterface
from app.core.listing import Column, Filter, Listing, listed, row_link
from app.core.unit import unit_of_work
from app.core.web import DomainView
from app.support import operations
from app.support.forms import AnnouncementForm, VersionedForm
from app.support.models import Announcement, AnnouncementLevel, AnnouncementState
from app.support.queries import FOR_READERS, in_state


def _in_force() -> Select[tuple[Announcement]]:
    return select(Announcement).where(in_state(AnnouncementState.IN_FORCE, today()))


def _says(text: str) -> ColumnElement[bool]:
    return or_(
        Announcement.title.icontains(text, autoescape=True),
        Announcement.body.icontains(text, autoescape=True),
    )


TITLE = Column(
    "title",
    _l("Title"),
    row_link("AnnouncementView.show", lambda row: row.title),
    sort=Announcement.title,
    wide=True,
)
STATE = Column("state", _l("Status"), lambda row: row.state_on(today()))
LEVEL = Column("level", _l("Importance"), lambda row: row.level.label, sort=Announcement.level)
FIRST_DAY = Column(
    "published_on", _l("First day"), lambda row: row.published_on, sort=Announcement.published_on
)
LAST_DAY = Column("until", _l("Last day"), lambda row: row.until, sort=Announcement.until)
AUTHOR = Column(
    "author", _l("Entered by"), lambda row: row.author_name, sort=Announcement.author_name
)
SAYS = Filter("q", _l("Title or text"), _says)
WEIGHS = Filter(
    "level",
    _l("Importance"),
    lambda value: Announcement.level == AnnouncementLevel.named(value),
    choices=lambda: [(one.value, str(one.label)) for one in AnnouncementLevel],
)
STANDS = Filter(
    "state",
    _l("Status"),
    lambda value: in_state(AnnouncementState.named(value), today()),
    choices=lambda: [(one.value, str(one.label)) for one in AnnouncementState],
)
OF_READERS = Listing(
    start=_in_force,
    columns=(TITLE, LEVEL, FIRST_DAY, LAST_DAY),
    order=FOR_READERS,
    filters=(SAYS, WEIGHS),
)
OF_EDITORS = Listing(
    start=listed(Announcement),
    columns=(TITLE, STATE, LEVEL, FIRST_DAY, LAST_DAY, AUTHOR),
    order=(Announcement.published_on.desc(), Announcement.id.desc()),
    filters=(SAYS, STANDS, WEIGHS),
)


class AnnouncementView(DomainView):
    datamodel = DomainInterface(Announcement)
    route_base = "/announcements"
    class_permission_name = "Announcement"
    include_route_methods = {"list", "show", "add", "edit", "withdraw"}
    base_permissions = ["can_list", "can_show", "can_add", "can_edit"]
    list_title = _l("Announcements")
    list_columns = show_columns = add_columns = edit_columns = search_columns = ["title"]
    listing = OF_READERS

    def found(self, pk: object) -> Announcement:
        """For who only reads, what is not in force is not there."""
        row: Announcement = super().found(pk)
        if row.state_on(today()) is AnnouncementState.IN_FORCE or self._edits():
            return row
        raise NotFound(_("There is no such record."))

    def its_listing(self) -> Listing:
        """Another list for editors: it has what is planned, over and withdrawn as well."""
        return OF_EDITORS if self._edits() else OF_READERS

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    @permission_name("show")
    def show(self, pk: str) -> str:
        row = self.found(pk)
        return self.render_template(
            "support/announcement.html", announcement=row, state=row.state_on(today())
        )

    @expose("/add", methods=["GET", "POST"])
    @has_access
    @permission_name("add")
    def add(self) -> Response | str:
        form, made = AnnouncementForm(), []

        def enter(checked: AnnouncementForm) -> None:
            made.append(operations.announce(checked.details(), actor=actor_of(g.user)))

        if request.method == "POST" and self._saved(form, enter):
            return self._back_to(made[0].id)
        return self._form(form, _("Write an announcement"))

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def edit(self, pk: str) -> Response | str:
        form = AnnouncementForm(obj=self.found(pk))

        def write(checked: AnnouncementForm) -> None:
            operations.change_announcement(
                self.found(pk), checked.details(), checked.shown, actor=actor_of(g.user)
            )

        if request.method == "POST" and self._saved(form, write):
            return self._back_to(pk)
        return self._form(form, _("Change an announcement"))

    @expose("/<int:pk>/withdraw", methods=["POST"])
    @has_access
    @permission_name("edit")
    def withdraw(self, pk: int) -> Response:
        shown = VersionedForm().shown
        with unit_of_work():
            operations.withdraw_announcement(self.found(pk), shown, actor=actor_of(g.user))
        flash(_("The announcement has been withdrawn."), "success")
        return redirect(url_for("AnnouncementView.show", pk=pk))

    def _edits(self) -> bool:
        return self._may("can_edit")

    def _form(self, form: Any, title: str) -> str:
        return self.render_template("accounts/form.html", form=form, title=title)

    def _back_to(self, pk: object) -> Response:
        flash(_("Saved."), "success")
        return redirect(url_for("AnnouncementView.show", pk=pk))
