"""The list of 企业启停: who is in use, who is stopped and since when, who is left out."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, exists, select

from app.core.db import db
from app.core.listing import Column, Filter, Listing, row_link
from app.core.period import Quarter, this_quarter
from app.core.search import matches
from app.enterprises.models import Enterprise, StartStop, StopReason
from app.enterprises.start_stop import is_enabled_in, is_stopped_as, stop_now, with_stop
from app.regions.queries import county_name, place_choices
from app.regions.scope import scope_of


def _start() -> Select[tuple[Enterprise]]:
    return select(Enterprise).options(with_stop())


def _in_words(row: Enterprise) -> str:
    if row.stopped_as is None:
        return _("in use")
    return _("stopped: %(reason)s", reason=row.stopped_as.label)


def _since(row: Enterprise) -> str:
    stop = stop_now(row)
    return str(Quarter.at(stop.effective)) if stop and stop.effective else ""


def _planned(_value: str) -> ColumnElement[bool]:
    its = StartStop.enterprise_id == Enterprise.id
    return exists().where(its, StartStop.effective > this_quarter().index)


def _reasons() -> list[tuple[str, str]]:
    return [(one.value, str(one.label)) for one in StopReason]


SWITCHES = Listing(
    start=_start,
    columns=(
        Column(
            "name",
            _l("Enterprise"),
            row_link("StartStopView.page", lambda row: row.name),
            sort=Enterprise.name,
            wide=True,
        ),
        Column(
            "credit_code",
            _l("Credit code"),
            lambda row: row.credit_code,
            sort=Enterprise.credit_code,
        ),
        Column("county", _l("County"), lambda row: county_name(row.place)),
        Column("enabled", _l("In use"), _in_words, sort=is_enabled_in(), whole=True),
        Column("since", _l("Stopped since"), _since),
        Column(
            "in_statistics",
            _l("In statistics"),
            lambda row: _("yes") if row.in_statistics else _("left out"),
            sort=Enterprise.in_statistics,
        ),
    ),
    order=(Enterprise.place, Enterprise.id),
    filters=(
        Filter("q", _l("Name, code or initials"), lambda v: matches(Enterprise.search, v)),
        Filter(
            "enabled",
            _l("In use"),
            lambda v: is_enabled_in() if v == "yes" else ~is_enabled_in(),
            choices=lambda: [("yes", _("in use")), ("no", _("stopped"))],
        ),
        Filter(
            "reason",
            _l("Reason of the stop"),
            lambda v: is_stopped_as(StopReason.named(v)),
            choices=_reasons,
        ),
        Filter("planned", _l("Planned changes"), _planned, choices=lambda: [("yes", _("planned"))]),
        Filter(
            "counted",
            _l("In statistics"),
            lambda v: Enterprise.in_statistics.is_(v == "yes"),
            choices=lambda: [("yes", _("yes")), ("no", _("left out"))],
        ),
        Filter(
            "place",
            _l("League or county"),
            lambda v: Enterprise.place.startswith(v, autoescape=True),
            choices=lambda: place_choices(scope_of(db.session)),
        ),
    ),
)
