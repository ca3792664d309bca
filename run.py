"""Start the server: ``python run.py``, or ``python run.py --demo`` with invented data.

Prepares the installation (schema, roles, reference data, first account), then serves with
several workers.  A wrong configuration ends with one line and status 2.
"""

import argparse
import gc
import importlib
import ipaddress
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--demo", action="store_true", help="with demonstration data")
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
    parser.add_argument("--port", default=os.environ.get("PORT", "8080"))
    parser.add_argument("--workers", default=os.environ.get("WORKERS", "2"))
    parser.add_argument("--threads", default=os.environ.get("THREADS", "4"))
    parser.add_argument("--no-jobs", action="store_true", help="flask jobs work does them")
    return parser.parse_args()


def port_of(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Misconfigured(f"PORT: {text!r} is not a port number")
    return int(text)


def count_of(text: str, name: str) -> int:
    if not text.isdigit() or not 0 < int(text) <= 256:
        raise Misconfigured(f"{name}: {text!r} is not a number from 1 to 256")
    return int(text)


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def free_address(host: str, port: int) -> str:
    """The number of *host*, free to listen on; if not, say so before anything slow is done."""
    try:
        [(family, kind, _protocol, _name, address), *_rest] = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            return str(address[0])
    except OSError as error:
        raise Misconfigured(f"PORT: cannot listen on {host}:{port} ({error.strerror})") from None


def prepare(demo: bool) -> list[str]:
    """Load the settings and bring the installation up to date."""
    import config  # noqa: PLC0415  reads the environment, which is complete only now
    from app import create_app  # noqa: PLC0415
    from app.upkeep.installation import prepare as prepare_installation  # noqa: PLC0415

    config.writable(config.INSTANCE_FOLDER, "INSTANCE_FOLDER")
    config.writable(Path(config.UPLOAD_FOLDER), "UPLOAD_FOLDER")
    return prepare_installation(create_app(), demo=demo)


def end_with_the_parent() -> None:
    """Let this process end when the one that started it is gone.

    A server that was killed cannot take its workers with it; they would keep the port.
    """
    # A terminal sends Ctrl-C to the workers as well; told twice to stop, by it and by the server,
    # they hang until they are killed.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    parent = parent_id()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, name="watch the parent", daemon=True).start()


def parent_id() -> int:
    parent = multiprocessing.parent_process()  # even if it died while this process started
    return parent.pid if parent and parent.pid else os.getppid()


def application() -> "Flask":
    """The application of one worker of the server."""
    end_with_the_parent()
    made = importlib.import_module("app").create_app()
    settle()
    return made


def settle() -> None:
    """What is there now stays: looking through it again costs a tenth of every page and sweep."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def do_jobs() -> None:
    """The process that does the jobs; people who wait for a page come first."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_the_parent()
    os.nice(5)
    app = importlib.import_module("app").create_app()
    settle()
    importlib.import_module("app.jobs.worker").Worker(app).run()


def keep_jobs() -> None:
    """Keep a process that does the jobs: another one when it dies, none when the server ends.

    A process of its own, because the server has threads, and what has threads should not fork.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: told.append(number))
    server = parent_id()

    def is_wanted() -> bool:
        return not told and os.getppid() == server

    worker = None
    while is_wanted():
        worker = multiprocessing.Process(target=do_jobs, name="jobs")
        worker.start()
        while worker.is_alive() and is_wanted():
            worker.join(0.25)
        if is_wanted():
            print("tumen: the process of the jobs has died; here is another", file=sys.stderr)
            time.sleep(1)
    if worker is not None:
        worker.terminate()
        worker.join(7)
        worker.kill()


@contextmanager
def jobs_beside(wanted: bool) -> "Iterator[None]":
    """Have the jobs done as long as the server serves."""
    if not wanted:
        yield
        return
    keeper = multiprocessing.Process(target=keep_jobs, name="keeper of the jobs")
    keeper.start()
    try:
        yield
    finally:
        keeper.terminate()
        keeper.join(9)
        keeper.kill()


def serve(address: str, port: int, workers: int, threads: int) -> None:
    """Serve until told to stop; a worker that dies is replaced."""
    from granian import Granian  # noqa: PLC0415
    from granian.constants import Interfaces  # noqa: PLC0415

    server = Granian(
        "run:application",
        factory=True,
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_access=False,
        websockets=False,
    )
    shown = f"[{address}]" if ":" in address else address
    server.on_startup(lambda: print(f"Tumen serves on http://{shown}:{port}/", flush=True))
    server.serve()


def main() -> int:
    chosen = options()
    try:
        if chosen.demo and not is_loopback(chosen.host):
            raise Misconfigured(
                f"HOST: the demonstration serves this machine only, not {chosen.host}"
            )
        port = port_of(chosen.port)
        workers = count_of(chosen.workers, "WORKERS")
        threads = count_of(chosen.threads, "THREADS")
        os.environ["TUMEN_DEMO"] = "1" if chosen.demo else "0"  # never inherited from a shell
        address = free_address(chosen.host, port)
        lines = prepare(chosen.demo)
    except Misconfigured as wrong:
        print(f"tumen: {wrong}", file=sys.stderr)
        return 2
    for line in lines:
        print(line, flush=True)
    with jobs_beside(not chosen.no_jobs):
        serve(address, port, workers, threads)
    return 0


if __name__ == "__main__":
    sys.exit(main())
