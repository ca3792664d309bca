"""What happens to an enterprise in the course of the years, each a table of its own."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model, choice
from app.enterprises.models import Enterprise, EnterpriseClass
from app.regions.scope import Placed


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
