"""Entering what a sweep found: past the scope, and therefore in a file of its own."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert

from app.core.db import db
from app.jobs.work import Run
from app.rulebook.models import SweptAlarm, SweptFiling

AT_ONCE = 2000  # rows in one unit of work
Row = dict[str, Any]  # by the columns of a table


def write_down(run: Run, kind: type[SweptFiling | SweptAlarm], rows: Iterable[Row]) -> None:
    """Enter *rows*, many in one statement.

    The scope would look at one object after the other and read for each the filing that it
    points at: two statements a row, of tens of thousands.  What makes them may go past it: the
    filings were found in the scope of whoever asked, and each row lies where its filing lies.
    """
    waiting = iter(rows)
    while part := list(islice(waiting, AT_ONCE)):
        with run.unit():
            db.session.execute(insert(kind), part)
            run.report(line=_("Writing down"))
