"""The data every installation begins with: regions, industries, catalogues, plans, rules."""

from sqlalchemy import select

from app.audit.record import open_chains
from app.core.db import db
from app.enterprises.reference import load_industries
from app.filings.catalogue import mark_changed
from app.filings.reference import load_carriers, load_wastes
from app.filings.rules.reference import load_rules
from app.inspection.reference import load_inspection_documents
from app.regions.models import Region
from app.regions.reference import load_regions
from app.targets.reference import load_plan_periods, load_products


def load_reference_data() -> int:
    """Add what is missing, change nothing that is there. Returns how many rows were added."""
    added = load_regions() + load_industries() + load_carriers() + load_wastes()
    added += load_products() + load_plan_periods() + load_rules()
    added += load_inspection_documents()
    mark_changed()
    open_chains(db.session.scalars(select(Region.path)))
    return added
