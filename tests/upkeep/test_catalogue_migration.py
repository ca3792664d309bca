"""What stood undated in the catalogues is in force from the beginning, and nothing is lost."""

from decimal import Decimal

from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from app.core.db import Quantity, db
from app.core.period import Quarter
from app.filings.books import catalogues
from app.regions.scope import EVERYWHERE, look_from

WHAT = "Coefficients, limits and classes of waste by quarter"


def revision_before():
    scripts = ScriptDirectory(current_app.extensions["migrate"].directory).walk_revisions()
    return next(one.down_revision for one in scripts if one.doc.startswith(WHAT))


def kept(value, *places):
    """As the database at hand keeps a decimal."""
    dialect = db.engine.dialect
    return Quantity(*places).process_bind_param(Decimal(value), dialect)


def change(statement, **values):
    db.session.execute(text(statement), values)
    db.session.commit()


def test_what_the_region_had_set_is_in_force_from_the_beginning(app):
    with app.app_context():
        look_from(db.session, EVERYWHERE)
        before = catalogues(Quarter(2026, 1))
        db.session.rollback()
        downgrade(revision=revision_before())
        change("UPDATE carrier SET reference = :k WHERE code = '04'", k=kept("0.7", 10, 6))
        change("UPDATE product SET level3 = :k WHERE key = '2611E'", k=kept("930", 18, 4))
        change(
            "INSERT INTO primary_coefficient (year, carrier_code, value, source)"
            " VALUES (2025, '33', :k, 'a document')",
            k=kept("2.9", 10, 6),
        )
        change("INSERT INTO waste VALUES ('SW77', '新', 'New', 't')")
        upgrade()
        first, later = catalogues(Quarter(2000, 1)), catalogues(Quarter(2025, 1))
        assert first.carriers["04"].reference == Decimal("0.7")
        assert first.carriers["05"] == before.carriers["05"]
        assert first.products["2611E"].limits == (805, 823, 930)
        assert {k: v for k, v in first.products.items() if k != "2611E"} == {
            k: v for k, v in before.products.items() if k != "2611E"
        }
        assert (first.primary["33"], later.primary["33"]) == (3, Decimal("2.9"))
        assert first.primary["32"] == later.primary["32"] == Decimal("0.0402")
        assert first.wastes.keys() - before.wastes.keys() == {"SW77"}
        assert later.left_out == frozenset()


def test_the_way_back_keeps_what_is_in_force_last(app):
    with app.app_context():
        change(
            "INSERT INTO carrier_coefficient (carrier_code, reference, from_year, from_quarter,"
            " source, reason, version) VALUES ('04', :k, 2026, 3, '', '', 1)",
            k=kept("0.7", 10, 6),
        )
        downgrade(revision=revision_before())
        query = text("SELECT code, reference, hard_max FROM carrier WHERE code IN ('04', '05')")
        rows = db.session.execute(query.columns(reference=Quantity(10, 6))).all()
        assert sorted(row[:2] for row in rows) == [
            ("04", Decimal("0.7")),
            ("05", Decimal("0.4286")),
        ]
        db.session.rollback()
        upgrade()
