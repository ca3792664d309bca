"""A review under way, the ledger of the steps taken in it, and what reviewers note meanwhile."""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from app.core.clock import now
from app.core.db import Model, UtcDateTime, choice
from app.core.enums import Labelled
from app.regions.scope import Placed, Tier
from app.review.workflow import Action, ReturnScope, Route, State, holder


class Review(Placed, Model):
    """One thing on its way up.

    `route` is the snapshot taken at submission, of the level and of the county switch; empty
    while nothing is submitted.  `is_late` is filled in only by the lists that ask for it.
    """

    __tablename__ = "review"
    __table_args__ = (Index("ix_review_state_place", "state", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))  # which `Subject` knows more
    title: Mapped[str] = mapped_column(String(200))
    search: Mapped[str | None] = mapped_column(String(420))  # see `app.core.search`
    period: Mapped[str | None] = mapped_column(String(6), index=True)  # 2026Q3, if it has one
    state: Mapped[State] = mapped_column(choice(State), default=State.DRAFT)
    route: Mapped[Route | None] = mapped_column(choice(Route))
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=now)  # when it came to stand here
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # when whoever it waits for first did something about it: until then the step that brought
    # it there can be taken back
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    return_scope: Mapped[ReturnScope | None] = mapped_column(choice(ReturnScope))
    is_late: Mapped[bool | None] = query_expression()
    version: Mapped[int] = mapped_column()
    decisions: Mapped[list["Decision"]] = relationship(
        back_populates="review", order_by="Decision.id"
    )
    questions: Mapped[list["Question"]] = relationship(order_by="Question.id", viewonly=True)

    __mapper_args__ = {"version_id_col": version}  # two who decide at once: the second is told

    @property
    def holder(self) -> Tier | None:
        return holder(self.route, self.state)

    @property
    def figures_open(self) -> bool:
        """Whether the enterprise may change figures; of a return there may be only files."""
        return self.state.is_open and self.return_scope is not ReturnScope.ATTACHMENTS

    def __repr__(self) -> str:
        return self.title


class Decision(Placed, Model):
    """One step taken: written, never changed (a trigger of the database sees to it)."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    review: Mapped[Review] = relationship(back_populates="decisions")
    action: Mapped[Action] = mapped_column(choice(Action))
    tier: Mapped[int]
    start: Mapped[State] = mapped_column(choice(State))
    end: Mapped[State] = mapped_column(choice(State))
    route: Mapped[Route | None] = mapped_column(choice(Route))
    reason: Mapped[str] = mapped_column(Text, default="")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    actor_name: Mapped[str] = mapped_column(String(128))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    seen_number: Mapped[int | None]  # the version of the thing that was looked at
    seen_hash: Mapped[str] = mapped_column(String(128), default="")
    seen_alarms: Mapped[str | None] = mapped_column(String(128))  # the hash of those looked at
    return_scope: Mapped[ReturnScope | None] = mapped_column(choice(ReturnScope))

    def __repr__(self) -> str:
        return f"{self.action} {self.start} -> {self.end}"


class Verdict(Labelled):
    IN_ORDER = "in_order", _l("In order")
    QUESTION = "question", _l("In question")


class SheetMark(Placed, Model):
    """What a tier found of one sheet of one version; its own people change it until they decide."""

    __tablename__ = "sheet_mark"
    __table_args__ = (UniqueConstraint("review_id", "number", "tier", "sheet"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    number: Mapped[int]  # of the version that was looked at
    tier: Mapped[int]
    sheet: Mapped[str] = mapped_column(String(12))
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    by: Mapped[str] = mapped_column(String(128))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    def __repr__(self) -> str:
        return f"{self.sheet} {self.verdict}"


class Audience(Labelled):
    INTERNAL = "internal", _l("Internal: never seen by the enterprise")
    ENTERPRISE = "enterprise", _l("For the enterprise, with the decision")


class Remark(Placed, Model):
    """A remark to a cell, a sheet or the whole; it goes with the next decision of its tier.

    `decision_id` is empty until then: so long only reviewers see it, and its tier can take it
    back.
    """

    __tablename__ = "review_remark"

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    number: Mapped[int]  # of the version that was looked at
    tier: Mapped[int]
    where: Mapped[str] = mapped_column(String(120))  # the address of a cell or a sheet, or empty
    text: Mapped[str] = mapped_column(Text)
    audience: Mapped[Audience] = mapped_column(choice(Audience))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    by: Mapped[str] = mapped_column(String(128))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), index=True)

    def __repr__(self) -> str:
        return f"{self.where} {self.text[:40]}"


class Question(Placed, Model):
    """A formal question to the enterprise: until it is answered or falls due, the clock stands."""

    __tablename__ = "review_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    number: Mapped[int]  # of the version that was looked at
    tier: Mapped[int]
    where: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    asked_by: Mapped[str] = mapped_column(String(128))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    answered_by: Mapped[str] = mapped_column(String(128), default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # answered, or no longer asked
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    def __repr__(self) -> str:
        return self.text[:40]


class RequestState(Labelled):
    OPEN = "open", _l("Asked for")
    ACCEPTED = "accepted", _l("Accepted")
    DECLINED = "declined", _l("Declined")


class RollbackRequest(Placed, Model):
    """A tier asks the super administrator to undo a final approval (question 23)."""

    __tablename__ = "rollback_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    review: Mapped[Review] = relationship()
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), index=True)  # the final one
    tier: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    asked_by: Mapped[str] = mapped_column(String(128))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    state: Mapped[RequestState] = mapped_column(choice(RequestState), default=RequestState.OPEN)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    answered_by: Mapped[str] = mapped_column(String(128), default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def __repr__(self) -> str:
        return f"{self.state} {self.reason[:40]}"
