"""The progress of targets: what is summed, for whom, and what it is called."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.checks.forecast import Band
from app.checks.progress import Pair, Standing
from app.reports.ranks import ranked
from app.reports.target_figures import Cohort, PlanOfOne, Span, YearOfOne
from app.reports.target_progress import AnnualLine, annual_lines, plan_lines
from app.review.workflow import Action
from tests.targets.setting import ANNUAL, set_plan, set_year
from tests.world import COUNTY, OTHER_LEAGUE, PEOPLE

PLAN = range(2026, 2031)
PART = f"{COUNTY}000001/"
FILED = Decimal("225209.77")  # of the example, in a quarter


def finish(world):
    filing = world.filled("confirmer")
    for who, action in (
        ("confirmer", Action.SUBMIT),
        ("county", Action.APPROVE),
        ("league", Action.APPROVE),
    ):
        world.act(who, action, filing)


def cohort(mask, targeted=True, seasonal=False, **years):
    found = Cohort(PART, mask, seasonal, targeted, enterprises=1, target=Decimal(1000))
    for year, quarters in years.items():
        for number, energy in enumerate(quarters, start=1):
            found.years[int(year[1:])][number] = (Decimal(energy), 1)
    return found


WHAT = Span(COUNTY, 2026, 2)


def test_a_line_adds_up_who_has_filed_how_much():
    one = cohort(3, y2025=[250] * 4, y2026=[260, 260])
    none = cohort(0, y2025=[250] * 4)
    [line] = annual_lines([one, none], WHAT)
    assert (line.target, line.energy, line.expected) == (2000, 520, 500)
    assert (line.enterprises, line.targeted, line.filed) == (2, 2, 1)
    assert (line.used, line.share, line.pace) == (26, 25, Standing.ON_TRACK)
    # the one: (520 + 250) / 0.75 a year, half of it to come; the other: like last year
    assert line.forecast == 520 + Decimal(770) / Decimal("0.75") / 2 + 1000


def test_of_heat_and_power_last_years_share_is_expected():
    winter = cohort(1, seasonal=True, y2025=[400, 100, 100, 400], y2026=[390])
    [line] = annual_lines([winter], WHAT)
    assert (line.expected, line.pace) == (400, Standing.AHEAD)
    [line] = annual_lines([cohort(1, y2025=[400, 100, 100, 400], y2026=[390])], WHAT)
    assert (line.expected, line.pace) == (250, Standing.LAGGING)


def test_without_a_target_energy_is_shown_and_nothing_is_judged():
    [line] = annual_lines([cohort(1, targeted=False, y2026=[300])], WHAT)
    assert (line.target, line.energy, line.used) == (None, 300, None)
    assert line.pace is line.outlook is Standing.NO_TARGET


def test_a_quarter_after_a_gap_is_used_but_not_expected():
    gap = cohort(0b101, y2026=[250, 0, 250])
    del gap.years[2026][2]
    [line] = annual_lines([gap], replace(WHAT, quarter=3))
    assert (gap.quarters, line.energy, line.expected) == (1, 500, 250)


def test_a_finished_year_is_met_or_not():
    [line] = annual_lines([cohort(15, y2026=[250, 250, 250, 250])], WHAT)
    assert (line.forecast, line.band, line.pace) == (1000, Band(*[Decimal(1000)] * 2), "ahead")
    [line] = annual_lines([cohort(15, y2026=[250, 250, 250, "250.01"])], WHAT)
    assert line.pace is line.outlook is Standing.LAGGING


@pytest.mark.parametrize(
    ("forecast", "high", "outlook"),
    [(990, 1000, "ahead"), (990, 1001, "on_track"), (1001, 1100, "lagging")],
)
def test_the_outlook_looks_at_the_whole_band(forecast, high, outlook):
    around = Band(Decimal(900), Decimal(high))
    line = AnnualLine(
        PART, 1, 1, 1, Decimal(1000), Decimal(500), Decimal(500), Decimal(forecast), around, False
    )
    assert line.outlook == outlook


def years(**found):
    return {
        1: {
            int(year[1:]): YearOfOne(Pair(*map(Decimal, pair)), quarters)
            for year, (quarters, *pair) in found.items()
        }
    }


def test_savings_are_chained_over_the_years_of_the_plan():
    targets = [PlanOfOne(1, PART, Decimal(100), None, None)]
    found = years(y2026=(4, 90, 1, 100, 1), y2027=(1, 20, 1, 25, 1))
    [line] = plan_lines(targets, found, Span(COUNTY, 2027, 1), PLAN)
    assert (line.saved, line.time, line.incomplete) == (15, 25, 0)
    assert (line.completed, line.standing) == (15, Standing.ON_TRACK)


def test_what_was_saved_before_filing_here_begins_the_chain():
    targets = [PlanOfOne(1, PART, Decimal(100), Decimal(40), 2026)]
    found = years(y2026=(4, 0, 1, 500, 1), y2027=(4, 90, 1, 100, 1))
    [line] = plan_lines(targets, found, Span(COUNTY, 2027, 4), PLAN)
    assert (line.saved, line.incomplete) == (50, 0)  # 2026 is not counted twice


def test_a_finished_year_that_is_not_whole_is_said_to_be_missing():
    targets = [PlanOfOne(1, PART, Decimal(100), None, None)]
    found = years(y2026=(3, 60, 1, 75, 1), y2027=(2, 40, 1, 50, 1))
    [line] = plan_lines(targets, found, Span(COUNTY, 2027, 2), PLAN)
    assert (line.saved, line.incomplete) == (10, 1)


def test_the_page_compares_final_filings_with_targets(world):
    set_year(world)
    set_plan(world)
    client = world.client("league")
    address = f"/target-progress/?year=2026&quarter=1&place={COUNTY}"
    assert "225,209.77" not in client.get(address).text
    world.filled("next_confirmer")
    finish(world)
    text = client.get(address).text
    row = text.partition('id="annual"')[2].partition("</table>")[0]
    for shown in ("900,000.00", "225,209.77", "25.02", "25.00", "On track"):
        assert f">{shown}<" in row, shown
    assert 'data-chart="annual"' in text
    assert "Here" in row
    league = client.get("/target-progress/?year=2026&quarter=1").text
    assert "225,209.77" in league


def test_nobody_sees_the_progress_of_others(world):
    set_year(world, "There", "other_league")
    for name in PEOPLE:
        if name.startswith("other") or PEOPLE[name][1] in ("", "150000/"):
            continue
        for place in ("", OTHER_LEAGUE, "150000/"):
            answer = world.client(name).get(f"/target-progress/?year=2026&place={place}")
            assert answer.status_code == 200
            assert "900,000" not in answer.text


def test_who_is_left_out_of_statistics_is_left_out_here(world):
    set_year(world)
    set_year(world, "Next")
    with world.acting("super"):
        world.enterprise("Next").in_statistics = False
    text = world.client("league").get("/target-progress/?year=2026&quarter=1").text
    assert "900,000.00" in text
    assert "1,800,000.00" not in text


def test_the_workbook_says_the_same(world):
    set_year(world, details=replace(ANNUAL, energy_target=Decimal(900_000)))
    finish(world)
    answer = world.client("league").get("/target-progress/table.xlsx?year=2026&quarter=1")
    page = load_workbook(BytesIO(answer.data)).active
    lines = {line[0]: line for line in page.iter_rows(min_row=3, values_only=True)}
    [line] = [line for line in lines.values() if line[5] == float(FILED)]
    assert (line[1], line[4]) == (1, 900_000)  # the first, for nobody else has a target
    assert world.client("filler").get("/target-progress/").status_code == 200


def test_equals_share_a_rank_and_the_next_one_is_counted_on():
    assert ranked({"a": 1, "b": 3, "c": 3, "d": None, "e": 2}) == {"a": 4, "b": 1, "c": 1, "e": 3}
