"""What can be written as a rule, and what is refused: where and why, and never by a crash."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.checks import nodes
from app.checks.expression import LONGEST, parse, parse_value
from app.checks.naming import DEEPEST, BadExpression
from app.filings.alarms.schema import SCHEMA
from tests.checks.at_random import Chance


def refused(text, **kept):
    with pytest.raises(BadExpression) as error:
        parse(text, SCHEMA, **kept)
    assert 0 <= error.value.position <= len(text)
    return error.value.reason, error.value.position


def is_read_or_refused(text):
    """Any other error gets through, and fails the test."""
    try:
        parse(text, SCHEMA)
    except BadExpression as error:
        return bool(error.reason) and 0 <= error.position <= len(text)
    return True


@pytest.mark.parametrize(
    ("text", "reason", "position"),
    [
        ("S2[c].purchase > 0", "S2 has no column purchase.", 0),
        ("S1.employees > 0 and S9.x > 0", "There is no sheet S9.", 21),
        ("S2[p].opening_stock > 0", "S2 has no rows called p.", 0),
        ("S2.opening_stock > 0", "Say which row of S2: [c].", 0),
        ('S1["04"].employees > 0', "S1 has one row only.", 0),
        ("S1.employees > today()", "A number cannot be compared with a day.", 0),
        ("keyed() < keyed()", "Only == and != compare these.", 0),
        ("S1.employees", "A yes or no is needed here, not a number.", 0),
        ("not S1.employees > 0 and S1.employees", "A yes or no is needed here, not a number.", 25),
        ("S1.employees + keyed() > 0", "A number is needed here, not a yes or no.", 15),
        ("eval(S1.employees) > 0", "There is no function eval.", 0),
        ("open > 0", "“open” is not known.", 0),
        ("S1.employees > tolerance", "This rule keeps no tolerance.", 15),
        ("chg(S1.employees) > 0", "This function takes 2 arguments.", 0),
        ("approx(S1.employees, 1, abs=1)", "approx is written approx(a, b, abs=…, rel=…).", 0),
        ("hard_min(p) > 0", "hard_min is asked of c.", 0),
        ("S1.employees + 1 is None", "Only a cell can be empty.", 0),
        ("sum(sum(S2.opening_stock)) > 0", "A sum within a sum is not known.", 4),
        (
            "sum(S2.opening_stock + S6.numerator) > 0",
            "A sum goes over the rows of one kind of sheet.",
            0,
        ),
        (
            "S2[c].opening_stock > S6[p].numerator",
            "A rule speaks of one kind of rows at a time.",
            0,
        ),
        ("S2[c].opening_stock > 0 for p in S6", "“p” is not used here.", 24),
        ('c in ("01") for c in S6', "S6 has no rows called c.", 21),
        ("prev(annual(S1.employees)) > 0", "annual is not taken of, nor in, another quarter.", 0),
        (
            "S2[c].x >= 0 for x in quantities(S2) except remark",
            "“remark” is no quantity of S2.",
            22,
        ),
        ('S1.postcode in ("a".."b")', "A range goes from a code to a greater one.", 16),
        ("S1.employees >", "The rule ends too early.", 14),
        ("S1.employees > 0 )", "“)” is not expected here.", 17),
        ("", "The rule ends too early.", 0),
    ],
)
def test_a_mistake_is_named_with_its_place(text, reason, position):
    assert refused(text) == (reason, position)


@pytest.mark.parametrize(
    "text",
    [
        '__import__("os").system("id") == 0',
        "S1.__class__ == 1",
        "S1.employees.__class__ == 1",
        "(lambda: 1)() == 1",
        "9 ** 9 ** 9 ** 9 > 1",
        "9999999999999999999999999 > 1",
        "1e999999 > 1",
        "[x for x in (1,)] == 1",
        "f'{1}' == 1",
        'exec("1") == 1',
        "S1.employees; import os",
        "S1.employees > 0 # comment",
        "`id` == 1",
        "S1['employees'] > 0",
        '"a" "b" == "c"',
        "\x00",
        "S1.employees > 0\u202e",
    ],
)
def test_no_word_of_another_language_is_taken(text):
    refused(text)


def test_what_is_too_long_too_deep_or_too_large_is_refused():
    assert refused("S1.employees > 0 ".ljust(LONGEST + 1))[0].startswith("A rule has at most")
    for nested in ("not (" * 60 + "S1.employees > 0" + ")" * 60, "-" * 900 + "1 > 2"):
        assert refused(nested)[0] == "The rule is nested too deep."
    deep = "abs(" * (DEEPEST + 2) + "1" + ")" * (DEEPEST + 2)
    assert refused(f"{deep} > 1")[0] == "The rule is nested too deep."
    many = "all(S2[c].x >= 0 for x in quantities(S2)) and " * 85
    assert refused(f"{many} S2[c].opening_stock >= 0")[0] == "The rule is too large."


def test_a_rule_of_the_greatest_length_is_read_at_once():
    text = " and ".join(["S1.employees > 0"] * 190)
    assert len(parse(text, SCHEMA).clauses) == 1


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='abcxSF120 ."[]()<>=+-*/;:,_ifornt\n\u4e00\U0001f600', max_size=60))
@example("S2[c]." + "x" * 60)
@example('";"')
def test_no_text_is_more_than_refused(text):
    assert is_read_or_refused(text)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 200), st.integers(1, 20))
def test_no_damaged_rule_is_more_than_refused(seed, at, length):
    text = Chance(seed).rule()
    assert is_read_or_refused(text[:at] + text[at + length :])


def test_clauses_have_labels_rows_and_columns():
    first, second = parse(
        '"gone": present(S2[c]) for c in prev(S2); S6[p].numerator >= 0', SCHEMA
    ).clauses
    assert (first.label, first.variable, first.domain) == ("gone", "c", (("S2", True),))
    assert (second.label, second.variable, second.domain) == ("", "p", (("S6", False),))
    columns = parse('S2["40"].x >= 0 for x in quantities(S2) except stock_adjustment', SCHEMA)
    names = [clause.column for clause in columns.clauses]
    assert names[:2] == ["opening_stock", "purchase_quantity"]
    assert "stock_adjustment" not in names
    assert not any(name.endswith("_ref") or name.startswith("ly_") for name in names)


def test_a_carrier_is_filed_in_either_sheet():
    (clause,) = parse("S3[c].recovery >= 0", SCHEMA).clauses
    assert clause.domain == (("S2", False), ("S3", False))


def test_ranges_of_codes_are_written_out():
    tree = parse_value('sum(S2[c].opening_stock for c in ("02".."05", "34"))', SCHEMA)
    assert isinstance(tree, nodes.Aggregate)
    assert tree.codes == ("02", "03", "04", "05", "34")
