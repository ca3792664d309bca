"""The level of a year, from the final figures of the year before (FM-20)."""

from sqlalchemy import func, select

from app.audit.actor import SYSTEM, Actor
from app.checks.reckoning import is_large
from app.core.db import db
from app.enterprises.models import EnergyLevel, Enterprise, LevelSource
from app.enterprises.operations import set_level
from app.filings.models import Filing
from app.filings.sheets.profile import ProfileRow
from app.review.models import Review
from app.review.workflow import FINAL


def settle_levels(year: int, *, actor: Actor = SYSTEM) -> int:
    """Set the level of *year* for every enterprise whose four quarters before are final.

    The others keep their former level.  Returns how many were set.
    """
    query = (
        select(Enterprise, func.sum(ProfileRow.comprehensive_energy_calorific))
        .join(Filing, Filing.enterprise_id == Enterprise.id)
        .join(Review, Review.id == Filing.review_id)
        .join(ProfileRow, ProfileRow.filing_id == Filing.id)
        .where(Filing.year == year - 1, Review.state.in_(FINAL))
        .group_by(Enterprise.id)
        .having(func.count(Filing.id) == 4)
        .order_by(Enterprise.place)
    )
    found = db.session.execute(query).all()
    for enterprise, energy in found:
        level = EnergyLevel.GE_500K if energy and is_large(energy) else EnergyLevel.LT_500K
        set_level(enterprise, year, level, actor=actor, source=LevelSource.FIGURES, energy=energy)
    return len(found)
