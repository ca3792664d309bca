"""What the pages of all dated tables share: list, page, adding, changing, deleting."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from app.accounts.models import actor_of
from app.core.canonical import plain_decimal
from app.core.dated import Dated, Standing, first_index, in_force, until_next
from app.core.db import db
from app.core.errors import Invalid, Problem
from app.core.listing import Choices, Column, Filter, Listing, row_link
from app.core.period import Quarter, this_quarter
from app.core.unit import unit_of_work
from app.core.web import DomainView
from app.filings.dating import correct, is_fixed, put_in_force, take_away
from app.filings.values import Kind, Unreadable, read

AHEAD = 8  # quarters to come that a list offers
BEHIND = 20


def _quarters() -> list[tuple[str, str]]:
    """Around the quarter we are in, the latest first."""
    this = this_quarter()
    found = [this.shifted(by) for by in range(AHEAD, -BEHIND - 1, -1)]
    return [(str(one), f"{one} ({_('now')})" if one == this else str(one)) for one in found]


def dated_listing(
    kind: Any,
    name: Column,
    values: Sequence[Column],
    filters: Sequence[Filter] = (),
    order: Any = None,
) -> Listing:
    """The list of a dated table: the thing, its values, and when they are in force."""
    of = getattr(kind, kind.of)
    return Listing(
        start=lambda: select(kind).options(until_next(kind)),
        columns=(
            Column(kind.of, _l("Code"), row_link(f"{kind.__name__}View.page", lambda r: r.thing)),
            name,
            *values,
            Column("from", _l("In force from"), lambda r: r.since, sort=first_index(kind)),
            Column("until", _l("Until"), lambda r: r.until),
            Column("state", _l("Validity"), lambda r: r.standing),
            Column("source", _l("Standard or document"), lambda r: r.source, wide=True),
            Column("reason", _l("Reason"), lambda r: r.reason, wide=True, hidden=True),
        ),
        order=(of if order is None else order, first_index(kind).desc(), kind.id),
        filters=(
            *filters,
            Filter(
                "in_force",
                _l("In force in"),
                lambda v: in_force(kind, Quarter.parse(v).index),
                choices=_quarters,
            ),
        ),
    )


def number(name: str, title: object) -> Column:
    return Column(name, title, lambda row: getattr(row, name), numeric=True)


def yes(name: str, title: object) -> Column:
    return Column(name, title, lambda row: _("yes") if getattr(row, name) else _("no"))


def figure(title: object, *validators: object) -> StringField:
    """What FAB would draw wrongly: exact decimals."""
    shown = {"inputmode": "decimal"}
    return StringField(title, filters=[_plain], validators=validators, render_kw=shown)


def _plain(value: object) -> str:
    return plain_decimal(value) if isinstance(value, Decimal) else str(value or "").strip()


def tick(title: object, description: object = "", *, ticked: bool = False) -> BooleanField:
    """FAB would have it ticked: its column is never empty."""
    return BooleanField(title, description=description, default=ticked)


def chosen(title: object, choices: Choices) -> SelectField:
    return SelectField(title, choices=choices, validators=[InputRequired()])


class DatedView(DomainView):
    """What the pages of all dated tables share."""

    class_permission_name = "Catalogue"
    include_route_methods = {"list", "page", "add", "edit", "remove"}
    base_permissions = ["can_list", "can_add", "can_edit", "can_delete", "can_export"]
    list_columns: Sequence[str] = ["from_year"]
    search_columns: Sequence[str] = ["from_year"]
    label_columns: Mapping[str, Any] = {
        "source": _l("Standard or document"),
        "reason": _l("Reason"),
    }
    figures: ClassVar[Mapping[str, tuple[Kind, bool]]] = {}  # kind, and whether below zero
    empty_text: Any = ""

    @expose("/<int:pk>", methods=["GET"])
    @has_access
    @permission_name("list")
    def page(self, pk: int) -> str:
        kind = self.datamodel.obj
        one = self.listing.start().where(kind.id == self.found(pk).id)
        row = db.session.scalars(one.execution_options(populate_existing=True)).one()
        may = self.appbuilder.sm.has_access
        return self.render_template(
            "filings/dated.html",
            row=row,
            title=f"{self.show_title}: {self._named(row)}",
            columns=self.listing.columns,
            fixed=is_fixed(row) if may("can_edit", self.class_permission_name) else True,
            removable=row.standing is Standing.TO_COME
            and may("can_delete", self.class_permission_name),
        )

    @expose("/<int:pk>/delete", methods=["POST"])
    @has_access
    @permission_name("delete")
    def remove(self, pk: int) -> Response:
        with unit_of_work():
            take_away(self.found(pk), actor=actor_of(g.user))
        flash(_("The row has been deleted."), "success")
        return redirect(url_for(f"{type(self).__name__}.list"))

    def render_template(self, template: str, **context: Any) -> str:
        """The page of a change says what is changed; an empty list what holds without rows."""
        if template == self.edit_template and request.view_args:
            row = self.found(request.view_args["pk"])
            context["title"] = f"{self.edit_title}: {self._named(row)}"
        return super().render_template(template, empty_text=self.empty_text, **context)

    def _named(self, row: Dated) -> str:
        return f"{row.thing} {self.listing.columns[1].shown(row)} {row.since}"

    def _add_from(self, form: Any) -> None:
        kind = self.datamodel.obj
        row = kind(
            **{kind.of: form[kind.of].data},
            **self._values(form),
            from_year=form.from_year.data,
            from_quarter=form.from_quarter.data,
            source=form.source.data.strip(),
            reason=form.reason.data.strip(),
        )
        put_in_force(row, actor=actor_of(g.user))

    def _edit_from(self, form: Any, pk: Any) -> None:
        shown = str(form.version.data or "")
        correct(
            self.found(pk),
            Quarter(form.from_year.data, form.from_quarter.data),
            self._values(form),
            actor=actor_of(g.user),
            source=form.source.data.strip(),
            reason=form.reason.data.strip(),
            shown=int(shown) if shown.isdigit() else -1,
        )

    def _values(self, form: Any) -> dict[str, Any]:
        """The values of the form; `Invalid` names the inputs that hold none."""
        kind: type[Dated] = self.datamodel.obj
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for name in kind.values:
            typed = form[name].data
            values[name] = typed.strip() if isinstance(typed, str) else typed
            if name in self.figures:
                number, negative = self.figures[name]
                try:
                    values[name] = read(typed, number, negative=negative)
                except Unreadable as error:
                    problems.append(Problem(name, str(error)))
        if problems:
            raise Invalid(_("Please correct:"), problems)
        return values

    def post_add_redirect(self) -> Response:
        return redirect(url_for(f"{type(self).__name__}.list"))

    def post_edit_redirect(self) -> Response:
        return redirect(url_for(f"{type(self).__name__}.list"))


WHEN = ["from_year", "from_quarter", "source", "reason"]
FROM = {
    "from_year": IntegerField(
        _l("In force from the year"),
        default=lambda: this_quarter().shifted(1).year,
        validators=[InputRequired(), NumberRange(2000, 2100)],
    ),
    "from_quarter": SelectField(
        _l("and its quarter"),
        description=_l("Until the next row of the same thing; filings of these quarters use it."),
        default=lambda: this_quarter().shifted(1).quarter,
        coerce=int,
        choices=[SelectChoice(n, str(n)) for n in (1, 2, 3, 4)],
    ),
}
