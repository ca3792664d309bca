"""Reading filings and their figures."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.actor import Actor
from app.checks.book import Book
from app.core.db import db
from app.core.errors import NotFound
from app.core.period import Quarter
from app.enterprises.start_stop import sees_figures, stop_in
from app.filings.books import catalogues
from app.filings.course import course_of
from app.filings.figures import Figures, read_back, worked_out
from app.filings.models import Filing, FilingVersion, ReportingPeriod
from app.filings.sheet import SheetRow
from app.filings.sheets import SHEETS
from app.filings.sheets.attachment import Attachment
from app.regions.scope import Tier
from app.review.models import Review
from app.review.workflow import State

COMPARED = ("S2", "S6")  # the sheets that show the same quarter of last year


def filing_under(review: Review) -> Filing:
    return db.session.scalars(select(Filing).where(Filing.review_id == review.id)).one()


def find_filing(enterprise_id: int, period: Quarter) -> Filing | None:
    query = select(Filing).where(
        Filing.enterprise_id == enterprise_id,
        Filing.year == period.year,
        Filing.quarter == period.quarter,
    )
    return db.session.scalars(query).one_or_none()


def has_earlier(filing: Filing) -> bool:
    """Whether the enterprise filed any quarter before this one."""
    query = select(Filing.id).where(
        Filing.enterprise_id == filing.enterprise_id,
        Filing.year * 4 + Filing.quarter < filing.year * 4 + filing.quarter,
    )
    return db.session.scalar(query.limit(1)) is not None


def working_figures(filing: Filing, sheets: Iterable[str] = SHEETS) -> Figures:
    """The rows as they are being filled in, derived columns included as they were kept last."""
    return {
        sheet: {
            row.key: row.values()
            for row in db.session.scalars(
                select(SHEETS[sheet]).where(SHEETS[sheet].filing_id == filing.id)
            )
        }
        for sheet in sheets
    }


def current_figures(filing: Filing, around: Book) -> Figures:
    """The working figures; while they can be changed, reckoned with all that is known now.

    Targets, coefficients and earlier quarters move while a filing is open.
    """
    figures = working_figures(filing)
    return worked_out(figures, around) if filing.review.figures_open else figures


def attachments_of(filing: Filing) -> list[Attachment]:
    """The files of a filing, as they were attached."""
    query = select(Attachment).where(Attachment.filing_id == filing.id).order_by(Attachment.id)
    return list(db.session.scalars(query))


def versions_of(filing: Filing) -> list[FilingVersion]:
    """The submitted versions, newest first."""
    query = select(FilingVersion).where(FilingVersion.filing_id == filing.id)
    return list(db.session.scalars(query.order_by(FilingVersion.number.desc())))


def latest_version(filing: Filing) -> FilingVersion | None:
    query = select(FilingVersion).where(FilingVersion.filing_id == filing.id)
    return db.session.scalars(query.order_by(FilingVersion.number.desc()).limit(1)).first()


def fills_in(filing: Filing, actor: Actor) -> bool:
    return Tier.ENTERPRISE in actor.tiers_at(filing.place)


def can_be_changed(filing: Filing) -> bool:
    """Whether its figures can be: nobody decides on it, and the enterprise is not stopped."""
    if not filing.review.figures_open:
        return False
    return stop_in(filing.enterprise_id, filing.period) is None


def figures_for(filing: Filing, actor: Actor, around: Book | None = None) -> Figures | None:
    """The figures that *actor* may see: the enterprise its work, all others what was submitted.

    Who has laid out the book *around* the filing already hands it in.

    None while it is a draft: then nobody else sees figures; nor do those below the league
    those of a classified enterprise.
    """
    if fills_in(filing, actor):
        return current_figures(filing, around or book_around(filing))
    if not sees_figures(filing.enterprise):
        return None
    version = None if filing.review.state is State.DRAFT else latest_version(filing)
    return read_back(version.content) if version else None


def book_around(filing: Filing) -> Book:
    """All that reckoning needs besides the filing's own figures: as in force in its quarter."""
    before = find_filing(filing.enterprise_id, filing.period.a_year_before)
    enterprise = filing.enterprise
    return replace(
        catalogues(filing.period),
        year_before=(
            working_figures(before, COMPARED) if before and before.review.state.is_final else {}
        ),
        course=course_of(filing.enterprise_id, filing.period),
        registry={"name": enterprise.name, "credit_code": enterprise.credit_code},
        months=frozenset(f"{filing.year}-{month:02d}" for month in filing.period.months),
    )


def sheets_of(filing: Filing) -> dict[str, type[SheetRow]]:
    """The sheets that are asked for in the quarter of *filing*."""
    left_out = catalogues(filing.period).left_out
    return {key: kind for key, kind in SHEETS.items() if key not in left_out}


def calendar_row(period: Quarter) -> ReportingPeriod | None:
    query = select(ReportingPeriod).where(
        ReportingPeriod.year == period.year, ReportingPeriod.quarter == period.quarter
    )
    return db.session.scalars(query).one_or_none()


def open_period(period: Quarter, on: date) -> ReportingPeriod:
    """The calendar row of a quarter that can be filed on that day, or `NotFound`."""
    row = calendar_row(period)
    if row is None or row.open_on > on:
        raise NotFound(_("%(period)s is not open for filing.", period=period))
    return row
