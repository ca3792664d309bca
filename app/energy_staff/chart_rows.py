"""Annexes 3 and 4 as tables: the organisation chart, the ledger of meters; what is wrong in one.

A row names the row above it (`parent`); so the table is a tree, and can be drawn.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.core.enums import Labelled
from app.core.errors import Problem

Row = Mapping[str, str]
MOST_ROWS = 200
WARN_DAYS = 30  # before a meter has to be verified again


class Role(Labelled):
    LEADER_GROUP = "leader_group", _l("Leading group")
    DEPARTMENT = "department", _l("Department")
    WORKSHOP = "workshop", _l("Workshop")
    TEAM = "team", _l("Team")
    POST = "post", _l("Post")


class MeterState(Labelled):
    QUALIFIED = "qualified", _l("Qualified")
    PERMITTED = "permitted", _l("Permitted to be used")
    OUT_OF_USE = "out_of_use", _l("Out of use")


class MeterLevel(Labelled):
    """GB 17167: what a meter measures."""

    UNIT = "1", _l("1 In and out of the unit")
    SECONDARY = "2", _l("2 Main secondary unit")
    EQUIPMENT = "3", _l("3 Main equipment")


@dataclass(frozen=True, slots=True)
class Cell:
    name: str
    label: LazyString
    length: int
    required: bool = False
    choices: type[Labelled] | None = None
    is_day: bool = False
    is_private: bool = False


class ChartKind(Labelled):
    ORGANISATION = "organisation", _l("Organisation of energy management")
    METERS = "meters", _l("Network of energy meters")

    @property
    def cells(self) -> Sequence[Cell]:
        return CELLS[self]

    @property
    def key(self) -> str:
        """The column by which others name a row."""
        return self.cells[0].name


# fmt: off
CELLS: Mapping[ChartKind, Sequence[Cell]] = {
    ChartKind.ORGANISATION: (
        Cell("node", _l("Box"), 10, required=True),
        Cell("parent", _l("Box above"), 10),
        Cell("title", _l("What it is called"), 80, required=True),
        Cell("role", _l("Part in the organisation"), 20, required=True, choices=Role),
        Cell("person", _l("Name of the person"), 50),
        Cell("position", _l("Position"), 80),
        Cell("phone", _l("Telephone"), 30, is_private=True),
    ),
    ChartKind.METERS: (
        Cell("meter_no", _l("Management number"), 30, required=True),
        Cell("parent", _l("Meter above"), 30),
        Cell("name", _l("Name of the meter"), 80, required=True),
        Cell("energy_code", _l("Code of the carrier"), 4, required=True),
        Cell("level", _l("Metering level"), 1, required=True, choices=MeterLevel),
        Cell("measured_object", _l("What is measured"), 120),
        Cell("model", _l("Model and specification"), 80),
        Cell("accuracy_class", _l("Accuracy class"), 10),
        Cell("range", _l("Measuring range"), 50),
        Cell("maker", _l("Maker"), 80),
        Cell("serial_no", _l("Serial number of the maker"), 50),
        Cell("location", _l("Where it is installed"), 120),
        Cell("state", _l("State of the meter"), 20, required=True, choices=MeterState),
        Cell("last_verified_on", _l("Last verified on"), 10, is_day=True),
        Cell("verification_months", _l("Verified every (months)"), 3),
    ),
}
# fmt: on


def tidied(kind: ChartKind, rows: Sequence[Row]) -> list[dict[str, str]]:
    """The rows that say something, without spaces around what they say."""
    names = [one.name for one in kind.cells]
    plain = [{name: " ".join(row.get(name, "").split()) for name in names} for row in rows]
    return [row for row in plain if any(row.values())]


def flaws(kind: ChartKind, rows: Sequence[Row], today: date) -> list[Problem]:
    """All that keeps the table from being saved, by row and column: ``2/parent``."""
    found = [] if len(rows) <= MOST_ROWS else [Problem("", _("At most %(most)s rows.", most=200))]
    for number, row in enumerate(rows, 1):
        found.extend(
            Problem(f"{number}/{cell.name}", wrong)
            for cell in kind.cells
            if (wrong := _of_cell(cell, row[cell.name], today))
        )
    found.extend(_of_tree(kind, rows))
    return found


def left_to_say(kind: ChartKind, rows: Sequence[Row], today: date) -> list[str]:
    """What a league would still ask for; none of it keeps the table from being saved."""
    return list(LEFT[kind](rows, today)) if rows else []


def next_verified_on(row: Row) -> date | None:
    """When a meter has to be verified again; None where it is not known, or out of use."""
    months = row.get("verification_months", "")
    if not row.get("last_verified_on") or not months or row.get("state") == MeterState.OUT_OF_USE:
        return None
    last = date.fromisoformat(row["last_verified_on"])
    years, month = divmod(last.month - 1 + int(months), 12)
    for day in range(last.day, 27, -1):
        try:
            return date(last.year + years, month + 1, day)
        except ValueError:
            continue
    return date(last.year + years, month + 1, min(last.day, 28))


def _of_cell(cell: Cell, text: str, today: date) -> str:
    if not text:
        return _("A value is needed here.") if cell.required else ""
    if len(text) > cell.length:
        return _("At most %(most)s characters.", most=cell.length)
    if cell.choices is not None:
        return "" if text in [str(one.value) for one in cell.choices] else _("Choose one.")
    if cell.is_day:
        return _of_day(text, today)
    if cell.name == "verification_months":
        right = re.fullmatch(r"[0-9]{1,3}", text, re.ASCII) and 1 <= int(text) <= 120
        return "" if right else _("From 1 to 120 months.")
    return ""


def _of_day(text: str, today: date) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return _("“%(text)s” is not a day.", text=text)
    return _("This day is still to come.") if day > today else ""


def _of_tree(kind: ChartKind, rows: Sequence[Row]) -> Iterator[Problem]:
    named: dict[str, Row] = {}
    for number, row in enumerate(rows, 1):
        if row[kind.key] and row[kind.key] in named:
            yield Problem(f"{number}/{kind.key}", _("Another row has this already."))
        named.setdefault(row[kind.key], row)
    for number, row in enumerate(rows, 1):
        if row["parent"] and row["parent"] not in named:
            yield Problem(f"{number}/parent", _("There is no such row."))
        elif _turns_round(kind, row, named):
            yield Problem(f"{number}/parent", _("It would stand above itself."))
        elif kind is ChartKind.METERS and row["parent"]:
            yield from _of_meter(number, row, named[row["parent"]])
    if kind is ChartKind.ORGANISATION and rows:
        yield from _of_the_top([n for n, row in enumerate(rows, 1) if not row["parent"]])


def _of_the_top(roots: Sequence[int]) -> Iterator[Problem]:
    if not roots:
        yield Problem("1/parent", _("One box stands at the top."))
    for number in roots[1:]:
        yield Problem(f"{number}/parent", _("Only one box stands at the top."))


def _of_meter(number: int, row: Row, above: Row) -> Iterator[Problem]:
    if row["energy_code"] != above["energy_code"]:
        yield Problem(f"{number}/energy_code", _("The meter above measures another carrier."))
    if row["level"] and above["level"] and row["level"] < above["level"]:
        yield Problem(f"{number}/level", _("The meter above is of a lower level."))


def _turns_round(kind: ChartKind, row: Row, named: Mapping[str, Row]) -> bool:
    seen = {row[kind.key]}
    above = named.get(row["parent"])
    while above is not None:
        if above[kind.key] in seen:
            return True
        seen.add(above[kind.key])
        above = named.get(above["parent"])
    return False


def _left_of_organisation(rows: Sequence[Row], _today: date) -> Iterator[str]:
    roles = {row["role"] for row in rows}
    if Role.LEADER_GROUP not in roles:
        yield _("There is no leading group.")
    elif not any(row["person"] for row in rows if row["role"] == Role.LEADER_GROUP):
        yield _("The leading group names no member of the enterprise leadership as its head.")
    if Role.DEPARTMENT not in roles:
        yield _("There is no energy management department.")
    if Role.POST not in roles:
        yield _("There are no posts for metering and statistics.")


def _left_of_meters(rows: Sequence[Row], today: date) -> Iterator[str]:
    for row in rows:
        due = next_verified_on(row)
        if due is not None and due < today:
            yield _("%(meter)s: its verification ran out on %(day)s.", meter=row["name"], day=due)
        elif due is not None and (due - today).days <= WARN_DAYS:
            yield _("%(meter)s: to be verified by %(day)s.", meter=row["name"], day=due)


LEFT: Mapping[ChartKind, Callable[[Sequence[Row], date], Iterator[str]]] = {
    ChartKind.ORGANISATION: _left_of_organisation,
    ChartKind.METERS: _left_of_meters,
}
