"""The list of rules, and the page of each with its versions, trials and what became of it."""

import secrets
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.checks.rules import Severity
from app.core.db import db
from app.core.interface import DomainInterface
from app.core.period import Quarter, this_quarter
from app.core.unit import unit_of_work
from app.core.web import DomainView, accepted
from app.filings.rules.models import RuleVersion, Standing
from app.filings.rules.operations import discard, find_draft, first_quarters, last_active, switch
from app.rulebook.activation import put_in_force
from app.rulebook.comparing import differences, followed_by, said_by, tolerance_of
from app.rulebook.forms import BeginForm
from app.rulebook.listing import RULES, is_on
from app.rulebook.trials import finished_trial, trials_of
from app.rulebook.usefulness import in_all, uses

PAST = 8  # quarters that a back-test is offered for


class RuleView(DomainView):
    datamodel = DomainInterface(RuleVersion)
    route_base = "/rulebook"
    class_permission_name = "Rule"
    include_route_methods = {"list", "page", "begin", "discard", "switch"}
    base_permissions = "can_list can_edit can_activate can_export".split()
    list_title = _l("Validation rules")
    list_template = "rulebook/list.html"
    list_columns = search_columns = ["code"]
    add_columns = edit_columns = show_columns = ["code"]
    listing = RULES

    def render_template(self, template: str, **context: Any) -> str:
        context |= {"may_edit": self._may("can_edit"), "may_activate": self._may("can_activate")}
        if template == self.list_template:
            context["figures"] = _figures()
        return super().render_template(template, **context)

    @expose("/<int:pk>", methods=["GET"])
    @has_access
    @permission_name("list")
    def page(self, pk: int) -> str:
        version: RuleVersion = self.found(pk)
        return self._page(version, BeginForm())

    @expose("/<int:pk>/begin", methods=["GET", "POST"])
    @has_access
    @permission_name("activate")
    def begin(self, pk: int) -> Response | str:
        """Put a draft in force: what changes, what the back-test says, from when, and why."""
        form = BeginForm()

        def write(checked: BeginForm) -> None:
            with unit_of_work():
                put_in_force(
                    self.found(pk),
                    actor=actor_of(g.user),
                    reason=checked.reason.data,
                    from_quarter=Quarter.parse(str(checked.from_quarter.data)),
                    shown=checked.number,
                    without_trial=bool(checked.without_trial.data),
                    why_without=checked.why_without.data,
                )

        if request.method == "POST" and accepted(form, write):
            flash(_("The version has been activated."), "success")
            return redirect(url_for("RuleView.page", pk=pk))
        version: RuleVersion = self.found(pk)
        if request.method == "GET":
            form.reason.data = version.reason
        return self._page(version, form, "rulebook/begin.html")

    @expose("/<int:pk>/discard", methods=["POST"])
    @has_access
    @permission_name("edit")
    def discard(self, pk: int) -> Response:
        form = BeginForm()
        with unit_of_work():
            version: RuleVersion = self.found(pk)
            discard(version, actor=actor_of(g.user), shown=form.number)
            active = last_active(version.code)
        flash(_("The draft has been put aside."), "success")
        return redirect(url_for("RuleView.page", pk=active.id if active else pk))

    @expose("/<int:pk>/switch", methods=["GET", "POST"])
    @has_access
    @permission_name("activate")
    def switch(self, pk: int) -> Response | str:
        """Switch the rule of this version on or off from a quarter on."""
        form, made = BeginForm(), []

        def write(checked: BeginForm) -> None:
            with unit_of_work():
                version = self.found(pk)
                row = switch(
                    version.code,
                    not version.enabled,
                    actor=actor_of(g.user),
                    reason=checked.reason.data,
                    from_quarter=Quarter.parse(str(checked.from_quarter.data)),
                    shown=checked.number,
                )
                made.append(row.id)

        if request.method == "POST" and accepted(form, write):
            flash(_("The rule has been switched."), "success")
            return redirect(url_for("RuleView.page", pk=made[0]))
        return self._page(self.found(pk), form, "rulebook/switch.html")

    def _page(
        self, version: RuleVersion, form: BeginForm, template: str = "rulebook/rule.html"
    ) -> str:
        versions = _versions(version.code)
        before = followed_by(version, versions)
        is_draft = version.standing is Standing.DRAFT
        active = last_active(version.code)
        form.offer(first_quarters(version.code), this_quarter().shifted(1))
        found = uses(code=version.code)
        return self.render_template(
            template,
            rule=version,
            title=f"{version.code} {_('version')} {version.number}",
            versions=versions,
            before=before,
            changed=differences(before, version),
            said=said_by(version),
            tolerance=tolerance_of(version),
            draft=find_draft(version.code),
            active=active,
            is_draft=is_draft,
            is_newest=active is not None and active.id == version.id,
            trials=trials_of(version) if self._may("can_edit") else [],
            tried=finished_trial(version) if self._may("can_edit") else None,
            form=form,
            past=[this_quarter().shifted(-by) for by in range(1, PAST + 1)],
            once=secrets.token_hex(8),
            uses=found,
            all_uses=in_all(found),
        )


def _versions(code: str) -> list[RuleVersion]:
    """All versions of a rule, the newest first."""
    query = select(RuleVersion).where(RuleVersion.code == code)
    return list(db.session.scalars(query.order_by(RuleVersion.number.desc())))


def _figures() -> list[tuple[str, str, str]]:
    """How many rules there are, by severity and use."""
    shown = RULES.start().subquery()

    def count(*conditions: Any) -> Any:
        rows = select(func.count()).select_from(RuleVersion)
        return rows.where(RuleVersion.id.in_(select(shown.c.id)), *conditions).scalar_subquery()

    on = is_on("on")
    errors, warnings, off, drafts = db.session.execute(
        select(
            count(on, RuleVersion.severity == Severity.ERROR),
            count(on, RuleVersion.severity == Severity.WARNING),
            count(is_on("off")),
            count(is_on("draft")),
        )
    ).one()
    return [
        (_("Errors in use"), str(errors), ""),
        (_("Warnings in use"), str(warnings), ""),
        (_("Switched off"), str(off), ""),
        (_("With a draft"), str(drafts), ""),
    ]
