"""The sentence of an alarm: the rule's message with its places filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from app.checks.explaining import Side
from app.checks.reckoning import shown
from app.checks.rules import Alarm
from app.checks.units import PERCENT, TCE
from app.core.canonical import plain_decimal

PLACE = re.compile(r"\{([a-z_]+)\}")
MEASURED = re.compile(
    r"\s?(%|个百分点|points|tce|万元|千元|元|克|gce|倍|吨|t\b|times|yuan|thousand|10|\(10|万千瓦时)"
)
PLACES_SHOWN = {PERCENT: 1, TCE: 2}
NAMES = {"energy": "c", "product": "p", "waste": "w", "project": "j"}  # places by variable
NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Words:
    """What codes are called, in the language of the reader."""

    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # by variable and code
    measures: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # unit, code
    columns: Mapping[str, str] = field(default_factory=dict)  # titles by "S2.opening_stock"
    labels: Mapping[str, str] = field(default_factory=dict)  # of clauses
    texts: Mapping[str, str] = field(default_factory=dict)  # quarter, year, plan, ...
    literal: Mapping[str, str] = field(default_factory=dict)  # units that are written out

    def name(self, variable: str, key: str) -> str:
        return self.names.get(variable, {}).get(key, key)

    def unit(self, unit: str, key: str) -> str:
        if unit in self.measures:
            return self.measures[unit].get(key, "")
        return self.literal.get(unit, unit)

    def label(self, label: str) -> str:
        return self.labels.get(label, label)


def sentence(message: str, alarm: Alarm, words: Words) -> str:
    """*message* with names, numbers and units; a number that follows from nothing is a dash."""

    def filled(place: re.Match[str]) -> str:
        measured = MEASURED.match(message, place.end()) is not None
        return _place(place[1], alarm, words, measured=measured)

    return PLACE.sub(filled, message)


def _place(name: str, alarm: Alarm, words: Words, *, measured: bool) -> str:
    found = alarm.why
    sides = {"actual": found.actual, "expected": found.expected, "deviation": found.deviation}
    if name in sides:
        return told(sides[name], alarm.key, words, measured=measured)
    if name in NAMES:
        return words.name(NAMES[name], alarm.key)
    if name == "label":
        return words.label(alarm.label)
    if name == "column":
        sheet = found.cells[0].sheet if found.cells else ""
        return words.columns.get(f"{sheet}.{alarm.column}", alarm.column)
    if name == "missing":
        return _missing(found.actual, found.expected)
    return words.texts.get(name) or words.names.get(name, {}).get(alarm.key, NOTHING)


def _missing(actual: Side | None, expected: Side | None) -> str:
    """What is in the expected set and not in the actual one."""
    have, want = _set_of(actual), _set_of(expected)
    return ", ".join(sorted(want - have or have, key=lambda one: (len(one), one))) or NOTHING


def _set_of(one: Side | None) -> frozenset[str]:
    return one.value if one is not None and isinstance(one.value, frozenset) else frozenset()


def told(one: Side | None, key: str, words: Words, *, measured: bool = False) -> str:
    """A side as it is read; *measured*: its unit stands behind it already."""
    if one is None:
        return NOTHING
    text = _value(one.value, one.unit)
    unit = "" if measured or not isinstance(one.value, Decimal) else words.unit(one.unit, key)
    if not unit:
        return text
    return f"{text}{unit}" if unit == PERCENT else f"{text} {unit}"


def _value(value: Any, unit: str) -> str:
    if isinstance(value, Decimal):
        return f"{Decimal(plain_decimal(shown(value, PLACES_SHOWN.get(unit, 4)))):,f}"
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or NOTHING
    if isinstance(value, date):
        return value.isoformat()
    return str(value) or NOTHING
