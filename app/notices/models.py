"""Notices: one row for each person told of something, kept for good."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, UtcDateTime, choice
from app.core.enums import Labelled
from app.regions.scope import Placed


class NoticeKind(Labelled):
    """What is told; the label is its heading.  A new kind needs no migration."""

    CAME_TO_YOU = "came_to_you", _l("Waits for your decision")
    WITHDRAWN = "withdrawn", _l("Withdrawn; waits for you no more")
    RECALLED = "recalled", _l("The return was recalled")
    TAKEN_BACK = "taken_back", _l("The approval was taken back; waits for you no more")
    REROUTED = "rerouted", _l("Gone on to the league; waits for you no more")
    RETURNED = "returned", _l("Returned to the enterprise")
    FINALLY_APPROVED = "finally_approved", _l("Finally approved")
    ROLLED_BACK = "rolled_back", _l("Final approval rolled back")
    CLOSED = "closed", _l("Closed, because the enterprise is stopped")
    QUESTION_ASKED = "question_asked", _l("A question to the enterprise")
    QUESTION_ANSWERED = "question_answered", _l("A question was answered")
    ROLLBACK_REQUESTED = "rollback_requested", _l("A rollback is asked for")
    ROLLBACK_DECIDED = "rollback_decided", _l("Decided on a rollback asked for")
    EXTENSION_ASKED = "extension_asked", _l("More time is asked for")
    EXTENSION_GRANTED = "extension_granted", _l("More time is granted")
    EXTENSION_REFUSED = "extension_refused", _l("More time is refused")
    DUE_SOON = "due_soon", _l("Due soon")
    LATE = "late", _l("Late")
    REMINDED = "reminded", _l("Reminder from your county, league or region")
    DOCUMENTS_WANTING = "documents_wanting", _l("Supervision documents are wanting")
    CERTIFICATE_EXPIRES = "certificate_expires", _l("A certificate runs out")
    DOCUMENT_REMARKED = "document_remarked", _l("A remark on a supervision document")
    HELD_LONG = "held_long", _l("Has waited for your decision for days")
    CHANGE_ACCEPTED = "change_accepted", _l("The change of your entry was made")
    CHANGE_DECLINED = "change_declined", _l("The change of your entry was declined")
    EXPORT_READY = "export_ready", _l("What you have exported is ready to be fetched")


class Notice(Placed, Model):
    """That somebody is told of `event`, which lies at `place`.

    A trigger lets nothing else change than when it was read and mailed.  It keeps what is needed
    to say it, not the saying: the kind, the `facts` that its sentence has room for, and what it
    is `about`.  `subject_kind` and `subject_id` name the matter; its address is made when it is
    shown.  Who is told, `to_id`, is the only person in it.

    `mail_claimed_at` is set before a mail is sent, and taken back only if the server has said
    that it did not take it.  Set without `mailed_at` and `mail_error`: the worker was lost
    meanwhile, and nobody knows; it is not sent again, the notice is here to be read.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("event", "to_id"),  # nobody is told twice of one thing
        Index("ix_notice_to_id_read_at", "to_id", "read_at"),
        Index("ix_notice_mail_claimed_at_created_at", "mail_claimed_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    event: Mapped[str] = mapped_column(String(64))  # decision:17
    kind: Mapped[NoticeKind] = mapped_column(choice(NoticeKind))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int]
    about: Mapped[str] = mapped_column(String(200))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mail_claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mail_error: Mapped[str | None] = mapped_column(String(300))

    @property
    def is_unread(self) -> bool:
        return self.read_at is None

    def __repr__(self) -> str:
        return f"{self.kind.label}: {self.about}"
