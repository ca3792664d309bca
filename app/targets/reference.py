"""The plans that every installation begins with, from the project's own data file."""

import csv
from pathlib import Path

from sqlalchemy import select

from app.core.db import db
from app.targets.models import PlanPeriod

FILE = Path(__file__).parent / "data" / "plan_periods.csv"


def load_plan_periods() -> int:
    """Add the plans that are missing. Returns how many."""
    known = set(db.session.scalars(select(PlanPeriod.key)))
    with FILE.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["key"] not in known]
    db.session.add_all(
        PlanPeriod(
            key=row["key"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            first_year=int(row["first_year"]),
            last_year=int(row["last_year"]),
        )
        for row in rows
    )
    db.session.flush()
    return len(rows)
