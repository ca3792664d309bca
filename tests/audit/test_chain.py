"""The journal: chained, verified, and refused to every hand that would change it."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.audit.chain import GENESIS, chain_of, first_break, link
from app.audit.models import AuditEntry, ChainHead
from app.core.db import db
from app.review.operations import decide
from app.review.workflow import Action
from app.upkeep.verify import everything_wrong
from tests.world import COUNTY, LEAGUE, REGION

TRIGGERS = {
    "sqlite": (
        "DROP TRIGGER audit_entry_no_update; DROP TRIGGER audit_entry_no_delete; "
        "DROP TRIGGER filing_version_no_update; DROP TRIGGER decision_no_update"
    ),
    "postgresql": (
        "ALTER TABLE audit_entry DISABLE TRIGGER USER; "
        "ALTER TABLE filing_version DISABLE TRIGGER USER; ALTER TABLE decision DISABLE TRIGGER USER"
    ),
}


def entries(count):
    made, previous = [], GENESIS
    for number in range(1, count + 1):
        entry = {
            "chain": LEAGUE,
            "number": number,
            "at": f"2026-01-0{number}",
            "tag": "filing:open",
            "place": COUNTY,
            "subject_kind": "filing",
            "subject_id": "1",
            "subject": "x",
            "actor_id": 1,
            "actor_name": "somebody",
            "facts": "{}",
            "algorithm": "sha256",
            "previous": previous,
        }
        entry["hash"] = previous = link(entry, previous, "sha256")
        made.append(entry)
    return made


def test_one_chain_per_league_and_one_for_what_lies_above():
    assert chain_of(COUNTY + "000001/") == chain_of(LEAGUE) == LEAGUE
    assert chain_of(REGION) == chain_of("") == "region"


def test_a_whole_chain_holds():
    made = entries(3)
    assert first_break(LEAGUE, made, (3, made[-1]["hash"])) is None
    assert first_break(LEAGUE, [], None) is None


@pytest.mark.parametrize(
    "field", ["tag", "place", "actor_name", "facts", "at", "subject_id", "actor_id"]
)
def test_a_changed_entry_is_named(field):
    made = entries(3)
    made[1][field] = "changed"
    assert first_break(LEAGUE, made, (3, made[-1]["hash"])).number == 2


def test_a_missing_an_added_and_a_cut_off_entry_are_named():
    made = entries(4)
    head = (4, made[-1]["hash"])
    assert first_break(LEAGUE, made[:1] + made[2:], head).number == 2
    assert first_break(LEAGUE, made[:3], head).number == 4
    assert first_break(LEAGUE, made, (3, made[2]["hash"])) is not None
    assert first_break(LEAGUE, made, None) is not None


@pytest.mark.parametrize("table", ["audit_entry", "decision", "filing_version"])
@pytest.mark.parametrize("change", ["UPDATE {} SET place = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_is_written_once(world, table, change):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        before = db.session.scalar(text(f"SELECT count(*) FROM {table}"))
        assert before
        with pytest.raises(DBAPIError, match="append-only"):
            db.session.execute(text(change.format(table)))
        db.session.rollback()
        assert db.session.scalar(text(f"SELECT count(*) FROM {table}")) == before
        assert everything_wrong() == []


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        ("UPDATE audit_entry SET actor_name = 'x' WHERE tag = 'filing:submit'", "was changed"),
        ("DELETE FROM audit_entry WHERE tag = 'filing:submit'", "missing"),
        ("UPDATE filing_version SET content = '{}'", "content was changed"),
        ("UPDATE decision SET seen_hash = 'x'", "saw a version"),
    ],
)
def test_what_is_changed_all_the_same_is_found(world, tampering, told):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        for statement in TRIGGERS[db.engine.dialect.name].split("; "):
            db.session.execute(text(statement))
        db.session.execute(text(tampering))
        db.session.commit()
        assert any(told in line for line in everything_wrong())
    result = world.app.test_cli_runner().invoke(args=["audit", "verify"])
    assert result.exit_code == 1
    assert told in result.output


def test_the_command_says_when_all_holds(world):
    world.act("confirmer", Action.SUBMIT, world.filled())
    result = world.app.test_cli_runner().invoke(args=["audit", "verify"])
    assert (result.exit_code, result.output) == (0, "every chain, version and decision holds\n")


def test_an_entry_is_lost_with_what_it_tells_of(world):
    filing = world.filled()
    world.ready("confirmer", filing)
    with world.seen_from():
        before = len(db.session.scalars(select(AuditEntry)).all())
    with pytest.raises(RuntimeError):
        submit_and_fail(world, filing)
    with world.seen_from():
        assert len(db.session.scalars(select(AuditEntry)).all()) == before


def submit_and_fail(world, filing):
    with world.acting("confirmer") as actor:
        decide(world.review_of(filing), Action.SUBMIT, actor=actor)
        raise RuntimeError("after the decision, before the commit")


def test_every_league_has_its_chain_before_its_first_entry(app):
    """Two first entries at once would each make the head, and one of them fail."""
    with app.app_context():
        heads = db.session.scalars(select(ChainHead.chain)).all()
    assert len(heads) == 13
    assert {LEAGUE, "region"} <= set(heads)
