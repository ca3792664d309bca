"""What the validation rules cost: on one filing, over a region's quarter, over two years.

Run ``.venv/bin/python -m bench.rules``.  It loads the demonstration into a database of its own and
copies its enterprises with all they filed until a quarter has 5,000 filings.  Every task runs in a
process of its own, whose peak of memory is shown; "one by one" is timed on a sample and counted up.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import func, select, text

from app.core.db import Model, db
from app.core.period import Quarter
from app.enterprises.models import Enterprise
from app.filings.alarms.checking import verdict_on
from app.filings.models import Filing
from app.filings.queries import working_figures
from app.filings.rules.queries import rules_in_force
from app.filings.sheets import SHEETS
from app.filings.sheets.attachment import Attachment
from app.review.models import Review
from app.review.workflow import State
from app.rulebook.sweeping import sweep
from bench.filing import demonstration, peak, prepare
from bench.servers import Broken
from tests.postgres import running_server

ROUNDS, SAMPLE = 5, 100
A_QUARTER = 5_000  # filings
EIGHT = 8  # quarters
APART = 1_000_000  # between the numbers of a copy and of what it is a copy of
COPIED: dict[Any, tuple[str, ...]] = {  # tables, and the columns that hold numbers of rows
    Enterprise: ("id",),
    Review: ("id",),
    Filing: ("id", "enterprise_id", "review_id"),
    **dict.fromkeys((*SHEETS.values(), Attachment), ("id", "filing_id")),
}
OF_ITS_OWN = ("registry_number", "credit_code")  # no two enterprises have the same


def last_quarter() -> Quarter:
    """The newest quarter in which most have handed in."""
    query = (
        select(Filing.year, Filing.quarter)
        .join(Filing.review)
        .where(Review.state.notin_([State.DRAFT, State.RETURNED]))
        .group_by(Filing.year, Filing.quarter)
        .having(func.count() > 100)
        .order_by(Filing.year.desc(), Filing.quarter.desc())
    )
    year, quarter = db.session.execute(query.limit(1)).one()
    return Quarter(year, quarter)


def grow(url: str) -> dict[str, Any]:
    """Copies of all enterprises with their filings, until a quarter has enough of them."""
    with demonstration(url):
        there = db.session.scalar(
            select(func.count())
            .select_from(Filing)
            .where(Filing.year == last_quarter().year, Filing.quarter == last_quarter().quarter)
        )
        copies = -(-A_QUARTER // (there or 1)) - 1
        with db.engine.begin() as connection:
            for n in range(1, copies + 1):
                for kind, numbers in COPIED.items():
                    connection.execute(text(_copy(kind, numbers, n)))
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    return {}


def _copy(kind: Any, numbers: tuple[str, ...], n: int) -> str:
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
        f"SELECT {', '.join(values)} FROM {table.name} WHERE id < {APART}"
    )


def one_filing(url: str) -> dict[str, Any]:
    """All rules on the largest filing: read, laid out, checked."""
    with demonstration(url):
        filing = _largest()
        rules = rules_in_force(filing.period)

        def check() -> None:
            verdict_on(filing, working_figures(filing))

        check()
        return {"milliseconds": timed(check), "mebibytes": peak(), "said": f"{len(rules)} rules"}


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
    with demonstration(url):
        periods = [last_quarter().shifted(-by) for by in range(int(quarters))]
        filings = alarms = 0
        start = time.perf_counter()
        for period in periods:
            found = sweep(period, rules_in_force(period))
            filings += found.filings
            alarms += sum(len(one.hits) for one in found.swept)
        taken = time.perf_counter() - start
        return {
            "milliseconds": taken * 1000,
            "mebibytes": peak(),
            "filings": filings,
            "said": f"{filings} filings, {alarms} alarms",
        }


def one_by_one(url: str) -> dict[str, Any]:
    """A sample of the same filings, each by itself, counted up to all of them."""
    with demonstration(url):
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
        start = time.perf_counter()
        for filing in sample:
            verdict_on(filing, working_figures(filing))
        each = (time.perf_counter() - start) / len(sample)
        return {
            "milliseconds": each * 1000,
            "mebibytes": peak(),
            "said": f"each, of {len(sample)}; {len(rules)} rules",
        }


def timed(act: Callable[[], object]) -> float:
    times = []
    for _round in range(ROUNDS * 3):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def alone(*arguments: str) -> dict[str, Any]:
    """A task of this file in a process of its own."""
    command = [sys.executable, "-m", "bench.rules", "--task", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Broken(f"{arguments}: {done.stderr[-2000:]}")
    got: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return got


def told(name: str, rounds: list[dict[str, Any]]) -> float:
    median = statistics.median(one["milliseconds"] for one in rounds)
    memory = max(one["mebibytes"] for one in rounds)
    print(f"{name:28}{median:12.1f}{memory:10.0f}  {rounds[0].get('said', '')}")
    return median


def compare(name: str, url: str) -> None:
    alone("prepare", url)
    alone("grow", url)
    print(f"\n{name:28}{'median ms':>12}{'peak MiB':>10}")
    told("all rules on one filing", [alone("one", url)])
    quarter = [alone("sweep", url, "1") for _round in range(ROUNDS)]
    whole = told("a quarter swept", quarter)
    each = told("one by one", [alone("each", url) for _round in range(3)])
    told("eight quarters swept", [alone("sweep", url, str(EIGHT)) for _round in range(3)])
    ratio = each * quarter[0]["filings"] / whole
    print(f"one by one takes {ratio:.0f} times as long as the sweep of the quarter")


TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    "prepare": prepare,
    "grow": grow,
    "one": one_filing,
    "sweep": swept,
    "each": one_by_one,
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
