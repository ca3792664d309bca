"""Who has not handed in a quarter: the list to chase from."""

from flask import g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.interface import DomainInterface
from app.core.listing import Column, Filter, Listing, row_link
from app.core.period import Quarter, recent_quarters
from app.core.preferences import preference
from app.core.search import matches
from app.core.web import DomainView
from app.enterprises.models import Enterprise
from app.filings.models import Filing
from app.regions.queries import place_choices
from app.regions.scope import scope_of
from app.reports.progress import current_calendar, joined, not_filed
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


def _standing(enterprise: Enterprise) -> str:
    """How far its filing is; all that are begun and not handed in are read once a request."""
    if "begun" not in g:
        period = chosen_period()
        query = select(Filing.enterprise_id, Review.state).join(Filing.review)
        query = query.where(Review.state.in_(OPEN), Review.period == str(period))
        g.begun = dict(db.session.execute(query).all())
    state = g.begun.get(enterprise.id)
    return str(state.label) if state else _("Not begun")


def _in_state(value: str) -> ColumnElement[bool]:
    return Review.id.is_(None) if value == "none" else Review.state == State.named(value)


class LateView(DomainView):
    datamodel = DomainInterface(Enterprise)
    route_base = "/late"
    class_permission_name = "Report"
    include_route_methods = {"list"}
    base_permissions = ["can_show", "can_export"]
    method_permission_name = {"list": "show"}
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
