"""Notices, which are kept; reminders of what is to be handed in.

Revision ID: 0018
Revises: 0017
Create Date: 2026-11-27 20:00:00

Of a notice only when it was read and mailed is ever changed.  SQLite drops triggers when a table
is rebuilt: a later batch migration of the table must make them again.
"""

import sqlalchemy as sa
from alembic import op

import app.core.db

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

PLACE = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")
KINDS = (
    "came_to_you withdrawn recalled taken_back rerouted returned finally_approved rolled_back "
    "closed question_asked question_answered rollback_requested rollback_decided "
    "extension_asked extension_granted extension_refused due_soon late reminded held_long "
    "change_accepted change_declined"
).split()
KEPT = "to_id event kind subject_kind subject_id about facts created_at place".split()


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="noticekind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", app.core.db.UtcDateTime(), nullable=False),
        sa.Column("read_at", app.core.db.UtcDateTime(), nullable=True),
        sa.Column("mail_claimed_at", app.core.db.UtcDateTime(), nullable=True),
        sa.Column("mailed_at", app.core.db.UtcDateTime(), nullable=True),
        sa.Column("mail_error", sa.String(length=300), nullable=True),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(["to_id"], ["ab_user.id"], name=op.f("fk_notice_to_id_ab_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("event", "to_id", name=op.f("uq_notice_event_to_id")),
    )
    op.create_index(op.f("ix_notice_place"), "notice", ["place"], unique=False)
    op.create_index("ix_notice_to_id_read_at", "notice", ["to_id", "read_at"], unique=False)
    op.create_index(
        "ix_notice_mail_claimed_at_created_at",
        "notice",
        ["mail_claimed_at", "created_at"],
        unique=False,
    )
    _keep_notices()
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column(
            "occasion",
            sa.Enum(
                "week_before", "day_before", "late", name="occasion", native_enum=False, length=32
            ),
            nullable=True,
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["ab_user.id"], name=op.f("fk_reminder_by_id_ab_user")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_reminder_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "enterprise_id", "year", "quarter", "occasion", name="uq_reminder_occasion"
        ),
        sa.UniqueConstraint("enterprise_id", "year", "quarter", "day", name="uq_reminder_day"),
    )
    op.create_index(op.f("ix_reminder_by_id"), "reminder", ["by_id"], unique=False)
    op.create_index(op.f("ix_reminder_place"), "reminder", ["place"], unique=False)
    op.create_index("ix_reminder_year_quarter", "reminder", ["year", "quarter"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_reminder_year_quarter", table_name="reminder")
    op.drop_index(op.f("ix_reminder_place"), table_name="reminder")
    op.drop_index(op.f("ix_reminder_by_id"), table_name="reminder")
    op.drop_table("reminder")
    if op.get_bind().dialect.name == "sqlite":
        for what in ("update", "delete"):
            op.execute(f"DROP TRIGGER notice_no_{what}")
    else:
        for what in ("update", "delete", "truncate"):
            op.execute(f"DROP TRIGGER notice_no_{what} ON notice")
    op.drop_index("ix_notice_mail_claimed_at_created_at", table_name="notice")
    op.drop_index("ix_notice_to_id_read_at", table_name="notice")
    op.drop_index(op.f("ix_notice_place"), table_name="notice")
    op.drop_table("notice")


def _keep_notices() -> None:
    """Let nothing but the marks of reading and mailing be changed; `refuse_change` is of 0002."""
    columns = ", ".join(KEPT)
    if op.get_bind().dialect.name == "sqlite":
        for what in (f"update OF {columns}", "delete"):
            op.execute(
                f"CREATE TRIGGER notice_no_{what.split()[0]} BEFORE {what.upper()} ON notice "
                "BEGIN SELECT RAISE(ABORT, 'notice is append-only'); END"
            )
        return
    for what, each in (
        (f"update OF {columns}", "ROW"),
        ("delete", "ROW"),
        ("truncate", "STATEMENT"),
    ):
        op.execute(
            f"CREATE TRIGGER notice_no_{what.split()[0]} BEFORE {what} ON notice "
            f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
        )
