"""Certificates that run out are told of by the clock: each occasion once, and never the stopped."""

from datetime import date

import pytest

from app.core.period import Quarter
from app.inspection.expiring import EXPIRING, occasion_on
from app.notices.models import NoticeKind
from tests.inspection.handing_in import entered, hand_in
from tests.inspection.test_documents import NOW
from tests.jobs.asking import ask_for, job_of, work
from tests.notices.telling import everybody_told


@pytest.mark.parametrize(
    ("day", "occasion"),
    [
        ("2028-01-29", ""),
        ("2028-01-30", "soon"),
        ("2028-02-29", "soon"),
        ("2028-03-01", "over"),
        ("2028-03-07", "over"),
        ("2028-03-08", ""),
    ],
)
def test_a_month_before_and_when_it_is_over(day, occasion):
    assert occasion_on(date.fromisoformat(day), date(2028, 2, 29)) == occasion


def test_the_clock_tells_of_each_once_and_leaves_the_stopped_alone(world, clock):
    clock(NOW)
    entered(world)
    hand_in(world, "D2202", 2026, content=b"1", expires_on=date(2026, 12, 20))
    hand_in(world, "D2202", 2026, content=b"2", expires_on=date(2026, 11, 27), beside=True)
    hand_in(world, "D2202", 2026, content=b"3", expires_on=date(2027, 6, 1), beside=True)
    for name, who in (("Large", "large_confirmer"), ("Next", "next_confirmer")):
        hand_in(world, "D2202", 2026, who, name, b"4", expires_on=date(2026, 12, 1))
    hand_in(world, "D2202", 2026, "next_confirmer", "Next", b"5", expires_on=date(2028, 1, 1))
    world.stop("Large", Quarter(2026, 4))
    for told in (2, 0):
        number = ask_for(world, "super", EXPIRING.key)
        work(world)
        assert job_of(world, number).result == {"certificates": told}
    assert everybody_told(world) == {NoticeKind.CERTIFICATE_EXPIRES: {"filler", "confirmer"}}
    assert "is valid until 2026-12-20" in world.client("filler").get("/notices/").text
