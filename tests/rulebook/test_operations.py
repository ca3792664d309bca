"""Versions of a rule: drafted, activated, thrown away, switched; never changed once in force."""

from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.period import Quarter, this_quarter
from app.core.unit import unit_of_work
from app.filings.queries import calendar_row
from app.filings.rules.models import RuleVersion, Standing
from app.filings.rules.operations import (
    AHEAD,
    activate,
    discard,
    draft,
    first_quarters,
    is_finished,
    kept,
    last_active,
    mark_of,
    switch,
)
from app.filings.rules.queries import rules_in_force, versions_in_force
from app.filings.rules.wording import Misread, flaws
from tests.rulebook.ruling import HOSTILE, SOON, activated, drafted, enter, version, wording
from tests.security.probing import nothing_changes


@contextmanager
def refused(world, kind, where=None):
    """Within, something is refused, at the input *where*, and nothing changes."""
    with nothing_changes(world), pytest.raises(kind) as error:
        yield
    if where is not None:
        assert where in [one.where for one in error.value.details], error.value.details


def try_draft(world, by="region", code="X-01", shown=None, **other):
    with world.acting(by) as actor:
        begun = last_active(code)
        mark = shown or (mark_of(begun) if begun else "new")
        draft(code, wording(**other), actor=actor, shown=mark)


def in_force(world, code, period=SOON):
    with world.seen_from():
        return next((one for one in versions_in_force(period) if one.code == code), None)


def entries(world, tag):
    with world.seen_from():
        return db.session.scalars(select(AuditEntry).where(AuditEntry.tag == tag)).all()


def test_a_draft_follows_the_active_version_and_changes_nothing_yet(world):
    enter(world)
    number = drafted(world, tolerance=Decimal(2000))
    with world.seen_from():
        row = version(number)
        assert (row.number, row.standing) == (2, Standing.DRAFT)
        assert row.created_by == "Region Tester"
    assert in_force(world, "X-01").tolerance == 1000
    [entry] = entries(world, "rule:draft")
    assert '"before":{"tolerance":"1000"}' in entry.facts
    assert '"after":{"tolerance":"2000"}' in entry.facts


def test_a_rule_may_begin_with_nothing(world):
    number = drafted(world, "X-09")
    with world.seen_from():
        assert version(number).number == 1
    activated(world, number)
    assert in_force(world, "X-09").message_en.startswith("{energy}")


def test_an_activated_version_is_read_from_its_quarter_on(world):
    enter(world)
    activated(world, drafted(world, tolerance=Decimal(2000)), by="super")
    assert in_force(world, "X-01", SOON.previous).tolerance == 1000
    found = in_force(world, "X-01")
    assert (found.tolerance, found.created_by, found.activated_by) == (
        2000,
        "Region Tester",
        "Super Tester",
    )
    with world.seen_from():
        old = version_numbered("X-01", 1)
        assert (old.standing, old.tolerance) == (Standing.ACTIVE, 1000)
    [entry] = entries(world, "rule:activate")
    assert '"effective":"2026Q4"' in entry.facts
    assert "The limit is too low." in entry.facts


def version_numbered(code, number):
    query = select(RuleVersion).where(RuleVersion.code == code, RuleVersion.number == number)
    return db.session.scalars(query).one()


@pytest.mark.parametrize(
    ("where", "other"),
    [
        ("expression", {"expression": "S2[c].no_such_column > 0", "tolerance": None}),
        ("expression", {"expression": "S2[c].purchase_quantity > tolerance", "tolerance": None}),
        ("tolerance", {"expression": "S2[c].purchase_quantity > 0"}),
        ("tolerance", {"tolerance": Decimal(-1)}),
        ("tolerance", {"tolerance": Decimal("NaN")}),
        ("tolerance", {"tolerance": Decimal("1e9")}),
        ("tolerance", {"tolerance": Decimal("0.0000001")}),
        ("sheets", {"sheets": ""}),
        ("sheets", {"sheets": "S2,W1"}),
        ("industries", {"industries": "99"}),
        ("industries", {"industries": "26,x"}),
        ("message_zh", {"message_zh": ""}),
        ("message_en", {"message_en": "{nonsense} is wrong"}),
        ("message_en", {"message_en": "{actual is wrong"}),
        ("message_zh", {"message_zh": "字" * 301}),
        ("about_en", {"about_en": " "}),
        ("source", {"source": ""}),
        ("severity", {"severity": "deadly"}),
        ("actual", {"actual": "S2[c]."}),
        ("expected", {"expected": "1 + " * 200 + "1"}),
    ],
)
def test_what_is_wrong_is_said_at_its_input(world, where, other):
    enter(world)
    with refused(world, Invalid, where):
        try_draft(world, **other)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_expression_is_answered_with_its_place(world, name):
    enter(world)
    with nothing_changes(world), pytest.raises(Invalid) as error:
        try_draft(world, expression=HOSTILE[name], tolerance=None)
    [found] = [one for one in error.value.details if one.where == "expression"]
    assert isinstance(found, Misread)
    assert 0 <= found.position <= len(HOSTILE[name])


def test_what_a_rule_always_named_it_may_go_on_naming(world):
    enter(world, sheets="S2,F0")
    drafted(world, sheets="S2,F0", tolerance=Decimal(5))


def test_a_tolerance_that_never_did_anything_may_stay(world):
    enter(world, expression="S2[c].purchase_quantity <= 1000")
    drafted(world, expression="S2[c].purchase_quantity <= 2000")


def test_every_rule_of_the_project_can_be_saved_as_it_is(world):
    with world.seen_from():
        wrong = {one.code: flaws(kept(one), kept(one)) for one in versions_in_force(SOON)}
    assert len(wrong) == 130
    assert {code: found for code, found in wrong.items() if found} == {}


@pytest.mark.parametrize("by", ["league", "county", "staff", "filler", "observer"])
def test_only_the_region_keeps_the_rules(world, by):
    enter(world)
    number = drafted(world, tolerance=Decimal(2000))
    with refused(world, Forbidden):
        try_draft(world, by)
    with refused(world, Forbidden):
        activated(world, number, by=by)
    with refused(world, Forbidden), world.acting(by) as actor:
        discard(version(number), actor=actor)
    with refused(world, Forbidden), world.acting(by) as actor:
        switch("X-01", False, actor=actor, reason="wrong", from_quarter=SOON, shown=1)


def test_of_two_who_draft_at_once_the_second_is_told(world):
    enter(world)
    with world.seen_from():
        shown = mark_of(last_active("X-01"))
    drafted(world, tolerance=Decimal(2000))
    with refused(world, Conflict):
        try_draft(world, "super", shown=shown, tolerance=Decimal(3000))


def test_the_same_draft_sent_twice_is_one(world):
    enter(world)
    with world.seen_from():
        shown = mark_of(last_active("X-01"))
    first = drafted(world, tolerance=Decimal(2000))
    with nothing_changes_but_the_stamp(world), world.acting("region") as actor:
        again = draft("X-01", wording(tolerance=Decimal(2000)), actor=actor, shown=shown)
        assert again.id == first


@contextmanager
def nothing_changes_but_the_stamp(world):
    with world.seen_from():
        before = db.session.scalars(select(RuleVersion.version)).all()
    count = len(entries(world, "rule:draft"))
    yield
    with world.seen_from():
        assert db.session.scalars(select(RuleVersion.version)).all() == before
    assert len(entries(world, "rule:draft")) == count


def test_a_draft_is_written_anew_in_its_place(world):
    enter(world)
    first = drafted(world, tolerance=Decimal(2000))
    again = drafted(world, tolerance=Decimal(3000))
    assert first == again
    with world.seen_from():
        assert version(first).tolerance == 3000


def test_a_draft_is_activated_once(world):
    enter(world)
    number = drafted(world, tolerance=Decimal(2000))
    activated(world, number)
    with refused(world, Conflict):
        activated(world, number)
    with refused(world, Conflict), world.acting("region") as actor:
        discard(version(number), actor=actor)


def test_who_looked_at_an_older_draft_does_not_activate_the_newer(world):
    enter(world)
    number = drafted(world, tolerance=Decimal(2000))
    drafted(world, tolerance=Decimal(3000))
    with refused(world, Conflict), world.acting("region") as actor:
        activate(version(number), actor=actor, reason="why", from_quarter=SOON, shown=1)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_activating_needs_a_reason(world, reason):
    enter(world)
    number = drafted(world, tolerance=Decimal(2000))
    with refused(world, Invalid, "reason"):
        activated(world, number, reason=reason)


def test_a_version_does_not_begin_before_the_one_it_follows(world):
    enter(world)
    activated(world, drafted(world, tolerance=Decimal(2000)))
    number = drafted(world, tolerance=Decimal(3000))
    with refused(world, Invalid, "from_quarter"):
        activated(world, number, since=SOON.previous)
    activated(world, number)  # in the same quarter the later one is in force
    assert in_force(world, "X-01").tolerance == 3000


def test_a_version_begins_with_no_quarter_that_is_finished(world):
    enter(world)
    past = this_quarter().shifted(-2)
    number = drafted(world, tolerance=Decimal(2000))
    with world.seen_from(), unit_of_work():
        calendar_row(past).due_on = date(2020, 1, 1)
    with world.seen_from():
        assert is_finished(past)
        assert past not in first_quarters("X-01")
    with refused(world, Invalid, "from_quarter"):
        activated(world, number, since=past)
    with world.seen_from(), unit_of_work():
        calendar_row(past).lock_on = date(2099, 1, 1)  # a later lock keeps it open
    activated(world, number, since=past)


def test_a_version_begins_within_two_years(world):
    enter(world)
    number = drafted(world, tolerance=Decimal(2000))
    with refused(world, Invalid, "from_quarter"):
        activated(world, number, since=this_quarter().shifted(AHEAD + 1))


def test_a_discarded_draft_stays_and_is_never_activated(world):
    enter(world)
    number = drafted(world, tolerance=Decimal(2000))
    with world.acting("region") as actor:
        discard(version(number), actor=actor)
    with world.seen_from():
        assert version(number).standing is Standing.DISCARDED
    with refused(world, Conflict):
        activated(world, number)
    with world.seen_from():
        assert version(drafted(world, tolerance=Decimal(7))).number == 3


def test_switched_off_a_rule_is_read_no_more_and_on_again(world):
    enter(world)
    with world.acting("region") as actor:
        switch("X-01", False, actor=actor, reason="wrong", from_quarter=SOON, shown=1)
    assert not in_force(world, "X-01").enabled
    with world.seen_from():
        assert "X-01" not in [one.code for one in rules_in_force(SOON)]
        assert "X-01" in [one.code for one in rules_in_force(SOON.previous)]
    with refused(world, Conflict), world.acting("region") as actor:
        switch("X-01", False, actor=actor, reason="wrong", from_quarter=SOON, shown=2)
    with refused(world, Conflict), world.acting("region") as actor:
        switch("X-01", True, actor=actor, reason="right", from_quarter=SOON, shown=1)
    with world.acting("region") as actor:
        switch("X-01", True, actor=actor, reason="right", from_quarter=SOON, shown=2)
    assert in_force(world, "X-01").enabled
    assert len(entries(world, "rule:switch")) == 2


def test_a_draft_that_was_overtaken_by_a_switch_is_in_force_after_it(world):
    enter(world)
    number = drafted(world, tolerance=Decimal(2000))
    with world.acting("region") as actor:
        switch("X-01", False, actor=actor, reason="wrong", from_quarter=SOON, shown=1)
    activated(world, number)
    found = in_force(world, "X-01")
    assert (found.number, found.enabled, found.tolerance) == (4, True, 2000)


def test_what_is_not_there_cannot_be_switched(world):
    with refused(world, NotFound), world.acting("region") as actor:
        switch("X-99", False, actor=actor, reason="wrong", from_quarter=SOON, shown=1)


def test_a_code_is_a_letter_and_a_number(world):
    with refused(world, Invalid, "code"):
        try_draft(world, code="nonsense")


def test_quarters_ahead_are_offered_in_order(world):
    enter(world)
    with world.seen_from():
        offered = first_quarters("X-01")
    assert offered == sorted(offered)
    assert offered[-1] == this_quarter().shifted(AHEAD)
    assert Quarter(2026, 4) in offered
