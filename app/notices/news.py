"""What concerns everybody, and is no notice of anybody's own: announcements."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import current_app

from app.core.preferences import preference

SHOWN = 3  # above the own notices


@dataclass(frozen=True, slots=True)
class News:
    text: str
    address: str
    at: datetime
    unread: bool = False


Teller = Callable[[int], Sequence[News]]  # gets how many are wanted at most


def news() -> Sequence[News]:
    """The latest, marked those that came after the last look; the floors above know them."""
    tell: Teller = current_app.extensions["news"]
    seen = preference("notices_seen")
    return [replace(one, unread=one.at.isoformat() > seen) for one in tell(SHOWN)]
