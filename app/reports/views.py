"""The status table as a page and as a workbook, and the journal."""

from operator import itemgetter

from flask import g, request
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from werkzeug.wrappers import Response

from app.audit.models import AuditEntry
from app.core.answers import send_file_as
from app.core.clock import as_shown, today
from app.core.db import db
from app.core.interface import DomainInterface
from app.core.listing import Column, Filter, Listing, days
from app.core.web import DomainPage, DomainView
from app.enterprises.models import EnergyLevel, Enterprise
from app.enterprises.start_stop import shows_figures
from app.regions.queries import place_choices
from app.regions.scope import PATH, scope_of
from app.reports.holding import first_days, heat_of, waiting_now
from app.reports.journal_words import in_words, tags
from app.reports.status import Selection, status_table
from app.reports.summary import workbook_of
from app.review.page import TIER_LABELS


def selection_from_request() -> Selection:
    """What the address asks for; what it does not say, or says wrongly, is left open."""
    year = request.args.get("year", type=int) or today().year
    quarter = request.args.get("quarter", type=int)
    place = request.args.get("place", "")
    level = request.args.get("level", "")
    return Selection(
        year=min(max(year, 2000), 2100),
        quarter=quarter if quarter in (1, 2, 3, 4) else None,
        place=place if PATH.fullmatch(place) else "",
        level=EnergyLevel.named(level) if level else None,
    )


class ReportView(DomainPage):
    route_base = "/reports"
    class_permission_name = "Report"
    default_view = "status"
    base_permissions = ["can_show", "can_export"]

    @expose("/status")
    @has_access
    @permission_name("show")
    def status(self) -> str:
        what = selection_from_request()
        return self.render_template(
            "reports/status.html",
            table=status_table(what),
            what=what,
            years=range(today().year, today().year - 6, -1),
            places=place_choices(scope_of(db.session)),
            levels=[(one.value, str(one.label)) for one in EnergyLevel],
        )

    @expose("/holding")
    @has_access
    @permission_name("show")
    def holding(self) -> str:
        """Who holds what for how long."""
        scope = scope_of(db.session)
        return self.render_template(
            "reports/holding.html",
            waiting=waiting_now(scope),
            heat=heat_of(scope),
            weeks=first_days(),
            tiers=TIER_LABELS,
        )

    @expose("/status.xlsx")
    @has_access
    @permission_name("export")
    def status_xlsx(self) -> Response:
        table = status_table(selection_from_request())
        return send_file_as(workbook_of(table), f"{table.title}.xlsx")


def _tag(row: AuditEntry) -> str:
    """In words; those of all tags are put together once a page."""
    known: dict[str, str] = g.get("journal_tags") or g.setdefault("journal_tags", tags())
    return known.get(row.tag, row.tag)


def _entries() -> Select[tuple[AuditEntry]]:
    hidden = select(Enterprise.place).where(~shows_figures())  # the facts tell figures too
    return select(AuditEntry).where(AuditEntry.place.not_in(hidden))


class JournalView(DomainView):
    datamodel = DomainInterface(AuditEntry)
    route_base = "/journal"
    class_permission_name = "Journal"
    include_route_methods = {"list"}
    base_permissions = ["can_list", "can_export", "can_verify"]  # a job verifies
    list_title = _l("Journal")
    listing = Listing(
        start=_entries,
        columns=(
            Column("at", _l("When"), lambda row: as_shown(row.at), sort=AuditEntry.at),
            Column("actor", _l("Who"), lambda row: row.actor_name, sort=AuditEntry.actor_name),
            Column("tag", _l("What"), _tag, sort=AuditEntry.tag),
            Column("subject", _l("To what"), lambda row: row.subject, wide=True),
            Column("facts", _l("Facts"), lambda row: in_words(row.facts), wide=True),
            Column("hash", _l("Hash"), lambda row: row.hash[:8]),
        ),
        order=(AuditEntry.id.desc(),),
        filters=(
            Filter(
                "actor", _l("Who"), lambda v: AuditEntry.actor_name.contains(v, autoescape=True)
            ),
            Filter(
                "tag",
                _l("What"),
                lambda v: AuditEntry.tag == v,
                choices=lambda: sorted(tags().items(), key=itemgetter(1)),
            ),
            Filter(
                "subject", _l("To what"), lambda v: AuditEntry.subject.contains(v, autoescape=True)
            ),
            *days("at", _l("From"), _l("To"), AuditEntry.at),
        ),
    )
