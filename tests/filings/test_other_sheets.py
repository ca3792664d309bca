"""Sheets S2R, S5, S6, W1 and R1: what is worked out of them, and what must hold in a row."""

from decimal import Decimal

import pytest

from app.checks.book import Book
from app.checks.products import LimitLevel
from app.core.db import db
from app.core.period import Quarter
from app.filings.books import catalogues
from app.filings.entry import addable
from app.filings.models import Filing
from app.filings.operations import open_filing
from app.filings.queries import find_filing, working_figures
from app.filings.sheet import Keyed
from app.filings.sheets.project import ProjectRow
from app.filings.tables import tables_of
from app.filings.values import Kind, quotient
from tests.filings.filling import figures_of, fill, rows_with
from tests.world import QUARTER


def test_the_example_is_worked_out_to_the_last_decimal(world):
    figures = figures_of(world, world.filled())
    water, ash = figures["W1"][""], figures["R1"]["SW02"]
    assert [
        water[n] for n in "intake_total fresh_water_total reuse_total water_use_total".split()
    ] == [300, 280, 5600, 5880]
    assert (water["reuse_rate"], water["unconventional_rate"]) == (
        Decimal("95.24"),
        Decimal("36.67"),
    )
    assert water["output_water_intensity"] == Decimal("34.8837")
    assert ash["closing_storage"] == 204000
    assert (ash["utilisation_rate"], ash["disposal_rate"]) == (Decimal("60.87"), Decimal("27.27"))
    energy, power = figures["S6"]["2611E"], figures["S6"]["2611P"]
    assert (energy["indicator_value"], energy["limit_level"]) == (820, LimitLevel.TWO)
    assert (power["indicator_value"], power["limit_level"]) == (3080, LimitLevel.TWO)
    assert (energy["level3"], energy["numerator_unit"], energy["indicator_unit"]) == (
        940,
        "tce",
        "kgce/t",
    )
    assert figures["S5"]["2026Q1-01"]["payback_years"] == 3


def test_completed_projects_stand_in_sheet_1_of_their_quarter_only(world):
    filing = world.filled()
    month = f"{QUARTER.year}-{QUARTER.months[1]:02d}"
    fill(world, filing, "S5", rows_with("S5", "2026Q1-01", completed_on=month))
    row = figures_of(world, filing)["S1"][""]
    assert (row["retrofit_project_count"], row["retrofit_investment"], row["retrofit_saving"]) == (
        1,
        1200,
        4800,
    )
    fill(world, filing, "S5", rows_with("S5", "2026Q1-01", completed_on="2020-01"))
    assert figures_of(world, filing)["S1"][""]["retrofit_project_count"] == 0


def test_renewable_power_is_deducted_on_the_calorific_basis(world):
    filing = world.filled()
    before = figures_of(world, filing)["S1"][""]["assessed_energy"]
    rows = [{"self_renewable_power": 100, "green_certificates": 500}]
    fill(world, filing, "S2R", rows)
    figures = figures_of(world, filing)
    assert figures["S2R"][""]["renewable_deduction"] == Decimal("184.35")  # 150 x 1.229
    assert figures["S1"][""]["assessed_energy"] == before - Decimal("184.35")


def test_an_adjusted_limit_says_nothing_until_its_factor_is_filed(world):
    filing = world.filled()
    row = {"product_key": "3001E", "numerator": 1000, "denominator": 9000, "annual_capacity": 50000}
    fill(world, filing, "S6", [row])
    assert figures_of(world, filing)["S6"]["3001E"]["limit_level"] is LimitLevel.UNCORRECTED
    found = fill(world, filing, "S6", [{**row, "correction_factor": "1.1"}])
    assert "S6/3001E/correction_reason" in dict(found)
    assert figures_of(world, filing)["S6"]["3001E"]["limit_level"] is LimitLevel.TWO


def test_a_negative_indicator_is_legal(world):
    filing = world.filled()
    fill(world, filing, "W1P", [])
    row = {
        "product_key": "3104E",
        "numerator": -300,
        "denominator": 10000,
        "annual_capacity": 50000,
    }
    found = fill(world, filing, "S6", [row])
    assert not [text for _where, text in found if "3104E" in text or "negative" in text]
    assert figures_of(world, filing)["S6"]["3104E"]["indicator_value"] == -30


def test_last_years_figures_are_typed_only_where_none_were_filed(world):
    filing = world.filled()
    fill(
        world,
        filing,
        "S6",
        rows_with("S6", "2611E", first_ly_numerator=85000, first_ly_denominator=100000),
    )
    row = figures_of(world, filing)["S6"]["2611E"]
    assert (row["ly_indicator_value"], row["change_rate"]) == (850, Decimal("-3.53"))


@pytest.mark.parametrize(
    ("key", "row", "cells", "where", "rule"),
    [
        ("S5", "2026Q1-01", {"completed_on": "2024-01"}, "completed_on", "H-01"),
        ("S5", "2026Q1-01", {"investment_loan": 1}, "investment_total", "H-02"),
        ("S5", "2026Q1-01", {"progress_pct": 99}, "progress_pct", "H-03"),
        ("S6", "2611E", {"denominator": 0}, "denominator", "E-12"),
        (
            "S6",
            "2611E",
            {"correction_factor": "1.1", "correction_reason": "?"},
            "correction_factor",
            "E-04",
        ),
        ("W1", "", {"fresh_water_other": 11}, "fresh_water_total", "W-02"),
        ("W1", "", {"supply_to_others": 301}, "reuse_total", "W-04"),
        ("W1", "", {"intake_yellow_river": 121}, "intake_yellow_river", "W-08"),
        ("R1", "SW02", {"generated": 64100}, "generated", "R-01"),
        ("R1", "SW02", {"utilised_prior": 42001}, "utilised_prior", "R-02"),
        ("R1", "SW02", {"opening_storage": 6999}, "utilised_prior", "R-04"),
        ("R1", "SW02", {"use_road": 2}, "utilised", "R-11"),
    ],
)
def test_what_must_hold_in_a_row_is_said_at_its_cell(world, key, row, cells, where, rule):
    filing = world.filled()
    found = fill(world, filing, key, rows_with(key, row, **cells))
    address = "/".join(part for part in (key, row, where) if part)
    assert any(place == address and text.startswith(rule) for place, text in found)


def test_the_next_quarter_begins_with_what_stays(world):
    filing = world.filled()
    fill(
        world,
        filing,
        "S5",
        rows_with("S5", "2026Q1-01", status="started", completed_on="", progress_pct=60),
    )
    following = QUARTER.shifted(1)
    with world.acting("confirmer") as actor:
        open_filing(world.enterprise(), following, actor=actor)
    with world.seen_from():
        figures = working_figures(find_filing(world.enterprise().id, following))
    assert figures["R1"]["SW02"]["opening_storage"] == 204000
    assert figures["S6"]["2611E"]["annual_capacity"] == 480000
    assert figures["S6"]["2611E"]["numerator"] is None
    project = figures["S5"]["2026Q1-01"]
    assert (project["project_name"], project["actual_saving"]) == ("余热锅炉改造", None)


def test_every_sheet_is_a_table_to_be_read(world):
    with world.seen_from():
        tables = tables_of(
            working_figures(db.session.get(Filing, world.filled())), catalogues(QUARTER)
        )
    keys = [one.key for one in tables]
    assert {"S2R", "S5", "S6", "W1", "R1"} <= set(keys)
    [projects] = [one for one in tables if one.key == "S5"]
    assert (projects.head[:2], projects.lines[0][0]) == (["Code", "Project name"], "2026Q1-01")


def test_a_quarter_has_its_months():
    assert Quarter(2026, 3).months == (7, 8, 9)


def test_what_is_missing_is_counted_by_sheet_and_leads_to_its_cell(world):
    filing = world.filled()
    fill(world, filing, "W1", rows_with("W1", wastewater_discharged="", fresh_water_industrial=""))
    page = world.client("confirmer").get(f"/filings/{filing}").text
    assert f'href="/filings/{filing}/sheets/W1#W1/wastewater_discharged"' in page
    assert 'Water intake and use <span class="left">2<' in page
    entry = world.client("confirmer").get(f"/filings/{filing}/sheets/W1").text
    assert 'Water intake and use <span class="left">2<' in entry


@pytest.mark.parametrize(
    ("value", "kind", "kept"),
    [
        ("99999.994", Kind.PCT, "99999.99"),
        ("99999.995", Kind.PCT, None),  # it would grow by being rounded
        ("1E+9", Kind.YEARS, None),
        ("-3.529", Kind.PCT, "-3.53"),
    ],
)
def test_a_quotient_that_no_column_can_keep_is_left_out(value, kind, kept):
    assert quotient(Decimal(value), kind) == (Decimal(kept) if kept else None)


def test_a_new_project_takes_a_number_that_is_free():
    there = [f"2026Q1-{n:02d}" for n in range(1, 100) if n != 7]
    numbers = [key for key, _name, _unit in addable(ProjectRow, Book({}, {}, {}), there, QUARTER)]
    assert numbers == ["2026Q1-07", "2026Q1-100", "2026Q1-101", "2026Q1-102", "2026Q1-103"]
    assert all(Keyed.PROJECT.refusal(number, Book({}, {}, {})) == "" for number in numbers)
