"""The journal."""

from operator import itemgetter

from flask import g
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from app.audit.models import AuditEntry
from app.core.clock import as_shown
from app.core.interface import DomainInterface
from app.core.listing import Column, Filter, Listing, days
from app.core.web import DomainView
from app.enterprises.models import Enterprise
from app.enterprises.start_stop import shows_figures
from app.reports.journal_words import in_words, tags


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
