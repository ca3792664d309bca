"""Databases to measure on, and the two servers, started as in production; ended when done."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.postgres import running_server

ROOT = Path(__file__).resolve().parent.parent
WORKERS, THREADS = "1", "4"
PATIENCE = 120  # seconds until a server has to answer
DJANGO = {"DJANGO_SETTINGS_MODULE": "bench.django_site.settings"}


KINDS = ("sqlite", "postgresql")


class Broken(Exception):
    """Something does not work, so that there is nothing to compare."""


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """An empty database; its address for SQLAlchemy."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.db'}"
        return
    with running_server() as server:
        server.create_database("bench")
        yield server.url("bench")


@contextmanager
def tumen(url: str, folder: Path) -> Iterator[int]:
    """Our server as people start it, which prepares an empty database; gives its port."""
    port = _free_port()
    environment = {
        "APP_ENV": "production",
        "DATABASE_URL": url,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "INSTANCE_FOLDER": str(folder / "instance"),
        "UPLOAD_FOLDER": str(folder / "uploads"),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WORKERS": WORKERS,
        "THREADS": THREADS,
    }
    with _serving([sys.executable, "run.py"], environment, port, folder / "tumen.log"):
        yield port


@contextmanager
def django(url: str, folder: Path, username: str, password: str) -> Iterator[int]:
    """Django admin under the same web server with the same settings; gives its port."""
    port = _free_port()
    environment = {
        **DJANGO,
        "DATABASE_URL": url,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DJANGO_SUPERUSER_USERNAME": username,
        "DJANGO_SUPERUSER_PASSWORD": password,
        "DJANGO_SUPERUSER_EMAIL": "bench@example.test",
    }
    log = folder / "django.log"
    manage = [sys.executable, "-m", "django"]
    _run([*manage, "migrate", "--verbosity=0"], environment, log)
    _run([*manage, "createsuperuser", "--noinput", "--verbosity=0"], environment, log)
    # the options that `run.py` gives, by their names on the command line
    serve = [sys.executable, "-m", "granian", "--interface=wsgi", "--no-ws", "--no-access-log"]
    serve += [f"--workers={WORKERS}", f"--blocking-threads={THREADS}", "--workers-kill-timeout=10"]
    serve += ["--respawn-failed-workers", "--host=127.0.0.1", f"--port={port}"]
    with _serving([*serve, "bench.django_site.wsgi:application"], environment, port, log):
        yield port


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _run(command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
    with log.open("ab") as output:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        raise Broken(f"{' '.join(command[1:])} failed:\n{_end_of(log)}")


@contextmanager
def _serving(
    command: Sequence[str], environment: Mapping[str, str], port: int, log: Path
) -> Iterator[None]:
    with log.open("ab") as output:
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _await(server, port, log)
        yield
    finally:
        _end(server)


def _await(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    """Return when *server* listens."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if server.poll() is not None:
            raise Broken(f"the server ended:\n{_end_of(log)}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise Broken(f"the server does not answer:\n{_end_of(log)}")


def _end(server: "subprocess.Popen[bytes]") -> None:
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)  # a group of its own: the server and its worker
        server.wait()


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])
