"""What is wrong with a form; decided without the database."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from app.core.credit_code import is_credit_code
from app.core.errors import Problem
from app.energy_staff.fields import MOST_STAFF, STAFF, Annex, Field, Kind

Values = Mapping[str, str]
PHONE = re.compile(r"\+?[0-9][0-9 ()-]{5,}(?:转[0-9]+)?")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
YEARS = re.compile(r"[0-9]{1,2}(?:\.[0-9])?")
OLD_CODE = re.compile(r"[0-9A-Z]{8}-?[0-9X]")  # of an organisation, for history
YOUNGEST, OLDEST = 18, 70


def too_long(annex: Annex, values: Values, staff: Sequence[Values]) -> list[Problem]:
    """What cannot even be kept as a draft."""
    named = [("", annex.fields, values), *_rows(staff)]
    problems = [
        Problem(before + one.name, _("At most %(most)s characters.", most=one.length))
        for before, fields, said in named
        for one in fields
        if len(said.get(one.name, "")) > one.length
    ]
    if len(staff) > MOST_STAFF:
        problems.append(Problem("staff", _("At most %(most)s rows.", most=MOST_STAFF)))
    return problems


def flaws(annex: Annex, values: Values, staff: Sequence[Values], today: date) -> list[Problem]:
    """All that keeps a form from being handed in, by the names of its inputs."""
    found = list(_of_fields("", annex.fields, values, today))
    for before, fields, said in _rows(staff):
        found.extend(_of_fields(before, fields, said, today))
    if annex is Annex.HEADS and not staff:
        found.append(Problem("staff/1/name", _("Name at least one appointed person.")))
    return found


def age_in(year: int, birth_year: str) -> int | None:
    """The age reached in *year*; None if *birth_year* is no year."""
    if not re.fullmatch(r"[0-9]{4}", birth_year, re.ASCII):
        return None
    return year - int(birth_year)


def _rows(staff: Sequence[Values]) -> Iterator[tuple[str, Sequence[Field], Values]]:
    for number, said in enumerate(staff, 1):
        yield f"staff/{number}/", STAFF, said


def _of_fields(
    before: str, fields: Sequence[Field], values: Values, today: date
) -> Iterator[Problem]:
    for one in fields:
        text = values.get(one.name, "")
        if not text:
            if one.required:
                yield Problem(before + one.name, _("A value is needed here."))
            continue
        wrong = _flaw(one, text, today)
        if wrong:
            yield Problem(before + one.name, wrong)


def _flaw(one: Field, text: str, today: date) -> str:
    if one.name == "legal_person_code":
        right = is_credit_code(text) or OLD_CODE.fullmatch(text)
        return "" if right else _("This is no code of a legal person.")
    check = CHECKS.get(one.kind)
    if one.choices is not None:
        return "" if text in [str(member.value) for member in one.choices] else _("Choose one.")
    return check(text, today) if check else ""


def _phone(text: str, _today: date) -> str:
    right = PHONE.fullmatch(text)
    return "" if right else _("This is no telephone number.")


def _mail(text: str, _today: date) -> str:
    return "" if MAIL.fullmatch(text) else _("This is no e-mail address.")


def _postcode(text: str, _today: date) -> str:
    right = re.fullmatch(r"[0-9]{6}", text, re.ASCII)
    return "" if right else _("A postcode has six digits.")


def _birth_year(text: str, today: date) -> str:
    age = age_in(today.year, text)
    right = age is not None and YOUNGEST <= age <= OLDEST
    bounds = {"least": YOUNGEST, "most": OLDEST}
    return "" if right else _("The age is from %(least)s to %(most)s years.", **bounds)


def _years(text: str, _today: date) -> str:
    right = YEARS.fullmatch(text) and Decimal(text) <= 60
    return "" if right else _("From 0 to 60 years, with one decimal at most.")


def _day(text: str, today: date) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return _("“%(text)s” is not a day.", text=text)
    return _("This day is still to come.") if day > today else ""


CHECKS: Mapping[Kind, Callable[[str, date], str]] = {
    Kind.PHONE: _phone,
    Kind.MAIL: _mail,
    Kind.POSTCODE: _postcode,
    Kind.BIRTH_YEAR: _birth_year,
    Kind.YEARS: _years,
    Kind.DATE: _day,
}
