"""Validation rules (表间验证): what must hold, and the alarms where it does not.

Source: the platform's list of 130 rules; each is data, read into a tree once.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from app.checks.case import Case
from app.checks.clauses import asked_by
from app.checks.explaining import Side, Why, side, why
from app.checks.expression import parse, parse_value
from app.checks.nodes import Clause, Expression, Node
from app.checks.schema import Schema
from app.checks.single import At, Finding, Outcome, Reader, Touched
from app.core.canonical import canonical
from app.core.enums import Labelled


class Severity(Labelled):
    """An error must be corrected before submission, a warning explained."""

    ERROR = "error", _l("Error")
    WARNING = "warning", _l("Warning")


class Addressee(Labelled):
    """Who has to act: what is the league's to mend never holds up the enterprise."""

    ENTERPRISE = "enterprise", _l("Enterprise")
    LEAGUE = "league", _l("League or city")


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule as it is kept; numbers are shares where the language compares shares."""

    code: str
    version: int
    severity: Severity
    sheets: tuple[str, ...]
    fourth_quarter_only: bool
    expression: str
    tolerance: Decimal | None = None
    actual: str = ""  # in the language: what the sentence shows instead of the two sides
    expected: str = ""
    deviation: str = ""
    industries: tuple[str, ...] = ()  # the first digits of their codes; none: all
    addressee: Addressee = Addressee.ENTERPRISE


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that was read."""

    text: RuleText
    expression: Expression
    actual: Node | None = None
    expected: Node | None = None
    deviation: Node | None = None

    @property
    def code(self) -> str:
        return self.text.code

    def severity(self, clause: Clause) -> Severity:
        """How hard it is that *clause* does not hold."""
        return Severity.WARNING if clause.softened else self.text.severity

    def concerns(self, case: Case) -> bool:
        """Whether it is meant for this quarter and this industry."""
        if self.text.fourth_quarter_only and case.period.quarter != 4:
            return False
        header = case.row("F0", "", 0) or {}
        industry = str(header.get("industry_code") or "")
        return not self.text.industries or industry.startswith(self.text.industries)


def read_rule(text: RuleText, schema: Schema) -> Rule:
    """`BadExpression` if one of its expressions is none."""

    def value(one: str) -> Node | None:
        return parse_value(one, schema, text.tolerance) if one else None

    sides = [value(text.actual), value(text.expected), value(text.deviation)]
    read = parse(text.expression, schema, text.tolerance)
    # what an alarm shows is needed as well as what decides it
    shown = frozenset(name for one in sides if one is not None for name in asked_by(one))
    clauses = tuple(replace(one, asks=one.asks | shown) for one in read.clauses)
    return Rule(text, replace(read, clauses=clauses), *sides)


@dataclass(frozen=True, slots=True)
class Alarm:
    """A rule that does not hold in one row, with all that is needed to say why.

    *fingerprint* is the same as long as the figures that took part are.
    """

    code: str
    version: int
    severity: Severity
    addressee: Addressee
    variable: str  # what kind of code *key* is: c, p, w, j
    key: str
    column: str
    label: str
    why: Why
    fingerprint: str

    @property
    def cell(self) -> Touched | None:
        """Where to look first: the cell of this quarter that decided before all others."""
        now = [cell for cell in self.why.cells if cell.back == 0]
        return next((c for c in now if c.key == self.key or not self.key), now[0] if now else None)


@dataclass(frozen=True, slots=True)
class CouldNotRun:
    """A rule whose need was not met; it counts neither as passed nor as broken."""

    code: str
    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What rules say of a filing."""

    alarms: Sequence[Alarm]
    not_run: Sequence[CouldNotRun]
    versions: dict[str, int]  # of all rules that were asked, by code


def check(rules: Iterable[Rule], case: Case) -> Verdict:
    reader = Reader(case)
    alarms: list[Alarm] = []
    not_run: dict[str, CouldNotRun] = {}
    versions: dict[str, int] = {}
    for rule in rules:
        versions[rule.code] = rule.text.version
        if not rule.concerns(case):
            continue
        for finding in reader.findings(rule.expression):
            if finding.outcome is Outcome.BROKEN:
                alarms.append(_alarm(rule, reader, finding))
            elif finding.outcome is Outcome.COULD_NOT_RUN:
                text = rule.text
                not_run[rule.code] = CouldNotRun(text.code, text.version, finding.why)
    return Verdict(alarms, list(not_run.values()), versions)


def _alarm(rule: Rule, reader: Reader, finding: Finding) -> Alarm:
    found, text, clause = why(reader, finding), rule.text, finding.clause
    found = Why(
        _instead(reader, rule.actual, finding, found.actual),
        _instead(reader, rule.expected, finding, found.expected),
        _instead(reader, rule.deviation, finding, found.deviation),
        found.cells,
    )
    return Alarm(
        code=text.code,
        version=text.version,
        severity=rule.severity(clause),
        addressee=text.addressee,
        variable=clause.variable,
        key=finding.key,
        column=clause.column,
        label=clause.label,
        why=found,
        fingerprint=_fingerprint(found),
    )


def _instead(
    reader: Reader, node: Node | None, finding: Finding, usual: Side | None
) -> Side | None:
    return usual if node is None else side(reader, node, At(finding.key))


def _fingerprint(found: Why) -> str:
    """Of the figures alone: a new version of a rule makes no explanation fall."""
    figures = sorted((c.sheet, c.key, c.name, str(c.back), _plain(c.value)) for c in found.cells)
    return hashlib.sha256(canonical(figures).encode()).hexdigest()


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value
