"""The tree as the region keeps it, from the project's own data file."""

import csv
from pathlib import Path

from sqlalchemy import select

from app.core.db import db
from app.regions.models import Region

FILE = Path(__file__).parent / "data" / "regions.csv"


def load_regions() -> int:
    """Add the nodes that are missing; what the region changed stays. Returns how many."""
    known = set(db.session.scalars(select(Region.code)))
    with FILE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    parents = {row["code"]: row["reporting_parent_code"] for row in rows}
    missing = [row for row in rows if row["code"] not in known]
    for row in missing:
        db.session.add(
            Region(
                path=_path(row["code"], parents),
                code=row["code"],
                name_zh=row["name_zh"],
                name_en=row["name_en"],
                short_zh=row["short_zh"],
                active=row["default_active"] == "1",
                county_review=True if row["level"] == "league" else None,
            )
        )
    db.session.flush()
    return len(missing)


def _path(code: str, parents: dict[str, str]) -> str:
    above = parents[code]
    return (_path(above, parents) if above else "") + f"{code}/"
