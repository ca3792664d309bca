"""The pages of targets: five-year (T1) and annual (T2), each with its ledger."""

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.answers import answer_with, send_file_as
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotFound, Problem
from app.core.search import matches
from app.core.unit import unit_of_work
from app.core.web import DomainView, row_of
from app.enterprises.models import Enterprise
from app.targets import xlsx
from app.targets.differences import entries
from app.targets.forms import TargetForm
from app.targets.importing import TargetBook, import_targets, lines_for
from app.targets.models import PlanPeriod, Target
from app.targets.operations import delete_target
from app.targets.products import controlled_products
from app.targets.queries import (
    settable,
    versions_of,
)
from app.targets.reading import as_cells, details_of
from app.targets.rights import classes_set_by, must_set_targets, sets_targets

FOUND = 20  # enterprises offered by a search


def year_from(text: str) -> int:
    """A year of the address or form; `NotFound` if it is none."""
    if text.isascii() and text.isdigit() and len(text) == 4 and 2000 <= int(text) <= 2100:
        return int(text)
    raise NotFound(_("There is no such year."))


def shown_version() -> int | None:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def the_one_of(statement: Any) -> Any:
    """The target that *statement* finds anew; `NotFound` if it is classified."""
    again = statement.execution_options(populate_existing=True)
    target = db.session.scalars(again).one_or_none()
    if target is None:
        raise NotFound(_("There is no such record."))
    return target


class TargetView(DomainView):
    """What both kinds of target have in common; each says what its span is."""

    include_route_methods = {*"list page add edit remove workbook template upload".split()}
    base_permissions = "can_list can_show can_add can_edit can_delete can_export can_import".split()
    list_template = "targets/list.html"
    list_columns = search_columns = ["document"]
    add_columns = edit_columns = show_columns = ["document"]
    span_name: ClassVar[str]  # how the address calls the plan or the year

    @expose("/<int:pk>", methods=["GET"])
    @has_access
    @permission_name("show")
    def page(self, pk: int) -> str:
        target = self._shown(pk)
        products = controlled_products()
        return self.render_template(
            "targets/page.html",
            target=target,
            kind=target.kind,
            history=entries(versions_of(target.kind, target.place, target.span), products),
            may_set=sets_targets(actor_of(g.user), target.enterprise),
            balance=self._balance(target),
            products=products,
        )

    @expose("/add", methods=["GET", "POST"])
    @has_access
    @permission_name("add")
    def add(self) -> Any:
        """First the enterprise is looked up, then its target is entered."""
        sent = request.form if request.method == "POST" else request.args
        if not sent.get("enterprise"):
            return self._find()
        enterprise = row_of(Enterprise, sent["enterprise"])
        must_set_targets(actor_of(g.user), enterprise)
        span = self._span(sent.get(self.span_name, ""))
        there = self._existing(enterprise, span)
        if request.method == "POST":
            return self._save(enterprise, span, None)
        if there is not None:
            return redirect(url_for(f"{type(self).__name__}.edit", pk=there.id))
        return self._entry(enterprise, span, self._proposed(enterprise, span), [], None)

    @expose("/edit/<int:pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def edit(self, pk: int) -> Any:
        target = self._shown(pk)
        must_set_targets(actor_of(g.user), target.enterprise)
        span = self._span(target.span)
        if request.method == "POST":
            return self._save(target.enterprise, span, shown_version() or 0)
        typed = as_cells(details_of(target))  # type: ignore[arg-type]
        return self._entry(target.enterprise, span, typed, [], target.version)

    @expose("/<int:pk>/delete", methods=["POST"])
    @has_access
    @permission_name("delete")
    def remove(self, pk: int) -> Response:
        with unit_of_work():
            delete_target(
                self.found(pk),
                actor=actor_of(g.user),
                reason=request.form.get("reason", ""),
                shown=shown_version(),
            )
        flash(_("The target has been deleted; its versions are kept."), "success")
        return redirect(url_for(f"{type(self).__name__}.list"))

    @expose("/import", methods=["GET"])
    @has_access
    @permission_name("import")
    def workbook(self) -> str:
        return self._import_page(self._span(request.args.get(self.span_name, "")), [])

    @expose("/template.xlsx")
    @has_access
    @permission_name("import")
    def template(self) -> Response:
        """The workbook of a span, filled with what is there and, if wanted, with the path."""
        book = self._book(self._span(request.args.get(self.span_name, "")))
        with_path = request.args.get("path") == "1"
        lines = lines_for(book, actor=actor_of(g.user), with_path=with_path)
        file = xlsx.template(book.layout, lines, controlled_products())
        return send_file_as(file, book.layout.title + ".xlsx")

    @expose("/import", methods=["POST"])
    @has_access
    @permission_name("import")
    def upload(self) -> Any:
        span = self._span(request.form.get(self.span_name, ""))
        asked = typed_span(span)
        file = request.files.get("file")
        try:
            if file is None or not file.filename:
                raise Invalid(_("Choose a file."), [Problem("file", _("Choose a file."))])
            lines, problems = xlsx.read(file.stream, self._book(span).layout)
            with unit_of_work():
                done = import_targets(
                    self._book(self._span(asked)),
                    lines,
                    problems,
                    actor=actor_of(g.user),
                    reason=request.form.get("reason", ""),
                )
        except (Invalid, Conflict) as error:
            answer_with(error.status)
            flash(str(error.message), "danger")
            return self._import_page(self._span(asked), error.details)
        flash(
            _(
                "Targets set: %(new)s, changed: %(changed)s, left alone: %(same)s.",
                new=done.new,
                changed=done.changed,
                same=done.unchanged,
            ),
            "success",
        )
        shown: dict[str, Any] = {self.span_name: asked}
        return redirect(url_for(f"{type(self).__name__}.list", **shown))

    def _import_page(self, span: Any, problems: Any) -> str:
        return self.render_template(
            "targets/import.html",
            title=self.list_title,
            span=span,
            span_name=self.span_name,
            span_value=typed_span(span),
            spans=self._spans(),
            problems=problems,
            reason=request.form.get("reason", ""),
        )

    def _save(self, enterprise: Enterprise, span: Any, shown: int | None) -> Any:
        """Write what was typed; a refusal comes back on the form, with all of it."""
        pk = enterprise.id
        try:
            with unit_of_work():
                target = self._write(row_of(Enterprise, pk), span, shown)
        except (Invalid, Conflict) as error:
            answer_with(error.status)
            flash(str(error.message), "danger")
            typed = request.form.to_dict()
            enterprise = row_of(Enterprise, pk)
            return self._entry(
                enterprise, self._span(typed_span(span)), typed, error.details, shown
            )
        flash(_("The target has been saved."), "success")
        return redirect(url_for(f"{type(self).__name__}.page", pk=target.id))

    def _entry(
        self, enterprise: Enterprise, span: Any, typed: Any, problems: Any, version: int | None
    ) -> str:
        late = self._is_late(enterprise, span)
        return self.render_template(
            "targets/form.html",
            enterprise=enterprise,
            span=span,
            span_name=self.span_name,
            span_value=typed_span(span),
            form=self._form(enterprise, span, typed, problems, late or version is not None),
            version=version,
            late=late,
            title=self.list_title,
        )

    def _find(self) -> str:
        """The enterprises that match, of those whose targets the person sets."""
        actor = actor_of(g.user)
        asked = request.args.get("q", "").replace("\0", "").strip()
        kinds = classes_set_by(actor)
        query = settable(kinds).limit(FOUND * 2)
        found = db.session.scalars(query.where(matches(Enterprise.search, asked))) if asked else ()
        return self.render_template(
            "targets/find.html",
            title=self.list_title,
            asked=asked,
            found=[one for one in found if sets_targets(actor, one)][:FOUND],
            kinds=kinds,
            span_name=self.span_name,
            spans=self._spans(),
            chosen=request.args.get(self.span_name, "") or self._default_span(),
        )

    def _shown(self, pk: int) -> Any:
        raise NotImplementedError

    def _span(self, text: str) -> Any:
        raise NotImplementedError

    def _spans(self) -> Sequence[tuple[str, str]]:
        raise NotImplementedError

    def _default_span(self) -> str:
        raise NotImplementedError

    def _book(self, span: Any) -> TargetBook:
        raise NotImplementedError

    def _existing(self, enterprise: Enterprise, span: Any) -> Target | None:
        raise NotImplementedError

    def _proposed(self, enterprise: Enterprise, span: Any) -> dict[str, str]:
        raise NotImplementedError

    def _is_late(self, enterprise: Enterprise, span: Any) -> bool:
        raise NotImplementedError

    def _form(
        self, enterprise: Enterprise, span: Any, typed: Any, problems: Any, reason_needed: bool
    ) -> TargetForm:
        raise NotImplementedError

    def _write(self, enterprise: Enterprise, span: Any, shown: int | None) -> Target:
        raise NotImplementedError

    def _balance(self, _target: Any) -> Any:
        return None


def typed_span(span: PlanPeriod | int) -> str:
    return span.key if isinstance(span, PlanPeriod) else str(span)
