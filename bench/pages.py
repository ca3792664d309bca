"""The pages that are compared: their addresses on both sites, and the rows they must show."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import Connection, Select, func, select

from app.upkeep.demonstration.names import TRADES
from bench.rows import CODE, ENTERPRISES
from bench.servers import Broken

SIZE = 25  # rows on a page
DEEP = 2000
FORMS = 20  # so many different enterprises are opened in turn
OURS, DJANGOS = "/enterprises/list/", "/admin/django_site/enterprise/"
FEW, MANY = "MA{number:07d}", TRADES["26"]  # a part of one credit code; a trade of many names


@dataclass(frozen=True, slots=True)
class Visit:
    """One thing to ask both sites for, and the credit codes that the answer shows."""

    ours: str
    django: str
    codes: frozenset[str]

    def check(self, site: str, address: str, status: int, html: str) -> None:
        """Raise `Broken` unless *html* shows exactly the rows it should."""
        if status != 200:
            raise Broken(f"{site} {address}: status {status}")
        shown = set(re.findall(CODE, html))
        if shown != self.codes:
            raise Broken(
                f"{site} {address}: {len(shown)} rows are shown, {len(self.codes)} expected, "
                f"{len(shown & self.codes)} of them the right ones"
            )


@dataclass(frozen=True, slots=True)
class Page:
    """A line of the table; *target* is what part of Django's time ours should take at most."""

    name: str
    target: float
    visits: Sequence[Visit]


def pages(connection: Connection) -> list[Page]:
    """What to compare on the database behind *connection*."""
    count = connection.scalar(select(func.count()).select_from(ENTERPRISES)) or 0
    deep = min(DEEP, count // SIZE)
    few = FEW.format(number=count // 2)
    return [
        _list(connection, "list, page 1", 0.6),
        _search(connection, few),
        _search(connection, MANY),
        _list(connection, "list, by name", 0.8, by="name", ours={"sort": "name"}, django={"o": 1}),
        _list(
            connection,
            f"list, page {deep:,}",
            0.8,
            skipped=(deep - 1) * SIZE,
            ours={"page": deep},
            django={"p": deep},
        ),
        Page("form of one", 0.6, [_form(connection, number) for number in _spread(count)]),
    ]


def _list(
    connection: Connection,
    name: str,
    target: float,
    *,
    by: str = "place",
    skipped: int = 0,
    ours: dict[str, object] | None = None,
    django: dict[str, object] | None = None,
) -> Page:
    query = select(ENTERPRISES.c.credit_code).order_by(ENTERPRISES.c[by])
    codes = _codes(connection, query.limit(SIZE).offset(skipped))
    return Page(name, target, [Visit(_asking(OURS, ours), _asking(DJANGOS, django), codes)])


def _search(connection: Connection, word: str) -> Page:
    found = ENTERPRISES.c.search.contains(word.lower())
    query = select(ENTERPRISES.c.credit_code).where(found).order_by(ENTERPRISES.c.place)
    hits = connection.scalar(select(func.count()).select_from(query.subquery()))
    asked: dict[str, object] = {"q": word}
    visit = Visit(
        _asking(OURS, asked), _asking(DJANGOS, asked), _codes(connection, query.limit(SIZE))
    )
    return Page(f"search, finds {hits:,}", 0.8, [visit])


def _form(connection: Connection, number: int) -> Visit:
    query = select(ENTERPRISES.c.credit_code).where(ENTERPRISES.c.id == number)
    ours, django = f"/enterprises/edit/{number}", f"{DJANGOS}{number}/change/"
    return Visit(ours, django, _codes(connection, query))


def _spread(count: int) -> list[int]:
    """Some numbers of enterprises from the whole table."""
    return [1 + n * count // FORMS for n in range(FORMS)]


def _codes(connection: Connection, query: Select[tuple[str]]) -> frozenset[str]:
    return frozenset(connection.scalars(query))


def _asking(address: str, what: dict[str, object] | None) -> str:
    return f"{address}?{urlencode(what)}" if what else address
