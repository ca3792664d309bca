"""Which documents have been made ready to be shown."""

from datetime import timedelta

from sqlalchemy import select

from app.core.clock import now
from app.core.db import db
from app.documents.models import Rendition, RenditionState

LOST_AFTER = timedelta(minutes=10)  # longer than any job waits or lasts, its three tries included


def find_rendition(sha256: str) -> Rendition | None:
    """What became of the document with these bytes; None if nobody has opened it yet."""
    query = select(Rendition).where(Rendition.source_sha256 == sha256)
    return db.session.scalars(query).one_or_none()


def is_lost(rendition: Rendition) -> bool:
    """Whether its job must have ended without a word: nobody waits for it any longer."""
    since = max(filter(None, (rendition.asked_at, rendition.tried_at)))
    return rendition.state is RenditionState.WAITING and now() - since > LOST_AFTER
