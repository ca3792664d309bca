"""Tell people something, and note what they have read."""

from collections.abc import Iterable, Mapping

from sqlalchemy import update

from app.audit.actor import Actor
from app.core.clock import now
from app.core.db import db
from app.core.unit import after_commit
from app.jobs.ledger import changed
from app.notices.calling import call_for_mail
from app.notices.models import Notice, NoticeKind


def notify(
    kind: NoticeKind,
    *,
    to: Iterable[int],
    place: str,
    about: object,
    subject: tuple[str, int],
    event: str,
    actor: Actor,
    facts: Mapping[str, str] | None = None,
) -> list[Notice]:
    """Tell the people *to*, in the open unit, of what *actor* has done at *place*.

    *event* is one thing that happened (``decision:17``): nobody is told of it twice, and who
    did it is not told at all.  *subject* is the kind and the number of the matter, *facts* what
    the sentence of *kind* has room for.  The step that is told of is in the journal; the notice
    itself is not.  `Forbidden` if *place* is not *actor*'s.
    """
    told = [
        Notice(
            to_id=person,
            event=event,
            kind=kind,
            place=place,
            subject_kind=subject[0],
            subject_id=subject[1],
            about=" ".join(str(about).split())[:200],
            facts=dict(facts or {}),
            created_at=now(),
        )
        for person in dict.fromkeys(to)
        if person != actor.id
    ]
    if told:
        db.session.add_all(told)
        after_commit(call_for_mail, once=True)
    return told


def mark_read(notice: Notice, *, actor: Actor) -> None:
    """Note that it was read; the first time counts."""
    _mark(Notice.id == notice.id, actor)


def mark_all_read(newest: int, *, actor: Actor) -> int:
    """Note of all up to the one with number *newest*, the newest on the page, that it was read."""
    return _mark(Notice.id <= newest, actor)


def _mark(which: object, actor: Actor) -> int:
    own = update(Notice).where(Notice.to_id == actor.id, Notice.read_at.is_(None), which)  # type: ignore[arg-type]
    return changed(own.values(read_at=now()))
