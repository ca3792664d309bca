"""The pages of the jobs: what waits, runs and has ended, for whom it concerns."""

import secrets
from datetime import datetime
from typing import Any

from flask import current_app, flash, g, jsonify, redirect, render_template, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.orm import defer
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.clock import as_shown, now
from app.core.errors import Forbidden, NotFound
from app.core.interface import DomainInterface
from app.core.listing import Column, Filter, Listing, days
from app.core.unit import unit_of_work
from app.core.web import DomainView
from app.jobs.kinds import KINDS, Kind, label_of
from app.jobs.models import Job, JobState
from app.jobs.operations import cancel, retry, start
from app.jobs.telling import told_of


def _has_right(permission: str, thing: str = "Job") -> bool:
    allowed: bool = current_app.appbuilder.sm.has_access(permission, thing)  # type: ignore[attr-defined]
    return allowed


def _concerns() -> ColumnElement[bool]:
    """Those one has asked for; all that lie in one's area for who oversees them."""
    return true() if _has_right("can_oversee") else Job.actor_id == g.user.id


def _jobs() -> Select[tuple[Job]]:
    return select(Job).where(_concerns()).options(defer(Job.log), defer(Job.result))


def _link(job: Job) -> Markup:
    address = url_for("JobView.page", pk=job.id)
    return Markup('<a href="{}">{}</a>').format(address, label_of(job.kind))


def _progress(job: Job) -> Markup:
    """Only what runs is asked for again and again: many may wait."""
    asks = job.state is JobState.RUNNING
    told = told_of(job)
    shown = render_template("upkeep/jobs_progress.html", job=job, told=told, asks=asks)
    return Markup(shown)  # noqa: S704  the template escapes


def _is_for_later(job: Job) -> bool:
    return job.state is JobState.WAITING and job.run_after > now()


def _since(job: Job) -> str:
    """When it was asked for, or when the clock will start it."""
    if _is_for_later(job):
        return _("not before %(when)s", when=as_shown(job.run_after))
    return as_shown(job.created_at)


def _ended(job: Job) -> str:
    return as_shown(job.ended_at) if job.ended_at else "—"


def _startable() -> list[Kind]:
    return [one for one in KINDS.values() if one.right is not None and _has_right(*one.right)]


class JobView(DomainView):
    datamodel = DomainInterface(Job)
    route_base = "/jobs"
    class_permission_name = "Job"
    include_route_methods = set("list page progress start cancel retry".split())
    base_permissions = ["can_list", "can_show", "can_cancel", "can_retry", "can_oversee"]
    list_title = _l("Jobs")
    list_template = "upkeep/jobs.html"
    list_columns = search_columns = ["kind"]
    listing = Listing(
        start=_jobs,
        columns=(
            Column("kind", _l("Kind"), _link, sort=Job.kind),
            Column("state", _l("Status"), lambda row: row.state, sort=Job.state),
            Column("actor", _l("Who"), lambda row: row.actor_name, sort=Job.actor_name),
            Column("since", _l("Asked for at"), _since, sort=Job.created_at),
            Column("progress", _l("Progress"), _progress, wide=True),
            Column("ended", _l("Ended at"), _ended, sort=Job.ended_at, hidden=True),
            Column("tries", _l("Tries"), lambda row: row.tries, numeric=True, hidden=True),
        ),
        order=(Job.id.desc(),),
        filters=(
            Filter(
                "kind",
                _l("Kind"),
                lambda v: Job.kind == v,
                choices=lambda: [(one.key, str(one.label)) for one in KINDS.values()],
            ),
            Filter(
                "state",
                _l("Status"),
                lambda v: Job.state == JobState.named(v),
                choices=lambda: [(one.value, str(one.label)) for one in JobState],
            ),
            Filter("actor", _l("Who"), lambda v: Job.actor_name.contains(v, autoescape=True)),
            *days("asked", _l("Asked for, from"), _l("Asked for, to"), Job.created_at),
        ),
    )

    def render_template(self, template: str, **context: Any) -> str:
        """The list also offers what can be started by hand, each button good for one job."""
        if template == self.list_template:
            context |= {"startable": _startable(), "once": secrets.token_hex(8)}
        return super().render_template(template, **context)

    def found(self, pk: object) -> Job:
        job: Job = super().found(pk)
        if job.actor_id != g.user.id and not _has_right("can_oversee"):
            raise NotFound(_("There is no such record."))
        return job

    @expose("/")
    @has_access
    def list(self) -> str:
        page: str = super().list()
        return page

    @expose("/<int:pk>")
    @has_access
    @permission_name("show")
    def page(self, pk: int) -> str:
        job = self.found(pk)
        labels = KINDS[job.kind].labels if job.kind in KINDS else {}
        return self.render_template(
            "upkeep/jobs_page.html",
            job=job,
            title=label_of(job.kind),
            told=told_of(job),
            asks=not job.state.has_ended and not _is_for_later(job),
            result=[(labels.get(name, name), text) for name, text in (job.result or {}).items()],
            log=[(datetime.fromisoformat(at), text) for at, text in job.log],
            cancellable=not job.state.has_ended and not job.cancel_wanted,
            repeatable=job.state in (JobState.FAILED, JobState.CANCELLED),
        )

    @expose("/<int:pk>/progress")
    @has_access
    @permission_name("show")
    def progress(self, pk: int) -> Response:
        answer = jsonify(told_of(self.found(pk)))
        answer.cache_control.no_store = True
        return answer

    @expose("/start", methods=["POST"])
    @has_access
    @permission_name("list")
    def start(self) -> Response:
        """Start a kind of job by hand; which right it asks for is told by the kind."""
        kind = KINDS.get(request.form.get("kind", ""))
        if kind is None:
            raise NotFound(_("There is no such kind of job."))
        if kind.right is None or not _has_right(*kind.right):
            raise Forbidden(_("You may not do this."))
        once = request.form.get("once", "")[:32]
        actor = actor_of(g.user)
        with unit_of_work():
            job = start(
                kind.key, actor=actor, key=f"{kind.key}/{actor.id}/{once}" if once else None
            )
            number = job.id
        flash(_("Started: %(what)s.", what=kind.label), "success")
        return redirect(url_for("JobView.page", pk=number))

    @expose("/<int:pk>/cancel", methods=["POST"])
    @has_access
    @permission_name("cancel")
    def cancel(self, pk: int) -> Response:
        with unit_of_work():
            job = self.found(pk)
            cancel(job, actor=actor_of(g.user))
            at_once = job.state.has_ended
        text = _("Cancelled.") if at_once else _("It ends as soon as it can.")
        flash(text, "success")
        return redirect(url_for("JobView.page", pk=pk))

    @expose("/<int:pk>/retry", methods=["POST"])
    @has_access
    @permission_name("retry")
    def retry(self, pk: int) -> Response:
        with unit_of_work():
            retry(self.found(pk), actor=actor_of(g.user))
        flash(_("It is tried again."), "success")
        return redirect(url_for("JobView.page", pk=pk))
