"""Platform support: whom to call, reporting a problem, and the reports with their answers."""

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.accounts.views import place_name
from app.core.clock import as_shown
from app.core.db import db
from app.core.errors import NotFound
from app.core.interface import DomainInterface
from app.core.listing import Column, Filter, Listing, listed, row_link
from app.core.unit import unit_of_work
from app.core.web import DomainPage, DomainView, accepted
from app.regions.queries import place_choices
from app.regions.scope import scope_of
from app.support import operations
from app.support.announcement_views import AnnouncementView
from app.support.forms import AnswerForm, ContactForm, ProblemForm, VersionedForm
from app.support.models import ProblemReport, ReportState
from app.support.queries import mentions, platform_contact, reports_of

__all__ = ["AnnouncementView", "ProblemReportView", "SupportView"]

LATEST = 100  # own reports on the page; five times what may be open


class SupportView(DomainPage):
    """The page that everybody finds under Help."""

    route_base = "/support"
    class_permission_name = "Support"
    default_view = "show"
    base_permissions = ["can_show", "can_report", "can_edit"]

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("show")
    def show(self) -> str:
        form = ProblemForm()
        form.begin(request.args.get("page"))
        return self._page(form)

    @expose("/", methods=["POST"])
    @has_access
    @permission_name("report")
    def report(self) -> Response | str:
        """Send a report; sent a second time, it leads to the first."""
        form = ProblemForm()

        def send(checked: ProblemForm) -> None:
            with unit_of_work():
                made, new = operations.report_problem(checked.details(), actor=actor_of(g.user))
                sent.append((made.id, new))

        sent: list[tuple[int, bool]] = []
        if not accepted(form, send):
            return self._page(form)
        [(number, new)] = sent
        if new:
            flash(_("Thank you; your report has arrived."), "success")
        else:
            flash(_("This report has been sent before; here it is."), "info")
        return redirect(url_for("ProblemReportView.page", pk=number))

    @expose("/contact", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def contact(self) -> Response | str:
        form = ContactForm(obj=platform_contact())

        def write(checked: ContactForm) -> None:
            with unit_of_work():
                operations.change_contact(checked.details(), checked.shown, actor=actor_of(g.user))

        if request.method == "POST" and accepted(form, write):
            flash(_("Saved."), "success")
            return redirect(url_for("SupportView.show"))
        title = _("Change the contact")
        return self.render_template("accounts/form.html", form=form, title=title)

    def _page(self, form: ProblemForm) -> str:
        return self.render_template(
            "support/page.html",
            contact=platform_contact(),
            form=form,
            reports=reports_of(actor_of(g.user), LATEST),
        )


class ProblemReportView(DomainView):
    """The reports of one's area for who answers them; one's own for everybody."""

    datamodel = DomainInterface(ProblemReport)
    route_base = "/support/reports"
    class_permission_name = "Support"
    include_route_methods = {"list", "page", "answer", "close"}
    base_permissions = ["can_show", "can_answer"]
    method_permission_name = {
        "list": "answer",
        "page": "show",
        "answer": "answer",
        "close": "answer",
    }
    list_title = _l("Problem reports")
    list_columns = search_columns = ["subject"]
    listing = Listing(
        start=listed(ProblemReport),
        columns=(
            Column(
                "subject",
                _l("Subject"),
                row_link("ProblemReportView.page", lambda report: report.subject),
                sort=ProblemReport.subject,
                wide=True,
            ),
            Column("state", _l("Status"), lambda row: row.state, sort=ProblemReport.state),
            Column(
                "place", _l("Place"), lambda row: place_name(row.place), sort=ProblemReport.place
            ),
            Column(
                "reporter",
                _l("Reported by"),
                lambda row: row.reporter_name,
                sort=ProblemReport.reporter_name,
            ),
            Column(
                "created_at",
                _l("Reported on"),
                lambda row: as_shown(row.created_at),
                sort=ProblemReport.created_at,
            ),
            Column("answered_by", _l("Answered by"), lambda row: row.answered_by),
        ),
        order=(ProblemReport.id.desc(),),
        filters=(
            Filter("q", _l("Subject, text or person"), mentions),
            Filter(
                "state",
                _l("Status"),
                lambda value: ProblemReport.state == ReportState.named(value),
                choices=lambda: [(one.value, str(one.label)) for one in ReportState],
            ),
            Filter(
                "place",
                _l("League or county"),
                lambda value: ProblemReport.place.startswith(value, autoescape=True),
                choices=lambda: place_choices(scope_of(db.session)),
            ),
        ),
    )

    def found(self, pk: object) -> ProblemReport:
        """A report of one's area, if one answers it or has sent it oneself."""
        report: ProblemReport = super().found(pk)
        if report.reporter_id == g.user.id or self._answers():
            return report
        raise NotFound(_("There is no such record."))

    @expose("/<int:pk>", methods=["GET"])
    @has_access
    @permission_name("show")
    def page(self, pk: int) -> str:
        report = self.found(pk)
        return self._page(report, AnswerForm(obj=report))

    @expose("/<int:pk>", methods=["POST"])
    @has_access
    @permission_name("answer")
    def answer(self, pk: int) -> Response | str:
        self.found(pk)
        form = AnswerForm()

        def write(checked: AnswerForm) -> None:
            operations.answer_report(
                self.found(pk), checked.answer.data, checked.shown, actor=actor_of(g.user)
            )

        if not self._saved(form, write):
            return self._page(self.found(pk), form)
        flash(_("The report has been answered."), "success")
        return redirect(url_for("ProblemReportView.page", pk=pk))

    @expose("/<int:pk>/close", methods=["POST"])
    @has_access
    @permission_name("answer")
    def close(self, pk: int) -> Response:
        shown = VersionedForm().shown
        with unit_of_work():
            operations.close_report(self.found(pk), shown, actor=actor_of(g.user))
        flash(_("The report has been closed."), "success")
        return redirect(url_for("ProblemReportView.page", pk=pk))

    def _answers(self) -> bool:
        return self._may("can_answer")

    def _page(self, report: ProblemReport, form: AnswerForm) -> str:
        return self.render_template(
            "support/report.html",
            report=report,
            form=form,
            where=place_name(report.place),
            answers=self._answers() and report.state is not ReportState.CLOSED,
            sees_all=self._answers(),
        )
