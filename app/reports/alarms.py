"""What rules found in the filings handed in, rule by rule, as it was frozen last."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, case, func, select

from app.checks import flows
from app.checks.rules import Severity
from app.core.db import db
from app.core.language import in_english
from app.enterprises.start_stop import shows_figures
from app.filings.alarms.models import Checkup, FrozenAlarm
from app.filings.models import Filing
from app.filings.rules.queries import wordings
from app.reports.lines import rows_of, shown
from app.reports.selection import THEN, Basis, Selection
from app.reports.summary import BEHIND, Line, SummaryColumn, SummaryTable, number


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
                ways={BEHIND: f"{url_for('BehindAlarmView.list')}?{_said(what)}&code={row.code}"},
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


def _said(what: Selection) -> str:
    return what.said(by=None, basis=Basis.CALORIFIC)


def _checked(what: Selection) -> Any:
    query = select(func.count()).select_from(Filing).join(Filing.enterprise)
    query = what.chosen(query.join(Checkup, newest_checkup()).where(shows_figures()))
    return db.session.scalar(query, execution_options=THEN) or 0


def by_place(what: Selection) -> dict[str, int]:
    """How many filings have an open warning or an error, by the key of the lines."""
    query = alarms_in(what, what.part(), func.count(func.distinct(FrozenAlarm.filing_id)))
    loud = ~FrozenAlarm.explained | (FrozenAlarm.severity == Severity.ERROR)
    return dict(map(tuple, rows_of(query.where(loud).group_by("part"))))
