"""The rest of the quarterly filing: supplement, projects, products, water and solid waste.

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-24 07:40:00
"""

import sqlalchemy as sa
from alembic import op

import app.core.db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

PLACE = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "waste",
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_waste")),
    )
    op.create_table(
        "filing_product",
        sa.Column("indicator_unit", sa.String(length=16), nullable=True),
        sa.Column("numerator_unit", sa.String(length=16), nullable=True),
        sa.Column("denominator_unit", sa.String(length=16), nullable=True),
        sa.Column("scale_factor", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("numerator", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("denominator", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("indicator_value", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("first_ly_numerator", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column(
            "first_ly_denominator", app.core.db.Quantity(precision=18, scale=4), nullable=True
        ),
        sa.Column("ly_numerator", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("ly_denominator", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("ly_indicator_value", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("change_rate", app.core.db.Quantity(precision=9, scale=4), nullable=True),
        sa.Column("annual_capacity", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("correction_factor", app.core.db.Quantity(precision=10, scale=6), nullable=True),
        sa.Column("correction_reason", sa.String(length=500), nullable=True),
        sa.Column("level1", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("level2", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("level3", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column(
            "limit_level",
            sa.Enum(
                "1",
                "2",
                "3",
                "over",
                "uncorrected",
                "na",
                name="limitlevel",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("allocation_note", sa.String(length=2000), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=6), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["filing.id"], name=op.f("fk_filing_product_filing_id_filing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_product")),
        sa.UniqueConstraint("filing_id", "key", name=op.f("uq_filing_product_filing_id_key")),
    )
    op.create_index(op.f("ix_filing_product_place"), "filing_product", ["place"], unique=False)
    op.create_table(
        "filing_project",
        sa.Column("project_name", sa.String(length=200), nullable=True),
        sa.Column(
            "project_type",
            sa.Enum(
                "boiler",
                "power_unit",
                "waste_heat",
                "oil",
                "motor",
                "system",
                "lighting",
                "process",
                "obsolete",
                "renewable",
                "digital",
                "other",
                name="projecttype",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("content", sa.String(length=2000), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "started",
                "completed",
                "suspended",
                "cancelled",
                name="projectstatus",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("started_on", sa.String(length=7), nullable=True),
        sa.Column("planned_completion", sa.String(length=7), nullable=True),
        sa.Column("completed_on", sa.String(length=7), nullable=True),
        sa.Column("progress_pct", app.core.db.Quantity(precision=9, scale=4), nullable=True),
        sa.Column("investment_total", app.core.db.Quantity(precision=18, scale=2), nullable=True),
        sa.Column("investment_own", app.core.db.Quantity(precision=18, scale=2), nullable=True),
        sa.Column("investment_loan", app.core.db.Quantity(precision=18, scale=2), nullable=True),
        sa.Column("investment_fiscal", app.core.db.Quantity(precision=18, scale=2), nullable=True),
        sa.Column("investment_other", app.core.db.Quantity(precision=18, scale=2), nullable=True),
        sa.Column("investment_done", app.core.db.Quantity(precision=18, scale=2), nullable=True),
        sa.Column("is_emc", sa.Boolean(), nullable=True),
        sa.Column("emc_company", sa.String(length=120), nullable=True),
        sa.Column("designed_saving", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("actual_saving", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("economic_benefit", app.core.db.Quantity(precision=18, scale=2), nullable=True),
        sa.Column("payback_years", app.core.db.Quantity(precision=6, scale=2), nullable=True),
        sa.Column("approval_doc", sa.String(length=100), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=12), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["filing.id"], name=op.f("fk_filing_project_filing_id_filing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_project")),
        sa.UniqueConstraint("filing_id", "key", name=op.f("uq_filing_project_filing_id_key")),
    )
    op.create_index(op.f("ix_filing_project_place"), "filing_project", ["place"], unique=False)
    op.create_table(
        "filing_supplement",
        sa.Column(
            "grid_power_purchased", app.core.db.Quantity(precision=18, scale=4), nullable=True
        ),
        sa.Column("direct_green_power", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column(
            "self_renewable_power", app.core.db.Quantity(precision=18, scale=4), nullable=True
        ),
        sa.Column("green_power_trade", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("green_certificates", app.core.db.Quantity(precision=9, scale=0), nullable=True),
        sa.Column(
            "captive_power_output", app.core.db.Quantity(precision=18, scale=4), nullable=True
        ),
        sa.Column(
            "captive_power_supply", app.core.db.Quantity(precision=18, scale=4), nullable=True
        ),
        sa.Column(
            "renewable_deduction", app.core.db.Quantity(precision=18, scale=4), nullable=True
        ),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=4), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["filing.id"], name=op.f("fk_filing_supplement_filing_id_filing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_supplement")),
        sa.UniqueConstraint("filing_id", "key", name=op.f("uq_filing_supplement_filing_id_key")),
    )
    op.create_index(
        op.f("ix_filing_supplement_place"), "filing_supplement", ["place"], unique=False
    )
    op.create_table(
        "filing_waste",
        sa.Column("opening_storage", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("generated", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("received", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("utilised", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("utilised_prior", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("disposed", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("disposed_prior", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("stored", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("dumped", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("closing_storage", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("utilisation_rate", app.core.db.Quantity(precision=9, scale=4), nullable=True),
        sa.Column("disposal_rate", app.core.db.Quantity(precision=9, scale=4), nullable=True),
        sa.Column("use_building", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("use_backfill", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("use_road", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("use_power", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("use_extraction", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("use_sold", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("use_other", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("storage_site", sa.String(length=200), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=4), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["filing.id"], name=op.f("fk_filing_waste_filing_id_filing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_waste")),
        sa.UniqueConstraint("filing_id", "key", name=op.f("uq_filing_waste_filing_id_key")),
    )
    op.create_index(op.f("ix_filing_waste_place"), "filing_waste", ["place"], unique=False)
    op.create_table(
        "filing_water",
        sa.Column("intake_total", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("intake_surface", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column(
            "intake_yellow_river", app.core.db.Quantity(precision=18, scale=4), nullable=True
        ),
        sa.Column("intake_ground", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("intake_tap", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("intake_reclaimed", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("intake_mine", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column(
            "intake_rain_brackish", app.core.db.Quantity(precision=18, scale=4), nullable=True
        ),
        sa.Column("intake_other", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("supply_to_others", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("fresh_water_total", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column(
            "fresh_water_industrial", app.core.db.Quantity(precision=18, scale=4), nullable=True
        ),
        sa.Column("fresh_water_other", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("reuse_total", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("reuse_circulating", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("reuse_cascade", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("reuse_recycled", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("water_use_total", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("reuse_rate", app.core.db.Quantity(precision=9, scale=4), nullable=True),
        sa.Column("unconventional_rate", app.core.db.Quantity(precision=9, scale=4), nullable=True),
        sa.Column(
            "wastewater_generated", app.core.db.Quantity(precision=18, scale=4), nullable=True
        ),
        sa.Column(
            "wastewater_discharged", app.core.db.Quantity(precision=18, scale=4), nullable=True
        ),
        sa.Column("licensed_intake", app.core.db.Quantity(precision=18, scale=4), nullable=True),
        sa.Column("water_cost", app.core.db.Quantity(precision=18, scale=2), nullable=True),
        sa.Column(
            "output_water_intensity", app.core.db.Quantity(precision=18, scale=4), nullable=True
        ),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=4), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("place", PLACE, nullable=False),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["filing.id"], name=op.f("fk_filing_water_filing_id_filing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_water")),
        sa.UniqueConstraint("filing_id", "key", name=op.f("uq_filing_water_filing_id_key")),
    )
    op.create_index(op.f("ix_filing_water_place"), "filing_water", ["place"], unique=False)
    op.add_column(
        "filing_profile",
        sa.Column(
            "retrofit_project_count", app.core.db.Quantity(precision=9, scale=0), nullable=True
        ),
    )
    op.add_column(
        "filing_profile",
        sa.Column(
            "retrofit_investment", app.core.db.Quantity(precision=18, scale=2), nullable=True
        ),
    )
    op.add_column(
        "filing_profile",
        sa.Column("retrofit_saving", app.core.db.Quantity(precision=18, scale=4), nullable=True),
    )


def downgrade() -> None:

    op.drop_column("filing_profile", "retrofit_saving")
    op.drop_column("filing_profile", "retrofit_investment")
    op.drop_column("filing_profile", "retrofit_project_count")
    op.drop_index(op.f("ix_filing_water_place"), table_name="filing_water")
    op.drop_table("filing_water")
    op.drop_index(op.f("ix_filing_waste_place"), table_name="filing_waste")
    op.drop_table("filing_waste")
    op.drop_index(op.f("ix_filing_supplement_place"), table_name="filing_supplement")
    op.drop_table("filing_supplement")
    op.drop_index(op.f("ix_filing_project_place"), table_name="filing_project")
    op.drop_table("filing_project")
    op.drop_index(op.f("ix_filing_product_place"), table_name="filing_product")
    op.drop_table("filing_product")
    op.drop_table("waste")
