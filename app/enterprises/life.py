"""What happens to an enterprise in the course of the years, each a table of its own."""

from datetime import date, datetime
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import now
from app.core.db import Model, Quantity, UtcDateTime, choice
from app.core.enums import Labelled
from app.enterprises.models import Enterprise, EnterpriseClass
from app.regions.scope import Between, Placed


class EnterpriseClassYear(Placed, Model):
    """The class of an enterprise from a calendar year on, and the document that says so.

    A year without a row keeps the class of the year before; what came before the first row is
    taken to have been the same.  `Enterprise.enterprise_class` is the one in force today.
    """

    __tablename__ = "enterprise_class_year"
    __table_args__ = (UniqueConstraint("enterprise_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    enterprise: Mapped[Enterprise] = relationship()
    year: Mapped[int]
    enterprise_class: Mapped[EnterpriseClass] = mapped_column(choice(EnterpriseClass))
    document: Mapped[str] = mapped_column(String(100), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")

    def __repr__(self) -> str:
        return f"{self.year} {self.enterprise_class}"


class RequestState(Labelled):
    """How far something is that one side asks for and another decides."""

    OPEN = "open", _l("Waiting for the decision")
    AGREED = "agreed", _l("Agreed, waiting for its day")
    DONE = "done", _l("Accepted and carried out")
    DECLINED = "declined", _l("Declined")
    WITHDRAWN = "withdrawn", _l("Taken back")


class ChangeRequest(Placed, Model):
    """What an enterprise wants changed of its own entry; `changes` is ``{column: [old, new]}``.

    `open_for` is the enterprise while the request is open, and unique: there is one at a time,
    whoever is fastest.
    """

    __tablename__ = "change_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    enterprise: Mapped[Enterprise] = relationship(foreign_keys=[enterprise_id])
    open_for: Mapped[int | None] = mapped_column(unique=True)
    state: Mapped[RequestState] = mapped_column(choice(RequestState), index=True)
    changes: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(500), default="")
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    asked_by: Mapped[str] = mapped_column(String(128))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    answer: Mapped[str] = mapped_column(String(500), default="")
    decided_by: Mapped[str] = mapped_column(String(128), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def __repr__(self) -> str:
        return f"{self.id}"


class EnterpriseMove(Between, Model):
    """An enterprise goes from one county to another, with the consent of both leagues.

    Names and numbers are kept as they were asked with: the receiving league reads them before
    it may see the enterprise itself.
    """

    __tablename__ = "enterprise_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    open_for: Mapped[int | None] = mapped_column(unique=True)  # while open or agreed
    registry_number: Mapped[str] = mapped_column(String(10))
    credit_code: Mapped[str] = mapped_column(String(18))
    name: Mapped[str] = mapped_column(String(120))
    state: Mapped[RequestState] = mapped_column(choice(RequestState), index=True)
    effective_on: Mapped[date]
    document: Mapped[str] = mapped_column(String(100), default="")
    reason: Mapped[str] = mapped_column(String(500))
    asked_by: Mapped[str] = mapped_column(String(128))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    answer: Mapped[str] = mapped_column(String(500), default="")
    decided_by: Mapped[str] = mapped_column(String(128), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def __repr__(self) -> str:
        return self.name


class LineageKind(Labelled):
    MERGE = "merge", _l("Merged")
    SPLIT = "split", _l("Split")


class EnterpriseLineage(Between, Model):
    """What became of an enterprise: one row for each pair of before and after.

    `share` is the part, in percent, of the former one that went into the later one.
    """

    __tablename__ = "enterprise_lineage"
    __table_args__ = (UniqueConstraint("kind", "from_enterprise_id", "to_enterprise_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[LineageKind] = mapped_column(choice(LineageKind))
    from_enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    to_enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    from_name: Mapped[str] = mapped_column(String(120))  # as they were called then
    to_name: Mapped[str] = mapped_column(String(120))
    effective_on: Mapped[date]
    document: Mapped[str] = mapped_column(String(100))
    share: Mapped[Decimal | None] = mapped_column(Quantity(7, 4))
    recorded_by: Mapped[str] = mapped_column(String(128))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    def __repr__(self) -> str:
        return f"{self.from_name} → {self.to_name}"
