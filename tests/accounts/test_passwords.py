"""The rule for passwords, without a database."""

import pytest
from werkzeug.security import check_password_hash, generate_password_hash

from app.accounts.passwords import (
    LONGEST,
    SHORTEST,
    new_password,
    own_password,
    random_password,
    weaknesses,
)
from app.core.errors import Invalid

FAST = "pbkdf2:sha256:1"
GOOD = "Correct-Horse-7"


def kept(password: str) -> str:
    return generate_password_hash(password, FAST)


def test_a_good_password_has_no_weakness():
    assert weaknesses(GOOD) == []


def test_exactly_ten_characters_are_enough():
    assert weaknesses("Abcdefg-12") == []
    assert len("Abcdefg-12") == SHORTEST


@pytest.mark.parametrize(
    "password",
    [
        "Abcdef-12",  # nine characters
        "abcdefgh-12",  # no capital
        "ABCDEFGH-12",  # no small letter
        "Abcdefgh-ij",  # no digit
        "Abcdefgh123",  # no symbol
        "Abcdefgh 123",  # a space is no symbol
        "Abcdefg\x0012-",  # cannot be typed
        "A-1" + "b" * LONGEST,
        "",
    ],
)
def test_each_missing_thing_is_one_weakness(password):
    found = weaknesses(password)
    assert found
    assert all(problem.where == "password" for problem in found)
    if password:
        assert len(found) == 1


def test_all_weaknesses_are_told_at_once():
    assert len(weaknesses("abc")) == 4


def test_the_initial_and_the_present_password_are_refused_again():
    assert len(weaknesses(GOOD, kept(GOOD))) == 1
    assert len(weaknesses(GOOD, kept("Other-Horse-8"), kept(GOOD))) == 1
    assert weaknesses(GOOD, kept("Other-Horse-8"), None) == []


def test_random_passwords_are_right_and_different():
    made = {random_password() for _ in range(50)}
    assert len(made) == 50
    assert all(weaknesses(password) == [] for password in made)


def test_an_issued_password_is_kept_as_its_hash_only():
    issued = new_password(GOOD, method=FAST)
    assert check_password_hash(issued.hash, GOOD)
    assert GOOD not in repr(issued)
    assert issued.instead_of is None


def test_by_default_scrypt_is_used():
    assert new_password(GOOD).hash.startswith("scrypt:32768:8:1$")


def test_a_weak_password_is_not_issued():
    with pytest.raises(Invalid) as refused:
        new_password("short", method=FAST)
    assert {problem.where for problem in refused.value.details} == {"password"}


def test_ones_own_password_takes_the_place_of_the_present_one():
    present = kept("Initial-Pass-1")
    chosen = own_password("Initial-Pass-1", GOOD, present=present, initial=present, method=FAST)
    assert chosen.instead_of == present
    assert check_password_hash(chosen.hash, GOOD)


def test_who_does_not_know_the_present_password_chooses_none():
    with pytest.raises(Invalid) as refused:
        own_password("guess", GOOD, present=kept("Initial-Pass-1"), method=FAST)
    assert [problem.where for problem in refused.value.details] == ["current"]


@pytest.mark.parametrize("again", ["Initial-Pass-1", "Present-Pass-2"])
def test_neither_the_initial_nor_the_present_password_can_be_chosen(again):
    present, initial = kept("Present-Pass-2"), kept("Initial-Pass-1")
    with pytest.raises(Invalid) as refused:
        own_password("Present-Pass-2", again, present=present, initial=initial, method=FAST)
    assert [problem.where for problem in refused.value.details] == ["password"]
