"""The catalogue of a year, and how the region changes it: years that are over stay as they were."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.audit.actor import Actor
from app.audit.record import record
from app.core.clock import today
from app.core.dated import in_force
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from app.core.period import Quarter
from app.core.unit import wait_for_turn
from app.inspection.kinds import Question
from app.inspection.models import InspectionDocument
from app.regions.queries import root_path


def documents_in(year: int) -> Sequence[InspectionDocument]:
    """What *year* asks for, in the order of the manual; read once a session."""
    kept: dict[int, Sequence[InspectionDocument]] = kept_in_session("documents")
    if year not in kept:
        query = select(InspectionDocument).where(
            in_force(InspectionDocument, Quarter(year, 1).index), InspectionDocument.in_use
        )
        order = (InspectionDocument.chapter_no, InspectionDocument.item_no, InspectionDocument.code)
        kept[year] = db.session.scalars(query.order_by(*order)).all()
    return kept[year]


def kept_in_session(name: str) -> dict[int, Any]:
    """What was read of the catalogue in this session, by year, until the transaction ends."""
    kept: dict[str, dict[int, Any]] = db.session.info.setdefault("inspected", {})
    return kept.setdefault(name, {})


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("inspected", None)


def document_in(year: int, code: str) -> InspectionDocument:
    """The document that *year* asks for under this code, or `NotFound`."""
    for one in documents_in(year):
        if one.code == code:
            return one
    raise NotFound(_("The catalogue of %(year)s has no such document.", year=year))


def questions_in(year: int) -> Sequence[Question]:
    """The questions on which documents of *year* depend, each once."""
    found = {one.question for one in documents_in(year) if one.question is not None}
    return [one for one in Question if one in found]


def is_fixed(row: InspectionDocument) -> bool:
    """Whether a year that is over was asked by *row*."""
    return row.from_year < today().year


def put_in_force(row: InspectionDocument, *, actor: Actor) -> None:
    """Add *row*, which nobody has seen yet: a new document, or what an old one becomes."""
    _alone(actor)
    _must_not_reach_back(row.from_year)
    _sound(row)
    db.session.add(row)
    record("inspection:add_document", row, actor=actor, place=root_path(), after=row.kept())


def correct(
    row: InspectionDocument,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    source: str,
    reason: str,
    shown: int,
) -> None:
    """Put other *values* in place of those of *row*, as long as no past year was asked by it."""
    _alone(actor)
    row = _newest(row)
    if shown != row.version:
        raise Conflict(_("Someone else has just changed this; reload and look again."))
    if is_fixed(row):
        raise Conflict(_fixed_text())
    before = row.kept()
    with db.session.no_autoflush:
        for name, value in values.items():
            setattr(row, name, value)
        row.source, row.reason = source, reason
        _sound(row)
    if row.kept() != before:
        facts = {"before": before, "after": row.kept()}
        record("inspection:change_document", row, actor=actor, place=root_path(), **facts)


def take_away(row: InspectionDocument, *, actor: Actor) -> None:
    """Delete a row that no past year was asked by; what was in force before it is so again."""
    _alone(actor)
    row = _newest(row)
    if is_fixed(row):
        raise Conflict(_fixed_text())
    facts = {"before": row.kept()}
    record("inspection:delete_document", row, actor=actor, place=root_path(), **facts)
    db.session.delete(row)


def _alone(actor: Actor) -> None:
    """Let nobody else change the catalogue until this transaction ends."""
    if not actor.scope.admits(root_path()):
        raise Forbidden(_("Only the region keeps the catalogues."))
    wait_for_turn("inspection catalogue")


def _newest(row: InspectionDocument) -> InspectionDocument:
    found = db.session.get(InspectionDocument, row.id, populate_existing=True)
    if found is None:
        raise NotFound(_("There is no such record."))
    return found


def _must_not_reach_back(year: int) -> None:
    if year < today().year:
        text = _(
            "Years that are over stay as they were; choose %(year)s or later.", year=today().year
        )
        raise Invalid(text, [Problem("from_year", text)])


def _fixed_text() -> str:
    return _("A year that is over was asked by this row, so it stays; add a row from a later year.")


def _sound(row: InspectionDocument) -> None:
    with db.session.no_autoflush:
        same = select(InspectionDocument.id).where(
            InspectionDocument.code == row.code, InspectionDocument.from_year == row.from_year
        )
        taken = set(db.session.scalars(same)) - {row.id}
    problems = row.flaws()
    if taken:
        text = _("There is a row from %(period)s already.", period=row.from_year)
        problems.append(Problem("from_year", text))
    if problems:
        raise Invalid(_("Please correct:"), problems)
