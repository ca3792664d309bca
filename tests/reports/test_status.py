"""The status table: finally approved filings only, and sums that can be reckoned again."""

from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import delete

from app.core.db import db
from app.core.export import write_workbook
from app.core.unit import unit_of_work
from app.filings.models import Filing
from app.filings.operations import fill_sheet
from app.filings.sheets.consumption import ConsumptionRow
from app.reports.carriers import carrier_table
from app.reports.selection import Selection
from app.reports.summary import Line, SummaryColumn, SummaryTable, exportable_of
from app.review.workflow import Action
from tests.reports.test_sums import covered, table_of
from tests.samples import EXAMPLE, PROFILE
from tests.world import COUNTY, LEAGUE, NEXT_COUNTY, OTHER_LEAGUE, QUARTER

ENERGY = EXAMPLE["expected"]["comprehensive_energy_calorific"]
STEPS = {
    "confirmer": ("county", "league"),
    "next_confirmer": ("county_next", "league"),
    "large_confirmer": ("county", "league", "region"),
}


def final(world, confirmer="confirmer", period=QUARTER, output=None):
    filing = world.filled(confirmer, period)
    if output:
        with world.acting(confirmer) as actor:
            rows = [{**PROFILE, "gross_output_comparable": output}]
            fill_sheet(db.session.get(Filing, filing), "S1", rows, actor=actor)
    world.act(confirmer, Action.SUBMIT, filing)
    for name in STEPS[confirmer]:
        if name != "county_next":
            world.act(name, Action.APPROVE, filing)
        else:
            with world.seen_from(), unit_of_work():
                world.review_of(filing).state = "county_approved"
    return filing


def energies(world, **what):
    with world.seen_from():
        return [(line.values[0], line.values[7]) for line in table_of(world, **what).lines]


def test_only_final_filings_count(world):
    pending = world.filled("next_confirmer")
    world.act("next_confirmer", Action.SUBMIT, pending)
    world.filled("other_confirmer")
    done = final(world)
    assert energies(world, quarter=1) == [("Here", ENERGY)]
    with world.seen_from():
        counted = covered()
    assert (counted.included, counted.pending, counted.excluded, counted.missing) == (1, 2, 0, 1)
    world.act("super", Action.ROLLBACK, done, "asked for")
    assert energies(world, quarter=1) == []


def test_sums_equal_an_independent_reckoning(world):
    final(world)
    final(world, period=QUARTER.shifted(1))
    final(world, "large_confirmer", output=41000)
    with world.seen_from():
        table = table_of(world)
    outputs = [Decimal(82000) * 2, Decimal(41000)]
    assert [line.values[4] for line in table.lines] == [2, 1]
    assert [line.values[5] for line in table.lines] == outputs
    assert [table.foot.values[at] for at in (5, 7)] == [sum(outputs), ENERGY * 3]
    assert table.foot.values[10] == (ENERGY * 3 / sum(outputs)).quantize(Decimal("0.0001"))


def test_filters(world):
    final(world)
    final(world, "large_confirmer")
    assert len(energies(world, quarter=1, place=LEAGUE)) == 2
    assert len(energies(world, quarter=1, place=COUNTY)) == 2
    assert energies(world, quarter=1, place=NEXT_COUNTY) == []
    assert energies(world, quarter=1, place=OTHER_LEAGUE) == []
    assert energies(world, quarter=2) == []
    assert [n for n, _e in energies(world, quarter=1, level="ge_500k")] == ["Large"]
    assert [n for n, _e in energies(world, quarter=1, level="lt_500k")] == ["Here"]


def test_who_is_left_out_of_statistics_is_counted_and_comes_back(world):
    final(world)
    for included, expected in ((False, []), (True, [("Here", ENERGY)])):
        with world.seen_from(), unit_of_work():
            world.enterprise().in_statistics = included
        assert energies(world, quarter=1) == expected
        with world.seen_from():
            assert covered().excluded == (not included)


def test_the_page_and_the_workbook_say_the_same(world):
    final(world)
    client = world.client("league")
    address = f"?year=2026&quarter=1&place={LEAGUE}&by=enterprise"
    page = client.get(f"/reports/status{address}")
    assert "225,209.77" in page.text
    book = load_workbook(BytesIO(client.get(f"/reports/status.xlsx{address}").data)).active
    values = [cell.value for row in book.iter_rows() for cell in row]
    assert values.count(225209.77) == 2  # the row and the sum
    assert "Here" in values


@pytest.mark.parametrize("page", ["/reports/status", "/overview/", "/reports/status.xlsx"])
@pytest.mark.parametrize(
    "asked",
    [
        "place=A/A/A/A/A/A/",
        "place=" + 70 * "1/",
        "year=abc",
        "quarter=9",
        "place='",
        "place=%2F..%2F",
        "year=99999999999",
        "by=x&basis=y&reach=z&class=a&level=b&enterprise=-1&industry=é",
    ],
)
def test_what_the_address_says_wrongly_is_left_open(world, page, asked):
    assert world.client("league").get(f"{page}?{asked}").status_code == 200


def test_a_list_behind_a_sum_takes_any_key(world):
    final(world)
    for key in ("33%00", "%27", 300 * "x"):
        page = world.client("league").get(f"/behind/s2/list/?year=2026&quarter=1&key={key}")
        assert page.status_code == 200


@pytest.mark.parametrize("address", ["/inspection-matrix/", "/inspection-calendar/"])
def test_a_year_that_is_none_is_told_so(world, address):
    client = world.client("league")
    for year in ("0000020269", "20269", "é", 5000 * "2"):
        assert client.get(f"{address}?year={year}").status_code == 422


def test_a_formula_in_a_name_stays_text():
    columns = [SummaryColumn("Name"), SummaryColumn("Figure", numeric=True)]
    table = SummaryTable(
        "Test", columns, [Line(["=HYPERLINK(1)", Decimal("1.5")]), Line(["+1", None])]
    )
    write_workbook(exportable_of([table], {}), file := BytesIO())
    book = load_workbook(file).active
    assert [book["A3"].value, book["A4"].value] == ["=HYPERLINK(1)", "+1"]
    assert {cell.data_type for cell in book["A"]} == {"s"}
    assert book["B3"].value == 1.5


def test_four_quarters_make_the_year_of_the_specification(world):
    """FM-24: flows add, stocks are those of the ends, the coefficient is tce over quantity."""
    quarters = [
        ("180000", "0.66", "118800.00"),
        ("150000", "0.64", "96000.00"),
        ("181000", "0.65", "117650.00"),
        ("190000", "0.67", "127300.00"),
    ]
    stocks = [(18000, 19000), (19000, 22000), (22000, 20000), (20000, 21000)]
    filings = [final(world, period=QUARTER.shifted(n)) for n in range(4)]
    with world.seen_from(), unit_of_work():
        for filing, (used, k, tce), (opening, closing) in zip(
            filings, quarters, stocks, strict=True
        ):
            db.session.execute(delete(ConsumptionRow).where(ConsumptionRow.filing_id == filing))
            row = ConsumptionRow(filing_id=filing, place=db.session.get(Filing, filing).place)
            row.key, row.adopted_coefficient = "04", Decimal(k)
            row.consumption_total = row.industrial_consumption = Decimal(used)
            row.consumption_tce = row.industrial_tce = Decimal(tce)
            row.opening_stock, row.closing_stock = Decimal(opening), Decimal(closing)
            db.session.add(row)
    with world.seen_from(), world.app.test_request_context():
        table = carrier_table(Selection(2026))
    [line] = table.lines
    heads = [column.heading for column in table.columns]
    told = dict(zip(heads, line.values, strict=True))
    assert (told["Opening stock"], told["Closing stock"]) == (18000, 21000)
    assert told["Total consumption"] == 701_000
    assert told["Total consumption in coal equivalent (calorific value) (tce)"] == 459_750
    assert told["Coefficient of the period (tce per unit)"] == Decimal("0.6558")
    assert told["Filings"] == 4
