"""Row scope: from which points of the region tree a session looks at the data.

A place is a path of codes, each followed by a slash: ``150000/150200/150221/`` is a banner,
and one code deeper, ``150000/150200/150221/000001/``, an enterprise in it, by its registry
number.  Whoever stands at the beginning of a path sees all that lies along it.  A person may
stand at several points: an enterprise that moved keeps sight of its former places, and a
deputy stands in for a colleague.

That is the whole rule.  It is applied here, once, to every session, both for reading and for
writing, so that no view and no query needs to remember it.  Not covered, and therefore not
used on placed tables: Core statements, ``text()``, and bulk ``insert()``; the exceptions are the
loader of demonstration data and what a sweep of the rules enters, which say so.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import chain
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import String, and_, event, false, inspect, or_
from sqlalchemy.orm import (
    MANYTOMANY,
    MANYTOONE,
    LoaderCriteriaOption,
    Mapped,
    ORMExecuteState,
    RelationshipProperty,
    Session,
    mapped_column,
    with_loader_criteria,
)

from app.core.errors import Forbidden

PATH = re.compile(r"(?:[0-9A-Z]+/)*")
LONGEST = 64  # letters of a path
MOST_ROOTS = 8


class Tier(IntEnum):
    """How deep in the tree, as the number of codes in the path."""

    PLATFORM = 0
    REGION = 1
    LEAGUE = 2
    COUNTY = 3
    ENTERPRISE = 4
    NOBODY = 5  # who has no place has no step in any workflow


_TIERS = tuple(Tier)


def path_asked(text: str | None) -> str:
    """*text* if it can be a path, else the empty one: it came from an address."""
    text = text or ""
    right = len(text) <= LONGEST and PATH.fullmatch(text) and text.count("/") <= Tier.ENTERPRISE
    return text if right else ""


def tier_of(place: str) -> Tier:
    """The tier of *place*; `ValueError` for a path deeper than an enterprise's."""
    codes = place.count("/")
    return _TIERS[codes] if codes < len(_TIERS) else Tier(codes)


def path_to(place: str, tier: Tier) -> str:
    """The beginning of *place* that lies at *tier*; all of it if it lies higher."""
    return "".join(f"{code}/" for code in place.split("/")[:-1][:tier])


def outermost(places: Iterable[str]) -> tuple[str, ...]:
    """*places* without those that lie along another of them, in order."""
    kept: list[str] = []
    for place in sorted(set(places)):
        if not any(place.startswith(root) for root in kept):
            kept.append(place)
    return tuple(kept)


@dataclass(frozen=True, slots=True)
class RegionScope:
    """All the places whose path begins with one of *roots*; no roots: nothing at all."""

    roots: tuple[str, ...]

    def __post_init__(self) -> None:
        for root in self.roots:
            if not PATH.fullmatch(root):
                raise ValueError(f"not a path of codes: {root!r}")
        if len(self.roots) > MOST_ROOTS:
            raise ValueError(f"a scope has at most {MOST_ROOTS} roots")

    @classmethod
    def of(cls, *places: str) -> "RegionScope":
        return cls(tuple(sorted(set(places))))

    @property
    def tier(self) -> Tier:
        """The highest tier stood at; `tiers_at` tells what counts for one row."""
        return min((tier_of(root) for root in self.roots), default=Tier.NOBODY)

    def admits(self, place: str) -> bool:
        return any(place.startswith(root) for root in self.roots)

    def tiers_at(self, place: str) -> frozenset[Tier]:
        """The tiers from which a row at *place* is seen: more than one for a deputy."""
        return frozenset(tier_of(root) for root in self.roots if place.startswith(root))


EVERYWHERE = RegionScope(("",))
NOWHERE = RegionScope(())

# Execution options of the few statements whose rows hang on one that was found in scope, and
# are seen with it; `SEEN_BY` names the class that the rest of the statement hangs on.
SEEN_BY = "seen_by"
SEEN_WITH_ITS_OWNER = {SEEN_BY: None}


class Placed:
    """A row that lies somewhere, and so is seen only from above that place."""

    # Compared byte by byte: in a language's own order "~" comes before the digits.
    place: Mapped[str] = mapped_column(
        String(64).with_variant(String(64, collation="C"), "postgresql"), index=True
    )


class Between:
    """A row between two places, seen from above either: what one league asks of another.

    Written, too, from above either; which side may do what, the operation says.
    """

    from_place: Mapped[str] = mapped_column(
        String(64).with_variant(String(64, collation="C"), "postgresql"), index=True
    )
    to_place: Mapped[str] = mapped_column(
        String(64).with_variant(String(64, collation="C"), "postgresql"), index=True
    )


def look_from(session: Any, scope: RegionScope) -> None:
    """Let *session* see, and change, what lies in *scope*; until then, nothing."""
    session.info["scope"] = scope


def scope_of(session: Any) -> RegionScope:
    scope: RegionScope = session.info.get("scope", NOWHERE)
    return scope


@lru_cache(maxsize=4096)
def _criteria(scope: RegionScope, entity: type[Any] = Placed) -> LoaderCriteriaOption:
    """The scope as a condition on every `Placed` table: a range, which an index serves.

    It is not handed on to lazy loads (they come by here themselves): a relation that is seen
    with its owner would be narrowed by the statement that loaded the owner.

    Only plain values may be closed over: SQLAlchemy makes bound values of them, and keeps one
    statement for all scopes of the same size.  One root is nearly everybody; the others are
    filled up to `MOST_ROOTS` so that there are two statements, not eight.
    """
    roots = outermost(scope.roots)
    if len(roots) == 1:
        a, b = roots[0], roots[0] + "~"
        return with_loader_criteria(
            entity,
            lambda row: and_(row.place >= a, row.place < b),
            include_aliases=True,
            propagate_to_loaders=False,
        )
    # "~" < "~" holds for no row: the range of nobody, and of the slots left over
    r0, r1, r2, r3, r4, r5, r6, r7 = (*roots, *["~"] * (MOST_ROOTS - len(roots)))
    e0, e1, e2, e3, e4, e5, e6, e7 = (
        r if r == "~" else r + "~" for r in (r0, r1, r2, r3, r4, r5, r6, r7)
    )
    return with_loader_criteria(
        entity,
        lambda row: or_(
            and_(row.place >= r0, row.place < e0),
            and_(row.place >= r1, row.place < e1),
            and_(row.place >= r2, row.place < e2),
            and_(row.place >= r3, row.place < e3),
            and_(row.place >= r4, row.place < e4),
            and_(row.place >= r5, row.place < e5),
            and_(row.place >= r6, row.place < e6),
            and_(row.place >= r7, row.place < e7),
        ),
        include_aliases=True,
        propagate_to_loaders=False,
    )


@event.listens_for(Session, "do_orm_execute")
def read_within_scope(query: ORMExecuteState) -> None:
    if query.is_column_load:  # a row already seen is being refreshed
        return
    scope = scope_of(query.session)
    if scope == EVERYWHERE or _loads_with_its_owner(query):
        return
    entity = query.execution_options.get(SEEN_BY, Placed)
    if entity is not None:
        query.statement = query.statement.options(_criteria(scope, entity), *_between(scope))


@lru_cache(maxsize=4096)
def _between(scope: RegionScope) -> tuple[LoaderCriteriaOption, ...]:
    """The scope as a condition on the tables between two places: either end will do."""
    ranges = [(root, root + "~") for root in outermost(scope.roots)]
    return tuple(
        with_loader_criteria(
            kind,
            or_(
                false(),
                *(and_(kind.from_place >= a, kind.from_place < b) for a, b in ranges),
                *(and_(kind.to_place >= a, kind.to_place < b) for a, b in ranges),
            ),
            include_aliases=True,
            propagate_to_loaders=False,
        )
        for kind in Between.__subclasses__()
    )


@contextmanager
def carrying(session: Any, old: str, new: str) -> Iterator[None]:
    """The one way out of a scope when writing: the two places of one enterprise that moves.

    Who carries an agreed move out stands at one of its ends only.  What is done inside sees, and
    writes, what lies at these two places and nothing else; both must be an enterprise's, with
    the same registry number.
    """
    if {tier_of(old), tier_of(new)} != {Tier.ENTERPRISE} or old.split("/")[3] != new.split("/")[3]:
        raise ValueError(f"no move of one enterprise: {old!r} to {new!r}")
    session.flush()
    scope = scope_of(session)
    look_from(session, RegionScope.of(old, new))
    try:
        yield
        session.flush()
    finally:
        look_from(session, scope)


@contextmanager
def looking_everywhere(session: Any) -> Iterator[None]:
    """The one way out of a scope when reading: to tell whether something is there at all.

    Who asks is told that, and no more than the caller decides; nothing is written inside.
    """
    session.flush()
    scope = scope_of(session)
    look_from(session, EVERYWHERE)
    try:
        with session.no_autoflush:
            yield
    finally:
        look_from(session, scope)


def _loads_with_its_owner(query: ORMExecuteState) -> bool:
    """Whether a relation is being loaded that is declared as seen with the row it hangs on."""
    path: Any = query.loader_strategy_path
    if path is None:
        return False
    relations = [one for one in path.path if isinstance(one, RelationshipProperty)]
    return bool(relations) and bool(relations[-1].info.get(SEEN_BY))


@event.listens_for(Session, "before_flush")
def write_within_scope(session: Session, *_: object) -> None:
    """Refuse to write a row outside, to move one in or out, or to tie one to a foreign row."""
    scope = scope_of(session)
    if scope == EVERYWHERE:
        return
    for row in chain(session.new, session.dirty, session.deleted):
        if isinstance(row, Placed):
            _guard(row, _places_of(row), scope)
        if isinstance(row, Between) and not any(map(scope.admits, _ends_of(row))):
            _guard(row, (None,), scope)
        if row not in session.deleted:
            _guard(row, _places_pointed_at(session, row), scope)


def _guard(row: object, places: Iterable[str | None], scope: RegionScope) -> None:
    for place in places:
        if place is None or not scope.admits(place):
            raise Forbidden(_("%(what)s lies outside your area.", what=type(row).__name__))


def _places_of(row: Placed) -> Iterator[str | None]:
    """Where the row lies, and where it lay before the change."""
    history = inspect(row).attrs.place.history
    yield from (*(history.deleted or ()), row.place)


def _ends_of(row: Between) -> Iterator[str]:
    """Both ends as they were before the change, or are from the beginning."""
    for name in ("from_place", "to_place"):
        deleted = inspect(row).attrs[name].history.deleted
        yield from deleted or (getattr(row, name),)


def _places_pointed_at(session: Session, row: object) -> Iterator[str | None]:
    """The places of all placed rows that *row* newly points at; None for one out of sight."""
    state: Any = inspect(row)
    for relation in state.mapper.relationships:
        if not issubclass(relation.mapper.class_, Placed):
            continue
        if relation.direction in (MANYTOONE, MANYTOMANY) and not relation.viewonly:
            history = state.attrs[relation.key].history
            yield from (target.place for target in history.added or () if target is not None)
    for attribute in state.mapper.column_attrs:
        for key in attribute.columns[0].foreign_keys:
            target = _placed_class(state.mapper.registry, key.column.table)
            if target is not None:
                yield from _places_behind(session, target, state.attrs[attribute.key].history)


def _places_behind(session: Session, target: type[Placed], history: Any) -> Iterator[str | None]:
    """The place of the row that a plain foreign key was set to."""
    added = [pk for pk in history.added or () if pk is not None]
    with session.no_autoflush:
        for pk in added:
            found = session.get(target, pk)
            yield None if found is None else found.place


@lru_cache(maxsize=512)
def _placed_class(registry: Any, table: Any) -> type[Placed] | None:
    for mapper in registry.mappers:
        if mapper.local_table is table and issubclass(mapper.class_, Placed):
            placed: type[Placed] = mapper.class_
            return placed
    return None
