"""Recompute all that proves itself: chains, versions, and what decisions say they saw."""

from collections.abc import Callable, Iterator

from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.audit.verify import broken_chains
from app.core.canonical import digest
from app.core.db import db
from app.filings.alarms.models import Checkup
from app.filings.models import Filing, FilingVersion
from app.review.models import Decision
from app.targets.models import TargetVersion


def count_entries() -> int:
    """How many entries of the journal there are to recompute."""
    return db.session.scalar(select(func.count(AuditEntry.id))) or 0


def everything_wrong(tell: Callable[[int], object] = lambda _count: None) -> list[str]:
    """One line for each thing that does not hold; the scope must be all.

    *tell* is told how many more entries have been recomputed.
    """
    chains = [f"chain {b.chain} entry {b.number}: {b.why}" for b in broken_chains(tell)]
    return [
        *chains,
        *_broken_versions(),
        *_broken_checkups(),
        *_broken_targets(),
        *_blind_decisions(),
        *_alarms_of_nobody(),
    ]


def _broken_versions() -> Iterator[str]:
    query = select(FilingVersion).order_by(FilingVersion.id).execution_options(yield_per=500)
    for version in db.session.scalars(query):
        if digest(version.content, version.algorithm) != version.hash:
            yield f"filing {version.filing_id} version {version.number}: content was changed"


def _broken_checkups() -> Iterator[str]:
    query = select(Checkup).order_by(Checkup.id).execution_options(yield_per=500)
    for checkup in db.session.scalars(query):
        if digest(checkup.content, checkup.algorithm) != checkup.hash:
            yield f"filing {checkup.filing_id} {checkup}: content was changed"


def _alarms_of_nobody() -> Iterator[str]:
    """Decisions that name alarms which were never frozen for their filing."""
    query = (
        select(Decision.id, Filing.id)
        .join(Filing, Filing.review_id == Decision.review_id)
        .outerjoin(
            Checkup,
            (Checkup.filing_id == Filing.id) & (Checkup.hash == Decision.seen_alarms),
        )
        .where(Decision.seen_alarms.is_not(None), Checkup.id.is_(None))
    )
    for decision, filing in db.session.execute(query):
        yield f"filing {filing} decision {decision}: saw alarms that are not there"


def _broken_targets() -> Iterator[str]:
    query = select(TargetVersion).order_by(TargetVersion.id).execution_options(yield_per=500)
    for version in db.session.scalars(query):
        if digest(version.content, version.algorithm) != version.hash:
            yield f"target {version.place} {version}: content was changed"


def _blind_decisions() -> Iterator[str]:
    """Decisions whose hash is that of no version of their filing."""
    query = (
        select(Decision.id, Decision.seen_number, Filing.id)
        .join(Filing, Filing.review_id == Decision.review_id)
        .outerjoin(
            FilingVersion,
            (FilingVersion.filing_id == Filing.id)
            & (FilingVersion.number == Decision.seen_number)
            & (FilingVersion.hash == Decision.seen_hash),
        )
        .where(Decision.seen_number.is_not(None), FilingVersion.id.is_(None))
    )
    for decision, number, filing in db.session.execute(query):
        yield f"filing {filing} decision {decision}: saw a version {number} that is not there"
