"""Who has not handed in a quarter: the list to chase from, and to remind all of at once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask import current_app, flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.clock import today
from app.core.db import db
from app.core.errors import NotFound
from app.core.interface import DomainInterface
from app.core.listing import Column, Filter, Listing, row_link
from app.core.period import Quarter, recent_quarters
from app.core.preferences import preference
from app.core.search import matches
from app.core.shell import address_of
from app.core.unit import unit_of_work
from app.core.web import DomainView
from app.enterprises.models import Enterprise
from app.filings.deadlines import extensions_in, reckoned
from app.filings.models import Extension, Filing, ReportingPeriod
from app.filings.reminding import remind
from app.regions.queries import place_choices
from app.regions.scope import scope_of
from app.reports.progress import calendar_of, current_calendar, joined, not_filed
from app.review.models import Review
from app.review.workflow import OPEN, State


def chosen_period() -> Quarter | None:
    """The quarter of the address, else the person's, else the one that is open."""
    asked = request.args.get("period") or preference("period")
    if asked and asked != "all":
        return Quarter.parse(asked)
    calendar = current_calendar()
    return calendar.period if calendar else None


def _start() -> Select[tuple[Enterprise]]:
    period = chosen_period()
    if period is None:
        return select(Enterprise).where(Enterprise.id < 0)
    query = joined(select(Enterprise), period).where(not_filed(period))
    return query.options(joinedload(Enterprise.industry))


def _not_handed_in() -> Select[tuple[Enterprise]]:
    """The same with those that are stopped, so that the answer can say how many they are."""
    period = chosen_period()
    if period is None:
        raise NotFound(_("No quarter is open for filing."))
    query = joined(select(Enterprise), period)
    return query.where(or_(Review.id.is_(None), Review.state.in_(OPEN)))


def _standing(enterprise: Enterprise) -> str:
    """How far its filing is; all that are begun and not handed in are read once a request."""
    if "begun" not in g:
        period = chosen_period()
        query = select(Filing.enterprise_id, Review.state).join(Filing.review)
        query = query.where(Review.state.in_(OPEN), Review.period == str(period))
        g.begun = dict(db.session.execute(query).all())
    state = g.begun.get(enterprise.id)
    return str(state.label) if state else _("Not begun")


def _deadlines() -> tuple[ReportingPeriod | None, Mapping[int, date]]:
    """The calendar of the quarter and its extensions, read once a request."""
    if "late_deadlines" not in g:
        period = chosen_period()
        calendar = calendar_of(period) if period else None
        g.late_deadlines = calendar, extensions_in(period) if period else {}
    found: tuple[ReportingPeriod | None, Mapping[int, date]] = g.late_deadlines
    return found


def _due_on(enterprise: Enterprise) -> str:
    """The last day on which it is in time, and whether that was granted."""
    calendar, extended = _deadlines()
    if calendar is None:
        return ""
    deadline = reckoned(calendar, extended.get(enterprise.id))
    text = str(deadline.late_after)
    return _("%(day)s, extended", day=text) if deadline.extended_to else text


def _grant(enterprise: Enterprise) -> str:
    """The way to more time, for those who may grant some."""
    period = chosen_period()
    if period is None or not current_app.appbuilder.sm.has_access("can_grant", "Extension"):  # type: ignore[attr-defined]
        return ""
    address = url_for("ExtensionGrantView.grant", pk=enterprise.id, period=period)
    told = escape(_("Grant"))
    return Markup(f'<a href="{address}">{told}</a>')  # noqa: S704


def _overdue(value: str) -> ColumnElement[bool]:
    """Whether the last day, extended or not, has passed."""
    period, calendar = chosen_period(), _deadlines()[0]
    if period is None or calendar is None or calendar.late_after >= today():
        return false() if value == "yes" else true()
    runs = Enterprise.id.in_(
        select(Extension.enterprise_id).where(
            Extension.year == period.year,
            Extension.quarter == period.quarter,
            Extension.due_on >= today(),
        )
    )
    return ~runs if value == "yes" else runs


def _in_state(value: str) -> ColumnElement[bool]:
    return Review.id.is_(None) if value == "none" else Review.state == State.named(value)


class LateView(DomainView):
    datamodel = DomainInterface(Enterprise)
    route_base = "/late"
    class_permission_name = "Report"
    include_route_methods = {"list", "remind"}
    base_permissions = ["can_show", "can_export", "can_remind"]
    method_permission_name = {"list": "show"}
    list_template = "reports/late.html"
    list_title = _l("Not handed in")
    list_columns = search_columns = ["name"]
    listing = Listing(
        start=_start,
        columns=(
            Column(
                "name",
                _l("Enterprise"),
                row_link("EnterpriseView.show", lambda enterprise: enterprise.name),
                sort=Enterprise.name,
                wide=True,
            ),
            Column("state", _l("Filing"), _standing),
            Column("due_on", _l("In time until"), _due_on),
            Column("grant", _l("More time"), _grant),
            Column("industry", _l("Industry"), lambda row: row.industry),
            Column("contact", _l("Contact"), lambda row: row.contact_name or "—"),
            Column("phone", _l("Telephone"), lambda row: row.contact_phone or "—"),
        ),
        order=(Enterprise.place, Enterprise.id),
        filters=(
            Filter("q", _l("Name, code or initials"), lambda v: matches(Enterprise.search, v)),
            Filter("period", _l("Quarter"), lambda _value: true(), choices=recent_quarters),
            Filter(
                "place",
                _l("League or county"),
                lambda v: Enterprise.place.startswith(v, autoescape=True),
                choices=lambda: place_choices(scope_of(db.session)),
            ),
            Filter(
                "overdue",
                _l("In time until"),
                _overdue,
                choices=lambda: [("yes", _("over")), ("no", _("not over yet"))],
            ),
            Filter(
                "standing",
                _l("Filing"),
                _in_state,
                choices=lambda: [
                    ("none", _("Not begun")),
                    (State.DRAFT.value, str(State.DRAFT.label)),
                    (State.RETURNED.value, str(State.RETURNED.label)),
                ],
            ),
        ),
    )

    def render_template(self, template: str, **context: Any) -> str:
        period = chosen_period() if self._may("can_remind") else None
        return super().render_template(template, remind_of=period, **context)

    @expose("/remind", methods=["POST"])
    @has_access
    @permission_name("remind")
    def remind(self) -> Response:
        """Remind all whom the filters of the address leave; twice on one day is once."""
        period = chosen_period()
        if period is None:
            raise NotFound(_("No quarter is open for filing."))
        with unit_of_work():
            listing = replace(self.listing, start=_not_handed_in)
            found = db.session.scalars(listing.statement(self.asked())).all()
            done = remind(found, period, actor=actor_of(g.user))
        flash(str(done), "success" if done.told else "info")
        return redirect(address_of("LateView.list"))
