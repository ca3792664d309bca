"""A1 企业填报确认上传附件: the files of a filing; their bytes lie in the storage, by hash."""

from datetime import datetime
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.checks.book import Line
from app.core.db import UtcDateTime
from app.core.enums import Labelled
from app.filings.sheet import Sheet, SheetRow, field
from app.filings.values import Kind, Need


class AttachmentKind(Labelled):
    MONTHLY_REPORT = "monthly_report", _l("Monthly production report")
    ANNUAL_REPORT = "annual_report", _l("Annual production report")
    STAMPED_SUMMARY = "stamped_summary", _l("Stamped summary")
    COEFFICIENT_REPORT = "coefficient_report", _l("Test report of a coefficient")
    OTHER = "other", _l("Other")


def _covers_months(line: Line) -> bool:
    return line.values.get("kind") is AttachmentKind.MONTHLY_REPORT


def _is_stamped(line: Line) -> bool:
    return line.values.get("kind") is AttachmentKind.STAMPED_SUMMARY


class Attachment(SheetRow):
    """One file; `key` counts the files of a filing.

    The sheet stands outside the data hash, because the stamped summary carries that hash.
    """

    __tablename__ = "filing_attachment"

    sheet = Sheet("A1", _l("Attachments"))

    # fmt: off
    kind: Mapped[AttachmentKind] = field(_l("Kind of attachment"), Kind.CHOICE, Need.REQUIRED, choices=AttachmentKind)
    months_covered: Mapped[str | None] = field(_l("Months covered"), Kind.TEXT, length=30, needed_when=_covers_months)
    summary_version: Mapped[Decimal | None] = field(_l("Version on the stamped summary"), Kind.INT, needed_when=_is_stamped)
    summary_hash8: Mapped[str | None] = field(_l("Check code on the stamped summary"), Kind.TEXT, length=8, needed_when=_is_stamped)
    # fmt: on
    file_name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    uploaded_by: Mapped[str] = mapped_column(String(128))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def __repr__(self) -> str:
        return self.file_name
