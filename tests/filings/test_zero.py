"""A quarter in which nothing was made is filed with noughts."""

import pytest

from app.core.db import db
from app.core.errors import Forbidden
from app.filings.models import Filing
from app.filings.operations import open_filing
from app.filings.sheets.profile import ProductionStatus
from app.filings.zero import fill_with_nothing
from app.review.workflow import Action, State
from tests.filings.filling import everything, figures_of, fill, rows_with
from tests.world import QUARTER

NEXT = QUARTER.shifted(1)


def following(world):
    """The quarter after one that was filed: stocks, profile and signatures are there."""
    world.act("confirmer", Action.SUBMIT, world.filled())
    with world.acting("confirmer") as actor:
        return open_filing(world.enterprise(), NEXT, actor=actor).id


def test_a_stopped_quarter_is_filed_with_one_click_and_a_date(world):
    filing = following(world)
    client = world.client("confirmer")
    assert client.post(f"/filings/{filing}/nothing-made").status_code == 302
    figures = figures_of(world, filing)
    profile = figures["S1"][""]
    assert profile["production_status"] is ProductionStatus.STOPPED
    assert profile["gross_output_current"] == profile["comprehensive_energy_calorific"] == 0
    assert all(row["purchase_quantity"] == 0 for row in figures["S2"].values())
    assert all(row["closing_stock"] == row["opening_stock"] for row in figures["S2"].values())
    fill(world, filing, "F0", rows_with("F0", prepared_on="2026-07-01"))
    left = fill(world, filing, "W1P", [])
    assert left == []
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        assert db.session.get(Filing, filing).review.state is State.SUBMITTED


def test_what_was_typed_stays(world):
    filing = following(world)
    fill(world, filing, "W1", rows_with("W1", wastewater_discharged=3))
    world.client("confirmer").post(f"/filings/{filing}/nothing-made")
    assert figures_of(world, filing)["W1"][""]["wastewater_discharged"] == 3


@pytest.mark.parametrize("who", ["county", "league", "region", "next_confirmer"])
def test_nobody_else_does(world, who):
    filing = following(world)
    before = everything(world, filing)
    answer = world.client(who).post(f"/filings/{filing}/nothing-made")
    assert answer.status_code in (302, 403, 404)
    assert everything(world, filing) == before
    if who == "region":
        with pytest.raises(Forbidden), world.acting(who) as actor:
            fill_with_nothing(db.session.get(Filing, filing), actor=actor, shown=None)


def test_a_click_on_an_old_page_changes_nothing(world):
    filing = following(world)
    before = everything(world, filing)
    answer = world.client("confirmer").post(f"/filings/{filing}/nothing-made", data={"revision": 0})
    assert answer.status_code == 409
    assert everything(world, filing) == before
