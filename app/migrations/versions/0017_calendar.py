"""Days that the region sets apart, extensions, closed years, the day of the first submission.

Revision ID: 0017
Revises: 0016
Create Date: 2026-11-27 20:00:00
"""

from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

import app.core.db

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

PLACE = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")
PLACE_TIME = ZoneInfo("Asia/Shanghai")

filing = sa.table(
    "filing",
    sa.column("id", sa.Integer),
    sa.column("review_id", sa.Integer),
    sa.column("first_submitted_on", sa.Date),
)
decision = sa.table(
    "decision",
    sa.column("id", sa.Integer),
    sa.column("review_id", sa.Integer),
    sa.column("action", sa.String),
    sa.column("at", app.core.db.UtcDateTime()),
)


def upgrade() -> None:
    op.create_table(
        "special_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_day")),
        sa.UniqueConstraint("day", name=op.f("uq_special_day_day")),
    )
    op.create_table(
        "closed_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("at", app.core.db.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_year")),
        sa.UniqueConstraint("year", name=op.f("uq_closed_year_year")),
    )
    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("replaces_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.Column("granted_by", sa.String(length=128), nullable=False),
        sa.Column("granted_at", app.core.db.UtcDateTime(), nullable=False),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_extension_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["ab_user.id"], name=op.f("fk_extension_granted_by_id_ab_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
        sa.UniqueConstraint(
            "enterprise_id",
            "year",
            "quarter",
            "due_on",
            name=op.f("uq_extension_enterprise_id_year_quarter_due_on"),
        ),
    )
    op.create_index(op.f("ix_extension_granted_by_id"), "extension", ["granted_by_id"])
    op.create_index(op.f("ix_extension_place"), "extension", ["place"])
    op.add_column("filing", sa.Column("first_submitted_on", sa.Date(), nullable=True))
    _fill_in_first_submissions()


def _fill_in_first_submissions() -> None:
    """From the ledger: the first submission since the last withdrawal."""
    connection = op.get_bind()
    query = (
        sa.select(decision.c.review_id, decision.c.action, decision.c.at)
        .where(decision.c.action.in_(["submit", "withdraw"]))
        .order_by(decision.c.id)
    )
    first = {}
    for review_id, action, at in connection.execute(query):
        if action == "withdraw":
            first.pop(review_id, None)
        else:
            first.setdefault(review_id, at.astimezone(PLACE_TIME).date())
    if first:
        statement = (
            sa.update(filing)
            .where(filing.c.review_id == sa.bindparam("review"))
            .values(first_submitted_on=sa.bindparam("day"))
        )
        rows = [{"review": pk, "day": day} for pk, day in first.items()]
        connection.execute(statement, rows)


def downgrade() -> None:
    op.drop_column("filing", "first_submitted_on")
    op.drop_index(op.f("ix_extension_place"), table_name="extension")
    op.drop_index(op.f("ix_extension_granted_by_id"), table_name="extension")
    op.drop_table("extension")
    op.drop_table("closed_year")
    op.drop_table("special_day")
