"""Targets by workbook: filled with what is there, and taken over whole or not at all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.audit.actor import Actor
from app.core.db import db
from app.core.errors import Invalid, Problem
from app.enterprises.models import Enterprise
from app.targets.models import AnnualTarget, PlanPeriod, PlanTarget
from app.targets.operations import set_annual_target, set_plan_target
from app.targets.path import Proposal, proposed
from app.targets.products import controlled_products
from app.targets.queries import find_period, paths_of, settable
from app.targets.reading import Cells, as_content, details_of, read_annual, read_plan
from app.targets.rights import classes_set_by, sets_targets
from app.targets.xlsx import Layout, Line, annual_layout, plan_layout

Read = tuple[Any, list[Problem]]  # the details of a target, and what is wrong with its cells


@dataclass(frozen=True, slots=True)
class Imported:
    """How many targets a workbook has set and changed, and how many it left alone."""

    new: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class TargetBook:
    """What the workbooks of the two kinds of target do not have in common."""

    layout: Layout
    there: Callable[[Sequence[int]], Mapping[int, Any]]  # the targets of enterprises, by number
    paths: Callable[[Sequence[int]], Mapping[int, Proposal]]  # what is proposed to whom
    read: Callable[[Cells, Mapping[str, Any]], Read]
    write: Callable[..., Any]


def annual_book(year: int) -> TargetBook:
    """T2 of *year*."""

    def there(ids: Sequence[int]) -> Mapping[int, AnnualTarget]:
        query = select(AnnualTarget).options(selectinload(AnnualTarget.products))
        query = query.where(AnnualTarget.year == year, AnnualTarget.enterprise_id.in_(ids))
        return {row.enterprise_id: row for row in db.session.scalars(query)}

    def paths(ids: Sequence[int]) -> Mapping[int, Proposal]:
        period = find_period(year)
        found = paths_of(ids, period) if period else {}
        return {pk: proposed(path, year) for pk, path in found.items()}

    def write(enterprise: Enterprise, details: Any, **how: Any) -> AnnualTarget:
        return set_annual_target(enterprise, year, details, **how)

    return TargetBook(annual_layout(year), there, paths, read_annual, write)


def plan_book(period: PlanPeriod) -> TargetBook:
    """T1 of *period*, which may be past: then it says what a new installation starts from."""

    def there(ids: Sequence[int]) -> Mapping[int, PlanTarget]:
        query = select(PlanTarget).options(selectinload(PlanTarget.products))
        query = query.where(PlanTarget.period_key == period.key, PlanTarget.enterprise_id.in_(ids))
        return {row.enterprise_id: row for row in db.session.scalars(query)}

    def paths(_ids: Sequence[int]) -> Mapping[int, Proposal]:
        return {}

    def read(cells: Cells, known: Mapping[str, Any]) -> Read:
        return read_plan(cells, known, period.years)

    def write(enterprise: Enterprise, details: Any, **how: Any) -> PlanTarget:
        return set_plan_target(enterprise, period, details, **how)

    return TargetBook(plan_layout(period), there, paths, read, write)


def lines_for(book: TargetBook, *, actor: Actor, with_path: bool) -> list[Line]:
    """A line for every enterprise whose targets *actor* sets: what is there, else the path."""
    wanted = db.session.scalars(settable(classes_set_by(actor)))
    enterprises = [one for one in wanted if sets_targets(actor, one)]
    ids = [one.id for one in enterprises]
    there = book.there(ids)
    paths = book.paths(ids) if with_path else {}
    return [
        _as_set(book.layout, one, there[one.id])
        if one.id in there
        else _as_proposed(one, paths.get(one.id, Proposal()))
        for one in enterprises
    ]


def _as_set(layout: Layout, enterprise: Enterprise, row: Any) -> Line:
    content = as_content(details_of(row))
    cells: dict[str, object] = {name: content[name] for name in layout.target}
    products = [{"product": key, **values} for key, values in content["products"].items()]
    return Line(enterprise.registry_number, enterprise.name, row.version, cells, products=products)


def _as_proposed(enterprise: Enterprise, what: Proposal) -> Line:
    cells: dict[str, object] = {"energy_target": what.energy, "saving_target": what.saving}
    products = [{"product": key, "decline": n} for key, n in sorted(what.declines.items())]
    return Line(enterprise.registry_number, enterprise.name, None, cells, products=products)


@dataclass(frozen=True, slots=True)
class _Wanted:
    line: Line
    enterprise: Enterprise
    details: Any
    there: Any


def import_targets(
    book: TargetBook,
    lines: Sequence[Line],
    problems: Sequence[Problem],
    *,
    actor: Actor,
    reason: str,
) -> Imported:
    """Take over all *lines*, or none: `Invalid` names every cell that stands in the way.

    A line that says what is there already is left alone, so that a workbook sent twice
    changes nothing the second time.
    """
    found = list(problems)
    numbers = [line.number for line in lines]
    query = select(Enterprise).where(Enterprise.registry_number.in_(numbers))
    enterprises = {one.registry_number: one for one in db.session.scalars(query)}
    there = book.there([one.id for one in enterprises.values()])
    known = controlled_products()
    wanted = []
    for line in lines:
        enterprise = enterprises.get(line.number)
        if enterprise is None:
            text = _("There is no such enterprise in your area.")
            found.append(Problem(line.cell("row"), text))
            continue
        if not sets_targets(actor, enterprise):
            text = _("The targets of this enterprise are not set by you.")
            found.append(Problem(line.cell("row"), text))
            continue
        details, wrong = book.read(line.cells, known)
        found += [Problem(line.cell(one.where), one.text) for one in wrong]
        row = there.get(enterprise.id)
        if _shown(line) != (row.version if row else None) and not _says(row, details):
            text = _("This target was changed after the workbook was fetched.")
            found.append(Problem(line.cell("row"), text))
        wanted.append(_Wanted(line, enterprise, details, row))
    if found:
        raise Invalid(_("Nothing has been imported; correct these cells first."), found)
    if not wanted:
        raise Invalid(_("There is no target in this workbook."))
    return _taken(book, wanted, actor=actor, reason=reason)


def _says(row: Any, details: Any) -> bool:
    return row is not None and details_of(row) == details


def _shown(line: Line) -> int | None:
    text = str(line.version or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _taken(book: TargetBook, wanted: Sequence[_Wanted], *, actor: Actor, reason: str) -> Imported:
    new = changed = 0
    for one in wanted:
        if _says(one.there, one.details):
            continue
        shown = one.there.version if one.there else None
        book.write(
            one.enterprise, one.details, actor=actor, reason=reason, shown=shown, imported=True
        )
        new, changed = (new, changed + 1) if one.there else (new + 1, changed)
    return Imported(new, changed, len(wanted) - new - changed)
