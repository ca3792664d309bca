"""A unit of work: all or nothing, and what cannot be undone comes last."""

from datetime import date

import pytest
from sqlalchemy import func, select

from app.core.db import db
from app.core.errors import Conflict, Invalid
from app.core.unit import after_commit, only_reads, unit_of_work
from app.filings.models import ReportingPeriod
from app.filings.queries import calendar_row
from tests.world import QUARTER

DAY = date(2030, 1, 1)


def row(year=2030, quarter=1):
    return ReportingPeriod(year=year, quarter=quarter, open_on=DAY, due_on=DAY)


def rows(world):
    with world.seen_from():
        return db.session.scalar(select(func.count(ReportingPeriod.id)))


def test_what_is_done_is_written_and_only_then_the_rest_follows(world):
    before, told = rows(world), []
    with world.seen_from():
        with unit_of_work():
            db.session.add(row())
            after_commit(lambda: told.append(rows(world)))
            assert told == []
        assert told == [before + 1]
    assert rows(world) == before + 1


def fail_with(error, told):
    with unit_of_work():
        db.session.add(row())
        db.session.flush()
        after_commit(lambda: told.append("mail"))
        raise error


@pytest.mark.parametrize("error", [Invalid, ValueError, KeyboardInterrupt])
def test_an_error_undoes_everything_and_what_was_put_off_never_happens(world, error):
    before, told = rows(world), []
    with world.seen_from():
        with pytest.raises(error, match="stop"):
            fail_with(error("stop"), told)
        assert db.session.scalar(select(func.count(ReportingPeriod.id))) == before
        with unit_of_work():  # the next one is not in its way
            db.session.add(row())
    assert (rows(world), told) == (before + 1, [])


def test_what_is_put_off_is_done_once_and_in_order(world):
    told = []
    with world.seen_from():
        with unit_of_work():
            after_commit(lambda: told.append(1))
            after_commit(lambda: told.append(2))
        with unit_of_work():
            pass
    assert told == [1, 2]


def test_a_row_that_is_there_already_is_a_conflict_in_words(world):
    before = rows(world)
    with world.seen_from(), pytest.raises(Conflict) as refused, unit_of_work():
        db.session.add_all([row(), row(QUARTER.year, QUARTER.quarter)])
    assert refused.value.status == 409
    text = str(refused.value)
    assert text == "There is already such a record, or it is still in use."
    assert not {"INSERT", "UNIQUE", "reporting_period"} & set(text.split())
    assert rows(world) == before


def change_what_has_changed():
    with unit_of_work():
        mine = calendar_row(QUARTER)
        later = ReportingPeriod.__table__.update().values(version=ReportingPeriod.version + 1)
        db.session.execute(later)
        mine.grace_days = 9


def test_a_row_that_somebody_else_has_changed_is_a_conflict(world):
    with world.seen_from():
        with pytest.raises(Conflict, match="Someone else"):
            change_what_has_changed()
        assert calendar_row(QUARTER).grace_days == 0


def one_within_another():
    with unit_of_work():
        db.session.add(row())
        with unit_of_work():
            pass


def test_only_an_entry_point_opens_one(world):
    before = rows(world)
    with world.seen_from():
        with pytest.raises(RuntimeError, match="already open"):
            one_within_another()
        with unit_of_work():
            pass
    assert rows(world) == before


def test_a_unit_sees_what_was_written_since_the_session_last_looked(world):
    with world.seen_from():
        looked = calendar_row(QUARTER)
        assert looked.grace_days == 0
        with world.seen_from(), unit_of_work():
            calendar_row(QUARTER).grace_days = 5
        with unit_of_work():
            assert calendar_row(QUARTER).grace_days == 5


def test_what_only_reads_holds_no_transaction_and_a_unit_after_it_is_all_or_nothing(world):
    before = rows(world)
    with world.seen_from():
        db.session.rollback()
        only_reads()
        assert db.session.scalar(select(func.count(ReportingPeriod.id))) == before
        if db.session.get_bind().dialect.name == "postgresql":
            driver = db.session.connection().connection.driver_connection
            assert driver.info.transaction_status.name == "IDLE"
        told = []
        with pytest.raises(Invalid):
            fail_with(Invalid("no"), told)
        assert told == []
    assert rows(world) == before
