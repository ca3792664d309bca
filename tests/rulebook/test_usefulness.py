"""What became of the alarms: confirmed, explained, ignored, or still under way."""

from io import BytesIO

from openpyxl import load_workbook

from app.checks.rules import Addressee, Severity
from app.core.clock import now
from app.core.db import db
from app.core.unit import unit_of_work
from app.filings.alarms.models import Answer, Checkup, Explanation, FrozenAlarm, Reason
from app.review.workflow import Action
from app.rulebook.usefulness import by_rule, uses
from tests.rulebook.ruling import enter
from tests.world import QUARTER

HOLDS = "S2[c].opening_stock >= 0"  # so that only what is entered here is counted


def checked(world, filing_name, number, *keys, code="X-01"):
    """A checkup in which *code* was raised in the rows *keys*."""
    with world.seen_from(), unit_of_work():
        filing = world.filing(filing_name)
        checkup = Checkup(
            filing_id=filing.id,
            number=number + 100,  # after those that the review itself has frozen
            version_no=1,
            action=Action.SUBMIT,
            at=now(),
            by="somebody",
            errors=0,
            warnings=len(keys),
            unexplained=0,
            not_run=0,
            content="{}",
            algorithm="sha256",
            hash="0" * 64,
            place=filing.place,
        )
        db.session.add(checkup)
        db.session.flush()
        db.session.add_all(
            FrozenAlarm(
                checkup_id=checkup.id,
                filing_id=filing.id,
                place=filing.place,
                code=code,
                rule_version=1,
                severity=Severity.WARNING,
                addressee=Addressee.ENTERPRISE,
                key=key,
                column="",
                label="",
                explained=False,
                fingerprint=key * 32,
            )
            for key in keys
        )


def explained(world, filing_name, key, answer, code="X-01"):
    with world.seen_from(), unit_of_work():
        filing = world.filing(filing_name)
        db.session.add(
            Explanation(
                filing_id=filing.id,
                place=filing.place,
                code=code,
                key=key,
                column="",
                label="",
                fingerprint=key * 32,
                reason=Reason.OTHER,
                text="The stock was measured anew.",
                given_by="somebody",
                given_at=now(),
                answer=answer,
            )
        )


def found(world, place=None, code="X-01"):
    with world.seen_from(place):
        return uses(code=code)


def test_each_alarm_is_counted_once_by_what_became_of_it(world):
    enter(world, expression=HOLDS)
    filing = world.filled("confirmer")
    world.act("confirmer", Action.SUBMIT, filing)
    checked(world, "Here", 1, "04", "09", "21", "33")
    checked(world, "Here", 2, "09", "21", "33")  # 04 was corrected
    explained(world, "Here", "09", Answer.ACCEPTED)
    explained(world, "Here", "21", Answer.ASKED_AGAIN)
    [one] = found(world)
    assert (one.period, one.raised, one.confirmed, one.explained, one.ignored) == (
        QUARTER,
        4,
        1,
        1,
        0,
    )
    assert one.under_way == 2
    world.act("county", Action.APPROVE, filing)
    world.act("league", Action.APPROVE, filing)
    checked(world, "Here", 30, "09", "21", "33")
    [one] = found(world)
    assert one.ignored == 2  # final, and nobody answered
    assert one.share(one.confirmed) == 25
    [total] = by_rule(found(world))
    assert total.raised == 4


def test_one_sees_the_alarms_of_ones_own_area(world):
    enter(world, expression=HOLDS)
    for name, confirmer in (("Next", "next_confirmer"), ("There", "other_confirmer")):
        world.act(confirmer, Action.SUBMIT, world.filled(confirmer))
        checked(world, name, 1, "04")
    assert [one.raised for one in found(world)] == [2]
    assert [one.raised for one in found(world, "150000/150200/")] == [1]
    assert [one.raised for one in found(world, "150000/150300/")] == [1]


def test_the_table_and_its_workbook(world):
    number = enter(world, expression=HOLDS, message_en="=1+1")
    world.act("next_confirmer", Action.SUBMIT, world.filled("next_confirmer"))
    checked(world, "Next", 1, "04")
    client = world.client("region")
    page = client.get("/rule-usefulness/?period=2026Q1")
    assert f'<a href="/rulebook/{number}">X-01</a>' in page.text
    assert "X-01" not in client.get("/rule-usefulness/?period=2025Q1").text
    assert "2026Q1" in client.get(f"/rulebook/{number}").text
    answer = client.get("/rule-usefulness/usefulness.xlsx?period=all")
    rows = list(load_workbook(BytesIO(answer.data)).active.iter_rows())
    [line] = [row for row in rows if row[0].value == "X-01"]
    assert [cell.value for cell in line[1:5]] == ["2026Q1", "=1+1", 1, 0]
    assert line[2].data_type == "s"
    assert world.client("staff").get("/rule-usefulness/usefulness.xlsx").status_code == 403
