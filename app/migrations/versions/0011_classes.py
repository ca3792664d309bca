"""What happens to an enterprise in the course of the years: its class by year.

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-24 03:10:00
"""

import sqlalchemy as sa
from alembic import op

from app.enterprises.names import name_key

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

PLACE = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")
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
    op.drop_index(op.f("ix_enterprise_name_key"), "enterprise")
    op.drop_column("enterprise", "name_key")
    op.drop_table("enterprise_class_year")
