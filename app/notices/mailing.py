"""The job that mails what is not mailed yet: one mail a person, by SMTP.

**At most once.**  Notices are claimed in a unit of work of their own before their mail is sent.
A worker that is lost between claim and answer leaves them claimed, and nobody sends them again: a
mail only points to a notice that waits on the platform anyway, so one that is missing costs less
than the same mail every minute from a worker that keeps dying.  What the server says that it
did not take is let go, and tried again by the ledger of jobs.
"""

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage

from flask import current_app
from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select, update

from app.core.clock import now
from app.core.db import db
from app.core.unit import unit_of_work
from app.jobs.kinds import Kind
from app.jobs.ledger import changed
from app.jobs.schedule import Schedule
from app.jobs.work import Run
from app.notices.calling import KEY, mail_is_on
from app.notices.letters import NOBODY, can_be_mailed, letter_to, one_line
from app.notices.models import Notice

WITHIN = timedelta(days=2)  # what is older is no news, and is not mailed when mail comes back
PATIENCE = 20  # seconds for an answer of the server
MOST = 200  # notices in one mail


class NotTaken(Exception):
    """The server did not take every mail this time; the job is tried again."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that is claimed: the notices it tells of, and to whom."""

    to_id: int
    notices: tuple[int, ...]
    message: EmailMessage | None  # None: the address is none


@dataclass(slots=True)
class Outcome:
    """What became of one run; *put_off* are people whose mail is tried later."""

    mails: int
    notices: int
    refused: int
    put_off: set[int]


def mail_notices(run: Run) -> Mapping[str, object]:
    """Send everybody one mail with what is new, unread and not mailed yet."""
    done = Outcome(0, 0, 0, set())
    if mail_is_on() and _anybody():
        with connected() as server:
            while True:
                run.report(done=done.mails)
                if server.noop()[0] != 250:
                    raise NotTaken("the server is gone")
                letter = claim(run, done.put_off)
                if letter is None:
                    break
                deliver(server, letter, done)
    if done.put_off:
        raise NotTaken(f"{len(done.put_off)} people")
    return {"mails": done.mails, "notices": done.notices, "refused": done.refused}


def waiting() -> Select[Notice]:
    """What is to be mailed: to active people with an address who want it, new and unread."""
    wants = func.coalesce(User.preferences["mail"].as_string(), "") != "off"
    return (
        select(Notice)
        .join(User, User.id == Notice.to_id)
        .where(Notice.mail_claimed_at.is_(None), Notice.created_at > now() - WITHIN)
        .where(Notice.read_at.is_(None), User.active, wants, ~User.email.endswith(NOBODY))
    )


def _anybody() -> bool:
    return db.session.scalar(waiting().with_only_columns(Notice.id).limit(1)) is not None


def claim(run: Run, put_off: set[int]) -> Letter | None:
    """Make the mail of whoever waits longest ours, and nobody else's; None: nobody waits."""
    with run.unit():
        rest = waiting().where(Notice.to_id.not_in(put_off))
        first = rest.with_only_columns(Notice.to_id).order_by(Notice.id).limit(1)
        person = db.session.get(User, db.session.scalar(first) or 0)
        if person is None:
            return None
        # who came at the same moment waits here, and then finds them claimed
        query = rest.where(Notice.to_id == person.id).order_by(Notice.id).limit(MOST)
        rows = db.session.scalars(query.with_for_update(of=Notice)).all()
        for row in rows:
            row.mail_claimed_at = now()
        message = letter_to(person, rows) if rows and can_be_mailed(person.email) else None
        return Letter(person.id, tuple(row.id for row in rows), message)


def deliver(server: smtplib.SMTP, letter: Letter, done: Outcome) -> None:
    """Send a claimed mail, and write down what the server said.

    Refused for good is an end as well; refused for now lets the claim go.  If the connection
    breaks off nobody knows whether it was taken: the claim stands.
    """
    if not letter.notices:
        return
    if letter.message is None:
        _note(letter, mail_error="no address")
        done.refused += 1
        return
    try:
        server.send_message(letter.message)
    except smtplib.SMTPSenderRefused as error:  # the configuration is wrong, no mail of ours is
        _note(letter, mail_error=_said(error.smtp_code, error.smtp_error), mail_claimed_at=None)
        raise
    except smtplib.SMTPRecipientsRefused as error:
        [(code, text)] = error.recipients.values()
        _refused(letter, code, text, done)
    except smtplib.SMTPResponseException as error:
        _refused(letter, error.smtp_code, error.smtp_error, done)
    else:
        _note(letter, mailed_at=now(), mail_error=None)
        done.mails += 1
        done.notices += len(letter.notices)


def _refused(letter: Letter, code: int, text: bytes | str, done: Outcome) -> None:
    said = _said(code, text)
    if code >= 500:
        _note(letter, mail_error=said)
        done.refused += 1
    else:
        _note(letter, mail_error=said, mail_claimed_at=None)
        done.put_off.add(letter.to_id)


def _said(code: int, text: bytes | str) -> str:
    said = text.decode(errors="replace") if isinstance(text, bytes) else text
    return one_line(f"{code} {said}")[:300]


def _note(letter: Letter, **values: object) -> None:
    """It is so, whoever holds the job by now."""
    with unit_of_work():
        changed(update(Notice).where(Notice.id.in_(letter.notices)).values(**values))


@contextmanager
def connected() -> Iterator[smtplib.SMTP]:
    """The server of the configuration, greeted and logged in to; what goes wrong is tried again."""
    config = current_app.config
    host, port, how = config["MAIL_HOST"], config["MAIL_PORT"], config["MAIL_TLS"]
    if how == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, timeout=PATIENCE, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, port, timeout=PATIENCE)
    with server:
        if how == "starttls":
            server.starttls(context=ssl.create_default_context())
        if config["MAIL_USER"]:
            server.login(config["MAIL_USER"], config["MAIL_PASSWORD"])
        yield server


MAIL = Kind(
    KEY,
    _l("Mail notices"),
    mail_notices,
    schedule=Schedule.of("17 * * * *"),  # what was left when a server was down for long
    one_unit=False,  # a mail cannot be undone
    labels={
        "mails": _l("Mails sent"),
        "notices": _l("Notices in them"),
        "refused": _l("Mails refused"),
    },
)
