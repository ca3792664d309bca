"""The entry page of a sheet: its cells as inputs, and the form they come back in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.checks.book import CarrierFacts
from app.core.errors import Problem
from app.filings.catalogue import leaf_carriers
from app.filings.sheet import Field, SheetRow, address
from app.filings.sheets import SHEETS
from app.filings.values import DECIMALS, Kind, plain, text_of

SEPARATOR = ":"  # in the names of inputs: "04:opening_stock"


@dataclass(frozen=True, slots=True)
class Cell:
    """One input, or one figure that is worked out and only shown."""

    name: str
    where: str
    what: Field
    text: str
    problems: Sequence[Problem]

    @property
    def numeric(self) -> bool:
        return self.what.kind in DECIMALS

    @property
    def choices(self) -> list[tuple[str, str]]:
        if self.what.kind is Kind.BOOL:
            return [
                ("true", text_of(value=True, kind=Kind.BOOL)),
                ("false", text_of(value=False, kind=Kind.BOOL)),
            ]
        return [(one.value, str(one.label)) for one in self.what.choices or ()]


@dataclass(frozen=True, slots=True)
class EntryRow:
    key: str
    carrier: CarrierFacts | None
    cells: Sequence[Cell]
    problems: Sequence[Problem]  # of the row as a whole


@dataclass(frozen=True, slots=True)
class Entry:
    """A sheet to be filled in: the rows there are, and the carriers that can be added."""

    key: str
    title: str
    by_carrier: bool
    fields: Mapping[str, Field]
    rows: Sequence[EntryRow]
    addable: Sequence[CarrierFacts]
    blank: EntryRow | None  # the row that is copied when a carrier is added; key "__"


def as_typed(kind: type[SheetRow], rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Kept values as the texts of inputs."""
    return {
        key: {name: _as_input(row.get(name)) for name in kind.fields()} for key, row in rows.items()
    }


def _as_input(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(plain(value.date() if isinstance(value, datetime) else value))


def entry_of(
    key: str, typed: Mapping[str, Mapping[str, Any]], problems: Sequence[Problem]
) -> Entry:
    kind = SHEETS[key]
    by_place: dict[str, list[Problem]] = {}
    for problem in problems:
        by_place.setdefault(problem.where, []).append(problem)
    carriers = leaf_carriers() if kind.sheet.by_carrier else {}
    keys = sorted(typed) if kind.sheet.by_carrier else [""]
    rows = [_row(kind, k, carriers.get(k), typed.get(k, {}), by_place) for k in keys]
    return Entry(
        key=key,
        title=str(kind.sheet.title),
        by_carrier=kind.sheet.by_carrier,
        fields=kind.fields(),
        rows=rows,
        addable=[facts for code, facts in carriers.items() if code not in typed],
        blank=_row(kind, "__", None, {}, {}) if kind.sheet.by_carrier else None,
    )


def _row(
    kind: type[SheetRow],
    key: str,
    carrier: CarrierFacts | None,
    typed: Mapping[str, Any],
    by_place: Mapping[str, list[Problem]],
) -> EntryRow:
    cells = [
        Cell(
            name=f"{key}{SEPARATOR}{name}",
            where=(where := address(kind, key, name)),
            what=what,
            text=_as_input(typed.get(name)),
            problems=by_place.get(where, ()),
        )
        for name, what in kind.fields().items()
    ]
    own = [address(kind, key, kind.sheet.key_name), address(kind, key, "")]
    return EntryRow(key, carrier, cells, [p for where in own for p in by_place.get(where, ())])


def rows_from(kind: type[SheetRow], form: Mapping[str, str]) -> list[dict[str, object]]:
    """The rows that a posted form holds; an added carrier comes as its own row."""
    rows: dict[str, dict[str, object]] = {}
    for name, text in form.items():
        key, separator, column = name.partition(SEPARATOR)
        if separator and column in kind.inputs() and key != "__":
            rows.setdefault(key, {})[column] = text
        elif separator and column == "present" and key != "__":
            rows.setdefault(key, {})
    for gone in [key for key in rows if form.get(f"{key}{SEPARATOR}removed")]:
        del rows[gone]
    if not kind.sheet.by_carrier:
        return [rows.get("", {})]
    return [{kind.sheet.key_name: key, **cells} for key, cells in rows.items()]
