"""How often a page asks the database: never once per row, and at most eight times for a list."""

import pytest

from app.reports.behind import SHOWN
from app.reports.catalogue import REPORTS
from app.review.workflow import Action
from tests.world import PEOPLE

LISTS = {
    "/enterprises/list/": "league",
    "/energy-levels/?year=2026": "region",
    "/energy-forms/list/": "league",
    "/enterprise-import/": "league",
    "/change-requests/list/": "league",
    "/enterprise-moves/list/": "league",
    "/filings/list/": "league",
    "/inspection/list/": "league",
    "/inspection/list/?state=wanting&q=Her": "county",
    "/inspection-matrix/": "league",
    "/inspection-catalogue/list/": "region",
    "/reviews/list/": "league",
    "/reviews/list/?queue=mine": "county",
    "/people/list/": "super",
    "/roles/list/": "super",
    "/journal/list/": "region",
    "/calendar/list/": "region",
    "/special-days/list/": "region",
    "/extensions/list/": "league",
    "/closed-years/": "region",
    "/late/list/?period=2026Q1": "league",
    "/confirmation/list/?period=2026Q1": "league",
    "/exports/": "region",
    "/carriers/list/": "region",
    "/regions/": "region",
    "/jobs/": "region",
    **{f"/behind/{sheet.lower()}/list/?year=2026": "league" for sheet in (*SHOWN, "alarms")},
    "/announcements/list/": "region",
    "/support/": "league",
    "/notices/": "county",
    "/late/list/?period=2026Q2": "league",
    "/support/reports/list/": "region",
    "/plan-targets/list/": "league",
    "/annual-targets/list/": "league",
    "/quotas/list/": "region",
    "/target-checks/list/": "league",
    "/products/list/": "region",
    "/sheet-policies/list/": "region",
    "/waste-classes/list/": "region",
    "/product-limits/list/": "region",
    "/primary-coefficients/list/": "region",
    "/carrier-coefficients/list/": "region",
    "/plan-periods/list/": "region",
    "/rulebook/list/": "region",
    "/rule-usefulness/": "league",
    "/rule-sweeps/": "region",
    "/swept-filings/list/": "region",
    "/swept-alarms/list/": "region",
    "/rules/": "filler",
}
MOST = 8
MOST_OF_A_REPORT = 12  # figures, what they rest on, and what they are compared with
MOST_OF_AN_OVERVIEW = 20  # four tables, each of what another page shows whole
MOST_AT_HOME = 10  # counters, the queue, the progress and the calendar, side by side


@pytest.mark.parametrize("address", LISTS)
def test_a_list_asks_at_most_eight_times(world, asked, address):
    for confirmer in ("confirmer", "large_confirmer", "next_confirmer"):
        world.act(confirmer, Action.SUBMIT, world.filled(confirmer))
    client = world.client(LISTS[address])
    client.get(address)
    asked.clear()
    assert client.get(address).status_code == 200
    assert len(asked) <= MOST, "\n".join(asked)


def test_the_progress_of_targets_asks_the_same_for_one_and_for_thousands(world, asked):
    client = world.client("league")
    client.get("/")
    asked.clear()
    assert client.get("/target-progress/?year=2026").status_code == 200
    assert len(asked) <= MOST_OF_A_REPORT, "\n".join(asked)


def test_the_calendar_of_documents_asks_the_same_for_one_and_for_thousands(world, asked):
    """Two years stand in it: what is due in January belongs to the year before."""
    client = world.client("league")
    client.get("/inspection-calendar/")
    asked.clear()
    assert client.get("/inspection-calendar/").status_code == 200
    assert len(asked) <= MOST_OF_A_REPORT, "\n".join(asked)


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_asks_the_same_for_one_and_for_thousands(world, asked, name):
    client = world.client("league")
    address = f"/reports/{name}?year=2026&quarter=1"
    client.get(address)
    asked.clear()
    assert client.get(address).status_code == 200
    assert len(asked) <= MOST_OF_A_REPORT, "\n".join(asked)


def test_the_overview_asks_the_same_for_one_and_for_thousands(world, asked):
    client = world.client("region")
    client.get("/overview/?year=2026&quarter=1")
    asked.clear()
    assert client.get("/overview/?year=2026&quarter=1").status_code == 200
    assert len(asked) <= MOST_OF_AN_OVERVIEW, "\n".join(asked)


@pytest.mark.parametrize("address", ["/api/v1/filings/", "/api/v1/enterprises/"])
def test_a_list_of_the_api_too(world, asked, address):
    for confirmer in ("confirmer", "large_confirmer", "next_confirmer"):
        world.filled(confirmer)
    headers = world.token("league")
    asked.clear()
    answer = world.app.test_client().get(address, headers=headers)
    assert answer.json["count"] == 3
    assert len(asked) <= MOST, "\n".join(asked)


@pytest.mark.parametrize("name", PEOPLE)
def test_the_first_page_opens_for_everybody(world, asked, name):
    for confirmer in ("confirmer", "large_confirmer", "next_confirmer"):
        world.act(confirmer, Action.SUBMIT, world.filled(confirmer))
    client = world.client(name)
    asked.clear()
    assert client.get("/").status_code == 200
    assert len(asked) <= MOST_AT_HOME, "\n".join(asked)
