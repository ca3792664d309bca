"""Lines of a report: what each is called, where it leads, and what they make together."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func

from app.checks import reckoning
from app.core.db import db
from app.enterprises.models import Enterprise
from app.filings.models import Filing
from app.regions.queries import county_name
from app.reports.selection import THEN, Basis, By, Selection, names_of
from app.reports.summary import BEHIND, Line, SummaryColumn, Value

ZERO = Decimal(0)
# with every line of a query that is divided by `Selection.part`
OF_A_LINE = (
    func.max(Enterprise.name).label("name"),
    func.max(Filing.place).label("place"),
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
) -> list[Line]:
    """A line for each of *rows*, in the order of the places or codes."""
    by = what.grouping
    if by is By.ENTERPRISE:
        rows = sorted(rows, key=lambda row: (row.place, row.part))
    else:
        rows = sorted(rows, key=lambda row: str(row.part))
    names = names_of(by, [row.part for row in rows])
    lines = []
    for row in rows:
        narrow = what.narrowed(row.part)
        head = [row.name, county_name(row.place)] if by is By.ENTERPRISE else []
        lines.append(
            Line(
                [*(head or [names.get(row.part, str(row.part))]), *figures(row)],
                deeper="" if by is By.ENTERPRISE else f"?{narrow.said()}",
                ways={BEHIND: behind(narrow, sheet)},
                key=str(row.part),
            )
        )
    return lines


def total(what: Selection, sheet: str, values: list[Value]) -> Line:
    """The foot of a table that is divided."""
    blank = [""] * (len(head_of(what)) - 1)
    return Line([_("Total"), *blank, *values], ways={BEHIND: behind(what, sheet)})


def behind(what: Selection, sheet: str = "S1", **more: str) -> str:
    """The list of the rows of a sheet of which the sums of *what* are made."""
    address = url_for(f"Behind{sheet}View.list")
    told = "".join(f"&{name}={value}" for name, value in more.items())
    return f"{address}?{what.said(by=None, basis=Basis.CALORIFIC)}{told}"


def shown(value: Decimal | None, places: int = 2) -> Decimal | None:
    """A rate as it is shown; none stays empty."""
    return None if value is None else reckoning.shown(value, places)
