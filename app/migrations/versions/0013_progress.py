"""Sheet 4, progress against the targets, and the water of products.

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-24 11:20:00
"""

import sqlalchemy as sa
from alembic import op

import app.core.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

PLACE = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "filing_product_progress",
        sa.Column("b_five_year_decline_target", app.core.db.Quantity(9, 4), nullable=True),
        sa.Column("b_annual_decline_target", app.core.db.Quantity(9, 4), nullable=True),
        sa.Column("b_base_unit_consumption", app.core.db.Quantity(18, 4), nullable=True),
        sa.Column("b_ly_unit_consumption", app.core.db.Quantity(18, 4), nullable=True),
        sa.Column("b_unit_consumption", app.core.db.Quantity(18, 4), nullable=True),
        sa.Column("b_output_ytd", app.core.db.Quantity(18, 4), nullable=True),
        sa.Column("b_decline_rate", app.core.db.Quantity(9, 4), nullable=True),
        sa.Column("b_product_saving", app.core.db.Quantity(18, 4), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=6), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["filing.id"], name=op.f("fk_filing_product_progress_filing_id_filing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_product_progress")),
        sa.UniqueConstraint(
            "filing_id", "key", name=op.f("uq_filing_product_progress_filing_id_key")
        ),
    )
    op.create_index(
        op.f("ix_filing_product_progress_place"), "filing_product_progress", ["place"], unique=False
    )
    op.create_table(
        "filing_product_water",
        sa.Column("product_intake", app.core.db.Quantity(18, 4), nullable=True),
        sa.Column("product_water_intensity", app.core.db.Quantity(18, 4), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=4), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["filing.id"], name=op.f("fk_filing_product_water_filing_id_filing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_product_water")),
        sa.UniqueConstraint("filing_id", "key", name=op.f("uq_filing_product_water_filing_id_key")),
    )
    op.create_index(
        op.f("ix_filing_product_water_place"), "filing_product_water", ["place"], unique=False
    )
    op.create_table(
        "filing_progress",
        sa.Column(
            "plan_period",
            sa.Enum("13th", "14th", "15th", "16th", name="plankey", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("five_year_saving_target", app.core.db.Quantity(18, 4), nullable=True),
        sa.Column("five_year_energy_cap", app.core.db.Quantity(18, 4), nullable=True),
        sa.Column("annual_energy_target", app.core.db.Quantity(18, 4), nullable=True),
        sa.Column(
            "saving_method",
            sa.Enum("product", "output_value", name="savingmethod", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("energy_ytd", app.core.db.Quantity(18, 4), nullable=True),
        sa.Column("energy_ly_ytd", app.core.db.Quantity(18, 4), nullable=True),
        sa.Column("annual_usage_rate", app.core.db.Quantity(9, 4), nullable=True),
        sa.Column("saving_prior_years", app.core.db.Quantity(18, 4), nullable=True),
        sa.Column("saving_ytd", app.core.db.Quantity(18, 4), nullable=True),
        sa.Column("saving_cumulative", app.core.db.Quantity(18, 4), nullable=True),
        sa.Column("five_year_completion_rate", app.core.db.Quantity(9, 4), nullable=True),
        sa.Column("time_progress", app.core.db.Quantity(9, 4), nullable=True),
        sa.Column(
            "progress_status",
            sa.Enum(
                "ahead",
                "on_track",
                "lagging",
                "no_target",
                name="standing",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("lag_explanation", sa.String(length=2000), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=4), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["filing.id"], name=op.f("fk_filing_progress_filing_id_filing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_progress")),
        sa.UniqueConstraint("filing_id", "key", name=op.f("uq_filing_progress_filing_id_key")),
    )
    op.create_index(op.f("ix_filing_progress_place"), "filing_progress", ["place"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_filing_progress_place"), table_name="filing_progress")
    op.drop_table("filing_progress")
    op.drop_index(op.f("ix_filing_product_water_place"), table_name="filing_product_water")
    op.drop_table("filing_product_water")
    op.drop_index(op.f("ix_filing_product_progress_place"), table_name="filing_product_progress")
    op.drop_table("filing_product_progress")
