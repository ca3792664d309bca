"""The list of documents: what a year asks of every enterprise in one's area, and how it stands."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, Select, and_, func, select, true

from app.core.clock import as_shown, today
from app.core.db import db
from app.core.errors import Invalid
from app.core.listing import Column, Filter, Listing
from app.core.search import matches
from app.enterprises.models import Enterprise
from app.enterprises.queries import name_of
from app.inspection.catalogue import documents_in
from app.inspection.duties import Duties, Duty
from app.inspection.kinds import WANTING, DutyState
from app.inspection.periods import last_day
from app.inspection.uploading import years_open
from app.regions.queries import county_name, place_choices
from app.regions.scope import scope_of

TO_DO = "wanting"  # missing, expired or to be answered


def year_asked(asked: Mapping[str, str]) -> int:
    """The year of the address, else the one we are in; `Invalid` for what is no year."""
    text = asked.get("year", "")
    if not text:
        return today().year
    if not (text.isascii() and text.isdigit() and 2001 <= int(text[:9]) <= 2099):
        raise Invalid(_("“%(text)s” is not a year.", text=text[:40]))
    return int(text)


def year_choices() -> list[tuple[str, str]]:
    return [(str(year), str(year)) for year in reversed(years_open())]


def state_choices() -> list[tuple[str, str]]:
    wanting = (TO_DO, _("Missing, expired or to be answered"))
    return [wanting, *((one.value, str(one.label)) for one in DutyState)]


def document_choices() -> list[tuple[str, str]]:
    return [(one.code, f"{one.code} {one.name}") for one in documents_in(today().year)]


def place_filter() -> Filter:
    return Filter(
        "place",
        _l("League or county"),
        _laid_elsewhere,
        choices=lambda: place_choices(scope_of(db.session)),
    )


def _laid_elsewhere(_value: str) -> ColumnElement[bool]:
    """The conditions hang on the statement of the year; `DutyListing` lays them."""
    return true()


def in_states(duties: Duties, wanted: str) -> ColumnElement[bool]:
    """Whether it stands as *wanted* says: one state, or all that need somebody."""
    states = WANTING if wanted == TO_DO else (DutyState.named(wanted),)
    return duties.state.in_([one.value for one in states])


class DutyListing(Listing):
    """Rows that no table has: made of the registry, the catalogue of the year and the files."""

    __slots__ = ()

    def duties(self, asked: Mapping[str, str]) -> Duties:
        """What the year of the address asks of those whom its filters leave."""
        chosen = self.chosen(asked)
        number = chosen.get("enterprise", "")
        numbers = None
        if number:
            numbers = [int(number)] if number.isascii() and number.isdigit() else [-1]
        return Duties(year_asked(chosen), chosen.get("place", ""), numbers)

    def conditions(self, asked: Mapping[str, str], duties: Duties) -> list[ColumnElement[bool]]:
        chosen = self.chosen(asked)
        laid = {
            "q": lambda v: matches(Enterprise.search, v),
            "state": lambda v: in_states(duties, v),
            "document": lambda v: duties.plan.c.code == v,
            "due": lambda v: _within(duties.due_on, v),
            "expires": lambda v: _within(duties.held.c.expires_on, v),
        }
        return [lay(chosen[name]) for name, lay in laid.items() if name in chosen]

    def statement(self, asked: Mapping[str, str]) -> Select[Any]:
        """All rows that *asked* leaves, enterprise by enterprise, in the order of the manual."""
        duties = self.duties(asked)
        query = duties.rows().where(*self.conditions(asked, duties))
        return query.order_by(*self._ways(asked, duties), *duties.order)

    def wanting(self, asked: Mapping[str, str]) -> dict[int, int]:
        """The enterprises among those rows that miss something, and how much of it."""
        duties = self.duties(asked)
        query = duties.counts(Enterprise.id).where(*self.conditions(asked, duties))
        query = query.where(in_states(duties, TO_DO)).order_by(Enterprise.id)
        found: dict[int, int] = {}
        for pk, _state, count in db.session.execute(query):
            found[pk] = found.get(pk, 0) + count
        return found

    def _counted_page(
        self, statement: Select[Any], size: int, number: int
    ) -> tuple[Sequence[Any], int]:
        total = self.count(statement)
        page = statement.limit(size).offset((number - 1) * size)
        return db.session.scalars(page).all() if total else (), total

    def _searches(self, _asked: Mapping[str, str]) -> bool:
        """The search of lists looks for keys of a table, and this one has none."""
        return False

    @staticmethod
    def _ways(asked: Mapping[str, str], duties: Duties) -> list[Any]:
        wanted = asked.get("sort", "")
        ways = {"name": Enterprise.name, "due": duties.due_on, "code": duties.plan.c.position}
        way = ways.get(wanted.lstrip("-"))
        if way is None:
            return []
        return [way.desc() if wanted.startswith("-") else way.asc()]


def _within(column: Any, month: str) -> ColumnElement[bool]:
    """Whether a day lies in a month written as 2026-01."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Invalid(_("“%(text)s” is not a month.", text=month[:40])) from None
    return and_(column >= first, column <= last_day(first.year, first.month))


def address_of_duty(duty: Duty) -> str:
    """Where a document is uploaded, or opened: its place on the page of its enterprise."""
    page = url_for("InspectionView.page", pk=duty.enterprise_id, year=duty.year)
    return f"{page}#{duty.document.code}"


def _name(duty: Duty) -> Markup:
    address = url_for("InspectionView.page", pk=duty.enterprise_id, year=duty.year)
    return Markup('<a href="{}">{}</a>').format(address, duty.enterprise)


def _document(duty: Duty) -> Markup:
    """The name opens it: on the page of the enterprise, where it can be looked at."""
    told = f"{duty.document.code} {duty.document.name}"
    link = Markup('<a href="{}">{}</a>').format(address_of_duty(duty), told)
    return link + Markup(" ") + escape(duty.period) if duty.quarter else link


def months(year: int) -> list[tuple[str, str]]:
    return [(f"{year}-{month:02d}",) * 2 for month in range(1, 13)]


def _months() -> list[tuple[str, str]]:
    return months(today().year)


DUTIES = DutyListing(
    start=lambda: select(Enterprise),  # never asked: `statement` is laid anew for every year
    columns=(
        Column("name", _l("Enterprise"), _name, sort=Enterprise.name, wide=True),
        Column("code", _l("Document"), _document, sort=func.now(), wide=True),
        Column("state", _l("Upload state"), lambda duty: duty.state),
        Column("due", _l("Due on"), lambda duty: duty.due_on, sort=func.now(), whole=True),
        Column("at", _l("Uploaded at"), lambda d: as_shown(d.uploaded_at) if d.uploaded_at else ""),
        Column("expires", _l("Valid until"), lambda duty: duty.expires_on, whole=True),
        Column("county", _l("County"), lambda duty: county_name(duty.place), whole=True),
        Column("item", _l("Item"), lambda duty: duty.document.item, wide=True, hidden=True),
        Column("often", _l("How often"), lambda d: d.document.how_often, wide=True, hidden=True),
        Column("needed", _l("Required"), lambda d: d.document.necessity.label, hidden=True),
    ),
    order=(),
    filters=(
        Filter("q", _l("Name, code or initials"), _laid_elsewhere),
        Filter("year", _l("Year"), _laid_elsewhere, choices=year_choices),
        place_filter(),
        Filter(
            "enterprise",
            _l("Enterprise"),
            _laid_elsewhere,
            source="EnterpriseView.choices",
            said=name_of,
        ),
        Filter("document", _l("Document"), _laid_elsewhere, choices=document_choices),
        Filter("state", _l("Upload state"), _laid_elsewhere, choices=state_choices),
        Filter("due", _l("Due in"), _laid_elsewhere, shown=False),
        Filter("expires", _l("Expires in"), _laid_elsewhere, shown=False),
    ),
)
