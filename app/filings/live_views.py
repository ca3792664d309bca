"""The entry page while it is open: reckon, save, and take cumulative figures apart; in JSON."""

from typing import Any

from flask import g, jsonify, request
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.db import db
from app.core.errors import Conflict, Invalid
from app.core.unit import unit_of_work
from app.core.web import DomainPage, row_of
from app.filings import operations
from app.filings.alarms.checking import to_do
from app.filings.beside import beside_of, single_quarter
from app.filings.entry import SEPARATOR, rows_from
from app.filings.live import as_it_stands, live
from app.filings.models import Filing
from app.filings.own import sheet_to_fill
from app.filings.queries import book_around, can_be_changed, working_figures
from app.filings.sheet import SheetRow

MOST_CELLS = 5000


class LiveView(DomainPage):
    route_base = "/filings"
    class_permission_name = "Filing"
    base_permissions = ["can_fill"]

    @expose("/<int:pk>/sheets/<key>/reckon", methods=["POST"])
    @has_access
    @permission_name("fill")
    def reckon(self, pk: int, key: str) -> Response:
        """What the figures come to as they are typed; keeps nothing."""
        filing, kind = sheet_to_fill(pk, key)
        around = book_around(filing)
        rows = rows_from(kind, request.form)
        figures, unread = operations.tried_out(filing, {key: rows}, around)
        problems = unread + to_do(filing, figures, around)
        return jsonify(live(key, figures, problems, beside_of(filing, kind)))

    @expose("/<int:pk>/sheets/<key>/save", methods=["POST"])
    @has_access
    @permission_name("fill")
    def save(self, pk: int, key: str) -> Any:
        """Keep the sheet; who has fallen behind is given what stands there now."""
        filing, kind = sheet_to_fill(pk, key)
        shown = request.form.get("revision", type=int)
        try:
            with unit_of_work():
                operations.fill_sheet(
                    filing, key, rows_from(kind, request.form), actor=actor_of(g.user), shown=shown
                )
        except Conflict as error:
            return _fallen_behind(pk, key, error)
        filing = row_of(Filing, pk)
        around, figures = book_around(filing), working_figures(filing)
        problems = to_do(filing, figures, around)
        told = live(key, figures, problems, beside_of(filing, kind))
        return jsonify(revision=filing.revision, typed=as_it_stands(key, figures), **told)

    @expose("/<int:pk>/sheets/<key>/subtract", methods=["POST"])
    @has_access
    @permission_name("fill")
    def subtract(self, pk: int, key: str) -> Response:
        """Of cumulative figures in `cells`, those of the quarter alone; keeps nothing."""
        filing, kind = sheet_to_fill(pk, key)
        typed = {
            str(row.get(kind.sheet.key_name, "")): row for row in rows_from(kind, request.form)
        }
        cells = _named(kind, request.form.get("cells", ""))
        taken = single_quarter(beside_of(filing, kind), typed, cells)
        return jsonify(
            cells={f"{one.key}{SEPARATOR}{one.name}": one.value for one in taken},
            told=[
                {
                    "what": f"{one.key} {kind.fields()[one.name].title}".strip(),
                    "how": one.told,
                }
                for one in taken
            ],
        )


def _fallen_behind(pk: int, key: str, error: Conflict) -> tuple[Response, int]:
    db.session.expire_all()
    filing = row_of(Filing, pk)
    answer = jsonify(
        message=str(error.message),
        details=[],
        revision=filing.revision,
        open=can_be_changed(filing),
        by_you=filing.last_edited_by_id == g.user.id,
        cells=as_it_stands(key, working_figures(filing)),
    )
    return answer, error.status


def _named(kind: type[SheetRow], text: str) -> list[tuple[str, str]]:
    """The cells called ``04:opening_stock,04:purchase_quantity``."""
    names = text.split(",") if text else []
    if len(names) > MOST_CELLS:
        raise Invalid(_("The request is too large."))
    split = (name.partition(SEPARATOR) for name in names)
    return [(key, name) for key, _separator, name in split if name in kind.inputs()]
