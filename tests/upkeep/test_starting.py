"""Starting and stopping the server; a wrong configuration is one clear line and status 2."""

import os
import re
import socket
import subprocess
import sys
import time

import pytest

from tests.databases import let_go
from tests.server import Server


def start(tmp_path, *arguments, **environment):
    """What ``python run.py`` says and ends with, under a configuration that cannot work."""
    settings = {
        "PATH": os.environ["PATH"],
        "INSTANCE_FOLDER": str(tmp_path / "instance"),
        "UPLOAD_FOLDER": str(tmp_path / "uploads"),
        **environment,
    }
    command = [sys.executable, "run.py", *arguments]
    return subprocess.run(
        command, env=settings, capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "environment", "told"),
    [
        ([], {"APP_ENV": "production"}, "SECRET_KEY is not set"),
        ([], {"APP_ENV": "prod"}, "'prod' is not development, production or testing"),
        (
            ["--demo"],
            {"APP_ENV": "production", "SECRET_KEY": "x"},
            "demonstration is no production",
        ),
        ([], {"WORKERS": "many"}, "'many' is not a number"),
        ([], {"DATABASE_URL": "nonsense"}, "not the address of an SQLite or PostgreSQL database"),
        ([], {"DATABASE_URL": "mysql://u:secret@h/x"}, "not the address of an SQLite or Postgre"),
        ([], {"HUEY_URL": "amqp://u:secret@h"}, "HUEY_URL: not the address of one of sqlite, post"),
        ([], {"JOBS_LEASE": "long"}, "JOBS_LEASE: 'long' is not a number from 0"),
        ([], {"PORT": "http"}, "'http' is not a port number"),
        ([], {"PORT": "70000"}, "is not a port number"),
        ([], {"HOST": "203.0.113.7"}, "cannot listen on 203.0.113.7:8080"),
        (["--demo", "--host", "0.0.0.0"], {}, "serves this machine only"),
        ([], {"DATABASE_URL": "postgresql://127.0.0.1:1/x"}, "the database cannot be reached"),
        ([], {"INSTANCE_FOLDER": "/proc/no"}, "INSTANCE_FOLDER: cannot write to /proc/no"),
        ([], {"UPLOAD_FOLDER": "/proc/no", "PORT": "0"}, "is not a port number"),
    ],
)
def test_a_wrong_configuration_is_one_clear_line(tmp_path, arguments, environment, told):
    ended = start(tmp_path, *arguments, **environment)
    assert ended.returncode == 2
    assert told in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "Traceback" not in ended.stdout + ended.stderr


def test_a_port_in_use_is_told(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = start(tmp_path, PORT=str(taken.getsockname()[1]))
    assert ended.returncode == 2
    assert "cannot listen" in ended.stderr


def test_an_empty_installation_gets_one_account_with_a_password_shown_once(tmp_path):
    class Empty:
        url = f"sqlite:///{tmp_path}/empty.db"

    server = Server(Empty, tmp_path, "a secret of the test" * 2)
    assert server.stop() == 0
    told = (tmp_path / "server.log").read_text()
    assert re.search(r"First account: super  \S{10,}", told)
    again = Server(Empty, tmp_path, "a secret of the test" * 2)
    assert again.stop() == 0
    assert "First account" not in (tmp_path / "server.log").read_text()


def test_workers_end_when_their_server_was_killed(app, database, tmp_path):
    let_go(app)
    server = Server(database, tmp_path, app.config["SECRET_KEY"])
    server.kill_the_master()
    for _try in range(50):
        if not server.answers():
            return
        time.sleep(0.2)
    pytest.fail("the workers keep the port")
