"""More time for one enterprise and quarter: the list of all that was granted, and granting it."""

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import contains_eager
from werkzeug.wrappers import Response
from wtforms import DateField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.accounts.models import actor_of
from app.core.clock import as_shown, today
from app.core.db import db
from app.core.errors import Forbidden
from app.core.interface import DomainInterface
from app.core.listing import Column, Filter, Listing, days
from app.core.period import Quarter, recent_quarters
from app.core.search import matches
from app.core.unit import unit_of_work
from app.core.web import DomainPage, DomainView, accepted, row_of
from app.enterprises.models import Enterprise
from app.filings.deadlines import extensions_of
from app.filings.extending import deadline_to_extend, grant_extension, refusal_for, where_filed
from app.filings.models import Extension
from app.filings.queries import find_filing
from app.regions.queries import county_name, place_choices
from app.regions.scope import scope_of


def _name(row: Extension) -> Markup:
    address = url_for("EnterpriseView.show", pk=row.enterprise_id)
    return Markup(f'<a href="{address}">{escape(row.enterprise.name)}</a>')  # noqa: S704


def _start() -> Select[tuple[Extension]]:
    query = select(Extension).join(Extension.enterprise)
    return query.options(contains_eager(Extension.enterprise))


def _in_period(value: str) -> ColumnElement[bool]:
    period = Quarter.parse(value)
    return and_(Extension.year == period.year, Extension.quarter == period.quarter)


class ExtensionView(DomainView):
    datamodel = DomainInterface(Extension)
    route_base = "/extensions"
    class_permission_name = "Extension"
    include_route_methods = {"list"}
    base_permissions = ["can_list", "can_export"]
    list_title = _l("Extensions")
    list_columns = search_columns = ["reason"]
    listing = Listing(
        start=_start,
        columns=(
            Column("enterprise", _l("Enterprise"), _name, sort=Enterprise.name, wide=True),
            Column(
                "period",
                _l("Quarter"),
                lambda row: row.period,
                sort=Extension.year * 4 + Extension.quarter,
            ),
            Column(
                "due_on",
                _l("Extended to"),
                lambda row: row.due_on,
                sort=Extension.due_on,
                whole=True,
            ),
            Column("replaces_on", _l("Until then"), lambda row: row.replaces_on, whole=True),
            Column("county", _l("County"), lambda row: county_name(row.place)),
            Column("reason", _l("Reason"), lambda row: row.reason, wide=True),
            Column("granted_by", _l("Granted by"), lambda row: row.granted_by),
            Column(
                "granted_at",
                _l("Granted at"),
                lambda row: as_shown(row.granted_at),
                sort=Extension.granted_at,
                whole=True,
            ),
        ),
        order=(Extension.id.desc(),),
        filters=(
            Filter("q", _l("Name, code or initials"), lambda v: matches(Enterprise.search, v)),
            Filter("period", _l("Quarter"), _in_period, choices=recent_quarters),
            Filter(
                "place",
                _l("League or county"),
                lambda v: Extension.place.startswith(v, autoescape=True),
                choices=lambda: place_choices(scope_of(db.session)),
            ),
            Filter(
                "runs",
                _l("Extended to"),
                lambda v: Extension.due_on >= today() if v == "yes" else Extension.due_on < today(),
                choices=lambda: [("yes", _("not over yet")), ("no", _("over"))],
            ),
            *days("granted", _l("Granted, from"), _l("Granted, to"), Extension.granted_at),
        ),
    )


class ExtensionForm(FlaskForm):
    due_on = DateField(
        _l("New last day"),
        validators=[InputRequired()],
        description=_l("The quarter is in time, and is not locked, until the end of this day."),
    )
    reason = TextAreaField(
        _l("Reason"), validators=[InputRequired(), Length(max=500)], render_kw={"rows": 3}
    )


class ExtensionGrantView(DomainPage):
    """Reached from a filing, and from the list of those who have not handed in."""

    route_base = "/extension-grants"
    class_permission_name = "Extension"
    entity: Any = Enterprise
    base_permissions = ["can_grant"]

    @expose("/<int:pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("grant")
    def grant(self, pk: int) -> Response | str:
        enterprise = row_of(Enterprise, pk)
        period = Quarter.parse(request.args.get("period", ""))
        filing = find_filing(enterprise.id, period)
        place = filing.place if filing else where_filed(enterprise, period)
        if refusal := refusal_for(enterprise, period, place, actor_of(g.user)):
            raise Forbidden(refusal)
        form = ExtensionForm()

        def enter(checked: ExtensionForm) -> None:
            with unit_of_work():
                grant_extension(
                    row_of(Enterprise, pk),
                    period,
                    checked.due_on.data,
                    reason=checked.reason.data,
                    actor=actor_of(g.user),
                )

        if request.method == "POST" and accepted(form, enter):
            flash(_("More time has been granted."), "success")
            return redirect(_back(pk, period))
        enterprise, filing = row_of(Enterprise, pk), find_filing(pk, period)
        return self.render_template(
            "filings/extension.html",
            title=_("More time for %(period)s", period=period),
            enterprise=enterprise,
            deadline=deadline_to_extend(enterprise, period, filing),
            extensions=extensions_of(pk, period),
            form=form,
        )


def _back(enterprise_id: int, period: Quarter) -> str:
    filing = find_filing(enterprise_id, period)
    if filing is not None:
        return url_for("FilingView.page", pk=filing.id)
    return url_for("ExtensionView.list", period=period)
