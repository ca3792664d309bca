"""Announce, change and withdraw; keep the contact; report a problem, answer and close it.

What was shown is handed over as its version, *shown*: who saw an older one is refused.
"""

import re
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.actor import Actor
from app.audit.record import record
from app.core.addresses import is_local
from app.core.canonical import digest
from app.core.clock import now
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, Problem
from app.support.models import (
    Announcement,
    AnnouncementLevel,
    PlatformContact,
    ProblemReport,
    ReportState,
)
from app.support.queries import find_report, open_reports_of, platform_contact

MOST_OPEN = 20  # reports of one person that wait for an answer
PHONE = re.compile(r"\+?[0-9][0-9 ()-]{2,28}", re.ASCII)
MAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class AnnouncementDetails:
    """All that is entered of an announcement; the text is plain, lines as they were typed."""

    title: str
    body: str
    level: AnnouncementLevel
    published_on: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """All that is entered of the contact; one of telephone and mail must be there."""

    phone: str
    mail: str
    hours: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class ProblemDetails:
    """What somebody reports; *key* is the UUID that came with the form."""

    subject: str
    text: str
    page: str
    key: str


def announce(details: AnnouncementDetails, *, actor: Actor) -> Announcement:
    """Tell everybody, from the first day on."""
    _check_announcement(details)
    announcement = Announcement(**asdict(details), author_name=actor.name[:128])
    db.session.add(announcement)
    place = _place_of(actor)
    record("announcement:enter", announcement, actor=actor, place=place, **asdict(details))
    return announcement


def change_announcement(
    announcement: Announcement, details: AnnouncementDetails, shown: int | None, *, actor: Actor
) -> None:
    """Change what is told; what was withdrawn stays as it was."""
    _must_be_as_shown(announcement, shown)
    _must_stand(announcement)
    _check_announcement(details)
    changes = _changed(announcement, asdict(details))
    place = _place_of(actor)
    record("announcement:change", announcement, actor=actor, place=place, changes=changes)


def withdraw_announcement(announcement: Announcement, shown: int | None, *, actor: Actor) -> None:
    """Let nobody but its editors read it any more."""
    _must_be_as_shown(announcement, shown)
    _must_stand(announcement)
    announcement.withdrawn = True
    record("announcement:withdraw", announcement, actor=actor, place=_place_of(actor))


def change_contact(details: ContactDetails, shown: int | None, *, actor: Actor) -> PlatformContact:
    """Enter or change whom to call; *shown* is None if nothing was there."""
    contact = platform_contact()
    if contact is not None or shown is not None:
        _must_be_as_shown(contact, shown)
    _check_contact(details)
    if contact is None:
        contact = PlatformContact(id=1, phone="", mail="", hours="", notes="")
        db.session.add(contact)
    changes = _changed(contact, asdict(details))
    place = _place_of(actor)
    record("support:change_contact", contact, actor=actor, place=place, changes=changes)
    return contact


def report_problem(details: ProblemDetails, *, actor: Actor) -> tuple[ProblemReport, bool]:
    """Report a problem from one's own place; tells also whether it is new.

    The same form sent again gives the report that it has made before.  The journal, which is
    read by more people, gets the hash of the text.
    """
    place = _own_place(actor)
    key = _key(details.key)
    known = find_report(key, actor=actor)
    if known is not None:
        return known, False
    _check_problem(details)
    if open_reports_of(actor) >= MOST_OPEN:
        raise Invalid(
            _("%(n)s of your reports are still open; wait until they are answered.", n=MOST_OPEN)
        )
    report = ProblemReport(
        place=place,
        key=key,
        subject=details.subject,
        text=details.text,
        page=details.page,
        reporter_id=actor.id,
        reporter_name=actor.name[:128],
    )
    db.session.add(report)
    told = digest(f"{details.subject}\n{details.text}")
    record("support:report", report, actor=actor, place=place, page=details.page, text=told)
    return report, True


def answer_report(report: ProblemReport, answer: str, shown: int | None, *, actor: Actor) -> None:
    """Answer a report, or put one's answer right, until it is closed."""
    _must_be_as_shown(report, shown)
    _must_not_be_closed(report)
    _check_text("answer", answer, 2000)
    before, report.state = report.state, ReportState.ANSWERED
    report.answer, report.answered_by, report.answered_at = answer, actor.name[:128], now()
    record(
        "support:answer",
        report,
        actor=actor,
        place=report.place,
        start=before,
        end=report.state,
        text=digest(answer),
    )


def close_report(report: ProblemReport, shown: int | None, *, actor: Actor) -> None:
    """Put a report aside, answered or not: what was sent twice needs no second answer."""
    _must_be_as_shown(report, shown)
    _must_not_be_closed(report)
    before, report.state = report.state, ReportState.CLOSED
    record("support:close", report, actor=actor, place=report.place, start=before, end=report.state)


def is_local_path(text: str) -> bool:
    """Whether *text* is a page of ours, short enough to be kept."""
    return len(text) <= 300 and is_local(text)


def _place_of(actor: Actor) -> str:
    """Where what concerns everybody is entered in the journal: the highest place stood at."""
    return min(actor.scope.roots, key=len, default="")


def _own_place(actor: Actor) -> str:
    """The own place of *actor*, not that of an absent colleague.

    The row stays locked: what one person sends in two windows comes one after the other.
    `FOR NO KEY UPDATE` on PostgreSQL, so that the journal may point at it meanwhile.
    """
    locked = select(User.place).where(User.id == actor.id).with_for_update(key_share=True)
    place = db.session.scalar(locked)
    if place is None:
        raise Forbidden(_("You have not been given a place yet; ask who looks after the accounts."))
    return str(place)


def _key(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        message = _("The request is not complete; go back, reload the page and try again.")
        raise Invalid(message) from None


def _changed(row: object, wanted: dict[str, object]) -> dict[str, list[object]]:
    """Write *wanted* to *row*; returns old and new value of what is different."""
    changes = {
        name: [getattr(row, name), value]
        for name, value in wanted.items()
        if getattr(row, name) != value
    }
    for name, value in wanted.items():
        setattr(row, name, value)
    return changes


def _must_be_as_shown(
    row: Announcement | PlatformContact | ProblemReport | None, shown: int | None
) -> None:
    if row is None or row.version != shown:
        raise Conflict(_("Someone else has just changed this; reload and look again."))


def _must_stand(announcement: Announcement) -> None:
    if announcement.withdrawn:
        raise Conflict(_("This announcement has been withdrawn; enter a new one."))


def _must_not_be_closed(report: ProblemReport) -> None:
    if report.state is ReportState.CLOSED:
        raise Conflict(_("This report is closed."))


def _check_announcement(details: AnnouncementDetails) -> None:
    _check_text("title", details.title, 120)
    _check_text("body", details.body, 4000)
    if details.until is not None and details.until < details.published_on:
        _refuse("until", _("The last day lies before the first."))


def _check_contact(details: ContactDetails) -> None:
    if not details.phone and not details.mail:
        _refuse("phone", _("Give a telephone number or an e-mail address."))
    if details.phone and not PHONE.fullmatch(details.phone):
        _refuse("phone", _("A telephone number has digits, spaces, dashes and brackets only."))
    if details.mail and not (len(details.mail) <= 120 and MAIL.fullmatch(details.mail)):
        _refuse("mail", _("This is no e-mail address."))
    for name, value, most in (("hours", details.hours, 200), ("notes", details.notes, 1000)):
        if value:
            _check_text(name, value, most)


def _check_problem(details: ProblemDetails) -> None:
    _check_text("subject", details.subject, 120)
    _check_text("text", details.text, 2000)
    if details.page and not is_local_path(details.page):
        _refuse("page", _("Give the address of a page of this platform, or nothing."))


def _check_text(name: str, value: str, most: int) -> None:
    if not value.strip():
        _refuse(name, _("This must be filled in."))
    if len(value) > most:
        _refuse(name, _("At most %(n)s characters.", n=most))
    if "\0" in value:
        _refuse(name, _("There is something in it that cannot be stored."))


def _refuse(where: str, text: str) -> None:
    raise Invalid(text, [Problem(where, text)])
