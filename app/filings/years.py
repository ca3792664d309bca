"""The years of enterprises whose sheets have to be built anew."""

from sqlalchemy import select

from app.core.clock import now
from app.core.db import db
from app.filings.models import EnterpriseYear, Filing


def mark_stale(filing: Filing) -> None:
    """A filing of the year became final, or is final no longer: its sheet is out of date."""
    query = select(EnterpriseYear).where(
        EnterpriseYear.enterprise_id == filing.enterprise_id,
        EnterpriseYear.year == filing.year,
        EnterpriseYear.place == filing.place,
    )
    year = db.session.scalars(query).one_or_none()
    if year is None:
        year = EnterpriseYear(
            enterprise_id=filing.enterprise_id, year=filing.year, place=filing.place
        )
        db.session.add(year)
    if year.stale_since is None:
        year.stale_since = now()
