"""A filing as its reviewers read it: what it is about, its tabs, what has moved, how it goes on."""

from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.checks.book import Book
from app.checks.rules import Addressee, Severity
from app.core.clock import as_shown
from app.core.db import db
from app.core.period import Quarter
from app.enterprises.models import Enterprise, StartStop
from app.enterprises.start_stop import sees_figures, stop_in
from app.filings.alarms.checking import explanations_of
from app.filings.alarms.freezing import checkups_of, frozen_in
from app.filings.alarms.models import Answer, Checkup, FrozenAlarm
from app.filings.books import catalogues
from app.filings.changes import marks_of, moved
from app.filings.closing import is_closed
from app.filings.deadlines import Deadline, deadline_of, late_text
from app.filings.figures import Figures, read_back
from app.filings.models import Filing, FilingVersion
from app.filings.queries import attachments_of, latest_version, versions_of
from app.filings.rules.models import RuleVersion
from app.filings.rules.queries import active_wordings
from app.filings.sections import filed_of, tabs_of
from app.filings.sheets.attachment import Attachment
from app.filings.sheets.profile import ProfileRow
from app.filings.tables import headline, tables_of
from app.filings.trend import trend_of
from app.regions.queries import county_name
from app.review.models import Review
from app.review.subjects import (
    Against,
    Alarm,
    Alarms,
    Changes,
    Evidence,
    Filed,
    Seen,
    Tab,
    Table,
    Trend,
)
from app.review.workflow import FINAL, OPEN, Action, State, Step

LEAGUE = 14  # letters of a league's path
ZERO = Decimal(0)


class FilingReading:
    """One filing for one page: what several parts of it need is read once."""

    def __init__(self, review: Review) -> None:
        query = select(Filing).where(Filing.review_id == review.id)
        self.review = review
        self.filing = db.session.scalars(query.options(joinedload(Filing.enterprise))).one()

    @cached_property
    def version(self) -> FilingVersion | None:
        """The version submitted last."""
        return latest_version(self.filing)

    @cached_property
    def figures(self) -> Figures | None:
        """Its figures; None while it is a draft, and for who may not see them."""
        if self.version is None or self.review.state is State.DRAFT:
            return None
        return read_back(self.version.content) if self.sees else None

    @cached_property
    def sees(self) -> bool:
        """Whether whoever asks may see the figures of the enterprise at all."""
        return sees_figures(self.filing.enterprise)

    @cached_property
    def checkups(self) -> Sequence[Checkup]:
        return checkups_of(self.filing)

    @property
    def seen(self) -> Seen | None:
        if self.version is None:
            return None
        newest = self.checkups[0].hash if self.checkups else ""
        return Seen(self.version.number, self.version.hash, newest)

    @cached_property
    def stop(self) -> StartStop | None:
        return stop_in(self.filing.enterprise_id, self.filing.period)

    @property
    def may_close(self) -> bool:
        return self.stop is not None

    @cached_property
    def deadline(self) -> Deadline | None:
        return deadline_of(self.filing)

    @property
    def facts(self) -> Sequence[tuple[str, object]]:
        filing, review = self.filing, self.review
        enterprise, deadline = filing.enterprise, self.deadline
        facts: list[tuple[str, object]] = [
            (_("Enterprise"), f"{enterprise.registry_number} {enterprise.name}"),
            (_("County"), county_name(filing.place)),
            (_("Quarter"), filing.period),
            (_("Class"), filing.enterprise_class.label),
            (_("Level"), filing.energy_level.label),
            (_("Due on"), deadline.due_on if deadline else ""),
            (_("Submitted at"), as_shown(review.submitted_at) if review.submitted_at else ""),
        ]
        if self.stop is not None:
            reason = self.stop.stop_reason
            facts.append((_("Stopped"), reason.label if reason else "—"))
        if review.state.is_final and (reopened := _reopened_before(filing)):
            facts.append((_("Earlier quarter open again"), reopened))
        return facts

    @property
    def to_know(self) -> Sequence[str]:
        deadline, told = self.deadline, []
        if deadline is not None and deadline.is_late(self.filing.first_submitted_on):
            told.append(late_text(self.filing, deadline))
        if is_closed(self.filing.year):
            told.append(_("The year %(year)s is closed.", year=self.filing.year))
        return told

    @cached_property
    def tables(self) -> Sequence[Table]:
        return tables_of(self.figures, self.around) if self.figures is not None else ()

    @cached_property
    def around(self) -> Book:
        return catalogues(self.filing.period)

    @property
    def tabs(self) -> Sequence[Tab]:
        return tabs_of(self.tables) if self.tables else ()

    @property
    def filed(self) -> Sequence[Filed]:
        return filed_of(self.tables, self.address)

    @property
    def headline(self) -> Sequence[tuple[str, str, str]]:
        return headline(self.figures) if self.figures is not None else ()

    @property
    def trend(self) -> Trend | None:
        return trend_of(self.filing) if self.figures is not None else None

    @property
    def evidence(self) -> Sequence[Evidence]:
        if self.review.state is State.DRAFT or not self.sees:
            return ()
        return [_evidence(self.filing, one) for one in attachments_of(self.filing)]

    @property
    def alarms(self) -> Alarms | None:
        """As they were frozen with the last step, and what reviewers have said to them since."""
        if self.figures is None or not self.checkups:
            return None
        newest, found = self.checkups[0], frozen_in(self.checkups[0])
        rules = active_wordings()
        given = explanations_of(self.filing)
        ours = [one for one in found if one.addressee is Addressee.ENTERPRISE]
        said = [given.get((one.code, one.key, one.column, one.label)) for one in ours]
        answers = [one.answer if one is not None else None for one in said]
        warnings = sum(one.severity is Severity.WARNING for one in ours)
        explained = sum(
            one.explained and answer is not Answer.ASKED_AGAIN
            for one, answer in zip(ours, answers, strict=True)
        )
        accepted = sum(answer is Answer.ACCEPTED for answer in answers)
        return Alarms(
            errors=newest.errors,
            warnings=warnings,
            unexplained=warnings - explained,
            not_run=newest.not_run,
            unread=len(ours) - accepted + newest.not_run,
            address=url_for("AlarmView.page", pk=self.filing.id),
            frozen={
                one.hash: url_for("AlarmView.checkup", pk=self.filing.id, number=one.number)
                for one in self.checkups
            },
            raised=[_alarm(one, rules.get((one.code, one.rule_version))) for one in found],
        )

    def changes(self, against: Against, least: Decimal) -> Changes | None:
        """What has moved since *against*, by *least* percent or more."""
        found = _compared_with(self.filing, against) if self.figures is not None else None
        if found is None or self.figures is None:
            return None
        other, before = found
        cells = moved(before, self.figures, self.around, least)
        return Changes(against, other, cells, marks_of(cells))

    def effects(self, step: Step) -> Sequence[tuple[str, str]]:
        return effects_of_step(self.filing, step)

    @property
    def address(self) -> str:
        return url_for("FilingView.page", pk=self.filing.id)


def _alarm(one: FrozenAlarm, rule: RuleVersion | None) -> Alarm:
    sheet = rule.sheets.partition(",")[0] if rule is not None else ""
    if one.addressee is Addressee.LEAGUE:
        settled = _("For the league to mend")
    else:
        settled = _("Explained") if one.explained else _("open")
    return Alarm(
        one.code,
        rule.about if rule is not None else "",
        " ".join(part for part in (sheet, one.key, one.column) if part),
        one.severity,
        settled,
    )


def _evidence(filing: Filing, one: Attachment) -> Evidence:
    where: dict[str, Any] = {"pk": filing.id, "attachment": one.id}
    return Evidence(
        one.file_name,
        str(one.kind.label),
        f"{one.uploaded_by} {as_shown(one.uploaded_at)}",
        url_for("AttachmentView.opened", **where),
        url_for("AttachmentView.shown", **where),
    )


def _reopened_before(filing: Filing) -> str:
    """Question 10: an earlier quarter of the year that is not final though this one is."""
    query = (
        select(Filing.year * 4 + Filing.quarter - 1)
        .join(Filing.review)
        .where(
            Filing.enterprise_id == filing.enterprise_id,
            Filing.year == filing.year,
            Filing.quarter < filing.quarter,
            Review.state.not_in(FINAL),
        )
        .order_by(Filing.quarter)
    )
    return ", ".join(str(Quarter.at(one)) for one in db.session.scalars(query))


def _compared_with(filing: Filing, against: Against) -> tuple[str, Figures] | None:
    """Another quarter as it was submitted, or the version before the last; with its name."""
    if against is Against.VERSION:
        earlier = versions_of(filing)[1:2]
        return _told(earlier[0], _("version %(n)s", n=earlier[0].number)) if earlier else None
    period = filing.period.previous if against is Against.QUARTER else filing.period.a_year_before
    other = (
        select(FilingVersion)
        .join(Filing, Filing.id == FilingVersion.filing_id)
        .join(Filing.review)
        .where(
            Filing.enterprise_id == filing.enterprise_id,
            Filing.year == period.year,
            Filing.quarter == period.quarter,
            Review.state.not_in(OPEN),
        )
        .order_by(FilingVersion.number.desc())
        .limit(1)
    )
    version = db.session.scalars(other).first()
    return _told(version, str(period)) if version is not None else None


def _told(version: FilingVersion, name: str) -> tuple[str, Figures]:
    return name, read_back(version.content)


def effects_of_step(filing: Filing, step: Step) -> Sequence[tuple[str, str]]:
    """What a rollback changes: state, statistics, the year, later quarters, who is told."""
    if step.action is not Action.ROLLBACK:
        return ()
    year = filing.year
    effects = [(_("State"), f"{step.start.label} → {step.end.label}")]
    if filing.enterprise.in_statistics:
        effects.append((_("Energy of the league in %(year)s", year=year), _sums(filing)))
    else:
        effects.append((_("Statistics"), _("none: the enterprise is left out of them")))
    effects.append((_("Sheet of the year %(year)s", year=year), _("is built anew without it")))
    if later := _final_after(filing):
        text = _("%(quarters)s stay final; they are marked until this one is final again.")
        effects.append((_("Later quarters"), text % {"quarters": ", ".join(map(str, later))}))
    effects.append((_("Kept"), _("figures, version, files, alarms, all decisions")))
    effects.append((_("Told of it"), _("the enterprise, and every tier that has approved it")))
    return effects


def _sums(filing: Filing) -> str:
    """The league's final energy of the year with and without the filing."""
    league = filing.place[:LEAGUE]
    query = (
        select(func.sum(ProfileRow.comprehensive_energy_calorific))
        .select_from(Filing)
        .join(Filing.enterprise)
        .join(Filing.review)
        .join(ProfileRow, ProfileRow.filing_id == Filing.id)
        .where(
            Review.state.in_(FINAL),
            Filing.year == filing.year,
            Filing.place >= league,
            Filing.place < league + "~",
            Enterprise.in_statistics,
        )
    )
    before = db.session.scalar(query) or ZERO
    own = db.session.scalar(query.where(Filing.id == filing.id)) or ZERO
    without = f"{before - own:,.2f}"
    text = _("%(before)s → %(after)s tce (calorific value, final filings)")
    return text % {"before": f"{before:,.2f}", "after": without}


def _final_after(filing: Filing) -> Sequence[Quarter]:
    index = Filing.year * 4 + Filing.quarter - 1
    query = (
        select(index)
        .join(Filing.review)
        .where(
            Filing.enterprise_id == filing.enterprise_id,
            index > filing.period.index,
            Review.state.in_(FINAL),
        )
        .order_by(index)
    )
    return [Quarter.at(one) for one in db.session.scalars(query)]
