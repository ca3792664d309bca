"""What of the alarms holds up a submission, and what only follows from something else."""

from types import SimpleNamespace

import pytest

from app.checks.needs import needs_of
from app.checks.rules import Addressee, CouldNotRun, RuleText, Severity, read_rule
from app.checks.single import BEYOND_RECKONING
from app.core.db import db
from app.core.errors import Invalid
from app.filings.alarms import checking
from app.filings.alarms.checking import left_of, said_of, to_do
from app.filings.alarms.explaining import explain
from app.filings.alarms.freezing import said_to
from app.filings.alarms.models import Reason
from app.filings.alarms.panels import panels
from app.filings.alarms.schema import SCHEMA
from app.filings.models import Filing
from app.filings.queries import book_around, current_figures, figures_for
from app.filings.rules.queries import rules_in_force
from app.review.workflow import Action
from tests.filings.filling import fill, rows_with
from tests.rulebook import ruling
from tests.world import QUARTER

WHY = "The second kiln was lit in February, and coal was bought for its first weeks."


@pytest.fixture
def wrong(world):
    """A filing whose coal raises the rule X-01, which is an error."""
    ruling.enter(world, severity=Severity.ERROR)
    return world.filled()


def open_problems(filing):
    row = db.session.get_one(Filing, filing)
    around = book_around(row)
    return [str(one) for one in to_do(row, current_figures(row, around), around)]


def explained(world, filing):
    with world.acting("confirmer") as actor:
        row = db.session.get_one(Filing, filing)
        around = book_around(row)
        said = said_of(row, current_figures(row, around), around)
        for one in [one for one in said.open if one.alarm.code == "X-01"]:
            explain(row, one.mark, actor=actor, reason=Reason.NEW_EQUIPMENT, text=WHY)


def test_an_error_is_corrected_and_not_explained(world, wrong):
    with world.seen_from():
        assert any("X-01" in one for one in open_problems(wrong))
    with pytest.raises(Invalid):
        explained(world, wrong)


def test_by_a_setting_errors_are_explained_as_warnings_are(world, wrong, monkeypatch):
    monkeypatch.setitem(world.app.config, "VALIDATION_BLOCK_ON_ERROR", False)
    world.ready("confirmer", wrong)
    with pytest.raises(Invalid):
        world.act("confirmer", Action.SUBMIT, wrong, as_is=True)
    explained(world, wrong)
    with world.seen_from():
        assert not any("X-01" in one for one in open_problems(wrong))
    world.act("confirmer", Action.SUBMIT, wrong, as_is=True)


@pytest.mark.parametrize(
    ("severity", "addressee", "reason", "holds_up"),
    [
        (Severity.ERROR, Addressee.ENTERPRISE, BEYOND_RECKONING, True),
        (Severity.WARNING, Addressee.ENTERPRISE, BEYOND_RECKONING, False),
        (Severity.ERROR, Addressee.LEAGUE, BEYOND_RECKONING, False),
        (Severity.ERROR, Addressee.ENTERPRISE, "a fact that nobody gives", False),
    ],
)
def test_a_rule_that_could_not_run_holds_up_only_what_is_the_enterprises(
    world, wrong, severity, addressee, reason, holds_up
):
    with world.seen_from():
        row = db.session.get_one(Filing, wrong)
        around = book_around(row)
        figures = current_figures(row, around)
        said = said_of(row, figures, around)
        rule = SimpleNamespace(severity=severity, addressee=addressee, sheets="S2")
        missed = CouldNotRun("X-01", 1, reason)
        said = checking.Said(said.case, said.verdict, [], [(missed, rule)])
        told = [str(one) for one in left_of(said, figures, around)]
        assert any("X-01" in one for one in told) is holds_up


def test_what_follows_from_an_empty_cell_is_not_told_beside_it(world):
    filing = world.filled()
    fill(world, filing, "S2", rows_with("S2", "04", closing_stock=None))
    with world.seen_from():
        row = db.session.get_one(Filing, filing)
        around = book_around(row)
        figures = current_figures(row, around)
        where = [one.where for one in to_do(row, figures, around)]
        assert where.count("S2/04/closing_stock") == 1
        said = said_of(row, figures, around)
        assert any("closing_stock" in str(one.alarm.why.cells) for one in said.open)


def test_what_an_alarm_shows_is_needed_as_well_as_what_decides_it():
    text = RuleText(
        code="X-01",
        version=1,
        severity=Severity.WARNING,
        sheets=("S2",),
        fourth_quarter_only=False,
        expression="S2[c].purchase_quantity <= 1",
        actual="heat_calorific()",
    )
    [clause] = read_rule(text, SCHEMA).expression.clauses
    assert clause.asks == {"heat_calorific"}


def test_one_click_leads_a_reviewer_to_the_cell(world):
    ruling.enter(world)
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        review = world.review_of(filing).id
    alarms = world.client("county").get(f"/filings/{filing}/alarms").text
    assert f'href="/reviews/{review}#S2/04/' in alarms
    page = world.client("county").get(f"/reviews/{review}").text
    cell = alarms.split(f'href="/reviews/{review}#')[1].split('"')[0]
    assert page.count(f'id="{cell}"') == 1


def test_everything_that_rules_may_speak_of_has_a_title():
    untitled = [
        f"{sheet}.{name}"
        for sheet, kind in SCHEMA.sheets.items()
        for name, column in kind.columns.items()
        if not str(column.title)
    ]
    assert untitled == []


def codes_seen_by(world, filing, who):
    with world.acting(who) as actor:
        row = db.session.get_one(Filing, filing)
        around = book_around(row)
        figures = figures_for(row, actor, around)
        return {one.alarm.code for one in said_to(actor, row, figures, around).raised}


def test_the_print_of_what_was_handed_in_stays_that_of_what_was_handed_in(world):
    """F-05: after a return the enterprise prints anew; what others look at was stamped."""
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    world.act("county", Action.RETURN, filing, "The electricity bill is missing.")
    assert "F-05" in codes_seen_by(world, filing, "confirmer")
    assert "F-05" not in codes_seen_by(world, filing, "county")
    with world.seen_from():
        rules = rules_in_force(QUARTER)
        needs = needs_of(rules, QUARTER)
        ((_heads, panel, _all),) = panels(QUARTER, needs)
        assert panel.case(0).row("F0", "", 0)["version_no"] == 1
