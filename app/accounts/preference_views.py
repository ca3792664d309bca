"""Where people set how they want the screen, and read what is new for them."""

from collections.abc import Sequence

from flask import current_app, g, jsonify, redirect, request, session
from flask_appbuilder import expose, has_access, permission_name
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.accounts.operations import set_preferences
from app.core.answers import back_to
from app.core.shell import Notice, noticed
from app.core.unit import unit_of_work
from app.core.web import DomainPage

NOT_SETTINGS = {"csrf_token", "back", "column"}


class PreferenceView(DomainPage):
    """Open to everybody; what it keeps concerns nobody else."""

    route_base = "/account/preferences"
    class_permission_name = "Preference"
    default_view = "change"
    base_permissions = ["can_change"]

    @expose("/", methods=["POST"])
    @has_access
    @permission_name("change")
    def change(self) -> Response:
        """Keep what the form sends; a list of columns comes one by one."""
        settings = {k: v for k, v in request.form.items() if k not in NOT_SETTINGS}
        for name in settings:
            if name.startswith("columns:"):
                settings[name] = ",".join(request.form.getlist("column"))
        with unit_of_work():
            set_preferences(g.user, settings, actor=actor_of(g.user))
        if "language" in settings:
            session["locale"] = settings["language"]
        if request.headers.get("X-Requested-With") == "fetch":
            return Response(status=204)
        return redirect(back_to(request.form.get("back")))


class NoticeView(DomainPage):
    """What others did that concerns whoever asks; the bell in the top bar leads here.

    Pages are sent without it: the bell asks for the number once a minute, however many are opened.
    """

    route_base = "/account/notices"
    class_permission_name = "Preference"
    default_view = "list"
    base_permissions = ["can_change"]

    @expose("/")
    @has_access
    @permission_name("change")
    def list(self) -> str:
        page: str = self.render_template("core/notices.html", news=noticed(_found()))
        return page

    @expose("/latest")
    @has_access
    @permission_name("change")
    def latest(self) -> Response:
        return jsonify(unread=noticed(_found()).unread)


def _found() -> Sequence[Notice]:
    """The floors above know what happened; they are asked."""
    found: Sequence[Notice] = current_app.extensions["notices"]()
    return found
