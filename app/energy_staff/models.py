"""Annexes 1 and 2 as they were handed in, version by version."""

from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import now
from app.core.db import Model, UtcDateTime, choice
from app.core.enums import Labelled
from app.energy_staff.chart_rows import ChartKind
from app.energy_staff.fields import Annex
from app.enterprises.models import Enterprise
from app.regions.scope import Placed


class FormState(Labelled):
    DRAFT = "draft", _l("Being filled in")
    HANDED_IN = "handed_in", _l("Handed in")
    RETURNED = "returned", _l("Returned to be corrected")
    IN_FORCE = "in_force", _l("In force now")
    REPLACED = "replaced", _l("Replaced by a newer version")
    ENDED = "ended", _l("No longer in this post")

    @property
    def is_editable(self) -> bool:
        return self in (FormState.DRAFT, FormState.RETURNED)


class EnergyForm(Placed, Model):
    """One version of one form; a form in force is never changed, only followed by another.

    `line` tells the persons of annex 2 apart, `number` the versions of one line.  `open_for` is
    set while a version is being worked on, and unique: there is one at a time.  `fields` holds the
    texts of `app.energy_staff.fields` by name, `staff` the rows of annex 1.
    """

    __tablename__ = "energy_form"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "annex", "line", "number"),
        UniqueConstraint("record_no", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    enterprise: Mapped[Enterprise] = relationship()
    annex: Mapped[Annex] = mapped_column(choice(Annex), index=True)
    line: Mapped[int]
    number: Mapped[int]
    open_for: Mapped[str | None] = mapped_column(String(64), unique=True)
    state: Mapped[FormState] = mapped_column(choice(FormState), index=True)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    staff: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    person: Mapped[str] = mapped_column(String(50), default="")  # of annex 2
    record_no: Mapped[str | None] = mapped_column(String(30))  # 备案编号, of annex 2
    reason: Mapped[str] = mapped_column(String(500), default="")  # why it was returned
    # the print, signed and stamped
    file_name: Mapped[str | None] = mapped_column(String(255))
    media_type: Mapped[str | None] = mapped_column(String(100))
    size: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    written_by: Mapped[str] = mapped_column(String(128))
    handed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    in_force_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    accepted_by: Mapped[str] = mapped_column(String(128), default="")
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def __repr__(self) -> str:
        return f"{self.annex} {self.line} v{self.number}"


class EnergyChart(Placed, Model):
    """Annex 3 or 4 of an enterprise, as the table it is drawn from: saved as a whole.

    `rows` are texts by the names of `app.energy_staff.chart_rows`; `next_due_on` is the day by
    which the first of its meters has to be verified again.
    """

    __tablename__ = "energy_chart"
    __table_args__ = (UniqueConstraint("enterprise_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    enterprise: Mapped[Enterprise] = relationship()
    kind: Mapped[ChartKind] = mapped_column(choice(ChartKind))
    rows: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    next_due_on: Mapped[date | None] = mapped_column(index=True)
    saved_by: Mapped[str] = mapped_column(String(128))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def __repr__(self) -> str:
        return str(self.kind)


class RecordCounter(Model):
    """The last serial of the records of a county in a year; locked while the next is taken."""

    __tablename__ = "energy_record_counter"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
