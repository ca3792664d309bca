"""What can be under review, as the review needs to know it.

The packages above register their kind in `app.menu`; nothing here knows them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, false, or_

from app.audit.actor import Actor
from app.core.enums import Labelled
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
    cells: Sequence[Sequence[str]] = ()  # the addresses of the cells, line by line; some have none


@dataclass(frozen=True, slots=True)
class Part:
    """Some sheets that are read together."""

    title: str
    sheets: Sequence[str]
    tables: Sequence[Table]


@dataclass(frozen=True, slots=True)
class Tab:
    key: str
    title: str
    parts: Sequence[Part]


class Against(Labelled):
    """What the version at hand is compared with."""

    QUARTER = "quarter", _l("Last quarter")
    YEAR = "year", _l("Same quarter of last year")
    VERSION = "version", _l("Last version")


@dataclass(frozen=True, slots=True)
class Moved:
    """A cell that has moved: where, from what, to what; by how much, in percent and in tce."""

    where: str
    sheet: str
    row: str
    column: str
    before: str
    after: str
    change: str
    percent: Decimal | None
    tce: Decimal | None


@dataclass(frozen=True, slots=True)
class Changes:
    """Against *other*, told in words; None where there is nothing to compare with."""

    against: Against
    other: str
    moved: Sequence[Moved]
    marks: Mapping[str, str]  # beside the figures, by the address of the cell


@dataclass(frozen=True, slots=True)
class Line:
    """A figure over the periods, and the corners of a line that draws it."""

    title: str
    texts: Sequence[str]
    points: str


@dataclass(frozen=True, slots=True)
class Trend:
    periods: Sequence[str]
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that belongs to the thing: its name, what it is, who brought it, where it is."""

    name: str
    kind: str
    brought: str
    address: str
    shown_at: str = ""  # where the browser can show it itself, in a frame


@dataclass(frozen=True, slots=True)
class Filed:
    """What was filled in as one: its name, its sheets, how many rows, where it is read whole."""

    title: str
    sheets: Sequence[str]
    rows: int
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
class Alarm:
    """One of those that are raised: the rule and what it asks for, where, how it stands."""

    code: str
    about: str
    where: str
    severity: Labelled
    settled: str


@dataclass(frozen=True, slots=True)
class Alarms:
    """What is raised against the version that reviewers read, and where it is listed."""

    errors: int
    warnings: int
    unexplained: int
    not_run: int
    unread: int  # of those, and explanations that no reviewer has accepted
    address: str
    frozen: Mapping[str, str]  # addresses of what was raised at each step, by its hash
    raised: Sequence[Alarm]


class Reading(Protocol):
    """One thing as its reviewers read it on one page."""

    @property
    def seen(self) -> Seen | None:
        """The version that a decision is about."""

    @property
    def facts(self) -> Sequence[tuple[str, object]]:
        """What it is about: who, where, of which class and level, until when."""

    @property
    def headline(self) -> Sequence[tuple[str, str, str]]:
        """The figures looked for first: title, value, unit; none while it is a draft."""

    @property
    def tabs(self) -> Sequence[Tab]:
        """All that has to be looked through before deciding."""

    @property
    def filed(self) -> Sequence[Filed]:
        """What was filled in, as the enterprise finds it; none while it is a draft."""

    @property
    def trend(self) -> Trend | None:
        """The key figures over the last periods; None while it is a draft."""

    @property
    def evidence(self) -> Sequence[Evidence]:
        """The files that go with it; none while it is a draft."""

    @property
    def alarms(self) -> Alarms | None:
        """What is raised against it; None while it is a draft, or where nothing checks it."""

    @property
    def to_know(self) -> Sequence[str]:
        """What else has to be known before deciding, in sentences."""

    @property
    def may_close(self) -> bool:
        """Whether it has lost its ground, so that the league may end it."""

    @property
    def address(self) -> str:
        """The page of the thing itself."""

    def changes(self, against: Against, least: Decimal) -> Changes | None:
        """What has moved by *least* percent or more; None if there is nothing to compare."""

    def effects(self, step: Step) -> Sequence[tuple[str, str]]:
        """What *step* would do besides moving the thing: what, and to what."""


class Subject(Protocol):
    """A kind of thing under review."""

    def is_large(self, review: Review) -> bool:
        """Whether it takes the long route, decided at submission."""

    def obstacles(self, review: Review, step: Step, reason: str) -> Sequence[Problem]:
        """Why *step* cannot be taken yet, *reason* given, besides what the workflow says."""

    def last_editor(self, review: Review) -> int | None:
        """Who changed the figures last: never the one who approves them."""

    def seen(self, review: Review) -> Seen | None:
        """The version that a decision is about."""

    def unchanged(self, review: Review) -> Collection[str]:
        """The sheets that are in the last version as they were in the one before."""

    def moved(self, review: Review, step: Step, actor: Actor) -> None:
        """*step* was taken: do what follows from it."""

    def sheets(self, review: Review) -> Mapping[str, str]:
        """The titles of the parts that are looked through one by one, by their keys."""

    def read(self, review: Review) -> Reading:
        """The thing, to be shown."""

    def late(self) -> ColumnElement[bool]:
        """Whether it was handed in late, as a condition in a query of reviews of its kind."""


SUBJECTS: dict[str, Subject] = {}  # by kind


def subject_of(review: Review) -> Subject:
    return SUBJECTS[review.kind]


def is_late() -> ColumnElement[bool]:
    """Whether what is under review was handed in late, as a condition in a query of reviews."""
    kinds = (and_(Review.kind == kind, subject.late()) for kind, subject in SUBJECTS.items())
    return or_(false(), *kinds)
