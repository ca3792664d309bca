"""Tables that people have asked to take away, and the files that were made of them."""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Model, UtcDateTime
from app.core.enums import Labelled
from app.jobs.models import Job, JobState
from app.regions.scope import Placed

KEPT = timedelta(days=7)  # the file, from when it was made


class ExportState(Labelled):
    WAITING = "waiting", _l("Waiting")
    RUNNING = "running", _l("Running")
    DONE = "done", _l("Ready")
    FAILED = "failed", _l("Failed")
    CANCELLED = "cancelled", _l("Cancelled")
    EXPIRED = "past", _l("Expired")


class Export(Placed, Model):
    """What somebody has asked to take away; nobody else sees it, from wherever they look.

    It lies where its asker stood.  `key` and `args` say what is in it (`app.exports.offers`);
    `fingerprint` is the same for what is asked for twice.  `file` is its name in the folder of
    exports, once it is made.  How far it is before that, the ledger of the jobs says.
    """

    __tablename__ = "export"
    __table_args__ = (Index("ix_export_asked_by_id_asked_at", "asked_by_id", "asked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80))
    args: Mapped[dict[str, Any]] = mapped_column(JSON)
    title: Mapped[str] = mapped_column(String(200))
    fingerprint: Mapped[str] = mapped_column(String(128))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    asked_by: Mapped[str] = mapped_column(String(128))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    job_id: Mapped[int | None] = mapped_column(index=True)  # the ledger forgets old jobs
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rows: Mapped[int | None]
    size: Mapped[int | None]  # bytes
    file: Mapped[str | None] = mapped_column(String(80))

    @property
    def expires_at(self) -> datetime | None:
        return None if self.made_at is None else self.made_at + KEPT

    def state(self, job: Job | None) -> ExportState:
        """How far it is, given its *job*, unless the ledger has forgotten that."""
        if self.expires_at is not None:
            there = self.file is not None and now() < self.expires_at
            return ExportState.DONE if there else ExportState.EXPIRED
        if job is None or job.state is JobState.DONE:
            return ExportState.FAILED
        return ExportState.named(job.state.value)

    def __repr__(self) -> str:
        return self.title
