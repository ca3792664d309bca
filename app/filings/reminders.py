"""That an enterprise was reminded of a quarter: once an occasion, and once a day."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, choice
from app.core.enums import Labelled
from app.regions.scope import Placed


class Occasion(Labelled):
    """Why the platform itself reminds."""

    WEEK_BEFORE = "week_before", _l("A week before the last day")
    DAY_BEFORE = "day_before", _l("A day before the last day")
    LATE = "late", _l("After the last day")


class Reminder(Placed, Model):
    """One reminder; `occasion` None: by hand, by whoever is `by_id`.

    The two constraints are the promise: never twice for the same occasion, and never twice
    within a day of Inner Mongolia, whoever reminds.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint(
            "enterprise_id", "year", "quarter", "occasion", name="uq_reminder_occasion"
        ),
        UniqueConstraint("enterprise_id", "year", "quarter", "day", name="uq_reminder_day"),
        Index("ix_reminder_year_quarter", "year", "quarter"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    year: Mapped[int]
    quarter: Mapped[int]
    occasion: Mapped[Occasion | None] = mapped_column(choice(Occasion))
    day: Mapped[date]  # of Inner Mongolia
    by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    people: Mapped[int]  # how many were told

    def __repr__(self) -> str:
        return f"{self.year}Q{self.quarter} {self.day}"
