"""Logging in for programs: FAB's own endpoint, with one refusal more."""

from flask import g
from flask_appbuilder.api import expose
from flask_appbuilder.security.api import SecurityApi
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.api import DomainApi
from app.core.errors import Forbidden


def change_first() -> Forbidden:
    """What programs are told until the initial password has been changed."""
    return Forbidden(_("Change the initial password on the web page first."))


class TokenApi(DomainApi, SecurityApi):
    """``/api/v1/security/login`` and ``refresh``; no token while the password is an initial one."""

    openapi_spec_tag = "Login"

    @expose("/login", methods=["POST"])
    def login(self) -> Response:
        g.pop("logged_in", None)
        response: Response = super().login()
        person = g.pop("logged_in", None)
        if person is not None and person.must_change_password:
            raise change_first()  # the token just made is thrown away
        return response

    login.__doc__ = SecurityApi.login.__doc__
