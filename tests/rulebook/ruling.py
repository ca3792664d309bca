"""Rules to test with: their codes begin with X, so that none of the project's own is touched."""

from decimal import Decimal

from app.checks.rules import Addressee, Severity
from app.core.db import db
from app.core.period import Quarter
from app.core.unit import unit_of_work
from app.filings.catalogue import mark_changed
from app.filings.rules.models import RuleVersion, Standing
from app.filings.rules.operations import activate, draft, find_draft, last_active, mark_of

SOON = Quarter(2026, 4)
BOUGHT = "S2[c].purchase_quantity <= tolerance"
HOSTILE = {
    "nested": "(" * 3000 + "1 > 0" + ")" * 3000,
    "long": "1 > 0 and " * 400 + "1 > 0 ",
    "attribute": "S2.__class__ == 1",
    "dunder": "().__class__.__bases__ > 0",
    "huge": "S1.energy_cost < " + "9" * 40,
    "power": "9 ** 9 ** 9 > 0",
    "call": '__import__("os") > 0',
    "empty": "",
    "nul": "1 > 0 \0",
    "minus": "-" * 2000 + "1 > 0",
    "not": "not " * 900 + "1 > 0",
    "script": "<script>alert(1)</script>",
}


def wording(**other):
    """What a rule says that holds where not more than so much of a carrier is bought."""
    values = {
        "severity": Severity.WARNING,
        "addressee": Addressee.ENTERPRISE,
        "sheets": "S2",
        "fourth_quarter_only": False,
        "expression": BOUGHT,
        "tolerance": Decimal(1000),
        "tolerance_unit": "",
        "actual": "",
        "expected": "",
        "deviation": "",
        "message_zh": "{energy}购进量{actual}大于{expected}",
        "message_en": "{energy}: {actual} bought, more than {expected}",
        "about_zh": "购进量不大于限值。",
        "about_en": "Not more is bought than the limit.",
        "source": "Test standard 1-2026",
        "industries": "",
        "note": "",
    }
    return {**values, **other}


def enter(world, code="X-01", **other):
    """An active rule from the beginning; returns the number of its row."""
    with world.seen_from(), unit_of_work():
        mark_changed()
        row = RuleVersion(
            code=code,
            number=1,
            standing=Standing.ACTIVE,
            from_year=2000,
            from_quarter=1,
            **{"enabled": True, **wording(**other)},
        )
        db.session.add(row)
        db.session.flush()
        return row.id


def drafted(world, code="X-01", by="region", **other):
    """The number of the draft that *by* has made of *code*."""
    with world.acting(by) as actor:
        begun = find_draft(code) or last_active(code)
        shown = mark_of(begun) if begun else "new"
        return draft(code, wording(**other), actor=actor, shown=shown).id


def activated(world, number, by="region", since=SOON, reason="The limit is too low."):
    with world.acting(by) as actor:
        activate(version(number), actor=actor, reason=reason, from_quarter=since)


def version(number):
    row = db.session.get(RuleVersion, number)
    assert row is not None
    return row
