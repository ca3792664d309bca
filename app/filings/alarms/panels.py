"""Filings of a quarter laid out as columns, straight from their tables.

What is looked at is the latest version that was submitted: the rows themselves where nobody can
edit them, the text of the version where they are open again.  Of a quarter that came by a
workbook from before this installation only the header and the profile are known.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import select

from app.checks.case import Back
from app.checks.needs import Needs
from app.checks.panel import (
    COEFFICIENT,
    CONSUMED,
    TOTALS,
    Codes,
    Mask,
    Panel,
    Table,
    Where,
    table_of,
    totals_of,
)
from app.core.among import among
from app.core.db import db
from app.core.period import Quarter
from app.filings.alarms.asked import ON_FILING, Asked, asked_of, earlier, submitted
from app.filings.alarms.beside import beside
from app.filings.alarms.facts import facts_of, lookups_of
from app.filings.books import catalogues
from app.filings.sheets import SHEETS

AT_ONCE = 1000  # filings in a panel
OF_IMPORTED = ("S1",)  # the sheets that an imported quarter has
HEADER = "F0"


def panels(period: Quarter, needs: Needs) -> Iterator[tuple[Sequence[Any], Panel, int]]:
    """All submitted filings of *period*, at most `AT_ONCE` together.

    Gives the headers, their panel, and how many filings there are in all.
    """
    heads = submitted(period)
    for start in range(0, len(heads), AT_ONCE):
        part = heads[start : start + AT_ONCE]
        yield part, panel_over(asked_of(part), period, needs), len(heads)


def panel_over(asked: Sequence[Asked], period: Quarter, needs: Needs) -> Panel:
    """What *needs* says of the filings *asked*, all of *period*, and of their earlier quarters."""
    codes, book, size = Codes(), catalogues(period), len(asked)
    backs = {back for _sheet, back in needs if isinstance(back, int) and back > 0}
    filed: Mapping[int, Sequence[Asked]] = {0: asked, **earlier(asked, backs)}
    tables: dict[tuple[str, Back], Table] = {}
    for (sheet, back), columns in needs.items():
        ones = filed.get(back) if isinstance(back, int) else None
        if ones is not None and sheet in SHEETS and sheet not in {HEADER, *book.left_out}:
            names = sorted(columns | _for_totals(sheet, back, needs))
            filed_of_it = [one for one in ones if _known(sheet, one)]
            tables[sheet, back] = _table(codes, sheet, names, filed_of_it, size)
    for (sheet, back), columns in needs.items():
        if sheet == TOTALS and ("S2", back) in tables:
            tables[sheet, back] = totals_of(codes, tables["S2", back], sorted(columns))
    for back, ones in filed.items():
        tables[HEADER, back] = _heads(codes, needs.get((HEADER, back), set()), ones, size)
    everybody = np.ones(size, dtype=np.bool_)
    for sheet, rows in beside(asked, period).items():
        names = sorted({name for _number, _key, cells in rows for name in cells})
        tables[sheet, 0] = table_of(codes, rows, names, everybody)
    facts = facts_of(asked, period, book)
    by_name = {name: [one[name] for one in facts] for name in (facts[0] if facts else ())}
    return Panel(period, size, codes, tables, by_name, lookups_of(book))


def _for_totals(sheet: str, back: Back, needs: Needs) -> set[str]:
    """What of sheet 2 rows 01 and 40 are reckoned from."""
    if sheet != "S2" or (TOTALS, back) not in needs:
        return set()
    return needs[TOTALS, back] | {COEFFICIENT, CONSUMED}


def _known(sheet: str, one: Asked) -> bool:
    """Whether anything of *sheet* was ever submitted in that quarter."""
    if one.head.imported:
        return sheet in OF_IMPORTED
    return one.version is not None or not one.is_open


def _table(
    codes: Codes, sheet: str, names: Sequence[str], filed: Sequence[Asked], size: int
) -> Table:
    """The rows of *sheet* in the filings in which it is known."""
    by_id = {one.id: one.number for one in filed if one.version is None}
    read_back = [
        (one.number, key, cells)
        for one in filed
        if one.version is not None
        for key, cells in one.version.get(sheet, {}).items()
    ]
    kind = SHEETS[sheet]
    columns = [getattr(kind, name) for name in names]
    query = select(kind.filing_id, kind.key, *columns).where(among(kind.filing_id, by_id))
    kept = db.session.execute(query).all() if by_id else []
    ids, keys, *values = zip(*kept, strict=True) if kept else ((), (), *((),) * len(names))
    numbers = [by_id[pk] for pk in ids] + [number for number, _key, _cells in read_back]
    return Table(
        Where(
            np.array(numbers, dtype=np.int64),
            codes.of([*keys, *(key for _number, key, _cells in read_back)]),
        ),
        {
            name: [*column, *(cells.get(name) for _number, _key, cells in read_back)]
            for name, column in zip(names, values, strict=True)
        },
        _mask(filed, size),
    )


def _mask(filed: Sequence[Asked], size: int) -> Mask:
    known = np.zeros(size, dtype=np.bool_)
    known[[one.number for one in filed]] = True
    return known


def _heads(codes: Codes, names: set[str], filed: Sequence[Asked], size: int) -> Table:
    """F0 of every filing there is: of *names* what stands on the filing itself, and signatures."""
    signed = SHEETS[HEADER]
    asked = [name for name in sorted(names) if name in signed.fields()]
    columns = {name: [ON_FILING[name](one) for one in filed] for name in names & ON_FILING.keys()}
    if asked and filed:
        query = select(signed.filing_id, *(getattr(signed, name) for name in asked))
        rows = db.session.execute(query.where(among(signed.filing_id, (one.id for one in filed))))
        signatures = {pk: values for pk, *values in rows}
        nobody = [None] * len(asked)
        for at, name in enumerate(asked):
            columns[name] = [signatures.get(one.id, nobody)[at] for one in filed]
    numbers = np.array([one.number for one in filed], dtype=np.int64)
    return Table(Where(numbers, codes.of([""] * len(filed))), columns, _mask(filed, size))
