"""The calendar of filing, which the region keeps: when a quarter opens, is due, is locked."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import g, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from werkzeug.wrappers import Response
from wtforms import DateField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from app.accounts.models import actor_of
from app.audit.record import record
from app.core.db import db
from app.core.errors import Invalid, Problem
from app.core.interface import DomainInterface
from app.core.listing import Column, Listing, row_link
from app.core.period import Quarter, this_quarter
from app.core.web import DomainView
from app.filings.models import ReportingPeriod
from app.regions.scope import Tier
from app.workdays.queries import doubts_about, is_worked, worked_after
from app.workdays.views import with_weekday

AS_STATED = _l("Meant as stated, also where it is no working day.")
NO_LOCK = _l("From then on nothing is submitted without an extension; empty: no lock.")
LOCKED_AFTER = 10  # working days after the due day, as it is proposed


@dataclass(frozen=True, slots=True)
class Proposed:
    """The days of a quarter as they usually are: the 15th of the month after it, or 31 January."""

    period: Quarter
    open_on: date
    due_on: date
    lock_on: date


def proposed(period: Quarter) -> Proposed:
    """Source: the reporting calendar of the specification; the lock is ours."""
    following = period.shifted(1)
    opens = date(following.year, following.months[0], 1)
    due = opens + timedelta(days=30 if period.quarter == 4 else 14)
    return Proposed(period, opens, due, worked_after(due, LOCKED_AFTER))


def _proposed() -> Proposed:
    """For the quarter that the address names, else for the first that is not in the calendar."""
    found: Proposed | None = g.get("proposed")
    if found is None:
        asked = request.args.get("period", "")
        found = g.proposed = proposed(Quarter.parse(asked) if asked else _next_period())
    return found


def _next_period() -> Quarter:
    index = ReportingPeriod.year * 4 + ReportingPeriod.quarter - 1
    last = db.session.scalar(select(func.max(index)))
    return this_quarter() if last is None else Quarter.at(last + 1)


def _day(name: str, title: object, description: object = "") -> DateField:
    return DateField(
        title,
        default=lambda: getattr(_proposed(), name),
        validators=[InputRequired()],
        description=description,
    )


def _told(day: date) -> str:
    """*day*, and whether nobody works then."""
    if is_worked(day):
        return str(day)
    return _("%(day)s (no working day)", day=with_weekday(day))


class ReportingPeriodView(DomainView):
    datamodel = DomainInterface(ReportingPeriod)
    route_base = "/calendar"
    class_permission_name = "ReportingPeriod"
    include_route_methods = {"list", "show", "add", "edit"}
    base_permissions = ["can_list", "can_add", "can_edit"]
    method_permission_name = {"show": "list", "list": "list", "add": "add", "edit": "edit"}

    list_title = _l("Calendar of filing")
    list_template = "filings/calendar.html"
    add_template = edit_template = "filings/calendar_form.html"
    add_title = _l("Add a quarter to the calendar")
    edit_title = _l("Change a quarter of the calendar")
    show_title = _l("Quarter of the calendar")
    label_columns = {
        "year": _l("Year"),
        "quarter": _l("Quarter"),
        "open_on": _l("Opens on"),
        "due_on": _l("Due on"),
        "grace_days": _l("Days of grace"),
        "lock_on": _l("Locked after"),
    }
    list_columns = ["year"]
    show_columns = ["year", "quarter", "open_on", "due_on", "grace_days", "lock_on"]
    add_columns = ["year", "quarter", "open_on", "due_on", "grace_days", "lock_on"]
    edit_columns = ["open_on", "due_on", "grace_days", "lock_on"]
    search_columns = ["year"]
    description_columns = {
        "due_on": AS_STATED,
        "grace_days": _l("Calendar days after the due day that are still in time."),
        "lock_on": NO_LOCK,
    }
    validators_columns = {"grace_days": [NumberRange(0, 365)]}
    add_form_extra_fields = {
        "year": IntegerField(
            _l("Year"),
            default=lambda: _proposed().period.year,
            validators=[InputRequired(), NumberRange(2000, 2100)],
        ),
        "quarter": SelectField(
            _l("Quarter"),
            description=_l("The days below are proposed for this quarter."),
            default=lambda: _proposed().period.quarter,
            coerce=int,
            choices=[SelectChoice(n, str(n)) for n in (1, 2, 3, 4)],
        ),
        "open_on": _day("open_on", _l("Opens on")),
        "due_on": _day(
            "due_on", _l("Due on"), _l("Meant as stated, also where it is no working day.")
        ),
        "lock_on": DateField(
            _l("Locked after"),
            default=lambda: _proposed().lock_on,
            validators=[Optional()],
            description=NO_LOCK,
        ),
    }
    listing = Listing(
        start=lambda: select(ReportingPeriod),
        columns=(
            Column("period", _l("Quarter"), row_link("ReportingPeriodView.show", lambda row: row)),
            Column("open_on", _l("Opens on"), lambda r: r.open_on, sort=ReportingPeriod.open_on),
            Column("due_on", _l("Due on"), lambda r: _told(r.due_on), sort=ReportingPeriod.due_on),
            Column("grace_days", _l("Days of grace"), lambda r: r.grace_days, numeric=True),
            Column("late_after", _l("In time until"), lambda r: r.late_after),
            Column("lock_on", _l("Locked after"), lambda r: _told(r.lock_on) if r.lock_on else "—"),
        ),
        order=(ReportingPeriod.year.desc(), ReportingPeriod.quarter.desc()),
    )

    def render_template(self, template: str, **context: Any) -> str:
        """The list and the forms say which years are known by their weekends only."""
        if template in (self.list_template, self.add_template, self.edit_template):
            shown = [proposed(one).lock_on for one in (this_quarter(), _next_period())]
            context["doubts"] = doubts_about(shown)
        return super().render_template(template, **context)

    def pre_add(self, item: ReportingPeriod) -> None:
        self._in_order(item)

    def pre_update(self, item: ReportingPeriod) -> None:
        self._in_order(item)

    def post_add(self, item: ReportingPeriod) -> None:
        self._record("calendar:add", item)

    def post_update(self, item: ReportingPeriod) -> None:
        self._record("calendar:change", item)

    @staticmethod
    def _in_order(item: ReportingPeriod) -> None:
        if item.open_on > item.due_on:
            text = _("A quarter opens before it is due, and is locked after it is due.")
            raise Invalid(text, [Problem("due_on", text)])
        if item.lock_on and item.lock_on < item.late_after:
            text = _("A quarter is not locked before its days of grace are over.")
            raise Invalid(text, [Problem("lock_on", text)])

    @staticmethod
    def _record(tag: str, item: ReportingPeriod) -> None:
        days = {n: getattr(item, n) for n in ("open_on", "due_on", "grace_days", "lock_on")}
        actor = actor_of(g.user)
        place = actor.scope.roots[0] if actor.scope.tier is Tier.REGION else ""
        record(tag, item, actor=actor, place=place, **days)

    def post_add_redirect(self) -> Response:
        return redirect(url_for("ReportingPeriodView.list"))

    def post_edit_redirect(self) -> Response:
        return redirect(url_for("ReportingPeriodView.list"))
