"""What a reviewer waits for: the page of a large filing, the queue of many, many at once.

Run ``.venv/bin/python -m bench.reviewing``.

* The page is that of a filing with all carriers and twenty products, after eight quarters; what it
  asks the database is counted, and its median is shown.
* The queue is asked of two servers that are up at the same time, in turn: one over 10,000 filings,
  one over 100,000: the demonstration with copies of all that is final in it.  The ratio of their
  medians is the figure.  What counts all of the history ("done", a search) is shown beside it.
* At once: thirty reviewers go through the same hundred filings, each in an order of their own, and
  approve; every filing has to be decided once, and everybody else told so.
"""

import argparse
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Engine, event, func, select, text

from app.accounts.models import actor_of
from app.core.db import db
from app.core.period import Quarter
from app.core.unit import unit_of_work
from app.enterprises.models import Enterprise
from app.filings.models import Filing
from app.filings.operations import fill_sheets
from app.filings.queries import book_around, working_figures
from app.regions.scope import look_from
from app.review.models import Decision, Review
from app.review.operations import decide
from app.review.workflow import FINAL, Action
from app.upkeep.verify import everything_wrong
from bench.browser import Answer, Browser
from bench.filing import PASSWORD, demonstration, prepare
from bench.rules import APART, COPIED, once_more
from bench.servers import KINDS, Broken, database, tumen
from tests.databases import let_go
from tests.many import many_ready
from tests.readiness import following
from tests.samples import SHEET_ROWS
from tests.world import COUNTY, World, make_app, settle

ROUNDS = 30
QUARTERS, PRODUCTS = 8, 20
FEW, MANY, RATIO = 10_000, 100_000, 1.3
STATEMENTS = 25
REVIEWERS, FILINGS = 30, 100
QUEUES = {
    "waiting for me": "?queue=mine&period=all",
    "under way": "?queue=under_way&period=all",
    "done": "?queue=done&period=all",
    "by name": "?queue=done&period=all&sort=title",
    "one quarter, late": "?queue=&period=2026Q2&late=yes",
    "search": "?queue=&period=all&title=chem",
}


# -- the page --------------------------------------------------------------------------------------


def large_filing(world: World) -> int:
    """Eight quarters of all carriers and twenty products, submitted one after the other."""
    last = Quarter(2026, 4)
    for back in reversed(range(QUARTERS)):
        pk = world.filled("confirmer", last.shifted(-back))
        with world.acting("confirmer") as actor:
            filing = db.session.get_one(Filing, pk)
            around = book_around(filing)
            used = following(SHEET_ROWS, working_figures(filing))["S2"]
            codes = {row["energy_code"] for row in used}
            little = [
                {
                    "energy_code": code,
                    "opening_stock": 0,
                    "purchase_quantity": 1 + back,
                    "purchase_amount": 1,
                    "industrial_consumption": 1 + back,
                    "closing_stock": 0,
                    "adopted_coefficient": one.reference,
                    "coefficient_basis": "reference",
                }
                for code, one in around.carriers.items()
                if code not in codes
            ]
            own = [row["product_key"] for row in SHEET_ROWS["S6"]]
            made = list(dict.fromkeys([*own, *around.products]))[:PRODUCTS]
            products = [
                {
                    "product_key": key,
                    "numerator": 10 + back,
                    "denominator": 500,
                    "annual_capacity": 4000,
                    "allocation_note": "By the meters of each line",
                }
                for key in made
            ]
            sheets = {"S2": [*used, *little], "S6": products}
            fill_sheets(filing, sheets, actor=actor)
        world.act("confirmer", Action.SUBMIT, pk)
    with world.seen_from():
        return world.review_of(pk).id


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are asked meanwhile, without what only begins them."""
    asked: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "PRAGMA")):
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    yield asked
    event.remove(Engine, "before_cursor_execute", count)


def the_page(app: Flask) -> None:
    world = World(app)
    review = large_filing(world)
    for who in ("county", "league", "confirmer"):
        client = world.client(who)
        client.get(f"/reviews/{review}")
        with counted() as asked:
            answer = client.get(f"/reviews/{review}")
        if answer.status_code != 200:
            raise Broken(f"status {answer.status_code}")
        times = []
        for _round in range(ROUNDS):
            begun = time.perf_counter()
            client.get(f"/reviews/{review}")
            times.append((time.perf_counter() - begun) * 1000)
        over = "  OVER" if len(asked) > STATEMENTS else ""
        size = len(answer.data) / 1024
        print(
            f"page, {who:10} {len(asked):4} statements {statistics.median(times):8.1f} ms"
            f" {size:7.0f} KiB{over}"
        )


# -- the queue -------------------------------------------------------------------------------------


def grow(url: str, wanted: int) -> int:
    """Copies of all enterprises with what of theirs is final, until there are as many filings.

    A region has more history with every quarter, but no more that waits for anybody.
    """
    names = ", ".join(f"'{one.value}'" for one in FINAL)
    final = f"state IN ({names})"
    kinds = {
        Enterprise: "1 = 1",
        Review: final,
        Filing: f"review_id IN (SELECT id FROM review WHERE id < {APART} AND {final})",  # noqa: S608
    }
    with demonstration(url):
        there = db.session.scalar(select(func.count(Review.id))) or 0
        query = select(func.count(Review.id)).where(Review.state.in_(FINAL))
        copies = -(-(wanted - there) // (db.session.scalar(query) or 1))
        with db.engine.begin() as connection:
            for n in range(1, copies + 1):
                for kind, where in kinds.items():
                    connection.execute(text(once_more(kind, COPIED[kind], n, where)))
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    with demonstration(url):
        return db.session.scalar(select(func.count(Review.id))) or 0


def reviewers(url: str) -> dict[str, str]:
    """A person of each tier by name of the role; of the leagues the one with the most filings."""
    with demonstration(url):
        league = func.substr(Review.place, 1, 14)
        busiest = db.session.scalar(
            select(league).group_by(league).order_by(func.count().desc()).limit(1)
        )
        found = {}
        for user in db.session.scalars(select(User).order_by(User.id)):
            for role in user.roles:
                if role.name == "region_reviewer" or user.place == busiest:
                    found.setdefault(role.name, user.username)
        return {role: found[role] for role in ("region_reviewer", "league_administrator")}


def the_queue(kind: str, folder: Path) -> None:
    sizes = {}
    with two_databases(kind, folder) as urls:
        for url, wanted in zip(urls, (FEW, MANY), strict=True):
            prepare(url)
            sizes[url] = grow(url, wanted)
        people = reviewers(urls[0])
        few, many = urls
        with (
            tumen(few, folder / "few") as small,
            tumen(many, folder / "many") as large,
        ):
            for role, name in people.items():
                ones = [Browser(port) for port in (small, large)]
                for one in ones:
                    one.log_in("/login/", "csrf_token", name, PASSWORD)
                for title, query in QUEUES.items():
                    medians = in_turn(ones, f"/reviews/list/{query}")
                    ratio = medians[1] / medians[0]
                    over = "  OVER" if ratio > RATIO else ""
                    print(
                        f"queue, {role:22}{title:20} {sizes[few]:7,} {medians[0]:7.1f} ms"
                        f" {sizes[many]:8,} {medians[1]:7.1f} ms  ratio {ratio:.2f}{over}"
                    )


@contextmanager
def two_databases(kind: str, folder: Path) -> Iterator[Sequence[str]]:
    few, many = folder / "few", folder / "many"
    for one in (few, many):
        one.mkdir()
    with database(kind, few) as first, database(kind, many) as second:
        yield first, second


def in_turn(ones: Sequence[Browser], address: str) -> list[float]:
    times: list[list[float]] = [[] for _one in ones]
    for round_ in range(-3, ROUNDS):
        for one, took in zip(ones, times, strict=True):
            answer = checked(one.get(address))
            if round_ >= 0:
                took.append(answer.milliseconds)
    return [statistics.median(one) for one in times]


def checked(answer: Answer) -> Answer:
    if answer.status != 200 or not re.search(r"<table|class=\"empty\"", answer.html):
        raise Broken(f"status {answer.status}")
    return answer


# -- at once ---------------------------------------------------------------------------------------


def at_once(app: Flask) -> None:
    """Thirty reviewers of a county go through the same hundred filings, by the API."""
    world = World(app)
    ready = many_ready(world, FILINGS, (COUNTY,))
    for pk, user in ready:
        with world.seen_from():
            actor = actor_of(db.session.get_one(User, user))
            look_from(db.session, actor.scope)
            with unit_of_work():
                decide(db.session.get_one(Filing, pk).review, Action.SUBMIT, actor=actor)
    headers, filings = world.token("county"), [pk for pk, _user in ready]
    with world.seen_from():
        shown = {pk: world.review_of(pk).version for pk in filings}

    def go_through(n: int) -> Counter[int]:
        client, said = app.test_client(), Counter[int]()
        for pk in random.Random(n).sample(filings, len(filings)):  # noqa: S311
            address = f"/api/v1/filings/{pk}/approve"
            sent = {"version": shown[pk]}  # as every page sends it
            said[client.post(address, json=sent, headers=headers).status_code] += 1
        return said

    begun = time.perf_counter()
    with ThreadPoolExecutor(REVIEWERS) as pool:
        said = sum(pool.map(go_through, range(REVIEWERS)), Counter[int]())
    took = time.perf_counter() - begun
    with world.seen_from():
        query = select(Filing.id, func.count(Decision.id)).join(
            Decision, Decision.review_id == Filing.review_id
        )
        query = query.where(Decision.action == Action.APPROVE).group_by(Filing.id)
        decided = dict(db.session.execute(query).all())
        wrong = everything_wrong()
    if decided != dict.fromkeys(filings, 1) or said[200] != len(filings) or wrong:
        raise Broken(f"decided otherwise than once each: {decided}; answers {dict(said)}; {wrong}")
    print(
        f"at once: {REVIEWERS} reviewers, {len(filings)} filings, each decided once"
        f" in {took:.0f} s; answers {dict(sorted(said.items()))}"
    )


# -- all of it -------------------------------------------------------------------------------------


@contextmanager
def small_world(url: str, folder: Path) -> Iterator[Flask]:
    """The world of the tests, on a database of its own."""
    app = make_app(url, folder / "uploads")
    settle(app)
    yield app
    let_go(app)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.reviewing")
    parser.add_argument("--database", choices=(*KINDS, "both"), default="both")
    parser.add_argument("--only", choices=tuple(PARTS), action="append")
    asked = parser.parse_args()
    for kind in KINDS if asked.database == "both" else (asked.database,):
        print(f"\n{kind}")
        for part in asked.only or PARTS:
            with TemporaryDirectory() as folder:
                PARTS[part](kind, Path(folder))


def in_small_world(act: Callable[[Flask], None]) -> Callable[[str, Path], None]:
    def run(kind: str, folder: Path) -> None:
        with database(kind, folder) as url, small_world(url, folder) as app:
            act(app)

    return run


PARTS: dict[str, Callable[[str, Path], None]] = {
    "page": in_small_world(the_page),
    "queue": the_queue,
    "at-once": in_small_world(at_once),
}


if __name__ == "__main__":
    main()
