"""What rules found in the filings handed in, rule by rule, as it was frozen last."""

from dataclasses import replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, case, func, select

from app.checks import flows
from app.checks.rules import Severity
from app.core.db import db
from app.core.language import in_english
from app.enterprises.models import Enterprise
from app.enterprises.start_stop import is_enabled_in, shows_figures
from app.filings.alarms.models import Checkup, FrozenAlarm
from app.filings.models import Filing
from app.filings.rules.queries import wordings
from app.regions.scope import SEEN_BY
from app.reports.lines import rows_of, shown
from app.reports.progress import HANDED_IN
from app.reports.selection import CODE, THEN, Basis, By, Selection, along
from app.reports.summary import BEHIND, Line, SummaryColumn, SummaryTable, number
from app.review.models import Review


def newest_checkup() -> ColumnElement[bool]:
    """Joins the last checkup of a filing to it."""
    last = (
        select(func.max(Checkup.number))
        .where(Checkup.filing_id == Filing.id)
        .correlate(Filing)
        .scalar_subquery()
    )
    return and_(Checkup.filing_id == Filing.id, Checkup.number == last)


def alarms_in(what: Selection, *columns: Any) -> Select[Any]:
    """*columns* of the alarms that stand in the last checkups of the filings chosen."""
    query = select(*columns).select_from(Filing).join(Filing.enterprise)
    query = query.join(Checkup, newest_checkup())
    query = query.join(FrozenAlarm, FrozenAlarm.checkup_id == Checkup.id)
    return what.chosen(query.where(shows_figures()))


def alarm_table(what: Selection) -> SummaryTable:
    """One line a rule; a filing counts once for a rule however often it rings there."""
    query = alarms_in(
        what,
        FrozenAlarm.code,
        FrozenAlarm.severity,
        func.count(func.distinct(FrozenAlarm.filing_id)).label("filings"),
        func.count(func.distinct(Filing.enterprise_id)).label("enterprises"),
        func.count().label("alarms"),
        func.sum(case((FrozenAlarm.explained, 1), else_=0)).label("explained"),
    ).group_by(FrozenAlarm.code, FrozenAlarm.severity)
    rows = sorted(rows_of(query), key=lambda row: (-row.filings, row.code))
    checked = _checked(what)
    told = wordings(what.last)
    lines = []
    for row in rows:
        wording = told.get(row.code)
        about = (wording.about_en if in_english() else wording.about_zh) if wording else ""
        share = flows.percent(row.filings, checked)
        lines.append(
            Line(
                [
                    row.code,
                    about,
                    row.severity,
                    row.enterprises,
                    row.filings,
                    row.alarms,
                    row.explained,
                    shown(share),
                ],
                ways={BEHIND: _behind(what, row)},
                key=f"{row.code} {row.severity}",
            )
        )
    return SummaryTable(
        title=_("Alarms by rule %(what)s", what=what.title),
        columns=[
            SummaryColumn(_("Rule")),
            SummaryColumn(_("What it says"), wide=True),
            SummaryColumn(_("Severity")),
            number(_("Number of enterprises")),
            number(_("Filings"), series="warn"),
            SummaryColumn(_("Alarms"), numeric=True, places=0, leads=BEHIND),
            number(_("Explained")),
            number(_("Share of the filings handed in"), "%", 2),
        ],
        lines=lines,
        notes=[
            _(
                "Of %(n)s filings handed in, as their alarms were frozen last; whether or not they "
                "are final or count in statistics.",
                n=f"{checked:,}",
            )
        ],
        chart="bars",
        name="alarms",
        empty=_("No rule has found anything in the filings handed in."),
    )


def _behind(what: Selection, row: Any) -> str:
    """The list of the alarms that a line counts."""
    said = what.said(by=None, basis=Basis.CALORIFIC)
    address = url_for("BehindAlarmView.list")
    return f"{address}?{said}&code={row.code}&severity={row.severity.value}"


def _checked(what: Selection) -> Any:
    query = select(func.count()).select_from(Filing).join(Filing.enterprise)
    query = what.chosen(query.join(Checkup, newest_checkup()).where(shows_figures()))
    return db.session.scalar(query, execution_options=THEN) or 0


def open_alarms(what: Selection) -> dict[str, int]:
    """How many filings handed in have an unexplained warning or an error, by part of the place.

    Of the enterprises of the register that file, as the completeness beside it.
    """
    letters = (2 if what.grouping is By.LEAGUE else 3) * CODE
    loud = ~FrozenAlarm.explained | (FrozenAlarm.severity == Severity.ERROR)
    query = alarms_in(
        replace(what, place=""),
        func.substr(Enterprise.place, 1, letters).label("part"),
        func.count(func.distinct(FrozenAlarm.filing_id)),
    ).join(Filing.review)
    query = query.where(
        loud,
        Review.state.in_(HANDED_IN),
        is_enabled_in(what.last),
        *along(Enterprise.place, what.place),
    ).group_by("part")
    found = db.session.execute(query, execution_options={SEEN_BY: Enterprise})
    return dict(map(tuple, found.all()))
