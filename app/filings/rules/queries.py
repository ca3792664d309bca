"""Which rules are in force in a quarter, read into their trees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import func, select

from app.checks.rules import Rule, RuleText, read_rule
from app.core.db import db
from app.core.period import Quarter
from app.filings.alarms.schema import SCHEMA
from app.filings.books import catalogue_token
from app.filings.rules.models import RuleVersion, Standing


@dataclass(frozen=True, slots=True)
class _Kept:
    """What this process has read, as it was when the stamp was *token*."""

    token: str | None
    versions: Sequence[RuleVersion] = ()


class _Shelf:
    kept = _Kept(None)


def versions_in_force(period: Quarter) -> list[RuleVersion]:
    """The version of each code that is in force in *period*, switched off ones too, by code.

    The objects belong to no session: they are read only.
    """
    newest: dict[str, RuleVersion] = {}
    for one in _newest().versions:
        if one.since <= period:
            newest[one.code] = one
    return [newest[code] for code in sorted(newest)]


def rules_in_force(period: Quarter) -> list[Rule]:
    """What a filing of *period* is checked with."""
    return [_read(one.text) for one in versions_in_force(period) if one.enabled]


def wordings(period: Quarter) -> Mapping[str, RuleVersion]:
    """The versions in force by code: messages, source, plain words."""
    return {one.code: one for one in versions_in_force(period)}


def active_wordings() -> Mapping[tuple[str, int], RuleVersion]:
    """All versions that were ever activated, by code and number, as filings remember them."""
    return {(one.code, one.number): one for one in _newest().versions}


@lru_cache(maxsize=1024)
def _read(text: RuleText) -> Rule:
    """By the text: a change of a catalogue or of one rule leaves the others as they were."""
    return read_rule(text, SCHEMA)


def _newest() -> _Kept:
    """The active versions as they are now, those that begin first, first."""
    token = catalogue_token()
    if token is None or token != _Shelf.kept.token:
        begins = RuleVersion.from_year * 4 + RuleVersion.from_quarter
        query = (
            select(RuleVersion)
            .where(RuleVersion.standing == Standing.ACTIVE)
            .order_by(RuleVersion.code, begins, RuleVersion.number)
        )
        versions = list(db.session.scalars(query))
        for one in versions:
            db.session.expunge(one)
        _Shelf.kept = _Kept(token, versions)
    return _Shelf.kept


def version_of(code: str, number: int) -> RuleVersion | None:
    """One wording, as a filing remembers it."""
    query = select(RuleVersion).where(RuleVersion.code == code, RuleVersion.number == number)
    return db.session.scalars(query).one_or_none()


def next_number(code: str) -> int:
    query = select(func.max(RuleVersion.number)).where(RuleVersion.code == code)
    return (db.session.scalar(query) or 0) + 1
