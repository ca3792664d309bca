"""The list of documents: what a year asks of every enterprise in one's area, and how it stands."""

from collections.abc import Callable, Mapping, Sequence
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
from app.core.listing import Column, Filter, Listing, Page
from app.core.preferences import PAGE_SIZES
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
    if not (text.isascii() and text.isdigit() and len(text) == 4 and 2001 <= int(text) <= 2099):
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

    def duties(self, asked: Mapping[str, str], numbers: Sequence[int] | None = None) -> Duties:
        """What the year of the address asks of those whom its filters leave."""
        chosen = self.chosen(asked)
        number = chosen.get("enterprise", "")
        if number and numbers is None:
            numbers = [int(number)] if number.isascii() and number.isdigit() else [-1]
        where = [matches(Enterprise.search, chosen["q"])] if "q" in chosen else []
        return Duties(year_asked(chosen), chosen.get("place", ""), numbers, where)

    def conditions(self, asked: Mapping[str, str], duties: Duties) -> list[ColumnElement[bool]]:
        chosen, each = self.chosen(asked), duties.each.c
        laid: Mapping[str, Callable[[str], ColumnElement[bool]]] = {
            "state": lambda v: in_states(duties, v),
            "document": lambda v: each.code == v,
            "due": lambda v: _within(each.due_on, v),
            "expires": lambda v: _within(each.expires_on, v),
        }
        return [lay(chosen[name]) for name, lay in laid.items() if name in chosen]

    def page(self, asked: Mapping[str, str]) -> Page:
        """Without a filter on what is reckoned, only the enterprises of the page are looked at."""
        chosen = self.chosen(asked)
        if {"state", "due", "expires"} & chosen.keys() or asked.get("sort"):
            return super().page(asked)
        duties = self.duties(asked)
        code = chosen.get("document")
        columns = sum(code in (None, one.document.code) for one in duties.planned)
        enterprises = duties.enterprises().order_by(Enterprise.place, Enterprise.id)
        total = columns * self.count(enterprises)
        size, number = paged(asked, total)
        first = (number - 1) * size
        if not total:
            return Page((), 0, 1, size)
        here = enterprises.offset(first // columns).limit(size // columns + 2)
        narrowed = self.duties(asked, db.session.scalars(here).all())
        query = narrowed.rows().where(*self.conditions(asked, narrowed)).order_by(*narrowed.order)
        rows = db.session.scalars(query.offset(first % columns).limit(size)).all()
        return Page(rows, total, number, size)

    def statement(self, asked: Mapping[str, str]) -> Select[Any]:
        """All rows that *asked* leaves, enterprise by enterprise, in the order of the manual."""
        duties = self.duties(asked)
        query = duties.rows().where(*self.conditions(asked, duties))
        return query.order_by(*self._ways(asked, duties), *duties.order)

    def wanting(self, asked: Mapping[str, str]) -> dict[int, int]:
        """The enterprises among those rows that miss something, and how much of it."""
        duties = self.duties(asked)
        by = duties.each.c.enterprise_id
        query = duties.counts(by).where(*self.conditions(asked, duties))
        query = query.where(in_states(duties, TO_DO)).order_by(by)
        found: dict[int, int] = {}
        for pk, _state, count in db.session.execute(query):
            found[pk] = found.get(pk, 0) + count
        return found

    def _counted_page(
        self, statement: Select[Any], size: int, number: int
    ) -> tuple[Sequence[Any], int]:
        page = statement.add_columns(func.count().over()).limit(size).offset((number - 1) * size)
        found = db.session.execute(page).all()
        if found:
            return [row[0] for row in found], found[0][-1]
        return (), self.count(statement)

    def _searches(self, _asked: Mapping[str, str]) -> bool:
        """The search of lists looks for keys of a table, and this one has none."""
        return False

    @staticmethod
    def _ways(asked: Mapping[str, str], duties: Duties) -> list[Any]:
        wanted = asked.get("sort", "")
        each = duties.each.c
        ways = {"name": each.name, "due": each.due_on, "code": each.position}
        way = ways.get(wanted.lstrip("-"))
        if way is None:
            return []
        return [way.desc() if wanted.startswith("-") else way.asc()]


def paged(asked: Mapping[str, str], total: int) -> tuple[int, int]:
    """The size of a page and its number, put right where they are none, or too large."""
    size, number = (_number(asked.get(name)) for name in ("size", "page"))
    size = min(size or PAGE_SIZES[0], PAGE_SIZES[-1])
    return size, min(max(number, 1), max(1, -(-total // size)))


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


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
