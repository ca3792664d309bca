"""Marks, remarks, questions, requests for a rollback; a review that has been begun on.

Revision ID: 0019
Revises: 0018
Create Date: 2026-11-27 18:50:00
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

PLACE = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")


def _choice(*values: str) -> sa.Enum:
    return sa.Enum(*values, native_enum=False, length=32)


SCOPE = _choice("whole", "attachments")


def upgrade() -> None:
    # columns are added in place: a table made anew on SQLite would lose its triggers
    op.add_column("review", sa.Column("search", sa.String(length=420), nullable=True))
    op.execute(
        "UPDATE review SET search = (SELECT enterprise.search || ' ' || lower(review.period)"
        " FROM filing JOIN enterprise ON enterprise.id = filing.enterprise_id"
        " WHERE filing.review_id = review.id) WHERE review.period IS NOT NULL AND EXISTS"
        " (SELECT 1 FROM filing WHERE filing.review_id = review.id)"
    )
    op.add_column("review", sa.Column("begun_at", UtcDateTime(), nullable=True))
    op.add_column("review", sa.Column("return_scope", SCOPE, nullable=True))
    op.add_column("decision", sa.Column("return_scope", SCOPE, nullable=True))
    _table(
        "sheet_mark",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.String(length=12), nullable=False),
        sa.Column("verdict", _choice("in_order", "question"), nullable=False),
        *_person("by_id", "by"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint(
            "review_id", "number", "tier", "sheet", name="uq_sheet_mark_review_id_number_tier_sheet"
        ),
        indexed=("by_id",),
    )
    _table(
        "review_remark",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("where", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("audience", _choice("internal", "enterprise"), nullable=False),
        *_person("by_id", "by"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("decision_id", sa.Integer(), sa.ForeignKey("decision.id"), nullable=True),
        indexed=("review_id", "by_id", "decision_id"),
    )
    _table(
        "review_question",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("where", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        *_person("asked_by_id", "asked_by"),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        *_person("answered_by_id", "answered_by"),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        indexed=("review_id", "asked_by_id", "answered_by_id"),
    )
    _table(
        "rollback_request",
        sa.Column("decision_id", sa.Integer(), sa.ForeignKey("decision.id"), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_person("asked_by_id", "asked_by"),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("state", _choice("open", "accepted", "declined"), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        *_person("answered_by_id", "answered_by"),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        indexed=("review_id", "decision_id", "asked_by_id", "answered_by_id"),
    )
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


def _person(key: str, name: str) -> tuple[sa.Column[int], sa.Column[str]]:
    return (
        sa.Column(key, sa.Integer(), sa.ForeignKey("ab_user.id"), nullable=True),
        sa.Column(name, sa.String(length=128), nullable=False),
    )


def _table(name: str, *columns: sa.Column | sa.UniqueConstraint, indexed: tuple[str, ...]) -> None:
    """A table of rows about a review, each at its place."""
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), sa.ForeignKey("review.id"), nullable=False),
        *columns,
        sa.Column("place", PLACE, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    for column in (*indexed, "place"):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column], unique=False)


def downgrade() -> None:
    op.drop_table("enterprise_year")
    for name in ("rollback_request", "review_question", "review_remark", "sheet_mark"):
        op.drop_table(name)
    op.drop_column("decision", "return_scope")
    op.drop_column("review", "return_scope")
    op.drop_column("review", "begun_at")
    op.drop_column("review", "search")
