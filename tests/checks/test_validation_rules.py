"""The project's own 130 rules: all can be read, and each alarms where it must and only there."""

import csv
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from app.checks import nodes
from app.checks.explaining import Side
from app.checks.many import OUTCOMES, ManyReader
from app.checks.panel import panel_of
from app.checks.reckoning import shown
from app.checks.rules import Addressee, Severity, check
from app.checks.sentences import PLACE
from app.checks.single import Outcome, Reader
from app.filings.rules.labels import labels
from tests.checks.broken_rules import (
    ALSO,
    ALWAYS,
    BROKEN,
    IDLE,
    OF_EVERY_ROW,
    PROJECT,
    SMALL_YEAR,
)
from tests.checks.ruling import (
    alarmed,
    filing,
    outcomes,
    rules,
    sentences,
    verdict,
    wordings,
)

D = Decimal
CODES = list(wordings())
HOLDS, BROKEN_OFF, NOT_APPLICABLE = Outcome.HOLDS, Outcome.BROKEN, Outcome.NOT_APPLICABLE
SPECIFICATION = Path(__file__).parents[1] / "data" / "validation_rules.csv"
LEAGUES = {"G-03", "Y-02", "Y-03", "Y-04"}  # never hold up the enterprise


def specified():
    with SPECIFICATION.open(encoding="utf-8") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


# -- as data -------------------------------------------------------------------------------------


def test_there_are_the_130_of_the_specification():
    found = Counter(one.severity for one in wordings().values())
    assert len(rules()) == 130
    assert (found[Severity.ERROR], found[Severity.WARNING]) == (71, 59)
    for code, row in specified().items():
        ours = wordings()[code]
        assert ours.severity.value == row["severity"], code
        assert ours.fourth_quarter_only == (row["period"] == "Q4"), code
    assert list(specified()) == CODES


OTHER_SHEETS = {  # where ours names other sheets, and why
    "C-22": "S2,F0",  # industry 44 has its own limit in the heating season
    **dict.fromkeys(("D-06", "D-08", "D-09", "D-11", "D-12"), "S3,S2"),  # coefficients
    "D-10": "S3,S2,S6",  # and semi-coke ovens are told by their product
    "E-12": "S6,S1",  # the production status makes it a warning
    "G-05": "S4B,S6",  # part B of sheet 4 is a sheet of its own
    "G-06": "S4,S4B",
    "G-11": "S4,S4B,S1",
    "G-12": "S4B",
    "R-08": "S3,R1,S2",  # coefficients
    "Y-01": "S1,S2",  # the specification says all; these are the sheets that are reckoned
    "Y-06": "F0,S1",  # name and credit code stand in sheet 1
}
OTHER_PLACES = {  # where the sentence has other places: field, process, change become a label
    "C-23": ({"change"}, {"label"}),
    "D-12": ({"process"}, {"label"}),
    "D-13": ({"process"}, {"label"}),
    "D-14": ({"process"}, {"label"}),
    "H-06": ({"project"}, {"actual"}),  # one alarm names all that are listed twice
    "R-12": ({"product", "waste"}, {"label"}),  # the label names both
    "W-09": (set(), {"label"}),  # two clauses need to be told apart
    "Y-01": (set(), {"label", "energy"}),
    "Y-06": ({"field"}, {"label"}),
}


@pytest.mark.parametrize("code", CODES)
def test_sheets_and_sentences_are_those_of_the_specification(code):
    theirs, ours = specified()[code], wordings()[code]
    assert ours.sheets == OTHER_SHEETS.get(code, theirs["sheets"])
    gone, new = OTHER_PLACES.get(code, (set(), set()))
    for language in ("zh", "en"):
        before = set(PLACE.findall(theirs[f"message_{language}"]))
        now = set(PLACE.findall(getattr(ours, f"message_{language}")))
        assert now == before - gone | new, language


@pytest.mark.parametrize("code", CODES)
def test_a_rule_is_told_in_plain_words(code):
    one = wordings()[code]
    assert one.source
    assert re.search("[\u4e00-\u9fff]", one.about_zh)
    assert one.about_zh.endswith("。")
    assert one.about_en.endswith(".")
    assert not re.search("[\u4e00-\u9fff]", one.about_en + one.message_en)
    for text in (one.about_zh, one.about_en):  # no column, no rule, no sheet by its code
        assert not re.search(r"[a-z]_[a-z]|\b[A-Z]-?\d|[{}]", text), text


@pytest.mark.parametrize("code", CODES)
def test_a_rule_names_all_sheets_that_it_reads(code):
    read = {n.sheet for n in rules()[code].expression.walk() if isinstance(n, nodes.Cell)}
    assert read <= set(wordings()[code].sheets.split(","))


def test_a_tolerance_is_kept_where_it_is_used():
    for code, one in wordings().items():
        texts = (one.expression, one.actual, one.expected, one.deviation)
        assert ("tolerance" in " ".join(texts)) is (one.tolerance is not None), code
        assert bool(one.tolerance_unit) is (one.tolerance is not None), code


def test_clauses_are_told_apart():
    """By label and column; else their explanations would be taken for one another."""
    alike = set()
    for code, rule in rules().items():
        clauses = Counter((one.label, one.column) for one in rule.expression.clauses)
        alike |= {code for number in clauses.values() if number > 1}
    assert alike == {"C-08", "E-04", "E-12"}  # of these one applies in each row


def test_every_label_has_its_word_in_both_languages():
    used = {one.label for rule in rules().values() for one in rule.expression.clauses} - {""}
    for language in ("zh", "en"):
        assert labels(language).keys() == used
        assert all(labels(language).values())


def test_some_rules_are_for_the_league_and_one_waits_for_its_register():
    to_the_league = {c for c, one in wordings().items() if one.addressee is Addressee.LEAGUE}
    assert to_the_league == LEAGUES
    assert {code for code, one in wordings().items() if not one.enabled} == {"Y-04"}


# -- on the filing that passes -------------------------------------------------------------------

NOTHING_TO_SAY = {  # in the third quarter and, without those of the year, in the fourth
    "D-10": "nothing is coked",
    "D-11": "nothing is washed",
    "D-12": "nothing of these processes is done",
    "R-12": "no such product is made",
}
OF_THE_YEAR = {"F-03", "G-09", "G-12", "Y-01", "Y-02", "Y-03", "Y-04", "Y-05"}


@pytest.mark.parametrize("quarter", [3, 4])
def test_the_filing_passes_every_rule(quarter):
    assert alarmed(filing(quarter=quarter)) == set()
    silent = {code for code in CODES if HOLDS not in outcomes(code, filing(quarter=quarter))}
    assert silent == set(NOTHING_TO_SAY) | (OF_THE_YEAR if quarter == 3 else set())


@pytest.mark.parametrize("code", CODES)
def test_a_rule_comes_out_the_same_among_many(code):
    """The filing, one that breaks the rule and one without any history, side by side."""
    changes, quarter = BROKEN[code].changes, BROKEN[code].quarter
    alone = {f"{back}:": None for back in range(-7, 0)}
    cases = [filing(quarter=quarter), filing(changes, quarter), filing(alone, quarter)]
    panel, expression = panel_of(cases), rules()[code].expression
    names = list(panel.codes.numbers)
    for clause in expression.clauses:
        result = ManyReader(panel).of_clause(clause)
        rows = zip(
            result.owner.tolist(), result.code.tolist(), result.outcome.tolist(), strict=True
        )
        many = {(owner, names[key]): OUTCOMES[outcome] for owner, key, outcome in rows}
        assert many == {
            (number, one.key): one.outcome
            for number, case in enumerate(cases)
            for one in Reader(case).of_clause(clause)
        }


# -- the worked cases of the specification -------------------------------------------------------

ITSELF_ALONE = {  # no other quarter but the stocks at the end of the last, nothing beside
    "-4:": None,
    "S2R": None,
    **{f"-1:S2/{code}/industrial_consumption": 0 for code in ("04", "09", "21", "32", "33", "37")},
}
WORKED = [  # the change, what it must raise, and what the completed filing raises besides
    ({"S2/04/purchase_quantity": 188000}, set(), set()),
    ({"S2/04/purchase_quantity": 190000}, {"C-13 04"}, set()),
    ({"S2/04/purchase_quantity": 200000}, {"C-13 04", "C-14 04"}, set()),
    # ten times the amount is no longer the energy cost of sheet 1
    ({"S2/33/purchase_amount": 1764000}, {"C-16 33"}, {"B-07"}),
    # 71,400 was filed the quarter before and the year before; 877 million tce are beyond all
    # output, product, target and saving
    (
        {"S2/33/industrial_consumption": 714000000},
        {"C-13 33", "C-14 33"},
        {"C-24 33", "C-21 33", "C-22 33", "B-12", "E-03", "G-08", "G-11"},
    ),
    # 56,110 tce more: the product has less than half of it, and by value nothing was saved
    ({"S2/04/adopted_coefficient": D("0.96")}, {"C-07 04", "C-08 04", "D-09"}, {"E-03", "G-11"}),
    ({"S2/04/adopted_coefficient": D("0.58")}, {"C-08 04"}, set()),
    (
        {"S2/33/adopted_coefficient": 3},
        {"C-07 33", "C-08 33", "C-10 electricity"},
        {"E-03", "G-11"},
    ),
    ({"S2/32/closing_stock": 100}, {"C-11 32"}, set()),
    # the captive plant of the completed filing made 30,000
    (
        {"S3/33/conversion_output": 80000},
        {"D-06", "D-07", "D-15", "C-13 33", "C-14 33"},
        {"D-20"},
    ),
    ({"S3/04/heating_input": 40000}, {"D-03 04", "D-04 04"}, set()),
    ({"S2/09/feedstock_consumption": 60000}, {"C-03 09", "D-04 09"}, set()),
    # the intensity and the year so far were reckoned with the figure as it was
    ({"S1/comprehensive_energy_calorific": 225000}, {"B-09"}, {"B-10", "G-04"}),
]


@pytest.mark.parametrize(("changes", "named", "besides"), WORKED)
def test_a_worked_case_raises_what_is_named(changes, named, besides):
    """By itself and under the rules of sheets 2 and 3 exactly that; completed, what follows too."""
    about = [r for code, r in rules().items() if code.startswith(("C-", "D-")) or code == "B-09"]
    found = check(about, filing({**ITSELF_ALONE, **changes})).alarms
    assert {" ".join(filter(None, (one.code, one.key, one.label))) for one in found} == named
    assert alarmed(filing(changes)) == named | besides


# -- each rule, broken ---------------------------------------------------------------------------


ALL_BROKEN = [*BROKEN.items(), *ALSO]
NAMES_OF_BROKEN = [f"{code} {one.at or number}" for number, (code, one) in enumerate(ALL_BROKEN)]
each_broken = pytest.mark.parametrize(("code", "one"), ALL_BROKEN, ids=NAMES_OF_BROKEN)


def test_every_rule_is_broken_and_every_clause_that_has_a_label():
    assert BROKEN.keys() == set(CODES)
    at = {f"{code} {one.at}" for code, one in ALL_BROKEN}
    for code, rule in rules().items():
        for label in {one.label for one in rule.expression.clauses} - {""}:
            assert any(one.startswith(code) and one.endswith(label) for one in at), (code, label)


@each_broken
def test_a_broken_rule_alarms_and_no_other(code, one):
    expected = {" ".join(filter(None, (code, one.at)))} | one.besides
    assert alarmed(filing(one.changes, one.quarter)) == expected


@each_broken
def test_an_alarm_shows_its_figures(code, one):
    (alarm,) = check([rules()[code]], filing(one.changes, one.quarter)).alarms
    if one.sides is None:
        return
    sides = (alarm.why.actual, alarm.why.expected, alarm.why.deviation)
    assert [figure(side) for side in sides] == list(one.sides)


def figure(side: Side | None):
    if side is None or not isinstance(side.value, Decimal):
        return None if side is None else side.value
    return shown(side.value, 4)


def test_most_alarms_show_figures():
    assert sum(one.sides is not None for one in BROKEN.values()) > 100


@each_broken
def test_an_alarm_is_told_in_both_languages(code, one):
    told = sentences(filing(one.changes, one.quarter), code)
    assert told
    for chinese, english in told:
        for text in (chinese, english):
            assert not re.search(r"[{}]|None|True|False|Decimal|—", text), text
            assert "  " not in text
        assert chinese != english


TOLD = {
    "B-07": "Energy cost (35,050 thousand yuan) and total purchase amount (350,520 thousand yuan) "
    "differ by more than 20%",
    "C-12": "General bituminous coal: opening stock 20,000 t is not last quarter's closing stock "
    "19,000 t",
    "C-24": "Diesel oil is about 10 times last quarter; probably a unit slip",
    "D-06": "Thermal power efficiency is 100.8%, not below 100%",
    "D-12": "Coking: output 9,714 tce exceeds input 9,000 tce",
    "E-05": "Calcium carbide: 559.0909 kgce/t is far better than the best level 805 kgce/t; verify",
    "E-09": "Calcium carbide: output 150,000 t exceeds 120% of a quarter of capacity (120,000 t)",
    "F-07": "Late filing: due 2025-10-15, submitted 2025-10-16",
    "F-08": "Monthly reports should cover the three months of the quarter; missing: 8",
    "G-08": "Energy pace warning: 675,629.31 tce used, 84.5% of the annual target",
    "R-07": "Ash and slag are 2.8% of the coal burnt: unusual",
    "W-10": "Year-to-date intake 540 10⁴ m³ exceeds the licence 500 10⁴ m³",
    "Y-01": "The annual sheet disagrees with the four quarters: quantities of General bituminous "
    "coal",
    "Y-04": "Supervision documents missing: annex 1, annex 3",
}


@pytest.mark.parametrize("code", TOLD)
def test_an_alarm_reads(code):
    one = BROKEN[code]
    ((_chinese, english),) = sentences(filing(one.changes, one.quarter), code)
    assert english == TOLD[code]


# -- each rule, where it has nothing to say ------------------------------------------------------


def test_every_rule_has_a_case_in_which_it_is_not_applicable():
    assert [IDLE.keys() & other.keys() for other in (ALWAYS, OF_EVERY_ROW)] == [set(), set()]
    assert IDLE.keys() | ALWAYS.keys() | OF_EVERY_ROW.keys() == set(CODES)


@pytest.mark.parametrize("code", IDLE)
def test_a_rule_is_not_applicable(code):
    one = IDLE[code]
    case, rule = filing(one.changes, one.quarter), rules()[code]
    found = Reader(case).findings(rule.expression) if rule.concerns(case) else []
    assert {f.outcome for f in found if f.key == one.key} <= {NOT_APPLICABLE}
    assert any(f.key == one.key for f in found) or not rule.concerns(case)


def test_the_rest_is_decided_whatever_is_filed():
    """No other way is left by the language: what may be unknown is not in them."""
    decided = {
        code
        for code, rule in rules().items()
        if not wordings()[code].fourth_quarter_only
        and all(one.condition is None and is_decided(one.test) for one in rule.expression.clauses)
    }
    per_row = {c for c in decided if all(k.domain for k in rules()[c].expression.clauses)}
    assert decided - per_row - ALWAYS.keys() == {"C-27"}  # of a sheet that may not be asked for
    assert per_row == OF_EVERY_ROW.keys()


@pytest.mark.parametrize("code", OF_EVERY_ROW)
def test_a_rule_of_rows_says_nothing_without_one(code):
    sheets = {sheet for clause in rules()[code].expression.clauses for sheet, _ in clause.domain}
    assert OF_EVERY_ROW[code] in sheets
    assert outcomes(code, filing(dict.fromkeys(sheets))) == set()


OF_EVERY_FILING = {"quarter_months"}  # a fact that there is for each
ALWAYS_KNOWN = (nodes.Empty, nodes.Present)
GATHERED = ("sum", "count", "union", "unique")  # what is not applicable adds nothing to them
PERHAPS_UNKNOWN = (nodes.Change, nodes.Lookup, nodes.Shift, nodes.YearToDate)


def is_decided(node):
    """Whether *node* has a value in every filing that has its sheets."""
    if isinstance(node, nodes.Cell):
        return node.column.empty_is_zero and node.column.missing_is_zero
    if isinstance(node, nodes.Fact):
        return node.name in OF_EVERY_FILING
    if isinstance(node, ALWAYS_KNOWN) or getattr(node, "kind", "") in GATHERED:
        return True
    of_nothing = getattr(node, "sign", "") == "/" or getattr(node, "kind", "") == "newest"
    if of_nothing or isinstance(node, PERHAPS_UNKNOWN):
        return False
    return all(is_decided(child) for child in node.children())


# -- what notes ask for --------------------------------------------------------------------------


def test_output_may_be_missing_during_a_trial_run():
    row = {"S6/2612E": {"numerator": 10, "denominator": 0, "annual_capacity": 100}}
    (normal,) = verdict(filing(row)).alarms
    (trial,) = verdict(filing({**row, "S1/production_status": "trial"})).alarms
    assert (normal.code, normal.key, normal.severity) == ("E-12", "2612E", Severity.ERROR)
    assert (trial.code, trial.key, trial.severity) == ("E-12", "2612E", Severity.WARNING)


@pytest.mark.parametrize(
    ("changes", "quarter", "expected"),
    [
        ({}, 3, {"C-22 32"}),
        ({}, 4, set()),  # heat in a heating season may double
        ({"-1:S2/32/industrial_consumption": 230000}, 4, {"C-22 32"}),  # but no more
    ],
)
def test_the_heating_season_has_its_own_limit(changes, quarter, expected):
    case = filing({"-1:S2/32/industrial_consumption": 300000, **changes}, quarter)
    assert alarmed(case) - {"G-11"} == expected


def test_power_and_heat_suppliers_may_double_all_energy_in_the_heating_season():
    less_coal = {"-1:S2/04/industrial_consumption": 100000}
    supplier = {f"{back}F0/industry_code": "4412" for back in ("", "-1:")}
    assert "C-22 04" in alarmed(filing(less_coal, 4))
    assert "C-22 04" not in alarmed(filing({**less_coal, **supplier}, 4))
    assert "C-22 04" in alarmed(filing({**less_coal, **supplier}, 3))


def test_semi_coke_ovens_may_give_less():
    oven = {**BROKEN["D-10"].changes, "S3/09": {"conversion_output": 7600}}  # 82 %
    oven["S2/09/external_supply"] = 7600
    made = {"S6/2503E": {"numerator": 1600, "denominator": 9000, "annual_capacity": 40000}}
    assert alarmed(filing(oven)) == {"D-10"}
    assert alarmed(filing({**oven, **made})) == set()


def test_an_adjusted_limit_is_compared_when_its_factor_is_filed():
    clinker = {"S6/3001E/correction_factor": D("1.05")}
    row = {"S6/3001E": {"numerator": 1200, "denominator": 10000, "annual_capacity": 40000}}
    assert alarmed(filing(row)) == set()  # 120 kgce/t; the limit is 117, as long as nobody adjusts
    assert alarmed(filing({**row, **clinker})) == set()  # 122.85
    assert alarmed(filing({**row, "S6/3001E/correction_factor": D("1.01")})) == {"E-04 3001E"}


def test_clinker_in_cement_is_not_counted_twice():
    """The carbide with the cement stays below all energy; with the clinker too it would not."""
    clinker = {"numerator": 90000, "denominator": 900000, "annual_capacity": 3600000}
    cement = {"numerator": 94000, "denominator": 1100000, "annual_capacity": 4000000}
    assert alarmed(filing({"S6/3001E": clinker, "S6/3002E": cement})) == set()
    assert alarmed(filing({"S6/3101E": clinker, "S6/3002E": cement})) == {"E-02"}


@pytest.mark.parametrize(
    ("code", "target", "register"),
    [
        ("G-01", "S4/five_year_saving_target", "T1/saving_target"),
        ("G-02", "S4/annual_energy_target", "T2/energy_target"),
    ],
)
def test_a_target_that_is_nowhere_is_the_leagues_to_enter(code, target, register):
    both = {target: None, register: None}
    assert alarmed(filing(both)) == {"G-03"}
    assert outcomes(code, filing(both)) == {HOLDS}
    for one in both:
        assert outcomes(code, filing({one: None})) == {BROKEN_OFF}


def test_a_first_filing_is_asked_for_no_history():
    alone = {f"{back}:": None for back in range(-7, 0)} | {"fact:first_filing": True}
    assert alarmed(filing(alone)) == set()
    assert outcomes("F-06", filing(alone)) == {HOLDS}
    silent = {code for code in CODES if HOLDS not in outcomes(code, filing(alone))}
    assert silent - set(NOTHING_TO_SAY) - OF_THE_YEAR == {
        *("B-08", "B-12", "C-12", "C-21", "C-22", "C-23", "C-24"),
        *("E-06", "E-07", "E-08", "G-04", "G-11", "H-07", "H-08"),
        *("R-03", "R-10", "W-06", "W-10", "Y-06"),
    }


def test_waste_that_came_free_needs_a_note():
    free = {"S2/35": {"purchase_quantity": 10, "industrial_consumption": 10}}
    free["S2/35"] |= {"adopted_coefficient": D("0.27")}
    assert alarmed(filing(free)) == {"C-15 35", "C-23 35 appeared"}
    free["S2/35"] |= {"row_note": "municipal waste, free of charge"}
    assert alarmed(filing(free)) == set()


def test_a_designated_enterprise_stays_on_the_list_from_5000_tce():
    assert alarmed(filing({**SMALL_YEAR, "fact:designated": True}, 4)) == set()
    assert alarmed(filing(SMALL_YEAR, 4)) == {"Y-03"}


def test_water_that_is_not_used_has_no_rate():
    dry = BROKEN["W-07"].changes
    assert outcomes("W-04", filing(dry)) == {HOLDS}


def test_whose_rate_of_reuse_is_low_is_asked_in_energy_intensive_industries_only():
    low = {"W1/reuse_rate": 50, "fact:energy_intensive": False}
    assert alarmed(filing(low)) == set()
    assert alarmed(filing({**low, "W1/reuse_rate": D("99.6")})) == {"W-05"}


# -- how alarms point at figures -----------------------------------------------------------------


def alarm_of(code, changes):
    (found,) = check([rules()[code]], filing(changes)).alarms
    return found


def test_an_alarm_points_at_the_figure_that_decides():
    """Not at the first column that was looked at."""
    cell = alarm_of("C-01", {"S2/21/external_supply": -1}).cell
    assert (cell.sheet, cell.key, cell.name, cell.value) == ("S2", "21", "external_supply", -1)


def test_units_change_with_powers_of_ten():
    found = alarm_of("B-07", {"S1/energy_cost": 3505}).why
    assert (found.actual.unit, found.expected.unit) == ("10³ CNY", "10³ CNY")
    found = alarm_of("D-15", BROKEN["D-15"].changes).why
    assert found.actual.unit == ""  # gce/kWh, which does not follow from its parts


def test_projects_that_are_listed_twice_are_named():
    twice = BROKEN["H-06"].changes["S5/2025Q3-02"]
    changes = {"S5/2025Q3-02": twice, "S5/2025Q3-03": twice, "S5/2025Q3-04": {**twice}}
    changes["S5/2025Q3-04"]["project_name"] = "其他"
    assert alarm_of("H-06", changes).why.actual.value == frozenset({"余热锅炉改造"})
    assert alarmed(filing({f"{PROJECT}/project_name": None, "S5/2025Q3-02": twice})) == set()
