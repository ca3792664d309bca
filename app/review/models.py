"""A review under way, and the ledger of the steps taken in it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from app.core.clock import now
from app.core.db import Model, UtcDateTime, choice
from app.regions.scope import Placed, Tier
from app.review.workflow import Action, Route, State, holder


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
    period: Mapped[str | None] = mapped_column(String(6), index=True)  # 2026Q3, if it has one
    state: Mapped[State] = mapped_column(choice(State), default=State.DRAFT)
    route: Mapped[Route | None] = mapped_column(choice(Route))
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=now)  # when it came to stand here
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_late: Mapped[bool | None] = query_expression()
    version: Mapped[int] = mapped_column()
    decisions: Mapped[list["Decision"]] = relationship(
        back_populates="review", order_by="Decision.id"
    )

    __mapper_args__ = {"version_id_col": version}  # two who decide at once: the second is told

    @property
    def holder(self) -> Tier | None:
        return holder(self.route, self.state)

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

    def __repr__(self) -> str:
        return f"{self.action} {self.start} -> {self.end}"
