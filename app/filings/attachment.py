"""A1 企业填报确认上传附件: the files of a filing; their bytes lie in the storage, by hash."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, UtcDateTime, choice
from app.core.enums import Labelled
from app.regions.scope import Placed

LARGEST = 20 << 20  # bytes
TYPES = {  # by what the bytes say, not by what the name says
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
}


class AttachmentKind(Labelled):
    MONTHLY_REPORT = "monthly_report", _l("Monthly production report")
    ANNUAL_REPORT = "annual_report", _l("Annual production report")
    STAMPED_SUMMARY = "stamped_summary", _l("Stamped summary")
    COEFFICIENT_REPORT = "coefficient_report", _l("Test report of a coefficient")
    OTHER = "other", _l("Other")


class Attachment(Placed, Model):
    """One file; it stands outside the data hash, because the stamped summary carries it."""

    __tablename__ = "filing_attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"), index=True)
    kind: Mapped[AttachmentKind] = mapped_column(choice(AttachmentKind))
    months_covered: Mapped[str] = mapped_column(String(30), default="")  # "7,8,9"
    file_name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    summary_version: Mapped[int | None]
    summary_hash8: Mapped[str] = mapped_column(String(8), default="")
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    uploaded_by: Mapped[str] = mapped_column(String(128))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def __repr__(self) -> str:
        return self.file_name
