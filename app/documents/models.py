"""What became of a document when it was made ready to be shown; one row for the same bytes."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, UtcDateTime, choice
from app.core.enums import Labelled


class RenditionState(Labelled):
    WAITING = "waiting", _l("Being prepared")
    READY = "ready", _l("Ready to be shown")
    FAILED = "failed", _l("Cannot be shown")


class Failure(Labelled):
    """Why a document cannot be shown; the first three are the server's fault."""

    NO_PROGRAM = "no_program", _l("LibreOffice, which prepares it, is not installed here")
    NOT_CONFINED = "not_confined", _l("this server does not let the preparation be shut in safely")
    BROKEN_OFF = "broken_off", _l("the preparation was broken off")
    OUT_OF_TIME = "out_of_time", _l("it took longer than %(seconds)s seconds")
    OUT_OF_SPACE = "out_of_space", _l("it became larger than %(mib)s MiB")
    UNREADABLE = (
        "unreadable",
        _l("it is damaged, locked by a password, or needs too much memory"),
    )

    @property
    def is_ours(self) -> bool:
        return self in OURS


OURS = frozenset({Failure.NO_PROGRAM, Failure.NOT_CONFINED, Failure.BROKEN_OFF})
MOST_TRIES = 2  # of a document that fails by what is in it


class Rendition(Model):
    """The PDF of a document, by the hash of the document: made once for all who open it.

    It has no place: nobody asks for one but through a row that owns a file with these bytes, and
    that row is in scope or not.
    """

    __tablename__ = "rendition"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    ending: Mapped[str] = mapped_column(String(8))  # docx, xlsx, doc, xls
    state: Mapped[RenditionState] = mapped_column(choice(RenditionState))
    failure: Mapped[Failure | None] = mapped_column(choice(Failure))
    result_sha256: Mapped[str | None] = mapped_column(String(64))
    result_size: Mapped[int | None]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    tool: Mapped[str] = mapped_column(String(80), default="")  # what made it, with its version
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def __repr__(self) -> str:
        return f"{self.source_sha256[:8]}.{self.ending}"

    @property
    def may_be_tried_again(self) -> bool:
        """Once more by hand, and not for ever; whenever it was the server's fault."""
        if self.state is not RenditionState.FAILED or self.failure is None:
            return False
        return self.failure.is_ours or self.tries < MOST_TRIES
