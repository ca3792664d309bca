"""Where people set how they want the screen, and whether they want mail."""

from flask import current_app, g, redirect, request, session
from flask_appbuilder import expose, has_access, permission_name
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.accounts.operations import NO_MAIL, set_preferences
from app.core.answers import back_to
from app.core.preferences import preference
from app.core.unit import unit_of_work
from app.core.web import DomainPage

NOT_SETTINGS = {"csrf_token", "back", "column"}


class PreferenceView(DomainPage):
    """Open to everybody; what it keeps concerns nobody else."""

    route_base = "/account/preferences"
    class_permission_name = "Preference"
    default_view = "page"
    base_permissions = ["can_change"]

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("change")
    def page(self) -> str:
        """What is set in the top bar, and whether there is mail at all."""
        address = g.user.email or ""
        shown: str = self.render_template(
            "accounts/preferences.html",
            mail_is_on=bool(current_app.config["MAIL_HOST"]),
            address="" if address.endswith(NO_MAIL) else address,
            wanted=preference("mail") != "off",
        )
        return shown

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
