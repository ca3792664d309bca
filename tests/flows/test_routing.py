"""Which way a filing goes: level and county switch, and both changed while it is under way."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.period import Quarter
from app.core.unit import unit_of_work
from app.enterprises.models import EnergyLevel
from app.enterprises.operations import set_level
from app.enterprises.queries import level_of
from app.filings.models import ReportingPeriod
from app.filings.operations import open_filing, waive_earlier
from app.filings.queries import latest_version
from app.filings.sheets.profile import ProfileRow
from app.regions.queries import region_at
from app.review.operations import decide, switch_county_review
from app.review.queries import decisions_of
from app.review.workflow import Action, Route, State
from app.upkeep.levels import settle_levels
from tests.world import COUNTY, LEAGUE, QUARTER

REASON = "please check the coefficient of coal"
LAST_YEAR = [Quarter(2025, n) for n in (1, 2, 3, 4)]


def final_year(world, energy):
    """Four final quarters of last year whose energy sums up to *energy* tce."""
    last = world.told("final year", lambda: end_year(world))
    with world.seen_from(), unit_of_work():
        row = db.session.scalars(select(ProfileRow).where(ProfileRow.filing_id == last)).one()
        row.comprehensive_energy_calorific = energy - Decimal("300000.00")


def end_year(world):
    """Each quarter of 100,000 tce; returns the number of the last."""
    for period in LAST_YEAR:
        filing = world.filled(period=period)
        for name, action in (
            ("confirmer", Action.SUBMIT),
            ("county", Action.APPROVE),
            ("league", Action.APPROVE),
        ):
            world.act(name, action, filing)
        with world.seen_from(), unit_of_work():
            row = db.session.scalars(select(ProfileRow).where(ProfileRow.filing_id == filing)).one()
            row.comprehensive_energy_calorific = Decimal("100000.00")
    return filing


@pytest.mark.parametrize(
    ("energy", "level", "route"),
    [
        ("499999.99", EnergyLevel.LT_500K, Route.B1),
        ("500000.00", EnergyLevel.GE_500K, Route.A1),
    ],
)
def test_last_years_final_figures_choose_the_route(world, energy, level, route):
    final_year(world, Decimal(energy))
    with world.seen_from(), unit_of_work():
        assert settle_levels(2026).written == 1
    with world.seen_from():
        assert level_of(world.enterprise(), 2026) is level
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        assert world.review_of(filing).route is route


def test_while_a_quarter_of_last_year_is_not_final_the_former_level_stays(world):
    final_year(world, Decimal("600000.00"))
    with world.seen_from():
        last = world.filing(period=LAST_YEAR[-1]).id
    world.act("super", Action.ROLLBACK, last, "asked for")
    with world.seen_from(), unit_of_work():
        assert settle_levels(2026).written == 0
    with world.seen_from():
        assert level_of(world.enterprise(), 2026) is EnergyLevel.LT_500K


def test_the_filing_at_hand_never_chooses_its_route(world):
    """The example uses 225,209.77 tce in one quarter; the level is that of the register."""
    filing = world.filled("large_confirmer")
    world.act("large_confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        assert world.review_of(filing).route is Route.A1


def test_a_level_changed_by_hand_holds_for_what_is_submitted_after_it(world):
    """Question 13: in review keeps its route, returned takes the new one when resubmitted."""
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    with world.acting("region") as actor:
        set_level(world.enterprise(), 2026, EnergyLevel.GE_500K, actor=actor, reason="new unit")
    with world.seen_from():
        assert world.review_of(filing).route is Route.B1
    world.act("county", Action.RETURN, filing, REASON)
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        assert world.review_of(filing).route is Route.A1


@pytest.mark.parametrize("name", ["league", "county", "confirmer"])
def test_only_the_region_sets_a_level(world, name):
    with pytest.raises(Forbidden), world.acting(name) as actor:
        set_level(world.enterprise(), 2026, EnergyLevel.GE_500K, actor=actor, reason="why not")
    with world.seen_from():
        assert level_of(world.enterprise(), 2026) is EnergyLevel.LT_500K


def switched(world, path, on, name="league"):
    with world.acting(name) as actor:
        return switch_county_review(region_at(path), on, actor=actor)


@pytest.mark.parametrize("who", ["confirmer", "large_confirmer"])
def test_switched_on_what_is_submitted_keeps_its_route(world, who):
    """Question 14."""
    switched(world, LEAGUE, on=False)
    filing = world.filled(who)
    world.act(who, Action.SUBMIT, filing)
    with world.seen_from():
        before = world.review_of(filing).route
    assert switched(world, LEAGUE, on=True) == 0
    with world.seen_from():
        assert world.review_of(filing).route is before
    world.act("league", Action.RETURN, filing, REASON)
    world.act(who, Action.SUBMIT, filing)
    with world.seen_from():
        assert world.review_of(filing).route.has_county


@pytest.mark.parametrize(("who", "route"), [("confirmer", Route.B2), ("large_confirmer", Route.A2)])
def test_switched_off_what_waits_at_the_county_goes_on_to_the_league(world, who, route):
    """Question 15."""
    filing = world.filled(who)
    world.act(who, Action.SUBMIT, filing)
    assert switched(world, LEAGUE, on=False) == 1
    with world.seen_from():
        review = world.review_of(filing)
        assert (review.route, review.state) == (route, State.SUBMITTED)
        assert [d.action for d in decisions_of(review)] == [Action.SUBMIT, Action.REROUTE]
        assert db.session.scalars(
            select(AuditEntry).where(AuditEntry.tag == "filing:reroute")
        ).one()
    with pytest.raises(Forbidden):
        world.act("county", Action.APPROVE, filing)
    world.act("league", Action.APPROVE, filing)


def test_switched_off_what_the_county_has_approved_goes_on_unchanged(world):
    """Question 15: the rollback of B1 still leads to the county's approval."""
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    world.act("county", Action.APPROVE, filing)
    assert switched(world, LEAGUE, on=False) == 0
    world.act("league", Action.APPROVE, filing)
    world.act("super", Action.ROLLBACK, filing, "asked for")
    with world.seen_from():
        review = world.review_of(filing)
        assert (review.route, review.state) == (Route.B1, State.COUNTY_APPROVED)
    world.act("league", Action.APPROVE, filing)


def test_a_county_may_be_an_exception_of_its_league(world):
    here, next_door = world.filled(), world.filled("next_confirmer")
    world.act("confirmer", Action.SUBMIT, here)
    world.act("next_confirmer", Action.SUBMIT, next_door)
    assert switched(world, COUNTY, on=False) == 1
    with world.seen_from():
        assert world.review_of(here).route is Route.B2
        assert world.review_of(next_door).route is Route.B1
    assert switched(world, LEAGUE, on=False) == 1
    assert switched(world, COUNTY, on=None) == 0


@pytest.mark.parametrize("name", ["county", "confirmer", "other_league"])
def test_who_stands_elsewhere_or_lower_switches_nothing(world, name):
    with pytest.raises(Forbidden):
        switched(world, LEAGUE, on=False, name=name)
    with world.seen_from():
        assert region_at(LEAGUE).county_review is True


def test_a_later_quarter_waits_for_the_earlier_one(world):
    """Question 7: filed once the earlier one is submitted, final once it is final."""
    first = world.filled()
    second = world.filled(period=QUARTER.shifted(1))
    with pytest.raises(Invalid, match="not possible yet"):
        world.act("confirmer", Action.SUBMIT, second)
    world.act("confirmer", Action.SUBMIT, first)
    world.act("confirmer", Action.SUBMIT, second)
    world.act("county", Action.APPROVE, second)
    with pytest.raises(Invalid) as refused:
        world.act("league", Action.APPROVE, second)
    assert "2026Q1" in str(refused.value.details[0])
    with world.acting("region") as actor:
        waive_earlier(world.filing(period=QUARTER.shifted(1)), actor=actor, reason="stocks agree")
    world.act("league", Action.APPROVE, second)
    with world.seen_from():
        assert world.review_of(second).state is State.LEAGUE_FINAL
        assert world.review_of(first).state is State.SUBMITTED


def test_a_quarter_between_may_not_be_left_out(world):
    world.act("confirmer", Action.SUBMIT, world.filled())
    later = world.filled(period=QUARTER.shifted(2))
    with pytest.raises(Invalid):
        world.act("confirmer", Action.SUBMIT, later)


def test_withdrawn_is_a_draft_again_and_the_next_version(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    world.act("confirmer", Action.WITHDRAW, filing)
    with world.seen_from():
        review, found = world.review_of(filing), world.filing()
        assert (review.state, review.route, found.version_no) == (State.DRAFT, None, 2)
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        assert latest_version(world.filing()).number == 2
    world.act("county", Action.APPROVE, filing)
    with pytest.raises(Conflict):
        world.act("confirmer", Action.WITHDRAW, filing)


def test_what_is_missing_blocks_submission_and_is_named(world):
    with world.acting("confirmer") as actor:
        filing = open_filing(world.enterprise(), QUARTER, actor=actor).id
    with pytest.raises(Invalid) as refused:
        world.act("confirmer", Action.SUBMIT, filing)
    assert "F0/unit_head" in {problem.where for problem in refused.value.details}
    with world.seen_from():
        assert world.review_of(filing).state is State.DRAFT
        assert latest_version(world.filing()) is None


def test_nothing_is_withdrawn_after_the_lock_and_what_was_returned_is_submitted(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)

    def lock(day):
        with world.seen_from(), unit_of_work():
            row = db.session.scalars(
                select(ReportingPeriod).where(
                    ReportingPeriod.year == 2026, ReportingPeriod.quarter == 1
                )
            ).one()
            row.lock_on = day

    lock(date(2026, 1, 31))
    with pytest.raises(Invalid):
        world.act("confirmer", Action.WITHDRAW, filing)
    world.act("county", Action.RETURN, filing, REASON)
    world.act("confirmer", Action.SUBMIT, filing)  # within five working days of the return
    lock(None)
    world.act("confirmer", Action.WITHDRAW, filing)


def test_who_edited_last_does_not_approve(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from(), unit_of_work():
        found = world.filing()
        found.last_edited_by_id = world.actor("county").id
    with pytest.raises(Forbidden, match="edited"):
        world.act("county", Action.APPROVE, filing)


def test_a_decision_on_a_page_that_is_out_of_date_is_a_conflict(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        shown = world.review_of(filing).version
    world.act("county", Action.APPROVE, filing)
    with pytest.raises(Conflict, match="County"), world.acting("county") as actor:
        decide(world.review_of(filing), Action.APPROVE, actor=actor, shown=shown)
    with world.seen_from():
        assert world.review_of(filing).state is State.COUNTY_APPROVED
