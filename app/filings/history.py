"""Earlier years: levels and final figures from before this installation, by workbook.

They were decided elsewhere, so that nobody reviews them here: the region answers for them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.actor import Actor
from app.audit.record import record
from app.core.canonical import ALGORITHM, digest
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Forbidden, Invalid, Problem
from app.core.period import Quarter, this_quarter
from app.enterprises.models import EnergyLevel, Enterprise, EnterpriseLevel, LevelSource
from app.enterprises.operations import set_level
from app.filings.figures import written
from app.filings.history_xlsx import FILINGS, LEVELS, Row, figure_fields
from app.filings.models import KIND, Filing, FilingVersion
from app.filings.sheets.profile import ProfileRow, intensity
from app.filings.values import Kind, Unreadable, read
from app.regions.queries import county_of
from app.regions.scope import Tier
from app.review.operations import enter_as_final, keep_import

FIRST_YEAR = 2000
ENERGY = "comprehensive_energy_calorific"
INTENSITIES = {  # FM-12, by what the energy is divided
    "output_intensity_calorific": (ENERGY, "gross_output_comparable"),
    "output_intensity_primary": ("comprehensive_energy_primary", "gross_output_comparable"),
    "value_added_intensity": (ENERGY, "value_added"),
}


@dataclass(frozen=True, slots=True)
class Imported:
    """How many quarters are new, corrected and as they were, and how many levels were set."""

    new: int
    changed: int
    unchanged: int
    levels: int


@dataclass(frozen=True, slots=True)
class _Quarter:
    row: Row
    enterprise: Enterprise
    period: Quarter
    figures: Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class _Level:
    enterprise: Enterprise
    year: int
    level: EnergyLevel


def import_history(
    pages: Mapping[str, Sequence[Row]],
    problems: Sequence[Problem],
    *,
    actor: Actor,
    reason: str,
) -> Imported:
    """Take over all rows of *pages*, or none: `Invalid` names every cell that stands in the way.

    *reason* says where the figures come from.  What was imported before is corrected by a
    further version; what has been filed here is never touched.  The same workbook again
    changes nothing.
    """
    if not any(Tier(root.count("/")) in (Tier.PLATFORM, Tier.REGION) for root in actor.scope.roots):
        raise Forbidden(_("Only the region imports earlier years."))
    if not reason.strip():
        raise Invalid(_("Say why."), [Problem("reason", _("Say why."))])
    found = list(problems)
    enterprises = _enterprises(pages)
    levels = _levels(pages[LEVELS], enterprises, found)
    quarters = _quarters(pages[FILINGS], enterprises, found)
    there = _there([one.enterprise.id for one in quarters])
    for one in quarters:
        kept = there.get((one.enterprise.id, one.period))
        if kept is not None and not kept.imported:
            text = _("This quarter has been filed here; it is not imported over that.")
            found.append(one.row.problem("number", text))
    if found:
        raise Invalid(_("Nothing has been imported; correct these cells first."), found)
    if not quarters and not levels:
        raise Invalid(_("There is nothing filled in in this workbook."))
    set_levels = _set_levels(levels, actor, reason.strip())
    return _taken(quarters, there, set_levels, actor, reason.strip())


def _enterprises(pages: Mapping[str, Sequence[Row]]) -> Mapping[str, Enterprise]:
    numbers = {_number(row) for rows in pages.values() for row in rows}
    query = select(Enterprise).where(Enterprise.registry_number.in_(numbers))
    return {one.registry_number: one for one in db.session.scalars(query)}


def _number(row: Row) -> str:
    """As it is registered, though Excel has taken ``000017`` for a number."""
    text = str(row.cells["number"] or "").strip()
    return text.zfill(6) if text.isascii() and text.isdigit() else text


def _known(
    row: Row, enterprises: Mapping[str, Enterprise], found: list[Problem]
) -> Enterprise | None:
    enterprise = enterprises.get(_number(row))
    if enterprise is None:
        found.append(row.problem("number", _("There is no such enterprise in your area.")))
    return enterprise


def _whole(row: Row, name: str, least: int, most: int, found: list[Problem]) -> int | None:
    try:
        value = read(row.cells[name], Kind.INT)
    except Unreadable as error:
        found.append(row.problem(name, str(error)))
        return None
    if value is None or not least <= value <= most:
        text = _("A number from %(least)s to %(most)s is expected.", least=least, most=most)
        found.append(row.problem(name, text))
        return None
    return int(value)


def _levels(
    rows: Sequence[Row], enterprises: Mapping[str, Enterprise], found: list[Problem]
) -> list[_Level]:
    levels: dict[tuple[int, int], _Level] = {}
    for row in rows:
        enterprise = _known(row, enterprises, found)
        year = _whole(row, "year", FIRST_YEAR, today().year, found)
        try:
            level = read(row.cells["level"], Kind.CHOICE, choices=EnergyLevel)
        except Unreadable as error:
            found.append(row.problem("level", str(error)))
            continue
        if enterprise is None or year is None:
            continue
        if (enterprise.id, year) in levels:
            found.append(row.problem("year", _("This year stands there twice.")))
        levels[enterprise.id, year] = _Level(enterprise, year, level)
    return list(levels.values())


def _quarters(
    rows: Sequence[Row], enterprises: Mapping[str, Enterprise], found: list[Problem]
) -> list[_Quarter]:
    quarters: dict[tuple[int, Quarter], _Quarter] = {}
    this = this_quarter()
    for row in rows:
        enterprise = _known(row, enterprises, found)
        year = _whole(row, "year", FIRST_YEAR, this.year, found)
        quarter = _whole(row, "quarter", 1, 4, found)
        figures = _figures(row, found)
        if enterprise is None or year is None or quarter is None:
            continue
        period = Quarter(year, quarter)
        if period >= this:
            found.append(row.problem("quarter", _("This quarter has not ended.")))
        if (enterprise.id, period) in quarters:
            found.append(row.problem("quarter", _("This quarter stands there twice.")))
        quarters[enterprise.id, period] = _Quarter(row, enterprise, period, figures)
    return list(quarters.values())


def _figures(row: Row, found: list[Problem]) -> dict[str, Decimal | None]:
    figures: dict[str, Decimal | None] = {}
    for name, what in figure_fields().items():
        try:
            # whoever gives away more energy than is brought in consumes less than nothing
            negative = what.negative or not what.typed
            figures[name] = read(row.cells[name], what.kind, negative=negative)
        except Unreadable as error:
            figures[name] = None
            found.append(row.problem(name, str(error)))
        else:
            if name == ENERGY and figures[name] is None:
                found.append(row.problem(name, _("This is needed.")))
    for name, (energy, value) in INTENSITIES.items():
        above, below = figures[energy], figures[value]
        figures[name] = None if above is None or below is None else intensity(above, below)
    return figures


def _there(enterprise_ids: Sequence[int]) -> Mapping[tuple[int, Quarter], Filing]:
    query = select(Filing).where(Filing.enterprise_id.in_(set(enterprise_ids)))
    return {(one.enterprise_id, one.period): one for one in db.session.scalars(query)}


def _set_levels(levels: Sequence[_Level], actor: Actor, reason: str) -> int:
    """Those that are not so already; a year that has a level of another source keeps it."""
    ids = {one.enterprise.id for one in levels}
    query = select(EnterpriseLevel).where(EnterpriseLevel.enterprise_id.in_(ids))
    there = {(row.enterprise_id, row.year): row for row in db.session.scalars(query)}
    done = 0
    for one in levels:
        row = there.get((one.enterprise.id, one.year))
        if row and (row.level is one.level or row.source is not LevelSource.IMPORTED):
            continue
        source = LevelSource.IMPORTED
        set_level(one.enterprise, one.year, one.level, actor=actor, source=source, reason=reason)
        done += 1
    return done


def _taken(
    quarters: Sequence[_Quarter],
    there: Mapping[tuple[int, Quarter], Filing],
    levels: int,
    actor: Actor,
    reason: str,
) -> Imported:
    in_force = _in_force([one.enterprise.id for one in quarters])
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    told: dict[tuple[int, int], dict[str, Any]] = defaultdict(dict)
    for one in quarters:
        content = _content(one)
        data_hash = digest(content)
        filing = there.get((one.enterprise.id, one.period))
        if filing is not None and filing.data_hash == data_hash:
            counts["unchanged"] += 1
            continue
        counts["new" if filing is None else "changed"] += 1
        if filing is None:
            filing = _new_filing(one, in_force)
        else:
            filing.version_no += 1
        filing.data_hash = data_hash
        filing.last_edited_by_id = actor.id
        _keep(filing, one, content, actor, reason)
        told[one.enterprise.id, one.period.year][str(one.period)] = data_hash
    for (pk, year), hashes in told.items():
        # one entry a year: four would say no more, and an entry is the costly part
        enterprise = next(one.enterprise for one in quarters if one.enterprise.id == pk)
        place = enterprise.place
        facts = {"year": year, "hashes": hashes, "reason": reason}
        record("filing:import", enterprise, actor=actor, place=place, **facts)
    return Imported(**counts, levels=levels)


def _content(one: _Quarter) -> str:
    header = {
        "enterprise": one.enterprise.registry_number,
        "report_year": one.period.year,
        "report_quarter": one.period.quarter,
        "value_basis": "quarter",
    }
    return written({"S1": {"": dict(one.figures)}}, header)


def _new_filing(one: _Quarter, in_force: Mapping[int, list[tuple[int, EnergyLevel]]]) -> Filing:
    enterprise, period = one.enterprise, one.period
    past = [level for year, level in in_force.get(enterprise.id, ()) if year <= period.year]
    level = past[-1] if past else EnergyLevel.LT_500K
    filing = Filing(
        enterprise=enterprise,
        place=enterprise.place,
        year=period.year,
        quarter=period.quarter,
        energy_level=level,
        enterprise_class=enterprise.enterprise_class,
        county_review_enabled=False,
        region_code=county_of(enterprise.place).split("/")[2],
        industry_code=enterprise.industry_code,
        imported=True,
        review=enter_as_final(
            KIND,
            f"{enterprise.name} {period}",
            enterprise.place,
            str(period),
            search=enterprise.search,
            is_large=level is EnergyLevel.GE_500K,
        ),
    )
    db.session.add(filing)
    db.session.flush()
    return filing


def _in_force(enterprise_ids: Sequence[int]) -> Mapping[int, list[tuple[int, EnergyLevel]]]:
    """The levels of enterprises in the order of the years."""
    query = select(EnterpriseLevel.enterprise_id, EnterpriseLevel.year, EnterpriseLevel.level)
    query = query.where(EnterpriseLevel.enterprise_id.in_(set(enterprise_ids)))
    found: dict[int, list[tuple[int, EnergyLevel]]] = defaultdict(list)
    for pk, year, level in db.session.execute(query.order_by(EnterpriseLevel.year)):
        found[pk].append((year, level))
    return found


def _keep(filing: Filing, one: _Quarter, content: str, actor: Actor, reason: str) -> None:
    """The figures, the version that says the same, and the step in the ledger."""
    row = None
    if filing.version_no > 1:
        row = db.session.scalars(
            select(ProfileRow).where(ProfileRow.filing_id == filing.id)
        ).one_or_none()
    if row is None:
        row = ProfileRow(filing_id=filing.id, place=filing.place, key="")
        db.session.add(row)
    for name, value in one.figures.items():
        setattr(row, name, value)
    version = FilingVersion(
        filing_id=filing.id,
        place=filing.place,
        number=filing.version_no,
        content=content,
        algorithm=ALGORITHM,
        hash=filing.data_hash,
        submitted_at=now(),
        submitted_by_id=actor.id,
        submitted_by=actor.name[:128],
    )
    db.session.add(version)
    keep_import(
        filing.review,
        actor=actor,
        reason=reason,
        number=filing.version_no,
        seen_hash=filing.data_hash,
    )
