"""Attach files to a filing and take them off again (sheet A1)."""

from collections.abc import Mapping
from typing import IO, Any

from flask_babel import gettext as _
from sqlalchemy import delete, select

from app.audit.actor import Actor
from app.audit.record import record
from app.checks.book import Book, Line
from app.core.clock import now
from app.core.db import db
from app.core.errors import Conflict, Invalid, Problem
from app.core.period import Quarter
from app.core.storage import LocalStorage
from app.core.unit import wait_for_turn
from app.core.uploads import LARGEST, media_type, plain_name
from app.filings.models import Filing
from app.filings.operations import open_for_editing
from app.filings.printing import SHORT, hash_now
from app.filings.queries import attachments_of
from app.filings.sheets.attachment import Attachment, AttachmentKind
from app.regions.scope import looking_everywhere


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
    open_for_editing(filing, actor=actor, figures=False)
    name = plain_name(file_name)
    values = _cells_of_file(cells, filing)
    kept = storage.put(stream, LARGEST)
    _must_be_new(filing, kept.sha256)
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


def _must_be_new(filing: Filing, sha256: str) -> None:
    """Refuse a file that another filing has; which one is told only to who may see it.

    Two who send the same file for two filings at the same moment come one after the other.
    """
    wait_for_turn(f"attachment {sha256}")
    others = (
        select(Filing)
        .join(Attachment, Attachment.filing_id == Filing.id)
        .where(Attachment.sha256 == sha256, Filing.id != filing.id)
        .limit(1)
    )
    told = ""
    if (seen := db.session.scalars(others).first()) is not None:
        where = f"{seen.enterprise.name} {seen.period}"
        told = _("This file is attached to %(filing)s already.", filing=where)
    else:
        with looking_everywhere(db.session):
            if db.session.scalar(others.with_only_columns(Filing.id)) is not None:
                told = _("This file is attached to the filing of another enterprise already.")
    if told:
        raise Invalid(told, [Problem("file", told)])


def _cells_of_file(cells: Mapping[str, object], filing: Filing) -> dict[str, Any]:
    values, problems = Attachment.read("", cells)
    if not problems:
        values["months_covered"] = months_in(values["months_covered"] or "")
        problems = Attachment.missing(Line("A1", "", values, Book({}, {}, {})))
        problems += _of_another_time(values, filing.period)
        problems += _of_another_version(values, filing)
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


def _of_another_version(values: Mapping[str, Any], filing: Filing) -> list[Problem]:
    """F-05: what was stamped is what stands in the filing now."""
    if values["kind"] is not AttachmentKind.STAMPED_SUMMARY or values["summary_hash8"] is None:
        return []
    return stamped_otherwise(
        int(values["summary_version"] or 0), values["summary_hash8"], filing, hash_now(filing)
    )


def stamped_otherwise(version: int, code: str, filing: Filing, now: str) -> list[Problem]:
    """The problem of a stamped summary that is not of the version and hash the filing has."""
    if version == filing.version_no and code.lower() == now[:SHORT]:
        return []
    text = _(
        "The stamped summary (version %(actual)s) does not match the current data "
        "(version %(expected)s); print and stamp again.",
        actual=f"{version}, {code}",
        expected=f"{filing.version_no}, {now[:SHORT]}",
    )
    return [Problem("A1/summary_hash8", text)]


def stamp_mismatch(filing: Filing, now: str) -> list[Problem]:
    """F-05 for the newest stamped summary of a filing; nothing where there is none yet."""
    stamped = [a for a in attachments_of(filing) if a.kind is AttachmentKind.STAMPED_SUMMARY]
    if not stamped:
        return []
    last = stamped[-1]
    return stamped_otherwise(int(last.summary_version or 0), last.summary_hash8 or "", filing, now)


def _named(period: Quarter) -> str:
    return ", ".join(map(str, period.months))


def detach(filing: Filing, attachment_id: int, *, actor: Actor) -> None:
    """Take a file off the filing; its bytes stay where they are, others may use them."""
    open_for_editing(filing, actor=actor, figures=False)
    attachment = next((one for one in attachments_of(filing) if one.id == attachment_id), None)
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
