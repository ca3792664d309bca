"""Dual-control progress as tables: the year and the plan, place by place, ranked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from flask_babel import gettext as _

from app.reports.ranks import ranked
from app.reports.summary import Line, SummaryColumn, SummaryTable, number
from app.reports.target_figures import Span
from app.reports.target_progress import AnnualLine, PlanLine
from app.targets.models import PlanPeriod


@dataclass(frozen=True)
class TargetReport:
    what: Span
    period: PlanPeriod | None
    annual: Sequence[AnnualLine]
    plan: Sequence[PlanLine]
    names: dict[str, str]
    left_out: int

    @property
    def note(self) -> str:
        return _("Enterprises left out of statistics: %(n)s.", n=self.left_out)

    def name(self, part: str) -> str:
        return self.names.get(part, part)

    @cached_property
    def annual_ranks(self) -> Mapping[str, int]:
        """First who is farthest below what would be used by now, in points of the target."""
        return ranked({one.part: ahead(one) for one in self.annual})

    @cached_property
    def plan_ranks(self) -> Mapping[str, int]:
        """First who has completed most of the five-year target."""
        return ranked({one.part: one.completed for one in self.plan})


def ahead(line: AnnualLine) -> Decimal | None:
    """Points of the target that are spared so far: what would be used by now less what is."""
    return None if line.used is None or line.share is None else line.share - line.used


def target_tables(report: TargetReport) -> list[SummaryTable]:
    """The annual target, and where there is a plan the five-year target."""
    tables = [_annual(report)]
    if report.period is not None:
        tables.append(_plan(report, report.period))
    return tables


def _annual(report: TargetReport) -> SummaryTable:
    what = report.what
    return SummaryTable(
        title=_("Progress of dual-control targets %(what)s", what=f"{what.year}Q{what.quarter}"),
        columns=[
            SummaryColumn(_("Place"), wide=True),
            number(_("Rank")),
            number(_("Number of enterprises")),
            number(_("With a target")),
            number(_("Energy target, calorific value"), "tce", 2),
            number(_("Energy so far, calorific value"), "tce", 2),
            number(_("Used"), "%", 2, series="accent"),
            number(_("Expected by now"), "%", 2),
            SummaryColumn(_("Pace")),
            number(_("Forecast of the year"), "tce", 2),
            number(_("Lower bound"), "tce", 2),
            number(_("Upper bound"), "tce", 2),
            SummaryColumn(_("Outlook")),
        ],
        lines=[
            Line(
                [
                    report.name(line.part),
                    report.annual_ranks.get(line.part),
                    line.enterprises,
                    line.targeted,
                    line.target,
                    line.energy,
                    line.used,
                    line.share,
                    line.pace,
                    line.forecast,
                    line.band.low if line.band else None,
                    line.band.high if line.band else None,
                    line.outlook,
                ],
                key=line.part,
            )
            for line in report.annual
        ],
        notes=[report.note],
        name="annual",
    )


def _plan(report: TargetReport, period: PlanPeriod) -> SummaryTable:
    return SummaryTable(
        title=_("Five-year saving target %(plan)s", plan=period),
        columns=[
            SummaryColumn(_("Place"), wide=True),
            number(_("Rank")),
            number(_("With a target")),
            number(_("Saving target, calorific value"), "tce", 2),
            number(_("Saved so far, calorific value"), "tce", 2),
            number(_("Completed"), "%", 2, series="accent"),
            number(_("Time progress"), "%", 2),
            number(_("With years missing")),
            SummaryColumn(_("Standing")),
        ],
        lines=[
            Line(
                [
                    report.name(line.part),
                    report.plan_ranks.get(line.part),
                    line.enterprises,
                    line.target,
                    line.saved,
                    line.completed,
                    line.time,
                    line.incomplete,
                    line.standing,
                ],
                key=line.part,
            )
            for line in report.plan
        ],
        name="plan",
    )
