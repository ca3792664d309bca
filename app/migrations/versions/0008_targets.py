"""Targets, quotas and their versions; the plans and products they rest on.

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-24 02:00:00

Versions are written once, as in 0002: SQLite loses the triggers when it rebuilds the table.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from app.core.db import Quantity, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = (  # those that point at others come last
    "plan_period product league_quota target_version plan_target annual_target plan_product "
    "annual_product"
).split()
INDEXES = {
    "product": ("code", "industry_code"),
    "league_quota": ("place", "span"),
    "target_version": ("place", "actor_id"),
    "plan_target": ("place", "period_key"),
    "annual_target": ("place", "year place"),
    "plan_product": ("place",),
    "annual_product": ("place",),
}


def upgrade() -> None:
    for name, parts in _tables().items():
        op.create_table(name, *parts)
        for columns in INDEXES.get(name, ()):
            op.create_index(f"ix_{name}_{columns.replace(' ', '_')}", name, columns.split())
    _write_once()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for what in ("update", "delete"):
            op.execute(f"DROP TRIGGER target_version_no_{what}")
    else:
        for what in ("change", "truncate"):
            op.execute(f"DROP TRIGGER target_version_no_{what} ON target_version")
    for name in reversed(TABLES):
        op.drop_table(name)


def _write_once() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for what in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER target_version_no_{what} BEFORE {what.upper()} ON target_version "
                "BEGIN SELECT RAISE(ABORT, 'target_version is append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER target_version_no_change BEFORE UPDATE OR DELETE ON target_version "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER target_version_no_truncate BEFORE TRUNCATE ON target_version "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def _whole(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _exact(name: str, digits: int = 18, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, Quantity(digits, 4), nullable=nullable)


def _place() -> sa.Column[str]:
    kind = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
    return sa.Column("place", kind, nullable=False)


def _kind(name: str, enum: str, *values: str) -> sa.Column[str]:
    kind = sa.Enum(*values, name=enum, native_enum=False, length=32)
    return sa.Column(name, kind, nullable=False)


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _points(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target.partition('.')[0]}"
    return sa.ForeignKeyConstraint([column], [target], name=op.f(name))


def _key(table: str, column: str = "id") -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{table}"))


def _tables() -> dict[str, Sequence[sa.schema.SchemaItem]]:
    made: dict[str, Sequence[sa.schema.SchemaItem]] = {
        "plan_period": (
            *(_text("key", 8), _text("name_zh", 40), _text("name_en", 60)),
            *(_whole("first_year"), _whole("last_year")),
            _key("plan_period", "key"),
            *(_unique("plan_period", "first_year"), _unique("plan_period", "last_year")),
        ),
        "product": (
            *(_text("key", 6), _text("code", 4), _text("indicator", 1)),
            *(_text("name_zh", 60), _text("name_en", 100), _text("industry_code", 4)),
            *(_text("indicator_zh", 40), _text("indicator_unit", 16)),
            *(_text("numerator_unit", 16), _text("denominator_unit", 16)),
            _exact("scale_factor", 10),
            *(_exact(f"level{n}", nullable=True) for n in (1, 2, 3)),
            _text("standard", 40),
            sa.Column("adjusted", sa.Boolean(), nullable=False),
            _key("product", "key"),
        ),
        "league_quota": (
            *(_whole("id"), _text("span", 8)),
            *(_exact("energy", nullable=True), _exact("saving", nullable=True)),
            *(_text("document", 100), _whole("version"), _place()),
            *(_key("league_quota"), _unique("league_quota", "place", "span")),
        ),
        "target_version": (
            _whole("id"),
            _kind("kind", "targetkind", "plan", "annual", "quota"),
            *(_text("span", 8), _whole("number")),
            _kind("act", "targetact", "set", "change", "delete"),
            sa.Column("content", sa.Text(), nullable=False),
            *(_text("algorithm", 16), _text("hash", 128), _text("document", 100)),
            _text("reason", 500),
            sa.Column("late", sa.Boolean(), nullable=False),
            *(_whole("actor_id", nullable=True), _text("actor_name", 128)),
            sa.Column("at", UtcDateTime(), nullable=False),
            *(_place(), _key("target_version")),
            _points("target_version", "actor_id", "ab_user.id"),
            _unique("target_version", "place", "kind", "span", "number"),
        ),
        "plan_target": (
            *(_whole("id"), _whole("enterprise_id"), _text("period_key", 8)),
            *(_exact("saving_target"), _exact("energy_cap", nullable=True)),
            _exact("intensity_decline", 9, nullable=True),
            *(_exact("saved_before", nullable=True), _whole("saved_until", nullable=True)),
            *(_text("document", 100), _whole("version"), _place(), _key("plan_target")),
            _points("plan_target", "enterprise_id", "enterprise.id"),
            _points("plan_target", "period_key", "plan_period.key"),
            _unique("plan_target", "enterprise_id", "period_key"),
        ),
        "annual_target": (
            *(_whole("id"), _whole("enterprise_id"), _whole("year")),
            *(_exact("energy_target"), _exact("saving_target", nullable=True)),
            *(_text("document", 100), _whole("version"), _place(), _key("annual_target")),
            _points("annual_target", "enterprise_id", "enterprise.id"),
            _unique("annual_target", "enterprise_id", "year"),
        ),
    }
    for kind, figures in (
        ("plan", (_exact("base_unit"), _exact("decline", 9))),
        ("annual", (_exact("decline", 9),)),
    ):
        name = f"{kind}_product"
        made[name] = (
            *(_whole("id"), _whole("target_id"), _text("product_key", 6), *figures, _place()),
            _key(name),
            _points(name, "target_id", f"{kind}_target.id"),
            _points(name, "product_key", "product.key"),
            _unique(name, "target_id", "product_key"),
        )
    return made
