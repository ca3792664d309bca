"""A filing, as the review knows it: what chooses its route, what stands in its way, its sheets."""

from collections.abc import Collection, Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from app.audit.actor import Actor
from app.core.canonical import ALGORITHM, digest
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Problem
from app.enterprises.start_stop import stop_in, stopped_text
from app.filings.alarms.checking import to_do
from app.filings.alarms.freezing import freeze, newest_checkup
from app.filings.attaching import stamp_mismatch
from app.filings.catalogue import hold_still
from app.filings.closing import closed_against_rollback
from app.filings.deadlines import deadline_of, handed_in_late, locked, not_open
from app.filings.figures import overgrown, read_back, written
from app.filings.models import Filing, FilingVersion
from app.filings.operations import is_large, reckon_anew, take_snapshot
from app.filings.printing import hash_of, header_of
from app.filings.queries import (
    book_around,
    current_figures,
    filing_under,
    find_filing,
    has_earlier,
    latest_version,
    sheets_of,
    versions_of,
    working_figures,
)
from app.filings.reading import FilingReading
from app.review.models import Review
from app.review.subjects import Seen
from app.review.workflow import TAKES_BACK, Action, ReturnScope, Step

# what is taken back is no decision, and a change of the route is nobody's
FROZEN_AT = frozenset(set(Action) - {*TAKES_BACK, Action.REROUTE, Action.IMPORT})


class FilingSubject:
    def is_large(self, review: Review) -> bool:
        return is_large(filing_under(review))

    def obstacles(self, review: Review, step: Step, reason: str) -> Sequence[Problem]:
        filing = filing_under(review)
        if step.action is Action.SUBMIT:
            return self._before_submission(filing)
        if step.action is Action.WITHDRAW:
            return locked(deadline_of(filing))
        if step.action is Action.ROLLBACK:
            return closed_against_rollback(filing.year, reason)
        if step.action is Action.APPROVE and step.end.is_final:
            return _earlier_not_final(filing)
        if step.action is Action.CLOSE and stop_in(filing.enterprise_id, filing.period) is None:
            return [Problem("F0", _("Only what a stopped enterprise has filed is closed."))]
        return ()

    def _before_submission(self, filing: Filing) -> Sequence[Problem]:
        problems = [*not_open(filing, deadline_of(filing)), *_earlier_not_submitted(filing)]
        if stop := stop_in(filing.enterprise_id, filing.period):
            problems.append(Problem("F0", stopped_text(stop)))
        hold_still()
        around = book_around(filing)
        figures = current_figures(filing, around)
        problems += stamp_mismatch(filing, hash_of(filing, figures))
        return [*problems, *to_do(filing, figures, around), *overgrown(figures)]

    def last_editor(self, review: Review) -> int | None:
        return filing_under(review).last_edited_by_id

    def seen(self, review: Review) -> Seen | None:
        version = latest_version(filing := filing_under(review))
        if version is None:
            return None
        checkup = newest_checkup(filing)
        return Seen(version.number, version.hash, checkup.hash if checkup else "")

    def unchanged(self, review: Review) -> Collection[str]:
        filing = filing_under(review)
        texts = [read_back(one.content) for one in versions_of(filing)[:2]]
        if len(texts) < 2:
            return ()
        now_filed, before = texts
        return [key for key in sheets_of(filing) if now_filed.get(key) == before.get(key)]

    def moved(self, review: Review, step: Step, actor: Actor) -> None:
        filing = filing_under(review)
        if step.action is Action.SUBMIT:
            take_snapshot(filing)
            if review.figures_open:  # else the version stands that was submitted before
                reckon_anew(filing)
                _make_version(filing, actor)
            filing.first_submitted_on = filing.first_submitted_on or today()
        if step.action in FROZEN_AT and (version := latest_version(filing)) is not None:
            freeze(filing, step.action, read_back(version.content), actor=actor)
        if step.action is Action.WITHDRAW:
            filing.first_submitted_on = None  # who takes it back has not handed it in
        if step.action in (Action.RETURN, Action.WITHDRAW, Action.RECALL):
            filing.version_no += _round(review, step)
        elif step.action is Action.REROUTE:
            filing.county_review_enabled = False

    def sheets(self, review: Review) -> Mapping[str, str]:
        asked = sheets_of(filing_under(review))
        return {key: str(kind.sheet.title) for key, kind in asked.items()} | {
            "A1": _("Attachments")
        }

    def read(self, review: Review) -> FilingReading:
        return FilingReading(review)

    def late(self) -> ColumnElement[bool]:
        query = select(Filing.id).where(Filing.review_id == Review.id, handed_in_late())
        return query.correlate(Review).exists()


def _round(review: Review, step: Step) -> int:
    """By how much the version rises: figures that are opened, or locked again untouched."""
    if step.action is not Action.WITHDRAW and review.return_scope is ReturnScope.ATTACHMENTS:
        return 0
    return -1 if step.action is Action.RECALL else 1


def _make_version(filing: Filing, actor: Actor) -> FilingVersion:
    """Freeze what is submitted: canonical text and hash, which no one changes any more."""
    content = written(working_figures(filing), header_of(filing))
    version = FilingVersion(
        filing_id=filing.id,
        place=filing.place,
        number=filing.version_no,
        content=content,
        algorithm=ALGORITHM,
        hash=digest(content),
        submitted_at=now(),
        submitted_by_id=actor.id,
        submitted_by=actor.name[:128],
    )
    db.session.add(version)
    filing.data_hash = version.hash
    db.session.flush()
    return version


def _earlier_not_submitted(filing: Filing) -> Sequence[Problem]:
    """F-06: the quarter before must have been submitted, unless this is the first filing."""
    earlier = find_filing(filing.enterprise_id, filing.period.previous)
    if earlier is None and not has_earlier(filing):
        return ()
    if earlier is not None and not earlier.review.state.is_open:
        return ()
    text = _(
        "The previous quarter (%(period)s) has not been submitted.", period=filing.period.previous
    )
    return [Problem("F0", text)]


def _earlier_not_final(filing: Filing) -> Sequence[Problem]:
    """Question 7: final only after the quarter before it, unless the region waived that."""
    earlier = find_filing(filing.enterprise_id, filing.period.previous)
    if filing.earlier_waived or earlier is None or earlier.review.state.is_final:
        return ()
    text = _("The previous quarter (%(period)s) is not final yet.", period=filing.period.previous)
    return [Problem("F0", text)]
