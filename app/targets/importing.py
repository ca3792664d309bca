"""Annual targets by workbook: filled with what is there, and taken over whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.audit.actor import Actor
from app.core.db import db
from app.core.errors import Invalid, Problem
from app.enterprises.models import Enterprise
from app.targets.models import AnnualTarget
from app.targets.operations import set_annual_target
from app.targets.path import Proposal, proposed
from app.targets.products import controlled_products
from app.targets.queries import find_period, paths_of, settable
from app.targets.reading import AnnualDetails, details_of, read_annual
from app.targets.rights import classes_set_by, sets_targets
from app.targets.xlsx import Line


@dataclass(frozen=True, slots=True)
class Imported:
    """How many targets a workbook has set and changed, and how many it left alone."""

    new: int
    changed: int
    unchanged: int


def lines_for(year: int, *, actor: Actor, with_path: bool) -> list[Line]:
    """A line for every enterprise whose targets *actor* sets: what is there, else the path."""
    wanted = db.session.scalars(settable(classes_set_by(actor)))
    enterprises = [one for one in wanted if sets_targets(actor, one)]
    ids = [one.id for one in enterprises]
    there = _targets(ids, year)
    period = find_period(year) if with_path else None
    paths = paths_of(ids, period) if period else {}
    lines = []
    for one in enterprises:
        if one.id in there:
            lines.append(_as_set(one, there[one.id]))
        else:
            path = paths.get(one.id)
            lines.append(_as_proposed(one, proposed(path, year) if path else Proposal()))
    return lines


def _targets(ids: Sequence[int], year: int) -> dict[int, AnnualTarget]:
    query = (
        select(AnnualTarget)
        .where(AnnualTarget.year == year, AnnualTarget.enterprise_id.in_(ids))
        .options(selectinload(AnnualTarget.products))
    )
    return {row.enterprise_id: row for row in db.session.scalars(query)}


def _as_set(enterprise: Enterprise, row: AnnualTarget) -> Line:
    cells: dict[str, object] = {
        "energy_target": row.energy_target,
        "saving_target": row.saving_target,
        "document": row.document,
    }
    products = [(line.product_key, line.decline) for line in row.products]
    return Line(enterprise.registry_number, enterprise.name, row.version, cells, products=products)


def _as_proposed(enterprise: Enterprise, what: Proposal) -> Line:
    cells: dict[str, object] = {"energy_target": what.energy, "saving_target": what.saving}
    products = sorted(what.declines.items())
    return Line(enterprise.registry_number, enterprise.name, None, cells, products=products)


@dataclass(frozen=True, slots=True)
class _Wanted:
    line: Line
    enterprise: Enterprise
    details: AnnualDetails
    there: AnnualTarget | None


def import_annual(
    year: int, lines: Sequence[Line], problems: Sequence[Problem], *, actor: Actor, reason: str
) -> Imported:
    """Take over all *lines*, or none: `Invalid` names every cell that stands in the way.

    A line that says what is there already is left alone, so that a workbook sent twice
    changes nothing the second time.
    """
    found = list(problems)
    numbers = [line.number for line in lines]
    query = select(Enterprise).where(Enterprise.registry_number.in_(numbers))
    enterprises = {one.registry_number: one for one in db.session.scalars(query)}
    there = _targets([one.id for one in enterprises.values()], year)
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
        details, wrong = read_annual(line.cells, known)
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
    return _taken(wanted, year, actor=actor, reason=reason)


def _says(row: AnnualTarget | None, details: AnnualDetails) -> bool:
    return row is not None and details_of(row) == details


def _shown(line: Line) -> int | None:
    text = str(line.version or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _taken(wanted: Sequence[_Wanted], year: int, *, actor: Actor, reason: str) -> Imported:
    new = changed = 0
    for one in wanted:
        if _says(one.there, one.details):
            continue
        shown = one.there.version if one.there else None
        set_annual_target(
            one.enterprise, year, one.details, actor=actor, reason=reason, shown=shown
        )
        new, changed = (new, changed + 1) if one.there else (new + 1, changed)
    return Imported(new, changed, len(wanted) - new - changed)
