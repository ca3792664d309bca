"""What has moved between two filings of one enterprise, or two versions of one: only that.

Figures that people type are compared; what the system works out of them follows.  In tce
(calorific value) where a quantity is energy, so that what weighs most stands first.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from app.checks.book import Book
from app.filings.entry import entries_of
from app.filings.figures import Figures
from app.filings.sheet import Field, SheetRow, address
from app.filings.sheets import SHEETS
from app.filings.sheets.units import ROW, TCE
from app.filings.values import DECIMALS, text_of
from app.review.subjects import Moved

ZERO, HUNDRED = Decimal(0), Decimal(100)
COEFFICIENTS = "adopted_coefficient"
HEAD = "F0"  # who signs, and when: of every filing anew


def moved(before: Figures, after: Figures, around: Book, least: Decimal = ZERO) -> list[Moved]:
    """The cells in which *after* differs from *before*, the weightiest first.

    A number is left out if it moved by less than *least* percent of what it was.
    """
    found = [one for one in _all(before, after, around) if _counts(one, least)]
    return sorted(found, key=_weight, reverse=True)


def _weight(one: Moved) -> tuple[bool, Decimal, Decimal]:
    share = abs(one.percent) if one.percent is not None else ZERO
    return one.tce is not None, abs(one.tce or ZERO), share


def _counts(one: Moved, least: Decimal) -> bool:
    return one.percent is None or abs(one.percent) >= least


def _all(before: Figures, after: Figures, around: Book) -> Iterator[Moved]:
    for key, kind in SHEETS.items():
        if key == HEAD or kind.sheet.made is not None:
            continue
        old, new, known = before.get(key, {}), after.get(key, {}), entries_of(kind, around)
        for row in sorted(old.keys() | new.keys()):
            name = known[row].name if row in known else row
            for column, what in kind.inputs().items():
                was, now = old.get(row, {}).get(column), new.get(row, {}).get(column)
                if not _same(was, now):
                    rows = old.get(row, {}), new.get(row, {})
                    yield _moved(kind, (row, name), (column, what), rows)


def _same(was: Any, now: Any) -> bool:
    """Nothing typed is the same as nothing: a nought is no change from an empty cell."""
    return (was or None) == (now or None)


def _moved(
    kind: type[SheetRow],
    row: tuple[str, str],
    column: tuple[str, Field],
    rows: tuple[Mapping[str, Any], Mapping[str, Any]],
) -> Moved:
    (key, name), (column_name, what) = row, column
    was, now = (one.get(column_name) for one in rows)
    change = percent = tce = None
    if what.kind in DECIMALS:
        change = (now or ZERO) - (was or ZERO)
        percent = change / abs(was) * HUNDRED if was else None
        tce = _in_tce(what, change, *rows)
    return Moved(
        where=address(kind, key, column_name),
        sheet=kind.sheet.key,
        row=f"{key} {name}".strip() if key != name else key,
        column=what.heading(),
        before=text_of(was, what.kind),
        after=text_of(now, what.kind),
        change=text_of(change, what.kind) if change is not None else "",
        percent=percent,
        tce=tce,
    )


def _in_tce(
    what: Field, change: Decimal, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Decimal | None:
    """The change in tce, calorific value; None of what is no energy."""
    if what.unit == TCE:
        return change
    coefficient = new.get(COEFFICIENTS) or old.get(COEFFICIENTS)
    if what.unit == ROW and coefficient is not None:
        product: Decimal = change * coefficient
        return product
    return None


def marks_of(found: list[Moved]) -> dict[str, str]:
    """What stands beside a figure in the tables, by the address of its cell: ``+12.3 %``."""
    return {one.where: mark_of(one) for one in found}


def mark_of(one: Moved) -> str:
    if not one.before:
        return _("new")
    if not one.after:
        return _("was %(value)s", value=one.before)
    if one.percent is None:
        return _("changed")
    sign = "▲" if one.percent > 0 else "▼"
    return f"{sign} {abs(one.percent):,.1f} %"
