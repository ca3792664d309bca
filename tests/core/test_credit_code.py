"""FM-25, the check character."""

from app.core.credit_code import is_credit_code
from app.core.search import initials, search_text
from tests.samples import EXAMPLES


def test_the_examples_of_the_specification():
    given = EXAMPLES["FM-25"]["inputs"]
    assert is_credit_code(given["valid"])
    assert not is_credit_code(given["invalid"])


def test_letters_that_look_like_digits_are_no_part_of_it():
    for code in ("", "9115", "91150200MA0N8XK2IM", "91150200ma0n8xk21m", "９1150200MA0N8XK21M"):
        assert not is_credit_code(code)


def test_a_name_is_found_by_its_initials():
    assert initials("示例化工") == "slhg"
    assert "slhg" in search_text("示例化工有限公司", "", "91150200MA0N8XK21M")
