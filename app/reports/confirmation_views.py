"""企业填报确认附件汇总 as a list, as a workbook, and all its files as one zip."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import g, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.audit.record import record
from app.core.archive import archive, send_archive
from app.core.clock import today
from app.core.db import db
from app.core.errors import NotFound
from app.core.interface import DomainInterface
from app.core.listing import Column, Filter, Listing, row_link
from app.core.period import Quarter, recent_quarters
from app.core.search import matches
from app.core.unit import unit_of_work
from app.core.uploads import storage
from app.core.web import DomainView
from app.enterprises.models import EnergyLevel, Enterprise
from app.filings.sheets.attachment import AttachmentKind
from app.regions.queries import county_name, place_choices
from app.regions.scope import scope_of
from app.reports.confirmation import (
    HEADS,
    File,
    HandedIn,
    Lack,
    asked_in,
    counts_of,
    enterprises_in,
    files_of,
    handed_in_by,
    lacks,
    lacks_anything,
    level_in,
)
from app.reports.late import chosen_period
from app.review.models import Review
from app.review.workflow import State


def _period() -> Quarter:
    period = chosen_period()
    if period is None:
        raise NotFound(_("No quarter is open for filing."))
    return period


def _start() -> Select[tuple[Enterprise]]:
    period = chosen_period()
    if period is None:
        return select(Enterprise).where(Enterprise.id < 0)
    return enterprises_in(period).options(joinedload(Enterprise.industry))


def _of(enterprise: Enterprise) -> HandedIn:
    """What it has handed in; read at once for all that are being shown, and for no more."""
    kept: dict[int, HandedIn] = g.get("handed_in", {})
    if enterprise.id not in kept:
        shown = [one.id for one in db.session.identity_map.values() if isinstance(one, Enterprise)]
        kept = g.handed_in = handed_in_by({enterprise.id, *shown}, _period())
    return kept[enterprise.id]


def _state(enterprise: Enterprise) -> object:
    held = _of(enterprise)
    if held.imported:
        return _("Imported")
    return held.state or _("Not begun")


def _files(held: HandedIn, files: Sequence[File]) -> Markup:
    """Each leads to where it opens, unless it lies in a county that is out of sight."""
    seen = scope_of(db.session).admits(held.place)
    return Markup("<br>").join(_link(held, file) if seen else file.name for file in files)


def _link(held: HandedIn, file: File) -> Markup:
    address = url_for("AttachmentView.opened", pk=held.filing, attachment=file.id)
    return Markup('<a href="{}">{}</a>').format(address, file.name)


def _missing(text: str = "") -> Markup:
    return Markup('<span class="badge state-broken">{}</span>').format(text or _("missing"))


def _not_asked(held: HandedIn, what: Lack) -> bool:
    return held.imported or what not in asked_in(held.period)


def _stamped(enterprise: Enterprise) -> Markup | str:
    held = _of(enterprise)
    if _not_asked(held, Lack.STAMPED):
        return "—"
    return _files(held, held.stamped) if held.stamped else _missing()


def _monthly(enterprise: Enterprise) -> Markup | str:
    held = _of(enterprise)
    if _not_asked(held, Lack.MONTHLY):
        return "—"
    files = held.of(AttachmentKind.MONTHLY_REPORT)
    if not files:
        return _missing()
    if not held.months_missing:
        return _files(held, files)
    months = ", ".join(map(str, held.months_missing))
    return Markup("{}<br>{}").format(
        _files(held, files), _missing(_("missing: months %(months)s", months=months))
    )


def _annual(enterprise: Enterprise) -> Markup | str:
    held = _of(enterprise)
    if _not_asked(held, Lack.ANNUAL):
        return "—"
    files = held.of(AttachmentKind.ANNUAL_REPORT)
    return _files(held, files) if files else _missing()


def _lacks(enterprise: Enterprise) -> str:
    found = _of(enterprise).lacks
    if Lack.FILING in found:  # and so all that hangs on it
        return str(Lack.FILING.label)
    return ", ".join(str(one.label) for one in found) or _("nothing")


def _in_state(value: str) -> ColumnElement[bool]:
    return Review.id.is_(None) if value == "none" else Review.state == State.named(value)


def _lacking(value: str) -> ColumnElement[bool]:
    if value in ("any", "none"):
        missing = lacks_anything(_period())
        return missing if value == "any" else ~missing
    return lacks(Lack.named(value), _period())


def _lack_choices() -> list[tuple[str, str]]:
    own = [(one.value, str(one.label)) for one in Lack]
    return [("any", _("anything")), ("none", _("nothing")), *own]


LISTING = Listing(
    start=_start,
    columns=(
        Column(
            "name",
            _l("Enterprise"),
            row_link("EnterpriseView.show", lambda enterprise: enterprise.name),
            sort=Enterprise.name,
            wide=True,
        ),
        Column("county", _l("County"), lambda row: county_name(row.place), whole=True),
        Column("level", _l("Level"), lambda row: _of(row).level.label, hidden=True),
        Column("state", _l("State"), _state),
        Column("lacks", _l("Missing"), _lacks, whole=True),
        Column("stamped", _l("Stamped summary"), _stamped, wide=True),
        Column("monthly", _l("Monthly production reports"), _monthly, wide=True),
        Column("annual", _l("Annual production report"), _annual, wide=True),
        Column("contact", _l("Contact"), lambda row: row.contact_name or "—", hidden=True),
        Column("phone", _l("Telephone"), lambda row: row.contact_phone or "—", hidden=True),
        Column("industry", _l("Industry"), lambda row: row.industry, hidden=True),
    ),
    order=(Enterprise.place, Enterprise.id),
    filters=(
        Filter("q", _l("Name, code or initials"), lambda v: matches(Enterprise.search, v)),
        Filter("period", _l("Quarter"), lambda _value: true(), choices=recent_quarters),
        Filter(
            "place",
            _l("League or county"),
            lambda v: Enterprise.place.startswith(v, autoescape=True),
            choices=lambda: place_choices(scope_of(db.session)),
        ),
        Filter(
            "level",
            _l("Level"),
            lambda v: level_in(_period()) == EnergyLevel.named(v),
            choices=lambda: [(one.value, str(one.label)) for one in EnergyLevel],
        ),
        Filter(
            "standing",
            _l("State"),
            _in_state,
            choices=lambda: [
                ("none", _("Not begun")),
                *((one.value, str(one.label)) for one in State),
            ],
        ),
        Filter("lacking", _l("Missing"), _lacking, choices=_lack_choices),
    ),
)
_WITHOUT_ANNUAL = replace(
    LISTING, columns=[column for column in LISTING.columns if column.name != "annual"]
)


class ConfirmationView(DomainView):
    datamodel = DomainInterface(Enterprise)
    route_base = "/confirmation"
    class_permission_name = "Report"
    include_route_methods = {"list", "files"}
    base_permissions = ["can_show", "can_export"]
    method_permission_name = {"list": "show"}
    list_title = _l("Files of the confirmed filings")
    list_template = "reports/confirmation.html"
    list_columns = search_columns = ["name"]
    listing = LISTING

    def its_listing(self) -> Listing:
        """Without the annual report in quarters that ask for none."""
        period = chosen_period()
        if period is None or Lack.ANNUAL in asked_in(period):
            return self.listing
        return _WITHOUT_ANNUAL

    def render_template(self, template: str, **context: Any) -> str:
        """The list has counts of the whole selection above it."""
        if template == self.list_template:
            period = chosen_period()
            asked = {k: v for k, v in self.asked().items() if k != "lacking"}
            context |= {
                "period": period,
                "counts": counts_of(self.listing.statement(asked), period) if period else None,
            }
        return super().render_template(template, **context)

    @expose("/files.zip")
    @has_access
    @permission_name("export")
    def files(self) -> Response:
        """All files that the selection has handed in, sent as they are read."""
        period, asked = _period(), self.asked()
        found, size = files_of(self.listing.statement(asked), period, scope_of(db.session))
        chosen = {**self.listing.chosen(asked), "period": str(period)}
        title = f"{self.list_title} {period} {today()}"
        with unit_of_work():
            actor = actor_of(g.user)
            place = min(actor.scope.roots, default="")
            told = {"files": len(found), "size": size, "filters": chosen}
            record("report:take_files", g.user, actor=actor, place=place, **told)
        return send_archive(archive(found, storage(), heads=HEADS), f"{title}.zip")
