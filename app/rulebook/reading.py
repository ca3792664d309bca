"""What rules say of all filings of a quarter that have been submitted, and of one of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app.audit.actor import Actor
from app.checks.case import Case
from app.checks.rules import Rule, RuleText, Severity, read_rule
from app.core.errors import NotFound
from app.core.period import Quarter
from app.filings.alarms.asked import submitted
from app.filings.alarms.cases import case_of
from app.filings.alarms.schema import SCHEMA
from app.filings.models import Filing
from app.filings.queries import figures_for, latest_version
from app.rulebook.sweeping import Swept, sweep


@dataclass(frozen=True, slots=True)
class Filed:
    """A filing that was read."""

    id: int
    place: str
    industry: str


@dataclass(frozen=True, slots=True)
class Said:
    """An alarm, or a rule that could not run; *rule* is the place of the rule that was asked."""

    filing: int
    rule: int
    severity: Severity
    variable: str = ""  # what kind of code *key* is
    key: str = ""
    column: str = ""
    label: str = ""
    ran: bool = True


def case_for(filing: Filing, texts: Sequence[RuleText], actor: Actor) -> Case:
    """One filing as the rules of *texts* see it, with the figures that *actor* may see of it."""
    figures = figures_for(filing, actor)
    if figures is None:
        raise NotFound(_("Of this filing nothing has been submitted that you may see."))
    rules = [read_rule(one, SCHEMA) for one in texts]
    return case_of(filing, figures, rules, version=latest_version(filing))


def read_quarter(
    period: Quarter, rules: Sequence[Rule], tell: Callable[[int, int], None]
) -> tuple[list[Filed], list[Said]]:
    """The filings of *period*, and what *rules* say of them.

    *tell* is called with how many are read, of how many.
    """
    filed = [Filed(head.id, head.place, head.industry_code) for head in submitted(period)]
    known = {one.id for one in filed}
    said: list[Said] = []
    for at, swept in enumerate(sweep(period, rules, tell).swept):
        said += [one for one in _said(at, swept) if one.filing in known]
    return filed, said


def _said(at: int, swept: Swept) -> list[Said]:
    rule = swept.rule
    clauses = {(one.label, one.column): one for one in reversed(rule.expression.clauses)}
    found = [
        Said(
            hit.filing_id,
            at,
            rule.severity(clauses[hit.label, hit.column]),
            clauses[hit.label, hit.column].variable,
            hit.key,
            hit.column,
            hit.label,
        )
        for hit in swept.hits
    ]
    not_run = sorted(swept.not_run)
    return found + [Said(one, at, rule.text.severity, ran=False) for one in not_run]
