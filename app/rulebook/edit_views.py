"""The editor of a rule: its form, the names that are completed, and the test while one types."""

from typing import Any

from flask import flash, g, jsonify, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.errors import DomainError, Invalid, NotFound, Problem
from app.core.language import in_english
from app.core.period import Quarter, recent_quarters, this_quarter
from app.core.unit import unit_of_work
from app.core.web import DomainPage, accepted, row_of
from app.enterprises.models import Enterprise
from app.enterprises.queries import suggestions
from app.filings.alarms.words import quarter_words
from app.filings.models import Filing
from app.filings.queries import find_filing
from app.filings.rules.models import RuleVersion
from app.filings.rules.operations import NEW, draft, find_draft, kept, last_active, mark_of
from app.filings.rules.wording import flaws
from app.rulebook import vocabulary
from app.rulebook.forms import RuleForm, sent
from app.rulebook.misread import marks
from app.rulebook.reading import case_for
from app.rulebook.trying import Tried, rule_text, try_on

EXAMPLES = {  # what stands in the places of a message while it is written
    "zh": {
        "energy": "04 其他洗煤",
        "product": "3002 水泥",
        "waste": "SW02 粉煤灰",
        "project": "2026Q1-01",
        "actual": "1,250.5",
        "expected": "1,000",
        "deviation": "25",
        "quarter": "3",
        "year": "2026",
    },
    "en": {
        "energy": "04 other washed coal",
        "product": "3002 cement",
        "waste": "SW02 fly ash",
        "project": "2026Q1-01",
        "actual": "1,250.5",
        "expected": "1,000",
        "deviation": "25",
        "quarter": "3",
        "year": "2026",
    },
}


class RuleEditView(DomainPage):
    route_base = "/rulebook"
    class_permission_name = "Rule"
    base_permissions = ["can_edit"]

    @expose("/add", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def add(self) -> Any:
        return self._edit(None)

    @expose("/edit/<int:pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def edit(self, pk: int) -> Any:
        """The draft of the rule of this version, or one that begins with what is active."""
        return self._edit(row_of(RuleVersion, pk))

    @expose("/vocabulary.json", methods=["GET"])
    @has_access
    @permission_name("edit")
    def vocabulary(self) -> Response:
        return jsonify(vocabulary.as_json())

    @expose("/try", methods=["POST"])
    @has_access
    @permission_name("edit")
    def attempt(self) -> Any:
        """What is typed, looked through and tried on a filing; nothing is kept."""
        form = RuleForm()
        begun = self._begun(sent(request.form, "code"))
        tried, filing, problems = _try(form, begun)
        if request.accept_mimetypes.best == "application/json":
            typed = {name: str(form[name].data or "") for name in form.data}
            answer = jsonify(
                problems=[{"where": one.where, "text": str(one)} for one in problems],
                marks=[_as_json(one) for one in marks(problems, typed)],
                shown=self.render_template(
                    "rulebook/tried.html", tried=tried, filing=filing, problems=problems
                ),
            )
            answer.cache_control.no_store = True
            return answer
        for problem in problems:
            if problem.where in form:
                field = form[problem.where]
                field.errors = [*field.errors, str(problem)]
        return self._page(form, begun, problems, tried=tried, filing=filing)

    def _edit(self, asked: RuleVersion | None) -> Any:
        code = asked.code if asked is not None else ""
        begun = self._begun(code)
        if request.method == "GET":
            form = RuleForm.of(begun or asked)  # what was put aside may be taken up again
            form.shown.data = mark_of(begun) if begun is not None else NEW
            return self._page(form, begun or asked, [])
        form = RuleForm()
        made: list[int] = []
        problems: list[Problem] = []

        def write(checked: RuleForm) -> None:
            try:
                with unit_of_work():
                    row = draft(
                        code or checked.code.data.upper(),
                        checked.values(),
                        actor=actor_of(g.user),
                        shown=str(checked.shown.data or ""),
                        reason=checked.reason.data,
                    )
                    made.append(row.id)
            except Invalid as error:
                problems.extend(error.details)
                raise

        if accepted(form, write):
            flash(_("The draft has been saved; it is not in force yet."), "success")
            return redirect(url_for("RuleView.page", pk=made[0]))
        return self._page(form, self._begun(code) or asked, problems)

    @staticmethod
    def _begun(code: str) -> RuleVersion | None:
        """What an editor of *code* begins with: its draft, else what is active."""
        return find_draft(code) or last_active(code)

    def _page(
        self, form: RuleForm, begun: RuleVersion | None, problems: list[Problem], **shown: Any
    ) -> str:
        typed = {name: str(form[name].data or "") for name in form.data}
        latest = this_quarter().shifted(-1)
        return self.render_template(
            "rulebook/edit.html",
            form=form.offer(begun),
            begun=begun,
            marks={one.where: one for one in marks(problems, typed)},
            sheets=vocabulary.sheets(),
            words=vocabulary.words(),
            variables=vocabulary.VARIABLES,
            examples=EXAMPLES,
            periods=recent_quarters(),
            period=request.form.get("period") or str(latest),
            enterprise=sent(request.form, "enterprise"),
            enterprise_text=sent(request.form, "enterprise_text"),
            **shown,
        )


def _as_json(one: Any) -> dict[str, Any]:
    names = ("where", "reason", "line", "column", "text", "under", "position")
    return {name: getattr(one, name) for name in names}


def _try(
    form: RuleForm, begun: RuleVersion | None
) -> tuple[Tried | None, Filing | None, list[Problem]]:
    """What comes of it, on which filing; or what is wrong with what is typed or chosen."""
    active = last_active(begun.code) if begun is not None else None
    said = kept(active) if active is not None else None
    try:
        values = form.values()
    except Invalid as error:
        return None, None, list(error.details)
    problems = [one for one in flaws(values, said) if one.where in TRIED]
    if problems or not (sent(request.form, "enterprise") or sent(request.form, "enterprise_text")):
        return None, None, problems
    try:
        filing = _chosen_filing()
        texts = [rule_text(begun.code if begun is not None else "", values)]
        texts += [active.text] if active is not None else []
        case = case_for(filing, texts, actor_of(g.user))
    except DomainError as error:
        return None, None, [Problem("filing", error.message)]
    message = values["message_en"] if in_english() else values["message_zh"]
    return try_on(texts, case, message, quarter_words(filing.period)), filing, []


TRIED = ("expression", "tolerance", "actual", "expected", "deviation", "severity", "addressee")


def _chosen_filing() -> Filing:
    """The filing of the enterprise and quarter that were chosen."""
    number = sent(request.form, "enterprise")
    typed = sent(request.form, "enterprise_text")[:60]
    if number:
        enterprise: Enterprise = row_of(Enterprise, number)
    else:
        found = suggestions(typed, 1)
        if not found:
            raise NotFound(_("There is no enterprise like “%(text)s”.", text=typed))
        enterprise = found[0]
    period = Quarter.parse(sent(request.form, "period") or str(this_quarter().shifted(-1)))
    filing = find_filing(enterprise.id, period)
    if filing is None:
        text = _("%(name)s has no filing of %(period)s.", name=enterprise.name, period=period)
        raise NotFound(text)
    return filing
