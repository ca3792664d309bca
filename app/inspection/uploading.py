"""Upload a file of a document: it replaces the one before, which is kept and superseded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO

from flask_babel import gettext as _
from sqlalchemy import Select, or_, select

from app.audit.actor import Actor
from app.audit.record import record
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, Problem
from app.core.storage import LocalStorage
from app.core.unit import wait_for_turn
from app.core.uploads import LARGEST, media_type, plain_name
from app.enterprises.models import Enterprise
from app.inspection.catalogue import document_in
from app.inspection.models import InspectionDocument, InspectionFile
from app.inspection.periods import asked_in

YEARS = 5  # so many years back something can still be uploaded
LONGEST_VALID = 30  # years from today, and back


@dataclass(frozen=True, slots=True)
class Details:
    """What is said of a file: for which part, from when and until when it is valid.

    `beside`: it does not replace those that are there, where a document has several.
    """

    part: int = 1
    quarter: int = 0
    valid_from: date | None = None
    expires_on: date | None = None
    beside: bool = False


def upload(
    enterprise: Enterprise,
    year: int,
    code: str,
    stream: IO[bytes],
    file_name: str,
    details: Details,
    *,
    storage: LocalStorage,
    actor: Actor,
) -> InspectionFile:
    """Put a file to the document *code* of *year*; its type is told by its bytes.

    `NotFound` for a document that the year does not ask for, `Conflict` for the file that is
    there already (a second click), `Invalid` for what is wrong with the file or its days.
    """
    document = document_in(year, code)
    if not actor.scope.admits(enterprise.place):
        raise Forbidden(_("%(what)s lies outside your area.", what=enterprise))
    _check(document, year, details)
    name = plain_name(file_name)
    kept = storage.put(stream, LARGEST)
    kind = media_type(storage, kept.sha256, name)
    wait_for_turn(f"inspection {enterprise.id} {code}")
    there = _there(enterprise, document, year, details)
    if any(one.sha256 == kept.sha256 for one in there):
        raise Conflict(_("This very file is there already."))
    replaced = [] if details.beside and document.several else there
    for one in replaced:
        _replace(one, year, actor)
    file = InspectionFile(
        enterprise_id=enterprise.id,
        place=enterprise.place,
        code=code,
        part=details.part,
        year=year,
        quarter=details.quarter,
        number=_next_number(enterprise, code, year, details),
        file_name=name or _("without a name"),
        media_type=kind,
        size=kept.size,
        sha256=kept.sha256,
        valid_from=details.valid_from,
        expires_on=details.expires_on,
        uploaded_by_id=actor.id,
        uploaded_by=actor.name[:128],
        uploaded_at=now(),
        replaced_year=_overtaken(enterprise, document, year, details),
    )
    db.session.add(file)
    record(
        "inspection:upload",
        enterprise,
        actor=actor,
        place=enterprise.place,
        code=code,
        year=year,
        file_name=file.file_name,
        sha256=kept.sha256,
        size=kept.size,
        expires_on=details.expires_on,
        replaced=[one.file_name for one in replaced],
    )
    return file


def set_aside(file: InspectionFile, year: int, *, actor: Actor) -> None:
    """Let a file count no more from *year* on, without another in its place; it is kept.

    `Conflict` if it has been replaced by then, or does not count in such a year.
    """
    wait_for_turn(f"inspection {file.enterprise_id} {file.code}")
    db.session.refresh(file)
    if file.replaced_year is not None and file.replaced_year <= year:
        raise Conflict(_("This file has been replaced already."))
    if not max(file.year, years_open().start) <= year <= today().year:
        raise Conflict(_("Nothing can be uploaded for %(year)s.", year=year))
    _replace(file, year, actor)
    record(
        "inspection:set_aside",
        file.enterprise,
        actor=actor,
        place=file.place,
        code=file.code,
        year=year,
        file_name=file.file_name,
        sha256=file.sha256,
    )


def years_open() -> range:
    """The years for which something can be uploaded: this one, and some before."""
    return range(today().year - YEARS, today().year + 1)


def _check(document: InspectionDocument, year: int, details: Details) -> None:
    problems = []
    if document.taken_from:
        raise Conflict(_("This document is taken from the quarterly filing; attach it there."))
    if year not in years_open():
        raise Conflict(_("Nothing can be uploaded for %(year)s.", year=year))
    if not 1 <= details.part <= len(document.parts):
        problems.append(Problem("part", _("Choose a part of the document.")))
    asked = {one.quarter for one in asked_in(year, document.frequency, document.due_month)}
    if details.quarter not in asked:
        problems.append(Problem("quarter", _("Choose a quarter.")))
    problems += _wrong_days(document, details)
    if problems:
        raise Invalid(_("The file has not been uploaded."), problems)


def _wrong_days(document: InspectionDocument, details: Details) -> list[Problem]:
    first, last = details.valid_from, details.expires_on
    found = []
    if document.expires and last is None:
        text = _("Say until when the certificate is valid.")
        found.append(Problem("expires_on", text))
    if first and last and last < first:
        found.append(Problem("expires_on", _("The last day lies before the first.")))
    for name, day in (("valid_from", first), ("expires_on", last)):
        if day is not None and abs(day.year - today().year) > LONGEST_VALID:
            found.append(Problem(name, _("This day is too far away.")))
    return found


def _there(
    enterprise: Enterprise, document: InspectionDocument, year: int, details: Details
) -> Sequence[InspectionFile]:
    """The files that count in *year* for this part, and so are replaced."""
    mine = InspectionFile
    query = _same(enterprise, document.code, details).where(
        mine.year <= year,
        mine.year >= _since(document, year, details),
        or_(mine.replaced_year.is_(None), mine.replaced_year > year),
    )
    return db.session.scalars(query.order_by(mine.id).with_for_update()).all()


def _overtaken(
    enterprise: Enterprise, document: InspectionDocument, year: int, details: Details
) -> int | None:
    """The year of the file that has replaced this one before it came; nearly always none."""
    if details.beside and document.several:
        return None
    mine = InspectionFile
    later = _same(enterprise, document.code, details).where(mine.year > year)
    found = db.session.scalars(later.order_by(mine.year)).first()
    return None if found is None else found.year


def _since(document: InspectionDocument, year: int, details: Details) -> int:
    asked = asked_in(year, document.frequency, document.due_month)
    return next(one.since for one in asked if one.quarter == details.quarter)


def _next_number(enterprise: Enterprise, code: str, year: int, details: Details) -> int:
    query = _same(enterprise, code, details).where(InspectionFile.year == year)
    numbers = db.session.scalars(query.with_only_columns(InspectionFile.number)).all()
    return max(numbers, default=0) + 1


def _same(enterprise: Enterprise, code: str, details: Details) -> Select[InspectionFile]:
    mine = InspectionFile
    return select(mine).where(
        mine.enterprise_id == enterprise.id,
        mine.code == code,
        mine.part == details.part,
        mine.quarter == details.quarter,
    )


def _replace(file: InspectionFile, year: int, actor: Actor) -> None:
    file.replaced_year = year
    file.replaced_at, file.replaced_by = now(), actor.name[:128]
