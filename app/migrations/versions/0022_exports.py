"""Exports: what people have asked to take away, and the files made of it.

Revision ID: 0022
Revises: 0021
Create Date: 2026-11-28 01:50:00
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

PLACE = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=128), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(length=128), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("file", sa.String(length=80), nullable=True),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["ab_user.id"], name=op.f("fk_export_asked_by_id_ab_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    op.create_index(op.f("ix_export_asked_at"), "export", ["asked_at"], unique=False)
    op.create_index(op.f("ix_export_job_id"), "export", ["job_id"], unique=False)
    op.create_index(op.f("ix_export_place"), "export", ["place"], unique=False)
    op.create_index(
        "ix_export_asked_by_id_asked_at", "export", ["asked_by_id", "asked_at"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_export_asked_by_id_asked_at", table_name="export")
    op.drop_index(op.f("ix_export_place"), table_name="export")
    op.drop_index(op.f("ix_export_job_id"), table_name="export")
    op.drop_index(op.f("ix_export_asked_at"), table_name="export")
    op.drop_table("export")
