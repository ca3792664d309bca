"""The rules that every installation begins with, from the project's own file."""

import csv
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from app.checks.rules import Addressee, Severity
from app.core.clock import now
from app.core.dated import FROM_THE_BEGINNING
from app.core.db import db
from app.filings.rules.models import RuleVersion, Standing

FILE = Path(__file__).parent / "data" / "validation_rules.csv"
AS_WRITTEN = (
    "code sheets expression tolerance_unit actual expected deviation message_zh message_en "
    "about_zh about_en source industries note"
).split()


def load_rules() -> int:
    """Add the rules that are missing, active from the beginning. Returns how many."""
    known = set(db.session.scalars(select(RuleVersion.code)))
    with FILE.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["code"] not in known]
    db.session.add_all(first_version(row) for row in rows)
    db.session.flush()
    return len(rows)


def first_version(row: dict[str, str]) -> RuleVersion:
    return RuleVersion(
        **{name: row[name] for name in AS_WRITTEN},
        **FROM_THE_BEGINNING,
        number=1,
        standing=Standing.ACTIVE,
        severity=Severity.named(row["severity"]),
        addressee=Addressee.named(row["addressee"]),
        enabled=row["enabled"] == "1",
        fourth_quarter_only=row["period"] == "Q4",
        tolerance=Decimal(row["tolerance"]) if row["tolerance"] else None,
        activated_at=now(),
    )
