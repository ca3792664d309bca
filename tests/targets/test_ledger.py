"""The sums of the ledger: exact at the edges, for enterprises and for made-up leagues."""

from decimal import Decimal

import pytest

from app.core.db import db
from app.targets.balances import balance_of, balances_of, quota_balances
from app.targets.ledger import Balance, Finding, cap_balance, decline_balance, saving_balance
from app.targets.models import LeagueQuota, PlanPeriod
from app.targets.path import Path
from app.targets.reading import AnnualDetails, PlanDetails, QuotaDetails
from tests.targets.setting import hand_out, set_plan, set_year
from tests.world import LEAGUE, OTHER_LEAGUE

YEARS = range(2026, 2031)
THIRD = Decimal("33333.3333")


@pytest.mark.parametrize(
    ("years", "finding", "difference"),
    [
        (["20000"] * 5, Finding.HOLDS, "0"),
        (["20000"] * 4 + ["19999.9999"], Finding.BROKEN, "-0.0001"),
        (["20000"] * 4, Finding.OPEN, "-20000"),
        (["25000"] * 4, Finding.HOLDS, "0"),  # the last year may still add to it
        ([], Finding.OPEN, "-100000"),
    ],
)
def test_annual_savings_must_reach_the_plan_to_the_last_digit(years, finding, difference):
    given = dict(zip(YEARS, map(Decimal, years), strict=False))
    found = saving_balance(Decimal(100_000), given, YEARS)
    assert (found.finding, found.difference) == (finding, Decimal(difference))
    assert found.missing == tuple(YEARS)[len(years) :]


def test_the_last_year_must_stay_within_the_cap():
    cap = Decimal(900)
    assert cap_balance(cap, {2030: Decimal(900)}, YEARS).finding is Finding.HOLDS
    assert cap_balance(cap, {2030: Decimal("900.0001")}, YEARS).finding is Finding.BROKEN
    assert cap_balance(cap, {2029: Decimal(2000)}, YEARS).finding is Finding.OPEN
    assert cap_balance(None, {}, YEARS).finding is Finding.NOTHING


def test_declines_multiply_and_do_not_add():
    whole = Decimal(10)
    two = dict.fromkeys(YEARS, Decimal(2))
    assert decline_balance(whole, two, YEARS).finding is Finding.BROKEN  # 9.61 %
    enough = dict.fromkeys(YEARS, Decimal("2.1"))
    assert decline_balance(whole, enough, YEARS).finding is Finding.HOLDS
    assert balance_of(Path(YEARS, declines={"x": whole})).worst is Finding.OPEN


def test_nothing_set_is_nothing_to_compare():
    assert Balance(None, Decimal(5)).finding is Finding.NOTHING
    assert Balance(None, Decimal(5)).difference is None
    assert balance_of(Path(YEARS)).worst is Finding.NOTHING


def quotas(world):
    with world.seen_from():
        rows = db.session.query(LeagueQuota).order_by(LeagueQuota.id).all()
        found = quota_balances(rows)
        return [found[row.place, row.span] for row in rows]


def test_three_thirds_stay_within_the_quota_and_a_last_digit_breaks_it(world):
    details = AnnualDetails(energy_target=THIRD, saving_target=THIRD)
    for name in ("Here", "Large", "Next"):
        set_year(world, name, details=details)
    quota = QuotaDetails(Decimal("99999.9999"), Decimal("99999.9999"))
    hand_out(world, LEAGUE, "2026", details=quota)
    [found] = quotas(world)
    assert found["energy"].parts == found["saving"].parts == Decimal("99999.9999")
    assert found["energy"].finding is found["saving"].finding is Finding.HOLDS
    hand_out(world, OTHER_LEAGUE, "2026", details=quota)
    more = AnnualDetails(energy_target=Decimal(100_000), saving_target=Decimal("99999.9998"))
    set_year(world, "There", "other_league", details=more)
    _own, other = quotas(world)
    assert other["energy"].difference == Decimal("0.0001")
    assert other["saving"].difference == Decimal("-0.0001")
    assert other["energy"].finding is other["saving"].finding is Finding.BROKEN


def test_the_quota_of_a_plan_is_compared_with_plans_only(world):
    set_year(world)
    plan = PlanDetails(saving_target=Decimal(7), energy_cap=Decimal(11))
    set_plan(world, details=plan)
    set_plan(world, "Next", details=PlanDetails(saving_target=Decimal(7)))
    set_plan(world, "Large", details=plan, period="14th")
    hand_out(world, LEAGUE, "15th")
    [found] = quotas(world)
    assert (found["energy"].parts, found["saving"].parts) == (11, 14)


def test_who_is_left_out_of_statistics_is_left_out_of_the_sums(world):
    set_year(world)
    set_year(world, "Next")
    hand_out(world, LEAGUE)
    with world.acting("super"):
        world.enterprise("Next").in_statistics = False
    [found] = quotas(world)
    assert found["energy"].parts == 900_000


def test_the_balances_of_a_list_are_those_of_the_page(world):
    set_plan(world)
    set_year(world)
    with world.seen_from():
        pk = world.enterprise().id
        found = balances_of([pk], db.session.get(PlanPeriod, "15th"))[pk]
    assert (found.saving.whole, found.saving.parts) == (60_000, 12_000)
    assert found.without_year == [2027, 2028, 2029, 2030]
    assert (found.saving.finding, found.worst) == (Finding.OPEN, Finding.OPEN)
