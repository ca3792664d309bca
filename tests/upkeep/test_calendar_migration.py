"""The day of the first submission is filled in from the ledger, and goes on the way back."""

from datetime import date

from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select

from app.core.db import db
from app.filings.models import Filing
from app.review.workflow import Action

BEFORE = "0016"
REASON = "the invoices of coal do not fit"


def first_days(world):
    with world.seen_from():
        return dict(db.session.execute(select(Filing.id, Filing.first_submitted_on)).all())


def test_first_submissions_come_from_the_ledger(world, clock):
    clock("2026-04-14 23:59")  # in Inner Mongolia; in UTC it is still the afternoon
    returned = world.filled()
    world.act("confirmer", Action.SUBMIT, returned)
    taken_back = world.filled("next_confirmer")
    world.act("next_confirmer", Action.SUBMIT, taken_back)
    clock("2026-04-16 00:10")  # in UTC it is the day before
    world.act("county", Action.RETURN, returned, REASON)
    world.act("next_confirmer", Action.WITHDRAW, taken_back)
    clock("2026-04-17 00:10")
    world.act("confirmer", Action.SUBMIT, returned)
    world.act("next_confirmer", Action.SUBMIT, taken_back)
    draft = world.filled("large_confirmer")
    before = first_days(world)
    assert before == {returned: date(2026, 4, 14), taken_back: date(2026, 4, 17), draft: None}
    with world.app.app_context():
        downgrade(revision=BEFORE)
        columns = {one["name"] for one in inspect(db.engine).get_columns("filing")}
        assert "first_submitted_on" not in columns
        assert not {"special_day", "extension", "closed_year"} & set(
            inspect(db.engine).get_table_names()
        )
        upgrade()
    assert first_days(world) == before
