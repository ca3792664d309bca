"""Documents that were made ready to be shown.

Revision ID: 0021
Revises: 0019
Create Date: 2026-11-28 01:45:00
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None


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


def downgrade() -> None:
    op.drop_table("rendition")
