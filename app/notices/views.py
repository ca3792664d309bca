"""The page of one's own notices, and the number at the bell."""

from typing import Any

from flask import flash, g, jsonify, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy import Select, select
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.accounts.operations import set_preferences
from app.core.clock import as_shown, now
from app.core.errors import NotFound
from app.core.interface import DomainInterface
from app.core.listing import Column, Filter, Listing
from app.core.shell import path_of
from app.core.unit import unit_of_work
from app.core.web import DomainView
from app.notices.models import Notice, NoticeKind
from app.notices.news import news
from app.notices.operations import mark_all_read, mark_read
from app.notices.queries import unread_of
from app.notices.wording import address_of, text_of

GREATEST = 2**31 - 1


def _own() -> Select[tuple[Notice]]:
    return select(Notice).where(Notice.to_id == g.user.id)


def _address(notice: Notice, what: str) -> str:
    """Put together, because to have it made costs more than all else in the row."""
    return f"{path_of('NoticeView.list')}{notice.id}/{what}"


def _what(notice: Notice) -> Markup:
    """The link that opens the matter; an unread one in bold, and said to be new."""
    link = Markup('<a href="{}">{}</a>').format(_address(notice, "open"), text_of(notice))
    if not notice.is_unread:
        return link
    return Markup('<b>{}</b> <span class="badge">{}</span>').format(link, _("new"))


def _mark(notice: Notice) -> str:
    """A button of its own for each that is unread."""
    if not notice.is_unread:
        return _("has been read")
    return Markup(
        '<form method="post" action="{}"><input type="hidden" name="csrf_token" value="{}">'
        '<button class="btn btn-sm btn-outline-secondary">{}'
        '<span class="away"> {}</span></button></form>'
    ).format(_address(notice, "read"), generate_csrf(), _("Mark as read"), notice.about)


def _mailed(notice: Notice) -> str:
    if notice.mailed_at is not None:
        return as_shown(notice.mailed_at)
    if notice.mail_error:
        return _("not taken: %(why)s", why=notice.mail_error)
    return _("broke off; perhaps it arrived") if notice.mail_claimed_at else "—"


class NoticeView(DomainView):
    """Everybody's own, whatever the role: the right is the one to one's own settings.

    Pages are sent without the number: the bell asks for it once a minute, however many are opened.
    """

    datamodel = DomainInterface(Notice)
    route_base = "/notices"
    class_permission_name = "Preference"
    include_route_methods = {"list", "latest", "open", "read", "read_all"}
    base_permissions = ["can_change"]
    method_permission_name = dict.fromkeys(include_route_methods, "change")
    list_title = _l("Notices")
    list_template = "notices/list.html"
    list_columns = search_columns = ["about"]
    listing = Listing(
        start=_own,
        columns=(
            Column("what", _l("Notice"), _what, wide=True),
            Column("about", _l("About"), lambda row: row.about, sort=Notice.about),
            Column(
                "created_at",
                _l("Since"),
                lambda row: as_shown(row.created_at),
                sort=Notice.created_at,
                whole=True,
            ),
            Column("mark", _l("Read"), _mark, whole=True),
            Column("mailed", _l("Mailed"), _mailed, hidden=True),
        ),
        order=(Notice.read_at.is_(None).desc(), Notice.id.desc()),
        filters=(
            Filter(
                "kind",
                _l("Notice"),
                lambda value: Notice.kind == NoticeKind.named(value),
                choices=lambda: [(one.value, str(one.label)) for one in NoticeKind],
            ),
            Filter(
                "read",
                _l("Read"),
                lambda value: Notice.read_at.is_(None) == (value == "no"),
                choices=lambda: [("no", _("unread")), ("yes", _("has been read"))],
            ),
        ),
    )

    def found(self, pk: object) -> Notice:
        """One's own, or `NotFound`: those of others are not there."""
        notice: Notice = super().found(pk)
        if notice.to_id != g.user.id:
            raise NotFound(_("There is no such record."))
        return notice

    def render_template(self, template: str, **context: Any) -> str:
        rows = context["page"].rows
        shown = news()
        return super().render_template(
            template,
            news=shown,
            newest=max((row.id for row in rows if row.is_unread), default=0),
            unread=any(one.unread for one in shown) or any(row.is_unread for row in rows),
            **context,
        )

    @expose("/")
    @has_access
    @permission_name("change")
    def list(self) -> str:
        return super().list()

    @expose("/latest")
    @has_access
    @permission_name("change")
    def latest(self) -> Response:
        """The number at the bell."""
        return jsonify(unread=unread_of(g.user.id) + sum(one.unread for one in news()))

    @expose("/<int:pk>/open")
    @has_access
    @permission_name("change")
    def open(self, pk: int) -> Response:
        """Lead to the matter; to have opened it is to have read the notice."""
        with unit_of_work():
            notice = self.found(pk)
            mark_read(notice, actor=actor_of(g.user))
            address = address_of(notice)
        return redirect(address)

    @expose("/<int:pk>/read", methods=["POST"])
    @has_access
    @permission_name("change")
    def read(self, pk: int) -> Response:
        with unit_of_work():
            mark_read(self.found(pk), actor=actor_of(g.user))
        return redirect(url_for("NoticeView.list"))

    @expose("/read", methods=["POST"])
    @has_access
    @permission_name("change")
    def read_all(self) -> Response:
        """All that had come when the page was drawn; what came since stays new."""
        newest = min(request.form.get("newest", 0, type=int), GREATEST)
        with unit_of_work():
            actor = actor_of(g.user)
            count = mark_all_read(newest, actor=actor)
            set_preferences(g.user, {"notices_seen": now().isoformat()}, actor=actor)
        flash(_("%(n)s notices marked as read.", n=count), "success")
        return redirect(url_for("NoticeView.list"))
