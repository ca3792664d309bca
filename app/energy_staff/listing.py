"""The list of the forms: whose, which, how old, and what waits for a decision."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import contains_eager

from app.core.clock import PLACE_TIME, as_shown, now
from app.core.db import db
from app.core.listing import Column, Filter, Listing, row_link
from app.core.search import matches
from app.energy_staff.fields import Annex
from app.energy_staff.models import EnergyForm, FormState
from app.energy_staff.queries import is_due
from app.enterprises.models import Enterprise
from app.regions.queries import county_name, place_choices
from app.regions.scope import scope_of

OLD = frozenset({FormState.REPLACED, FormState.ENDED})


def _start() -> Select[tuple[EnergyForm]]:
    query = select(EnergyForm).join(EnergyForm.enterprise)
    return query.options(contains_eager(EnergyForm.enterprise))


def age_of(form: EnergyForm) -> str:
    """How old the version in force is, and whether January has asked for another."""
    if form.in_force_at is None:
        return "—"
    days = (now() - form.in_force_at).days
    text, due = _("%(n)s days", n=days), _("to be renewed")
    return f"{text} · {due}" if is_due(form) else text


def _is(value: str) -> ColumnElement[bool]:
    if value == "now":
        return EnergyForm.state.not_in(OLD)
    if value == "due":
        january = (
            now()
            .astimezone(PLACE_TIME)
            .replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
        )
        return and_(EnergyForm.state == FormState.IN_FORCE, EnergyForm.in_force_at < january)
    return EnergyForm.state == FormState.named(value)


def _states() -> list[tuple[str, str]]:
    named = [(one.value, str(one.label)) for one in FormState]
    return [("now", _("Not replaced")), ("due", _("To be renewed this year")), *named]


FORMS = Listing(
    start=_start,
    columns=(
        Column(
            "enterprise",
            _l("Enterprise"),
            row_link("EnergyFormView.page", lambda row: row.enterprise.name),
            sort=Enterprise.name,
            wide=True,
        ),
        Column("annex", _l("Form"), lambda row: row.annex.label, sort=EnergyForm.annex),
        Column("person", _l("Person"), lambda row: row.person, sort=EnergyForm.person),
        Column("state", _l("Status"), lambda row: row.state, sort=EnergyForm.state),
        Column("record_no", _l("Number on record"), lambda row: row.record_no, whole=True),
        Column("number", _l("Version"), lambda row: row.number, numeric=True, hidden=True),
        Column("age", _l("How old"), age_of, sort=EnergyForm.in_force_at),
        Column("county", _l("County"), lambda row: county_name(row.place)),
        Column(
            "handed_in_at",
            _l("Handed in at"),
            lambda row: as_shown(row.handed_in_at) if row.handed_in_at else "",
            sort=EnergyForm.handed_in_at,
            hidden=True,
        ),
    ),
    order=(EnergyForm.id.desc(),),
    filters=(
        Filter("q", _l("Name, code or initials"), lambda v: matches(Enterprise.search, v)),
        Filter(
            "annex",
            _l("Form"),
            lambda v: EnergyForm.annex == Annex.named(v),
            choices=lambda: [(one.value, str(one.label)) for one in Annex],
        ),
        Filter("state", _l("Status"), _is, choices=_states),
        Filter(
            "place",
            _l("League or county"),
            lambda v: EnergyForm.place.startswith(v, autoescape=True),
            choices=lambda: place_choices(scope_of(db.session)),
        ),
    ),
)
