"""Opening a quarter: who may, when, and what it begins with."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core.clock import today
from app.core.db import db
from app.core.errors import Conflict, Forbidden, NotFound
from app.core.period import Quarter
from app.core.unit import unit_of_work
from app.filings.models import Filing
from app.filings.operations import ECONOMICS, open_filing
from app.filings.queries import calendar_row
from app.filings.sheets import SHEETS
from app.review.models import Review
from app.review.workflow import Action, State
from tests.filings.filling import figures_of, fill, rows_with
from tests.world import PEOPLE, QUARTER

NEXT = QUARTER.shifted(1)
EMPTY: dict[str, dict] = {key: {} for key in SHEETS}


def opened(world, period=QUARTER, who="confirmer", enterprise="Here"):
    with world.acting(who) as actor:
        return open_filing(world.enterprise(enterprise), period, actor=actor).id


def counted(world):
    with world.seen_from():
        return [
            db.session.scalar(select(func.count()).select_from(kind))
            for kind in (Filing, Review, AuditEntry)
        ]


def test_a_first_filing_begins_empty_as_a_draft(world):
    filing = opened(world)
    assert figures_of(world, filing) == EMPTY
    with world.seen_from():
        row, enterprise = db.session.get(Filing, filing), world.enterprise()
        assert (row.period, row.version_no, row.data_hash) == (QUARTER, 1, "")
        assert row.place == row.review.place == enterprise.place
        assert (row.review.state, row.review.route) == (State.DRAFT, None)
        assert (row.region_code, row.industry_code) == ("150221", "26")
        assert row.energy_level == "lt_500k"


def test_profile_signatures_and_closing_stocks_are_carried_forward(world):
    first = world.filled()
    fill(world, first, "S1", rows_with("S1", tax_and_profit=-5, full_time_staff=3))
    earlier = figures_of(world, first)
    figures = figures_of(world, opened(world, NEXT))
    assert figures["F0"][""] == {**earlier["F0"][""], "prepared_on": None}
    profile, before = figures["S1"][""], earlier["S1"][""]
    kept = [n for n in before if n not in ECONOMICS and not isinstance(before[n], Decimal)]
    assert {n: profile[n] for n in kept} == {n: before[n] for n in kept}
    assert (profile["employees"], profile["full_time_staff"]) == (820, 3)
    assert {profile[name] for name in ECONOMICS} == {None}
    assert profile["comprehensive_energy_calorific"] == 0
    stocks = {code: row["opening_stock"] for code, row in figures["S2"].items()}
    assert stocks == {"04": 25000, "09": 7000, "21": 70, "32": 0, "33": 0, "37": 0}
    coal = figures["S2"]["04"]
    assert coal["coefficient_basis"] == "supplier"
    assert coal["adopted_coefficient"] == Decimal("0.65")
    for name in ("purchase_quantity", "industrial_consumption", "closing_stock", "row_note"):
        assert coal[name] is None
    assert figures["S3"] == {}
    assert figures_of(world, first) == earlier


def test_only_the_quarter_just_before_is_carried_forward(world):
    world.filled()
    assert figures_of(world, opened(world, NEXT.shifted(1))) == EMPTY


def test_the_neighbours_figures_are_not_carried_forward(world):
    world.filled("large_confirmer")
    assert figures_of(world, opened(world, NEXT)) == EMPTY


def test_a_quarter_is_opened_once(world):
    opened(world)
    before = counted(world)
    for who in ("confirmer", "filler"):
        with pytest.raises(Conflict, match="already a filing for 2026Q1"):
            opened(world, who=who)
    assert counted(world) == before
    assert opened(world, NEXT)
    assert opened(world, who="large_confirmer", enterprise="Large")


@pytest.mark.parametrize("period", [Quarter(2023, 4), Quarter(2027, 1), Quarter(2100, 4)])
def test_a_quarter_outside_the_calendar_is_not_opened(world, period):
    before = counted(world)
    with pytest.raises(NotFound, match="is not open for filing"):
        opened(world, period)
    assert counted(world) == before


@pytest.mark.parametrize(("days", "opens"), [(-1, True), (0, True), (1, False)])
def test_a_quarter_opens_on_its_day(world, days, opens):
    with world.seen_from(), unit_of_work():
        calendar_row(QUARTER).open_on = today() + timedelta(days=days)
    before = counted(world)
    if opens:
        assert opened(world)
    else:
        with pytest.raises(NotFound):
            opened(world)
        assert counted(world) == before


def test_the_day_on_which_a_filing_was_due_closes_nothing(world):
    with world.seen_from(), unit_of_work():
        calendar_row(QUARTER).due_on = date(2024, 1, 2)
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        assert world.review_of(filing).state is State.SUBMITTED


ABOVE = [name for name, (role, _place) in PEOPLE.items() if not role.startswith("enterprise")]


@pytest.mark.parametrize("who", ABOVE)
def test_nobody_above_files_for_an_enterprise(world, who):
    before = counted(world)
    with world.seen_from():
        enterprise, actor = world.enterprise(), world.actor(who)
        number = enterprise.id
        with pytest.raises(Forbidden):
            open_filing(enterprise, QUARTER, actor=actor)
    body = {"enterprise_id": number, "report_year": 2026, "report_quarter": 1}
    answer = world.client().post("/api/v1/filings/", json=body, headers=world.token(who))
    assert answer.status_code in (403, 404)
    form = {"enterprise": number, "period": "2026Q1"}
    assert world.client(who).post("/filings/open", data=form).status_code in (302, 403, 404)
    assert counted(world) == before


def test_nor_does_a_neighbour(world):
    before = counted(world)
    with world.seen_from():
        actor = world.actor("next_confirmer")
        with pytest.raises(Forbidden):
            open_filing(world.enterprise(), QUARTER, actor=actor)
    assert counted(world) == before


def test_a_stopped_enterprise_files_no_more(world):
    world.stop()
    before = counted(world)
    with pytest.raises(Conflict, match="stopped"):
        opened(world)
    assert counted(world) == before


@pytest.mark.parametrize("period", ["", "2026", "2026Q5", "1999Q4", "2026q1", "2026Q1 ", "2101Q1"])
def test_what_is_no_quarter_is_not_opened(world, period):
    with world.seen_from():
        enterprise = world.enterprise().id
    before = counted(world)
    client = world.client("confirmer")
    data = {"enterprise": enterprise, "period": period}
    assert client.post("/filings/open", data=data).status_code == 404
    assert counted(world) == before


def test_the_snapshot_is_taken_anew_at_submission(world):
    filing = world.filled()
    with world.seen_from(), unit_of_work():
        world.enterprise().industry_code = "25"
    for submitted, code in ((False, "26"), (True, "25")):
        if submitted:
            world.act("confirmer", Action.SUBMIT, filing)
        with world.seen_from():
            assert db.session.get(Filing, filing).industry_code == code
