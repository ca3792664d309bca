"""The filings that rules are asked of, and those of other quarters that they are compared with."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.core.among import among
from app.core.clock import today
from app.core.db import db
from app.core.period import Quarter
from app.filings.deadlines import DAYS, ITS_CALENDAR, Deadline, of_row
from app.filings.figures import Figures, read_back
from app.filings.models import Filing, FilingVersion, ReportingPeriod
from app.review.models import Review
from app.review.workflow import OPEN, State

HEAD = (
    Filing.id,
    Filing.enterprise_id,
    Filing.place,
    Filing.year,
    Filing.quarter,
    Filing.imported,
    Filing.version_no,
    Filing.data_hash,
    Filing.energy_level,
    Filing.enterprise_class,
    Filing.region_code,
    Filing.industry_code,
    Filing.reported_energy,
    Filing.first_submitted_on,
    *DAYS,
)


Text = tuple[Figures, int, datetime]  # of a version: figures, number, when it was handed in


@dataclass(frozen=True, slots=True)
class Asked:
    """A filing by its header; *number* is its place among those that are asked."""

    id: int
    number: int
    head: Any  # a row of HEAD
    version: Figures | None  # what was submitted, where the rows are being edited again
    version_no: int  # of what is looked at
    handed_in_at: datetime | None  # of a version: what came later does not go with it

    @property
    def is_open(self) -> bool:
        return self.head.state in OPEN

    @property
    def deadline(self) -> Deadline | None:
        return of_row(self.head)

    @property
    def submitted_on(self) -> date:
        """Who has not submitted yet does so today; of a returned one the first time counts."""
        first: date | None = self.head.first_submitted_on
        return first or today()

    @property
    def late_after(self) -> date | None:
        """The last day that is in time: after the days of grace, or an extension."""
        return self.deadline.late_after if self.deadline else None


ON_FILING: Mapping[str, Callable[[Asked], Any]] = {  # what of F0 stands on the filing itself
    "status": lambda one: one.head.state,
    "period": lambda one: f"{one.head.year}Q{one.head.quarter}",
    "submitted_at": lambda one: one.submitted_on,
    "due_on": lambda one: one.late_after,
    "energy_level": lambda one: one.head.energy_level,
    "region_code": lambda one: one.head.region_code,
    "industry_code": lambda one: one.head.industry_code,
    "version_no": lambda one: one.version_no,
    "data_hash": lambda one: one.head.data_hash,
}


def _heads() -> Any:
    return select(*HEAD).join(Filing.review).outerjoin(ReportingPeriod, ITS_CALENDAR)


def _within(period: Quarter) -> ColumnElement[bool]:
    return and_(Filing.year == period.year, Filing.quarter == period.quarter)


def submitted(period: Quarter) -> list[Any]:
    """All that were ever submitted for *period* in the place of whoever asks: their headers.

    What came by a workbook from before this installation is not asked.
    """
    ever = or_(Review.state != State.DRAFT, Filing.data_hash != "")
    query = _heads().where(_within(period), ever, ~Filing.imported).order_by(Filing.id)
    return list(db.session.execute(query))


def head_of(filing: Filing) -> Any:
    return db.session.execute(_heads().where(Filing.id == filing.id)).one()


def asked_of(heads: Sequence[Any], *, as_submitted: bool = True) -> list[Asked]:
    """*heads* in their order; *as_submitted*: by their versions where they are open again."""
    texts = _versions(heads) if as_submitted else {}
    return [_asked(number, one, texts) for number, one in enumerate(heads)]


def _asked(number: int, head: Any, texts: Mapping[int, Text]) -> Asked:
    if head.id not in texts:
        return Asked(head.id, number, head, None, head.version_no, None)
    return Asked(head.id, number, head, *texts[head.id])


def earlier(asked: Sequence[Asked], backs: Iterable[int]) -> Mapping[int, list[Asked]]:
    """The filings of the same enterprises so many quarters before, each with the number of its own.

    All of *asked* are of one quarter.
    """
    period = Quarter(asked[0].head.year, asked[0].head.quarter)
    wanted = {period.shifted(-back).index: back for back in backs}
    numbers = {one.head.enterprise_id: one.number for one in asked}
    index = Filing.year * 4 + Filing.quarter - 1
    found: dict[int, list[Asked]] = {back: [] for back in wanted.values()}
    if wanted:
        query = _heads().where(among(Filing.enterprise_id, numbers), index.in_(wanted))
        heads = list(db.session.execute(query.order_by(Filing.id)))
        texts = _versions(heads)
        for head in heads:
            back = wanted[Quarter(head.year, head.quarter).index]
            found[back].append(_asked(numbers[head.enterprise_id], head, texts))
    return found


def _versions(heads: Sequence[Any]) -> dict[int, Text]:
    """The newest text of each filing whose rows are being edited again."""
    ids = [head.id for head in heads if head.state in OPEN and head.data_hash]
    if not ids:
        return {}
    newest = (
        select(FilingVersion.filing_id, func.max(FilingVersion.number).label("number"))
        .where(among(FilingVersion.filing_id, ids))
        .group_by(FilingVersion.filing_id)
        .subquery()
    )
    columns = (FilingVersion.content, FilingVersion.number, FilingVersion.submitted_at)
    query = select(FilingVersion.filing_id, *columns).join(
        newest,
        and_(
            newest.c.filing_id == FilingVersion.filing_id,
            newest.c.number == FilingVersion.number,
        ),
    )
    found = db.session.execute(query)
    return {pk: (read_back(content), number, at) for pk, content, number, at in found}
