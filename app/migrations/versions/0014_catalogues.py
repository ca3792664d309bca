"""Coefficients, limits and classes of waste by quarter; the coefficient of the primary value.

What stood undated is in force from the beginning.

Revision ID: 0014
Revises: 0012
Create Date: 2026-11-24 12:40:00
"""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from app.core.db import Quantity

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

COEF, LIMIT = Quantity(10, 6), Quantity(18, 4)
STATISTICS = "'国家污染源统计固体废物类别'"
CARRIER, LEVELS = ("reference", "hard_min", "hard_max"), ("level1", "level2", "level3")


def _dated(table: str, of: sa.Column[Any], *values: sa.Column[Any], owner: str = "") -> None:
    """A table of dated values of the thing *of*, a key of the table *owner*."""
    foreign = []
    if owner:
        name = op.f(f"fk_{table}_{of.name}_{owner.partition('.')[0]}")
        foreign.append(sa.ForeignKeyConstraint([of.name], [owner], name=name))
    op.create_table(
        table,
        of,
        *values,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_year", sa.Integer(), nullable=False),
        sa.Column("from_quarter", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *foreign,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            of.name,
            "from_year",
            "from_quarter",
            name=op.f(f"uq_{table}_{of.name}_from_year_from_quarter"),
        ),
    )


def upgrade() -> None:
    key = sa.Column("carrier_code", sa.String(length=4), nullable=False)
    columns = [sa.Column(name, COEF, nullable=True) for name in CARRIER]
    _dated("carrier_coefficient", key, *columns, owner="carrier.code")
    _move(
        "carrier_coefficient (carrier_code, reference, hard_min, hard_max",
        "code, reference, hard_min, hard_max",
        "'国家统计局 205-1 表'",
        "carrier WHERE level = 'leaf' ORDER BY code",
    )
    for name in CARRIER:
        op.drop_column("carrier", name)
    _date_primary()
    key = sa.Column("product_key", sa.String(length=6), nullable=False)
    columns = [sa.Column(name, LIMIT, nullable=True) for name in LEVELS]
    adjusted = sa.Column("adjusted", sa.Boolean(), nullable=False)
    _dated("product_limit", key, *columns, adjusted, owner="product.key")
    _move(
        "product_limit (product_key, level1, level2, level3, adjusted",
        "key, level1, level2, level3, adjusted",
        "standard",
        "product ORDER BY key",
    )
    for name in (*LEVELS, "adjusted", "standard"):
        op.drop_column("product", name)
    _wastes()
    key = sa.Column("sheet", sa.String(length=4), nullable=False)
    _dated("sheet_policy", key, sa.Column("asked", sa.Boolean(), nullable=False))
    stamp = op.create_table(
        "catalogue_stamp",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_stamp")),
    )
    op.bulk_insert(stamp, [{"id": 1, "token": uuid4().hex}])
    op.add_column("filing_consumption", sa.Column("primary_coefficient", COEF, nullable=True))


def _move(into: str, values: str, source: str, rest: str) -> None:
    op.execute(
        f"INSERT INTO {into}, from_year, from_quarter, source, reason, version)"
        f" SELECT {values}, 2000, 1, {source}, '', 1 FROM {rest}"
    )


def _wastes() -> None:
    columns = [
        sa.Column(name, sa.String(length=length), nullable=False)
        for name, length in (("name_zh", 40), ("name_en", 60), ("unit", 16))
    ]
    in_use = sa.Column("in_use", sa.Boolean(), nullable=False)
    key = sa.Column("code", sa.String(length=4), nullable=False)
    _dated("waste_class", key, *columns, in_use)
    names = "code, name_zh, name_en, unit"
    _move(f"waste_class ({names}, in_use", f"{names}, true", STATISTICS, "waste ORDER BY code")
    op.drop_table("waste")


def _rows(query: str) -> Sequence[dict[str, Any]]:
    """As they are kept, decimals not turned into anything."""
    return [dict(row._mapping) for row in op.get_bind().execute(sa.text(query))]  # noqa: SLF001


def _put(table: str, rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        names = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        op.get_bind().execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)


def _date_primary() -> None:
    """The year was the first in which a coefficient is in force."""
    rows = _rows("SELECT carrier_code, value, year, source FROM primary_coefficient ORDER BY id")
    op.drop_table("primary_coefficient")
    key = sa.Column("carrier_code", sa.String(length=4), nullable=False)
    value = sa.Column("value", COEF, nullable=False)
    _dated("primary_coefficient", key, value, owner="carrier.code")
    dated = [{"from_year": row.pop("year"), **row} for row in rows]
    rest = {"from_quarter": 1, "reason": "", "version": 1}
    _put("primary_coefficient", [{**row, **rest} for row in dated])


def downgrade() -> None:
    """What is in force last stands undated again."""
    op.drop_column("filing_consumption", "primary_coefficient")
    op.drop_table("catalogue_stamp")
    op.drop_table("sheet_policy")
    op.create_table(
        "waste",
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_waste")),
    )
    _put("waste", _last("waste_class", "code", "code, name_zh, name_en, unit"))
    op.drop_table("waste_class")
    for name in LEVELS:
        op.add_column("product", sa.Column(name, LIMIT, nullable=True))
    nothing = sa.Column("standard", sa.String(length=40), nullable=False, server_default="")
    op.add_column("product", nothing)
    none = sa.Column("adjusted", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("product", none)
    names = "level1, level2, level3, adjusted, substr(source, 1, 40) AS standard"
    _set("product", "key", _last("product_limit", "product_key", f"product_key, {names}"))
    op.drop_table("product_limit")
    for name in CARRIER:
        op.add_column("carrier", sa.Column(name, COEF, nullable=True))
    names = f"carrier_code, {', '.join(CARRIER)}"
    _set("carrier", "code", _last("carrier_coefficient", "carrier_code", names))
    op.drop_table("carrier_coefficient")
    _undate_primary()


def _last(table: str, of: str, names: str) -> Sequence[dict[str, Any]]:
    return _rows(
        f"SELECT {names} FROM {table} WHERE NOT EXISTS (SELECT 1 FROM {table} other"
        f" WHERE other.{of} = {table}.{of} AND other.from_year * 4 + other.from_quarter"
        f" > {table}.from_year * 4 + {table}.from_quarter)"
    )


def _set(table: str, key: str, rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        of, *names = row
        values = ", ".join(f"{name} = :{name}" for name in names)
        change = sa.text(f"UPDATE {table} SET {values} WHERE {key} = :{of}")
        op.get_bind().execute(change, row)


def _undate_primary() -> None:
    """The first of each year; a year had one."""
    rows = _rows(
        "SELECT carrier_code, value, from_year AS year, source FROM primary_coefficient"
        " ORDER BY from_quarter"
    )
    op.drop_table("primary_coefficient")
    op.create_table(
        "primary_coefficient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("carrier_code", sa.String(length=4), nullable=False),
        sa.Column("value", COEF, nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["carrier_code"],
            ["carrier.code"],
            name=op.f("fk_primary_coefficient_carrier_code_carrier"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_primary_coefficient")),
        sa.UniqueConstraint(
            "year", "carrier_code", name=op.f("uq_primary_coefficient_year_carrier_code")
        ),
    )
    first = {(row["carrier_code"], row["year"]): row for row in reversed(rows)}
    _put("primary_coefficient", list(first.values()))
