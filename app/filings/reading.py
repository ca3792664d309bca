"""A filing as its reviewers read it: what it is about, its tabs, what has moved, how it goes on."""

from collections.abc import Sequence
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.core.clock import as_shown
from app.core.db import db
from app.core.period import Quarter
from app.enterprises.models import Enterprise
from app.enterprises.start_stop import sees_figures, stop_in
from app.filings.changes import marks_of, moved
from app.filings.figures import Figures, read_back
from app.filings.models import Filing, FilingVersion
from app.filings.queries import (
    book_around,
    calendar_row,
    filing_under,
    find_filing,
    latest_version,
    versions_of,
)
from app.filings.sections import tabs_of
from app.filings.sheets.profile import ProfileRow
from app.filings.tables import tables_of
from app.filings.trend import trend_of
from app.regions.queries import county_name
from app.review.models import Review
from app.review.subjects import Against, Changes, Tab, Trend
from app.review.workflow import FINAL, Action, State, Step

LEAGUE = 14  # letters of a league's path
ZERO = Decimal(0)


def as_submitted(review: Review) -> Figures | None:
    """The figures of the version submitted last; None while it is a draft."""
    filing = filing_under(review)
    version = latest_version(filing)
    if version is None or review.state is State.DRAFT or not sees_figures(filing.enterprise):
        return None
    return read_back(version.content)


def facts_of(review: Review) -> Sequence[tuple[str, object]]:
    filing = filing_under(review)
    enterprise, row = filing.enterprise, calendar_row(filing.period)
    facts: list[tuple[str, object]] = [
        (_("Enterprise"), f"{enterprise.registry_number} {enterprise.name}"),
        (_("County"), county_name(filing.place)),
        (_("Quarter"), filing.period),
        (_("Class"), filing.enterprise_class.label),
        (_("Level"), filing.energy_level.label),
        (_("Due on"), row.due_on if row else ""),
        (_("Submitted at"), as_shown(review.submitted_at) if review.submitted_at else ""),
    ]
    if stop := stop_in(filing.enterprise_id, filing.period):
        reason = stop.stop_reason.label if stop.stop_reason else "—"
        facts.append((_("Stopped"), reason))
    if review.state.is_final and (reopened := _reopened_before(filing)):
        facts.append((_("Earlier quarter open again"), reopened))
    return facts


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


def read_tabs(review: Review) -> Sequence[Tab]:
    figures = as_submitted(review)
    return tabs_of(tables_of(figures, filing_under(review).period)) if figures is not None else ()


def read_trend(review: Review) -> Trend | None:
    return trend_of(filing_under(review)) if as_submitted(review) is not None else None


def changes_of(review: Review, against: Against, least: Decimal) -> Changes | None:
    """What has moved since *against*: another quarter as it was submitted, or the last version."""
    after = as_submitted(review)
    if after is None:
        return None
    filing = filing_under(review)
    found = _compared_with(filing, against)
    if found is None:
        return None
    other, before = found
    cells = moved(before, after, book_around(filing), least)
    return Changes(against, other, cells, marks_of(cells))


def _compared_with(filing: Filing, against: Against) -> tuple[str, Figures] | None:
    if against is Against.VERSION:
        earlier = versions_of(filing)[1:2]
        return _told(earlier[0], _("version %(n)s", n=earlier[0].number)) if earlier else None
    period = filing.period.previous if against is Against.QUARTER else filing.period.a_year_before
    other = find_filing(filing.enterprise_id, period)
    if other is None or other.review.state.is_open:
        return None
    version = latest_version(other)
    return _told(version, str(period)) if version is not None else None


def _told(version: FilingVersion, name: str) -> tuple[str, Figures]:
    return name, read_back(version.content)


def effects_of_step(review: Review, step: Step) -> Sequence[tuple[str, str]]:
    """What a rollback changes: state, statistics, the year, later quarters, who is told."""
    if step.action is not Action.ROLLBACK:
        return ()
    filing = filing_under(review)
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
