"""Documents that were made ready to be shown; the forms of energy managers.

Revision ID: 0021
Revises: 0020
Create Date: 2026-11-28 01:45:00
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

PLACE = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")


def _choice(*values: str) -> sa.Enum:
    return sa.Enum(*values, native_enum=False, length=32)


def upgrade() -> None:
    failures = "no_program not_confined broken_off out_of_time out_of_space unreadable".split()
    op.create_table(
        "rendition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("ending", sa.String(length=8), nullable=False),
        sa.Column("state", _choice("waiting", "ready", "failed"), nullable=False),
        sa.Column("failure", _choice(*failures), nullable=True),
        sa.Column("result_sha256", sa.String(length=64), nullable=True),
        sa.Column("result_size", sa.Integer(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("tried_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tool", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rendition")),
        sa.UniqueConstraint("source_sha256", name=op.f("uq_rendition_source_sha256")),
    )
    op.create_table(
        "energy_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("annex", _choice("heads", "person"), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("open_for", sa.String(length=64), nullable=True),
        sa.Column(
            "state",
            _choice("draft", "handed_in", "returned", "in_force", "replaced", "ended"),
            nullable=False,
        ),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("staff", sa.JSON(), nullable=False),
        sa.Column("person", sa.String(length=50), nullable=False),
        sa.Column("record_no", sa.String(length=30), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=True),
        sa.Column("media_type", sa.String(length=100), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("written_by", sa.String(length=128), nullable=False),
        sa.Column("handed_in_at", UtcDateTime(), nullable=True),
        sa.Column("in_force_at", UtcDateTime(), nullable=True),
        sa.Column("accepted_by", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprise.id"],
            name=op.f("fk_energy_form_enterprise_id_enterprise"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_energy_form")),
        sa.UniqueConstraint(
            "enterprise_id",
            "annex",
            "line",
            "number",
            name=op.f("uq_energy_form_enterprise_id_annex_line_number"),
        ),
        sa.UniqueConstraint("open_for", name=op.f("uq_energy_form_open_for")),
        sa.UniqueConstraint("record_no", "number", name=op.f("uq_energy_form_record_no_number")),
    )
    for column in ("annex", "state", "in_force_at", "place"):
        op.create_index(op.f(f"ix_energy_form_{column}"), "energy_form", [column])
    op.create_table(
        "energy_chart",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("organisation", "meters"), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("saved_by", sa.String(length=128), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprise.id"],
            name=op.f("fk_energy_chart_enterprise_id_enterprise"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_energy_chart")),
        sa.UniqueConstraint(
            "enterprise_id", "kind", name=op.f("uq_energy_chart_enterprise_id_kind")
        ),
    )
    for column in ("next_due_on", "place"):
        op.create_index(op.f(f"ix_energy_chart_{column}"), "energy_chart", [column])
    op.create_table(
        "energy_record_counter",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", "year", name=op.f("pk_energy_record_counter")),
    )


def downgrade() -> None:
    op.drop_table("energy_record_counter")
    op.drop_table("energy_chart")
    op.drop_table("energy_form")
    op.drop_table("rendition")
