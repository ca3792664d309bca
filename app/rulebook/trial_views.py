"""Back-tests: asking for one, and the page that shows how far it is and what came of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.db import db
from app.core.period import Quarter
from app.core.unit import unit_of_work
from app.core.web import DomainPage, row_of
from app.enterprises.queries import industry_choices
from app.filings.alarms.words import quarter_words
from app.filings.models import Filing
from app.filings.rules.models import RuleVersion
from app.jobs.models import Job, JobState
from app.regions.queries import names_by_path
from app.rulebook.forms import sent
from app.rulebook.models import RuleTrial
from app.rulebook.trials import ask_for_trial, fingerprint_of


def job_of(number: int | None) -> Job | None:
    """The job, unless the ledger has forgotten it, or it is somebody else's place."""
    return None if number is None else db.session.get(Job, number)


def told_of(job: Job | None) -> dict[str, Any] | None:
    """How far a job is, for pages of what it makes."""
    if job is None:
        return None
    percent = min(100, job.done * 100 // job.total) if job.total and job.done is not None else None
    return {
        "job": job,
        "percent": percent,
        "text": job.line or "",
        "asks": not job.state.has_ended,
        "failed": job.state in (JobState.FAILED, JobState.CANCELLED),
    }


class RuleTrialView(DomainPage):
    route_base = "/rulebook"
    class_permission_name = "Rule"
    base_permissions = ["can_edit"]

    @expose("/<int:pk>/trial", methods=["POST"])
    @has_access
    @permission_name("edit")
    def ask(self, pk: int) -> Response:
        quarters = [Quarter.parse(one) for one in request.form.getlist("quarters")[:20]]
        with unit_of_work():
            trial = ask_for_trial(
                row_of(RuleVersion, pk),
                quarters,
                actor=actor_of(g.user),
                once=sent(request.form, "once")[:32],
            )
            number = trial.id
        flash(_("The back-test has been asked for."), "success")
        return redirect(url_for("RuleTrialView.page", pk=number))

    @expose("/trials/<int:pk>", methods=["GET"])
    @has_access
    @permission_name("edit")
    def page(self, pk: int) -> str:
        trial: RuleTrial = row_of(RuleTrial, pk)
        version = trial.rule_version
        content = trial.content or {}
        return self.render_template(
            "rulebook/trial.html",
            trial=trial,
            rule=version,
            title=f"{_('Back-test')}: {version.code} {_('version')} {version.number}",
            is_current=trial.fingerprint == fingerprint_of(version),
            against=db.session.get(RuleVersion, trial.against_id) if trial.against_id else None,
            told=told_of(job_of(trial.job_id)),
            content=content,
            groups=_groups(content),
            changes=[
                (_("New alarms"), content.get("new_count", 0), _changes(content.get("new", ()))),
                (
                    _("Alarms that go"),
                    content.get("gone_count", 0),
                    _changes(content.get("gone", ())),
                ),
            ],
        )


def _groups(content: Mapping[str, Any]) -> list[tuple[str, str, list[Any]]]:
    """The counts by quarter, league and industry, each line named."""
    if not content:
        return []
    leagues = names_by_path([one["name"] for one in content["leagues"]])
    industries = dict(industry_choices())
    return [
        (_("By quarter"), _("Quarter"), [(one["name"], one) for one in content["quarters"]]),
        (
            _("By league"),
            _("League or city"),
            [(leagues.get(one["name"], one["name"]), one) for one in content["leagues"]],
        ),
        (
            _("By industry"),
            _("Industry"),
            [(industries.get(one["name"], one["name"]), one) for one in content["industries"]],
        ),
    ]


def _changes(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The alarms with the filings that they are in, as far as they may be seen."""
    numbers = {one["filing"] for one in found}
    query = select(Filing).where(Filing.id.in_(numbers)).options(joinedload(Filing.enterprise))
    filings = {one.id: one for one in db.session.scalars(query)} if numbers else {}
    words = {one: quarter_words(Quarter.parse(one)) for one in {one["period"] for one in found}}
    return [
        {
            "filing": filings[one["filing"]],
            "row": words[one["period"]].name(one["variable"], one["key"]),
            "label": " · ".join(filter(None, (one["label"], one["column"]))),
        }
        for one in found
        if one["filing"] in filings
    ]
