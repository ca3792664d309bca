"""Recompute every chain, and name the first link that does not hold."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from app.audit.chain import LINKED, Break, first_break
from app.audit.models import AuditEntry, ChainHead
from app.core.db import db

COLUMNS = (*LINKED, "algorithm", "previous", "hash")


def broken_chains() -> list[Break]:
    """All chains that do not hold, each with its first broken link; the scope must be all."""
    heads = {head.chain: (head.length, head.hash) for head in db.session.scalars(select(ChainHead))}
    chains = set(heads) | set(db.session.scalars(select(AuditEntry.chain).distinct()))
    found = (first_break(chain, _entries(chain), heads.get(chain)) for chain in sorted(chains))
    return [broken for broken in found if broken]


def _entries(chain: str) -> Iterator[Mapping[str, Any]]:
    columns = [getattr(AuditEntry, name) for name in COLUMNS]
    query = select(*columns).where(AuditEntry.chain == chain).order_by(AuditEntry.number)
    for row in db.session.execute(query.execution_options(yield_per=1000)):
        yield dict(zip(COLUMNS, row, strict=True))
