"""Completeness and timeliness: who has handed in a quarter, when, and how far it has come."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.checks import flows
from app.core.db import db
from app.enterprises.models import Enterprise
from app.enterprises.start_stop import is_enabled_in
from app.filings.deadlines import handed_in_late
from app.reports.lines import ZERO, Sums, shown
from app.reports.progress import HANDED_IN, HOW_FAR, how_many, joined
from app.reports.ranks import ranked
from app.reports.selection import CODE, DIVISION, By, Reach, Selection, along, names_of
from app.reports.summary import BEHIND, Line, SummaryColumn, SummaryTable, Value, number
from app.review.models import Review

COUNTS = ("expected", "not_begun", "filling", "returned", "under_way", "done", "late")


def completeness_table(what: Selection) -> SummaryTable:
    """Enabled enterprises by how far their filing of the quarter is; ranked by what is handed in.

    Places and industries are those of the register; who files in time comes first among equals.
    """
    what = replace(what, reach=Reach.QUARTER)
    if what.grouping not in (By.LEAGUE, By.COUNTY, By.INDUSTRY, By.CLASS):
        what = replace(what, by=By.COUNTY)
    rows = completeness(what)
    ranks = _ranks(rows)
    names = names_of(what.grouping, [row.part for row in rows])
    lines = [
        Line(
            [names.get(row.part, str(row.part)), ranks[row.part], *_figures(row)],
            deeper=f"?{what.narrowed(row.part).said()}" if what.grouping is By.LEAGUE else "",
            ways={BEHIND: _late(what, row.part)},
            key=str(row.part),
        )
        for row in rows
    ]
    return SummaryTable(
        title=_("Completeness and timeliness %(what)s", what=what.title),
        columns=[
            SummaryColumn(str(what.grouping.label), wide=True),
            number(_("Rank")),
            number(_("Number of enterprises")),
            number(_("Not begun"), series="bad"),
            number(_("Being filled in"), series="soft"),
            number(_("Returned"), series="warn"),
            number(_("Under way"), series="accent"),
            number(_("Done"), series="good"),
            SummaryColumn(_("Not handed in"), numeric=True, places=0, leads=BEHIND),
            number(_("Handed in"), "%", 2),
            number(_("Done"), "%", 2),
            number(_("Handed in late")),
            number(_("In time"), "%", 2),
        ],
        lines=lines,
        foot=_foot(what, rows) if rows else None,
        notes=[_("Enterprises that are enabled in the quarter, whether or not they are counted.")],
        chart="bars",
        name="completeness",
        empty=_("There are no enterprises here."),
    )


def _foot(what: Selection, rows: Sequence[Any]) -> Line:
    ways = {BEHIND: _late(what, what.place)}
    return Line([_("Total"), None, *_figures(Sums(rows))], ways=ways)


def completeness(what: Selection) -> Sequence[Any]:
    """One row a key with `COUNTS`, in the order of the keys; one statement."""
    period = what.last
    keys: dict[By, Any] = {
        By.LEAGUE: func.substr(Enterprise.place, 1, 2 * CODE),
        By.COUNTY: func.substr(Enterprise.place, 1, 3 * CODE),
        By.INDUSTRY: func.substr(Enterprise.industry_code, 1, DIVISION),
        By.CLASS: Enterprise.enterprise_class,
    }
    late = Review.state.in_(HANDED_IN) & handed_in_late()
    query = joined(
        select(
            keys[what.grouping].label("part"),
            func.count(Enterprise.id).label("expected"),
            *(how_many(test).label(name) for name, test in HOW_FAR.items()),
            how_many(late).label("late"),
        ).select_from(Enterprise),
        period,
    ).where(is_enabled_in(period))
    query = query.where(*along(Enterprise.place, what.place))
    if what.industry:
        query = query.where(Enterprise.industry_code.startswith(what.industry))
    if what.enterprise_class is not None:
        query = query.where(Enterprise.enterprise_class == what.enterprise_class)
    return db.session.execute(query.group_by("part").order_by("part")).all()


def _late(what: Selection, key: Any) -> str:
    """The list of those who have not handed in; it is of places, whatever the industry."""
    chosen = what.industry or what.enterprise_class
    if chosen or what.grouping not in (By.LEAGUE, By.COUNTY):
        return ""
    return url_for("LateView.list", period=what.last, place=key)


def handed_in(row: Any) -> int:
    return int((row.under_way or 0) + (row.done or 0))


def share(part: int, row: Any) -> Decimal | None:
    """*part* of the enterprises expected, in percent."""
    return flows.percent(Decimal(part), Decimal(row.expected or 0))


def in_time(row: Any) -> Decimal | None:
    given = handed_in(row)
    return flows.percent(Decimal(given - row.late), Decimal(given))


def _figures(row: Any) -> list[Value]:
    return [
        *(int(getattr(row, name) or 0) for name in COUNTS[:-1]),
        int((row.not_begun or 0) + (row.filling or 0) + (row.returned or 0)),
        shown(share(handed_in(row), row)),
        shown(share(row.done or 0, row)),
        int(row.late or 0),
        shown(in_time(row)),
    ]


def _ranks(rows: Sequence[Any]) -> dict[Any, int]:
    """By what is handed in; who is in time comes first among equals, the rest share a rank."""
    return ranked(
        {row.part: (share(handed_in(row), row) or ZERO, in_time(row) or ZERO) for row in rows}
    )
