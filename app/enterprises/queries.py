"""Reading the registry."""

from sqlalchemy import select

from app.core.db import db
from app.core.language import in_english
from app.core.search import matches
from app.enterprises.models import EnergyLevel, Enterprise, EnterpriseLevel, Industry
from app.regions.scope import SEEN_WITH_ITS_OWNER


def level_of(enterprise: Enterprise, year: int) -> EnergyLevel:
    """The level in force in *year*: its own row, else the latest before it, else below.

    FM-20: while last year's figures are not final, the former level stays.
    """
    query = (
        select(EnterpriseLevel.level)
        .where(EnterpriseLevel.enterprise_id == enterprise.id, EnterpriseLevel.year <= year)
        .order_by(EnterpriseLevel.year.desc())
        .limit(1)
        .execution_options(**SEEN_WITH_ITS_OWNER)
    )
    return db.session.scalar(query) or EnergyLevel.LT_500K


def enterprise_at(place: str) -> Enterprise | None:
    """The enterprise that lies at *place* today."""
    return db.session.scalars(select(Enterprise).where(Enterprise.place == place)).one_or_none()


def name_of(number: str) -> str:
    """The name of the enterprise with this number, as far as it is seen from here."""
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return number
    return db.session.scalar(select(Enterprise.name).where(Enterprise.id == int(number))) or number


def suggestions(typed: str, most: int) -> list[Enterprise]:
    """The first few enterprises whose name, code or initials match what is being typed."""
    query = select(Enterprise).order_by(Enterprise.name, Enterprise.id).limit(most)
    if typed:
        query = query.where(matches(Enterprise.search, typed))
    return list(db.session.scalars(query))


def industry_choices() -> list[tuple[str, str]]:
    """Every division, by its code and its name in the reader's language."""
    name = Industry.name_en if in_english() else Industry.name_zh
    rows = db.session.execute(select(Industry.code, name).order_by(Industry.code))
    return [(code, f"{code} {called}") for code, called in rows]
