"""The kinds of value a cell can hold: reading what was typed, and writing what is kept."""

import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from app.checks import reckoning
from app.core.canonical import plain_decimal
from app.core.enums import Labelled
from app.core.numbers import typed_number


class Kind(Enum):
    """Types of the specification: ``qty`` is decimal(18,4), and so on."""

    QTY = "qty"
    TCE = "tce"
    COEF = "coef"
    MONEY = "money"
    PCT = "pct"
    INT = "int"
    YEARS = "years"
    TEXT = "text"
    BOOL = "bool"
    DATE = "date"
    MONTH = "month"
    CHOICE = "choice"


class Need(Enum):
    """R, O, C and D of the forms."""

    REQUIRED = "R"
    OPTIONAL = "O"
    CONDITIONAL = "C"
    DERIVED = "D"


DECIMALS = {  # digits in all, digits after the point
    Kind.QTY: (18, 4),
    Kind.TCE: (18, 4),
    Kind.COEF: (10, 6),
    Kind.MONEY: (18, 2),
    Kind.PCT: (9, 4),
    Kind.INT: (9, 0),
    Kind.YEARS: (6, 2),
}
LANGUAGES = ("en", "zh")
NO_CHARACTERS = "\ufffe\uffff"  # no XML carries them, and so no workbook
YES = {"1", "true", "yes", "y", "on", "是"}
NO = {"0", "false", "no", "n", "否"}


class Unreadable(ValueError):
    """A cell does not hold what its column asks for; the message says what is wrong."""


def read(
    cell: object,
    kind: Kind,
    *,
    negative: bool = False,
    length: int = 0,
    choices: type[Labelled] | None = None,
) -> Any:
    """The value of *cell*, None if it is empty; `Unreadable` with what is wrong.

    Full-width digits, thousands separators and spaces around are forgiven.
    """
    if isinstance(cell, Decimal | int | float | date | bool):
        text = _of_a_day(cell, kind) if isinstance(cell, datetime) else str(cell)
    elif cell is None or isinstance(cell, str):
        text = unicodedata.normalize("NFC", cell or "").strip()
    elif isinstance(cell, time | timedelta):
        raise Unreadable(_("“%(text)s” is a time; a plain value is expected.", text=cell))
    else:
        raise Unreadable(_("a plain value is expected."))
    if text == "":
        return None
    if kind in DECIMALS:
        return _decimal(text, kind, negative)
    if kind is Kind.TEXT:
        return _text(text, length)
    if kind is Kind.CHOICE:
        return _choice(text, choices)
    return READERS[kind](text)


def _of_a_day(cell: datetime, kind: Kind) -> str:
    """Workbooks give a day as its midnight; in a text the hour, where there is one, is meant."""
    return str(cell if kind is Kind.TEXT and cell.time() != time() else cell.date())


def _decimal(text: str, kind: Kind, negative: bool) -> Decimal:
    _digits, places = DECIMALS[kind]
    value = typed_number(text)
    if value is None:
        raise Unreadable(_("“%(text)s” is not a number.", text=text[:40]))
    if value < 0 and not negative:
        raise Unreadable(_("it may not be negative."))
    if not fits(value, kind):
        raise Unreadable(_("the number is too large."))
    exact = value.quantize(Decimal(1).scaleb(-places))
    if exact != value:
        if places == 0:
            raise Unreadable(_("a whole number is expected."))
        raise Unreadable(_("at most %(n)s digits after the point.", n=places))
    return exact


def fits(value: Decimal, kind: Kind) -> bool:
    """Whether a column of *kind* can keep *value*; no arithmetic, its exponent may be huge."""
    digits, places = DECIMALS[kind]
    return not value or value.adjusted() < digits - places


PLACES = {Kind.PCT: 2, Kind.YEARS: 2, Kind.QTY: 4}  # of quotients, as they are shown


def quotient(value: Decimal | None, kind: Kind) -> Decimal | None:
    """*value* rounded as its kind is shown; nothing where no column can keep it.

    A divisor close to zero makes a rate of millions that says nothing: it is left out, where a
    quantity of that size would be refused.
    """
    if value is None or not fits(value, kind):
        return None
    rounded = reckoning.shown(value, PLACES[kind])
    return rounded if fits(rounded, kind) else None


def _text(text: str, length: int) -> str:
    text = text.replace("\r\n", "\n")  # as forms send a line break
    if any(_cannot_be_shown(c) for c in text):
        raise Unreadable(_("it holds characters that cannot be shown."))
    if length and len(text) > length:
        raise Unreadable(_("at most %(n)s characters.", n=length))
    return text


def _cannot_be_shown(one: str) -> bool:
    control = unicodedata.category(one) in ("Cc", "Cs") and one not in "\n\t"
    return control or one in NO_CHARACTERS


def _choice(text: str, choices: type[Labelled] | None) -> Labelled:
    member = _members(choices).get(text) if choices else None
    if member is not None:
        return member
    raise Unreadable(_("“%(text)s” is not one of the choices.", text=text[:40]))


@cache
def _members(choices: type[Labelled]) -> dict[str, Labelled]:
    """By key and by label, in each language: a workbook goes from one person to another."""
    found: dict[str, Labelled] = {}
    for language in LANGUAGES:
        with force_locale(language):
            found |= {str(member.label): member for member in choices}
    return found | {str(member.value): member for member in choices}


def _bool(text: str) -> bool:
    folded = text.lower()
    if folded in YES | NO:
        return folded in YES
    raise Unreadable(_("yes or no is expected."))


def _date(text: str) -> date:
    plain = unicodedata.normalize("NFKC", text).replace("/", "-").replace(".", "-")
    try:
        return datetime.strptime(plain, "%Y-%m-%d").date()  # noqa: DTZ007  a day has no zone
    except ValueError:
        raise Unreadable(_("a date like 2026-07-15 is expected.")) from None


def _month(text: str) -> str:
    """``2026-07`` of that, of ``2026/7``, ``2026年7月`` or of a whole date."""
    plain = unicodedata.normalize("NFKC", text).replace("年", "-").replace("月", "")
    year, _dash, rest = plain.replace("/", "-").replace(".", "-").partition("-")
    month = rest.partition("-")[0]
    numbers = year.isascii() and month.isascii() and year.isdigit() and month.isdigit()
    if numbers and 1900 <= int(year[:5]) <= 2200 and 1 <= int(month[:3]) <= 12:
        return f"{int(year)}-{int(month):02d}"
    raise Unreadable(_("a month like 2026-07 is expected."))


READERS: dict[Kind, Callable[[str], Any]] = {
    Kind.BOOL: _bool,
    Kind.DATE: _date,
    Kind.MONTH: _month,
}


def plain(value: Any) -> Any:
    """*value* for JSON and for the canonical text: decimals as text without trailing zeros."""
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return value


def restored(stored: Any, kind: Kind, choices: type[Labelled] | None = None) -> Any:
    """The inverse of `plain`."""
    if stored is None:
        return None
    if kind in DECIMALS:
        return Decimal(stored)
    if kind is Kind.DATE:
        return date.fromisoformat(stored)
    if kind is Kind.CHOICE and choices is not None:
        return choices.named(stored)
    return stored


def text_of(value: Any, kind: Kind) -> str:
    """*value* as it is read on a page; empty stays empty."""
    if value is None or value == "":
        return ""
    if kind in DECIMALS:
        return f"{Decimal(plain_decimal(value)):,f}"
    if kind is Kind.BOOL:
        return _("yes") if value else _("no")
    if isinstance(value, Labelled):
        return str(value.label)
    return str(value)
