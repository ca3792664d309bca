"""The alarms of a filing for programs: read them, explain a warning."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask_appbuilder.api import expose, protect
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.checks.explaining import Side
from app.core.api import DomainApi, body, properties, whole_number
from app.core.canonical import plain_decimal
from app.core.errors import Invalid, NotFound, Problem
from app.core.unit import unit_of_work
from app.core.web import row_of
from app.filings.alarms.checking import Raised
from app.filings.alarms.explaining import explain
from app.filings.alarms.freezing import said_to
from app.filings.alarms.listing import counts_of
from app.filings.alarms.models import Explanation, Reason
from app.filings.models import Filing
from app.filings.queries import book_around, figures_for
from app.filings.shapes import me

EXPLANATION = {
    "type": "object",
    "properties": {
        **properties("reason text given_by given_at answer remark", "string"),
        **properties("file_name sha256", "string", nullable=True),
        **properties("version", "integer"),
    },
}
SIDE = {
    "type": "object",
    "nullable": True,
    "properties": {
        "value": {"description": "a text, so that no digit is lost; a list where it is a set"},
        "unit": {"type": "string"},
    },
}
ALARM = {
    "type": "object",
    "properties": {
        **properties("code key column label severity addressee where message about", "string"),
        **properties("rule_version", "integer"),
        **properties("open fell", "boolean"),
        **dict.fromkeys(("actual", "expected", "deviation"), SIDE),
        "explanation": {
            "nullable": True,
            "allOf": [{"$ref": "#/components/schemas/Explanation"}],
        },
    },
}


class AlarmApi(DomainApi):
    resource_name = "filings"
    class_permission_name = "Filing"
    entity = Filing
    openapi_spec_tag = "Filings"
    schemas = {"Alarm": ALARM, "Explanation": EXPLANATION}

    @expose("/<int:pk>/alarms", methods=["GET"])
    @protect()
    @permission_name("show")
    def get_alarms(self, pk: int) -> Response:
        """What the rules say of a filing; for reviewers, of the version submitted last.
        ---
        get:
          summary: What the rules say of a filing; for reviewers, of the version submitted last
          parameters:
          - {in: path, name: pk, required: true, schema: {type: integer}}
          responses:
            200:
              description: The alarms, how many there are, and the rules that could not be run
              content:
                application/json:
                  schema:
                    type: object
                    properties:
                      count: {type: object, additionalProperties: {type: integer}}
                      result: {type: array, items: {$ref: '#/components/schemas/Alarm'}}
                      not_run: {type: array, items: {type: object}}
            401: {$ref: '#/components/responses/401'}
            403: {$ref: '#/components/responses/403'}
            404: {$ref: '#/components/responses/404'}
        """
        filing = row_of(Filing, pk)
        around = book_around(filing)
        figures = figures_for(filing, me(), around)
        if figures is None:
            raise NotFound(_("Nothing has been submitted yet."))
        said = said_to(me(), filing, figures, around)
        counts = counts_of(said)
        names = "errors warnings unexplained explained league not_run".split()
        return self.response(
            200,
            count={name: getattr(counts, name) for name in names},
            result=[_alarm(one) for one in said.raised],
            not_run=[
                {
                    "code": one.code,
                    "version": one.version,
                    "reason": one.reason,
                    "about": rule.about,
                }
                for one, rule in said.not_run
            ],
        )

    @expose("/<int:pk>/alarms/<code>/explanation", methods=["PUT"])
    @protect()
    @permission_name("fill")
    def put_explanation(self, pk: int, code: str) -> Response:
        """Explain a warning; what was said before is replaced.
        ---
        put:
          summary: Explain a warning; what was said before is replaced
          parameters:
          - {in: path, name: pk, required: true, schema: {type: integer}}
          - {in: path, name: code, required: true, schema: {type: string, example: C-13}}
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  type: object
                  required: [reason, text]
                  properties:
                    key: {type: string, description: "of the row; empty where there is one only"}
                    column: {type: string}
                    label: {type: string}
                    reason: {type: string, enum: [production, product_mix, new_equipment, maintenance, season, quality, price, corrected, measurement, other]}
                    text: {type: string, minLength: 8, maxLength: 1000}
                    version: {type: integer, description: "of the explanation that was read; left out where there was none"}
          responses:
            200: {description: "As it stands now", content: {application/json: {schema: {type: object, properties: {result: {$ref: '#/components/schemas/Explanation'}}}}}}
            401: {$ref: '#/components/responses/401'}
            403: {$ref: '#/components/responses/403'}
            404: {$ref: '#/components/responses/404'}
            409: {$ref: '#/components/responses/409'}
            422: {$ref: '#/components/responses/422'}
        """
        data = body()
        key, column, label, reason, text = (
            _text(data, name) for name in ("key", "column", "label", "reason", "text")
        )
        shown = whole_number(data, "version") if data.get("version") is not None else None
        with unit_of_work():
            filing = row_of(Filing, pk)
            said = explain(
                filing,
                (code, key, column, label),
                actor=me(),
                reason=_reason(reason),
                text=text,
                shown=shown,
            )
        return self.response(200, result=_explanation(said))


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name, "")
    if not isinstance(value, str):
        told = _("A text is expected.")
        raise Invalid(f"{name}: {told}", [Problem(name, told)])
    return value


def _reason(given: str) -> Reason:
    if given not in set(Reason):
        told = _("Choose a reason.")
        raise Invalid(told, [Problem("reason", told)])
    return Reason.named(given)


def _alarm(one: Raised) -> dict[str, Any]:
    alarm = one.alarm
    return {
        "code": alarm.code,
        "key": alarm.key,
        "column": alarm.column,
        "label": alarm.label,
        "rule_version": alarm.version,
        "severity": alarm.severity.value,
        "addressee": alarm.addressee.value,
        "where": one.where,
        "message": one.sentence,
        "about": one.rule.about,
        "actual": _side(one, alarm.why.actual),
        "expected": _side(one, alarm.why.expected),
        "deviation": _side(one, alarm.why.deviation),
        "open": one.is_open,
        "fell": one.fell,
        "explanation": _explanation(one.explanation) if one.explanation else None,
    }


def _side(one: Raised, side: Side | None) -> dict[str, Any] | None:
    if side is None:
        return None
    return {"value": _plain(side.value), "unit": one.words.unit(side.unit, one.alarm.key)}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, date) else value


def _explanation(said: Explanation) -> dict[str, Any]:
    return {
        "reason": said.reason.value,
        "text": said.text,
        "file_name": said.file_name,
        "sha256": said.sha256,
        "given_by": said.given_by,
        "given_at": said.given_at.isoformat(),
        "answer": said.answer.value,
        "remark": said.remark,
        "version": said.version,
    }
