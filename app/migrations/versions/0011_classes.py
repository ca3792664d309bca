"""What happens to an enterprise in the course of the years: its class by year.

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-24 03:10:00
"""

import sqlalchemy as sa
from alembic import op

import app.core.db
from app.enterprises.names import name_key

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

PLACE = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")
STATE = sa.Enum(
    *("open", "agreed", "done", "declined", "withdrawn"),
    name="requeststate",
    native_enum=False,
    length=32,
)
CLASSES = ("hundred", "thousand", "ten_thousand", "unlisted")


def upgrade() -> None:
    op.create_table(
        "enterprise_class_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "enterprise_class",
            sa.Enum(*CLASSES, name="enterpriseclass", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("document", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprise.id"],
            name=op.f("fk_enterprise_class_year_enterprise_id_enterprise"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_class_year")),
        sa.UniqueConstraint(
            "enterprise_id", "year", name=op.f("uq_enterprise_class_year_enterprise_id_year")
        ),
    )
    op.create_index(op.f("ix_enterprise_class_year_place"), "enterprise_class_year", ["place"])
    _begin_histories()
    op.add_column("enterprise", sa.Column("name_key", sa.String(length=120), nullable=True))
    op.create_index(op.f("ix_enterprise_name_key"), "enterprise", ["name_key"])
    _make_keys()
    _requests()
    _moves()
    _lineage()


def _requests() -> None:
    op.create_table(
        "change_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("open_for", sa.Integer(), nullable=True),
        sa.Column("state", STATE, nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.String(length=128), nullable=False),
        sa.Column("asked_at", app.core.db.UtcDateTime(), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("decided_by", sa.String(length=128), nullable=False),
        sa.Column("decided_at", app.core.db.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["ab_user.id"], name=op.f("fk_change_request_asked_by_id_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprise.id"],
            name=op.f("fk_change_request_enterprise_id_enterprise"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_request")),
        sa.UniqueConstraint("open_for", name=op.f("uq_change_request_open_for")),
    )
    for column in ("enterprise_id", "place", "state"):
        op.create_index(op.f(f"ix_change_request_{column}"), "change_request", [column])


def _moves() -> None:
    op.create_table(
        "enterprise_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("open_for", sa.Integer(), nullable=True),
        sa.Column("registry_number", sa.String(length=10), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_by", sa.String(length=128), nullable=False),
        sa.Column("asked_at", app.core.db.UtcDateTime(), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("decided_by", sa.String(length=128), nullable=False),
        sa.Column("decided_at", app.core.db.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("from_place", PLACE, nullable=False),
        sa.Column("to_place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprise.id"],
            name=op.f("fk_enterprise_move_enterprise_id_enterprise"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_move")),
        sa.UniqueConstraint("open_for", name=op.f("uq_enterprise_move_open_for")),
    )
    for column in ("enterprise_id", "from_place", "to_place", "state"):
        op.create_index(op.f(f"ix_enterprise_move_{column}"), "enterprise_move", [column])


def _lineage() -> None:
    op.create_table(
        "enterprise_lineage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("merge", "split", name="lineagekind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("from_enterprise_id", sa.Integer(), nullable=False),
        sa.Column("to_enterprise_id", sa.Integer(), nullable=False),
        sa.Column("from_name", sa.String(length=120), nullable=False),
        sa.Column("to_name", sa.String(length=120), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=100), nullable=False),
        sa.Column("share", app.core.db.Quantity(7, 4), nullable=True),
        sa.Column("recorded_by", sa.String(length=128), nullable=False),
        sa.Column("recorded_at", app.core.db.UtcDateTime(), nullable=False),
        sa.Column("from_place", PLACE, nullable=False),
        sa.Column("to_place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["from_enterprise_id"],
            ["enterprise.id"],
            name=op.f("fk_enterprise_lineage_from_enterprise_id_enterprise"),
        ),
        sa.ForeignKeyConstraint(
            ["to_enterprise_id"],
            ["enterprise.id"],
            name=op.f("fk_enterprise_lineage_to_enterprise_id_enterprise"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_lineage")),
        sa.UniqueConstraint(
            "kind",
            "from_enterprise_id",
            "to_enterprise_id",
            name=op.f("uq_enterprise_lineage_kind_from_enterprise_id_to_enterprise_id"),
        ),
    )
    for column in ("from_enterprise_id", "to_enterprise_id", "from_place", "to_place"):
        op.create_index(op.f(f"ix_enterprise_lineage_{column}"), "enterprise_lineage", [column])


def _begin_histories() -> None:
    """Whoever is in the registry has had the class that stands there since they came in."""
    year = (
        "CAST(EXTRACT(YEAR FROM created_at) AS INTEGER)"
        if op.get_bind().dialect.name == "postgresql"
        else "CAST(substr(created_at, 1, 4) AS INTEGER)"
    )
    op.execute(
        "INSERT INTO enterprise_class_year"
        " (enterprise_id, place, year, enterprise_class, document, reason)"
        f" SELECT id, place, {year}, enterprise_class, '', '' FROM enterprise"
    )


def _make_keys() -> None:
    """By today's program: the key must be the one that it will look for."""
    enterprise = sa.table("enterprise", sa.column("id"), sa.column("name"), sa.column("name_key"))
    bind = op.get_bind()
    rows = bind.execute(sa.select(enterprise.c.id, enterprise.c.name)).all()
    keys = [{"pk": pk, "key": name_key(name)} for pk, name in rows]
    if keys:
        changed = sa.update(enterprise).where(enterprise.c.id == sa.bindparam("pk"))
        bind.execute(changed.values(name_key=sa.bindparam("key")), keys)


def downgrade() -> None:
    op.drop_table("enterprise_lineage")
    op.drop_table("enterprise_move")
    op.drop_table("change_request")
    op.drop_index(op.f("ix_enterprise_name_key"), "enterprise")
    op.drop_column("enterprise", "name_key")
    op.drop_table("enterprise_class_year")
