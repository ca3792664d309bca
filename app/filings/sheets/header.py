"""F0, the header of a filing: the signatures at the foot of every national form.

Period, level, route and state stand on the filing and on its review.
"""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from app.filings.sheet import Sheet, SheetRow, field
from app.filings.values import Kind, Need


class HeaderRow(SheetRow):
    __tablename__ = "filing_header"

    sheet = Sheet("F0", _l("Header"))

    unit_head: Mapped[str | None] = field(
        _l("Head of the unit"), Kind.TEXT, Need.REQUIRED, length=50
    )
    statistics_head: Mapped[str | None] = field(_l("Head of statistics"), Kind.TEXT, length=50)
    prepared_by: Mapped[str | None] = field(_l("Prepared by"), Kind.TEXT, Need.REQUIRED, length=50)
    prepared_phone: Mapped[str | None] = field(
        _l("Telephone of the preparer"), Kind.TEXT, Need.REQUIRED, length=30
    )
    prepared_on: Mapped[date | None] = field(_l("Date of issue"), Kind.DATE, Need.REQUIRED)
