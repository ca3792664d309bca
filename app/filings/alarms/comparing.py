"""Frozen alarms beside what the rules say today of the same version."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app.checks.rules import Alarm
from app.core.enums import Labelled
from app.filings.alarms.checking import Raised, mark_of, said_of
from app.filings.alarms.freezing import alarms_in, explanations_in
from app.filings.alarms.models import Checkup
from app.filings.alarms.words import words_for
from app.filings.figures import read_back
from app.filings.models import Filing, FilingVersion
from app.filings.queries import book_around, versions_of
from app.filings.rules.models import RuleVersion
from app.filings.rules.queries import version_of


class Today(Labelled):
    """What has become of a frozen alarm."""

    SAME = "same", _l("Still raised")
    OTHER = "other", _l("Other numbers")
    GONE = "gone", _l("No longer raised")


@dataclass(frozen=True, slots=True)
class Beside:
    """An alarm as it was frozen; *now* is the same one of today, if there is one."""

    then: Raised
    said: dict[str, Any] | None  # the explanation as it stood
    today: Today
    now: Raised | None


@dataclass(frozen=True, slots=True)
class Compared:
    frozen: Sequence[Beside]
    new: Sequence[Raised]  # of today only


def version_at(filing: Filing, checkup: Checkup) -> FilingVersion | None:
    """The version that was checked; a step between two submissions saw the one before."""
    known = [one for one in versions_of(filing) if one.number <= checkup.version_no]
    return known[0] if known else None


def compared(filing: Filing, checkup: Checkup, version: FilingVersion) -> Compared:
    around, figures = book_around(filing), read_back(version.content)
    said = said_of(filing, figures, around, version=version)
    words = words_for(filing.period, around, figures)
    now, given = {one.mark: one for one in said.raised}, explanations_in(checkup)
    rules: dict[tuple[str, int], RuleVersion | None] = {}
    frozen = []
    for alarm in alarms_in(checkup):
        wording = alarm.code, alarm.version
        if wording not in rules:
            rules[wording] = version_of(*wording)
        if (rule := rules[wording]) is None:  # versions that were active are never taken away
            continue
        mark = mark_of(alarm)
        then = Raised(alarm, rule, words, None)
        frozen.append(Beside(then, given.get(mark), _today(alarm, now.get(mark)), now.get(mark)))
    known = {one.then.mark for one in frozen}
    return Compared(frozen, [one for one in said.raised if one.mark not in known])


def _today(then: Alarm, now: Raised | None) -> Today:
    if now is None:
        return Today.GONE
    return Today.SAME if _numbers(then) == _numbers(now.alarm) else Today.OTHER


def _numbers(alarm: Alarm) -> tuple[Any, ...]:
    found = alarm.why
    return alarm.severity, found.actual, found.expected, found.deviation
