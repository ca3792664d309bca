"""What is attached to the quarterly filings, as supervision documents (D3201, D3301) take it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import Select, literal, select, union_all

from app.core.among import among
from app.core.db import db
from app.enterprises.models import Enterprise
from app.enterprises.start_stop import shows_figures
from app.filings.models import Filing, ReportingPeriod
from app.filings.sheets.attachment import Attachment, AttachmentKind
from app.inspection.sources import SOURCES, Linked
from app.review.models import Review
from app.review.workflow import OPEN


@dataclass(frozen=True, slots=True)
class AttachedFiles:
    """The files of one kind of filings that are handed in.

    The annual report of a year comes with its fourth quarter, and is asked for in the year after.
    """

    kind: AttachmentKind
    label: LazyString

    @property
    def _annual(self) -> bool:
        return self.kind is AttachmentKind.ANNUAL_REPORT

    def days_of(self, year: int) -> Mapping[int, date]:
        """The last days in time, days of grace left aside, of the quarters of *year*."""
        if self._annual:  # its day is the catalogue's
            return {}
        query = select(ReportingPeriod.quarter, ReportingPeriod.due_on)
        return dict(db.session.execute(query.where(ReportingPeriod.year == year)).all())

    def held(self, year: int) -> Select[Any]:
        """Which enterprises have handed in files of this kind, for which quarter, and when."""
        quarter = literal(0) if self._annual else Filing.quarter
        what: Any = select(
            Filing.enterprise_id.label("enterprise_id"),
            quarter.label("quarter"),
            Attachment.uploaded_at.label("uploaded_at"),
        )
        imported: Any = select(Filing.enterprise_id, quarter, Review.since).join_from(
            Filing, Review, Review.id == Filing.review_id
        )
        # what was final before this installation came without its files, and lacks none
        imported = self._of(imported, year).where(Filing.imported)
        there = union_all(self._handed_in(what, year), imported).subquery("there")
        return select(there)

    def files(
        self, enterprises: Collection[int], year: int
    ) -> Mapping[tuple[int, int], Sequence[Linked]]:
        """The files themselves; those of a classified enterprise are not seen from its county."""
        what: Any = select(Filing.enterprise_id, Filing.quarter, Attachment)
        query = self._handed_in(what, year).join(Enterprise, Enterprise.id == Filing.enterprise_id)
        query = query.where(among(Filing.enterprise_id, enterprises), shows_figures())
        found: dict[tuple[int, int], list[Linked]] = defaultdict(list)
        for pk, quarter, row in db.session.execute(query.order_by(Attachment.id)):
            found[pk, 0 if self._annual else quarter].append(_linked(row))
        return found

    def place_of(self, enterprise_id: int, year: int, quarter: int) -> str:
        """The quarterly filings of the time; the enterprise finds its own there."""
        period = f"{year - 1}Q4" if self._annual else f"{year}Q{quarter}"
        return url_for("FilingView.list", enterprise_id=enterprise_id, period=period)

    def _handed_in(self, query: Select[Any], year: int) -> Select[Any]:
        query = (
            query.join_from(Filing, Attachment, Attachment.filing_id == Filing.id)
            .join(Review, Review.id == Filing.review_id)
            .where(
                Attachment.kind == self.kind,
                Review.state.not_in(OPEN),
            )
        )
        return self._of(query, year)

    def _of(self, query: Select[Any], year: int) -> Select[Any]:
        """The filings that *year* speaks of."""
        if self._annual:
            return query.where(Filing.year == year - 1, Filing.quarter == 4)
        return query.where(Filing.year == year)


def _linked(row: Attachment) -> Linked:
    where: dict[str, Any] = {"pk": row.filing_id, "attachment": row.id}
    return Linked(
        file_name=row.file_name,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        uploaded_by=row.uploaded_by,
        uploaded_at=row.uploaded_at,
        address=url_for("AttachmentView.file", **where),
        shown_at=url_for("AttachmentView.shown", **where),
    )


def offer_attachments() -> None:
    """Let the catalogue of supervision documents name what is attached to filings."""
    monthly, annual = AttachmentKind.MONTHLY_REPORT, AttachmentKind.ANNUAL_REPORT
    SOURCES["filing.monthly_report"] = AttachedFiles(monthly, _l("Monthly reports of a filing"))
    SOURCES["filing.annual_report"] = AttachedFiles(annual, _l("Annual report of a filing"))
