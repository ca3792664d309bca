"""Recompute every chain, and name the first link that does not hold."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from app.audit.chain import LINKED, Break, first_break
from app.audit.models import AuditEntry, ChainHead
from app.core.db import db

AT_ONCE = 1000
COLUMNS = (*LINKED, "algorithm", "previous", "hash")


def broken_chains(tell: Callable[[int], object] = lambda _count: None) -> list[Break]:
    """All chains that do not hold, each with its first broken link; the scope must be all.

    *tell* is told after every thousand entries, and each chain, how many more were read.
    """
    heads = {head.chain: (head.length, head.hash) for head in db.session.scalars(select(ChainHead))}
    chains = set(heads) | set(db.session.scalars(select(AuditEntry.chain).distinct()))
    found = (
        first_break(chain, _entries(chain, tell), heads.get(chain)) for chain in sorted(chains)
    )
    return [broken for broken in found if broken]


def _entries(chain: str, tell: Callable[[int], object]) -> Iterator[Mapping[str, Any]]:
    """In order, a thousand at a time: a chain is as long as a league's history."""
    columns = [getattr(AuditEntry, name) for name in COLUMNS]
    query = select(*columns).where(AuditEntry.chain == chain).order_by(AuditEntry.number)
    last = None
    while rows := db.session.execute(_after(query, last).limit(AT_ONCE)).all():
        for row in rows:
            yield dict(zip(COLUMNS, row, strict=True))
        last = rows[-1].number
        tell(len(rows))


def _after(query: Any, number: int | None) -> Any:
    return query if number is None else query.where(AuditEntry.number > number)
