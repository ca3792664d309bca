"""Retrofit projects (S5): each as its enterprise told of it last, what it saved added up."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from app.enterprises.models import Enterprise
from app.filings.models import Filing
from app.filings.sheets.project import ProjectRow, ProjectStatus, ProjectType
from app.regions.queries import county_name
from app.reports.lines import Sums, rows_of
from app.reports.selection import Selection
from app.reports.status import notes
from app.reports.summary import Line, SummaryColumn, SummaryTable, Value, column_of, number

TOLD = ("investment_total", "investment_done", "designed_saving", "economic_benefit")
STATES = tuple(ProjectStatus)


def project_tables(what: Selection) -> list[SummaryTable]:
    rows = rows_of(_newest(what))
    return [_by_type(what, rows), _one_by_one(what, rows)]


def _newest(what: Selection) -> Select[Any]:
    """The last row of each project in the quarters, with the savings of all of them."""
    same = (Filing.enterprise_id, ProjectRow.key)
    each = what.of(
        ProjectRow,
        ProjectRow.filing_id,
        ProjectRow.key,
        Enterprise.name.label("enterprise"),
        Filing.place,
        ProjectRow.project_name,
        ProjectRow.project_type,
        ProjectRow.status,
        ProjectRow.planned_completion,
        ProjectRow.completed_on,
        *(getattr(ProjectRow, name) for name in TOLD),
        func.sum(ProjectRow.actual_saving).over(partition_by=same).label("actual_saving"),
        func.row_number().over(partition_by=same, order_by=Filing.quarter.desc()).label("nth"),
    ).subquery("each")
    return select(each).where(each.c.nth == 1).order_by(each.c.place, each.c.key)


def _by_type(what: Selection, rows: Sequence[Any]) -> SummaryTable:
    groups = defaultdict(list)
    for row in rows:
        groups[row.project_type].append(row)
    lines = [
        Line(
            [str(one.label), *_figures(groups[one])],
            key=one.value,
        )
        for one in ProjectType
        if one in groups
    ]
    return SummaryTable(
        title=_("Energy-saving retrofit projects %(what)s", what=what.title),
        columns=[
            SummaryColumn(_("Type of project"), wide=True),
            number(_("Projects")),
            *(number(str(one.label), series=_colour(one)) for one in STATES),
            *(column_of(ProjectRow, name) for name in (*TOLD, "actual_saving")),
        ],
        lines=lines,
        foot=Line([_("Total"), *_figures(rows)]) if rows else None,
        notes=[
            _("A project counts as it was told of last; actual savings are those of all quarters."),
            *notes(what),
        ],
        chart="bars",
        name="projects",
        empty=_("No project stands in a final filing of this selection."),
    )


def _colour(state: ProjectStatus) -> str:
    colours = {
        ProjectStatus.PLANNED: "soft",
        ProjectStatus.STARTED: "accent",
        ProjectStatus.COMPLETED: "good",
        ProjectStatus.SUSPENDED: "warn",
        ProjectStatus.CANCELLED: "bad",
    }
    return colours[state]


def _figures(rows: Sequence[Any]) -> list[Value]:
    sums = Sums(rows)
    states = [row.status for row in rows]
    return [
        len(rows),
        *(states.count(one) for one in STATES),
        *(getattr(sums, name) for name in (*TOLD, "actual_saving")),
    ]


def _one_by_one(what: Selection, rows: Sequence[Any]) -> SummaryTable:
    return SummaryTable(
        title=_("The projects %(what)s", what=what.title),
        columns=[
            SummaryColumn(_("Enterprise"), wide=True),
            SummaryColumn(_("Place")),
            SummaryColumn(_("Project name"), wide=True),
            SummaryColumn(_("Type of project")),
            SummaryColumn(_("Status")),
            column_of(ProjectRow, "planned_completion"),
            column_of(ProjectRow, "completed_on"),
            *(column_of(ProjectRow, name) for name in (*TOLD, "actual_saving")),
        ],
        lines=[
            Line(
                [
                    row.enterprise,
                    county_name(row.place),
                    row.project_name,
                    row.project_type,
                    row.status,
                    row.planned_completion,
                    row.completed_on,
                    *(getattr(row, name) for name in (*TOLD, "actual_saving")),
                ],
                deeper=url_for("FilingView.page", pk=row.filing_id),
                key=f"{row.filing_id} {row.key}",
            )
            for row in rows
        ],
        name="one-by-one",
        empty=_("No project stands in a final filing of this selection."),
    )
