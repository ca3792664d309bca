"""The status table reckoned again by other means: from the versions, not from the columns."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.core.db import db
from app.core.period import Quarter
from app.core.unit import unit_of_work
from app.enterprises.models import Enterprise
from app.filings.figures import read_back
from app.filings.models import Filing
from app.filings.queries import latest_version
from app.filings.sheets.profile import ProfileRow
from app.reports.selection import By, Reach, Selection
from app.reports.status import coverage, status_table
from app.review.models import Review
from app.review.workflow import Action, State
from tests.filings.filling import fill, rows_with
from tests.world import COUNTY, LEAGUE, NEXT_COUNTY, OTHER_COUNTY, OTHER_LEAGUE, QUARTER

FIGURES = (
    ProfileRow.gross_output_comparable,
    ProfileRow.value_added,
    ProfileRow.comprehensive_energy_calorific,
    ProfileRow.total_energy_calorific,
    ProfileRow.feedstock_energy,
)
FINAL = {State.LEAGUE_FINAL, State.REGION_FINAL}


def filed(world, confirmer, period=QUARTER, state=State.LEAGUE_FINAL, **profile):
    """A filing of the enterprise, submitted and then put into *state*."""
    filing = world.filled(confirmer, period)
    fill(world, filing, "S1", rows_with("S1", **profile), who=confirmer)
    world.act(confirmer, Action.SUBMIT, filing)
    with world.seen_from(), unit_of_work():
        world.review_of(filing).state = state
    return filing


@pytest.fixture
def region(world):
    """Filings of four enterprises, of several quarters, final and not."""
    world.told("filings to add up", lambda: add_up(world))
    return world


def add_up(world):
    filed(world, "confirmer", gross_output_comparable="82000.01")
    filed(world, "confirmer", QUARTER.shifted(1), gross_output_comparable="1.5", energy_cost=1)
    filed(world, "confirmer", QUARTER.shifted(-1), gross_output_comparable=70000)
    filed(world, "large_confirmer", state=State.REGION_FINAL, gross_output_comparable=41000)
    filed(world, "next_confirmer", state=State.SUBMITTED)
    filed(world, "other_confirmer", gross_output_comparable=0)


def independent(world, quarters=(1, 2, 3, 4), place="", level=None, year=2026):
    """Sums by enterprise, from what was submitted."""
    sums = defaultdict(lambda: [0, *[Decimal(0)] * len(FIGURES)])
    for filing in db.session.scalars(select(Filing).join(Review).where(Review.state.in_(FINAL))):
        in_time = filing.year == year and filing.quarter in quarters
        counted = filing.enterprise.in_statistics and level in (None, filing.energy_level)
        if in_time and counted and filing.place.startswith(place):
            profile = read_back(latest_version(filing).content)["S1"][""]
            line = sums[filing.enterprise.name]
            line[0] += 1
            for number, figure in enumerate(FIGURES, start=1):
                line[number] += profile[figure.key]
    return dict(sums)


def quotient(energy, output):
    if output <= 0:
        return None
    return (energy / output).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


def table_of(world, year=2026, quarter=None, place="", **more):
    """The table by enterprise, of a quarter or of the whole year."""
    reach = Reach.YEAR if quarter is None else Reach.QUARTER
    what = Selection(year, quarter or 4, reach, place=place, by=By.ENTERPRISE, **more)
    with world.app.test_request_context():
        return status_table(what)


def covered(year=2026, quarter=1):
    return coverage(Selection(year, quarter, Reach.QUARTER))


def agrees(table, expected):
    """Whether the lines and the foot of *table* are those *expected*."""
    lines = [line.values for line in table.lines]
    assert {line[0]: list(line[4:10]) for line in lines} == expected
    for line in lines:
        assert line[10] == quotient(line[7], line[5])
    sums = [sum(line[n] for line in expected.values()) for n in range(1, len(FIGURES) + 1)]
    if expected:
        assert list(table.foot.values[5:10]) == sums
        assert table.foot.values[10] == quotient(sums[2], sums[0])
    else:
        assert table.foot is None


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, {"Here", "Large", "There"}),
        ({"quarter": 1}, {"Here", "Large", "There"}),
        ({"quarter": 2}, {"Here"}),
        ({"quarter": 3}, set()),
        ({"year": 2025}, {"Here"}),
        ({"year": 2024}, set()),
        ({"place": LEAGUE}, {"Here", "Large"}),
        ({"place": COUNTY}, {"Here", "Large"}),
        ({"place": NEXT_COUNTY}, set()),
        ({"place": OTHER_LEAGUE}, {"There"}),
        ({"place": OTHER_COUNTY}, {"There"}),
        ({"place": "150000/"}, {"Here", "Large", "There"}),
        ({"level": "ge_500k"}, {"Large"}),
        ({"level": "lt_500k", "quarter": 1}, {"Here", "There"}),
        ({"level": "lt_500k", "place": LEAGUE, "quarter": 2}, {"Here"}),
    ],
)
def test_rows_and_foot_equal_what_was_submitted(region, asked, names):
    with region.seen_from():
        table = table_of(region, **asked)
        quarters = (asked["quarter"],) if "quarter" in asked else (1, 2, 3, 4)
        rest = {name: value for name, value in asked.items() if name != "quarter"}
        expected = independent(region, quarters, **rest)
    assert expected.keys() == names
    agrees(table, expected)


@pytest.mark.parametrize("state", State)
def test_only_final_filings_count(world, state):
    filed(world, "confirmer", state=state)
    with world.seen_from():
        table, counted = table_of(world, quarter=1), covered()
    assert [line.values[0] for line in table.lines] == (["Here"] if state in FINAL else [])
    assert (counted.included, counted.pending) == ((1, 0) if state in FINAL else (0, 1))


@pytest.mark.parametrize("who", ["league", "county", "observer", "other_league", "region"])
def test_everybody_gets_the_sums_of_their_own_area(region, who):
    with region.seen_from():
        place = region.actor(who).scope.roots[0]
        expected = independent(region, place=place)
    with region.seen_from(place):
        agrees(table_of(region), expected)


def test_who_is_outside_statistics_is_left_out_of_rows_and_sums_and_is_counted(region):
    with region.seen_from(), unit_of_work():
        region.enterprise("Large").in_statistics = False
    with region.seen_from():
        table, counted = table_of(region, quarter=1), covered()
        agrees(table, independent(region, (1,)))
    assert [line.values[0] for line in table.lines] == ["Here", "There"]
    assert (counted.included, counted.pending, counted.excluded) == (2, 1, 1)
    assert counted.missing == 0
    assert "left out of statistics: 1" in table.notes[0]


def test_a_stopped_enterprise_that_has_filed_hides_no_missing_one(world):
    filed(world, "confirmer")
    with world.seen_from():
        assert covered().missing == 3
    world.stop(effective=Quarter(2026, 2))
    with world.seen_from():
        assert covered().missing == 3  # Large, Next and There


def test_an_intensity_is_rounded_half_up_as_in_the_filing(world):
    filed(world, "confirmer", gross_output_comparable="10000")
    with world.seen_from():
        row = table_of(world, quarter=1).lines[0].values
    assert row[7] / row[5] == Decimal("22.520977")
    assert row[10] == Decimal("22.5210")


def test_a_tie_is_rounded_up_too(world):
    filing = filed(world, "confirmer", gross_output_comparable="10000")
    with world.seen_from(), unit_of_work():
        row = db.session.scalars(select(ProfileRow).where(ProfileRow.filing_id == filing)).one()
        row.comprehensive_energy_calorific = Decimal("2.5")
    with world.seen_from():
        table = table_of(world, quarter=1)
    assert table.lines[0].values[10] == table.foot.values[10] == Decimal("0.0003")


@pytest.mark.parametrize("asked", ["year=2026", "year=2026&quarter=1", f"year=2026&place={LEAGUE}"])
def test_the_workbook_has_the_same_numbers(region, asked):
    whole = "" if "quarter" in asked else "&reach=year"
    answer = region.client("region").get(f"/reports/status.xlsx?{asked}&by=enterprise{whole}")
    page = load_workbook(BytesIO(answer.data)).active
    parts = dict(part.split("=") for part in asked.split("&"))
    quarter = int(parts["quarter"]) if "quarter" in parts else None
    with region.seen_from():
        table = table_of(region, 2026, quarter, parts.get("place", ""))
    lines = [
        [cell.value for cell in row][: len(table.columns)] for row in page.iter_rows(min_row=3)
    ]
    expected = [line.values for line in table.everything]
    for line, row in zip(lines, expected, strict=False):
        for cell, value in zip(line, row, strict=True):
            if isinstance(value, Decimal | int):
                assert Decimal(str(cell)) == value
            else:
                assert (cell or "") == (value or "")
    assert lines[len(expected)][0] == table.notes[0]


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x")', "+1", "-1+2", "@SUM(A1)", "\t=1"])
def test_a_name_like_a_formula_is_text_in_the_workbook_and_on_the_page(world, name):
    filed(world, "confirmer")
    with world.seen_from(), unit_of_work():
        db.session.scalars(select(Enterprise).where(Enterprise.name == "Here")).one().name = name
    client = world.client("league")
    answer = client.get("/reports/status.xlsx?year=2026&quarter=1&by=enterprise")
    cell = load_workbook(BytesIO(answer.data)).active["A3"]
    assert (cell.data_type, cell.value) == ("s", name)
    assert client.get("/reports/status?year=2026&quarter=1&by=enterprise").status_code == 200


@pytest.mark.parametrize("who", ["confirmer", "filler", "county", "league"])
def test_nobody_sees_another_league_in_the_table(region, who):
    address = "/reports/status?year=2026&reach=year&by=enterprise"
    answer = region.client(who).get(address)
    assert answer.status_code in (200, 302, 403)
    assert "There" not in answer.text
    other = region.client("other_league").get(address).text
    assert "There" in other
