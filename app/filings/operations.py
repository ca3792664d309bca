"""Open a filing, fill its sheets, attach files, waive the order of quarters."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import IO, Any

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm.attributes import flag_modified

from app.audit.actor import Actor
from app.audit.record import record
from app.checks.book import Book, Line
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, Problem
from app.core.period import Quarter
from app.core.storage import LocalStorage
from app.core.uploads import LARGEST, media_type, plain_name
from app.enterprises.classes import class_of
from app.enterprises.models import EnergyLevel, Enterprise
from app.enterprises.moves import place_in
from app.enterprises.queries import level_of
from app.enterprises.start_stop import stop_in, stopped_text
from app.filings.figures import Figures, findings, overgrown, worked_out
from app.filings.models import KIND, Filing
from app.filings.queries import (
    attachments_of,
    book_around,
    fills_in,
    find_filing,
    open_period,
    working_figures,
)
from app.filings.sheets import SHEETS
from app.filings.sheets.attachment import Attachment, AttachmentKind
from app.filings.sheets.project import ProjectStatus
from app.regions.queries import county_of, reviews_in_county
from app.regions.scope import Tier
from app.review.operations import begin, locked


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
        review=begin(KIND, f"{enterprise.name} {period}", place, str(period)),
    )
    take_snapshot(filing)
    db.session.add(filing)
    db.session.flush()
    earlier = find_filing(enterprise.id, period.previous)
    if earlier is not None:
        _keep(filing, worked_out(_carried(working_figures(earlier)), book_around(filing)))
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
) -> list[Problem]:
    """Put *rows* in place of those of the sheet, and reckon the whole filing anew.

    A row is its cells by column; of a sheet by carrier, ``energy_code`` tells which.  All or
    nothing: `Invalid` names every cell that cannot be read.  Returns what still stands in the
    way of submission.
    """
    _open_for_editing(filing, actor, shown)
    figures = working_figures(filing)
    figures[key] = _read(filing, key, rows)
    around = book_around(filing)
    figures = worked_out(figures, around)
    if too_large := overgrown(figures):
        raise Invalid(_("Some figures are too large; nothing has been saved."), too_large)
    _keep(filing, figures)
    filing.last_edited_by_id = actor.id
    flag_modified(filing, "last_edited_by_id")  # the revision rises, whoever saves again
    record("filing:fill", filing, actor=actor, place=filing.place, sheet=key, rows=len(rows))
    return findings(figures, around)


def _open_for_editing(filing: Filing, actor: Actor, shown: int | None) -> None:
    """Lock the filing for this change, or say why it cannot be changed."""
    if not fills_in(filing, actor):
        raise Forbidden(_("Only the enterprise changes its figures."))
    review = locked(filing.review_id)
    db.session.refresh(filing, with_for_update=True)
    if not review.state.is_open:
        raise Conflict(
            _("The filing stands at “%(state)s”; it cannot be changed.", state=review.state.label)
        )
    must_be_enabled(filing.enterprise, filing.period)
    if shown is not None and shown != filing.revision:
        raise Conflict(_("Someone else has just changed this filing; reload and look again."))


def _read(
    filing: Filing, key: str, rows: Sequence[Mapping[str, object]]
) -> dict[str, dict[str, Any]]:
    kind, around = SHEETS[key], book_around(filing)
    keyed = kind.sheet.keyed
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
    if problems:
        raise Invalid(_("Some cells cannot be read; nothing has been saved."), problems)
    return values


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


def _carried(figures: Figures) -> Figures:
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
    licence = {k: {"licensed_intake": row["licensed_intake"]} for k, row in figures["W1"].items()}
    return {
        "F0": header,
        "S1": profile,
        "S2": stocks,
        "S3": {},
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


def attach(
    filing: Filing,
    stream: IO[bytes],
    file_name: str,
    cells: Mapping[str, object],
    *,
    storage: LocalStorage,
    actor: Actor,
) -> Attachment:
    """Attach a file with its *cells* of sheet A1; its type is told by its bytes.

    `Invalid` names the cell or the file that is wrong.
    """
    _open_for_editing(filing, actor, None)
    name = plain_name(file_name)
    values = _cells_of_file(cells, filing.period)
    kept = storage.put(stream, LARGEST)
    there = [int(one.key) for one in attachments_of(filing)]
    attachment = Attachment(
        filing_id=filing.id,
        place=filing.place,
        key=str(max(there, default=0) + 1),
        file_name=name or _("without a name"),
        media_type=media_type(storage, kept.sha256, name),
        size=kept.size,
        sha256=kept.sha256,
        uploaded_by_id=actor.id,
        uploaded_by=actor.name,
        uploaded_at=now(),
        **values,
    )
    db.session.add(attachment)
    record(
        "filing:attach",
        filing,
        actor=actor,
        place=filing.place,
        file_name=attachment.file_name,
        sha256=kept.sha256,
        size=kept.size,
        **values,
    )
    return attachment


def _cells_of_file(cells: Mapping[str, object], period: Quarter) -> dict[str, Any]:
    values, problems = Attachment.read("", cells)
    if not problems:
        values["months_covered"] = months_in(values["months_covered"] or "")
        problems = Attachment.missing(Line("A1", "", values, Book({}, {}, {})))
        problems += _of_another_time(values, period)
    if problems:
        raise Invalid(_("The file has not been attached."), problems)
    return values


def _of_another_time(values: Mapping[str, Any], period: Quarter) -> list[Problem]:
    """The annual report comes with the fourth quarter, monthly ones with their own (A1)."""
    if values["kind"] is AttachmentKind.ANNUAL_REPORT and period.quarter != 4:
        return [Problem("A1/kind", _("The annual report is attached to the fourth quarter."))]
    months = [int(month) for month in (values["months_covered"] or "").split(",") if month]
    if set(months) <= set(period.months):
        return []
    text = _("%(period)s has the months %(months)s.", period=period, months=_named(period))
    return [Problem("A1/months_covered", text)]


def _named(period: Quarter) -> str:
    return ", ".join(map(str, period.months))


def detach(filing: Filing, attachment_id: int, *, actor: Actor) -> None:
    """Take a file off the filing; its bytes stay where they are, others may use them."""
    _open_for_editing(filing, actor, None)
    found = select(Attachment).where(
        Attachment.id == attachment_id, Attachment.filing_id == filing.id
    )
    attachment = db.session.scalars(found).one_or_none()
    if attachment is None:
        raise Conflict(_("The file is no longer there."))
    record(
        "filing:detach",
        filing,
        actor=actor,
        place=filing.place,
        file_name=attachment.file_name,
        sha256=attachment.sha256,
    )
    db.session.execute(delete(Attachment).where(Attachment.id == attachment.id))


def months_in(text: str) -> str | None:
    """``"3, 1，2"`` is ``"1,2,3"``; None where no month is named."""
    words = [word.strip() for word in text.replace("，", ",").split(",")]
    months = sorted({int(word) for word in words if word.isascii() and word.isdigit()})
    return ",".join(map(str, months)) if months and 1 <= months[0] <= months[-1] <= 12 else None
