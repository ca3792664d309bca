"""What a tier notes while it looks a version through: marks of sheets, remarks to cells.

Both are the tier's own until it decides; the decision freezes them, and what is meant for the
enterprise is seen by it from then on.
"""

from collections.abc import Mapping, Sequence

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete, select

from app.audit.actor import Actor
from app.audit.record import record
from app.core.clock import now
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotFound, Problem
from app.regions.scope import Tier
from app.review.models import Audience, Decision, Remark, Review, SheetMark, Verdict
from app.review.subjects import subject_of
from app.review.turns import locked, must_be_as_shown, take_up, turn_of
from app.review.workflow import Action

LONGEST = 1000  # characters of a remark


def mark(
    review: Review, sheet: str, verdict: Verdict | None, *, actor: Actor, shown: int | None = None
) -> SheetMark | None:
    """Mark *sheet* of the version at hand, in order or in question; None takes the mark off."""
    review, tier, number = _at_hand(review, actor, shown)
    if sheet not in subject_of(review).sheets(review):
        raise NotFound(_("There is no such sheet."))
    there = marks_at(review, tier, number).get(sheet)
    if (there.verdict if there else None) is verdict:
        return there  # a second click
    take_up(review)
    if verdict is None:
        db.session.delete(there)
        there = None
    else:
        if there is None:
            there = SheetMark(
                review_id=review.id, place=review.place, number=number, tier=int(tier), sheet=sheet
            )
            db.session.add(there)
        there.verdict, there.at = verdict, now()
        there.by_id, there.by = actor.id, actor.name[:128]
    _told("review:mark", review, actor, number, tier, sheet=sheet, verdict=verdict)
    return there


def remark(
    review: Review,
    where: str,
    text: str,
    audience: Audience,
    *,
    actor: Actor,
    shown: int | None = None,
) -> Remark:
    """Write something down to the cell or sheet *where*; empty: to the whole."""
    review, tier, number = _at_hand(review, actor, shown)
    sheet = where.partition("/")[0]
    if where and sheet not in subject_of(review).sheets(review):
        raise NotFound(_("There is no such sheet."))
    text = text.strip()
    if not text or len(text) > LONGEST:
        told = _("A remark has between 1 and %(n)s characters.", n=LONGEST)
        raise Invalid(told, [Problem("text", told)])
    take_up(review)
    one = Remark(
        review_id=review.id,
        place=review.place,
        number=number,
        tier=int(tier),
        where=where[:120],
        text=text,
        audience=audience,
        by_id=actor.id,
        by=actor.name[:128],
    )
    db.session.add(one)
    _told("review:remark", review, actor, number, tier, where=where, text=text, audience=audience)
    return one


def take_off(review: Review, remark_id: int, *, actor: Actor) -> None:
    """Take a remark back that has not gone with a decision yet."""
    review, tier, number = _at_hand(review, actor, None)
    one = next((one for one in remarks_of(review) if one.id == remark_id), None)
    if one is None:
        raise NotFound(_("There is no such record."))
    if one.decision_id is not None or one.tier != tier:
        raise Conflict(_("This remark has gone with a decision; it stays."))
    _told("review:take_off", review, actor, number, tier, where=one.where, text=one.text)
    db.session.execute(delete(Remark).where(Remark.id == one.id))


def _at_hand(review: Review, actor: Actor, shown: int | None) -> tuple[Review, Tier, int]:
    """The review, locked; the tier that looks it through; the number of the version."""
    review = locked(review.id)
    must_be_as_shown(review, shown)
    tier = turn_of(review, actor)
    seen = subject_of(review).seen(review)
    if seen is None:
        raise Conflict(_("Nothing has been submitted yet."))
    return review, tier, seen.number


def _told(tag: str, review: Review, actor: Actor, number: int, tier: Tier, **facts: object) -> None:
    where = {"number": number, "tier": int(tier)}
    record(tag, review, actor=actor, place=review.place, **where, **facts)


# -- reading ---------------------------------------------------------------------------------------


def marks_of(review: Review) -> Sequence[SheetMark]:
    """All marks of all tiers and versions, the oldest version first."""
    query = select(SheetMark).where(SheetMark.review_id == review.id)
    return db.session.scalars(query.order_by(SheetMark.number, SheetMark.id)).all()


def marks_at(review: Review, tier: Tier, number: int) -> Mapping[str, SheetMark]:
    """The marks that *tier* has made of version *number*, by sheet."""
    return {one.sheet: one for one in marks_of(review) if one.tier == tier and one.number == number}


def remarks_of(review: Review) -> Sequence[Remark]:
    """All remarks, the oldest first; for reviewers only."""
    query = select(Remark).where(Remark.review_id == review.id)
    return db.session.scalars(query.order_by(Remark.id)).all()


def remarks_for_enterprise(review: Review) -> Sequence[Remark]:
    """What the enterprise may read: meant for it, and gone with a decision."""
    query = select(Remark).where(
        Remark.review_id == review.id,
        Remark.audience == Audience.ENTERPRISE,
        Remark.decision_id.is_not(None),
    )
    return db.session.scalars(query.order_by(Remark.id)).all()


def in_question(review: Review, decision: Decision | None) -> Sequence[str]:
    """The sheets that the tier of *decision*, a return, had marked as in question."""
    if decision is None or decision.action is not Action.RETURN or decision.seen_number is None:
        return ()
    marks = marks_at(review, Tier(decision.tier), decision.seen_number)
    return [sheet for sheet, one in marks.items() if one.verdict is Verdict.QUESTION]


# -- with a decision -------------------------------------------------------------------------------


def obstacles_of_marks(review: Review, tier: Tier, number: int | None) -> Sequence[Problem]:
    """What is in question is not approved."""
    if number is None:
        return ()
    return [
        Problem(sheet, _("%(key)s is in question; return it, or mark it in order.", key=sheet))
        for sheet, one in marks_at(review, tier, number).items()
        if one.verdict is Verdict.QUESTION
    ]


def keep_marks(review: Review, before: int) -> None:
    """What was in order in version *before*, and is unchanged in the one handed in now, stays so.

    Question 3, an option of the region: each tier then looks again only at what has moved.
    """
    seen = subject_of(review).seen(review)
    if seen is None or seen.number == before or not current_app.config["REVIEW_FAST_TRACK"]:
        return  # of the same version the marks stand by themselves
    same = subject_of(review).unchanged(review)
    for one in marks_of(review):
        if one.number == before and one.verdict is Verdict.IN_ORDER and one.sheet in same:
            facts = ("place", "tier", "sheet", "verdict", "by_id", "by", "at")
            kept = {name: getattr(one, name) for name in facts}
            db.session.add(SheetMark(review_id=review.id, number=seen.number, **kept))


def send_with(review: Review, decision: Decision) -> dict[str, object]:
    """Let the remarks of the tier go with *decision*; what the journal tells of them.

    Both kinds are frozen by it; those meant for the enterprise are seen by it from now on.
    """
    number = decision.seen_number
    if number is None:
        return {}
    waiting = select(Remark).where(
        Remark.review_id == review.id,
        Remark.tier == decision.tier,
        Remark.decision_id.is_(None),
    )
    remarks = db.session.scalars(waiting.order_by(Remark.id)).all()
    for one in remarks:
        one.decision_id = decision.id
    marks = marks_at(review, Tier(decision.tier), number)
    facts: dict[str, object] = {}
    if marks:
        facts["marks"] = {sheet: one.verdict for sheet, one in marks.items()}
    if remarks:
        facts["remarks"] = [[one.where, one.text, one.audience] for one in remarks]
    return facts
