"""The ways a request can be turned down, and the one way a start can.

Everything the domain raises on purpose is one of these.  Each says who must act next: nobody
(`NotFound`), someone else (`Forbidden`), the same person after reloading (`Conflict`), or the
same person after correcting (`Invalid`).
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right, and where it stands: ``S2/04/opening_stock``, ``F0/unit_head``."""

    where: str
    text: object

    def __str__(self) -> str:
        return str(self.text)


class DomainError(Exception):
    """Turned down on purpose; the message is meant for the person who asked."""

    status = 400

    def __init__(self, message: object, details: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.details = tuple(details)

    def __str__(self) -> str:
        return str(self.message)


class NotFound(DomainError):
    """No such thing, or none that this person may see: the two look the same."""

    status = 404


class Forbidden(DomainError):
    """It can be done, but not by this person."""

    status = 403


class Conflict(DomainError):
    """It cannot be done now: the thing is not, or is no longer, in that state."""

    status = 409


class Invalid(DomainError):
    """The data must be corrected first; `details` says where."""

    status = 422


class Misconfigured(Exception):
    """The installation cannot start like this; the message is one line for whoever runs it."""
