"""The alarms of a filing as they are read: counted, chosen, in groups, each with its cells."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.checks.case import YEAR
from app.checks.explaining import Side
from app.checks.rules import Severity
from app.checks.sentences import NOTHING, told
from app.checks.single import Touched
from app.core.period import Quarter
from app.filings.alarms.checking import Mark, Raised, Said
from app.filings.alarms.freezing import checkups_of
from app.filings.alarms.schema import SCHEMA
from app.filings.models import Filing
from app.filings.sheet import address
from app.filings.sheets import SHEETS
from app.filings.values import DECIMALS, text_of

STATES = ("open", "explained")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are; what the league has to mend is counted apart."""

    errors: int
    unexplained: int  # warnings
    explained: int
    league: int
    not_run: int  # rules

    @property
    def warnings(self) -> int:
        return self.unexplained + self.explained


@dataclass(frozen=True, slots=True)
class Choice:
    """What of the list is shown; nothing chosen: all of it."""

    sheet: str = ""
    severity: str = ""
    state: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Choice":
        """From an address, which may say anything: what is not known chooses nothing."""
        sheet, severity, state = (asked.get(n, "") for n in ("sheet", "severity", "state"))
        return cls(
            sheet if sheet in SCHEMA.sheets else "",
            severity if severity in set(Severity) else "",
            state if state in STATES else "",
        )

    def takes(self, one: Raised) -> bool:
        wanted = self.severity in ("", one.alarm.severity) and self.sheet in ("", one.sheet)
        return wanted and self.state in ("", "open" if one.is_open else "explained")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that took part, as it is read; *where* only in the quarter itself."""

    title: str
    quarter: str
    value: str
    where: str


@dataclass(frozen=True, slots=True)
class Group:
    """The alarms of one sheet, errors first."""

    key: str
    title: str
    raised: Sequence[Raised]


def counts_of(said: Said) -> Counts:
    ours = [one for one in said.raised if not one.for_league]
    warnings = [one for one in ours if one.alarm.severity is Severity.WARNING]
    explained = sum(one.explained for one in warnings)
    return Counts(
        errors=len(ours) - len(warnings),
        unexplained=len(warnings) - explained,
        explained=explained,
        league=len(said.raised) - len(ours),
        not_run=len(said.not_run),
    )


def frozen_of(filing: Filing) -> dict[str, str]:
    """Where the alarms of each step stand, by the hash that the decision names."""
    return {
        one.hash: url_for("AlarmView.checkup", pk=filing.id, number=one.number)
        for one in checkups_of(filing)
    }


def groups_of(raised: Iterable[Raised]) -> list[Group]:
    """By sheet in the order of the sheets, then errors, then what is still open."""
    by_sheet: dict[str, list[Raised]] = {}
    for one in raised:
        by_sheet.setdefault(one.sheet, []).append(one)
    known = [key for key in (*SHEETS, *SCHEMA.sheets) if key in by_sheet]
    return [
        Group(key, title_of(key), sorted(by_sheet[key], key=_rank)) for key in dict.fromkeys(known)
    ]


def _rank(one: Raised) -> tuple[bool, bool, bool, Mark]:
    return one.alarm.severity is not Severity.ERROR, one.for_league, not one.is_open, one.mark


def title_of(sheet: str) -> str:
    return str(SHEETS[sheet].sheet.title) if sheet in SHEETS else _outside().get(sheet, sheet)


def _outside() -> dict[str, str]:
    return {"A1": _("Attachments"), "E0": _("Enterprises")}


def id_of(mark: Mark) -> str:
    """How an alarm is called in its page."""
    return f"alarm-{hashlib.sha256('/'.join(mark).encode()).hexdigest()[:12]}"


def sides_of(one: Raised) -> list[tuple[str, str]]:
    """What is there, what is expected, how far they are apart: those that there are.

    Where more than the bound is asked for, and just the bound is there, the sentence says it.
    """
    found = one.alarm.why
    named = [(_("Actual"), found.actual)]
    if found.deviation is None or found.deviation.value:
        named += [(_("Expected"), found.expected), (_("Deviation"), found.deviation)]
    return [
        (title, told(side, one.alarm.key, one.words)) for title, side in named if side is not None
    ]


def table_heads() -> list[str]:
    return [
        _("Rule"),
        _("Severity"),
        _("Who acts"),
        _("Where"),
        _("What is wrong"),
        _("Actual"),
        _("Expected"),
        _("Deviation"),
        _("Open or settled"),
        _("Reason"),
        _("Explanation"),
        _("Who"),
        _("Answer"),
        _("Remark"),
        _("Source"),
    ]


WIDE = (3, 4, 10, 13, 14)


def table_of(said: Said) -> Iterator[list[object]]:
    """The alarms in lines under `table_heads`, then the rules that could not be run."""
    for one in (one for group in groups_of(said.raised) for one in group.raised):
        found, given = one.alarm.why, one.explanation
        sides = (found.actual, found.expected, found.deviation)
        yield [
            one.alarm.code,
            one.alarm.severity,
            one.alarm.addressee,
            place_of(one),
            one.sentence,
            *("" if s is None else told(s, one.alarm.key, one.words) for s in sides),
            _("open") if one.is_open else _("settled"),
            *((given.reason, given.text, given.given_by) if given else ("", "", "")),
            *((given.answer, given.remark) if given else ("", "")),
            one.rule.source,
        ]
    for missed, rule in said.not_run:
        where, why = (
            rule.sheets.partition(",")[0],
            _("could not be run: %(why)s", why=missed.reason),
        )
        line: list[object] = [missed.code, rule.severity, rule.addressee, where, why]
        yield [*line, *[""] * (len(table_heads()) - len(line) - 1), rule.source]


def cells_of(one: Raised, period: Quarter) -> list[Cell]:
    return [_cell(one, cell, period) for cell in one.alarm.why.cells]


def is_filled_in(sheet: str, name: str) -> bool:
    """Whether it has an input; what stands on the filing itself has none."""
    return sheet in SHEETS and (not name or name in SHEETS[sheet].fields())


def page_of(where: str, places: Mapping[str, str]) -> str:
    """The address of the cell called *where*; none where nobody fills it in."""
    sheet, _slash, rest = where.partition("/")
    keyed = sheet in SHEETS and SHEETS[sheet].sheet.keyed is not None
    name = rest.partition("/")[2] if keyed else rest
    if sheet not in places:
        return ""
    return f"{places[sheet]}#{where}" if is_filled_in(sheet, name) else places[sheet]


def place_of(one: Raised) -> str:
    """Where to look first, in words: sheet, row, column."""
    cell = one.alarm.cell
    return one.sheet if cell is None or cell.sheet not in SHEETS else _title(one, cell)


def _title(one: Raised, cell: Touched) -> str:
    sheet = SCHEMA.sheets.get(cell.sheet)
    name = one.words.name(sheet.variable, cell.key) if sheet is not None else cell.key
    column = one.words.columns.get(f"{cell.sheet}.{cell.name}") or cell.name
    row = f"{cell.key} {name}" if cell.key and name != cell.key else cell.key
    return " · ".join(part for part in (cell.sheet, row, column) if part)


def _cell(one: Raised, cell: Touched, period: Quarter) -> Cell:
    filed = cell.back == 0 and is_filled_in(cell.sheet, cell.name)
    return Cell(
        title=_title(one, cell),
        quarter=_quarter(cell, period),
        value=_value(one, cell),
        where=address(SHEETS[cell.sheet], cell.key, cell.name) if filed else "",
    )


def _quarter(cell: Touched, period: Quarter) -> str:
    if cell.back == YEAR:
        return _("Year %(year)s", year=period.year)
    return str(period.shifted(-int(cell.back)))


def _value(one: Raised, cell: Touched) -> str:
    if cell.value is None:
        return NOTHING
    fields = SHEETS[cell.sheet].fields() if cell.sheet in SHEETS else {}
    if cell.name in fields and fields[cell.name].kind not in DECIMALS:
        return text_of(cell.value, fields[cell.name].kind) or NOTHING
    sheet = SCHEMA.sheets.get(cell.sheet)
    column: Any = sheet.columns.get(cell.name) if sheet is not None else None
    return told(Side(cell.value, column.unit if column else ""), cell.key, one.words)
