"""What one filing is told by itself, it is told among thousands too."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from app.checks.case import Case
from app.checks.many import OUTCOMES, ManyReader
from app.checks.panel import TOTALS, Panel, panel_of, totals_of
from app.checks.single import Outcome, Reader
from tests.checks.at_random import QUANTITIES, Chance

SEEDS = st.integers(0, 2**32)


def by_itself(expression, cases):
    """Outcomes by filing, clause and row, each filing read alone."""
    return {
        (number, clause, finding.key): finding.outcome
        for number, case in enumerate(cases)
        for clause, part in enumerate(expression.clauses)
        for finding in Reader(case).of_clause(part)
    }


def among_many(expression, cases):
    panel = panel_of(cases)
    reader, found = ManyReader(panel), {}
    for clause, part in enumerate(expression.clauses):
        result = reader.of_clause(part)
        names = list(panel.codes.numbers)
        for owner, code, outcome in zip(
            result.owner.tolist(), result.code.tolist(), result.outcome.tolist(), strict=True
        ):
            found[owner, clause, names[code]] = OUTCOMES[outcome]
    return found


@settings(max_examples=150, deadline=None)
@given(SEEDS)
def test_any_rule_over_any_filings_comes_out_the_same(seed):
    chance = Chance(seed)
    expression = chance.expression()
    cases = chance.cases(4)
    assert among_many(expression, cases) == by_itself(expression, cases), expression.text


def test_such_rules_have_every_outcome():
    """Else the comparison above would say little."""
    seen = Counter()
    for seed in range(60):
        chance = Chance(seed)
        expression = chance.expression()
        seen.update(by_itself(expression, chance.cases(2)).values())
    assert {Outcome.HOLDS, Outcome.BROKEN, Outcome.NOT_APPLICABLE} <= seen.keys()
    assert min(seen[one] for one in (Outcome.HOLDS, Outcome.BROKEN)) > 20


def without_empty(rows):
    return {
        key: {name: value for name, value in row.items() if value is not None}
        for key, row in rows.items()
    }


@settings(max_examples=50, deadline=None)
@given(SEEDS)
def test_rows_01_and_40_come_out_the_same(seed):
    cases = Chance(seed).cases(4)
    panel = panel_of(cases)
    totals = totals_of(panel.codes, panel.tables["S2", 0], QUANTITIES)
    many = Panel(panel.period, panel.size, panel.codes, {**panel.tables, (TOTALS, 0): totals})
    for number, case in enumerate(cases):
        assert isinstance(case, Case)
        assert without_empty(many.case(number).totals[0]) == without_empty(case.totals[0])
