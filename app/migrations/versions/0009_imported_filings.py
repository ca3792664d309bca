"""Filings say whether they were imported from before the installation.

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-24 02:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    imported = sa.Column("imported", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("filing", imported)


def downgrade() -> None:
    op.drop_column("filing", "imported")
