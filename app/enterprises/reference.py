"""The industries, from the project's own data file."""

import csv
from pathlib import Path

from sqlalchemy import select

from app.core.db import db
from app.enterprises.models import Industry

FILE = Path(__file__).parent / "data" / "industries.csv"


def load_industries() -> int:
    """Add the divisions that are missing. Returns how many."""
    known = set(db.session.scalars(select(Industry.code)))
    with FILE.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["level"] == "division"]
    missing = [row for row in rows if row["code"] not in known]
    db.session.add_all(
        Industry(
            code=row["code"],
            section=row["section"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            six_high_energy=row["six_high_energy"] == "1",
            conversion_expected=row["conversion_sheet_expected"] == "1",
        )
        for row in missing
    )
    db.session.flush()
    return len(missing)
