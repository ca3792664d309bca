"""The data every installation begins with: regions, industries, carriers."""

from app.enterprises.reference import load_industries
from app.filings.catalogue import load_carriers
from app.regions.reference import load_regions


def load_reference_data() -> int:
    """Add what is missing, change nothing that is there. Returns how many rows were added."""
    return load_regions() + load_industries() + load_carriers()
