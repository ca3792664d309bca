"""The journal as auditors read it."""

from app.review.workflow import Action


def test_an_entry_says_who_did_what_on_which_version(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    page = world.client("observer").get("/journal/list/?tag=filing:submit").text
    assert "Confirmer Tester" in page or "TesterConfirmer" in page
    assert "Here 2026Q1" in page
    assert "end: submitted" in page
    with world.seen_from():
        assert f"seen_hash: {world.filing().data_hash[:8]}" in page


def test_a_neighbour_reads_nothing_of_it(world):
    world.act("confirmer", Action.SUBMIT, world.filled())
    page = world.client("other_observer").get("/journal/list/").text
    assert "Here 2026Q1" not in page
