"""What a password must be, and how one is made up; pure functions.

To hash a password, or to try one, takes a tenth of a second and 32 MiB.  Passwords are
therefore checked and hashed before the unit of work that keeps them takes the write lock: what
the operations get is a `NewPassword`.
"""

import secrets
import string
from dataclasses import dataclass

from flask_babel import gettext as _
from werkzeug.security import check_password_hash, generate_password_hash

from app.core.errors import Invalid, Problem

SHORTEST = 10
LONGEST = 128  # a longer one would only cost time
SYMBOLS = "!@#$%^&*-_=+?"
UNLIKE = "0OolI1"  # not in passwords that are read off a sheet
METHOD = "scrypt"


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password that is right by the rule, as it will be kept."""

    hash: str
    instead_of: str | None = None  # the present one, when its owner has proved to know it


def weaknesses(password: str, *not_these: str | None) -> list[Problem]:
    """What is wrong with *password*; it must match none of the hashes *not_these*."""
    found = []
    if not SHORTEST <= len(password) <= LONGEST:
        found.append(_("The password needs %(n)s to %(m)s characters.", n=SHORTEST, m=LONGEST))
    if not any(c.isupper() for c in password) or not any(c.islower() for c in password):
        found.append(_("The password needs upper and lower case letters."))
    if not any(c.isdigit() for c in password):
        found.append(_("The password needs a digit."))
    if all(c.isalnum() or c.isspace() for c in password):
        found.append(_("The password needs a symbol."))
    if not password.isprintable():
        found.append(_("The password has characters that cannot be typed."))
    if not found and any(check_password_hash(kept, password) for kept in set(not_these) if kept):
        found.append(_("The password must differ from the initial one and from the present one."))
    return [Problem("password", text) for text in found]


def new_password(password: str, *, method: str = METHOD) -> NewPassword:
    """A password that somebody issues to another; `Invalid` tells all that is wrong with it."""
    _refuse_weak(weaknesses(password))
    return NewPassword(generate_password_hash(password, method))


def own_password(
    current: str, new: str, *, present: str, initial: str | None = None, method: str = METHOD
) -> NewPassword:
    """A password that somebody chooses, who knows the one whose hash is *present*.

    It differs from that and from the one whose hash is *initial*; `Invalid` tells what is wrong.
    """
    if not check_password_hash(present, current):
        text = _("The present password is not right.")
        raise Invalid(text, [Problem("current", text)])
    _refuse_weak(weaknesses(new, present, initial))
    return NewPassword(generate_password_hash(new, method), instead_of=present)


def _refuse_weak(problems: list[Problem]) -> None:
    if problems:
        raise Invalid(_("The password is too weak."), problems)


def random_password(length: int = 14) -> str:
    """A password that is right by the rule, and can be read off a sheet."""
    letters = [c for c in string.ascii_letters + string.digits if c not in UNLIKE]
    while True:
        made = "".join(secrets.choice([*letters, *SYMBOLS]) for _i in range(length))
        if not weaknesses(made):
            return made
