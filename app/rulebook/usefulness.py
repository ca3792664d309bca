"""How a rule does: what became of the alarms that were frozen with decisions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Integer, Select, and_, case, cast, func, select

from app.core.db import db
from app.core.period import Quarter
from app.filings.alarms.models import Answer, Checkup, Explanation, FrozenAlarm
from app.filings.models import Filing
from app.review.models import Review
from app.review.workflow import FINAL

INSTANCE = ("filing_id", "code", "key", "column", "label")  # what makes two alarms the same one


@dataclass(frozen=True, slots=True)
class Use:
    """Alarms of a rule in the filings of one quarter, each counted once however often frozen.

    *confirmed*: gone in a later checkup of the same filing, because it was corrected;
    *explained*: still there, and the reviewer accepted why; *ignored*: still there in a final
    filing, without an answer.  The rest is under way.
    """

    code: str
    period: Quarter | None
    raised: int
    confirmed: int
    explained: int
    ignored: int

    @property
    def under_way(self) -> int:
        return self.raised - self.confirmed - self.explained - self.ignored

    def share(self, part: int) -> int | None:
        """*part* of all that were raised, in percent."""
        return round(part * 100 / self.raised) if self.raised else None


COUNTS = [one.name for one in fields(Use)][2:]


def uses(period: Quarter | None = None, code: str | None = None) -> list[Use]:
    """By rule and quarter, of the filings that whoever asks may see."""
    query = _counted()
    if period is not None:
        query = query.where(Filing.year == period.year, Filing.quarter == period.quarter)
    if code is not None:
        query = query.where(_ALARMS.c.code == code)
    return [
        Use(rule, Quarter(year, quarter), raised, confirmed or 0, explained or 0, ignored or 0)
        for rule, year, quarter, raised, confirmed, explained, ignored in db.session.execute(query)
    ]


def by_rule(found: Iterable[Use]) -> list[Use]:
    """Of several quarters, added up."""
    sums: dict[str, list[int]] = {}
    for one in found:
        kept = sums.setdefault(one.code, [0] * len(COUNTS))
        for at, name in enumerate(COUNTS):
            kept[at] += getattr(one, name)
    return [Use(code, None, *counts) for code, counts in sorted(sums.items())]


def in_all(found: Sequence[Use]) -> Use:
    counts = [sum(getattr(one, name) for one in found) for name in COUNTS]
    return Use("", None, *counts)


_ALARMS = (
    select(
        *(getattr(FrozenAlarm, name) for name in INSTANCE),
        func.max(Checkup.number).label("last"),
    )
    .join(Checkup, Checkup.id == FrozenAlarm.checkup_id)
    .group_by(*(getattr(FrozenAlarm, name) for name in INSTANCE))
    .subquery("alarms")
)
_NEWEST = (
    select(Checkup.filing_id, func.max(Checkup.number).label("number"))
    .group_by(Checkup.filing_id)
    .subquery("newest")
)


def _counted() -> Select[Any]:
    stands = _ALARMS.c.last == _NEWEST.c.number
    accepted = func.coalesce(Explanation.answer == Answer.ACCEPTED, False)
    same = and_(*(getattr(Explanation, name) == _ALARMS.c[name] for name in INSTANCE))

    def number(condition: Any) -> Any:
        return func.sum(cast(case((condition, 1), else_=0), Integer))

    return (
        select(
            _ALARMS.c.code,
            Filing.year,
            Filing.quarter,
            func.count(),
            number(_ALARMS.c.last < _NEWEST.c.number),
            number(and_(stands, accepted)),
            number(and_(stands, ~accepted, Review.state.in_(FINAL))),
        )
        .select_from(_ALARMS)
        .join(Filing, Filing.id == _ALARMS.c.filing_id)
        .join(Review, Review.id == Filing.review_id)
        .join(_NEWEST, _NEWEST.c.filing_id == Filing.id)
        .outerjoin(Explanation, same)
        .group_by(_ALARMS.c.code, Filing.year, Filing.quarter)
        .order_by(_ALARMS.c.code, Filing.year, Filing.quarter)
    )
