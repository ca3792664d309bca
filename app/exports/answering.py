"""The answer to who asks for a table: the workbook at once, or a page that has it made."""

from collections.abc import Mapping
from io import BytesIO
from urllib.parse import urlencode

from flask import current_app, g, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.answers import send_file_as
from app.core.clock import today
from app.core.errors import Forbidden
from app.core.export import MOST_WITHIN_REQUEST, rows_of, write_workbook
from app.core.unit import one_picture, unit_of_work
from app.exports.models import KEPT
from app.exports.offers import Offer, as_args, offer_of
from app.exports.operations import tell_of_making


def permitted(key: str) -> Offer:
    """What is offered under *key*, if whoever asks may export it."""
    offered = offer_of(key)
    if not current_app.appbuilder.sm.has_access("can_export", offered.thing):  # type: ignore[attr-defined]
        raise Forbidden(_("You may not do this."))
    return offered


def answer(key: str, asked: Mapping[str, str]) -> Response | str:
    """The table *key* as the address asks for it; `Invalid` if it is more than Excel holds."""
    offered, args = permitted(key), as_args(asked)
    with one_picture():
        what = offered.make(args)
        count = rows_of(what)
        if count <= MOST_WITHIN_REQUEST:
            count = write_workbook(what, file := BytesIO())
    if count > MOST_WITHIN_REQUEST:
        return render_template(
            "exports/ask.html",
            appbuilder=current_app.appbuilder,  # type: ignore[attr-defined]
            what=what.title,
            count=count,
            key=key,
            args=urlencode(args),
            days=KEPT.days,
        )
    with unit_of_work():
        actor = actor_of(g.user)
        place = min(actor.scope.roots, default="")
        tell_of_making(offered.thing, g.user, count, what.filters, actor=actor, place=place)
    file.seek(0)
    return send_file_as(file, f"{what.title} {today()}.xlsx")
