"""Lines of a report: what each is called, where it leads, and what they make together."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import String, cast, func

from app.checks import reckoning
from app.core.db import db
from app.core.shell import path_of
from app.enterprises.models import Enterprise
from app.filings.models import Filing
from app.regions.queries import county_of, names_by_path
from app.reports.selection import CODE, THEN, Basis, By, Selection, names_of
from app.reports.summary import BEHIND, Line, Lines, SummaryColumn, Value

ZERO = Decimal(0)
# with every line of a query that is divided by `Selection.part`; of an enterprise that has moved
# the place at which it has filed last
OF_A_LINE = (
    func.max(Enterprise.name).label("name"),
    func.substr(func.max(cast(Filing.quarter, String) + Filing.place), 2, type_=String).label(
        "place"
    ),
)


class Sums:
    """Rows added up, by the names of their columns; what no row has stays empty."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows

    def __getattr__(self, name: str) -> Any:
        known = [value for row in self._rows if (value := getattr(row, name)) is not None]
        return sum(known[1:], known[0]) if known else None


def rows_of(query: Any) -> Sequence[Any]:
    """What *query* finds, of what was filed in sight, also by who has moved away."""
    return db.session.execute(query, execution_options=THEN).all()


def head_of(what: Selection) -> list[SummaryColumn]:
    """What stands left of the figures: the name, of an enterprise its county too."""
    name = SummaryColumn(str(what.grouping.label), wide=True)
    return [name, SummaryColumn(_("Place"))] if what.grouping is By.ENTERPRISE else [name]


def divided(
    what: Selection, rows: Sequence[Any], sheet: str, figures: Callable[[Any], list[Value]]
) -> Sequence[Line]:
    """A line for each of *rows*, in the order of the places or codes."""
    by = what.grouping
    if by is By.ENTERPRISE:
        rows = sorted(rows, key=lambda row: (row.place, row.part))
        counties = names_by_path(list({county_of(row.place) for row in rows}))
    else:
        rows = sorted(rows, key=lambda row: str(row.part))
        counties = {}
    names = names_of(by, [row.part for row in rows])

    def line(row: Any) -> Line:
        narrow = what.narrowed(row.part)
        if by is By.ENTERPRISE:
            league, county = row.place[: 2 * CODE], row.place[: 3 * CODE]
            head = [row.name, f"{counties.get(league, '')} {counties.get(county, '')}".strip()]
        else:
            head = [names.get(row.part, str(row.part))]
        return Line(
            [*head, *figures(row)],
            deeper="" if by is By.ENTERPRISE else f"?{narrow.said()}",
            ways={BEHIND: behind(narrow, sheet)},
            key=str(row.part),
        )

    return Lines(rows, line)


def total(what: Selection, sheet: str, values: list[Value]) -> Line:
    """The foot of a table that is divided."""
    blank = [""] * (len(head_of(what)) - 1)
    return Line([_("Total"), *blank, *values], ways={BEHIND: behind(what, sheet)})


def behind(what: Selection, sheet: str = "S1", **more: str) -> str:
    """The list of the rows of a sheet of which the sums of *what* are made."""
    address = path_of(f"Behind{sheet}View.list")
    told = "".join(f"&{name}={value}" for name, value in more.items())
    return f"{address}?{what.said(by=None, basis=Basis.CALORIFIC)}{told}"


def shown(value: Decimal | None, places: int = 2) -> Decimal | None:
    """A rate as it is shown; none stays empty."""
    return None if value is None else reckoning.shown(value, places)
