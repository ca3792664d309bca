"""The ledger: a row for each job, from the moment it is asked for."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, UtcDateTime, choice
from app.core.enums import Labelled
from app.jobs.kinds import label_of
from app.regions.scope import Placed, RegionScope


class JobState(Labelled):
    WAITING = "waiting", _l("Waiting")
    RUNNING = "running", _l("Running")
    DONE = "done", _l("Finished")
    FAILED = "failed", _l("Failed")
    CANCELLED = "cancelled", _l("Cancelled")

    @property
    def has_ended(self) -> bool:
        return self in ENDED


ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


class Job(Placed, Model):
    """A job lies where its actor stands, and looks from all the places the actor stood at.

    While it runs, `holder` is the word of the one worker that holds it, until `lease_until`;
    whoever has another word writes nothing.
    """

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state_run_after", "state", "run_after"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(64), index=True)
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    key: Mapped[str | None] = mapped_column(String(128), unique=True)  # asked twice, done once
    state: Mapped[JobState] = mapped_column(choice(JobState), default=JobState.WAITING)
    cancel_wanted: Mapped[bool] = mapped_column(default=False)
    tries: Mapped[int] = mapped_column(default=0)
    holder: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    actor_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    actor_name: Mapped[str] = mapped_column(String(128))
    actor_roots: Mapped[list[str]] = mapped_column(JSON)
    language: Mapped[str] = mapped_column(String(16))  # in which it tells what it does

    done: Mapped[int | None]
    total: Mapped[int | None]
    line: Mapped[str] = mapped_column(String(200), default="")
    log: Mapped[list[list[str]]] = mapped_column(JSON, default=list)  # [moment, text], ...
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    error: Mapped[str | None] = mapped_column(Text)

    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    run_after: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    @property
    def scope(self) -> RegionScope:
        return RegionScope(tuple(self.actor_roots))

    def __repr__(self) -> str:
        return f"{label_of(self.kind)} {self.id}"
