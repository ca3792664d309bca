"""Whether mail is set up, and the word to the worker that there is something to mail."""

import logging
from datetime import timedelta

from flask import current_app
from sqlalchemy.exc import OperationalError

from app.audit.actor import SYSTEM
from app.core.clock import now
from app.core.errors import Conflict
from app.jobs.ledger import beside
from app.jobs.operations import enqueue
from app.regions.queries import root_path

KEY = "notices.mail"  # of the kind of job
GATHERED = timedelta(minutes=1)  # so long what comes is gathered into one mail
logger = logging.getLogger(__name__)


def mail_is_on() -> bool:
    return bool(current_app.config["MAIL_HOST"])


def call_for_mail() -> None:
    """Enter the job of the next full minute, once for all who are told something until then.

    It is called after the commit, and stands in a unit of its own: who did what is told of
    stands too low to enter a job for everybody.  If it fails, the job of every hour finds what
    was left.
    """
    if not mail_is_on():
        return
    moment = (now() + GATHERED).replace(second=0, microsecond=0)
    try:
        with beside():
            key = f"{KEY}@{moment:%Y-%m-%dT%H:%MZ}"
            enqueue(KEY, {}, actor=SYSTEM, place=root_path(), key=key, run_after=moment)
    except (Conflict, OperationalError):
        logger.exception("the mail job could not be entered; that of the hour does its work")
