"""The catalogue of supervision documents, the files, the answers, the remarks and the reminders."""

from datetime import date, datetime
from typing import ClassVar

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import now
from app.core.dated import Dated
from app.core.db import Model, UtcDateTime, choice
from app.core.errors import Problem
from app.core.language import in_english
from app.enterprises.models import Enterprise
from app.inspection.kinds import Frequency, Necessity, Question, Template
from app.regions.scope import Placed


class InspectionDocument(Dated, Model):
    """One document of the catalogue, from a year on: the next row of the same code replaces it.

    `parts` are the places for files that it has, told apart by a slash; none: one place.
    `several` files may lie side by side.  `taken_from`: it is not uploaded here, but taken from
    what is filed (`app.inspection.sources`).
    """

    __tablename__ = "inspection_document"
    of: ClassVar[str] = "code"
    values: ClassVar = (
        "chapter_no chapter_zh chapter_en item_no item_zh item_en name_zh name_en frequency "
        "frequency_zh due_month necessity question template several expires parts_zh parts_en "
        "taken_from content_zh content_en in_use"
    ).split()

    code: Mapped[str] = mapped_column(String(8))
    chapter_no: Mapped[int]
    chapter_zh: Mapped[str] = mapped_column(String(60))
    chapter_en: Mapped[str] = mapped_column(String(120))
    item_no: Mapped[str] = mapped_column(String(8))
    item_zh: Mapped[str] = mapped_column(String(60))
    item_en: Mapped[str] = mapped_column(String(120))
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(160))
    frequency: Mapped[Frequency] = mapped_column(choice(Frequency))
    frequency_zh: Mapped[str] = mapped_column(String(80), default="")  # as the manual prints it
    due_month: Mapped[int | None]
    necessity: Mapped[Necessity] = mapped_column(choice(Necessity))
    question: Mapped[Question | None] = mapped_column(choice(Question))
    template: Mapped[Template | None] = mapped_column(choice(Template))
    several: Mapped[bool]
    expires: Mapped[bool]
    parts_zh: Mapped[str] = mapped_column(String(120), default="")
    parts_en: Mapped[str] = mapped_column(String(160), default="")
    taken_from: Mapped[str] = mapped_column(String(32), default="")
    content_zh: Mapped[str] = mapped_column(String(400), default="")
    content_en: Mapped[str] = mapped_column(String(600), default="")
    in_use: Mapped[bool] = mapped_column(default=True)

    @property
    def name(self) -> str:
        return self.name_en if in_english() else self.name_zh

    @property
    def chapter(self) -> str:
        return f"{self.chapter_no} {self.chapter_en if in_english() else self.chapter_zh}"

    @property
    def item(self) -> str:
        return f"{self.item_no} {self.item_en if in_english() else self.item_zh}"

    @property
    def content(self) -> str:
        return self.content_en if in_english() else self.content_zh

    @property
    def how_often(self) -> str:
        """In the manual's own words, where it has some."""
        label = str(self.frequency.label)
        return label if in_english() else self.frequency_zh or label

    @property
    def parts(self) -> list[str]:
        """The names of its places for files."""
        told = self.parts_en if in_english() else self.parts_zh
        return told.split("/") if told else [self.name]

    def flaws(self) -> list[Problem]:
        found = []
        if self.from_quarter != 1:
            found.append(Problem("from_year", _("A catalogue is in force from a year on.")))
        if (self.necessity is Necessity.REQUIRED) != (self.question is None):
            text = _("Only what is not required of all has a question, and that must have one.")
            found.append(Problem("question", text))
        if len(self.parts_zh.split("/")) != len(self.parts_en.split("/")):
            text = _("Name as many parts in Chinese as in English.")
            found.append(Problem("parts_en", text))
        return found

    def __repr__(self) -> str:
        return f"{self.code} {self.since.year}"


class InspectionFile(Placed, Model):
    """One file of a document: never changed, only replaced by a later one.

    It counts from its `year` on, for as long as the frequency of its document has it count, or
    until `replaced_year`; of a quarter `quarter` is not 0.  `part` counts the document's parts
    from 1.  Its bytes lie in the storage, by hash.
    """

    __tablename__ = "inspection_file"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "code", "quarter", "part", "year", "number"),
        Index("ix_inspection_file_place_year", "place", "year"),
        Index("ix_inspection_file_expires_on", "expires_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    enterprise: Mapped[Enterprise] = relationship()
    code: Mapped[str] = mapped_column(String(8))
    part: Mapped[int]
    year: Mapped[int]
    quarter: Mapped[int]
    number: Mapped[int]  # 1, 2, 3, ... of its part and time
    file_name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    valid_from: Mapped[date | None]
    expires_on: Mapped[date | None]  # the last day on which it is valid
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    uploaded_by: Mapped[str] = mapped_column(String(128))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    replaced_year: Mapped[int | None]
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replaced_by: Mapped[str] = mapped_column(String(128), default="")  # the person

    def __repr__(self) -> str:
        return self.file_name


class InspectionAnswer(Placed, Model):
    """What an enterprise has answered to a question: written once, the next is a further row.

    It holds from `from_year` to `until_year`; the first answer holds for the years before as well.
    """

    __tablename__ = "inspection_answer"
    __table_args__ = (UniqueConstraint("enterprise_id", "question", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    question: Mapped[Question] = mapped_column(choice(Question))
    number: Mapped[int]
    yes: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(500))
    from_year: Mapped[int]
    until_year: Mapped[int]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    answered_by: Mapped[str] = mapped_column(String(128))
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    def __repr__(self) -> str:
        return f"{self.question} {self.number}"


class InspectionRemark(Placed, Model):
    """What the league says about a document of a year; the enterprise reads it."""

    __tablename__ = "inspection_remark"
    __table_args__ = (Index("ix_inspection_remark_enterprise_id_year", "enterprise_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    code: Mapped[str] = mapped_column(String(8))
    year: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    by: Mapped[str] = mapped_column(String(128))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    def __repr__(self) -> str:
        return f"{self.code} {self.year}"


class InspectionReminder(Placed, Model):
    """That an enterprise was reminded of its documents: once a day, whoever reminds."""

    __tablename__ = "inspection_reminder"
    __table_args__ = (UniqueConstraint("enterprise_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    day: Mapped[date]  # of Inner Mongolia
    wanting: Mapped[int]  # how many documents it was reminded of
    people: Mapped[int]  # how many were told
    by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)

    def __repr__(self) -> str:
        return f"{self.enterprise_id} {self.day}"
