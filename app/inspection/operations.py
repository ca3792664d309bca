"""Answer whether a document applies, and say something about one."""

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.actor import Actor
from app.audit.record import record
from app.core.clock import PLACE_TIME, now, today
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, Problem
from app.core.unit import wait_for_turn
from app.enterprises.models import Enterprise
from app.inspection.catalogue import document_in
from app.inspection.kinds import Question
from app.inspection.models import InspectionAnswer, InspectionRemark
from app.inspection.reminding import UPLOADS
from app.notices.models import NoticeKind
from app.notices.operations import notify
from app.notices.queries import people_at
from app.regions.scope import Tier

ALWAYS = (0, 9999)  # the years of an answer that has none before it, and none after it
LONGEST_REMARK = 1000
LEAGUES = frozenset({Tier.PLATFORM, Tier.REGION, Tier.LEAGUE})


def answer(
    enterprise: Enterprise, question: Question, *, yes: bool, reason: str, shown: int, actor: Actor
) -> InspectionAnswer:
    """Say whether the enterprise has what is asked for; the answers before are kept.

    *shown* is the number of the answer that was looked at, 0 for none.  A "no" needs a reason:
    it makes documents not applicable.  Who has a certified system has none without a certificate.
    """
    wait_for_turn(f"inspection {enterprise.id} {question}")
    last = last_answer(enterprise, question)
    if shown != (last.number if last else 0):
        raise Conflict(_("Someone else has just changed this; reload and look again."))
    text = reason.strip()
    if (not yes and not text) or len(text) > 500:
        raise Invalid(_("Say why."), [Problem("reason", _("Say why."))])
    given = _give(enterprise, question, last, yes=yes, reason=text, actor=actor)
    if question is Question.CERTIFIED_SYSTEM and yes:
        other = last_answer(enterprise, Question.UNCERTIFIED_SYSTEM)
        if other is None or other.yes:
            because = _("The system is certified.")
            _give(
                enterprise,
                Question.UNCERTIFIED_SYSTEM,
                other,
                yes=False,
                reason=because,
                actor=actor,
            )
    return given


def last_answer(enterprise: Enterprise, question: Question) -> InspectionAnswer | None:
    query = select(InspectionAnswer).where(
        InspectionAnswer.enterprise_id == enterprise.id, InspectionAnswer.question == question
    )
    return db.session.scalars(query.order_by(InspectionAnswer.number.desc()).limit(1)).first()


def _give(
    enterprise: Enterprise,
    question: Question,
    last: InspectionAnswer | None,
    *,
    yes: bool,
    reason: str,
    actor: Actor,
) -> InspectionAnswer:
    first, until = ALWAYS
    if last is not None:  # one that is changed in its own year never was
        same = last.answered_at.astimezone(PLACE_TIME).year == today().year
        first = last.from_year if same else today().year
        last.until_year = first - 1
    given = InspectionAnswer(
        enterprise_id=enterprise.id,
        place=enterprise.place,
        question=question,
        number=last.number + 1 if last else 1,
        yes=yes,
        reason=reason,
        from_year=first,
        until_year=until,
        answered_by_id=actor.id,
        answered_by=actor.name[:128],
        answered_at=now(),
    )
    db.session.add(given)
    record(
        "inspection:answer",
        enterprise,
        actor=actor,
        place=enterprise.place,
        question=question,
        before=None if last is None else last.yes,
        after=yes,
        reason=reason,
    )
    return given


def remark(
    enterprise: Enterprise, year: int, code: str, text: str, *, actor: Actor
) -> InspectionRemark:
    """Say something about a document of a year, for the enterprise to read; it is kept.

    `Conflict` for the same words a second time.
    """
    if not actor.tiers_at(enterprise.place) & LEAGUES:
        raise Forbidden(_("Only the league and the region remark on documents."))
    document_in(year, code)
    said = text.strip()
    if not said or len(said) > LONGEST_REMARK:
        told = _("Write a remark of at most %(most)s characters.", most=LONGEST_REMARK)
        raise Invalid(told, [Problem("text", told)])
    wait_for_turn(f"inspection {enterprise.id} {code}")
    its = select(InspectionRemark).where(
        InspectionRemark.enterprise_id == enterprise.id,
        InspectionRemark.code == code,
        InspectionRemark.year == year,
    )
    last = db.session.scalars(its.order_by(InspectionRemark.id.desc()).limit(1)).first()
    if last is not None and last.text == said:
        raise Conflict(_("This has been said already."))
    written = InspectionRemark(
        enterprise_id=enterprise.id,
        place=enterprise.place,
        code=code,
        year=year,
        text=said,
        by_id=actor.id,
        by=actor.name[:128],
        at=now(),
    )
    db.session.add(written)
    facts = {"code": code, "year": year, "text": said}
    record("inspection:remark", enterprise, actor=actor, place=enterprise.place, **facts)
    notify(
        NoticeKind.DOCUMENT_REMARKED,
        to=people_at(enterprise.place, Tier.ENTERPRISE, UPLOADS),
        place=enterprise.place,
        about=f"{enterprise.name} {code} {said}",
        subject=("inspection", year),
        event=f"inspection_remark:{written.id}",
        actor=actor,
    )
    return written
