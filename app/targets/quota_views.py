"""What the region hands each league, for a plan and for its years, and what is set of it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.accounts.models import actor_of
from app.core.canonical import plain_decimal
from app.core.db import db
from app.core.errors import Invalid, Problem
from app.core.interface import DomainInterface
from app.core.unit import unit_of_work
from app.core.web import DomainView
from app.regions.queries import names_by_path, regions_within
from app.regions.scope import Tier, scope_of
from app.targets.balances import quota_balances
from app.targets.differences import entries
from app.targets.listing import QUOTAS, span_choices
from app.targets.models import LeagueQuota, PlanPeriod, TargetKind
from app.targets.operations import LONGEST_REASON, delete_quota, set_quota
from app.targets.queries import versions_of
from app.targets.reading import ENERGY, LONGEST_DOCUMENT, SIGNED, QuotaDetails, Unreadable
from app.targets.views import shown_version


def _leagues() -> list[tuple[str, str]]:
    nodes = regions_within(scope_of(db.session))
    return [(node.path, node.name) for node in nodes if node.tier is Tier.LEAGUE]


def _stripped(text: str | None) -> str:
    return (text or "").strip()


def _fields(*, reason: bool) -> dict[str, Any]:
    """What FAB would draw wrongly: exact decimals, and a reason that is no column."""
    return {
        "energy": StringField(
            _l("Energy quota, calorific value (tce)"),
            filters=[_plain],
            description=_l("For a plan: the cap of its last year."),
            render_kw={"inputmode": "decimal"},
        ),
        "saving": StringField(
            _l("Saving quota (tce)"), filters=[_plain], render_kw={"inputmode": "decimal"}
        ),
        "document": StringField(
            _l("Document number"), filters=[_stripped], validators=[Length(max=LONGEST_DOCUMENT)]
        ),
        "reason": StringField(
            _l("Reason"),
            filters=[_stripped],
            validators=[Length(max=LONGEST_REASON), *([InputRequired()] if reason else [])],
        ),
    }


def _plain(value: object) -> str:
    return plain_decimal(value) if isinstance(value, Decimal) else str(value or "").strip()


class LeagueQuotaView(DomainView):
    datamodel = DomainInterface(LeagueQuota)
    route_base = "/quotas"
    class_permission_name = "Quota"
    include_route_methods = {"list", "page", "add", "edit", "remove"}
    base_permissions = ["can_list", "can_add", "can_edit", "can_delete", "can_export"]
    list_title = _l("Quotas of leagues and cities")
    list_template = "targets/quotas.html"
    add_title = _l("Hand out a quota")
    edit_title = _l("Change a quota")
    listing = QUOTAS
    list_columns = search_columns = ["span"]
    add_columns = ["league", "span", "energy", "saving", "document", "reason"]
    edit_columns = ["energy", "saving", "document", "reason"]
    add_form_extra_fields = {
        "league": SelectField(_l("League or city"), choices=_leagues, validators=[InputRequired()]),
        "span": SelectField(_l("Plan or year"), choices=span_choices, validators=[InputRequired()]),
        **_fields(reason=False),
    }
    edit_form_extra_fields = _fields(reason=True)

    @expose("/<int:pk>", methods=["GET"])
    @has_access
    @permission_name("list")
    def page(self, pk: int) -> str:
        quota = self.found(pk)
        return self.render_template(
            "targets/quota.html",
            quota=quota,
            league=names_by_path([quota.place]).get(quota.place, quota.place),
            span=_named(quota.span),
            balances=quota_balances([quota])[quota.place, quota.span],
            history=entries(versions_of(TargetKind.QUOTA, quota.place, quota.span), {}),
        )

    @expose("/<int:pk>/delete", methods=["POST"])
    @has_access
    @permission_name("delete")
    def remove(self, pk: int) -> Response:
        with unit_of_work():
            delete_quota(
                self.found(pk),
                actor=actor_of(g.user),
                reason=request.form.get("reason", ""),
                shown=shown_version(),
            )
        flash(_("The quota has been deleted; its versions are kept."), "success")
        return redirect(url_for("LeagueQuotaView.list"))

    def _add_from(self, form: Any) -> None:
        details = _details(form)
        actor, reason = actor_of(g.user), form.reason.data
        set_quota(form.league.data, form.span.data, details, actor=actor, reason=reason)

    def _edit_from(self, form: Any, pk: Any) -> None:
        quota = self.found(pk)
        set_quota(
            quota.place,
            quota.span,
            _details(form),
            actor=actor_of(g.user),
            reason=form.reason.data,
            shown=shown_version() or 0,
        )

    def post_add_redirect(self) -> Response:
        return redirect(url_for("LeagueQuotaView.list"))

    def post_edit_redirect(self) -> Response:
        return redirect(url_for("LeagueQuotaView.list"))


def _named(span: str) -> str:
    period = db.session.scalars(select(PlanPeriod).where(PlanPeriod.key == span)).one_or_none()
    return str(period) if period else span


def _details(form: Any) -> QuotaDetails:
    """The figures of the form; `Invalid` names the inputs that hold none."""
    problems: list[Problem] = []
    values = {}
    readers: dict[str, Callable[[object], Any]] = {"energy": SIGNED, "saving": ENERGY}
    for name, read in readers.items():
        try:
            values[name] = read(form[name].data)
        except Unreadable as error:
            problems.append(Problem(name, str(error)))
    if problems:
        raise Invalid(_("Please correct:"), problems)
    return QuotaDetails(**values, document=form.document.data)
