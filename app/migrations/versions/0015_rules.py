"""Validation rules in versions, alarms frozen with decisions, explanations of warnings.

The usual prices and the range that the form gives for a coefficient come from the project's own
list of carriers; rows that the region has set itself are not touched.

Revision ID: 0015
Revises: 0014
Create Date: 2026-11-27 12:50:00
"""

import csv
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from alembic import op

import app.core.db

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


PLACE = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")
CARRIERS = Path(__file__).parents[2] / "filings" / "data" / "energy_types.csv"
USUAL = {"form_min": 6, "form_max": 6, "price_min": 2, "price_max": 2}  # digits after the point
WRITTEN_ONCE = ("filing_checkup", "filing_alarm")


def upgrade() -> None:
    op.create_table(
        "rule_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "standing",
            sa.Enum("draft", "active", "discarded", name="standing", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("from_year", sa.Integer(), nullable=False),
        sa.Column("from_quarter", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column(
            "severity",
            sa.Enum("error", "warning", name="severity", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "addressee",
            sa.Enum("enterprise", "league", name="addressee", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("sheets", sa.String(length=40), nullable=False),
        sa.Column("fourth_quarter_only", sa.Boolean(), nullable=False),
        sa.Column("expression", sa.Text(), nullable=False),
        sa.Column("tolerance", app.core.db.Quantity(12, 6), nullable=True),
        sa.Column("tolerance_unit", sa.String(length=16), nullable=False),
        sa.Column("actual", sa.String(length=400), nullable=False),
        sa.Column("expected", sa.String(length=400), nullable=False),
        sa.Column("deviation", sa.String(length=400), nullable=False),
        sa.Column("message_zh", sa.String(length=300), nullable=False),
        sa.Column("message_en", sa.String(length=300), nullable=False),
        sa.Column("about_zh", sa.String(length=500), nullable=False),
        sa.Column("about_en", sa.String(length=500), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("industries", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.Column("created_at", app.core.db.UtcDateTime(), nullable=False),
        sa.Column("activated_by_id", sa.Integer(), nullable=True),
        sa.Column("activated_by", sa.String(length=128), nullable=False),
        sa.Column("activated_at", app.core.db.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activated_by_id"],
            ["ab_user.id"],
            name=op.f("fk_rule_version_activated_by_id_ab_user"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["ab_user.id"], name=op.f("fk_rule_version_created_by_id_ab_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_version")),
        sa.UniqueConstraint("code", "number", name=op.f("uq_rule_version_code_number")),
    )
    op.create_index(
        op.f("ix_rule_version_activated_by_id"), "rule_version", ["activated_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_rule_version_created_by_id"), "rule_version", ["created_by_id"], unique=False
    )

    op.create_table(
        "filing_checkup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "submit",
                "withdraw",
                "approve",
                "return",
                "rollback",
                "close",
                "reroute",
                "import",
                name="action",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", app.core.db.UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.Column("unexplained", sa.Integer(), nullable=False),
        sa.Column("not_run", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("algorithm", sa.String(length=16), nullable=False),
        sa.Column("hash", sa.String(length=128), nullable=False),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["filing.id"], name=op.f("fk_filing_checkup_filing_id_filing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_checkup")),
        sa.UniqueConstraint("filing_id", "number", name=op.f("uq_filing_checkup_filing_id_number")),
    )
    op.create_index(op.f("ix_filing_checkup_place"), "filing_checkup", ["place"], unique=False)

    op.create_table(
        "filing_explanation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=12), nullable=False),
        sa.Column("column", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "production",
                "product_mix",
                "new_equipment",
                "maintenance",
                "season",
                "quality",
                "price",
                "corrected",
                "measurement",
                "other",
                name="reason",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=True),
        sa.Column("media_type", sa.String(length=100), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("given_by", sa.String(length=128), nullable=False),
        sa.Column("given_at", app.core.db.UtcDateTime(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum("none", "accepted", "asked_again", name="answer", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_by", sa.String(length=128), nullable=False),
        sa.Column("answered_at", app.core.db.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["ab_user.id"],
            name=op.f("fk_filing_explanation_answered_by_id_ab_user"),
        ),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["filing.id"], name=op.f("fk_filing_explanation_filing_id_filing")
        ),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["ab_user.id"], name=op.f("fk_filing_explanation_given_by_id_ab_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_explanation")),
        sa.UniqueConstraint(
            "filing_id",
            "code",
            "key",
            "column",
            "label",
            name=op.f("uq_filing_explanation_filing_id_code_key_column_label"),
        ),
    )
    op.create_index(
        op.f("ix_filing_explanation_answered_by_id"),
        "filing_explanation",
        ["answered_by_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_filing_explanation_given_by_id"),
        "filing_explanation",
        ["given_by_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_filing_explanation_place"), "filing_explanation", ["place"], unique=False
    )
    op.create_index(
        op.f("ix_filing_explanation_sha256"), "filing_explanation", ["sha256"], unique=False
    )

    op.create_table(
        "filing_alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("checkup_id", sa.Integer(), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column(
            "severity",
            sa.Enum("error", "warning", name="severity", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "addressee",
            sa.Enum("enterprise", "league", name="addressee", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=12), nullable=False),
        sa.Column("column", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("explained", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["checkup_id"],
            ["filing_checkup.id"],
            name=op.f("fk_filing_alarm_checkup_id_filing_checkup"),
        ),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["filing.id"], name=op.f("fk_filing_alarm_filing_id_filing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_alarm")),
    )
    op.create_index(
        op.f("ix_filing_alarm_checkup_id"), "filing_alarm", ["checkup_id"], unique=False
    )
    op.create_index(
        "ix_filing_alarm_code_checkup_id", "filing_alarm", ["code", "checkup_id"], unique=False
    )
    op.create_index(op.f("ix_filing_alarm_filing_id"), "filing_alarm", ["filing_id"], unique=False)
    op.create_index(op.f("ix_filing_alarm_place"), "filing_alarm", ["place"], unique=False)

    op.add_column(
        "carrier_coefficient", sa.Column("form_min", app.core.db.Quantity(10, 6), nullable=True)
    )
    op.add_column(
        "carrier_coefficient", sa.Column("form_max", app.core.db.Quantity(10, 6), nullable=True)
    )
    op.add_column(
        "carrier_coefficient", sa.Column("price_min", app.core.db.Quantity(18, 2), nullable=True)
    )
    op.add_column(
        "carrier_coefficient", sa.Column("price_max", app.core.db.Quantity(18, 2), nullable=True)
    )

    op.add_column("decision", sa.Column("seen_alarms", sa.String(length=128), nullable=True))

    op.add_column(
        "filing", sa.Column("reported_energy", app.core.db.Quantity(18, 4), nullable=True)
    )
    _fill_usual()
    _write_once()


def _fill_usual() -> None:
    """What the form gives and what is usually paid, for the rows in force from the beginning."""
    table = sa.table(
        "carrier_coefficient",
        sa.column("carrier_code"),
        sa.column("from_year"),
        *(sa.column(name, app.core.db.Quantity(18, places)) for name, places in USUAL.items()),
    )
    with CARRIERS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            values = {name: Decimal(row[name]) for name in USUAL if row[name]}
            if values:
                of = (table.c.carrier_code == row["code"]) & (table.c.from_year == 2000)
                op.execute(table.update().where(of).values(values))


def _write_once() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in WRITTEN_ONCE:
            for what in ("update", "delete"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{what} BEFORE {what.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    for table in WRITTEN_ONCE:
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_column("filing", "reported_energy")

    op.drop_column("decision", "seen_alarms")

    op.drop_column("carrier_coefficient", "price_max")
    op.drop_column("carrier_coefficient", "price_min")
    op.drop_column("carrier_coefficient", "form_max")
    op.drop_column("carrier_coefficient", "form_min")

    op.drop_table("filing_alarm")

    op.drop_table("filing_explanation")

    op.drop_table("filing_checkup")

    op.drop_table("rule_version")
