"""Targets on their pages: who sets whose, what is refused, what the ledger keeps."""

import json

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from app.audit.models import AuditEntry
from app.core.db import db
from app.enterprises.models import EnterpriseClass
from app.review.workflow import Action
from app.targets.models import AnnualTarget, PlanTarget, TargetAct, TargetVersion
from app.upkeep.verify import everything_wrong
from tests.targets.setting import (
    ANNUAL_FORM,
    CARBIDE,
    PLAN_FORM,
    hand_out,
    plan_targets,
    set_plan,
    set_year,
    targets_of,
    versions,
)
from tests.world import LEAGUE, OTHER_LEAGUE

REASON = "The region corrected the base year."


def number_of(world, name="Here"):
    with world.seen_from():
        return world.enterprise(name).id


def make(world, name, kind):
    """Put the enterprise *name* in the class *kind*."""
    with world.acting("super"):
        world.enterprise(name).enterprise_class = kind


def finish(world, name="confirmer"):
    """A final filing of 2026Q1, below 500,000 tce and with county review."""
    filing = world.filled(name)
    world.act(name, Action.SUBMIT, filing)
    world.act("county", Action.APPROVE, filing)
    world.act("league", Action.APPROVE, filing)


def test_a_league_sets_a_five_year_target_with_its_products(world):
    data = {**PLAN_FORM, "enterprise": number_of(world), "plan": "15th"}
    answer = world.client("league").post("/plan-targets/add", data=data)
    assert answer.status_code == 302
    [target] = plan_targets(world)
    assert (str(target.saving_target), str(target.energy_cap)) == ("60000.0000", "900000.0000")
    with world.seen_from():
        [line] = db.session.get(PlanTarget, target.id).products
        assert (line.product_key, str(line.base_unit), str(line.decline)) == (
            CARBIDE,
            "900.0000",
            "10.0000",
        )
    [version] = versions(world)
    assert (version.number, version.act, version.late) == (1, TargetAct.SET, False)
    assert json.loads(version.content)["products"][CARBIDE] == {"base_unit": "900", "decline": "10"}


@pytest.mark.parametrize("kind", [EnterpriseClass.HUNDRED, EnterpriseClass.THOUSAND])
@pytest.mark.parametrize("address", ["/plan-targets/add", "/annual-targets/add"])
def test_a_league_sets_nothing_for_the_hundred_and_thousand_class(world, kind, address):
    make(world, "Here", kind)
    data = {**PLAN_FORM, **ANNUAL_FORM, "enterprise": number_of(world)}
    client = world.client("league")
    assert client.get(address, query_string={"enterprise": number_of(world)}).status_code == 403
    assert client.post(address, data=data).status_code == 403
    assert versions(world) == []
    assert world.client("region").post(address, data=data).status_code == 302
    assert len(versions(world)) == 1


@pytest.mark.parametrize("who", ["region", "super"])
def test_the_region_leaves_the_ten_thousand_class_to_its_league(world, who):
    data = {**ANNUAL_FORM, "enterprise": number_of(world), "year": "2026"}
    assert world.client(who).post("/annual-targets/add", data=data).status_code == 403
    assert versions(world) == []


@pytest.mark.parametrize("who", ["county", "staff", "observer", "confirmer"])
def test_others_read_and_set_nothing(world, who):
    pk = set_year(world)
    client = world.client(who)
    assert client.get(f"/annual-targets/{pk}").status_code == 200
    data = {**ANNUAL_FORM, "enterprise": number_of(world), "year": "2027"}
    assert client.post("/annual-targets/add", data=data).status_code == 403
    assert client.post(f"/annual-targets/edit/{pk}", data=data).status_code == 403
    assert client.post(f"/annual-targets/{pk}/delete", data=data).status_code == 403
    assert len(versions(world)) == 1


def test_a_foreign_enterprise_is_not_there(world):
    client = world.client("league")
    data = {**ANNUAL_FORM, "enterprise": number_of(world, "There"), "year": "2026"}
    assert client.post("/annual-targets/add", data=data).status_code == 404
    pk = set_year(world, "There", "other_league")
    for address in (f"/annual-targets/{pk}", f"/annual-targets/edit/{pk}"):
        assert client.get(address).status_code == 404
    assert client.post(f"/annual-targets/{pk}/delete", data={"reason": "x"}).status_code == 404
    assert "There" not in client.get("/annual-targets/list/").text
    assert '<ul class="queue">' not in client.get("/annual-targets/add?q=There").text
    assert '<ul class="queue">' in client.get("/annual-targets/add?q=Here").text


def test_a_change_needs_a_reason_and_leaves_a_version(world):
    pk = set_year(world)
    client = world.client("league")
    data = {**ANNUAL_FORM, "energy_target": "880000", "version": 1}
    refused = client.post(f"/annual-targets/edit/{pk}", data=data)
    assert refused.status_code == 422
    assert "880000" in refused.text
    assert "Say why." in refused.text
    data["reason"] = REASON
    assert client.post(f"/annual-targets/edit/{pk}", data=data).status_code == 302
    [target] = targets_of(world)
    assert str(target.energy_target) == "880000.0000"
    first, second = versions(world)
    assert (first.number, second.number, second.reason) == (1, 2, REASON)
    shown = client.get(f"/annual-targets/{pk}").text
    assert "900,000 → 880,000" in shown
    with world.seen_from():
        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.tag == "target:change_annual")
        ).one()
        facts = json.loads(entry.facts)
        assert (facts["before"]["energy_target"], facts["after"]["energy_target"]) == (
            "900000",
            "880000",
        )


def test_an_unchanged_form_leaves_no_version(world):
    pk = set_year(world)
    data = {**ANNUAL_FORM, "document": "内工信〔2026〕9号", "version": 1}
    answer = world.client("league").post(f"/annual-targets/edit/{pk}", data=data)
    assert answer.status_code == 302
    assert len(versions(world)) == 1


def test_an_older_version_does_not_overwrite_and_keeps_what_was_typed(world):
    pk = set_year(world)
    client = world.client("league")
    data = {**ANNUAL_FORM, "energy_target": "880000", "version": 1, "reason": REASON}
    assert client.post(f"/annual-targets/edit/{pk}", data=data).status_code == 302
    stale = client.post(f"/annual-targets/edit/{pk}", data={**data, "energy_target": "870000"})
    assert stale.status_code == 409
    assert "870000" in stale.text
    assert [str(t.energy_target) for t in targets_of(world)] == ["880000.0000"]


def test_a_change_of_a_product_alone_raises_the_version(world):
    pk = set_year(world)
    client = world.client("league")
    data = {**ANNUAL_FORM, "products/1/decline": "4", "version": 1, "reason": REASON}
    assert client.post(f"/annual-targets/edit/{pk}", data=data).status_code == 302
    assert (
        client.post(f"/annual-targets/edit/{pk}", data={**data, "energy_target": "1"}).status_code
        == 409
    )
    assert [t.version for t in targets_of(world)] == [2]


def test_sent_twice_is_set_once(world):
    client = world.client("league")
    data = {**ANNUAL_FORM, "enterprise": number_of(world), "year": "2026"}
    assert client.post("/annual-targets/add", data=data).status_code == 302
    assert client.post("/annual-targets/add", data=data).status_code == 409
    assert len(targets_of(world)) == len(versions(world)) == 1


def test_deleting_needs_a_reason_and_keeps_the_versions(world):
    pk = set_year(world)
    client = world.client("league")
    address = f"/annual-targets/{pk}/delete"
    assert client.post(address, data={"version": 1}).status_code == 422
    assert client.post(address, data={"version": 7, "reason": REASON}).status_code == 409
    assert len(targets_of(world)) == 1
    assert client.post(address, data={"version": 1, "reason": REASON}).status_code == 302
    assert client.post(address, data={"version": 1, "reason": REASON}).status_code == 404
    assert targets_of(world) == []
    assert [v.act for v in versions(world)] == [TargetAct.SET, TargetAct.DELETE]
    pk = set_year(world)
    assert [v.number for v in versions(world)] == [1, 2, 3]
    assert REASON in client.get(f"/annual-targets/{pk}").text


def test_after_a_final_filing_it_is_locked_and_changes_are_marked(world):
    pk, plan = set_year(world), set_plan(world)
    finish(world)
    client = world.client("league")
    assert "Locked" in client.get("/annual-targets/list/").text
    assert "Locked" in client.get(f"/plan-targets/{plan}").text
    data = {**ANNUAL_FORM, "energy_target": "880000", "version": 1}
    assert client.post(f"/annual-targets/edit/{pk}", data=data).status_code == 422
    data["reason"] = REASON
    assert client.post(f"/annual-targets/edit/{pk}", data=data).status_code == 302
    assert [v.late for v in versions(world)] == [False, False, True]
    assert "after a final filing" in client.get(f"/annual-targets/{pk}").text


def test_a_late_new_target_needs_a_reason_too(world):
    finish(world)
    client = world.client("league")
    data = {**ANNUAL_FORM, "enterprise": number_of(world), "year": "2026"}
    assert client.post("/annual-targets/add", data=data).status_code == 422
    assert client.post("/annual-targets/add", data={**data, "reason": REASON}).status_code == 302
    assert client.post("/annual-targets/add", data={**data, "year": "2027"}).status_code == 302
    assert [v.late for v in versions(world)] == [True, False]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"saving_target": ""}, "This is needed."),
        ({"saving_target": "-1"}, "it may not be negative."),
        ({"saving_target": "1.23456"}, "at most 4 digits"),
        ({"saving_target": "1e30"}, "too large"),
        ({"saving_target": "NaN"}, "is not a number"),
        ({"saved_before": "5"}, "This is needed."),
        ({"saved_before": "5", "saved_until": "2025"}, "outside the plan"),
        ({"products/1/product": "2611P"}, "There is no such product."),
        ({"products/1/decline": "101"}, "100 at most"),
        ({"products/1/base_unit": ""}, "This is needed."),
        (
            {"products/2/product": CARBIDE, "products/2/base_unit": "1", "products/2/decline": "1"},
            "stands there twice",
        ),
        ({"document": "x" * 101}, "100 characters"),
    ],
)
def test_wrong_input_is_told_and_nothing_is_set(world, changed, told):
    data = {**PLAN_FORM, "enterprise": number_of(world), "plan": "15th", **changed}
    answer = world.client("league").post("/plan-targets/add", data=data)
    assert answer.status_code == 422
    assert told in answer.text
    assert "内工信" in answer.text or "document" in changed
    assert versions(world) == plan_targets(world) == []


def test_full_width_digits_and_separators_are_understood(world):
    data = {**PLAN_FORM, "saving_target": " ６０，０００．５ ", "enterprise": number_of(world)}
    assert world.client("league").post("/plan-targets/add", data=data).status_code == 302
    assert [str(t.saving_target) for t in plan_targets(world)] == ["60000.5000"]


def test_a_version_is_never_changed(world):
    set_year(world)
    for statement in (update(TargetVersion).values(reason="other"), delete(TargetVersion)):
        with world.seen_from(), pytest.raises(IntegrityError, match="append-only"):
            db.session.execute(statement)
    assert [v.reason for v in versions(world)] == [""]


def test_the_form_offers_what_the_path_leaves(world):
    set_plan(world)
    address = f"/annual-targets/add?enterprise={number_of(world)}&year=2026"
    text = world.client("league").get(address).text
    assert 'value="12000.00"' in text
    assert 'value="900000.0000"' in text
    assert 'value="2.09"' in text  # the fifth root of 0.9
    assert text.count('id="products/') == 2 * (
        1 + 3
    )  # the product of the plan and three blank rows


def test_a_target_that_is_there_is_opened_to_be_changed(world):
    pk = set_year(world)
    answer = world.client("league").get(
        f"/annual-targets/add?enterprise={number_of(world)}&year=2026"
    )
    assert answer.headers["Location"].endswith(f"/annual-targets/edit/{pk}")


def test_a_row_opens_to_show_the_plan_and_is_found_by_initials_and_period(world):
    set_plan(world)
    set_plan(world, "Next")
    client = world.client("league")
    text = client.get("/plan-targets/list/?q=her&plan=15th").text
    assert "<details" in text
    assert "2611 Calcium carbide: 900 kgce/t in 2025, -10 %" in text
    assert "Next" not in text.partition("<tbody")[2].partition("</tbody")[0]
    assert "Nothing matches" in client.get("/plan-targets/list/?plan=14th").text


def test_only_the_region_hands_out_quotas(world):
    data = {"league": LEAGUE, "span": "15th", "energy": "1000", "saving": ""}
    assert world.client("league").post("/quotas/add", data=data).status_code == 403
    client = world.client("region")
    assert client.post("/quotas/add", data=data).status_code == 302
    assert client.post("/quotas/add", data=data).status_code == 409
    assert client.post("/quotas/add", data={**data, "span": "2031"}).status_code == 422
    [version] = versions(world)
    assert (version.place, version.span) == (LEAGUE, "15th")


def test_a_quota_is_changed_with_a_reason_and_not_by_an_older_version(world):
    pk = hand_out(world, LEAGUE)
    client = world.client("region")
    data = {"energy": "900", "version": 1, "reason": ""}
    assert client.post(f"/quotas/edit/{pk}", data=data).status_code == 422
    data["reason"] = REASON
    assert client.post(f"/quotas/edit/{pk}", data=data).status_code == 302
    assert client.post(f"/quotas/edit/{pk}", data={**data, "energy": "800"}).status_code == 409
    assert (
        client.post(f"/quotas/{pk}/delete", data={"version": 2, "reason": REASON}).status_code
        == 302
    )
    assert [v.number for v in versions(world)] == [1, 2, 3]


def test_a_league_sees_its_own_quota_only(world):
    own, foreign = hand_out(world, LEAGUE), hand_out(world, OTHER_LEAGUE)
    client = world.client("league")
    assert client.get(f"/quotas/{own}").status_code == 200
    assert client.get(f"/quotas/{foreign}").status_code == 404


def test_the_checks_name_what_is_missing_and_lead_to_it(world):
    set_plan(world)
    client = world.client("league")
    text = client.get("/target-checks/list/?plan=15th&finding=plan").text
    body = text.partition("<tbody")[2].partition("</tbody")[0]
    assert "Next" in body
    assert "Here" not in body
    assert f"/plan-targets/add?enterprise={number_of(world, 'Next')}&amp;plan=15th" in body
    make(world, "Next", EnterpriseClass.HUNDRED)
    body = client.get("/target-checks/list/?plan=15th&finding=plan").text
    assert f"/plan-targets/add?enterprise={number_of(world, 'Next')}" not in body


def test_a_plan_is_added_by_the_region_and_shares_no_year(world):
    names = {"key": "16th", "name_zh": "十六五", "name_en": "16th"}
    data = {**names, "first_year": 2031, "last_year": 2035}
    assert world.client("league").post("/plan-periods/add", data=data).status_code == 403
    client = world.client("region")
    taken = client.post("/plan-periods/add", data={**data, "first_year": 2030})
    assert taken.status_code == 422
    assert client.post("/plan-periods/add", data={**data, "key": "2031"}).status_code == 422
    assert client.post("/plan-periods/add", data=data).status_code == 302
    assert client.get("/plan-targets/add").text.count("十六五") == 0
    assert "16th (2031-2035)" in client.get("/plan-targets/add").text


def test_stopped_enterprises_are_missing_nothing(world):
    world.stop("Next")
    text = world.client("league").get("/target-checks/list/?finding=plan").text
    assert "Next" not in text.partition("<tbody")[2].partition("</tbody")[0]
    with world.seen_from():
        assert db.session.scalars(select(AnnualTarget)).all() == []


def test_what_was_set_proves_itself(world):
    pk = set_year(world)
    data = {**ANNUAL_FORM, "energy_target": "880000", "version": 1, "reason": REASON}
    client = world.client("league")
    assert client.post(f"/annual-targets/edit/{pk}", data=data).status_code == 302
    with world.seen_from():
        assert everything_wrong() == []
