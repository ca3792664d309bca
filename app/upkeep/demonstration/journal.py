"""The journal of the invented history: gathered, put in order of time, then chained."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert

from app.audit.chain import GENESIS, chain_of, link
from app.audit.models import AuditEntry, ChainHead
from app.core.canonical import ALGORITHM, canonical
from app.core.db import db


class Journal:
    """Entries in any order; `write` chains each league's by time."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def add(
        self,
        at: datetime,
        tag: str,
        place: str,
        subject: tuple[str, int, str],
        actor: tuple[int | None, str],
        **facts: object,
    ) -> None:
        kind, number, title = subject
        self.entries.append(
            {
                "chain": chain_of(place),
                "at": at,
                "tag": tag,
                "place": place,
                "subject_kind": kind,
                "subject_id": str(number),
                "subject": title[:200],
                "actor_id": actor[0],
                "actor_name": actor[1],
                "facts": canonical(facts),
                "algorithm": ALGORITHM,
            }
        )

    def write(self) -> None:
        heads: dict[str, tuple[int, str]] = {}
        self.entries.sort(key=lambda entry: (entry["at"], entry["subject_id"]))
        for entry in self.entries:
            length, previous = heads.get(entry["chain"], (0, GENESIS))
            entry["number"], entry["previous"] = length + 1, previous
            entry["hash"] = link(entry, previous, ALGORITHM)
            heads[entry["chain"]] = (length + 1, entry["hash"])
        db.session.execute(insert(AuditEntry), self.entries)
        for chain, (length, last) in heads.items():
            db.session.merge(ChainHead(chain=chain, length=length, hash=last))
