"""How much memory a large export takes: a list of 200,000 rows, made by a worker of its own.

The worker is a process that does this one job; what it ever held in memory, as the system counts
it (peak resident set), is compared with what it held once the application was loaded.
"""

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from flask_appbuilder.security.sqla.models import User
from openpyxl import load_workbook
from sqlalchemy import select

from app import create_app
from app.accounts.models import actor_of
from app.accounts.operations import synchronise_roles
from app.core.db import db
from app.core.unit import unit_of_work
from app.exports.files import folder
from app.exports.models import Export
from app.exports.operations import ask
from app.jobs.models import Job, JobState
from app.jobs.work import work_off
from app.regions.queries import root_path
from app.regions.scope import EVERYWHERE, look_from
from app.upkeep.reference import load_reference_data
from app.upkeep.schema import migrate_to_head
from bench.rows import counties_of, invent, write
from tests.postgres import running_server

GOAL = 200  # MiB
COLUMNS = (
    "credit_code,industry,enterprise_class,contact,phone,address,registry_number,county,"
    "in_statistics,enabled"
)


def application(url: str, uploads: str) -> Flask:
    return create_app(
        SQLALCHEMY_DATABASE_URI=url,
        UPLOAD_FOLDER=uploads,
        SECRET_KEY="only to measure",  # noqa: S106
        HUEY_URL="memory://",
    )


def peak() -> float:
    """The most this process has ever held, in MiB; Linux.

    Not ``ru_maxrss``: a process inherits that of the one that has started it.
    """
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def prepare(app: Flask, rows: int) -> None:
    """A region with *rows* enterprises, and somebody who has asked for their list."""
    with app.app_context():
        migrate_to_head()
        look_from(db.session, EVERYWHERE)
        with unit_of_work():
            synchronise_roles(app.appbuilder)
            load_reference_data()
        with db.engine.connect() as connection:
            counties = counties_of(connection)
        write(db.engine, list(invent(rows, counties)))
        with unit_of_work():
            role = app.appbuilder.sm.find_role("region_reviewer")
            person = User(username="region", first_name="R", last_name="R", email="r@example.test")
            person.active, person.password, person.place = True, "-", root_path()
            db.session.add(person)
            person.roles = [role]
            db.session.flush()
            ask("EnterpriseView.list", {"columns": COLUMNS}, "all", actor=actor_of(person))


def work(url: str, uploads: str) -> None:
    """What the worker does: one job; what it took is told as JSON."""
    app = application(url, uploads)
    at_rest, began = peak(), time.monotonic()
    with app.app_context():
        work_off()
    print(json.dumps({"at_rest": at_rest, "peak": peak(), "s": time.monotonic() - began}))


@contextmanager
def databases(kinds: Sequence[str], place: Path) -> Iterator[Iterator[tuple[str, str]]]:
    with running_server() as server:

        def each() -> Iterator[tuple[str, str]]:
            for kind in kinds:
                if kind == "postgresql":
                    server.create_database("exports")
                    yield kind, server.url("exports")
                else:
                    yield kind, f"sqlite:///{place / 'exports.db'}"

        yield each()


def measure(kind: str, url: str, uploads: str, rows: int) -> bool:
    app = application(url, uploads)
    prepare(app, rows)
    command = [sys.executable, "-m", "bench.exports", "--work", url, uploads]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    with app.app_context():
        look_from(db.session, EVERYWHERE)
        export, job = db.session.execute(
            select(Export, Job).join(Job, Job.id == Export.job_id)
        ).one()
        if job.state is not JobState.DONE or export.file is None:
            sys.exit(f"{kind}: the job has not come to its end: {job.state} {job.error}")
        book = load_workbook(folder() / export.file, read_only=True)
        lines = sum(1 for _line in book.active.iter_rows(values_only=True)) - 1
        size = export.size or 0
        db.session.remove()
        db.engine.dispose()
    if lines != rows:
        sys.exit(f"{kind}: {lines} rows in the file, {rows} expected")
    print(
        f"{kind:12}{rows:10,}{told['at_rest']:10.0f}{told['peak']:10.0f}"
        f"{told['peak'] - told['at_rest']:10.0f}{told['s']:8.1f}{size / 2**20:10.1f}"
        f"   {'ok' if told['peak'] <= GOAL else 'above'} ({GOAL} MiB)"
    )
    return told["peak"] <= GOAL


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--work", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.work:
        work(*asked.work)
        return
    kinds = ("sqlite", "postgresql") if asked.database == "both" else (asked.database,)
    print("database          rows  at rest      peak      more       s  file MiB   (memory in MiB)")
    with TemporaryDirectory() as place, databases(kinds, Path(place)) as found:
        for kind, url in found:
            measure(kind, url, str(Path(place) / kind), asked.rows)


if __name__ == "__main__":
    main()
