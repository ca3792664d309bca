"""Sweeps: asking for one, what came of it by rule, by filing and alarm by alarm."""

import secrets
from typing import Any

from flask import current_app, flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.answers import send_file_as
from app.core.clock import today
from app.core.db import db
from app.core.export import workbook_of
from app.core.period import Quarter
from app.core.unit import unit_of_work
from app.core.web import DomainPage
from app.filings.rules.queries import wordings
from app.rulebook.forms import sent
from app.rulebook.models import Found, RuleSweep, SweptAlarm
from app.rulebook.sweep_listing import chosen_period
from app.rulebook.sweeps import ask_for_sweep, newest_sweep, running_sweep
from app.rulebook.trial_views import job_of, told_of


class SweepView(DomainPage):
    route_base = "/rule-sweeps"
    class_permission_name = "Rule"
    base_permissions = ["can_sweep", "can_export"]
    default_view = "page"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("sweep")
    def page(self) -> str:
        period = chosen_period()
        sweep, running = newest_sweep(period), running_sweep(period)
        return self.render_template(
            "rulebook/sweep.html",
            period=period,
            sweep=sweep,
            running=running,
            told=told_of(job_of(running.job_id)) if running is not None else None,
            lines=_lines(sweep) if sweep is not None else [],
            once=secrets.token_hex(8),
            may_export=self.appbuilder.sm.has_access("can_export", "Rule"),
        )

    @expose("/", methods=["POST"])
    @has_access
    @permission_name("sweep")
    def ask(self) -> Response:
        period = Quarter.parse(sent(request.form, "period"))
        with unit_of_work():
            ask_for_sweep(period, actor=actor_of(g.user), once=sent(request.form, "once")[:32])
        flash(_("The check of all filings has been asked for."), "success")
        return redirect(url_for("SweepView.page", period=str(period)))

    @expose("/rules.xlsx", methods=["GET"])
    @has_access
    @permission_name("export")
    def by_rule(self) -> Response:
        period = chosen_period()
        sweep = newest_sweep(period)
        title = f"{_('Alarms by rule')} {period}"
        heads = {
            "code": _("Code"),
            "severity": _("Severity"),
            "message": _("Message"),
            "filings": _("Filings"),
            "rows": _("Rows"),
            "not_run": _("Could not run"),
        }
        lines = _lines(sweep) if sweep is not None else []
        rows = ([line[name] for name in heads] for line in lines)
        with unit_of_work():
            filters = {"period": str(period)}
            current_app.extensions["exported"](self.class_permission_name, len(lines), filters)
        file = workbook_of(title, [*heads.values()], rows, wide=(2,))
        return send_file_as(file, f"{title} {today()}.xlsx")


def _lines(sweep: RuleSweep) -> list[dict[str, Any]]:
    """A line for each rule that said something: how many filings, how many rows."""
    said = wordings(sweep.period)
    query = (
        select(
            SweptAlarm.code,
            SweptAlarm.severity,
            SweptAlarm.found,
            func.count(SweptAlarm.filing_id.distinct()),
            func.count(),
        )
        .where(SweptAlarm.sweep_id == sweep.id)
        .group_by(SweptAlarm.code, SweptAlarm.severity, SweptAlarm.found)
    )
    lines: dict[str, dict[str, Any]] = {}
    for code, severity, found, filings, rows in db.session.execute(query):
        line = lines.setdefault(
            code,
            {
                "code": code,
                "severity": severity,
                "message": said[code].message if code in said else "",
                "id": said[code].id if code in said else None,
                "filings": 0,
                "rows": 0,
                "not_run": 0,
            },
        )
        if found is Found.BROKEN:
            line["filings"], line["rows"] = filings, rows
        else:
            line["not_run"] = filings
    return sorted(lines.values(), key=lambda one: (-one["filings"], one["code"]))
