"""One way of writing data down: equal data, equal text, equal hash."""

from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.canonical import canonical, digest, plain_decimal
from app.enterprises.unit_types import UnitType

LEAVES = st.none() | st.booleans() | st.integers() | st.text() | st.decimals(allow_nan=False)
DATA = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("100.00", "100"),
        ("1E+2", "100"),
        ("0.10", "0.1"),
        ("-0.00", "0"),
        ("0E+3", "0"),
        ("-1.50", "-1.5"),
        ("1E-6", "0.000001"),
        ("99999999999999.9999", "99999999999999.9999"),
    ],
)
def test_a_decimal_has_one_plain_text(value, text):
    assert plain_decimal(Decimal(value)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4), st.integers(0, 5))
def test_noughts_at_the_end_make_no_difference(value, more):
    longer = value.quantize(Decimal(1).scaleb(-4 - more)) if abs(value) < 10**12 else value
    assert plain_decimal(longer) == plain_decimal(value)
    assert Decimal(plain_decimal(value)) == value


def test_the_text_is_json_with_sorted_keys_and_no_spaces():
    data = {
        "b": Decimal("1.50"),
        "a": [date(2026, 7, 1), datetime(2026, 7, 1, 8, tzinfo=UTC), UnitType.STATE, None, True],
        "煤": "图们\n",
    }
    assert canonical(data) == (
        '{"a":["2026-07-01","2026-07-01T08:00:00.000000+00:00","state",null,true],'
        '"b":"1.5","煤":"图们\\n"}'
    )


@given(st.dictionaries(st.text(), LEAVES))
def test_the_order_of_keys_makes_no_difference(data):
    assert canonical(dict(reversed(data.items()))) == canonical(data)


@given(DATA)
def test_the_same_data_always_has_the_same_text(data):
    assert canonical(data) == canonical(data)


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_the_hash_is_sha256_of_the_text(text):
    assert digest(text) == sha256(text.encode()).hexdigest()
    assert digest(text, "sha512") != digest(text)


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", 1j])
def test_what_has_no_way_of_being_written_down_is_refused(value):
    with pytest.raises(TypeError, match="not for writing down"):
        canonical({"a": value})
