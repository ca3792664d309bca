"""What a page hands out and gets back unchanged: signed, for one person, for a day."""

from typing import Any

from flask import current_app, g
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer

from app.core.errors import Invalid, Problem

VALID = 24 * 3600  # seconds


def sealed(purpose: str, *facts: Any) -> str:
    """*facts* as a token that only the person at hand can give back, for the same *purpose*."""
    return str(_seal(purpose).dumps([g.user.id, *facts]))


def unsealed(purpose: str, token: str) -> list[Any]:
    """The facts in *token*; `Invalid` if it is another person's, another purpose's or too old."""
    try:
        person, *facts = _seal(purpose).loads(token, max_age=VALID)
    except (BadData, ValueError, TypeError):
        person, facts = None, []
    if person is None or person != g.user.id:
        raise Invalid(_("Send the workbook again."), [Problem("file", _("Choose a file."))])
    return facts


def _seal(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=purpose)
