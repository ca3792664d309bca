"""A review says which quarter it is about, so that the catalogue can be searched by it.

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-23 16:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("review", sa.Column("period", sa.String(length=6), nullable=True))
    op.execute(
        "UPDATE review SET period = (SELECT CAST(year AS VARCHAR(4)) || 'Q' || "
        "CAST(quarter AS VARCHAR(1)) FROM filing WHERE filing.review_id = review.id)"
    )
    op.create_index("ix_review_period", "review", ["period"])


def downgrade() -> None:
    op.drop_index("ix_review_period", "review")
    with op.batch_alter_table("review") as table:
        table.drop_column("period")
