"""Reading what an enterprise has handed in for a year: files, answers, remarks."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from app.core.clock import today
from app.core.db import db
from app.enterprises.models import Enterprise
from app.inspection.catalogue import questions_in
from app.inspection.duties import Duties, Duty
from app.inspection.kinds import FileState, Question
from app.inspection.models import InspectionAnswer, InspectionFile, InspectionRemark
from app.inspection.periods import file_state
from app.inspection.planning import Planned, planned_in
from app.inspection.sources import SOURCES


@dataclass(frozen=True, slots=True)
class Held:
    """A file as the page and the archive need it, of its own or taken from elsewhere."""

    id: int | None  # None: it lies elsewhere
    file_name: str
    media_type: str
    size: int
    sha256: str
    part: str
    state: FileState
    valid_from: date | None
    expires_on: date | None
    uploaded_by: str
    uploaded_at: datetime
    address: str  # to take it away
    shown_at: str  # to look at it in a frame
    replaced: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """A question on which documents depend, with the answer and those before it."""

    question: Question
    given: InspectionAnswer | None
    earlier: Sequence[InspectionAnswer]

    @property
    def shown(self) -> int:
        """The number of the newest answer, to see whether somebody was faster."""
        return max((one.number for one in (self.given, *self.earlier) if one), default=0)


@dataclass(frozen=True, slots=True)
class Item:
    """A document on the page of an enterprise: how it stands, its files, what was said of it."""

    duty: Duty
    files: Sequence[Held]
    remarks: Sequence[InspectionRemark]
    place: str = ""  # where it is handed in, if that is elsewhere

    @property
    def current(self) -> Sequence[Held]:
        return [one for one in self.files if one.state is not FileState.SUPERSEDED]

    @property
    def superseded(self) -> Sequence[Held]:
        return [one for one in self.files if one.state is FileState.SUPERSEDED]


def items_of(enterprise: Enterprise, year: int, *, open_files: bool = True) -> Sequence[Item]:
    """What *year* asks of one enterprise, in the order of the manual; seven statements.

    Without *open_files* whoever asks may not see the files, only whether they are there.
    """
    duties = Duties(year, numbers=[enterprise.id])
    rows = db.session.scalars(duties.rows().order_by(*duties.order)).all()
    said = _remarks(enterprise, year)
    own = _files(enterprise, year) if open_files else {}
    linked = _linked(enterprise, year, duties.planned) if open_files else {}
    return [
        Item(
            duty,
            (linked if duty.document.taken_from else own).get(duty.planned.key, ()),
            said.get(duty.document.code, ()),
            _place(enterprise, year, duty.planned),
        )
        for duty in rows
    ]


def asked_of(enterprise: Enterprise, year: int) -> Sequence[Asking]:
    """The questions of *year* with their answers."""
    query = select(InspectionAnswer).where(InspectionAnswer.enterprise_id == enterprise.id)
    found: dict[Question, list[InspectionAnswer]] = defaultdict(list)
    for one in db.session.scalars(query.order_by(InspectionAnswer.number.desc())):
        found[one.question].append(one)
    return [
        Asking(
            question,
            next((a for a in found[question] if a.from_year <= year <= a.until_year), None),
            [a for a in found[question] if not a.from_year <= year <= a.until_year],
        )
        for question in questions_in(year)
    ]


def _files(enterprise: Enterprise, year: int) -> Mapping[tuple[str, int], Sequence[Held]]:
    """The files that count in *year* or have been replaced in it, the newest first."""
    duties = {one.key: one for one in planned_in(year)}
    mine = InspectionFile
    query = select(mine).where(mine.enterprise_id == enterprise.id, mine.year <= year)
    found: dict[tuple[str, int], list[Held]] = defaultdict(list)
    for row in db.session.scalars(query.order_by(mine.part, mine.id.desc())):
        planned = duties.get((row.code, row.quarter))
        if planned is not None and row.year >= planned.asked.since:
            found[planned.key].append(_held(row, planned, year))
    return found


def _held(row: InspectionFile, planned: Planned, year: int) -> Held:
    parts = planned.document.parts
    gone = _("replaced by %(who)s", who=row.replaced_by) if row.replaced_at else ""
    return Held(
        id=row.id,
        file_name=row.file_name,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        part=parts[row.part - 1] if len(parts) > 1 and row.part <= len(parts) else "",
        state=file_state(row.replaced_year, row.expires_on, year=year, today=today()),
        valid_from=row.valid_from,
        expires_on=row.expires_on,
        uploaded_by=row.uploaded_by,
        uploaded_at=row.uploaded_at,
        replaced=gone,
        address=url_for("InspectionFileView.file", pk=row.id),
        shown_at=url_for("InspectionFileView.shown", pk=row.id),
    )


def _linked(
    enterprise: Enterprise, year: int, planned: Sequence[Planned]
) -> Mapping[tuple[str, int], Sequence[Held]]:
    found = {}
    for key, source in SOURCES.items():
        there = source.files([enterprise.id], year)
        for one in planned:
            if one.document.taken_from == key:
                files = there.get((enterprise.id, one.asked.quarter), ())
                found[one.key] = [
                    Held(
                        id=None,
                        part="",
                        state=FileState.CURRENT,
                        valid_from=None,
                        expires_on=None,
                        file_name=file.file_name,
                        media_type=file.media_type,
                        size=file.size,
                        sha256=file.sha256,
                        uploaded_by=file.uploaded_by,
                        uploaded_at=file.uploaded_at,
                        address=file.address,
                        shown_at=file.shown_at,
                    )
                    for file in files
                ]
    return found


def _place(enterprise: Enterprise, year: int, planned: Planned) -> str:
    source = SOURCES.get(planned.document.taken_from)
    return source.place_of(enterprise.id, year, planned.asked.quarter) if source else ""


def _remarks(enterprise: Enterprise, year: int) -> Mapping[str, Sequence[InspectionRemark]]:
    query = select(InspectionRemark).where(
        InspectionRemark.enterprise_id == enterprise.id, InspectionRemark.year == year
    )
    found: dict[str, list[InspectionRemark]] = defaultdict(list)
    for one in db.session.scalars(query.order_by(InspectionRemark.id)):
        found[one.code].append(one)
    return found
