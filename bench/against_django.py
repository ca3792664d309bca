"""Compare our pages of the registry with Django admin's of the same table, in one run.

Both sites are up on the same database, under the same web server with the same settings, and
are asked in turn; see README.md beside this file.
"""

import argparse
import os
import platform
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Engine, create_engine

from bench import rows, servers
from bench.browser import Browser
from bench.pages import Page, pages
from bench.servers import KINDS, Broken

PACKAGES = "flask flask-appbuilder sqlalchemy psycopg granian django".split()
WARM_UP = 5  # rounds that do not count
FEWEST = 40  # requests a page, below which a median says little
PASSWORD = "Bench-Only-2026"  # noqa: S105  of a database that is gone when this ends


@dataclass(slots=True)
class Line:
    """What was measured of a page; the first of each pair is ours, the second Django's."""

    page: Page
    times: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))
    sizes: list[int] = field(default_factory=lambda: [0, 0])


def main() -> int:
    chosen = _options()
    kinds = KINDS if chosen.database == "both" else (chosen.database,)
    kept: list[rows.Row] = []  # made once, for both databases
    try:
        for kind in kinds:
            _show(chosen, *_measured(kind, chosen.rows, chosen.requests, kept))
    except Broken as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.against_django", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--rows", type=int, default=100_000, help="enterprises in the table")
    parser.add_argument("--requests", type=int, default=60, help="of each page, from each site")
    parser.add_argument("--database", choices=(*KINDS, "both"), default="both")
    chosen = parser.parse_args()
    if not 1_000 <= chosen.rows < 1_000_000:
        parser.error("--rows: from 1,000 to 999,999; a registry number has six digits")
    if chosen.requests < FEWEST:
        parser.error(f"--requests: at least {FEWEST}")
    return chosen


def _measured(kind: str, count: int, requests: int, kept: list[rows.Row]) -> tuple[list[Line], str]:
    """Measure on a new database of *kind*; also gives what the database calls itself."""
    with tempfile.TemporaryDirectory(prefix="tumen-bench-") as name:
        folder = Path(name)
        with servers.database(kind, folder) as url:
            _progress(f"{kind}: our server, and the schema by it")
            with servers.tumen(url, folder) as our_port:
                engine = create_engine(url)
                _fill(engine, count, kept)
                _progress(f"{kind}: Django's tables and server")
                with servers.django(url, folder, "super", PASSWORD) as django_port:
                    ours, django = Browser(our_port), Browser(django_port)
                    ours.log_in("/login/", "csrf_token", "super", PASSWORD)
                    django.log_in("/admin/login/", "csrfmiddlewaretoken", "super", PASSWORD)
                    with engine.connect() as connection:
                        lines = [Line(page) for page in pages(connection)]
                    called = _name_of(engine)
                    engine.dispose()
                    _ask_in_turn(lines, (ours, django), requests)
    return lines, called


def _fill(engine: Engine, count: int, kept: list[rows.Row]) -> None:
    with engine.connect() as connection:
        counties = rows.counties_of(connection)
    if not kept:
        _progress(f"{count:,} enterprises are invented")
        kept.extend(rows.invent(count, counties))
    _progress("they are written")
    rows.write(engine, kept)
    rows.set_password(engine, "super", PASSWORD)


def _ask_in_turn(lines: Sequence[Line], browsers: tuple[Browser, Browser], requests: int) -> None:
    """Ask for every page, ours, Django's, ours, Django's, so that both have the same weather."""
    for turn in range(-WARM_UP, requests):
        if turn % 20 == 0:
            _progress(f"{max(turn, 0)} of {requests} rounds")
        for line in lines:
            visit = line.page.visits[turn % len(line.page.visits)]
            asked = zip(("ours", "Django's"), browsers, (visit.ours, visit.django), strict=True)
            for one, (site, browser, address) in enumerate(asked):
                answer = browser.get(address)
                visit.check(site, address, answer.status, answer.html)
                if turn >= 0:
                    line.times[one].append(answer.milliseconds)
                    line.sizes[one] = answer.size


def _show(chosen: argparse.Namespace, lines: Sequence[Line], called: str) -> None:
    """Print the table of one database, in Markdown."""
    day = datetime.now(UTC).date()
    python = f"Python {platform.python_version()}"
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    print(f"\n{called}: {chosen.rows:,} rows, median of {chosen.requests} requests; {day}")
    print(f"{os.cpu_count()} cores, {platform.machine()}, {python}, {packages}\n")
    print("| page | ours ms | Django ms | ratio | target | | ours bytes | Django bytes |")
    print("| --- | ---: | ---: | ---: | ---: | --- | ---: | ---: |")
    for line in lines:
        ours, django = (statistics.median(times) for times in line.times)
        ratio, target = ours / django, line.page.target
        print(
            f"| {line.page.name} | {ours:.1f} | {django:.1f} | {ratio:.2f} | {target} "
            f"| {'ok' if ratio <= target else 'over'} "
            f"| {line.sizes[0]:,} | {line.sizes[1]:,} |"
        )
    sys.stdout.flush()


def _name_of(engine: Engine) -> str:
    if engine.dialect.name == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    with engine.connect() as connection:
        return f"PostgreSQL {connection.exec_driver_sql('SHOW server_version').scalar()}"


def _progress(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
