"""The journal, and the heads of its chains."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, UtcDateTime
from app.regions.scope import Placed


class AuditEntry(Placed, Model):
    """One line of the journal: written, never changed (a trigger of the database sees to it).

    `facts` is kept as the canonical text that was hashed, so that it can be hashed again.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        UniqueConstraint("chain", "number"),
        Index("ix_audit_entry_subject_kind_subject_id", "subject_kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str] = mapped_column(String(32))  # the league's path, or the region's
    number: Mapped[int]  # 1, 2, 3, ... within the chain, without a gap
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    tag: Mapped[str] = mapped_column(String(64), index=True)  # "<thing>:<what happened>"
    subject_kind: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    actor_name: Mapped[str] = mapped_column(String(128))
    facts: Mapped[str] = mapped_column(Text, default="{}")
    algorithm: Mapped[str] = mapped_column(String(16))
    previous: Mapped[str] = mapped_column(String(128))
    hash: Mapped[str] = mapped_column(String(128))

    def __repr__(self) -> str:
        return f"{self.tag} {self.subject}"


class ChainHead(Model):
    """The last link of a chain; its row is locked while the next one is forged.

    Public: it tells no more than how many entries there are.
    """

    __tablename__ = "audit_chain"

    chain: Mapped[str] = mapped_column(String(32), primary_key=True)
    length: Mapped[int]
    hash: Mapped[str] = mapped_column(String(128))
