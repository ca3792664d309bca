"""What a cell may hold: read generously, kept exactly."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.enterprises.unit_types import UnitType
from app.filings.values import DECIMALS, Kind, Unreadable, plain, read, restored


@pytest.fixture(autouse=True)
def texts(app):
    """Messages are translated, which asks for an application."""
    with app.app_context():
        yield


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", "12"),
        (" 1,234.5 ", "1234.5"),
        ("- 1 234 567", "-1234567"),
        ("1\N{NO-BREAK SPACE}234", "1234"),
        ("１２３．４５", "123.45"),
        ("１，２３４", "1234"),
        (12, "12"),
        (Decimal("0.1"), "0.1"),
        (0.1, "0.1"),
        ("1e3", "1000"),
        ("-0", "0"),
        ("99999999999999.9999", "99999999999999.9999"),
    ],
)
def test_a_number_is_read_as_it_is_meant(cell, value):
    assert read(cell, Kind.QTY, negative=True) == Decimal(value)


@pytest.mark.parametrize(
    "cell",
    [
        "a",
        "1.2.3",
        "1,5",  # fifteen, or one and a half
        "12,34",
        "1,2345",
        "1,234,56",
        "1.234,5",
        ",",
        "NaN",
        "Infinity",
        "1e400",
        "1_000",
        "0x10",
        "１２a",
        "9" * 50,
        "100000000000000",
    ],
)
def test_what_is_no_number_is_told_so(cell):
    with pytest.raises(Unreadable):
        read(cell, Kind.QTY)


@pytest.mark.parametrize(
    ("cell", "kind"),
    [("1.23456", Kind.QTY), ("1.234", Kind.MONEY), ("1.5", Kind.INT), ("-1", Kind.QTY)],
)
def test_no_digit_is_dropped_and_no_sign_overlooked(cell, kind):
    with pytest.raises(Unreadable):
        read(cell, kind)


def test_where_it_may_be_negative_it_is():
    assert read("-1.5", Kind.QTY, negative=True) == Decimal("-1.5")


@pytest.mark.parametrize("cell", [None, "", "  ", "\n"])
@pytest.mark.parametrize("kind", Kind)
def test_empty_is_nothing_not_zero(cell, kind):
    assert read(cell, kind, length=9, choices=UnitType) is None


@pytest.mark.parametrize(
    ("cell", "value"), [("是", True), ("yes", True), (True, True), ("否", False), ("0", False)]
)
def test_yes_and_no(cell, value):
    assert read(cell, Kind.BOOL) is value


@pytest.mark.parametrize("cell", ["2026-07-15", "2026/07/15", "２０２６-07-15", date(2026, 7, 15)])
def test_days(cell):
    assert read(cell, Kind.DATE) == date(2026, 7, 15)


@pytest.mark.parametrize(
    ("cell", "kind"),
    [("2026-02-30", Kind.DATE), ("soon", Kind.DATE), ("maybe", Kind.BOOL), ("x", Kind.CHOICE)],
)
def test_what_is_none_of_its_kind_is_told_so(cell, kind):
    with pytest.raises(Unreadable):
        read(cell, kind, choices=UnitType)


def test_a_choice_is_named_by_value_or_by_label():
    assert read("state", Kind.CHOICE, choices=UnitType) is UnitType.STATE
    assert read("State-owned", Kind.CHOICE, choices=UnitType) is UnitType.STATE


def test_a_line_break_is_kept_however_it_was_sent():
    assert read("a\r\nb", Kind.TEXT, length=3) == read("a\nb", Kind.TEXT) == "a\nb"


@pytest.mark.parametrize("cell", ["x" * 11, "a\x00b", "a\x1bb"])
def test_text_that_cannot_be_kept_or_shown(cell):
    with pytest.raises(Unreadable):
        read(cell, Kind.TEXT, length=10)


@pytest.mark.parametrize("cell", [[], {}, object(), b"1"])
def test_only_plain_values_are_cells(cell):
    for kind in Kind:
        with pytest.raises(Unreadable):
            read(cell, kind, choices=UnitType)


@given(st.decimals(places=4, min_value=0, max_value=10**13))
def test_what_is_written_down_is_read_back(value):
    assert restored(plain(value), Kind.QTY) == value
    assert read(plain(value), Kind.QTY) == value


def test_every_decimal_kind_keeps_its_greatest_value():
    for kind, (digits, places) in DECIMALS.items():
        greatest = Decimal(10) ** (digits - places) - Decimal(1).scaleb(-places)
        assert read(str(greatest), kind) == greatest
