"""The four routes and their steps, read aloud; the table of the specification as tests."""

import pytest

from app.core.errors import Conflict, Forbidden, Invalid
from app.regions.scope import Tier
from app.review.workflow import (
    FINAL,
    IN_REVIEW,
    OPEN,
    ROUTES,
    Action,
    Route,
    Standing,
    State,
    choices,
    holder,
    path_of,
    route_for,
    standing,
    steps_of,
    take,
)

REASON = "the figures of row 04 do not agree"
TABLE = {  # route: states in order, and where rollback from the last leads
    Route.A1: ("submitted county_approved league_approved region_final", "league_approved"),
    Route.A2: ("submitted league_approved region_final", "league_approved"),
    Route.B1: ("submitted county_approved league_final", "county_approved"),
    Route.B2: ("submitted league_final", "submitted"),
}


@pytest.mark.parametrize("route", Route)
def test_each_route_passes_the_states_of_the_table(route):
    states, _rollback = TABLE[route]
    assert [state.value for state in path_of(route)] == states.split()


@pytest.mark.parametrize("route", Route)
def test_rollback_leads_to_exactly_the_state_of_the_table(route):
    final = path_of(route)[-1]
    step = take(route, final, Action.ROLLBACK, {Tier.PLATFORM}, "asked for")
    assert step.end == TABLE[route][1]
    for other in set(Tier) - {Tier.PLATFORM}:
        with pytest.raises(Forbidden):
            take(route, final, Action.ROLLBACK, {other}, "asked for")


@pytest.mark.parametrize("route", Route)
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", sorted(set(Action) - {Action.REROUTE, Action.IMPORT}))
@pytest.mark.parametrize("tier", Tier)
def test_only_whose_turn_it_is_can_act(route, state, action, tier):
    """Actors x states: what is no step of the table is refused."""
    allowed = {(s.start, s.action, s.by) for s in steps_of(route)}
    if (state, action, tier) in allowed:
        assert take(route, state, action, {tier}, REASON).start is state
        return
    with pytest.raises((Conflict, Forbidden)):
        take(route, state, action, {tier}, REASON)


def test_level_and_county_switch_choose_the_route():
    assert route_for(is_large=True, county_review=True) is Route.A1
    assert route_for(is_large=True, county_review=False) is Route.A2
    assert route_for(is_large=False, county_review=True) is Route.B1
    assert route_for(is_large=False, county_review=False) is Route.B2


@pytest.mark.parametrize("route", Route)
def test_nobody_above_the_enterprise_submits_and_the_platform_never_approves(route):
    for step in steps_of(route):
        assert (step.action in (Action.SUBMIT, Action.WITHDRAW)) is (step.by is Tier.ENTERPRISE)
        assert (step.by is Tier.PLATFORM) is (step.action is Action.ROLLBACK)


@pytest.mark.parametrize("route", Route)
def test_a_return_needs_ten_characters_and_leads_to_the_enterprise(route):
    for state in set(path_of(route)) - FINAL:
        whose = holder(route, state)
        with pytest.raises(Invalid):
            take(route, state, Action.RETURN, {whose}, " too short ")
        assert take(route, state, Action.RETURN, {whose}, "x" * 10).end is State.RETURNED


def test_every_state_is_open_in_review_final_or_closed():
    assert set(State) == OPEN | IN_REVIEW | FINAL | {State.CLOSED}
    assert sum(map(len, (OPEN, IN_REVIEW, FINAL))) == len(State) - 1
    assert {approvals[-1].end for approvals in ROUTES.values()} == FINAL


def test_before_submission_only_the_enterprise_has_a_button():
    assert [s.action for s in choices(None, State.DRAFT, {Tier.ENTERPRISE})] == [Action.SUBMIT]
    for tier in set(Tier) - {Tier.ENTERPRISE}:
        assert choices(None, State.DRAFT, {tier}) == ()


@pytest.mark.parametrize(
    ("route", "state", "seen"),
    [
        (Route.A1, State.SUBMITTED, Standing.BELOW),
        (Route.A2, State.SUBMITTED, Standing.MINE),
        (Route.A1, State.COUNTY_APPROVED, Standing.MINE),
        (Route.A1, State.LEAGUE_APPROVED, Standing.ABOVE),
        (Route.A1, State.REGION_FINAL, Standing.DONE),
        (None, State.DRAFT, Standing.BELOW),
    ],
)
def test_how_the_league_sees_it(route, state, seen):
    assert standing(route, state, Tier.LEAGUE) is seen
