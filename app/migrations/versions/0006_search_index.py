"""Far pages and searches of the registry walk along one index, not through the rows.

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-24 01:50:00
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NAME, TABLE = "ix_enterprise_place_id_search", "enterprise"


def upgrade() -> None:
    op.create_index(NAME, TABLE, ["place", "id", "search"])


def downgrade() -> None:
    op.drop_index(NAME, TABLE)
