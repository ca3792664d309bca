"""The journal as auditors read it."""

import ast
from pathlib import Path

from app.reports.journal_words import FACTS, in_words, tags
from app.review.workflow import Action


def test_an_entry_says_who_did_what_on_which_version(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    page = world.client("observer").get("/journal/list/?tag=filing:submit").text
    assert "Confirmer Tester" in page or "TesterConfirmer" in page
    assert "Here 2026Q1" in page
    assert "to: submitted" in page
    with world.seen_from():
        assert f"hash looked at: {world.filing().data_hash[:8]}" in page


def test_a_neighbour_reads_nothing_of_it(world):
    world.act("confirmer", Action.SUBMIT, world.filled())
    page = world.client("other_observer").get("/journal/list/").text
    assert "Here 2026Q1" not in page


def written_tags():
    """The tags that the code enters under, those put together at run time left out."""
    for file in sorted(Path("app").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "record":
                continue
            if isinstance(node.args[0], ast.Constant):
                yield node.args[0].value, {one.arg for one in node.keywords} - {None}


def test_every_tag_and_every_fact_has_its_words(world):
    found = list(written_tags())
    assert len(found) > 25
    with world.app.test_request_context():
        assert sorted({tag for tag, _facts in found} - tags().keys()) == []
    names = set().union(*(facts for _tag, facts in found)) - {"actor", "place"}
    assert sorted(names - FACTS.keys()) == []


def test_facts_are_told_without_what_is_empty():
    facts = '{"hash":"%s","late":true,"reason":"","unheard_of":[1]}' % ("ab" * 32)
    assert in_words(facts) == "hash: abababab · late: yes · unheard_of: [1]"
