"""The filing's pages: open it, fill its sheets on the page."""

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.checks.book import Book
from app.core.answers import answer_with
from app.core.clock import today
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, Problem
from app.core.interface import DomainInterface
from app.core.period import Quarter
from app.core.unit import unit_of_work
from app.core.web import DomainView, row_of
from app.enterprises.models import Enterprise
from app.enterprises.start_stop import stop_in
from app.filings import operations
from app.filings.alarms.checking import left_of, still_to_do, to_do
from app.filings.alarms.freezing import said_to
from app.filings.alarms.listing import counts_of, frozen_of
from app.filings.beside import beside_of
from app.filings.deadlines import deadline_of, doubts, extensions_of, late_text
from app.filings.entry import as_typed, entry_of, left_in, rows_from
from app.filings.extending import refusal_for
from app.filings.figures import Figures
from app.filings.listing import FILINGS, period_choices
from app.filings.models import Filing
from app.filings.own import sheet_to_fill
from app.filings.queries import (
    attachments_of,
    book_around,
    can_be_changed,
    current_figures,
    figures_for,
    fills_in,
    sheets_of,
    versions_of,
)
from app.filings.sheets import SHEETS
from app.filings.sheets.attachment import AttachmentKind
from app.filings.tables import headline, tables_of
from app.filings.totals import totals_of
from app.filings.zero import fill_with_nothing
from app.regions.scope import Tier, tier_of
from app.review.asking import questions_of
from app.review.marking import in_question, remarks_for_enterprise
from app.review.queries import decisions_of, returned_by, steps_for
from app.review.rights import has_right
from app.review.workflow import path_of


class FilingView(DomainView):
    datamodel = DomainInterface(Filing)
    route_base = "/filings"
    class_permission_name = "Filing"
    include_route_methods = {*("list page open fill_page fill zero waive".split())}
    base_permissions = "can_list can_show can_open can_fill can_submit can_export".split()

    list_title = _l("Quarterly filings")
    list_template = "filings/list.html"
    listing = FILINGS

    def render_template(self, template: str, **context: Any) -> str:
        """The list also offers to open a quarter, to those who may."""
        if template == self.list_template:
            context["own"] = own = self._own_enterprises()
            context["periods"] = period_choices() if own else ()
        return super().render_template(template, **context)

    @staticmethod
    def _own_enterprises() -> list[Enterprise]:
        """The enterprises for which the person files; nobody above files anything."""
        roots = [r for r in actor_of(g.user).scope.roots if tier_of(r) is Tier.ENTERPRISE]
        if not roots:
            return []
        return list(db.session.scalars(select(Enterprise).where(Enterprise.place.in_(roots))))

    @expose("/<int:pk>")
    @has_access
    @permission_name("show")
    def page(self, pk: int) -> str:
        filing = self.found(pk)
        actor = actor_of(g.user)
        mine = fills_in(filing, actor)
        figures = figures_for(filing, actor, around := book_around(filing))
        said = said_to(actor, filing, figures, around) if figures is not None else None
        review, sheets = filing.review, sheets_of(filing)
        stop = stop_in(filing.enterprise_id, filing.period)
        problems = left_of(said, figures, around) if mine and said and figures else []
        deadline, is_open = deadline_of(filing), review.state.is_open and stop is None
        late = deadline is not None and deadline.is_late(filing.first_submitted_on)
        return self.render_template(
            "filings/page.html",
            filing=filing,
            review=review,
            mine=mine,
            editable=mine and is_open and review.figures_open,
            attaches=mine and is_open,
            is_open=is_open,
            deadline=deadline,
            is_locked=deadline is not None and deadline.is_locked(today()),
            late=late_text(filing, deadline) if deadline and late else "",
            doubts=doubts(deadline),
            extensions=extensions_of(filing.enterprise_id, filing.period),
            extends=is_open and deadline is not None and self._extends(filing),
            stop=stop,
            way=path_of(review.route) if review.route else (),
            headline=headline(figures) if figures is not None else (),
            tables=tables_of(figures, around) if figures is not None else (),
            alarms=counts_of(said) if said is not None else None,
            frozen=frozen_of(filing) if said is not None else {},
            problems=problems,
            left=left_in(problems),
            places={key: url_for("FilingView.fill_page", pk=pk, key=key) for key in sheets},
            attachments=attachments_of(filing) if figures is not None else [],
            kinds=[(k.value, str(k.label)) for k in AttachmentKind],
            versions=versions_of(filing),
            decisions=(decisions := decisions_of(review)),
            returned=(returned := returned_by(review, decisions)),
            questioned=in_question(review, returned),
            remarks=remarks_for_enterprise(review),
            questions=questions_of(review),
            steps=[
                step
                for step in steps_for(review, actor)
                if has_right(step.action) and step.by is Tier.ENTERPRISE
            ],
            sheets=sheets,
        )

    def _extends(self, filing: Filing) -> bool:
        """Whether whoever asks may grant more time for *filing*."""
        if not self.appbuilder.sm.has_access("can_grant", "Extension"):
            return False
        actor = actor_of(g.user)
        return not refusal_for(filing.enterprise, filing.period, filing.place, actor)

    @expose("/open", methods=["POST"])
    @has_access
    @permission_name("open")
    def open(self) -> Response:
        with unit_of_work():
            enterprise = row_of(Enterprise, request.form.get("enterprise", ""))
            period = Quarter.parse(request.form.get("period", ""))
            filing = operations.open_filing(enterprise, period, actor=actor_of(g.user))
        flash(_("The filing has been opened."), "success")
        return redirect(url_for("FilingView.page", pk=filing.id))

    @expose("/<int:pk>/sheets/<key>", methods=["GET"])
    @has_access
    @permission_name("fill")
    def fill_page(self, pk: int, key: str) -> str:
        filing, kind = sheet_to_fill(pk, key)
        figures = current_figures(filing, around := book_around(filing))
        typed = as_typed(kind, figures.get(key, {}))
        return self._entry(filing, key, typed, to_do(filing, figures, around), figures, around)

    @expose("/<int:pk>/sheets/<key>", methods=["POST"])
    @has_access
    @permission_name("fill")
    def fill(self, pk: int, key: str) -> Response | str:
        """Save a sheet; what cannot be read comes back as it was typed, with the reasons."""
        _filing, kind = sheet_to_fill(pk, key)
        rows = rows_from(kind, request.form)
        return self._save(pk, key, rows, shown=request.form.get("revision", type=int))

    def _save(
        self, pk: int, key: str, rows: list[dict[str, object]], shown: int | None
    ) -> Response | str:
        try:
            with unit_of_work():
                filing = self.found(pk)
                operations.fill_sheet(filing, key, rows, actor=actor_of(g.user), shown=shown)
        except (Invalid, Conflict) as error:
            answer_with(error.status)
            flash(str(error.message), "danger")
            typed = {str(row.get(SHEETS[key].sheet.key_name, "")): row for row in rows}
            return self._entry(self.found(pk), key, typed, list(error.details))
        here = left_in(still_to_do(filing)).get(key, 0)
        flash(_("Saved. Still to do in this sheet: %(n)s.", n=here), "success")
        return redirect(url_for("FilingView.fill_page", pk=pk, key=key))

    @expose("/<int:pk>/nothing-made", methods=["POST"])
    @has_access
    @permission_name("fill")
    def zero(self, pk: int) -> Response:
        """A quarter without production: noughts in all that is required and empty."""
        with unit_of_work():
            filing, shown = self.found(pk), request.form.get("revision", type=int)
            fill_with_nothing(filing, actor=actor_of(g.user), shown=shown)
        left = len(still_to_do(filing))
        flash(_("Noughts have been filled in. Left to do: %(n)s.", n=left), "success")
        return redirect(url_for("FilingView.page", pk=pk))

    @expose("/<int:pk>/waive-earlier", methods=["POST"])
    @has_access
    @permission_name("show")
    def waive(self, pk: int) -> Response:
        """Let this filing become final before the quarter before it (question 7)."""
        if not self.appbuilder.sm.has_access("can_waive", "Review"):
            raise Forbidden(_("Your role does not allow this step."))
        with unit_of_work():
            operations.waive_earlier(
                self.found(pk), actor=actor_of(g.user), reason=request.form.get("reason", "")
            )
        flash(_("The order of quarters has been waived for this filing."), "success")
        return redirect(url_for("FilingView.page", pk=pk))

    def _entry(
        self,
        filing: Filing,
        key: str,
        typed: dict[str, Any],
        problems: list[Problem],
        figures: Figures | None = None,
        around: Book | None = None,
    ) -> str:
        """A sheet to fill in; *figures* and the book *around*, if it was not refused."""
        refused, beside = figures is None, beside_of(filing, SHEETS[key])
        around = around or book_around(filing)
        figures = figures or current_figures(filing, around)
        return self.render_template(
            "filings/entry.html",
            filing=filing,
            editable=SHEETS[key].sheet.made is None and can_be_changed(filing),
            entry=entry_of(key, typed, problems, around, beside),
            refused=refused,
            totals=totals_of(SHEETS[key], figures.get(key, {})) if SHEETS[key].sheet.keyed else {},
            headline=headline(figures),
            problems=[one for one in problems if one.where.partition("/")[0] == key],
            left=left_in(problems),
            sheets=sheets_of(filing),
        )
