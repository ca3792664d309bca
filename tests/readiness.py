"""What a filing needs besides its figures to be submitted: files, and explained warnings."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

from sqlalchemy import delete

from app.audit.actor import Actor
from app.core.clock import now
from app.core.db import db
from app.filings.alarms.checking import said_of
from app.filings.alarms.models import Explanation, Reason
from app.filings.figures import Figures
from app.filings.models import Filing
from app.filings.printing import SHORT, hash_of
from app.filings.queries import attachments_of, book_around, current_figures
from app.filings.sheets.attachment import Attachment, AttachmentKind

WHY = "The second line stood still for its yearly overhaul."


def following(sheets: dict[str, list[dict[str, Any]]], carried: Figures) -> dict[str, Any]:
    """The rows of *sheets* with the stocks that were carried from the quarter before."""
    rows = deepcopy(sheets)
    for key, code, name in (
        ("S2", "energy_code", "opening_stock"),
        ("R1", "waste_code", "opening_storage"),
    ):
        for row in rows[key]:
            known = carried.get(key, {}).get(row[code], {}).get(name)
            if known is not None:
                row[name] = known
    return rows


def make_ready(filing: Filing, actor: Actor) -> None:
    """Attach what is asked for and is not there yet, and explain every open warning."""
    if not filing.review.state.is_open:
        return
    around = book_around(filing)
    figures = current_figures(filing, around)
    _attach(filing, actor, hash_of(filing, figures)[:SHORT])
    for one in said_of(filing, figures, around).open:
        if one.alarm.severity.value == "warning":
            _explain(filing, actor, one)
    db.session.flush()


def _attach(filing: Filing, actor: Actor, code: str) -> None:
    there = attachments_of(filing)
    kinds = {one.kind for one in there}
    months = ",".join(map(str, filing.period.months))
    if AttachmentKind.MONTHLY_REPORT not in kinds:
        _file(filing, actor, AttachmentKind.MONTHLY_REPORT, months_covered=months)
    if filing.quarter == 4 and AttachmentKind.ANNUAL_REPORT not in kinds:
        _file(filing, actor, AttachmentKind.ANNUAL_REPORT)
    stamped = [one for one in there if one.kind is AttachmentKind.STAMPED_SUMMARY]
    version = Decimal(filing.version_no)
    if not stamped or (stamped[-1].summary_version, stamped[-1].summary_hash8) != (version, code):
        for old in stamped:
            db.session.execute(delete(Attachment).where(Attachment.id == old.id))
        _file(
            filing,
            actor,
            AttachmentKind.STAMPED_SUMMARY,
            summary_version=version,
            summary_hash8=code,
        )


def _file(filing: Filing, actor: Actor, kind: AttachmentKind, **values: object) -> None:
    name = f"{kind.value}.pdf"
    db.session.add(
        Attachment(
            filing_id=filing.id,
            place=filing.place,
            key=str(max((int(a.key) for a in attachments_of(filing)), default=0) + 1),
            kind=kind,
            file_name=name,
            media_type="application/pdf",
            size=1,
            sha256=f"{filing.id:032d}{kind.value:0>32}"[:64],
            uploaded_by_id=actor.id,
            uploaded_by=actor.name,
            uploaded_at=now(),
            **values,
        )
    )
    db.session.flush()


def _explain(filing: Filing, actor: Actor, one: object) -> None:
    said = one.explanation or Explanation(filing_id=filing.id, place=filing.place)
    said.code, said.key, said.column, said.label = one.mark
    said.fingerprint, said.reason, said.text = one.alarm.fingerprint, Reason.MAINTENANCE, WHY
    said.given_by_id, said.given_by, said.given_at = actor.id, actor.name, now()
    db.session.add(said)
