"""Announcements, whom to call, and the problems that people report.

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-23 16:45:00
"""

import sqlalchemy as sa
from alembic import op

import app.core.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.String(length=4000), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "ordinary", "important", name="announcementlevel", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("author_name", sa.String(length=128), nullable=False),
        sa.Column("created_at", app.core.db.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    op.create_table(
        "platform_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("mail", sa.String(length=120), nullable=False),
        sa.Column("hours", sa.String(length=200), nullable=False),
        sa.Column("notes", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_contact")),
    )
    op.create_table(
        "problem_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("page", sa.String(length=300), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("reporter_name", sa.String(length=128), nullable=False),
        sa.Column("created_at", app.core.db.UtcDateTime(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "answered", "closed", name="reportstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("answer", sa.String(length=2000), nullable=False),
        sa.Column("answered_by", sa.String(length=128), nullable=False),
        sa.Column("answered_at", app.core.db.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "place",
            sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["ab_user.id"], name=op.f("fk_problem_report_reporter_id_ab_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_report")),
        sa.UniqueConstraint("reporter_id", "key", name=op.f("uq_problem_report_reporter_id_key")),
    )
    op.create_index(op.f("ix_problem_report_place"), "problem_report", ["place"])
    op.create_index(op.f("ix_problem_report_state"), "problem_report", ["state"])


def downgrade() -> None:
    op.drop_table("problem_report")
    op.drop_table("platform_contact")
    op.drop_table("announcement")
