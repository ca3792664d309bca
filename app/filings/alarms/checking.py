"""What the rules in force say of a filing, in sentences, and what of it holds up submission."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from app.checks.book import Book
from app.checks.case import Case
from app.checks.rules import Addressee, Alarm, CouldNotRun, Severity, Verdict, check
from app.checks.sentences import Words, sentence
from app.checks.single import BEYOND_RECKONING
from app.core.db import db
from app.core.errors import Problem
from app.filings.alarms.cases import case_of
from app.filings.alarms.models import Answer, Explanation
from app.filings.alarms.words import words_for
from app.filings.figures import Figures, findings
from app.filings.models import Filing, FilingVersion
from app.filings.queries import book_around, working_figures
from app.filings.rules.models import RuleVersion
from app.filings.rules.queries import rules_in_force, wordings
from app.filings.sheet import address
from app.filings.sheets import SHEETS

# kept by the submission itself, whatever the region does with the rules
GUARDED = frozenset({"F-05", "F-06", "F-09", "F-10"})
# of a day that moves on until it is handed in: why it is late does not change with it
OF_TODAY = frozenset({"F-07"})
Mark = tuple[str, str, str, str]  # rule, row, column, label: what an explanation speaks of


def blocks_on_error() -> bool:
    """Whether errors hold up the submission; else they are explained, as warnings are."""
    return bool(current_app.config["VALIDATION_BLOCK_ON_ERROR"])


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm with its words, and with what was said to it."""

    alarm: Alarm
    rule: RuleVersion
    words: Words
    explanation: Explanation | None

    @property
    def mark(self) -> Mark:
        return mark_of(self.alarm)

    @property
    def sentence(self) -> str:
        return sentence(self.rule.message, self.alarm, self.words)

    @property
    def where(self) -> str:
        """The address of the cell to look at first; that of the sheet where there is none."""
        cell = self.alarm.cell
        if cell is None or cell.sheet not in SHEETS:
            return cell.sheet if cell is not None else self.rule.sheets.partition(",")[0]
        return address(SHEETS[cell.sheet], cell.key, cell.name)

    @property
    def sheet(self) -> str:
        return self.where.partition("/")[0]

    @property
    def for_league(self) -> bool:
        return self.alarm.addressee is Addressee.LEAGUE

    @property
    def fell(self) -> bool:
        """Whether figures have changed since it was explained."""
        said = self.explanation
        if said is None or self.alarm.code in OF_TODAY:
            return False
        return said.fingerprint != self.alarm.fingerprint

    @property
    def explained(self) -> bool:
        said = self.explanation
        return said is not None and not self.fell and said.answer is not Answer.ASKED_AGAIN

    @property
    def blocks(self) -> bool:
        """Whether it has to be corrected: an explanation will not do."""
        return self.alarm.severity is Severity.ERROR and blocks_on_error()

    @property
    def is_open(self) -> bool:
        """Whether the enterprise has something to do about it."""
        if self.for_league:
            return False
        return self.blocks or not self.explained

    @property
    def problem(self) -> Problem:
        told = f"{self.alarm.code} {self.sentence}"
        if not self.blocks:
            told = _("%(alarm)s (explain or correct)", alarm=told)
        return Problem(self.where, told)


@dataclass(frozen=True, slots=True)
class Said:
    """All that the rules say of a filing."""

    case: Case
    verdict: Verdict
    raised: Sequence[Raised]
    not_run: Sequence[tuple[CouldNotRun, RuleVersion]]

    @property
    def open(self) -> list[Raised]:
        return [one for one in self.raised if one.is_open]


def verdict_on(
    filing: Filing,
    figures: Figures,
    sheets: Collection[str] = (),
    version: FilingVersion | None = None,
) -> tuple[Case, Verdict]:
    """The alarms of *figures*; with *sheets*, only those of rules that speak of one of them.

    *version*: the one whose figures these are; None: they are being worked on.
    """
    rules = rules_in_force(filing.period)
    if sheets:
        rules = [rule for rule in rules if not set(sheets).isdisjoint(rule.text.sheets)]
    case = case_of(filing, figures, rules, version=version)
    return case, check(rules, case)


def said_of(
    filing: Filing,
    figures: Figures,
    book: Book,
    sheets: Collection[str] = (),
    version: FilingVersion | None = None,
    given: Mapping[Mark, Explanation] | None = None,
) -> Said:
    """The same in the reader's words, with the explanations as they stand, or those *given*."""
    case, verdict = verdict_on(filing, figures, sheets, version)
    known, words = wordings(filing.period), words_for(filing.period, book, figures)
    if given is None:
        given = explanations_of(filing) if verdict.alarms else {}
    raised = [
        Raised(alarm, known[alarm.code], words, given.get(mark_of(alarm)))
        for alarm in verdict.alarms
    ]
    return Said(case, verdict, raised, [(one, known[one.code]) for one in verdict.not_run])


def mark_of(alarm: Alarm) -> Mark:
    return alarm.code, alarm.key, alarm.column, alarm.label


def explanations_of(filing: Filing) -> Mapping[Mark, Explanation]:
    query = select(Explanation).where(Explanation.filing_id == filing.id)
    return {(one.code, one.key, one.column, one.label): one for one in db.session.scalars(query)}


def to_do(
    filing: Filing, figures: Figures, around: Book, sheets: Collection[str] = ()
) -> list[Problem]:
    """What stands in the way of submission: what is missing, and what the rules say.

    With *sheets* only the rules that speak of one of them are asked; what is missing is told of
    all.  The rules about the state of the filing itself are left to the submission (`GUARDED`).
    """
    return left_of(said_of(filing, figures, around, sheets), figures, around)


def still_to_do(filing: Filing, sheets: Collection[str] = ()) -> list[Problem]:
    """The same of the figures as they are kept now."""
    return to_do(filing, working_figures(filing), book_around(filing), sheets)


def left_of(said: Said, figures: Figures, around: Book) -> list[Problem]:
    """The same, where the rules have been asked already.

    What only follows from an empty cell is not told of beside the cell that is empty.
    """
    missing = findings(figures, around)
    empty = {one.where for one in missing}
    alarms = [
        one.problem
        for one in said.open
        if one.alarm.code not in GUARDED and empty.isdisjoint(_empty_cells(one))
    ]
    return [*missing, *alarms, *(_unasked(*one) for one in said.not_run if _holds_up(*one))]


def _empty_cells(one: Raised) -> set[str]:
    """The addresses of the empty cells of the quarter that took part."""
    return {
        address(SHEETS[cell.sheet], cell.key, cell.name)
        for cell in one.alarm.why.cells
        if cell.back == 0 and cell.value is None and cell.sheet in SHEETS
    }


def _holds_up(missed: CouldNotRun, rule: RuleVersion) -> bool:
    """Whether it is for the enterprise: figures beyond reckoning, where an error is looked for.

    A rule that lacks a fact is for the region to mend.
    """
    is_ours = rule.addressee is Addressee.ENTERPRISE and rule.severity is Severity.ERROR
    return is_ours and missed.reason == BEYOND_RECKONING


def _unasked(missed: CouldNotRun, rule: RuleVersion) -> Problem:
    """A rule that could not be run never counts as passed."""
    text = _(
        "%(code)s could not be checked (%(why)s); tell the region.",
        code=missed.code,
        why=missed.reason,
    )
    return Problem(rule.sheets.partition(",")[0], text)
