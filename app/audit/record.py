"""Write a line of the journal; it is kept or lost together with what it tells of."""

from collections.abc import Iterable

from sqlalchemy import inspect, select

from app.audit.actor import Actor
from app.audit.chain import GENESIS, LINKED, chain_of, link
from app.audit.models import AuditEntry, ChainHead
from app.core.canonical import ALGORITHM, canonical
from app.core.clock import now
from app.core.db import db


def record(tag: str, subject: object, *, actor: Actor, place: str, **facts: object) -> AuditEntry:
    """Enter that *actor* did *tag* to *subject*, which lies at *place*; *facts* tell the rest.

    The head of the chain stays locked until the transaction ends: entries of one league are
    written one after another, those of two leagues side by side.
    """
    db.session.flush()  # the subject gets its number
    chain = chain_of(place)
    head = _locked_head(chain)
    kind, key = _identity(subject)
    entry = AuditEntry(
        chain=chain,
        number=head.length + 1,
        at=now(),
        tag=tag,
        place=place,
        subject_kind=kind,
        subject_id=key,
        subject=str(subject)[:200],
        actor_id=actor.id,
        actor_name=actor.name[:128],
        facts=canonical(facts),
        algorithm=ALGORITHM,
        previous=head.hash,
    )
    entry.hash = link({name: getattr(entry, name) for name in LINKED}, head.hash, ALGORITHM)
    head.length, head.hash = entry.number, entry.hash
    db.session.add(entry)
    return entry


def open_chains(places: Iterable[str]) -> None:
    """Lay the first stone of the chains of *places*, so that no two first entries collide."""
    there = set(db.session.scalars(select(ChainHead.chain)))
    for chain in sorted({chain_of(place) for place in places} - there):
        db.session.add(ChainHead(chain=chain, length=0, hash=GENESIS))
    db.session.flush()


def _locked_head(chain: str) -> ChainHead:
    """The head of *chain*, made with its first entry; nobody else can forge a link meanwhile."""
    query = select(ChainHead).where(ChainHead.chain == chain).with_for_update()
    head = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if head is None:
        head = ChainHead(chain=chain, length=0, hash=GENESIS)
        db.session.add(head)
        db.session.flush()
    return head


def _identity(subject: object) -> tuple[str, str]:
    state = inspect(subject, raiseerr=False)
    if state is None or not hasattr(state, "identity"):
        return type(subject).__name__.lower(), str(subject)[:64]
    return state.mapper.local_table.name, "/".join(map(str, state.identity or ()))
