"""A rule as it is typed, on one filing: what comes of every row, and why; nothing is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.checks.case import Case
from app.checks.explaining import Why, why
from app.checks.rules import Alarm, Rule, RuleText, check, read_rule
from app.checks.sentences import Words, sentence, told
from app.checks.single import Finding, Outcome, Reader, Touched
from app.core.enums import Labelled
from app.core.period import Quarter
from app.filings.alarms.schema import SCHEMA

MOST_ROWS = 200
MOST_CELLS = 40


class Came(Labelled):
    """An outcome in words."""

    HOLDS = "holds", _l("Holds")
    BROKEN = "broken", _l("Alarm")
    NOT_APPLICABLE = "not_applicable", _l("Not applicable")
    COULD_NOT_RUN = "could_not_run", _l("Could not run")


@dataclass(frozen=True, slots=True)
class CellSaid:
    """A cell that took part, as a person finds it."""

    place: str
    title: str
    value: str


@dataclass(frozen=True, slots=True)
class RowSaid:
    """What came of one clause in one row, of the text as typed and of the active version."""

    name: str
    label: str
    came: Came
    active: Came | None
    sentence: str
    actual: str
    expected: str
    deviation: str
    cells: tuple[CellSaid, ...]

    @property
    def differs(self) -> bool:
        return self.active is not None and self.active is not self.came


@dataclass(frozen=True, slots=True)
class Tried:
    """All of it; *concerned* is False where the rule is not meant for this filing at all."""

    concerned: bool
    rows: tuple[RowSaid, ...]
    left_out: int
    counts: tuple[tuple[Came, int], ...]


def rule_text(code: str, values: Mapping[str, Any]) -> RuleText:
    """What is typed, as it is reckoned with."""
    return RuleText(
        code=code,
        version=0,
        severity=values["severity"],
        sheets=tuple(values["sheets"].split(",")),
        fourth_quarter_only=values["fourth_quarter_only"],
        expression=values["expression"],
        tolerance=values["tolerance"],
        actual=values["actual"],
        expected=values["expected"],
        deviation=values["deviation"],
        industries=tuple(filter(None, values["industries"].split(","))),
        addressee=values["addressee"],
    )


def try_on(texts: Sequence[RuleText], case: Case, message: str, words: Words) -> Tried:
    """Read the rule that is typed, and the active one if there is one, over *case*."""
    rule, *others = (read_rule(one, SCHEMA) for one in texts)
    other = _outcomes(others[0], case) if others else None
    if not rule.concerns(case):
        return Tried(concerned=False, rows=(), left_out=0, counts=())
    reader = Reader(case)
    alarms = {(a.label, a.column, a.key): a for a in check([rule], case).alarms}
    rows: list[RowSaid] = []
    counts, found = dict.fromkeys(Came, 0), reader.findings(rule.expression)
    for one in sorted(found, key=lambda one: ORDER[one.outcome]):
        counts[CAME[one.outcome]] += 1
        if len(rows) < MOST_ROWS:
            place = (one.clause.label, one.clause.column, one.key)
            before = None if other is None else other.get(place, Came.NOT_APPLICABLE)
            rows.append(_row(reader, one, alarms.get(place), before, message, words))
    return Tried(
        concerned=True,
        rows=tuple(rows),
        left_out=len(found) - len(rows),
        counts=tuple((came, count) for came, count in counts.items() if count),
    )


CAME = {outcome: Came.named(outcome.value) for outcome in Outcome}
ORDER = {
    Outcome.BROKEN: 0,
    Outcome.COULD_NOT_RUN: 1,
    Outcome.HOLDS: 2,
    Outcome.NOT_APPLICABLE: 3,
}


def _outcomes(rule: Rule, case: Case) -> dict[tuple[str, str, str], Came]:
    if not rule.concerns(case):
        return {}
    return {
        (one.clause.label, one.clause.column, one.key): CAME[one.outcome]
        for one in Reader(case).findings(rule.expression)
    }


def _row(
    reader: Reader,
    finding: Finding,
    alarm: Alarm | None,
    active: Came | None,
    message: str,
    words: Words,
) -> RowSaid:
    ran = finding.outcome is not Outcome.COULD_NOT_RUN
    found = alarm.why if alarm is not None else why(reader, finding) if ran else Why()
    clause, key = finding.clause, finding.key
    said = sentence(message, alarm, words) if alarm is not None else ""
    if not ran:
        said = _("It asks for what is not known: %(what)s.", what=finding.why)
    return RowSaid(
        name=words.name(clause.variable, key) or _("the filing"),
        label=" · ".join(part for part in (words.label(clause.label), clause.column) if part),
        came=CAME[finding.outcome],
        active=active,
        sentence=said,
        actual=told(found.actual, key, words) if found.actual else "",
        expected=told(found.expected, key, words) if found.expected else "",
        deviation=told(found.deviation, key, words) if found.deviation else "",
        cells=tuple(_cell(one, reader.case.period, words) for one in found.cells[:MOST_CELLS]),
    )


def _cell(one: Touched, period: Quarter, words: Words) -> CellSaid:
    row = f"[{one.key}]" if one.key else ""
    if isinstance(one.back, int):
        when = "" if one.back == 0 else f" {period.shifted(-one.back)}"
    else:
        when = f" {period.year}"
    column = SCHEMA.sheets[one.sheet].columns.get(one.name)
    unit = words.unit(str(column.unit), one.key) if column is not None and column.unit else ""
    return CellSaid(
        f"{one.sheet}{row}.{one.name}{when}",
        words.columns.get(f"{one.sheet}.{one.name}", one.name),
        _plain(one.value, unit),
    )


def _plain(value: Any, unit: str) -> str:
    if value is None or value == "":
        return _("empty")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(str, value)))
    text = f"{value:,f}" if hasattr(value, "as_tuple") else str(value)
    return f"{text} {unit}".strip()
