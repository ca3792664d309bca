"""What can be under review, as the review needs to know it.

The packages above register their kind in `app.menu`; nothing here knows them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import ColumnElement, and_, false, or_

from app.audit.actor import Actor
from app.core.errors import Problem
from app.review.models import Review
from app.review.workflow import Step


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet as it is read: headings, lines of text, which columns are figures."""

    key: str
    title: str
    head: Sequence[str]
    lines: Sequence[Sequence[str]]
    numeric: Sequence[bool]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that belongs to the thing: its name, what it is, who brought it, where it is."""

    name: str
    kind: str
    brought: str
    address: str


@dataclass(frozen=True, slots=True)
class Seen:
    """The version of the thing that reviewers read: its number and hash.

    *alarms* is the hash of what was raised against it; empty where nothing checks it.
    """

    number: int
    hash: str
    alarms: str = ""


@dataclass(frozen=True, slots=True)
class Alarms:
    """What is raised against the version that reviewers read, and where it is listed."""

    errors: int
    warnings: int
    unexplained: int
    not_run: int
    address: str
    frozen: Mapping[str, str]  # addresses of what was raised at each step, by its hash


class Subject(Protocol):
    """A kind of thing under review."""

    def is_large(self, review: Review) -> bool:
        """Whether it takes the long route, decided at submission."""

    def obstacles(self, review: Review, step: Step, reason: str) -> Sequence[Problem]:
        """Why *step* cannot be taken yet, *reason* given, besides what the workflow says."""

    def may_close(self, review: Review) -> bool:
        """Whether it has lost its ground, so that the league may end it."""

    def last_editor(self, review: Review) -> int | None:
        """Who changed the figures last: never the one who approves them."""

    def seen(self, review: Review) -> Seen | None:
        """The version that a decision is about."""

    def moved(self, review: Review, step: Step, actor: Actor) -> None:
        """*step* was taken: do what follows from it."""

    def tables(self, review: Review) -> Sequence[Table]:
        """All that has to be looked through before deciding."""

    def headline(self, review: Review) -> Sequence[tuple[str, str, str]]:
        """The figures looked for first: title, value, unit; none while it is a draft."""

    def evidence(self, review: Review) -> Sequence[Evidence]:
        """The files that go with it; none while it is a draft."""

    def alarms(self, review: Review) -> Alarms | None:
        """What is raised against it; None while it is a draft, or where nothing checks it."""

    def remarks(self, review: Review) -> Sequence[str]:
        """What else has to be known before deciding, in sentences."""

    def late(self) -> ColumnElement[bool]:
        """Whether it was handed in late, as a condition in a query of reviews of its kind."""

    def address(self, review: Review) -> str:
        """The page of the thing itself."""


SUBJECTS: dict[str, Subject] = {}  # by kind


def subject_of(review: Review) -> Subject:
    return SUBJECTS[review.kind]


def is_late() -> ColumnElement[bool]:
    """Whether what is under review was handed in late, as a condition in a query of reviews."""
    kinds = (and_(Review.kind == kind, subject.late()) for kind, subject in SUBJECTS.items())
    return or_(false(), *kinds)
