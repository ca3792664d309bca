"""The days that the region sets apart from the official calendar, as a list to keep."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import extract
from werkzeug.wrappers import Response
from wtforms import DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from app.accounts.models import actor_of
from app.audit.record import record
from app.core.clock import today
from app.core.db import db
from app.core.errors import Invalid, Problem
from app.core.interface import DomainInterface
from app.core.listing import Column, Filter, Listing, listed, row_link
from app.core.unit import unit_of_work
from app.core.web import DomainView
from app.regions.queries import root_path
from app.workdays.days import FIRST_YEAR, LAST_YEAR, OFFICIAL, is_known, is_working
from app.workdays.models import SpecialDay
from app.workdays.queries import doubts_about

WEEK = (_l("Mon"), _l("Tue"), _l("Wed"), _l("Thu"), _l("Fri"), _l("Sat"), _l("Sun"))
AHEAD, BEHIND = 2, 3  # years that the filter offers


def with_weekday(day: date) -> str:
    return f"{day} {WEEK[day.weekday()]}"


def _worked(works: bool) -> str:
    return _("worked") if works else _("free")


def _officially(day: date) -> str:
    """What holds without the row; in a year that is not known, only the week is known."""
    told = _worked(is_working(day))
    return told if is_known(day.year) else _("%(told)s, by the week alone", told=told)


def _years() -> list[tuple[str, str]]:
    this = today().year
    return [(str(year), str(year)) for year in range(this + AHEAD, this - BEHIND - 1, -1)]


def _stripped(text: str | None) -> str:
    return " ".join((text or "").split())


def _as_bool(value: object) -> bool:
    return value is True or value == "True"


FIELDS = {
    "day": DateField(_l("Day"), validators=[InputRequired()]),
    "is_working": SelectField(
        _l("This day is"),
        coerce=_as_bool,
        choices=[SelectChoice(False, _l("free")), SelectChoice(True, _l("worked"))],
    ),
    "reason": StringField(
        _l("Reason"),
        filters=[_stripped],
        validators=[DataRequired(), Length(max=200)],
        description=_l("The document that says so."),
    ),
}


class SpecialDayView(DomainView):
    datamodel = DomainInterface(SpecialDay)
    route_base = "/special-days"
    class_permission_name = "SpecialDay"
    include_route_methods = {"list", "page", "add", "edit", "remove"}
    base_permissions = ["can_list", "can_add", "can_edit", "can_delete"]
    list_title = _l("Working days")
    list_template = "workdays/list.html"
    add_title = _l("Set a day apart")
    edit_title = _l("Change a day set apart")
    list_columns = search_columns = ["reason"]
    add_columns = edit_columns = ["day", "is_working", "reason"]
    add_form_extra_fields = edit_form_extra_fields = FIELDS
    listing = Listing(
        start=listed(SpecialDay),
        columns=(
            Column(
                "day",
                _l("Day"),
                row_link("SpecialDayView.page", lambda row: with_weekday(row.day)),
                sort=SpecialDay.day,
            ),
            Column("is_working", _l("This day is"), lambda row: _worked(row.is_working)),
            Column("official", _l("Otherwise"), lambda row: _officially(row.day)),
            Column("reason", _l("Reason"), lambda row: row.reason, wide=True),
        ),
        order=(SpecialDay.day.desc(),),
        filters=(
            Filter(
                "year",
                _l("Year"),
                lambda v: extract("year", SpecialDay.day) == (int(v) if v.isdecimal() else 0),
                choices=_years,
            ),
        ),
    )

    def render_template(self, template: str, **context: Any) -> str:
        """The list also says what the official calendar has of this year and of the next."""
        if template == self.list_template:
            this = today().year
            context["known"] = _(
                "The official calendar is known from %(first)s to %(last)s.",
                first=FIRST_YEAR,
                last=LAST_YEAR,
            )
            context["doubts"] = doubts_about([date(this, 1, 1), date(this + 1, 1, 1)])
            context["official"] = _of_year(this), _of_year(this + 1)
        return super().render_template(template, **context)

    @expose("/<int:pk>", methods=["GET"])
    @has_access
    @permission_name("list")
    def page(self, pk: int) -> str:
        row = self.found(pk)
        return self.render_template(
            "workdays/day.html",
            row=row,
            title=with_weekday(row.day),
            columns=self.listing.columns[1:],
            removable=self._may("can_delete"),
        )

    @expose("/<int:pk>/delete", methods=["POST"])
    @has_access
    @permission_name("delete")
    def remove(self, pk: int) -> Response:
        with unit_of_work():
            row = self.found(pk)
            _record("special_day:delete", row)
            db.session.delete(row)
        flash(_("The day is as the official calendar has it again."), "success")
        return redirect(url_for("SpecialDayView.list"))

    def pre_add(self, item: SpecialDay) -> None:
        _must_say_something(item)

    def pre_update(self, item: SpecialDay) -> None:
        _must_say_something(item)

    def post_add(self, item: SpecialDay) -> None:
        _record("special_day:add", item)

    def post_update(self, item: SpecialDay) -> None:
        _record("special_day:change", item)

    def post_add_redirect(self) -> Response:
        return redirect(url_for("SpecialDayView.list"))

    def post_edit_redirect(self) -> Response:
        return redirect(url_for("SpecialDayView.page", pk=(request.view_args or {})["pk"]))


def _of_year(year: int) -> tuple[int, Sequence[str], Sequence[str]]:
    """The free weekdays and the worked weekends of the official calendar."""
    days = [day for day in OFFICIAL if day.year == year]
    free = [with_weekday(day) for day in days if not OFFICIAL[day]]
    return year, free, [with_weekday(day) for day in days if OFFICIAL[day]]


def _must_say_something(item: SpecialDay) -> None:
    """A row that says what a known calendar says anyway would only be mistaken for a change."""
    if is_known(item.day.year) and is_working(item.day) is item.is_working:
        text = _("The official calendar says so already.")
        raise Invalid(text, [Problem("is_working", text)])


def _record(tag: str, item: SpecialDay) -> None:
    told = {"day": item.day, "is_working": item.is_working, "reason": item.reason}
    record(tag, item, actor=actor_of(g.user), place=root_path(), **told)
