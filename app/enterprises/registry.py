"""The list of enterprises: one definition for the page, its export and the API."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.listing import Column, Filter, Listing, row_link
from app.core.search import matches
from app.core.shell import said as _  # keeps what it has said: asked for in every row
from app.enterprises.models import Enterprise, EnterpriseClass
from app.enterprises.start_stop import is_enabled_in, with_stop
from app.regions.queries import county_name, place_choices
from app.regions.scope import scope_of

_ALL = select(Enterprise).options(joinedload(Enterprise.industry), with_stop())


def _start() -> Select[tuple[Enterprise]]:
    return _ALL


def _in_use(row: Enterprise) -> str:
    if row.stopped_as is None:
        return _("yes")
    return _("stopped: %(reason)s", reason=row.stopped_as.label)


def _stands(value: str) -> ColumnElement[bool]:
    return is_enabled_in() if value == "yes" else ~is_enabled_in()


REGISTRY = Listing(
    start=_start,
    columns=(
        Column(
            "name",
            _l("Enterprise"),
            row_link("EnterpriseView.show", lambda enterprise: enterprise.name),
            sort=Enterprise.name,
            wide=True,
        ),
        Column(
            "credit_code",
            _l("Credit code"),
            lambda row: row.credit_code,
            sort=Enterprise.credit_code,
        ),
        Column("industry", _l("Industry"), lambda row: row.industry, sort=Enterprise.industry_code),
        Column(
            "enterprise_class",
            _l("Class"),
            lambda row: row.enterprise_class.label,
            sort=Enterprise.enterprise_class,
        ),
        Column("contact", _l("Contact"), lambda row: row.contact_name or "—"),
        Column("phone", _l("Telephone"), lambda row: row.contact_phone, hidden=True),
        Column("address", _l("Address"), lambda row: row.address, wide=True, hidden=True),
        Column(
            "registry_number",
            _l("Registry number"),
            lambda row: row.registry_number,
            sort=Enterprise.registry_number,
            hidden=True,
        ),
        Column("county", _l("County"), lambda row: county_name(row.place), hidden=True),
        Column(
            "in_statistics",
            _l("In statistics"),
            lambda row: _("yes") if row.in_statistics else _("no"),
            hidden=True,
        ),
        Column(
            "enabled",
            _l("In use"),
            _in_use,
            sort=is_enabled_in(),
        ),
    ),
    order=(Enterprise.place, Enterprise.id),
    filters=(
        Filter("q", _l("Name, code or initials"), lambda v: matches(Enterprise.search, v)),
        Filter(
            "place",
            _l("League or county"),
            lambda v: Enterprise.place.startswith(v, autoescape=True),
            choices=lambda: place_choices(scope_of(db.session)),
        ),
        Filter(
            "enterprise_class",
            _l("Class"),
            lambda v: Enterprise.enterprise_class == EnterpriseClass.named(v),
            choices=lambda: [(c.value, str(c.label)) for c in EnterpriseClass],
        ),
        Filter(
            "enabled",
            _l("In use"),
            _stands,
            choices=lambda: [("yes", _("yes")), ("no", _("stopped"))],
        ),
    ),
)
