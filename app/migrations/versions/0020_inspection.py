"""Supervision documents: the catalogue by year, the files, answers, remarks and reminders.

Revision ID: 0020
Revises: 0019
Create Date: 2026-11-28 01:50:00
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

PLACE = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")
FREQUENCIES = (
    "once_update_january five_year_update_january annual_january_current_year "
    "annual_january_previous_year quarterly annual annual_if_obsolete_equipment"
).split()
NECESSITIES = "required optional_if_exists required_if_exists".split()
QUESTIONS = "obsolete_equipment metering_rules certified_system uncertified_system".split()
TEMPLATES = "annex1 annex2 annex3 annex4".split()


def upgrade() -> None:
    op.create_table(
        "inspection_document",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("chapter_no", sa.Integer(), nullable=False),
        _text("chapter_zh", 60),
        _text("chapter_en", 120),
        _text("item_no", 8),
        _text("item_zh", 60),
        _text("item_en", 120),
        _text("name_zh", 80),
        _text("name_en", 160),
        _choice("frequency", FREQUENCIES),
        _text("frequency_zh", 80),
        sa.Column("due_month", sa.Integer(), nullable=True),
        _choice("necessity", NECESSITIES),
        _choice("question", QUESTIONS, nullable=True),
        _choice("template", TEMPLATES, nullable=True),
        sa.Column("several", sa.Boolean(), nullable=False),
        sa.Column("expires", sa.Boolean(), nullable=False),
        _text("parts_zh", 120),
        _text("parts_en", 160),
        _text("taken_from", 32),
        _text("content_zh", 400),
        _text("content_en", 600),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_year", sa.Integer(), nullable=False),
        sa.Column("from_quarter", sa.Integer(), nullable=False),
        _text("source", 200),
        _text("reason", 500),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_document")),
        sa.UniqueConstraint(
            "code",
            "from_year",
            "from_quarter",
            name=op.f("uq_inspection_document_code_from_year_from_quarter"),
        ),
    )
    _table(
        "inspection_file",
        _text("code", 8),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        _text("file_name", 255),
        _text("media_type", 100),
        sa.Column("size", sa.Integer(), nullable=False),
        _text("sha256", 64),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        *_person("uploaded_by_id", "uploaded_by"),
        sa.Column("uploaded_at", UtcDateTime(), nullable=False),
        sa.Column("replaced_year", sa.Integer(), nullable=True),
        sa.Column("replaced_at", UtcDateTime(), nullable=True),
        _text("replaced_by", 128),
        unique=("enterprise_id", "code", "quarter", "part", "year", "number"),
        indexed=("sha256", "uploaded_by_id", "expires_on"),
    )
    op.create_index("ix_inspection_file_place_year", "inspection_file", ["place", "year"])
    _table(
        "inspection_answer",
        _choice("question", QUESTIONS),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("yes", sa.Boolean(), nullable=False),
        _text("reason", 500),
        sa.Column("from_year", sa.Integer(), nullable=False),
        sa.Column("until_year", sa.Integer(), nullable=False),
        *_person("answered_by_id", "answered_by"),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        unique=("enterprise_id", "question", "number"),
        indexed=("answered_by_id",),
    )
    _table(
        "inspection_remark",
        _text("code", 8),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        *_person("by_id", "by"),
        sa.Column("at", UtcDateTime(), nullable=False),
        indexed=("by_id",),
    )
    op.create_index(
        "ix_inspection_remark_enterprise_id_year", "inspection_remark", ["enterprise_id", "year"]
    )
    _table(
        "inspection_reminder",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("wanting", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), sa.ForeignKey("ab_user.id"), nullable=True),
        unique=("enterprise_id", "day"),
        indexed=("by_id",),
    )


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _choice(name: str, values: list[str], *, nullable: bool = False) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, length=32)
    return sa.Column(name, kind, nullable=nullable)


def _person(key: str, name: str) -> tuple[sa.Column[int], sa.Column[str]]:
    return (
        sa.Column(key, sa.Integer(), sa.ForeignKey("ab_user.id"), nullable=True),
        _text(name, 128),
    )


def _table(
    name: str,
    *columns: sa.Column,
    unique: tuple[str, ...] = (),
    indexed: tuple[str, ...] = (),
) -> None:
    """A table of what belongs to an enterprise, at its place."""
    constraint = f"uq_{name}_{'_'.join(unique)}"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), sa.ForeignKey("enterprise.id"), nullable=False),
        *columns,
        sa.Column("place", PLACE, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        *([sa.UniqueConstraint(*unique, name=op.f(constraint))] if unique else []),
    )
    for column in (*indexed, "place"):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column], unique=False)


def downgrade() -> None:
    for name in ("reminder", "remark", "answer", "file", "document"):
        op.drop_table(f"inspection_{name}")
