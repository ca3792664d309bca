"""What each report costs over the filings of a country: time, statements, memory, and the slope.

Run ``.venv/bin/python -m bench.reports``.  It loads the demonstration, copies its enterprises with
all they filed until there are 10,000 filings, asks every report of the region and of a league, for
a quarter and for a year, and does the same again with 100,000.  The page is asked for in this
process, as a browser would, by a reviewer of the region; the goal is a second and 25 statements.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from sqlalchemy import func, select, text

from app import create_app
from app.core.db import db
from app.filings.alarms.models import Checkup, FrozenAlarm
from app.filings.models import Filing
from app.regions.scope import EVERYWHERE, look_from
from app.reports.behind import SHOWN
from app.reports.catalogue import REPORTS
from bench.filing import PASSWORD, demonstration, peak, prepare
from bench.reviewing import counted, reviewers
from bench.rules import COPIED, last_quarter, once_more
from bench.servers import KINDS, Broken, database
from run import settle

FEW, MANY = 10_000, 100_000
ROUNDS = 5
GOAL, STATEMENTS = 1000.0, 25  # milliseconds
ALL = {**COPIED, Checkup: ("id", "filing_id"), FrozenAlarm: ("id", "checkup_id", "filing_id")}


def filings() -> int:
    return db.session.scalar(select(func.count(Filing.id))) or 0


def grow(url: str, wanted: int, copied: int) -> int:
    """Copies of all enterprises with their filings until there are *wanted*; how many in all."""
    with demonstration(url):
        there = filings() // (copied + 1)
        copies = -(-wanted // there) - 1
        for n in range(copied + 1, copies + 1):
            with db.engine.begin() as connection:
                for kind, numbers in ALL.items():
                    connection.execute(text(once_more(kind, numbers, n)))
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    return max(copies, copied)


@contextmanager
def served(url: str) -> Iterator[tuple[Flask, int]]:
    app = create_app(SQLALCHEMY_DATABASE_URI=url, WTF_CSRF_ENABLED=False)
    with app.app_context():
        look_from(db.session, EVERYWHERE)
        count = filings()
        db.session.remove()
    settle()
    yield app, count


def addresses(url: str) -> dict[str, str]:
    with demonstration(url):
        quarter = last_quarter()
        before = quarter.year - 1
    now = f"year={quarter.year}&quarter={quarter.quarter}"
    found = {}
    for name in REPORTS:
        found[f"{name}, quarter"] = f"/reports/{name}?{now}"
        found[f"{name}, year"] = f"/reports/{name}?year={before}&quarter=4&reach=year"
    found["status by enterprise"] = f"/reports/status?{now}&by=enterprise"
    found["overview"] = f"/overview/?{now}"
    found["targets"] = f"/target-progress/?{now}"
    found["files of a quarter"] = f"/confirmation/list/?period={quarter}"
    found["documents, list"] = f"/inspection/list/?year={before}"
    found["documents, matrix"] = f"/inspection-matrix/?year={before}"
    found["behind alarms"] = f"/behind/alarms/list/?{now}"
    for sheet in SHOWN:
        found[f"behind {sheet}"] = f"/behind/{sheet.lower()}/list/?{now}"
    return found


def measure(url: str, asked: dict[str, str], name: str) -> dict[str, tuple[float, int]]:
    """Median milliseconds and statements of each page, by a process of its own."""
    command = [sys.executable, "-m", "bench.reports", "--measure", url, name]
    answer = subprocess.run(
        command, input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    if answer.returncode:
        raise Broken(answer.stderr[-2000:])
    found = json.loads(answer.stdout.splitlines()[-1])
    print(f"{found['filings']:,} filings, peak of the process {found['peak']:.0f} MiB", flush=True)
    return {title: tuple(figures) for title, figures in found["pages"].items()}


def measured(url: str, asked: dict[str, str], name: str) -> dict[str, Any]:
    """What `measure` hears of its process."""
    found = {}
    with served(url) as (app, count):
        client: Any = app.test_client()
        client.post("/login/", data={"username": name, "password": PASSWORD})
        for title, address in asked.items():
            client.get(address)
            with counted() as statements:
                answer = client.get(address)
            if answer.status_code != 200:
                raise Broken(f"{address}: status {answer.status_code}")
            times = []
            for _round in range(ROUNDS):
                begun = time.perf_counter()
                client.get(address)
                times.append((time.perf_counter() - begun) * 1000)
            found[title] = statistics.median(times), len(statements)
    return {"filings": count, "peak": peak(), "pages": found}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.reports")
    parser.add_argument("--database", choices=tuple(KINDS), default="postgresql")
    parser.add_argument("--few", type=int, default=FEW)
    parser.add_argument("--many", type=int, default=MANY)
    parser.add_argument("--measure", nargs=2, metavar=("URL", "NAME"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measured(asked.measure[0], json.load(sys.stdin), asked.measure[1])))
        return
    with TemporaryDirectory() as folder, database(asked.database, Path(folder)) as url:
        prepare(url)
        pages, name = addresses(url), reviewers(url)["region_reviewer"]
        copies = grow(url, asked.few, 0)
        few = measure(url, pages, name)
        grow(url, asked.many, copies)
        many = measure(url, pages, name)
        for title in pages:
            (before, _few), (after, statements) = few[title], many[title]
            over = "  OVER" if after > GOAL or statements > STATEMENTS else ""
            print(
                f"{title:24} {before:8.0f} ms {after:8.0f} ms  ratio {after / before:5.1f}"
                f"  {statements:3} statements{over}"
            )


if __name__ == "__main__":
    main()
