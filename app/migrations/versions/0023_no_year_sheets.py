"""Reports are drawn from the filings themselves: no sheet of a year that could be out of date.

Revision ID: 0023
Revises: 0022
Create Date: 2026-11-28 02:20:00
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

PLACE = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")


def upgrade() -> None:
    op.drop_table("enterprise_year")


def downgrade() -> None:
    op.create_table(
        "enterprise_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), sa.ForeignKey("enterprise.id"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("stale_since", UtcDateTime(), nullable=True),
        sa.Column("place", PLACE, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_year")),
        sa.UniqueConstraint(
            "enterprise_id",
            "year",
            "place",
            name=op.f("uq_enterprise_year_enterprise_id_year_place"),
        ),
    )
    op.create_index(op.f("ix_enterprise_year_place"), "enterprise_year", ["place"], unique=False)
