"""``flask checks sweep``."""

from app.review.workflow import Action


def run(world, *arguments):
    return world.app.test_cli_runner().invoke(args=["checks", "sweep", *arguments])


def test_a_sweep_tells_what_each_rule_would_raise(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    told = run(world, "--period", "2026Q1")
    assert told.exit_code == 0, told.output
    assert "2026Q1: 1 filings, 129 rules" in told.output
    lines = dict(line.split(maxsplit=1) for line in told.output.splitlines() if line[1:2] == "-")
    assert lines["G-03"].split() == ["1", "1", "0"]  # no target is set in this world
    assert "C-12" not in lines


def test_a_quarter_that_is_none_is_said_to_be_none(world):
    told = run(world, "--period", "2026Q5")
    assert told.exit_code == 2
    assert "2026Q5 is no quarter" in told.output
