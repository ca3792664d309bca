"""Open a filing, fill its sheets, waive the order of quarters; files: `attaching`."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.audit.actor import Actor
from app.audit.record import record
from app.checks.book import Book
from app.core.clock import today
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from app.core.period import Quarter
from app.enterprises.classes import class_of
from app.enterprises.models import EnergyLevel, Enterprise
from app.enterprises.moves import place_in
from app.enterprises.queries import level_of
from app.enterprises.start_stop import stop_in, stopped_text
from app.filings.catalogue import hold_still
from app.filings.figures import Figures, overgrown, worked_out
from app.filings.models import KIND, Filing
from app.filings.queries import (
    book_around,
    fills_in,
    find_filing,
    open_period,
    sheets_of,
    working_figures,
)
from app.filings.sheets import SHEETS
from app.filings.sheets.project import ProjectStatus
from app.regions.queries import county_of, reviews_in_county
from app.regions.scope import Tier
from app.review.operations import begin
from app.review.turns import locked, take_up
from app.targets.queries import plan_of


def open_filing(enterprise: Enterprise, period: Quarter, *, actor: Actor) -> Filing:
    """Begin the filing of *period*, with profile, signatures and stocks carried forward."""
    if Tier.ENTERPRISE not in actor.tiers_at(enterprise.place):
        raise Forbidden(_("Only the enterprise files its quarter."))
    must_be_enabled(enterprise, period)
    open_period(period, today())
    if find_filing(enterprise.id, period) is not None:
        raise Conflict(_("There is already a filing for %(period)s.", period=period))
    place = place_in(enterprise, date(period.year, 3 * period.quarter - 2, 1))
    filing = Filing(
        enterprise=enterprise,
        place=place,
        year=period.year,
        quarter=period.quarter,
        last_edited_by_id=actor.id,
        review=begin(KIND, f"{enterprise.name} {period}", place, str(period), enterprise.search),
    )
    take_snapshot(filing)
    db.session.add(filing)
    db.session.flush()
    earlier = find_filing(enterprise.id, period.previous)
    if earlier is not None:
        hold_still()
        begun = carried(working_figures(earlier))
        if plan_of(period.year) != plan_of(period.previous.year):
            del begun["S4"]  # a plan begins, and with it the method of its savings
        _keep(filing, worked_out(begun, book_around(filing)))
    record("filing:open", filing, actor=actor, place=filing.place, period=str(period))
    return filing


def must_be_enabled(enterprise: Enterprise, period: Quarter) -> None:
    """F-09: a stopped enterprise neither files nor changes what it has begun."""
    if stop := stop_in(enterprise.id, period):
        raise Conflict(stopped_text(stop))


def take_snapshot(filing: Filing) -> None:
    """Level, class, county switch, place and industry as they are at this moment."""
    enterprise = filing.enterprise
    filing.energy_level = level_of(enterprise, filing.year)
    filing.enterprise_class = class_of(enterprise, filing.year)
    filing.county_review_enabled = reviews_in_county(filing.place)
    filing.region_code = county_of(filing.place).split("/")[2]
    filing.industry_code = enterprise.industry_code


def is_large(filing: Filing) -> bool:
    """By the level of enterprise and year, never by the filing at hand (FM-20)."""
    return level_of(filing.enterprise, filing.year) is EnergyLevel.GE_500K


def fill_sheet(
    filing: Filing,
    key: str,
    rows: Sequence[Mapping[str, object]],
    *,
    actor: Actor,
    shown: int | None = None,
) -> None:
    """Put *rows* in place of those of one sheet; see `fill_sheets`."""
    fill_sheets(filing, {key: rows}, actor=actor, shown=shown)


def fill_sheets(
    filing: Filing,
    sheets: Mapping[str, Sequence[Mapping[str, object]]],
    *,
    actor: Actor,
    shown: int | None = None,
) -> None:
    """Put rows in place of those of *sheets*, and reckon the whole filing anew, once.

    A row is its cells by column; of a sheet with keys, the column of the key tells which.  All
    or nothing: `Invalid` names every cell that cannot be read.  What still stands in the way of
    submission is told by `checking.still_to_do`.
    """
    open_for_editing(filing, actor=actor, shown=shown)
    hold_still()
    if sheets.keys() - sheets_of(filing).keys():
        raise NotFound(_("There is no such sheet."))
    around = book_around(filing)
    figures, problems = tried_out(filing, sheets, around)
    if problems:
        raise Invalid(_("Some cells cannot be read; nothing has been saved."), problems)
    if too_large := overgrown(figures):
        raise Invalid(_("Some figures are too large; nothing has been saved."), too_large)
    _keep(filing, figures)
    filing.last_edited_by_id = actor.id
    flag_modified(filing, "last_edited_by_id")  # the revision rises, whoever saves again
    for key, rows in sheets.items():
        record("filing:fill", filing, actor=actor, place=filing.place, sheet=key, rows=len(rows))


def tried_out(
    filing: Filing, sheets: Mapping[str, Sequence[Mapping[str, object]]], around: Book
) -> tuple[Figures, list[Problem]]:
    """The figures as they would be with *sheets* filled in, and the cells that cannot be read.

    Such cells count as empty.  Nothing is kept.
    """
    figures = working_figures(filing)
    problems: list[Problem] = []
    for key, rows in sheets.items():
        read, wrong = _read(key, rows, around)
        accepts = SHEETS[key].sheet.accepts
        figures[key] = {row: cells for row, cells in read.items() if accepts(row, around)}
        problems += wrong
    return worked_out(figures, around), problems


def open_for_editing(
    filing: Filing, *, actor: Actor, shown: int | None = None, figures: bool = True
) -> None:
    """Lock the filing for this change, or say why it cannot be changed.

    Without *figures* it is a change of what goes with them: also after a return of the
    attachments alone.
    """
    if not fills_in(filing, actor):
        raise Forbidden(_("Only the enterprise changes its figures."))
    review = locked(filing.review_id)
    db.session.refresh(filing, with_for_update=True)
    if not review.state.is_open:
        raise Conflict(
            _("The filing stands at “%(state)s”; it cannot be changed.", state=review.state.label)
        )
    if figures and not review.figures_open:
        raise Conflict(_("Only the attachments were returned; the figures are locked."))
    must_be_enabled(filing.enterprise, filing.period)
    if shown is not None and shown != filing.revision:
        raise Conflict(_("Someone else has just changed this filing; reload and look again."))
    take_up(review)


def _read(
    key: str, rows: Sequence[Mapping[str, object]], around: Book
) -> tuple[dict[str, dict[str, Any]], list[Problem]]:
    """The values of a sheet's rows by their keys, and what cannot be read."""
    kind = SHEETS[key]
    keyed = kind.sheet.keyed
    if kind.sheet.made is not None:
        told = _("The system makes this sheet; nothing is filled in.")
        raise Invalid(told, [Problem(key, told)])
    values: dict[str, dict[str, Any]] = {}
    problems: list[Problem] = []
    if keyed is None and len(rows) != 1:
        raise Invalid(_("This sheet has exactly one row."), [Problem(key, _("One row expected."))])
    for cells in rows:
        code = str(cells.get(kind.sheet.key_name, ""))
        where = f"{key}/{code[:12]}"
        if keyed is not None and (refusal := keyed.refusal(code, around)):
            problems.append(Problem(where, refusal))
        elif code in values:
            problems.append(Problem(where, _("“%(key)s” stands there twice.", key=code)))
        values[code], wrong = kind.read(code, cells)
        problems += wrong
    return values, problems


def reckon_anew(filing: Filing) -> None:
    """Keep the derived columns as they come out with what is known when it is handed in."""
    _keep(filing, worked_out(working_figures(filing), book_around(filing)))


def _keep(filing: Filing, figures: Figures) -> None:
    """Write the figures to their tables, in place of what was there."""
    for sheet, kind in SHEETS.items():
        kept = {
            r.key: r for r in db.session.scalars(select(kind).where(kind.filing_id == filing.id))
        }
        for key, values in figures.get(sheet, {}).items():
            row = kept.pop(key, None)
            if row is None:
                row = kind(filing_id=filing.id, place=filing.place, key=key)
                db.session.add(row)
            for name, value in values.items():
                setattr(row, name, value)
        for gone in kept.values():
            db.session.delete(gone)
    db.session.flush()


CARRIED = ("adopted_coefficient", "coefficient_basis")
KEPT_OF_PRODUCTS = ("annual_capacity", "correction_factor", "correction_reason")
OVER = (ProjectStatus.COMPLETED, ProjectStatus.CANCELLED)
ECONOMICS = (
    "gross_output_current gross_output_comparable value_added sales_revenue tax_and_profit "
    "production_cost energy_cost"
).split()


def carried(figures: Figures) -> Figures:
    """What the next quarter begins with: who signs, the profile, and stocks of carriers used."""
    profile = {k: {**row, **dict.fromkeys(ECONOMICS)} for k, row in figures.get("S1", {}).items()}
    header = {k: {**row, "prepared_on": None} for k, row in figures.get("F0", {}).items()}
    stocks = {
        key: {"opening_stock": row["closing_stock"], **{name: row[name] for name in CARRIED}}
        for key, row in figures.get("S2", {}).items()
    }
    storage = {
        key: {"opening_storage": row["closing_storage"], "storage_site": row["storage_site"]}
        for key, row in figures.get("R1", {}).items()
    }
    capacities = {
        key: {name: row[name] for name in KEPT_OF_PRODUCTS}
        for key, row in figures.get("S6", {}).items()
    }
    licence = {
        k: {"licensed_intake": row["licensed_intake"]} for k, row in figures.get("W1", {}).items()
    }
    method = {
        k: {"saving_method": row["saving_method"]} for k, row in figures.get("S4", {}).items()
    }
    return {
        "F0": header,
        "S1": profile,
        "S2": stocks,
        "S3": {},
        "S4": method,
        "S5": _projects_going_on(figures.get("S5", {})),
        "S6": capacities,
        "W1": licence,
        "R1": storage,
    }


def _projects_going_on(projects: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Those not over yet (H-07), as they stood; what was saved is of the quarter and goes."""
    return {
        key: {**row, "actual_saving": None}
        for key, row in projects.items()
        if row["status"] not in OVER
    }


def waive_earlier(filing: Filing, *, actor: Actor, reason: str) -> None:
    """Let the filing become final before the quarter before it is (question 7)."""
    if not actor.tiers_at(filing.place) & {Tier.PLATFORM, Tier.REGION}:
        raise Forbidden(_("Only the region waives the order of quarters."))
    if not reason.strip():
        raise Invalid(_("Say why."), [Problem("reason", _("Say why."))])
    filing.earlier_waived = True
    record("filing:waive_earlier", filing, actor=actor, place=filing.place, reason=reason.strip())
