"""The list of a filing's alarms (表间验证报警列表): read, explained by the enterprise, answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.answers import answer_with, send_file_as
from app.core.errors import Conflict, DomainError, Invalid, NotFound, Problem
from app.core.export import workbook_of
from app.core.unit import unit_of_work
from app.core.uploads import ACCEPT, storage
from app.core.web import DomainPage, row_of
from app.filings.alarms import explaining
from app.filings.alarms.checking import Mark, Said, explanations_of
from app.filings.alarms.comparing import compared, version_at
from app.filings.alarms.freezing import checkups_of, said_to
from app.filings.alarms.listing import (
    WIDE,
    Choice,
    cells_of,
    counts_of,
    groups_of,
    id_of,
    page_of,
    place_of,
    sides_of,
    table_heads,
    table_of,
    title_of,
)
from app.filings.alarms.models import Answer, Checkup, Reason
from app.filings.models import Filing
from app.filings.queries import book_around, figures_for, fills_in, latest_version, sheets_of
from app.filings.sheets import SHEETS
from app.regions.scope import Tier

REVIEWERS = {Tier.COUNTY, Tier.LEAGUE, Tier.REGION}


@dataclass(frozen=True, slots=True)
class Refused:
    """What was typed about an alarm, and why it was not taken."""

    mark: Mark
    error: DomainError
    typed: Mapping[str, str]

    @property
    def id(self) -> str:
        return id_of(self.mark)


class AlarmPage(DomainPage):
    """What the pages of alarms share."""

    route_base = "/filings"
    entity = Filing

    def shown(self, pk: int, refused: Refused | None = None) -> str:
        """The list; *refused* is shown beside its alarm, with everything that was typed."""
        filing, said, mine = _said(pk)
        choice = Choice() if refused else Choice.of(request.args)
        actor, review = actor_of(g.user), filing.review
        tiers = actor.tiers_at(filing.place)
        decides = self.appbuilder.sm.has_access("can_decide", "Review")
        version = latest_version(filing)
        shown = [one for one in said.raised if choice.takes(one)]
        return self.render_template(
            "filings/alarms.html",
            filing=filing,
            review=review,
            mine=mine,
            number=filing.version_no if mine or version is None else version.number,
            explains=mine
            and review.state.is_open
            and self.appbuilder.sm.has_access("can_fill", "Filing"),
            answers=decides and review.holder in REVIEWERS & tiers,
            keys=decides and bool(REVIEWERS & tiers) and filing.quarter == 4,
            counts=counts_of(said),
            choice=choice,
            sheets=[(one.key, one.title) for one in groups_of(said.raised)],
            groups=groups_of(shown),
            any_raised=bool(said.raised),
            not_run=said.not_run,
            checkups=checkups_of(filing),
            reasons=[(one.value, str(one.label)) for one in Reason],
            places=_places(filing) if mine else _places_read(filing),
            accept=ACCEPT,
            refused=refused,
            lost=refused is not None and refused.mark not in {one.mark for one in said.raised},
            **WORDS,
        )

    def refusal(self, pk: int, mark: Mark, error: DomainError) -> str:
        """The list again, with the status of *error*."""
        answer_with(error.status)
        flash(str(error.message), "danger")
        return self.shown(pk, Refused(mark, error, request.form.to_dict()))


class AlarmView(AlarmPage):
    class_permission_name = "Filing"
    base_permissions = ["can_show", "can_fill"]

    @expose("/<int:pk>/alarms")
    @has_access
    @permission_name("show")
    def page(self, pk: int) -> str:
        return self.shown(pk)

    @expose("/<int:pk>/alarms.xlsx")
    @has_access
    @permission_name("show")
    def workbook(self, pk: int) -> Response:
        """All alarms of the filing in lines, with what was said to them."""
        filing, said, _mine = _said(pk)
        title = f"{_('Alarms')} {filing.period}"
        file = workbook_of(title, table_heads(), table_of(said), wide=WIDE)
        return send_file_as(file, f"{filing.enterprise.name} {title}.xlsx")

    @expose("/<int:pk>/alarms/explain", methods=["POST"])
    @has_access
    @permission_name("fill")
    def explain(self, pk: int) -> Response | str:
        mark, file = _mark(), request.files.get("file")
        try:
            with unit_of_work():
                explaining.explain(
                    row_of(Filing, pk),
                    mark,
                    actor=actor_of(g.user),
                    reason=_reason(),
                    text=request.form.get("text", ""),
                    shown=request.form.get("version", type=int),
                    file=(file.stream, file.filename) if file and file.filename else None,
                    storage=storage(),
                )
        except (Invalid, Conflict) as error:
            if not _stands_already(pk, mark, error):
                return self.refusal(pk, mark, error)
        flash(_("The explanation has been kept."), "success")
        return redirect(url_for("AlarmView.page", pk=pk, _anchor=id_of(mark)))

    @expose("/<int:pk>/checkups/<int:number>")
    @has_access
    @permission_name("show")
    def checkup(self, pk: int, number: int) -> str:
        """The alarms as they were at a step, beside what the rules say today of that version."""
        filing: Filing = row_of(Filing, pk)
        checkup = _checkup(filing, number)
        version = version_at(filing, checkup)
        if version is None or figures_for(filing, actor_of(g.user)) is None:
            raise NotFound(_("There is no such record."))
        return self.render_template(
            "filings/checkup.html",
            filing=filing,
            checkup=checkup,
            found=compared(filing, checkup, version),
            checkups=checkups_of(filing),
            **WORDS,
        )


class AlarmAnswerView(AlarmPage):
    """What reviewers say: to explanations, and of the production report."""

    class_permission_name = "Review"
    base_permissions = ["can_decide"]

    @expose("/<int:pk>/alarms/answer", methods=["POST"])
    @has_access
    @permission_name("decide")
    def answer(self, pk: int) -> Response | str:
        mark = _mark()
        try:
            with unit_of_work():
                explaining.answer(
                    row_of(Filing, pk),
                    mark,
                    _answer(),
                    actor=actor_of(g.user),
                    remark=request.form.get("remark", ""),
                    shown=request.form.get("version", -1, type=int),
                )
        except (Invalid, Conflict) as error:
            return self.refusal(pk, mark, error)
        flash(_("The answer has been kept."), "success")
        return redirect(url_for("AlarmView.page", pk=pk, _anchor=id_of(mark)))

    @expose("/<int:pk>/reported-energy", methods=["POST"])
    @has_access
    @permission_name("decide")
    def key(self, pk: int) -> Response | str:
        """The year's energy as it stands in the production report (Y-05)."""
        try:
            with unit_of_work():
                explaining.key_reported_energy(
                    row_of(Filing, pk),
                    request.form.get("reported_energy", ""),
                    actor=actor_of(g.user),
                )
        except (Invalid, Conflict) as error:
            return self.refusal(pk, ("Y-05", "", "", ""), error)
        flash(_("The figure of the production report has been kept."), "success")
        return redirect(url_for("AlarmView.page", pk=pk))


WORDS: Mapping[str, Any] = {
    "sides_of": sides_of,
    "cells_of": cells_of,
    "id_of": id_of,
    "page_of": page_of,
    "place_of": place_of,
    "title_of": title_of,
}


def _said(pk: int) -> tuple[Filing, Said, bool]:
    """The filing, what the rules say of the figures that one may see, and whether they are ours."""
    filing: Filing = row_of(Filing, pk)
    actor, around = actor_of(g.user), book_around(filing)
    figures = figures_for(filing, actor, around)
    if figures is None:
        raise NotFound(_("Nothing has been submitted yet."))
    return filing, said_to(actor, filing, figures, around), fills_in(filing, actor)


def _places(filing: Filing) -> dict[str, str]:
    """Where the cells stand that can be filled in, by sheet."""
    keys = sheets_of(filing)
    pages = {key: url_for("FilingView.fill_page", pk=filing.id, key=key) for key in keys}
    return {**pages, "A1": url_for("FilingView.page", pk=filing.id)}  # where files are attached


def _places_read(filing: Filing) -> dict[str, str]:
    """Where reviewers read them; everybody else on the page of the filing."""
    reviews = current_app.appbuilder.sm.has_access("can_decide", "Review")  # type: ignore[attr-defined]
    page = (
        url_for("ReviewView.page", pk=filing.review_id)
        if reviews
        else url_for("FilingView.page", pk=filing.id)
    )
    return dict.fromkeys((*SHEETS, "A1"), page)


def _checkup(filing: Filing, number: int) -> Checkup:
    found = next((one for one in checkups_of(filing) if one.number == number), None)
    if found is None:
        raise NotFound(_("There is no such record."))
    return found


def _mark() -> Mark:
    code, key, column, label = (
        request.form.get(name, "") for name in ("code", "key", "column", "label")
    )
    return code, key, column, label


def _reason() -> Reason:
    given = request.form.get("reason", "")
    if given not in set(Reason):
        told = _("Choose a reason.")
        raise Invalid(told, [Problem("reason", told)])
    return Reason.named(given)


def _answer() -> Answer:
    given = request.form.get("said", "")
    if given not in (Answer.ACCEPTED, Answer.ASKED_AGAIN):
        raise Invalid(_("Accept the explanation, or ask again."))
    return Answer.named(given)


def _stands_already(pk: int, mark: Mark, error: DomainError) -> bool:
    """Whether the same was sent twice: then it was kept, and nobody has to be told otherwise."""
    said = explanations_of(row_of(Filing, pk)).get(mark)
    return (
        isinstance(error, Conflict)
        and said is not None
        and said.given_by_id == actor_of(g.user).id
        and (said.text, said.reason) == (request.form.get("text", "").strip(), _reason())
        and said.answer is Answer.NONE
    )
