"""The key figures of an enterprise over eight quarters, as they stand with its reviewers."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from app.core.db import db
from app.filings.models import Filing
from app.filings.sheets.profile import ProfileRow
from app.filings.tables import HEADLINE
from app.filings.values import text_of
from app.review.models import Review
from app.review.subjects import Line, Trend
from app.review.workflow import OPEN, State

QUARTERS = 8


def trend_of(filing: Filing) -> Trend:
    """Up to and with the quarter of *filing*; a quarter that nobody reviews is left empty.

    One statement.  Energy in tce; which value it is, calorific or primary, says the title.
    """
    last = filing.period
    periods = [last.shifted(-back) for back in reversed(range(QUARTERS))]
    index = Filing.year * 4 + Filing.quarter - 1
    columns = [getattr(ProfileRow, name) for name in HEADLINE]
    query = (
        select(index, *columns)
        .join(ProfileRow, ProfileRow.filing_id == Filing.id)
        .join(Review, Review.id == Filing.review_id)
        .where(
            Filing.enterprise_id == filing.enterprise_id,
            index.between(periods[0].index, last.index),
            Review.state.not_in([*OPEN, State.CLOSED]),
        )
    )
    rows = {row[0]: row[1:] for row in db.session.execute(query)}
    fields = ProfileRow.fields()
    lines = []
    for at, name in enumerate(HEADLINE):
        values = [rows[one.index][at] if one.index in rows else None for one in periods]
        if any(value is not None for value in values):
            texts = [text_of(value, fields[name].kind) for value in values]
            lines.append(Line(fields[name].heading(), texts, _points(values)))
    return Trend([str(one) for one in periods], lines)


def _points(values: Sequence[Decimal | None]) -> str:
    """The corners of a line in a box of 100 by 24, for a small drawing beside the figures."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, span = min(known), max(known) - min(known)
    step = Decimal(100) / (len(values) - 1)
    return " ".join(
        f"{at * step:.0f},{22 - (value - low) / span * 20 if span else 12:.0f}"
        for at, value in enumerate(values)
        if value is not None
    )
