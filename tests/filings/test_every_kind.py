"""Every kind of cell, with what people and programs may put into it."""

import contextlib
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.enterprises.unit_types import UnitType
from app.filings.sheets.consumption import CoefficientBasis
from app.filings.values import DECIMALS, Kind, Unreadable, plain, read, restored, text_of

NUMBERS = [kind for kind in DECIMALS if kind is not Kind.INT]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        (" 12 345.5 ", "12345.5"),
        ("12\u00a0345", "12345"),
        ("\u300012\u3000", "12"),
        ("+7", "7"),
        (".5", "0.5"),
        ("5.", "5"),
        ("007", "7"),
        ("0e999999999", "0"),
        ("1.5000000", "1.5"),
        (1e-3, "0.001"),
    ],
)
def test_a_quantity_is_read_as_an_exact_decimal(typed, value):
    found = read(typed, Kind.QTY)
    assert isinstance(found, Decimal)
    assert found == Decimal(value)


@pytest.mark.parametrize("kind", DECIMALS)
@pytest.mark.parametrize(
    "typed",
    [
        *"NaN sNaN -inf ∞ １_０ 1/2 ½ --1 1e =1+1 1e99999999999999999999".split(),
        "1" * 41,
        "1\x000",
        True,
        date(2026, 7, 1),
        float("nan"),
        float("inf"),
    ],
)
def test_what_is_no_number_is_refused_for_every_kind(kind, typed):
    with pytest.raises(Unreadable, match="is not a number"):
        read(typed, kind, negative=True)


@pytest.mark.parametrize("kind", DECIMALS)
@pytest.mark.parametrize("typed", ["1e400", "1e999999", "1e1000000", "1E+99999999", "9" * 39])
def test_a_number_too_large_for_any_column_is_refused(kind, typed):
    for sign in ("", "-"):
        with pytest.raises(Unreadable, match="too large"):
            read(sign + typed, kind, negative=True)


@pytest.mark.parametrize("kind", DECIMALS)
def test_the_first_number_that_no_longer_fits_is_refused(kind):
    digits, places = DECIMALS[kind]
    with pytest.raises(Unreadable, match="too large"):
        read(str(Decimal(10) ** (digits - places)), kind)


@pytest.mark.parametrize("kind", NUMBERS)
def test_decimals_are_counted_and_never_rounded(kind):
    places = DECIMALS[kind][1]
    smallest = Decimal(1).scaleb(-places)
    assert read(f"{smallest:f}000", kind) == smallest
    for typed in (f"{smallest / 2:f}", "1e-400", "1e-1000000"):
        with pytest.raises(Unreadable, match=f"at most {places} digits after the point"):
            read(typed, kind)


@pytest.mark.parametrize("kind", DECIMALS)
@pytest.mark.parametrize("typed", ["-1", "－1", -1, Decimal(-1), "- 1"])
def test_negative_numbers_only_where_they_may_be(kind, typed):
    assert read(typed, kind, negative=True) == -1
    with pytest.raises(Unreadable, match="it may not be negative"):
        read(typed, kind)


@pytest.mark.parametrize("typed", ["YES", " y ", "True", "1", "on", 1])
def test_more_ways_to_say_yes(typed):
    assert read(typed, Kind.BOOL) is True


@pytest.mark.parametrize("typed", ["2", "是的", "-1", "yes no"])
def test_neither_yes_nor_no(typed):
    assert read("否", Kind.BOOL) is False
    with pytest.raises(Unreadable, match="yes or no is expected"):
        read(typed, Kind.BOOL)


def test_a_day_as_excel_gives_it_is_a_day():
    moment = datetime(2026, 7, 15, 13, 30)  # noqa: DTZ001
    assert read(moment, Kind.DATE) == read(" 2026.7.15 ", Kind.DATE) == date(2026, 7, 15)


@pytest.mark.parametrize(
    "typed", [*"15.07.2026 26-07-15 2026-07 2026-07-150 0000-01-01 10000-01-01".split(), 46218]
)
def test_no_day(typed):
    with pytest.raises(Unreadable, match="a date like 2026-07-15 is expected"):
        read(typed, Kind.DATE)


def test_a_text_keeps_its_characters_and_loses_the_space_around():
    assert read(" 王建国 ", Kind.TEXT, length=3) == "王建国"
    assert read("first\nsecond\tline", Kind.TEXT, length=20) == "first\nsecond\tline"
    assert read("e\u0301", Kind.TEXT, length=1) == "\u00e9"


@pytest.mark.parametrize("typed", ["a\x7fb", "a\x85b", "a\rb", "a\ud800b"])
def test_characters_that_cannot_be_shown_are_refused(typed):
    with pytest.raises(Unreadable, match="characters that cannot be shown"):
        read(typed, Kind.TEXT, length=10)


@pytest.mark.parametrize("character", ["a", "王", "\U0002070e"])
def test_a_text_has_its_length_in_characters(character):
    assert read(character * 50, Kind.TEXT, length=50) == character * 50
    with pytest.raises(Unreadable, match="at most 50 characters"):
        read(character * 51, Kind.TEXT, length=50)


@pytest.mark.parametrize("one", UnitType)
def test_every_choice_by_value_and_by_label(one):
    assert read(one.value, Kind.CHOICE, choices=UnitType) is one
    assert read(f" {one.label} ", Kind.CHOICE, choices=UnitType) is one
    with pytest.raises(Unreadable, match="is not one of the choices"):
        read(one.value.upper(), Kind.CHOICE, choices=UnitType)


def test_a_refusal_does_not_repeat_a_long_text():
    with pytest.raises(Unreadable) as refused:
        read("x" * 10_000, Kind.QTY)
    assert len(str(refused.value)) < 100


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, Kind.QTY, ""),
        (Decimal("1234567.5000"), Kind.QTY, "1,234,567.5"),
        (Decimal("-0.00"), Kind.TCE, "0"),
        (Decimal("1E+3"), Kind.INT, "1,000"),
        (False, Kind.BOOL, "no"),
        (UnitType.STATE, Kind.CHOICE, "State-owned"),
        (date(2026, 7, 1), Kind.DATE, "2026-07-01"),
    ],
)
def test_values_as_people_read_them(value, kind, text):
    assert text_of(value, kind) == text


def decimals(kind):
    digits, places = DECIMALS[kind]
    return st.integers(1 - 10**digits, 10**digits - 1).map(lambda n: Decimal(n).scaleb(-places))


VISIBLE = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1)
KEPT = st.one_of(
    *(st.tuples(st.just(kind), decimals(kind)) for kind in DECIMALS),
    st.tuples(st.just(Kind.DATE), st.dates()),
    st.tuples(st.just(Kind.BOOL), st.booleans()),
    st.tuples(st.just(Kind.CHOICE), st.sampled_from(CoefficientBasis)),
    st.tuples(st.just(Kind.TEXT), VISIBLE),
    st.tuples(st.sampled_from(Kind), st.none()),
)


@given(KEPT)
def test_what_is_kept_comes_back_from_its_plain_form(kept):
    kind, value = kept
    found = restored(plain(value), kind, CoefficientBasis)
    assert (found, type(found)) == (value, type(value))


@given(KEPT)
def test_what_is_shown_in_an_input_is_read_again_as_the_same(kept):
    kind, value = kept
    once = read(plain(value), kind, negative=True, choices=CoefficientBasis)
    assert read(plain(once), kind, negative=True, choices=CoefficientBasis) == once
    if kind is not Kind.TEXT:  # a text is trimmed and composed
        assert once == value


@given(st.sampled_from(list(DECIMALS)), st.text(max_size=60))
def test_whatever_is_typed_is_a_number_that_fits_or_is_refused(kind, typed):
    digits, places = DECIMALS[kind]
    try:
        value = read(typed, kind, negative=True)
    except Unreadable:
        return
    assert value is None or abs(value) < Decimal(10) ** (digits - places)


@given(st.sampled_from(Kind), st.one_of(st.text(), st.floats(), st.integers(), st.booleans()))
def test_nothing_typed_is_an_error_of_the_program(kind, typed):
    with contextlib.suppress(Unreadable):
        read(typed, kind, length=20, choices=UnitType)
