"""Reading the registry."""

from sqlalchemy import select

from app.core.db import db
from app.enterprises.models import EnergyLevel, Enterprise, EnterpriseLevel


def level_of(enterprise: Enterprise, year: int) -> EnergyLevel:
    """The level in force in *year*: its own row, else the latest before it, else below.

    FM-20: while last year's figures are not final, the former level stays.
    """
    query = (
        select(EnterpriseLevel.level)
        .where(EnterpriseLevel.enterprise_id == enterprise.id, EnterpriseLevel.year <= year)
        .order_by(EnterpriseLevel.year.desc())
        .limit(1)
    )
    return db.session.scalar(query) or EnergyLevel.LT_500K


def enterprise_at(place: str) -> Enterprise | None:
    """The enterprise that lies at *place* today."""
    return db.session.scalars(select(Enterprise).where(Enterprise.place == place)).one_or_none()
