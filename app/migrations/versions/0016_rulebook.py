"""Trials of rules over past quarters; what the newest sweep of a quarter found.

Revision ID: 0016
Revises: 0015
Create Date: 2026-11-27 13:20:00
"""

import sqlalchemy as sa
from alembic import op

import app.core.db

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

PLACE = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "rule_sweep",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.String(length=128), nullable=False),
        sa.Column("asked_at", app.core.db.UtcDateTime(), nullable=False),
        sa.Column("ended_at", app.core.db.UtcDateTime(), nullable=True),
        sa.Column("filings", sa.Integer(), nullable=False),
        sa.Column("clean", sa.Integer(), nullable=False),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.Column("not_run", sa.Integer(), nullable=False),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["ab_user.id"], name=op.f("fk_rule_sweep_asked_by_id_ab_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_sweep")),
    )
    op.create_index(op.f("ix_rule_sweep_asked_by_id"), "rule_sweep", ["asked_by_id"], unique=False)
    op.create_index(op.f("ix_rule_sweep_place"), "rule_sweep", ["place"], unique=False)
    op.create_index("ix_rule_sweep_year_quarter", "rule_sweep", ["year", "quarter"], unique=False)
    op.create_table(
        "rule_trial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_version_id", sa.Integer(), nullable=False),
        sa.Column("against_id", sa.Integer(), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("quarters", sa.String(length=200), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.String(length=128), nullable=False),
        sa.Column("asked_at", app.core.db.UtcDateTime(), nullable=False),
        sa.Column("ended_at", app.core.db.UtcDateTime(), nullable=True),
        sa.Column("filings", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["against_id"], ["rule_version.id"], name=op.f("fk_rule_trial_against_id_rule_version")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["ab_user.id"], name=op.f("fk_rule_trial_asked_by_id_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["rule_version_id"],
            ["rule_version.id"],
            name=op.f("fk_rule_trial_rule_version_id_rule_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_trial")),
    )
    op.create_index(op.f("ix_rule_trial_against_id"), "rule_trial", ["against_id"], unique=False)
    op.create_index(op.f("ix_rule_trial_asked_by_id"), "rule_trial", ["asked_by_id"], unique=False)
    op.create_index(op.f("ix_rule_trial_place"), "rule_trial", ["place"], unique=False)
    op.create_index(
        op.f("ix_rule_trial_rule_version_id"), "rule_trial", ["rule_version_id"], unique=False
    )
    op.create_table(
        "rule_sweep_alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sweep_id", sa.Integer(), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column(
            "severity",
            sa.Enum("error", "warning", name="severity", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "found",
            sa.Enum("broken", "could_not_run", name="found", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("variable", sa.String(length=1), nullable=False),
        sa.Column("key", sa.String(length=12), nullable=False),
        sa.Column("column", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["filing.id"], name=op.f("fk_rule_sweep_alarm_filing_id_filing")
        ),
        sa.ForeignKeyConstraint(
            ["sweep_id"], ["rule_sweep.id"], name=op.f("fk_rule_sweep_alarm_sweep_id_rule_sweep")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_sweep_alarm")),
    )
    op.create_index(
        op.f("ix_rule_sweep_alarm_filing_id"), "rule_sweep_alarm", ["filing_id"], unique=False
    )
    op.create_index(op.f("ix_rule_sweep_alarm_place"), "rule_sweep_alarm", ["place"], unique=False)
    op.create_index(
        "ix_rule_sweep_alarm_sweep_id_code", "rule_sweep_alarm", ["sweep_id", "code"], unique=False
    )
    op.create_table(
        "rule_sweep_filing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sweep_id", sa.Integer(), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.Column("not_run", sa.Integer(), nullable=False),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["filing.id"], name=op.f("fk_rule_sweep_filing_filing_id_filing")
        ),
        sa.ForeignKeyConstraint(
            ["sweep_id"], ["rule_sweep.id"], name=op.f("fk_rule_sweep_filing_sweep_id_rule_sweep")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_sweep_filing")),
    )
    op.create_index(
        op.f("ix_rule_sweep_filing_filing_id"), "rule_sweep_filing", ["filing_id"], unique=False
    )
    op.create_index(
        op.f("ix_rule_sweep_filing_place"), "rule_sweep_filing", ["place"], unique=False
    )
    op.create_index(
        "ix_rule_sweep_filing_sweep_id_filing_id",
        "rule_sweep_filing",
        ["sweep_id", "filing_id"],
        unique=False,
    )


def downgrade() -> None:

    op.drop_index("ix_rule_sweep_filing_sweep_id_filing_id", table_name="rule_sweep_filing")
    op.drop_index(op.f("ix_rule_sweep_filing_place"), table_name="rule_sweep_filing")
    op.drop_index(op.f("ix_rule_sweep_filing_filing_id"), table_name="rule_sweep_filing")
    op.drop_table("rule_sweep_filing")
    op.drop_index("ix_rule_sweep_alarm_sweep_id_code", table_name="rule_sweep_alarm")
    op.drop_index(op.f("ix_rule_sweep_alarm_place"), table_name="rule_sweep_alarm")
    op.drop_index(op.f("ix_rule_sweep_alarm_filing_id"), table_name="rule_sweep_alarm")
    op.drop_table("rule_sweep_alarm")
    op.drop_index(op.f("ix_rule_trial_rule_version_id"), table_name="rule_trial")
    op.drop_index(op.f("ix_rule_trial_place"), table_name="rule_trial")
    op.drop_index(op.f("ix_rule_trial_asked_by_id"), table_name="rule_trial")
    op.drop_index(op.f("ix_rule_trial_against_id"), table_name="rule_trial")
    op.drop_table("rule_trial")
    op.drop_index("ix_rule_sweep_year_quarter", table_name="rule_sweep")
    op.drop_index(op.f("ix_rule_sweep_place"), table_name="rule_sweep")
    op.drop_index(op.f("ix_rule_sweep_asked_by_id"), table_name="rule_sweep")
    op.drop_table("rule_sweep")
