"""What the validation rules cost: on one filing, over a region's quarter, over two years.

Run ``.venv/bin/python -m bench.rules``.  It loads the demonstration into a database of its own and
copies its enterprises with all they filed until a quarter has 5,000 filings.  Every task runs in a
process of its own, set up as those of the server are, and looks from the region; its peak of memory
is shown.  "One by one" is timed on a sample and counted up.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select, text

from app.accounts.models import actor_of
from app.core.db import Model, db
from app.core.period import Quarter
from app.core.unit import unit_of_work
from app.enterprises.models import Enterprise
from app.filings.alarms.asked import submitted
from app.filings.alarms.checking import verdict_on
from app.filings.models import Filing
from app.filings.queries import working_figures
from app.filings.rules.queries import rules_in_force
from app.filings.sheets import SHEETS
from app.filings.sheets.attachment import Attachment
from app.jobs.work import work_off
from app.regions.queries import root_path
from app.regions.scope import RegionScope, look_from
from app.review.models import Review
from app.review.workflow import State
from app.rulebook.sweeping import sweep
from app.rulebook.sweeps import ask_for_sweep, newest_sweep
from app.targets.models import AnnualProduct, AnnualTarget, PlanProduct, PlanTarget
from bench.filing import demonstration, peak, prepare
from bench.servers import Broken
from run import settle
from tests.postgres import running_server

ROUNDS, SAMPLE = 3, 100
A_QUARTER = 5_000  # filings
EIGHT = 8  # quarters
APART = 1_000_000  # between the numbers of a copy and of what it is a copy of
COPIED: dict[Any, tuple[str, ...]] = {  # tables, and the columns that hold numbers of rows
    Enterprise: ("id",),
    Review: ("id",),
    Filing: ("id", "enterprise_id", "review_id"),
    **dict.fromkeys((*SHEETS.values(), Attachment), ("id", "filing_id")),
    **dict.fromkeys((PlanTarget, AnnualTarget), ("id", "enterprise_id")),
    **dict.fromkeys((PlanProduct, AnnualProduct), ("id", "target_id")),
}
OF_ITS_OWN = ("registry_number", "credit_code")  # no two enterprises have the same


def last_quarter() -> Quarter:
    """The newest quarter in which three quarters of the enterprises have handed in."""
    enterprises = select(func.count()).select_from(Enterprise).scalar_subquery()
    query = (
        select(Filing.year, Filing.quarter)
        .join(Filing.review)
        .where(Review.state.notin_([State.DRAFT, State.RETURNED]))
        .group_by(Filing.year, Filing.quarter)
        .having(func.count() * 4 > enterprises * 3)
        .order_by(Filing.year.desc(), Filing.quarter.desc())
    )
    year, quarter = db.session.execute(query.limit(1)).one()
    return Quarter(year, quarter)


def grow(url: str) -> dict[str, Any]:
    """Copies of all enterprises with their filings, until a quarter has enough of them."""
    with demonstration(url):
        copies = -(-A_QUARTER // len(submitted(last_quarter()))) - 1
        with db.engine.begin() as connection:
            for n in range(1, copies + 1):
                for kind, numbers in COPIED.items():
                    connection.execute(text(once_more(kind, numbers, n)))
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    return {}


def once_more(kind: Any, numbers: tuple[str, ...], n: int, where: str = "1 = 1") -> str:
    """One statement: the rows of a table once more, with numbers of their own."""
    table = Model.metadata.tables[kind.__tablename__]
    names = [f'"{column.name}"' for column in table.columns]
    values = []
    for column in table.columns:
        if column.name in numbers:
            values.append(f'"{column.name}" + {n * APART}')
        elif kind is Enterprise and column.name in OF_ITS_OWN:
            values.append(f"'{chr(64 + n)}' || substr({column.name}, 2)")
        else:
            values.append(f'"{column.name}"')
    # S608: names of our own tables and numbers
    return (
        f"INSERT INTO {table.name} ({', '.join(names)}) "  # noqa: S608
        f"SELECT {', '.join(values)} FROM {table.name} WHERE id < {APART} AND {where}"
    )


@contextmanager
def as_served(url: str) -> Iterator[None]:
    """As it is in a process of the server, seen from the region."""
    with demonstration(url):
        look_from(db.session, RegionScope.of(root_path()))
        settle()
        yield


def one_filing(url: str) -> dict[str, Any]:
    """All rules on the largest filing: read, laid out, checked."""
    with as_served(url):
        filing = _largest()
        rules = rules_in_force(filing.period)

        def check() -> None:
            verdict_on(filing, working_figures(filing))

        check()
        return {**timed(check, ROUNDS * 5), "said": f"{len(rules)} rules"}


def _largest() -> Filing:
    rows = SHEETS["S2"]
    query = (
        select(Filing)
        .join(rows, rows.filing_id == Filing.id)
        .where(Filing.year == last_quarter().year, Filing.quarter == last_quarter().quarter)
        .group_by(Filing.id)
        .order_by(func.count().desc(), Filing.id)
    )
    return db.session.scalars(query.limit(1)).one()


def swept(url: str, quarters: str) -> dict[str, Any]:
    """So many quarters, each with all rules in force in it."""
    with as_served(url):
        periods = [last_quarter().shifted(-by) for by in range(int(quarters))]
        filings = alarms = 0

        def all_of_them() -> None:
            nonlocal filings, alarms
            for period in periods:
                found = sweep(period, rules_in_force(period))
                filings += found.filings
                alarms += sum(len(one.hits) for one in found.swept)

        taken = timed(all_of_them)
        return {**taken, "filings": filings, "said": f"{filings} filings, {alarms} alarms"}


def job_done(url: str) -> dict[str, Any]:
    """The job that a person asks for: a quarter swept, and what was found written down."""
    with as_served(url):
        period, region = last_quarter(), select(User).where(User.username == "region")
        with unit_of_work():
            actor = actor_of(db.session.scalars(region).one())
            ask_for_sweep(period, actor=actor, once=str(time.time_ns()))
        taken = timed(work_off)
        look_from(db.session, RegionScope.of(root_path()))
        kept = newest_sweep(period)
        if kept is None:
            raise Broken("the sweep did not come to its end")
        return {**taken, "said": f"{kept.filings} filings, {kept.errors + kept.warnings} alarms"}


def one_by_one(url: str) -> dict[str, Any]:
    """A sample of the same filings, each by itself, counted up to all of them."""
    with as_served(url):
        period = last_quarter()
        query = (
            select(Filing)
            .join(Filing.review)
            .where(Filing.year == period.year, Filing.quarter == period.quarter)
            .where(Review.state != State.DRAFT)
            .order_by(func.substr(Filing.data_hash, 9), Filing.id)  # by chance, the same each time
        )
        sample = list(db.session.scalars(query.limit(SAMPLE)))
        rules = rules_in_force(period)

        def each() -> None:
            for filing in sample:
                verdict_on(filing, working_figures(filing))

        taken = timed(each)
        for name in CLOCKS:
            taken[name] /= len(sample)
        return {**taken, "said": f"each, of {len(sample)}; {len(rules)} rules"}


def timed(act: Callable[[], object], rounds: int = 1) -> dict[str, Any]:
    """Milliseconds, of them those of this process's processor, and its peak of memory, MiB."""
    times: dict[str, list[float]] = {name: [] for name in CLOCKS}
    for _round in range(rounds):
        start = {name: clock() for name, clock in CLOCKS.items()}
        act()
        for name, clock in CLOCKS.items():
            times[name].append((clock() - start[name]) * 1000)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    return {**medians, "mebibytes": peak()}


def alone(*arguments: str) -> dict[str, Any]:
    """A task of this file in a process of its own."""
    command = [sys.executable, "-m", "bench.rules", "--task", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Broken(f"{arguments}: {done.stderr[-2000:]}")
    got: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return got


def told(name: str, rounds: list[dict[str, Any]]) -> dict[str, float]:
    medians = {clock: statistics.median(one[clock] for one in rounds) for clock in CLOCKS}
    memory = max(one["mebibytes"] for one in rounds)
    times = "".join(f"{taken:12.1f}" for taken in medians.values())
    print(f"{name:34}{times}{memory:10.0f}  {rounds[0]['said']}", flush=True)
    return medians


def compare(name: str, url: str) -> None:
    alone("prepare", url)
    alone("grow", url)
    print(f"\n{name:34}{'median ms':>12}{'of CPU':>12}{'peak MiB':>10}", flush=True)
    told("all rules on one filing", [alone("one", url)])
    quarter = [alone("sweep", url, "1") for _round in range(ROUNDS)]
    whole = told("a quarter swept", quarter)
    each = told("one by one", [alone("each", url) for _round in range(ROUNDS)])
    told("a quarter swept and written down", [alone("job", url)])
    told("eight quarters swept", [alone("sweep", url, str(EIGHT))])
    ratios = [each[clock] * quarter[0]["filings"] / whole[clock] for clock in CLOCKS]
    print("one by one takes {:.0f} times as long as the sweep ({:.0f} of CPU)".format(*ratios))


CLOCKS: dict[str, Callable[[], float]] = {
    "milliseconds": time.perf_counter,
    "of_processor": time.process_time,
}
TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    "prepare": prepare,
    "grow": grow,
    "one": one_filing,
    "sweep": swept,
    "each": one_by_one,
    "job": job_done,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--task", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.task:
        print(json.dumps(TASKS[asked.task[0]](*asked.task[1:])))
        return
    if asked.database != "postgresql":
        with TemporaryDirectory() as folder:
            compare("SQLite", f"sqlite:///{Path(folder) / 'bench.db'}")
    if asked.database != "sqlite":
        with running_server() as server:
            server.create_database("bench")
            compare("PostgreSQL", server.url("bench"))


if __name__ == "__main__":
    main()
