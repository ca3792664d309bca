"""One answer for every refusal: a page for people, JSON for programs, always with its status."""

from typing import Any

from flask import Flask, current_app, jsonify, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException

from app.core.db import db
from app.core.errors import DomainError, Invalid
from app.core.unit import is_busy


def install_error_pages(app: Flask) -> None:
    """Answer what the domain, the web and the database turn down."""
    app.register_error_handler(DomainError, turn_down)
    app.register_error_handler(HTTPException, _turn_down_http)
    app.register_error_handler(OperationalError, _turn_down_busy)
    app.register_error_handler(DataError, _turn_down_data)


def wants_json() -> bool:
    asked_for = request.headers.get("Accept", "").startswith("application/json")
    return asked_for or request.path.startswith("/api/")


def turn_down(error: DomainError) -> tuple[Any, int]:
    if wants_json():
        details = [{"where": one.where, "message": str(one)} for one in error.details]
        return jsonify(message=str(error.message), details=details), error.status
    return _page(error.status, error.message, error.details), error.status


HTTP_TEXTS = {
    400: _l("The request is not complete; go back, reload the page and try again."),
    403: _l("You may not do this."),
    404: _l("There is no such page."),
    405: _l("That cannot be done here."),
    413: _l("The file is too large."),
    429: _l("Too many requests; wait a moment."),
    500: _l("Something went wrong on our side. Nothing has been changed."),
}


def _turn_down_http(error: HTTPException) -> Any:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error
    if wants_json():
        return jsonify(message=str(HTTP_TEXTS.get(status, error.name)), details=[]), status
    return _page(status, HTTP_TEXTS.get(status, error.name), ()), status


def _turn_down_data(_error: DataError) -> Any:
    """What no check has caught and the database cannot keep: a NUL in a text, a huge number."""
    db.session.rollback()
    return turn_down(Invalid(_("There is something in it that cannot be stored.")))


def _turn_down_busy(error: OperationalError) -> Any:
    if not is_busy(error):
        raise error
    db.session.rollback()
    text = _("The system is very busy just now; nothing has been changed. Please try again.")
    return (jsonify(message=text, details=[]) if wants_json() else _page(503, text, ())), 503


def _page(status: int, message: object, details: Any) -> str:
    return render_template(
        "core/refused.html",
        status=status,
        message=message,
        details=details,
        appbuilder=current_app.appbuilder,  # type: ignore[attr-defined]
        back=_back(),
    )


def _back() -> str:
    """The page this came from, if it is one of ours."""
    own = request.host_url
    came_from = request.referrer or ""
    return came_from if came_from.startswith(own) else own
