"""Starting and stopping enterprises is a history by quarters, no longer one flag.

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-24 03:00:00

Changes and their files are written once, as in 0002: SQLite loses the triggers when it rebuilds
the tables.
"""

import sqlalchemy as sa
from alembic import op

from app.core.clock import now
from app.core.db import UtcDateTime
from app.core.period import this_quarter

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CHANGE, FILE = "enterprise_start_stop", "enterprise_stop_file"
REASONS = ("deregistered", "stopped", "merged", "classified", "other")


def _place() -> sa.Column:
    return sa.Column(
        "place",
        sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql"),
        nullable=False,
    )


def upgrade() -> None:
    op.create_table(
        CHANGE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean()),
        sa.Column("effective", sa.Integer()),
        sa.Column(
            "stop_reason", sa.Enum(*REASONS, name="stopreason", native_enum=False, length=32)
        ),
        sa.Column("in_statistics", sa.Boolean()),
        sa.Column("description", sa.String(1000), nullable=False),
        sa.Column("actor_id", sa.Integer()),
        sa.Column("actor_name", sa.String(128), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _place(),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=f"fk_{CHANGE}_enterprise_id_enterprise"
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["ab_user.id"], name=f"fk_{CHANGE}_actor_id_ab_user"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{CHANGE}"),
        sa.UniqueConstraint("enterprise_id", "number", name=f"uq_{CHANGE}_enterprise_id_number"),
    )
    op.create_index(f"ix_{CHANGE}_actor_id", CHANGE, ["actor_id"])
    op.create_index(f"ix_{CHANGE}_place", CHANGE, ["place"])
    op.create_table(
        FILE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        _place(),
        sa.ForeignKeyConstraint(
            ["change_id"], [f"{CHANGE}.id"], name=f"fk_{FILE}_change_id_{CHANGE}"
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=f"fk_{FILE}_enterprise_id_enterprise"
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{FILE}"),
    )
    op.create_index(f"ix_{FILE}_change_id", FILE, ["change_id"])
    op.create_index(f"ix_{FILE}_enterprise_id", FILE, ["enterprise_id"])
    op.create_index(f"ix_{FILE}_place", FILE, ["place"])
    _carry_over()
    op.drop_column("enterprise", "enabled")
    for table in (CHANGE, FILE):
        _write_once(table)


def _carry_over() -> None:
    """What was stopped by the flag is stopped from the present quarter on."""
    enterprise = sa.table(
        "enterprise", sa.column("id"), sa.column("place"), sa.column("enabled", sa.Boolean())
    )
    query = sa.select(enterprise.c.id, enterprise.c.place).where(enterprise.c.enabled.is_(False))
    change = sa.table(
        CHANGE,
        *map(sa.column, ("enterprise_id", "place", "number", "effective", "stop_reason")),
        *map(sa.column, ("description", "actor_name")),
        sa.column("enabled", sa.Boolean()),
        sa.column("at", UtcDateTime()),
    )
    for pk, place in op.get_bind().execute(query).all():
        op.execute(
            change.insert().values(
                enterprise_id=pk,
                place=place,
                number=1,
                enabled=False,
                effective=this_quarter().index,
                stop_reason="other",
                description="stopped before its history was kept",
                actor_name="system",
                at=now(),
            )
        )


def _write_once(table: str) -> None:
    """All of it but the place, which follows the enterprise when it moves."""
    columns = sa.inspect(op.get_bind()).get_columns(table)
    fixed = ", ".join(one["name"] for one in columns if one["name"] != "place")
    if op.get_bind().dialect.name == "sqlite":
        for what, of in (("update", f"UPDATE OF {fixed}"), ("delete", "DELETE")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{what} BEFORE {of} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OF {fixed} OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.add_column(
        "enterprise", sa.Column("enabled", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
    op.execute(
        "UPDATE enterprise SET enabled = NOT EXISTS ("
        f"SELECT 1 FROM {CHANGE} s WHERE s.enterprise_id = enterprise.id AND NOT s.enabled "
        f"AND s.effective <= {this_quarter().index} AND NOT EXISTS ("
        f"SELECT 1 FROM {CHANGE} t WHERE t.enterprise_id = s.enterprise_id "
        f"AND t.number > s.number AND t.effective <= {this_quarter().index}))"
    )
    op.drop_table(FILE)
    op.drop_table(CHANGE)
