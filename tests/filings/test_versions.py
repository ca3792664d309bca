"""Versions: frozen at submission, numbered at return and withdrawal, equal when the data is."""

import json
from hashlib import sha256

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from app.core.db import db
from app.core.errors import Conflict, Invalid
from app.core.unit import unit_of_work
from app.filings.figures import read_back
from app.filings.models import Filing, FilingVersion
from app.filings.queries import versions_of
from app.filings.sheets import SHEETS
from app.review.workflow import Action
from tests.filings.filling import everything, figures_of, fill, rows_with
from tests.samples import HEADER

REASON = "Row 04 does not match the invoice."


def versions(world, filing):
    """Number, content and hash of each version, oldest first."""
    with world.seen_from():
        found = versions_of(db.session.get(Filing, filing))
        return [(one.number, one.content, one.hash) for one in reversed(found)]


def numbers(world, filing):
    """The version being filled in, and those submitted."""
    with world.seen_from():
        row = db.session.get(Filing, filing)
        return row.version_no, [one.number for one in reversed(versions_of(row))]


def test_a_version_number_rises_at_return_and_withdrawal_and_not_at_resubmission(world):
    filing = world.filled()
    assert numbers(world, filing) == (1, [])
    for who, action, expected in (
        ("confirmer", Action.SUBMIT, (1, [1])),
        ("county", Action.RETURN, (2, [1])),
        ("confirmer", Action.SUBMIT, (2, [1, 2])),
        ("confirmer", Action.WITHDRAW, (3, [1, 2])),
        ("confirmer", Action.SUBMIT, (3, [1, 2, 3])),
        ("county", Action.APPROVE, (3, [1, 2, 3])),
        ("league", Action.APPROVE, (3, [1, 2, 3])),
        ("super", Action.ROLLBACK, (3, [1, 2, 3])),
    ):
        world.act(who, action, filing, REASON)
        assert numbers(world, filing) == expected, action


def test_the_hash_is_that_of_the_content_and_stands_on_filing_and_decision(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    [(number, content, kept)] = versions(world, filing)
    assert kept == sha256(content.encode()).hexdigest()
    with world.seen_from():
        row = db.session.get(Filing, filing)
        [decision] = row.review.decisions
        assert (row.data_hash, decision.seen_hash, decision.seen_number) == (kept, kept, number)
        assert versions_of(row)[0].algorithm == "sha256"


def test_a_refused_submission_makes_no_version(world):
    filing = world.filled()
    fill(world, filing, "F0", rows_with("F0", unit_head=""))
    world.ready("confirmer", filing)
    before = everything(world, filing)
    with pytest.raises(Invalid):
        world.act("confirmer", Action.SUBMIT, filing)
    assert (versions(world, filing), everything(world, filing)) == ([], before)


def test_the_content_is_canonical_text_with_the_header_in_it(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    [(_number, content, _hash)] = versions(world, filing)
    data = json.loads(content)
    assert content == json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert set(data) == set(SHEETS)
    with world.seen_from():
        number = world.enterprise().registry_number
    assert data["F0"] == {
        **HEADER,
        "statistics_head": None,
        "enterprise": number,
        "report_year": 2026,
        "report_quarter": 1,
        "value_basis": "quarter",
    }
    assert data["S1"][""]["comprehensive_energy_calorific"] == "225209.77"
    assert data["S2"]["33"]["adopted_coefficient"] == "1.229"
    assert data["S3"]["37"]["recovery"] == "120000"


def test_what_is_read_back_from_a_version_is_what_was_submitted(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    [(_number, content, _hash)] = versions(world, filing)
    back = read_back(content)
    assert back == figures_of(world, filing)
    for sheet, kind in SHEETS.items():
        for row in back[sheet].values():
            assert list(row) == list(kind.fields())


def test_later_edits_make_the_next_version_and_leave_the_first_as_it_was(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    [first] = versions(world, filing)
    world.act("county", Action.RETURN, filing, REASON)
    fill(world, filing, "S2", rows_with("S2", "33", non_industrial_consumption="600.0001"))
    assert versions(world, filing) == [first]
    with world.seen_from():
        assert db.session.get(Filing, filing).data_hash == first[2]
    world.act("confirmer", Action.SUBMIT, filing)
    old, new = versions(world, filing)
    assert old == first
    assert (new[0], read_back(new[1])) == (2, figures_of(world, filing))
    with world.seen_from():
        assert db.session.get(Filing, filing).data_hash == new[2] != first[2]


@pytest.mark.parametrize("spelling", ["600.0", "６００", " 6 00.0000 ", 600, "6e2"])
def test_equal_figures_have_an_equal_hash_however_they_were_typed(world, spelling):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    world.act("confirmer", Action.WITHDRAW, filing)
    rows = rows_with("S2", "33", non_industrial_consumption=spelling)
    fill(world, filing, "S2", rows[::-1])
    world.act("confirmer", Action.SUBMIT, filing)
    (_n1, text1, hash1), (_n2, text2, hash2) = versions(world, filing)
    assert (text1, hash1) == (text2, hash2)


def test_no_figure_and_nought_are_not_the_same(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    world.act("confirmer", Action.WITHDRAW, filing)
    fill(world, filing, "S2", rows_with("S2", "33", own_production=""))
    world.act("confirmer", Action.SUBMIT, filing)
    (_n1, _t1, hash1), (_n2, text2, hash2) = versions(world, filing)
    assert json.loads(text2)["S2"]["33"]["own_production"] is None
    assert hash1 != hash2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE filing_version SET content = '{}'",
        "UPDATE filing_version SET hash = ''",
        "UPDATE filing_version SET number = 9",
        "DELETE FROM filing_version",
    ],
)
def test_the_database_itself_refuses_to_change_a_version(world, statement):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    before = versions(world, filing)
    with world.seen_from(), pytest.raises((DatabaseError, Conflict)), unit_of_work():
        db.session.execute(text(statement))
    assert versions(world, filing) == before


def test_not_by_way_of_the_model_either(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    before = versions(world, filing)
    with world.seen_from(), pytest.raises((DatabaseError, Conflict)), unit_of_work():
        db.session.query(FilingVersion).one().content = "{}"
    assert versions(world, filing) == before
