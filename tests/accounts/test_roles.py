"""The roles as data: what a new installation begins with."""

import pytest

from app.accounts.roles import (
    CANNOT_BE_TAKEN,
    EVERYBODY,
    PERMISSIONS,
    ROLES,
    THINGS,
    label_of,
    rights,
)
from app.regions.scope import Tier

DECIDE, ROLLBACK = ("can_decide", "Review"), ("can_rollback", "Review")
FILING = rights(Filing="open fill submit")


def holders(right):
    return {key for key, role in ROLES.items() if right in role.grants}


def test_there_are_eight_roles():
    assert list(ROLES) == [
        "super_administrator",
        "region_reviewer",
        "league_administrator",
        "county_reviewer",
        "inspection_staff",
        "enterprise_filler",
        "enterprise_confirmer",
        "observer",
    ]


@pytest.mark.parametrize("key", ROLES)
def test_everybody_reaches_the_start_page_and_the_own_password(key):
    assert ROLES[key].grants >= EVERYBODY >= CANNOT_BE_TAKEN


def test_only_reviewers_decide_and_only_the_super_administrator_rolls_back():
    assert holders(DECIDE) == {"region_reviewer", "league_administrator", "county_reviewer"}
    assert holders(ROLLBACK) == {"super_administrator"}


def test_the_super_administrator_never_files():
    assert not ROLES["super_administrator"].grants & FILING


def test_only_the_confirmer_submits_and_only_enterprises_fill():
    assert holders(("can_submit", "Filing")) == {"enterprise_confirmer"}
    assert holders(("can_fill", "Filing")) == {"enterprise_filler", "enterprise_confirmer"}
    assert ROLES["enterprise_confirmer"].grants - ROLES["enterprise_filler"].grants == {
        ("can_submit", "Filing")
    }


def test_an_observer_only_looks():
    verbs = {permission for permission, _thing in ROLES["observer"].grants - EVERYBODY}
    assert verbs == {"can_list", "can_show", "can_export"}


def test_inspection_staff_bring_documents_and_observers_nothing_and_neither_decides():
    looking = {"can_list", "can_show", "can_export", "can_get"}
    for key in ("inspection_staff", "observer"):
        own = CANNOT_BE_TAKEN | rights(Support="report", Job="cancel retry")  # only themselves
        if key == "inspection_staff":
            own |= rights(Inspection="upload")
        verbs = {permission for permission, _thing in ROLES[key].grants - own}
        assert verbs <= looking


def test_people_are_looked_after_by_the_super_and_the_league_administrator():
    assert holders(("can_edit", "Person")) == {"super_administrator", "league_administrator"}
    assert holders(("can_list", "Person")) == {
        "super_administrator",
        "region_reviewer",
        "league_administrator",
    }
    assert holders(("can_edit", "Role")) == {"super_administrator"}


def test_nobody_hands_out_the_own_role_but_the_super_administrator():
    may = {key: role.may_grant for key, role in ROLES.items() if role.may_grant}
    assert may == {
        "super_administrator": frozenset(ROLES),
        "league_administrator": frozenset(ROLES)
        - {"super_administrator", "region_reviewer", "league_administrator"},
    }


def test_reviewers_stand_at_one_tier_only():
    assert ROLES["super_administrator"].tiers == {Tier.PLATFORM}
    assert ROLES["region_reviewer"].tiers == {Tier.REGION}
    assert ROLES["league_administrator"].tiers == {Tier.LEAGUE}
    assert ROLES["county_reviewer"].tiers == {Tier.COUNTY}
    assert ROLES["enterprise_confirmer"].tiers == {Tier.ENTERPRISE}


@pytest.mark.parametrize("key", ROLES)
def test_every_right_has_words(key):
    for permission, thing in ROLES[key].grants:
        assert permission in PERMISSIONS
        assert thing in THINGS


def test_rights_are_spelled_out():
    assert rights(Filing="list show") == {("can_list", "Filing"), ("can_show", "Filing")}


def test_a_role_that_is_not_ours_keeps_its_name(app):
    with app.app_context():
        assert label_of("observer") == "Observer"
        assert label_of("Guests") == "Guests"
