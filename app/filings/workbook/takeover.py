"""What a workbook would change in a filing, and taking it over whole or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from app.audit.actor import Actor
from app.checks.book import Book, Facts
from app.core.canonical import canonical, digest
from app.core.errors import Conflict, Invalid, Problem
from app.core.package import refused
from app.filings import operations
from app.filings.alarms.checking import to_do
from app.filings.beside import Taken
from app.filings.entry import entries_of
from app.filings.figures import Figures, overgrown
from app.filings.models import Filing
from app.filings.queries import book_around, sheets_of, working_figures
from app.filings.sheet import SheetRow
from app.filings.sheets import SHEETS
from app.filings.sheets.consumption import ConsumptionRow
from app.filings.values import text_of
from app.filings.workbook.cumulative import taken_apart
from app.filings.workbook.layout import Stamp
from app.filings.workbook.sent import Sent

SheetRows = Mapping[str, Sequence[Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class Change:
    """A cell before and after; a row that comes or goes has no column."""

    sheet: str
    row: str
    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Step:
    """How a cell of the quarter was come by: ``35,000 − 23,000 = 12,000``."""

    row: str
    column: str
    how: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What a preview was made of; taking over asks that it is so still."""

    revision: int  # of the filing
    cumulative: bool  # whether the earlier quarters were to be taken off a plain form
    apart: str  # the hash of what was taken off and put in


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen; nothing at all while there are problems.

    *wrong* are the problems by the places of the filing, for the marked copy; *problems* are
    the same as people read them: where it stands in the workbook, what is wrong, what to do.
    """

    problems: Sequence[Problem]
    wrong: Sequence[Problem]
    notes: Sequence[str]
    apart: Sequence[Step]  # from cumulative figures to those of the quarter
    changes: Sequence[Change]
    left: int  # what would still stand in the way of submission
    behind: bool  # the filing has changed since the workbook was fetched
    shown: Shown


def look(filing: Filing, sent: Sent, *, cumulative: bool = False) -> Preview:
    """Only reads; `Invalid` for the workbook of another enterprise or quarter.

    *cumulative*: a plain form counts from January on, and the earlier quarters are taken off.
    """
    _must_be_of(filing, sent)
    around, before = book_around(filing), working_figures(filing)
    made = _made(filing, sent, before, cumulative=cumulative)
    figures, unread = operations.tried_out(filing, made.rows, around)
    wrong = [*sent.problems, *made.problems, *unread, *overgrown(figures)]
    return Preview(
        problems=sent.placed(wrong),
        wrong=wrong,
        notes=[*sent.notes, *made.notes],
        apart=[_step(one, around) for one in made.taken],
        changes=[] if wrong else list(_changes(made.rows, before, figures, around)),
        left=len(to_do(filing, figures, around)),
        behind=sent.stamp is not None and sent.stamp.revision != str(filing.revision),
        shown=Shown(filing.revision, cumulative, made.hash),
    )


def take_over(filing: Filing, sent: Sent, *, actor: Actor, shown: Shown) -> None:
    """Fill the sheets of the workbook; `Conflict` where it would not do what was looked at."""
    _must_be_of(filing, sent)
    made = _made(filing, sent, working_figures(filing), cumulative=shown.cumulative)
    if wrong := [*sent.problems, *made.problems]:
        told = _("Some cells cannot be read; nothing has been saved.")
        raise Invalid(told, sent.placed(wrong))
    if filing.revision != shown.revision:
        raise Conflict(_("The filing has changed meanwhile; look the workbook through again."))
    if made.hash != shown.apart:
        raise Conflict(
            _("The earlier quarters have changed meanwhile; look the workbook through again.")
        )
    operations.fill_sheets(filing, made.rows, actor=actor, shown=shown.revision)


@dataclass(frozen=True, slots=True)
class _Made:
    """The rows that are filled in, and what was made of them on the way."""

    rows: SheetRows
    taken: Sequence[Taken] = ()
    problems: Sequence[Problem] = ()
    notes: Sequence[str] = ()

    @property
    def hash(self) -> str:
        return digest(canonical([[one.key, one.name, one.value] for one in self.taken]))


def _made(filing: Filing, sent: Sent, before: Figures, *, cumulative: bool) -> _Made:
    """Only a plain form is taken apart, and in the first quarter there is nothing to take off."""
    if sent.stamp is not None:
        return _Made(_asked(filing, rows_of(sent, before)), notes=_left_alone(filing, sent))
    if not cumulative or filing.quarter == 1:
        told = _("The figures of the form are taken as those of the quarter alone.")
        notes = [told] if filing.quarter > 1 else []
        return _Made(_asked(filing, rows_of(sent, before)), notes=notes)
    apart = taken_apart(filing, ConsumptionRow, sent)
    rows = rows_of(replace(sent, rows={ConsumptionRow.sheet.key: apart.rows}), before)
    return _Made(_asked(filing, rows), apart.taken, apart.problems, apart.notes)


def _left_alone(filing: Filing, sent: Sent) -> list[str]:
    """What a workbook lacks is not emptied; but a page may have lost its name."""
    asked = (key for key, kind in sheets_of(filing).items() if kind.sheet.made is None)
    missing = ", ".join(key for key in asked if key not in sent.places)
    told = _("Not in the workbook, and left as they are: %(sheets)s.", sheets=missing)
    return [told] if missing else []


def _step(one: Taken, around: Book) -> Step:
    row = _called(one.key, entries_of(ConsumptionRow, around))
    return Step(row, ConsumptionRow.fields()[one.name].heading(), one.told)


def _asked(filing: Filing, rows: SheetRows) -> SheetRows:
    """Without the sheets that are not asked for in the quarter."""
    return {key: lines for key, lines in rows.items() if key in sheets_of(filing)}


def _must_be_of(filing: Filing, sent: Sent) -> None:
    if sent.stamp is None:
        return
    wanted = Stamp.of(filing)
    given = (sent.stamp.registry_number, sent.stamp.period)
    if given != (wanted.registry_number, wanted.period):
        raise refused(
            _(
                "This is the workbook of %(given)s; here %(wanted)s is expected.",
                given=" ".join(given)[:40],
                wanted=f"{wanted.registry_number} {wanted.period}",
            )
        )


def rows_of(sent: Sent, before: Figures) -> SheetRows:
    """The rows to be filled in; a plain form leaves alone what it has no column for."""
    if sent.stamp is not None:
        return sent.rows
    completed: dict[str, list[dict[str, object]]] = {}
    for key, rows in sent.rows.items():
        kind = SHEETS[key]
        name = kind.sheet.key_name
        completed[key] = [
            {**_typed(kind, before.get(key, {}).get(str(row[name]), {})), **row} for row in rows
        ]
    return completed


def _typed(kind: type[SheetRow], row: Mapping[str, Any]) -> dict[str, object]:
    """Kept values as they are typed; choices by their keys."""
    return {
        name: getattr(value, "value", value)
        for name in kind.inputs()
        if (value := row.get(name)) is not None
    }


def _changes(rows: SheetRows, before: Figures, after: Figures, around: Book) -> Iterator[Change]:
    for key in SHEETS:
        if key not in rows:
            continue
        kind = SHEETS[key]
        old, new = before.get(key, {}), after.get(key, {})
        for row in sorted(old.keys() | new.keys()):
            known = entries_of(kind, around)
            name = _called(row, known)
            if row not in new:
                yield Change(key, name, "", _("there"), _("removed"))
                continue
            if row not in old and kind.sheet.keyed:
                yield Change(key, name, "", "", _("added"))
            for column, what in kind.inputs().items():
                values = [rows_.get(row, {}).get(column) for rows_ in (old, new)]
                if values[0] != values[1]:
                    texts = [text_of(value, what.kind) for value in values]
                    yield Change(key, name, str(what.heading()), *texts)


def _called(row: str, known: Mapping[str, Facts]) -> str:
    return f"{row} {known[row].name}" if row in known else row
