"""The commands of the installation."""

import pytest

from tests.databases import let_go
from tests.world import make_app

COMMANDS = ["audit verify", "levels settle 2026", "roles sync", "reference load"]


@pytest.mark.parametrize("command", COMMANDS)
def test_they_work_again_and_again(world, command):
    for _time in range(2):
        result = world.app.test_cli_runner().invoke(args=command.split())
        assert result.exit_code == 0, result.output


@pytest.mark.parametrize("command", [*COMMANDS, "jobs work"])
def test_an_empty_database_is_told_in_one_line(tmp_path, command):
    app = make_app(f"sqlite:///{tmp_path}/empty.db", tmp_path)
    result = app.test_cli_runner().invoke(args=command.split())
    let_go(app)
    assert result.exit_code == 1
    assert "flask db upgrade" in result.output
    assert len(result.output.splitlines()) == 1
