"""One filing, read by one rule: what is empty, missing or unknown, and what is told of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.checks.case import YEAR, Case, subtotals
from app.checks.expression import parse
from app.checks.many import OUTCOMES, ManyReader
from app.checks.panel import panel_of
from app.checks.single import Outcome, Reader
from app.core.period import Quarter
from app.filings.alarms.schema import SCHEMA

D = Decimal
HOLDS, BROKEN = Outcome.HOLDS, Outcome.BROKEN
NOT_APPLICABLE, COULD_NOT_RUN = Outcome.NOT_APPLICABLE, Outcome.COULD_NOT_RUN
NOW = {
    "F0": {"": {"industry_code": "2611", "unit_head": "", "version_no": D(2)}},
    "S1": {"": {"employees": D(10), "gross_output_current": D(100), "production_status": "normal"}},
    "S2": {
        "04": {
            "opening_stock": D(5),
            "industrial_consumption": D(100),
            "adopted_coefficient": D("0.7"),
        },
        "33": {"opening_stock": None, "industrial_consumption": D(50)},
    },
    "S3": {"09": {"conversion_output": D(7)}},
    "S4": {"": {"annual_energy_target": None, "energy_ytd": D(9)}},
    "S6": {"2611E": {"numerator": D(5), "denominator": D(2), "indicator_value": None}},
    "A1": {
        "1": {"kind": "monthly_report", "months_covered": frozenset({"7"})},
        "2": {"kind": "stamped_summary", "summary_version": D(1)},
        "3": {"kind": "stamped_summary", "summary_version": D(2)},
    },
}
BEFORE = {"F0": {"": {"status": "draft"}}, "S2": {"04": {"closing_stock": D(5)}, "05": {}}}


def employing(people):
    return {"S1": {"": {"employees": D(people)}}}


CASE = Case(
    Quarter(2026, 3),
    {0: NOW, 1: BEFORE, 2: employing(4), YEAR: employing(3)},
    {
        "today": date(2026, 10, 9),
        "lock_on": None,
        "keyed": True,
        "quarter_months": frozenset("789"),
    },
    {"hard_min": {"04": D("0.3")}, "storable": {"04": True, "33": False}},
    {0: subtotals(NOW["S2"], ["opening_stock", "industrial_consumption"])},
)


def outcomes(text, case=CASE):
    """By row, the same in both readings."""
    expression = parse(text, SCHEMA)
    alone = {f.key: f.outcome for f in Reader(case).findings(expression)}
    panel = panel_of([case])
    results = [r for c in expression.clauses for r in [ManyReader(panel).of_clause(c)]]
    names = list(panel.codes.numbers)
    many = {
        names[code]: OUTCOMES[outcome]
        for r in results
        for code, outcome in zip(r.code.tolist(), r.outcome.tolist(), strict=True)
    }
    assert many == alone
    return alone


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        # an empty optional quantity is none, and so is any quantity of a missing row
        ('S2["33"].own_production == 0', HOLDS),
        ('S2["32"].opening_stock == 0', HOLDS),
        ('S2["32"].industrial_tce == 0', HOLDS),
        # an empty coefficient, text, day or derived figure cannot be compared
        ('S2["33"].adopted_coefficient > 0', NOT_APPLICABLE),
        ('S2["32"].adopted_coefficient > 0', NOT_APPLICABLE),
        ("S4.annual_energy_target > 0", NOT_APPLICABLE),
        ('F0.prepared_by == "somebody"', NOT_APPLICABLE),
        # but it can be asked whether it is empty
        ('F0.unit_head != ""', BROKEN),
        ('S2["33"].adopted_coefficient is None', HOLDS),
        ('S2["32"].adopted_coefficient is not None', BROKEN),
        ('prev(S2["04"].row_note) == ""', HOLDS),
        ('ly(S2["04"].row_note) == ""', NOT_APPLICABLE),
        # and, or, not with what is not applicable
        ("S1.employees > 99 and S4.annual_energy_target > 0", BROKEN),
        ("S1.employees > 9 and S4.annual_energy_target > 0", NOT_APPLICABLE),
        ("S1.employees > 9 or S4.annual_energy_target > 0", HOLDS),
        ("S1.employees > 99 or S4.annual_energy_target > 0", NOT_APPLICABLE),
        ("not S4.annual_energy_target > 0", NOT_APPLICABLE),
        ("S1.employees > 99 if S1.employees > 50", NOT_APPLICABLE),
        ("S1.employees > 99 if S4.annual_energy_target > 0", NOT_APPLICABLE),
        # division by nothing
        ("S1.employees / S1.sales_revenue > 0", NOT_APPLICABLE),
        ("chg(S1.employees, S1.sales_revenue) > 0", NOT_APPLICABLE),
        ("chg(S1.gross_output_current, S1.employees) == 9", HOLDS),
        # other quarters
        ('prev(S2["04"].closing_stock) == S2["04"].opening_stock', HOLDS),
        ('prev(S2["33"].closing_stock) == 0', HOLDS),
        ("prev(S1.employees) > 0", NOT_APPLICABLE),
        ('prev(F0.status) == "draft"', HOLDS),
        ("first(S1.employees) == 4", HOLDS),
        ("annual(S1.employees) == 3", HOLDS),
        ("ytd(S1.employees) > 0", NOT_APPLICABLE),  # the second quarter has no sheet 1
        ("ly(sum(S2.opening_stock)) == 0", NOT_APPLICABLE),
        # rows 01 and 40 are reckoned, and nobody counts them as carriers
        ('S2["01"].industrial_consumption == 100', HOLDS),
        ('S2["40"].industrial_consumption == 70', HOLDS),
        ("sum(S2.industrial_consumption) == 150", HOLDS),
        ("tce(S2.industrial_consumption) == 70", HOLDS),
        ('S2["01"].adopted_coefficient == 0.7', HOLDS),
        # rows together
        ('count(A1.kind == "stamped_summary") == 2', HOLDS),
        ('newest(A1.summary_version where A1.kind == "stamped_summary") == F0.version_no', HOLDS),
        ('newest(A1.summary_version where A1.kind == "other") == 1', NOT_APPLICABLE),
        ('union(A1.months_covered where A1.kind == "monthly_report") == quarter_months()', BROKEN),
        ("unique(A1.kind)", BROKEN),
        ("unique(S2[c].row_note)", HOLDS),
        ("all(S2[c].opening_stock >= 0)", HOLDS),
        ("all(S2[c].adopted_coefficient > 0)", NOT_APPLICABLE),
        ('all(S2[c].adopted_coefficient > 0 where c == "04")', HOLDS),
        ("all(S2[c].adopted_coefficient > 1)", BROKEN),
        ('sum(S2[c].opening_stock for c in ("04", "32")) == 5', HOLDS),
        ("sum(W1P[o].product_intake) == 0", NOT_APPLICABLE),
        ('produces("2611") and not produces("2601")', HOLDS),
        # facts
        ("today() <= lock_on()", NOT_APPLICABLE),
        ("today() <= lock_on() or keyed()", HOLDS),
        ("league_of() == reporting_league()", COULD_NOT_RUN),
        ("S1.employees > 0 or league_of() == reporting_league()", COULD_NOT_RUN),
        # the plain functions
        ("near_power_of_ten(S1.gross_output_current, 0.05)", HOLDS),
        ("near_power_of_ten(1 / S1.gross_output_current, 0.05)", HOLDS),
        ("near_power_of_ten(S1.employees * 2, 0.05)", BROKEN),
        ("sign(0 - S1.employees) == -1", HOLDS),
        ("choose(keyed(), 1, 2) == 1", HOLDS),
        ('left(F0.industry_code, 2) in ("25".."26")', HOLDS),
        ("approx(S1.employees, 11, abs=1, rel=0)", HOLDS),
        ("approx(S1.employees, 12, abs=1, rel=0.1)", BROKEN),
        ("approx(S1.employees, 12, abs=1, rel=0.2)", HOLDS),
    ],
)
def test_a_rule_comes_out(text, outcome):
    assert outcomes(text) == {"": outcome}


def test_a_clause_is_asked_of_every_row():
    assert outcomes("S2[c].opening_stock > 0") == {"04": HOLDS, "09": BROKEN, "33": BROKEN}
    assert outcomes("S2[c].opening_stock == 0 if not storable(c)") == {
        "04": NOT_APPLICABLE,
        "09": NOT_APPLICABLE,  # nothing is known of it
        "33": HOLDS,
    }
    assert outcomes("present(S2[c]) for c in S2, prev(S2)") == {
        "04": HOLDS,
        "05": BROKEN,
        "33": HOLDS,
    }
    assert outcomes("S2[c].adopted_coefficient >= hard_min(c)")["04"] is HOLDS


def test_a_sheet_that_is_not_asked_for_makes_its_rules_not_applicable():
    assert outcomes("S2R.direct_green_power >= 0") == {"": NOT_APPLICABLE}
    assert outcomes("R1[w].generated >= 0") == {}


def test_a_figure_beyond_all_reckoning_is_no_pass():
    """It stands in one row only; the others come out as ever."""
    rows = {**NOW["S2"], "09": {"opening_stock": D("sNaN")}}
    case = replace(CASE, quarters={**CASE.quarters, 0: {**NOW, "S2": rows}})
    assert outcomes("S2[c].opening_stock + 1 > 0", case) == {
        "04": HOLDS,
        "09": COULD_NOT_RUN,
        "33": HOLDS,
    }
