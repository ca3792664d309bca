"""More time for one enterprise: who grants it, what is refused, and where it shows."""

import pytest

from app.core.errors import Conflict, Forbidden, Invalid
from app.review.workflow import Action
from tests.filings.calendars import grant, granted, set_calendar
from tests.world import QUARTER

FORM = {"due_on": "2026-05-25", "reason": "the server room was flooded"}


@pytest.fixture
def may(world, clock):
    """May 2026: the first quarter was due on 15 April, and is locked since 10 May."""
    set_calendar(world, "2026-04-15", lock="2026-05-10")
    for n in (1, 2, 3):
        set_calendar(world, "2099-01-01", opens="2099-01-01", period=QUARTER.shifted(n))
    clock("2026-05-12 10:00")
    return world


def address(world, name="Here", period=QUARTER):
    with world.seen_from():
        return f"/extension-grants/{world.enterprise(name).id}?period={period}"


@pytest.mark.parametrize(
    ("by", "name"),
    [("league", "Here"), ("region", "Here"), ("super", "Here"), ("region", "Large")],
)
def test_the_league_grants_below_500k_and_the_region_any(may, by, name):
    before, lines = granted(may)
    assert before == []
    assert may.client(by).get(address(may, name)).status_code == 200
    assert may.client(by).post(address(may, name), data=FORM).status_code == 302
    [(place, period, due, who)], after = granted(may)
    with may.seen_from():
        assert place == may.enterprise(name).place
    assert (period, due, who) == ("2026Q1", "2026-05-25", f"{by.title()} Tester")
    assert after == lines + 1


@pytest.mark.parametrize(
    ("by", "name", "status"),
    [
        ("league", "Large", 403),
        ("county", "Here", 403),
        ("confirmer", "Here", 403),
        ("observer", "Here", 403),
        ("other_league", "Here", 404),
        ("other_county", "Here", 403),
    ],
)
def test_nobody_else_grants_and_nothing_changes(may, by, name, status):
    before = granted(may)
    assert may.client(by).get(address(may, name)).status_code == status
    assert may.client(by).post(address(may, name), data=FORM).status_code == status
    assert granted(may) == before


@pytest.mark.parametrize("by", ["county", "confirmer"])
def test_the_operation_itself_refuses_lower_tiers(may, by):
    before = granted(may)
    with pytest.raises(Forbidden, match="league or the region"):
        grant(may, by, "2026-05-25")
    assert granted(may) == before


def test_a_double_click_grants_once(may):
    first = grant(may, "league", "2026-05-25")
    before = granted(may)
    assert grant(may, "league", "2026-05-25") == first
    assert may.client("league").post(address(may), data=FORM).status_code == 302
    assert granted(may) == before


@pytest.mark.parametrize("due", ["2026-05-11", "2026-04-15", "2026-03-01", "2027-06-01"])
def test_the_new_day_is_later_than_the_old_not_over_and_within_a_year(may, due):
    before = granted(may)
    with pytest.raises(Invalid):
        grant(may, "league", due)
    assert granted(may) == before


def test_it_is_granted_again_but_never_for_less(may):
    grant(may, "league", "2026-05-25")
    for due in ("2026-05-24", "2026-05-25"):
        with pytest.raises(Invalid) as refused:
            grant(may, "region", due, reason="something else")
        assert [str(one) for one in refused.value.details] == [
            "It must be later than the day that holds now, 2026-05-25."
        ]
    grant(may, "region", "2026-06-05", reason="still under water")
    rows, _lines = granted(may)
    assert [row[2] for row in rows] == ["2026-05-25", "2026-06-05"]
    page = may.client("league").get("/extensions/list/?period=2026Q1").text
    assert page.index("2026-06-05") < page.index("the server room was flooded")


def test_without_a_reason_nothing_is_granted(may):
    before = granted(may)
    for reason in ("", "   ", "x" * 501):
        with pytest.raises(Invalid):
            grant(may, "league", "2026-05-25", reason=reason)
    assert may.client("league").post(address(may), data={"reason": "why"}).status_code == 422
    assert granted(may) == before


def test_what_is_under_review_or_stopped_needs_no_more_time(may, clock):
    clock("2026-05-09 10:00")
    filing = may.filled()
    may.act("confirmer", Action.SUBMIT, filing)
    may.stop("Next")
    before = granted(may)
    with pytest.raises(Conflict, match="nothing has to be handed in"):
        grant(may, "league", "2026-05-25")
    with pytest.raises(Conflict, match="stopped"):
        grant(may, "league", "2026-05-25", "Next")
    assert granted(may) == before


def test_who_has_not_begun_is_found_where_the_late_stand(may):
    late = "/late/list/?period=2026Q1"
    page = may.client("league").get(late).text
    assert page.count("/extension-grants/") == 3
    assert "/extension-grants/" not in may.client("county").get(late).text
    grant(may, "league", "2026-05-25")
    assert "2026-05-25, extended" in may.client("league").get(late).text
    over = may.client("league").get(f"{late}&overdue=yes").text
    runs = may.client("league").get(f"{late}&overdue=no").text
    assert (">Here<" in over, ">Next<" in over) == (False, True)
    assert (">Here<" in runs, ">Next<" in runs) == (True, False)
    assert "2026-05-25" in may.client("filler").get("/").text
    filing = may.filled()
    may.act("confirmer", Action.SUBMIT, filing)
    assert "first submitted on" not in may.client("league").get(f"/filings/{filing}").text


def test_the_page_of_a_filing_leads_to_more_time_for_those_who_grant_it(may):
    filing = may.filled()
    large = may.filled("large_confirmer")
    shown = {
        (name, pk): "/extension-grants/" in may.client(name).get(f"/filings/{pk}").text
        for name in ("league", "region", "county", "filler", "observer")
        for pk in ((filing, large) if name != "filler" else (filing,))
    }
    assert {key for key, there in shown.items() if there} == {
        ("league", filing),
        ("region", filing),
        ("region", large),
    }


def test_each_sees_the_extensions_of_its_area(may):
    grant(may, "league", "2026-05-25")
    grant(may, "other_league", "2026-05-26", "There")
    seen = {
        name: [
            due
            for due in ("2026-05-25", "2026-05-26")
            if due in may.client(name).get("/extensions/list/?period=all").text
        ]
        for name in ("region", "league", "other_league", "filler", "next_confirmer", "county")
    }
    assert seen == {
        "region": ["2026-05-25", "2026-05-26"],
        "league": ["2026-05-25"],
        "other_league": ["2026-05-26"],
        "filler": ["2026-05-25"],
        "next_confirmer": [],
        "county": ["2026-05-25"],
    }
