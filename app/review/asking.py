"""Formal questions to the enterprise: asked with a day to answer by, while the clock stands."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.actor import Actor
from app.audit.record import record
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from app.notices.models import NoticeKind
from app.regions.scope import Tier
from app.review.models import Question, Review
from app.review.subjects import subject_of
from app.review.telling import tell_enterprise, tell_tier
from app.review.turns import locked, must_be_as_shown, take_up, turn_of

SHORTEST, LONGEST = 10, 2000  # characters
FURTHEST = 60  # days until an answer is due


def ask(
    review: Review,
    text: str,
    due_on: date,
    *,
    where: str = "",
    actor: Actor,
    shown: int | None = None,
) -> Question:
    """Ask the enterprise something that it answers until *due_on*, without a return."""
    review = locked(review.id)
    must_be_as_shown(review, shown)
    tier = turn_of(review, actor)
    subject = subject_of(review)
    seen = subject.seen(review)
    if seen is None:
        raise Conflict(_("Nothing has been submitted yet."))
    problems = list(_unclear(text, "text"))
    if not today() < due_on <= today() + timedelta(days=FURTHEST):
        told = _("The answer is due after today, within %(n)s days.", n=FURTHEST)
        problems.append(Problem("due_on", told))
    if where and where.partition("/")[0] not in subject.sheets(review):
        raise NotFound(_("There is no such sheet."))
    if problems:
        raise Invalid(_("The question has not been asked."), problems)
    take_up(review)
    question = Question(
        review_id=review.id,
        place=review.place,
        number=seen.number,
        tier=int(tier),
        where=where[:120],
        text=text.strip(),
        due_on=due_on,
        asked_by_id=actor.id,
        asked_by=actor.name[:128],
    )
    db.session.add(question)
    facts = {"where": where, "text": question.text, "due_on": due_on, "tier": int(tier)}
    db.session.flush()
    tell_enterprise(review, NoticeKind.QUESTION_ASKED, f"question:{question.id}", actor=actor)
    record("review:ask", review, actor=actor, place=review.place, **facts)
    return question


def answer(question: Question, text: str, *, actor: Actor, shown: int | None = None) -> None:
    """What the enterprise says to it; the clock goes on."""
    review, question = _open(question, shown)
    if Tier.ENTERPRISE not in actor.tiers_at(review.place):
        raise Forbidden(_("The enterprise answers."))
    if problems := list(_unclear(text, "answer")):
        raise Invalid(_("The answer has not been sent."), problems)
    question.answer, question.ended_at = text.strip(), now()
    question.answered_by_id, question.answered_by = actor.id, actor.name[:128]
    event, tier = f"answer:{question.id}", Tier(question.tier)
    tell_tier(review, NoticeKind.QUESTION_ANSWERED, event, tier, actor=actor)
    facts = {"question": question.id, "text": question.answer}
    record("review:answer", review, actor=actor, place=review.place, **facts)


def drop(question: Question, *, actor: Actor, shown: int | None = None) -> None:
    """The tier that asked no longer waits for an answer."""
    review, question = _open(question, shown)
    if turn_of(review, actor) != question.tier:
        raise Forbidden(_("That is done by the tier at which the filing waits."))
    question.ended_at = now()
    record("review:drop", review, actor=actor, place=review.place, question=question.id)


def end_questions(review: Review) -> None:
    """With a return, a closing or the like nobody waits for an answer any more."""
    for one in questions_of(review):
        if one.is_open:
            one.ended_at = now()


def questions_of(review: Review) -> Sequence[Question]:
    """The oldest first; the enterprise sees them as well."""
    query = select(Question).where(Question.review_id == review.id)
    return db.session.scalars(query.order_by(Question.id)).all()


def obstacles_of_questions(review: Review) -> Sequence[Problem]:
    """What has been asked is answered, or no longer asked, before anything is approved."""
    text = _("A question to the enterprise is open; wait for the answer, or take it back.")
    return [Problem("F0", text) for one in questions_of(review) if one.is_open][:1]


def _open(question: Question, shown: int | None) -> tuple[Review, Question]:
    review = locked(question.review_id)
    db.session.refresh(question, with_for_update=True)
    if not question.is_open or (shown is not None and shown != question.version):
        raise Conflict(_("This question has been answered or taken back; reload and look again."))
    return review, question


def _unclear(text: str, where: str) -> Sequence[Problem]:
    if SHORTEST <= len(text.strip()) <= LONGEST:
        return ()
    told = _("Between %(least)s and %(most)s characters.", least=SHORTEST, most=LONGEST)
    return [Problem(where, told)]
