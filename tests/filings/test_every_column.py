"""Every column that is worked out, every required cell, every check and every refusal."""

from decimal import Decimal

import pytest

from app.core.errors import Invalid
from app.filings.books import catalogues
from app.filings.queries import working_figures
from app.filings.sheets import SHEETS
from app.filings.tables import headline, tables_of
from tests.filings.filling import codes, everything, figures_of, fill, rows_with
from tests.samples import EXAMPLE, SHEET_ROWS
from tests.world import QUARTER

EXPECTED = EXAMPLE["expected"]
API = "/api/v1/filings"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("comprehensive_energy_calorific", "225209.77"),
        ("comprehensive_energy_primary", "298407.17"),
        ("total_energy_calorific", "226063.74"),
        ("feedstock_energy", "56341.20"),
        ("assessed_energy", "168868.57"),
        ("output_intensity_calorific", "2.7465"),
        ("output_intensity_primary", "3.6391"),
        ("value_added_intensity", "10.4749"),
        ("energy_cost_ratio", "50.07"),
    ],
)
def test_the_example_gives_its_figures_exactly(world, column, value):
    assert figures_of(world, world.filled())["S1"][""][column] == Decimal(value)
    assert EXPECTED.get(column, Decimal(value)) == Decimal(value)


def test_the_example_gives_the_same_whatever_order_it_is_filled_in(world):
    filing = world.filled()
    before = figures_of(world, filing)
    for key in ("S3", "S1", "F0", "S2"):
        assert fill(world, filing, key, SHEET_ROWS[key]) == []
    assert figures_of(world, filing) == before


def test_columns_are_worked_out_across_the_sheets(world):
    figures = figures_of(world, world.filled())
    coal, power, heat = (figures["S2"][code] for code in ("04", "33", "32"))
    assert (coal["industrial_tce"], coal["conversion_output_ref"]) == (117650, None)
    assert (coal["consumption_total"], coal["consumption_tce"]) == (181000, 117650)
    assert (power["consumption_total"], power["conversion_output_ref"]) == (72000, 30000)
    assert heat["conversion_output_ref"] == 500000
    assert figures["S2"]["37"]["recovery_ref"] == 120000
    coal = figures["S3"]["04"]
    assert coal["conversion_input_total"] == coal["industrial_consumption_ref"] == 181000
    assert coal["adopted_coefficient_ref"] == Decimal("0.65")
    assert figures["S3"]["33"]["conversion_output_tce"] == 36870
    assert figures["S3"]["37"]["recovery_tce"] == EXPECTED["recovery_tce"]
    made = sum(row["conversion_output_tce"] for row in figures["S3"].values())
    assert made == EXPECTED["conversion_output_tce"]
    used = sum(row["industrial_tce"] for row in figures["S2"].values())
    assert used == EXPECTED["industrial_tce"]


def test_name_and_code_come_from_the_register(world):
    profile = figures_of(world, world.filled())["S1"][""]
    with world.seen_from():
        here = world.enterprise()
        assert (profile["enterprise_name"], profile["credit_code"]) == (here.name, here.credit_code)


def table(world, key):
    with world.seen_from():
        [found] = [
            one
            for one in tables_of(working_figures(world.filing()), catalogues(QUARTER))
            if one.key == key
        ]
    return {line[0]: dict(zip(found.head, line, strict=True)) for line in found.lines}


def test_rows_01_and_40_are_the_sums_of_the_form(world):
    filing = world.filled()
    cells = {
        "opening_stock": 1,
        "purchase_quantity": 10,
        "purchase_amount": 5,
        "industrial_consumption": 8,
        "closing_stock": 3,
        "adopted_coefficient": 1,
        "coefficient_basis": "reference",
    }
    assert fill(world, filing, "S2", rows_with("S2", "02", **cells)) == []
    lines = table(world, "S2")
    assert list(lines) == ["01", "02", "04", "09", "21", "32", "33", "37", "40"]
    coal, total = lines["01"], lines["40"]
    assert coal["5 Industrial consumption (unit of the row)"] == "181,008"
    assert coal["2 Purchased quantity (unit of the row)"] == "186,010"
    assert coal["3 Purchase amount (10³ CNY)"] == "78,125"
    assert coal["10 Adopted coefficient (tce per unit of the row)"] == ""
    assert total["2 Purchased quantity (unit of the row)"] == "231,977.68"
    assert total["5 Industrial consumption (unit of the row)"] == "283,229.77"
    assert total["6 Of which used as raw material (unit of the row)"] == "56,341.2"
    assert total["7 Non-industrial consumption (unit of the row)"] == "853.97"
    assert total["3 Purchase amount (10³ CNY)"] == "350,525"


def test_an_empty_sheet_has_no_totals(world):
    fill(world, world.filled(), "S2", [])
    assert table(world, "S2") == {}


def test_the_headline_is_what_a_reader_looks_for(world):
    figures = figures_of(world, world.filled())
    assert [(value, unit) for _title, value, unit in headline(figures)] == [
        ("225,209.77", "tce"),
        ("298,407.17", "tce"),
        ("226,063.74", "tce"),
        ("82,000", "10⁴ CNY"),
        ("2.7465", "tce/10⁴ CNY"),
    ]


DERIVED = [
    (key, name)
    for key, kind in SHEETS.items()
    if kind.sheet.made is None
    for name, f in kind.fields().items()
    if not f.typed
]


@pytest.mark.parametrize(("key", "name"), DERIVED)
def test_what_is_worked_out_cannot_be_typed(world, key, name):
    filing = world.filled()
    before = everything(world, filing)
    row = SHEET_ROWS[key][0].get(SHEETS[key].sheet.key_name, "")
    rows = [{n: str(v) for n, v in one.items()} for one in rows_with(key, row, **{name: 1})]
    answer = world.client().put(
        f"{API}/{filing}/sheets/{key}", json={"rows": rows}, headers=world.token("confirmer")
    )
    assert answer.status_code == 422
    where = "/".join(part for part in (key, row, name) if part)
    assert [one["where"] for one in answer.json["details"]] == [where]
    assert everything(world, filing) == before


@pytest.mark.parametrize("key", [key for key, kind in SHEETS.items() if kind.sheet.made])
def test_a_sheet_that_the_system_makes_is_not_filled_in(world, key):
    filing = world.filled()
    before = everything(world, filing)
    answer = world.client().put(
        f"{API}/{filing}/sheets/{key}", json={"rows": []}, headers=world.token("confirmer")
    )
    assert (answer.status_code, answer.json["details"][0]["where"]) == (422, key)
    assert everything(world, filing) == before


@pytest.mark.parametrize(
    ("key", "row", "cells", "where", "text"),
    [
        ("S2", "04", {"opening_stock": "abc"}, "S2/04/opening_stock", "is not a number"),
        ("S2", "04", {"opening_stock": "-1"}, "S2/04/opening_stock", "may not be negative"),
        ("S2", "04", {"opening_stock": "1.00001"}, "S2/04/opening_stock", "4 digits after"),
        ("S2", "04", {"opening_stock": "1e1000000"}, "S2/04/opening_stock", "too large"),
        ("S2", "04", {"opening_stock": [1]}, "S2/04/opening_stock", "a plain value"),
        ("S2", "04", {"coefficient_basis": "guess"}, "S2/04/coefficient_basis", "choices"),
        ("S2", "04", {"row_note": "a\0b"}, "S2/04/row_note", "cannot be shown"),
        ("S2", "04", {"row_note": "x" * 501}, "S2/04/row_note", "at most 500 characters"),
        ("S2", "04", {"filing_id": 1}, "S2/04/filing_id", "not filled in by hand"),
        ("S2", "04", {"place": "150000/"}, "S2/04/place", "not filled in by hand"),
        ("S2", "01", {"opening_stock": 1}, "S2/01", "no such energy carrier"),
        ("S2", "40", {"opening_stock": 1}, "S2/40", "no such energy carrier"),
        ("S2", "0" * 99, {}, "S2/" + "0" * 12, "no such energy carrier"),
        ("S6", "9999E", {}, "S6/9999E", "no such product"),
        ("R1", "SW55", {}, "R1/SW55", "no such class of waste"),
        ("S5", "first", {}, "S5/first", "is like 2026Q1-01"),
        ("S5", "2026Q1-01", {"started_on": "2026-13"}, "S5/2026Q1-01/started_on", "a month like"),
        ("S5", "2026Q1-01", {"progress_pct": -1}, "S5/2026Q1-01/progress_pct", "negative"),
        ("S1", "", {"employees": "820.5"}, "S1/employees", "a whole number"),
        ("S1", "", {"ems_certified": "perhaps"}, "S1/ems_certified", "yes or no"),
        ("S1", "", {"registered_on": "2026-02-30"}, "S1/registered_on", "a date like"),
        ("S1", "", {"unit_type": "x"}, "S1/unit_type", "not one of the choices"),
        ("F0", "", {"unit_head": "x" * 51}, "F0/unit_head", "at most 50 characters"),
        ("F0", "", {"version_no": 7}, "F0/version_no", "not filled in by hand"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_and_nothing_is_saved(
    world, key, row, cells, where, text
):
    filing = world.filled()
    before = everything(world, filing)
    rows = rows_with(key, row, **cells)
    if key == "S2":
        rows[1]["closing_stock"] = 1  # and something that is right
    with pytest.raises(Invalid) as refused:
        fill(world, filing, key, rows)
    [problem] = refused.value.details
    assert problem.where == where
    assert text in str(problem)
    assert everything(world, filing) == before


def test_all_wrong_cells_are_named_at_once(world):
    filing = world.filled()
    rows = rows_with("S2", "04", opening_stock="x", closing_stock="y")
    rows[2]["purchase_quantity"] = -1
    with pytest.raises(Invalid) as refused:
        fill(world, filing, "S2", rows)
    assert [one.where for one in refused.value.details] == [
        "S2/04/opening_stock",
        "S2/04/closing_stock",
        "S2/21/purchase_quantity",
    ]


@pytest.mark.parametrize("rows", [[], [{}, {}]])
@pytest.mark.parametrize("key", ["F0", "S1", "S2R", "W1"])
def test_a_sheet_of_one_row_has_exactly_one(world, key, rows):
    filing = world.filled()
    before = everything(world, filing)
    with pytest.raises(Invalid, match="exactly one row"):
        fill(world, filing, key, rows)
    assert everything(world, filing) == before


REQUIRED = [
    (key, name)
    for key in SHEETS
    for name, what in SHEETS[key].inputs().items()
    if what.need.value == "R"
]


@pytest.mark.parametrize(("key", "name"), REQUIRED)
def test_a_required_cell_that_is_empty_is_found_at_its_address(world, key, name):
    filing = world.filled()
    row = SHEET_ROWS[key][-1].get(SHEETS[key].sheet.key_name, "")
    found = fill(world, filing, key, rows_with(key, row, **{name: ""}))
    where = "/".join(part for part in (key, row, name) if part)
    assert (where, f"{SHEETS[key].fields()[name].title} is missing.") in found


def test_coke_made_and_all_sold_needs_its_coefficient(world):
    filing = world.filled()
    names = "opening_stock purchase_quantity industrial_consumption closing_stock"
    assert fill(world, filing, "S2", rows_with("S2", "29", **dict.fromkeys(names.split(), 0))) == []
    found = fill(world, filing, "S3", rows_with("S3", "29", conversion_output=1))
    assert ("S2/29/adopted_coefficient", "Adopted") in codes(found)  # told once, not as C-09 again


WASHED = {"coal_washing_input": 1}


@pytest.mark.parametrize(
    ("key", "row", "cells", "where", "code"),
    [
        ("S2", "04", {"feedstock_consumption": 181001}, "S2/04/feedstock_consumption", "C-03"),
        ("S2", "21", {"transport_consumption": 781}, "S2/21/transport_consumption", "C-04"),
        ("S2", "33", {"adopted_coefficient": 2}, "S2/33/adopted_coefficient", "C-07"),
        ("S2", "33", {"opening_stock": 1}, "S2/33/opening_stock", "C-11"),
        ("S2", "33", {"closing_stock": 1}, "S2/33/closing_stock", "C-11"),
        ("S2", "09", {"purchase_amount": 0}, "S2/09/purchase_quantity", "C-15"),
        ("S2", "32", {"purchase_amount": 5}, "S2/32/purchase_quantity", "C-15"),
        ("S2", "09", {"purchase_outside_region": 60001}, "S2/09/purchase_outside_region", "C-17"),
        ("S2", "32", {"transport_consumption": 1}, "S2/32/transport_consumption", "C-18"),
        ("S2", "33", {"feedstock_consumption": 1}, "S2/33/feedstock_consumption", "C-19"),
        ("S3", "04", {"heating_input": 31001}, "S3/04/conversion_input_total", "D-03"),
        ("S3", "09", {"heating_input": 1}, "S3/09/conversion_input_total", "D-04"),
        ("S3", "21", {"coking_input": 1}, "S3/21/coking_input", "D-13"),
        ("S3", "09", WASHED, "S3/09/coal_washing_input", "D-13"),
        ("S3", "04", {"recovery": 1}, "S3/04/recovery", "D-16"),
        ("S3", "10", {"conversion_output": 1}, "S2/10/adopted_coefficient", "C-09"),
        ("S1", "", {"energy_cost": 70001}, "S1/energy_cost", "B-06"),
    ],
)
def test_a_check_that_does_not_hold_is_found_at_its_address(world, key, row, cells, where, code):
    filing = world.filled()
    found = fill(world, filing, key, rows_with(key, row, **cells))
    assert (where, code) in codes(found)
    figures = figures_of(world, filing)
    for name, cell in cells.items():
        assert figures[key][row][name] == cell  # a finding keeps nothing from being saved
    assert fill(world, filing, key, SHEET_ROWS[key]) == []


def test_a_purchase_without_a_price_holds_with_a_note(world):
    rows = rows_with("S2", "09", purchase_amount="", row_note="a gift")
    found = fill(world, world.filled(), "S2", rows)
    assert "C-15" not in [code for _place, code in codes(found)]


@pytest.mark.parametrize(
    ("k", "holds"), [("1.229", True), ("1.228999", False), ("1.229001", False)]
)
def test_the_coefficient_of_electricity_is_fixed(world, k, holds):
    found = fill(world, world.filled(), "S2", rows_with("S2", "33", adopted_coefficient=k))
    assert any(text.startswith("C-07") for _where, text in found) is not holds


def test_who_sells_more_power_than_it_uses_has_values_below_zero(world):
    filing = world.filled()
    found = fill(world, filing, "S3", rows_with("S3", "33", conversion_output=900000))
    assert "D-18" in [code for _place, code in codes(found)]  # to be explained, never refused
    profile = figures_of(world, filing)["S1"][""]
    assert profile["comprehensive_energy_primary"] == Decimal("-2311592.83")
    assert profile["comprehensive_energy_calorific"] == Decimal("-844020.23")
    assert profile["output_intensity_primary"] == Decimal("-28.1902")


@pytest.mark.parametrize("output", [0, None])
def test_intensities_are_blank_where_there_is_no_output(world, output):
    filing = world.filled()
    fill(world, filing, "S1", rows_with("S1", gross_output_comparable=output, value_added=-5))
    profile = figures_of(world, filing)["S1"][""]
    assert profile["output_intensity_calorific"] is profile["value_added_intensity"] is None
    assert profile["comprehensive_energy_calorific"] == Decimal("225209.77")


def test_a_removed_carrier_leaves_all_sums(world):
    filing = world.filled()
    fill(world, filing, "S2", SHEET_ROWS["S2"][1:])
    figures = figures_of(world, filing)
    assert sorted(figures["S2"]) == ["09", "21", "32", "33", "37"]
    assert figures["S1"][""]["comprehensive_energy_calorific"] == Decimal("107559.77")


MOST = "99999999999999"


@pytest.mark.parametrize(
    ("output", "cells", "where"),
    [
        (1, {"adopted_coefficient": "9999"}, "S2/04/industrial_tce"),
        (1, {"non_industrial_consumption": MOST}, "S2/04/consumption_total"),
        ("0.01", {"adopted_coefficient": "0.9"}, "S1/output_intensity_calorific"),
    ],
)
def test_figures_that_grow_too_large_are_refused_at_their_address(world, output, cells, where):
    filing = world.filled()
    fill(world, filing, "S1", rows_with("S1", gross_output_comparable=output))
    before = everything(world, filing)
    with pytest.raises(Invalid) as refused:
        fill(world, filing, "S2", rows_with("S2", "04", industrial_consumption=MOST, **cells))
    assert where in [one.where for one in refused.value.details]
    assert everything(world, filing) == before
