"""Each entry carries the hash of the one before it: pure functions, for writing and verifying."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.core.canonical import canonical, digest

GENESIS = "0" * 64
REGION_CHAIN = "region"
LINKED = (
    "chain number at tag place subject_kind subject_id subject actor_id actor_name facts".split()
)


def chain_of(place: str) -> str:
    """One chain per league, and one for the region and what lies above it."""
    codes = [code for code in place.split("/") if code]
    return "".join(f"{code}/" for code in codes[:2]) if len(codes) > 1 else REGION_CHAIN


def link(entry: Mapping[str, Any], previous: str, algorithm: str) -> str:
    """The hash of *entry*, which binds the one before it."""
    return digest(canonical([previous, *(entry[name] for name in LINKED)]), algorithm)


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain does not hold."""

    chain: str
    number: int
    why: str


def first_break(
    chain: str, entries: Iterable[Mapping[str, Any]], head: tuple[int, str] | None
) -> Break | None:
    """Where *entries*, in order, stop being the chain that *head* (length, hash) ends."""
    number, previous = 0, GENESIS
    for entry in entries:
        number += 1
        if entry["number"] != number:
            return Break(chain, number, f"entry {number} is missing")
        if entry["previous"] != previous:
            return Break(chain, number, "does not follow the entry before it")
        if link(entry, previous, entry["algorithm"]) != entry["hash"]:
            return Break(chain, number, "was changed after it was written")
        previous = entry["hash"]
    if head is None and number == 0:
        return None
    if head != (number, previous):
        return Break(chain, number + 1, "entries are missing at the end")
    return None
