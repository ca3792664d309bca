"""The rows of the benchmark: invented enterprises below the real counties, the same every time."""

import random
import time
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update
from werkzeug.security import generate_password_hash

from app.accounts.models import User
from app.core.credit_code import check_character
from app.core.search import search_text
from app.enterprises.models import Enterprise, EnterpriseClass
from app.regions.models import Region
from app.regions.scope import Tier, tier_of
from app.upkeep.demonstration.names import BRANDS, TRADES, mobile, person_name

ENTERPRISES = Enterprise.__table__
CODE = r"91\d{6}MA\d{7}[0-9A-Z]"  # the credit codes given out here, for finding them in a page

Row = dict[str, Any]


def counties_of(connection: Connection) -> list[tuple[str, str]]:
    """Path and name of every county in use."""
    query = select(Region.path, Region.name_zh).where(Region.active).order_by(Region.path)
    return [
        (path, name) for path, name in connection.execute(query) if tier_of(path) == Tier.COUNTY
    ]


def invent(count: int, counties: Sequence[tuple[str, str]]) -> Iterator[Row]:
    """*count* enterprises, spread over the *counties*; no two have the same name."""
    rng = random.Random(20260701)  # noqa: S311  invented, and the same every time
    industries, taken = sorted(TRADES), set[str]()
    for number in range(1, count + 1):
        path, county = counties[number % len(counties)]
        industry = rng.choice(industries)
        name, short = _new_name(rng, county, TRADES[industry], taken)
        code = _credit_code(path, number)
        yield {
            "id": number,
            "place": f"{path}{number:06d}/",
            "registry_number": f"{number:06d}",
            "credit_code": code,
            "name": name,
            "short_name": short,
            "search": search_text(name, short, code),
            "industry_code": industry,
            "enterprise_class": rng.choice(list(EnterpriseClass)),
            "address": f"{county}工业园区创业路 {number % 400 + 1} 号",
            "contact_name": "".join(person_name(rng)),
            "contact_phone": mobile(rng),
            "version": 1,
        }


def _new_name(rng: random.Random, county: str, trade: str, taken: set[str]) -> tuple[str, str]:
    """A full and a short name; the full one belongs to nobody yet."""
    while True:
        short = rng.choice(BRANDS) + rng.choice(BRANDS) + trade
        name = f"{county}{short}有限公司"
        if name not in taken:
            taken.add(name)
            return name, short


def _credit_code(county: str, number: int) -> str:
    body = f"91{county.split('/')[2]}MA{number:07d}"
    return body + check_character(body)


def write(engine: Engine, rows: Sequence[Row]) -> None:
    """Write *rows*, past the session, for there is nobody here whose view they could leave."""
    with engine.begin() as connection:
        connection.execute(insert(ENTERPRISES), list(rows))
    if engine.dialect.name == "postgresql":
        # It would do so by itself after a minute, in the middle of the measuring.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            _settle(connection)


def _settle(connection: Connection) -> None:
    """Clean up until every row is known to be visible to all, as in a table some minutes old.

    Right after a great insert one round does not see to it; both sites read the same table.
    """
    seen = "SELECT relallvisible >= relpages FROM pg_class WHERE relname = 'enterprise'"
    for _round in range(10):
        connection.exec_driver_sql("VACUUM ANALYZE")
        if connection.exec_driver_sql(seen).scalar():
            return
        time.sleep(1)


def set_password(engine: Engine, username: str, password: str) -> None:
    """Let the first account in with *password*, which need not be changed."""
    change = {"password": generate_password_hash(password), "must_change_password": False}
    with engine.begin() as connection:
        table = User.__table__
        connection.execute(update(table).where(table.c.username == username).values(change))
