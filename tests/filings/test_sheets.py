"""The sheets: the example of the specification through the whole mechanism, and each check."""

from decimal import Decimal

import pytest

from app.core.canonical import digest
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.period import Quarter
from app.filings.alarms.checking import to_do
from app.filings.books import catalogues
from app.filings.figures import read_back, worked_out, written
from app.filings.models import Filing
from app.filings.operations import fill_sheet, open_filing
from app.filings.queries import book_around, figures_for, versions_of, working_figures
from app.filings.tables import tables_of
from app.review.workflow import Action
from tests.readiness import make_ready
from tests.samples import CONSUMPTION, CONVERSION, EXAMPLE, PROFILE, SHEET_ROWS
from tests.world import QUARTER

REASON = "the coefficient of coal does not agree"
EXPECTED = EXAMPLE["expected"]


def changed(rows, key, **cells):
    return [{**row, **(cells if row["energy_code"] == key else {})} for row in rows]


def found(world, filing, sheet=None, rows=None):
    """What stands in the way after *rows* have been put into *sheet*."""
    with world.acting("confirmer") as actor:
        kept = db.session.get(Filing, filing)
        make_ready(kept, actor)
        if sheet:
            fill_sheet(kept, sheet, rows, actor=actor)
        problems = to_do(kept, working_figures(kept), book_around(kept))
        return {problem.where: str(problem) for problem in problems}


def test_the_example_reckons_to_the_last_decimal(world):
    filing = world.filled()
    with world.seen_from():
        row = working_figures(db.session.get(Filing, filing))["S1"][""]
    for name in (
        "comprehensive_energy_calorific comprehensive_energy_primary total_energy_calorific "
        "feedstock_energy output_intensity_calorific output_intensity_primary "
        "value_added_intensity"
    ).split():
        assert row[name] == EXPECTED[name], name
    assert row["assessed_energy"] == EXPECTED["assessed_energy_without_renewable"]


def test_the_example_has_nothing_in_its_way(world):
    assert found(world, world.filled()) == {}


def test_rows_01_and_40_are_worked_out_for_reading(world):
    filing = world.filled()
    with world.seen_from():
        tables = tables_of(working_figures(db.session.get(Filing, filing)), catalogues(QUARTER))
    [sheet] = [table for table in tables if table.key == "S2"]
    column = [head.startswith("2 ") for head in sheet.head].index(True)
    lines = {line[0]: line for line in sheet.lines}
    assert lines["01"][column] == "186,000"
    assert lines["40"][column] == "231,967.68"
    assert list(lines) == ["01", "04", "09", "21", "32", "33", "37", "40"]


BROKEN = [  # sheet, row, cells, where it is told
    ("S2", "04", {"opening_stock": None}, "S2/04/opening_stock"),
    ("S2", "04", {"adopted_coefficient": None}, "S2/04/adopted_coefficient"),
    ("S2", "04", {"coefficient_basis": None}, "S2/04/coefficient_basis"),
    ("S2", "04", {"purchase_amount": None}, "S2/04/purchase_amount"),
    ("S2", "04", {"feedstock_consumption": 181001}, "S2/04/feedstock_consumption"),
    ("S2", "21", {"transport_consumption": 781}, "S2/21/transport_consumption"),
    ("S2", "04", {"adopted_coefficient": "0.2999"}, "S2/04/adopted_coefficient"),
    ("S2", "33", {"adopted_coefficient": "1.23"}, "S2/33/adopted_coefficient"),
    ("S2", "33", {"closing_stock": 1}, "S2/33/closing_stock"),
    ("S2", "04", {"purchase_outside_region": 186001}, "S2/04/purchase_outside_region"),
    ("S2", "04", {"transport_consumption": 1}, "S2/04/transport_consumption"),
    ("S2", "33", {"feedstock_consumption": 1}, "S2/33/feedstock_consumption"),
    ("S3", "04", {"thermal_power_input": 150001}, "S3/04/conversion_input_total"),
    ("S3", "04", {"gas_liquefaction_input": 1, "heating_input": 1}, "S3/04/gas_liquefaction_input"),
    ("S3", "04", {"recovery": 1}, "S3/04/recovery"),
]


@pytest.mark.parametrize(("sheet", "key", "cells", "where"), BROKEN)
def test_each_row_check_is_told_at_its_cell(world, sheet, key, cells, where):
    filing = world.filled()
    rows = changed({"S2": CONSUMPTION, "S3": CONVERSION}[sheet], key, **cells)
    assert where in found(world, filing, sheet, rows)
    with pytest.raises(Invalid):
        world.act("confirmer", Action.SUBMIT, filing)


def test_an_output_needs_its_row_in_sheet_2(world):
    rows = [row for row in CONSUMPTION if row["energy_code"] != "32"]
    assert "S2/32/adopted_coefficient" in found(world, world.filled(), "S2", rows)


def test_a_conditional_field_is_asked_for_when_its_condition_holds(world):
    filing = world.filled()
    profile = {**PROFILE, "is_central_enterprise": True, "ems_certified": True}
    assert set(found(world, filing, "S1", [profile])) == {
        "S1/group_name",
        "S1/ems_certified_on",
        "S1/ems_certifier",
    }


def test_a_negative_primary_value_is_never_refused(world):
    """An exporter of power: the deduction at the primary coefficient outweighs its fuel."""
    filing = world.filled()
    rows = changed(CONVERSION, "33", conversion_output=300000)
    told = found(world, filing, "S3", rows)
    assert "D-18" in told["S1/comprehensive_energy_calorific"]  # to be explained
    assert "S1/comprehensive_energy_primary" not in told
    with world.seen_from():
        row = working_figures(db.session.get(Filing, filing))["S1"][""]
    assert row["comprehensive_energy_primary"] < 0


@pytest.mark.parametrize(
    ("sheet", "rows", "where"),
    [
        ("S2", [{"energy_code": "33", "opening_stock": "a lot"}], "S2/33/opening_stock"),
        ("S2", [{"energy_code": "99"}], "S2/99"),
        ("S2", [{"energy_code": "01"}], "S2/01"),
        ("S2", [{"energy_code": "33"}, {"energy_code": "33"}], "S2/33"),
        ("S2", [{"energy_code": "33", "industrial_tce": 5}], "S2/33/industrial_tce"),
        ("S1", [{"surprise": 1}], "S1/surprise"),
        ("S1", [], "S1"),
        ("F0", [{"prepared_on": "soon"}], "F0/prepared_on"),
    ],
)
def test_what_cannot_be_read_is_named_and_nothing_is_changed(world, sheet, rows, where):
    filing = world.filled()
    with world.seen_from():
        before = working_figures(db.session.get(Filing, filing))
    with pytest.raises(Invalid) as refused, world.acting("confirmer") as actor:
        fill_sheet(db.session.get(Filing, filing), sheet, rows, actor=actor)
    assert where in {problem.where for problem in refused.value.details}
    with world.seen_from():
        assert working_figures(db.session.get(Filing, filing)) == before


def test_what_is_written_down_is_read_back(world):
    filing = world.filled()
    with world.seen_from():
        figures = working_figures(db.session.get(Filing, filing))
        text = written(figures, {"report_year": 2026})
        assert read_back(text) == figures
        assert worked_out(figures, book_around(db.session.get(Filing, filing))) == figures


def test_versions_keep_what_was_submitted_whatever_comes_after(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    world.act("county", Action.RETURN, filing, REASON)
    with world.acting("confirmer") as actor:
        rows = changed(CONSUMPTION, "33", non_industrial_consumption=601)
        fill_sheet(db.session.get(Filing, filing), "S2", rows, actor=actor)
    with world.seen_from():
        kept = db.session.get(Filing, filing)
        assert kept.version_no == 2
        [first] = versions_of(kept)
        assert digest(first.content) == first.hash == kept.data_hash
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        kept = db.session.get(Filing, filing)
        second, first = versions_of(kept)
        assert (first.number, second.number, kept.version_no) == (1, 2, 2)
        assert first.hash != second.hash == kept.data_hash


def test_equal_data_has_an_equal_hash_in_every_version(world):
    filing = world.filled()
    for _time in range(2):
        world.act("confirmer", Action.SUBMIT, filing)
        world.act("confirmer", Action.WITHDRAW, filing)
    with world.seen_from():
        assert len({v.hash for v in versions_of(db.session.get(Filing, filing))}) == 1


def test_a_draft_is_seen_by_its_enterprise_only_and_reviewers_see_what_was_submitted(world):
    filing = world.filled()

    def seen_by(name):
        with world.seen_from():
            return figures_for(db.session.get(Filing, filing), world.actor(name))

    for name in ("county", "league", "region", "super", "observer"):
        assert seen_by(name) is None
    assert seen_by("filler")["S2"]["33"]["non_industrial_consumption"] == 600
    world.act("confirmer", Action.SUBMIT, filing)
    world.act("county", Action.RETURN, filing, REASON)
    with world.acting("filler") as actor:
        rows = changed(CONSUMPTION, "33", non_industrial_consumption=700)
        fill_sheet(db.session.get(Filing, filing), "S2", rows, actor=actor)
    assert seen_by("filler")["S2"]["33"]["non_industrial_consumption"] == 700
    assert seen_by("league")["S2"]["33"]["non_industrial_consumption"] == 600


def test_the_next_quarter_begins_with_profile_signatures_and_stocks(world):
    world.filled()
    with world.acting("confirmer") as actor:
        following = open_filing(world.enterprise(), QUARTER.shifted(1), actor=actor)
        figures = working_figures(following)
    assert figures["F0"][""]["unit_head"] == "王建国"
    assert figures["S1"][""]["employees"] == 820
    assert figures["S1"][""]["energy_cost"] is None
    assert figures["S2"]["04"]["opening_stock"] == Decimal(25000)
    assert figures["S2"]["04"]["purchase_quantity"] is None
    assert figures["S3"] == {}


def test_what_was_used_a_year_ago_is_taken_by_the_system(world):
    earlier = world.filled(period=Quarter(2025, 1))
    for name, action in (
        ("confirmer", Action.SUBMIT),
        ("county", Action.APPROVE),
        ("league", Action.APPROVE),
    ):
        world.act(name, action, earlier)
    now = world.filled(period=Quarter(2026, 1))
    with world.seen_from():
        row = working_figures(db.session.get(Filing, now))["S2"]["33"]
    assert row["ly_industrial_consumption"] == 71400


@pytest.mark.parametrize("name", ["county", "league", "region", "super"])
def test_nobody_above_changes_a_figure(world, name):
    filing = world.filled()
    with pytest.raises(Forbidden), world.acting(name) as actor:
        fill_sheet(db.session.get(Filing, filing), "S2", CONSUMPTION, actor=actor)


def test_what_is_submitted_is_not_changed_by_the_enterprise_either(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    with pytest.raises(Conflict), world.acting("confirmer") as actor:
        fill_sheet(db.session.get(Filing, filing), "S2", [], actor=actor)
    assert found(world, filing) == {}


def test_of_two_who_edit_the_slower_is_told_and_keeps_what_was_typed(world):
    filing = world.filled()
    with world.seen_from():
        shown = db.session.get(Filing, filing).revision
    first, second = world.client("filler"), world.client("confirmer")
    address = f"/filings/{filing}/sheets/F0"
    data = {f":{name}": value for name, value in SHEET_ROWS["F0"][0].items()}
    assert first.post(address, data={**data, "revision": shown}).status_code == 302
    late = second.post(address, data={**data, ":unit_head": "孙丽", "revision": shown})
    assert late.status_code == 409
    assert "孙丽" in late.text
    with world.seen_from():
        kept = working_figures(db.session.get(Filing, filing))["F0"][""]["unit_head"]
    assert kept == SHEET_ROWS["F0"][0]["unit_head"]
