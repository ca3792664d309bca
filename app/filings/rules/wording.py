"""What is wrong with the wording of a rule, before it may become a version."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.checks import nodes
from app.checks.expression import parse, parse_value
from app.checks.naming import BadExpression
from app.checks.nodes import Expression, Node
from app.checks.rules import Addressee, Severity
from app.checks.sentences import NAMES, PLACE
from app.core.db import db
from app.core.errors import Problem
from app.enterprises.models import Industry
from app.filings.alarms.schema import SCHEMA

CODE = re.compile(r"[A-Z]{1,2}-[0-9]{2,3}")
VALUES = (
    "severity addressee sheets fourth_quarter_only expression tolerance tolerance_unit actual "
    "expected deviation message_zh message_en about_zh about_en source industries note"
).split()
TEXTS = {  # the most characters each may have
    "tolerance_unit": 16,
    "message_zh": 300,
    "message_en": 300,
    "about_zh": 500,
    "about_en": 500,
    "source": 200,
    "industries": 200,
    "note": 500,
}
NEEDED = ("message_zh", "message_en", "about_zh", "about_en", "source")
SHOWN = ("actual", "expected", "deviation")  # expressions that the sentence shows
LONGEST_SHOWN = 400
GREATEST = Decimal(1_000_000)
TOLERANCE_PLACES = 6
PLACES = frozenset(  # of messages; `app.checks.sentences` fills them in
    {*NAMES, *SHOWN}
    | set("change column field indicator label missing plan prev_period process quarter".split())
    | set("reason standard year".split())
)
IN_QUOTES = re.compile(r'"[^"]*"')
TOLERANCE = re.compile(r"\btolerance\b")
INDUSTRY = re.compile(r"[0-9]{2,4}")
MOST_OF_SHEETS = 40  # characters
HEAD = "F0"  # facts are of the filing as a whole


@dataclass(frozen=True, slots=True)
class Misread(Problem):
    """An expression that is none; *position* counts its characters from 0."""

    position: int = 0


def sheets_of(expression: Expression) -> set[str]:
    """The sheets that a rule really speaks of."""
    found: set[str] = set()
    for node in expression.walk():
        if isinstance(node, nodes.Cell | nodes.Present):
            found.add(node.sheet)
        elif isinstance(node, nodes.Aggregate):
            found.update(node.sheets)
        elif isinstance(node, nodes.Fact):
            found.add(HEAD)
    return found | {sheet for clause in expression.clauses for sheet, _before in clause.domain}


def flaws(values: Mapping[str, Any], kept: Mapping[str, Any] | None = None) -> list[Problem]:
    """All that is wrong with *values*, each at its input; *kept* is what the rule says now.

    What a rule has always named (a sheet that it is shown on, a number that stands in its
    sentence only) it may go on naming.
    """
    problems = [*_choices(values), *_lengths(values), *_industries(values)]
    problems += _tolerance(values, kept)
    expression, misread = _read(values)
    problems += misread
    if expression is not None:
        problems += _sheets(values, sheets_of(expression), kept)
    problems += [*_places("message_zh", values), *_places("message_en", values)]
    return problems


def _choices(values: Mapping[str, Any]) -> list[Problem]:
    wrong = []
    if not isinstance(values["severity"], Severity):
        wrong.append(Problem("severity", _("Choose how severe it is.")))
    if not isinstance(values["addressee"], Addressee):
        wrong.append(Problem("addressee", _("Choose who has to act.")))
    return wrong


def _lengths(values: Mapping[str, Any]) -> list[Problem]:
    wrong = [
        Problem(name, _("At most %(n)s characters.", n=most))
        for name, most in TEXTS.items()
        if len(values[name]) > most
    ]
    wrong += [
        Problem(name, _("This is needed, in both languages."))
        for name in NEEDED
        if not values[name].strip() and name != "source"
    ]
    if not values["source"].strip():
        wrong.append(Problem("source", _("Say on which law, standard or decision it rests.")))
    return wrong


def _tolerance(values: Mapping[str, Any], kept: Mapping[str, Any] | None) -> list[Problem]:
    tolerance: Decimal | None = values["tolerance"]
    idle = kept is not None and kept["tolerance"] is not None and not _uses_tolerance(kept)
    if tolerance is None:
        return []  # an expression that uses it says so itself
    if not tolerance.is_finite() or not 0 <= tolerance < GREATEST:
        return [Problem("tolerance", _("A tolerance lies between 0 and 999,999."))]
    if -int(tolerance.normalize().as_tuple().exponent) > TOLERANCE_PLACES:
        return [Problem("tolerance", _("At most %(n)s decimals.", n=TOLERANCE_PLACES))]
    if not (idle or _uses_tolerance(values)):
        text = _("The expression does not use the word tolerance, so this number would do nothing.")
        return [Problem("tolerance", text)]
    return []


def _uses_tolerance(values: Mapping[str, Any]) -> bool:
    texts = (values[name] for name in ("expression", *SHOWN))
    return any(TOLERANCE.search(IN_QUOTES.sub("", text)) for text in texts)


def _industries(values: Mapping[str, Any]) -> list[Problem]:
    asked = [one for one in values["industries"].split(",") if one]
    known = set(db.session.scalars(select(Industry.code)))
    unknown = [one for one in asked if not (INDUSTRY.fullmatch(one) and one[:2] in known)]
    if not unknown:
        return []
    text = _("There is no industry %(code)s.", code=", ".join(unknown)[:60])
    return [Problem("industries", text)]


def _read(values: Mapping[str, Any]) -> tuple[Expression | None, list[Problem]]:
    tolerance = values["tolerance"]
    found: Expression | None = None
    wrong: list[Problem] = []
    try:
        found = parse(values["expression"], SCHEMA, tolerance)
    except BadExpression as error:
        wrong.append(Misread("expression", error.reason, error.position))
    for name in SHOWN:
        wrong += _misread(name, values[name], tolerance)
    return found, wrong


def _misread(name: str, text: str, tolerance: Decimal | None) -> list[Problem]:
    if len(text) > LONGEST_SHOWN:
        return [Problem(name, _("At most %(n)s characters.", n=LONGEST_SHOWN))]
    try:
        _value(text, tolerance)
    except BadExpression as error:
        return [Misread(name, error.reason, error.position)]
    return []


def _value(text: str, tolerance: Decimal | None) -> Node | None:
    return parse_value(text, SCHEMA, tolerance) if text else None


def _sheets(
    values: Mapping[str, Any], spoken_of: set[str], kept: Mapping[str, Any] | None
) -> list[Problem]:
    asked = [one for one in values["sheets"].split(",") if one]
    if not asked:
        return [Problem("sheets", _("Choose the sheets that it is shown on."))]
    if len(values["sheets"]) > MOST_OF_SHEETS:
        return [Problem("sheets", _("Choose fewer sheets."))]
    known = spoken_of | set(kept["sheets"].split(",") if kept else ())
    if strange := [one for one in asked if one not in known]:
        text = _("The expression does not speak of %(sheets)s.", sheets=", ".join(strange)[:60])
        return [Problem("sheets", text)]
    return []


def _places(name: str, values: Mapping[str, Any]) -> list[Problem]:
    """Places that nobody would fill in, and brackets that are no places."""
    message = values[name]
    unknown = [place for place in PLACE.findall(message) if place not in PLACES]
    left = PLACE.sub("", message)
    if unknown:
        text = _("There is no place {%(name)s}.", name=unknown[0][:40])
        return [Problem(name, text)]
    if "{" in left or "}" in left:
        return [Problem(name, _("A place is written {actual}; this bracket belongs to none."))]
    return []
