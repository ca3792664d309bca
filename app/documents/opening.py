"""One way to open a file in the page, whoever owns it: a page with a frame, and what is in it.

A page that owns files has two addresses for each, beside the one where it is fetched::

    def opened(self, pk):  # the page
        return opened(self, row, fetched_at=..., shown_at=..., back=(title, address))

    def shown(self, pk):  # what stands in its frame; takes GET and POST
        return shown(row, fetched_at=...)

Both look for the row in the scope of whoever asks, as for fetching it; nothing else leads here.
"""

from typing import Any

from flask import current_app, g, jsonify, make_response, redirect, render_template, request
from flask_appbuilder import BaseView
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.errors import NotFound
from app.core.headers import let_us_frame
from app.core.unit import unit_of_work
from app.core.uploads import SHOWN, TYPES, Stored, show_stored, storage
from app.documents.confined import Limits, program
from app.documents.models import Failure, Rendition, RenditionState
from app.documents.operations import ask_for_rendition, try_again
from app.documents.queries import find_rendition, is_lost
from app.documents.rendering import limits
from app.documents.scripts import may_hold_script

JSON, HTML = "application/json", "text/html"
PDF = TYPES["pdf"]
ENDINGS = {media_type: ending for ending, media_type in TYPES.items()}


def opened(
    view: BaseView, row: Stored, *, fetched_at: str, shown_at: str, back: tuple[str, str]
) -> str:
    """The page of the file of *row*, which *view* owns; *back* is where it hangs, and its name."""
    page: str = view.render_template(
        "documents/opened.html",
        name=row.file_name,
        picture=row.media_type in SHOWN and row.media_type != PDF,
        fetched_at=fetched_at,
        shown_at=shown_at,
        back=back,
    )
    return page


def shown(row: Stored, *, fetched_at: str) -> Response:
    """The file of *row* for a frame of ours, or what is to be said instead; POST tries again."""
    if row.media_type in SHOWN:
        if request.method == "POST":
            raise NotFound(_("There is no such record."))
        return _own(row, fetched_at)
    if request.method == "POST":
        with unit_of_work():
            try_again(_asked_for(row), actor=actor_of(g.user))
        return redirect(request.path, 303)
    if program(current_app.config["LIBREOFFICE"]) is None:
        return _said(_why_of(Failure.NO_PROGRAM), fetched_at)
    return _prepared(row, fetched_at)


def _own(row: Stored, fetched_at: str) -> Response:
    """The file itself; a PDF unless it would run something in the viewer."""
    if row.media_type == PDF and _may_hold_script(row.sha256):
        return _said(_why(_("it holds a script, or is packed so that nobody can tell")), fetched_at)
    return _stored(row.sha256, row.media_type, row.file_name, fetched_at)


def _may_hold_script(sha256: str) -> bool:
    try:
        return may_hold_script(storage().path(sha256))
    except NotFound:
        return False


def _stored(sha256: str, media_type: str, name: str, fetched_at: str) -> Response:
    try:
        return show_stored(sha256, media_type, name)
    except NotFound as error:  # said in the frame: a page of errors is not let into one
        return _said(str(error), fetched_at, status=404)


def _prepared(row: Stored, fetched_at: str) -> Response:
    rendition = find_rendition(row.sha256)
    if rendition is None or is_lost(rendition):
        with unit_of_work():
            rendition = ask_for_rendition(
                row.sha256, ENDINGS[row.media_type], actor=actor_of(g.user)
            )
    if request.accept_mimetypes.best_match([HTML, JSON], HTML) == JSON:
        answer = jsonify(ended=rendition.state is not RenditionState.WAITING)
        answer.cache_control.no_store = True
        return answer
    if rendition.state is RenditionState.READY and rendition.result_sha256:
        name = row.file_name.rpartition(".")[0] + ".pdf"
        return _stored(rendition.result_sha256, PDF, name, fetched_at)
    if rendition.failure is not None:
        return _said(_why_of(rendition.failure), fetched_at, again=rendition.may_be_tried_again)
    return _said("", fetched_at)


def _asked_for(row: Stored) -> Rendition:
    found = find_rendition(row.sha256)
    if found is None:
        raise NotFound(_("There is no such record."))
    return found


def _why(why: str) -> str:
    return _("This document could not be shown: %(why)s.", why=why)


def _why_of(failure: Failure) -> str:
    """One sentence; the limits in it are those of this server."""
    bounds: Limits = limits()
    said = str(failure.label)
    numbers: dict[str, Any] = {"seconds": round(bounds.seconds), "mib": bounds.space >> 20}
    return _why(said % numbers if "%(" in said else said)


def _said(text: str, fetched_at: str, *, again: bool = False, status: int = 200) -> Response:
    """What stands in the frame instead of the file; no *text*: it is being prepared."""
    page = render_template(
        "documents/frame.html", text=text, fetched_at=fetched_at, may_try_again=again
    )
    answer = make_response(page, status)
    answer.cache_control.no_store = True
    return let_us_frame(answer)
