"""FAB's API base with its sharp edges filed off, and the shared parts of the OpenAPI document."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from flask import request
from flask_appbuilder.api import BaseApi
from flask_babel import gettext as _

from app.core.errors import Invalid, Problem

SHARED_SCHEMAS = {
    "Problem": {
        "type": "object",
        "properties": {
            "where": {"type": "string", "example": "S2/04/opening_stock"},
            "message": {"type": "string"},
        },
    },
    "Refusal": {
        "type": "object",
        "properties": {
            "message": {"type": "string"},
            "details": {"type": "array", "items": {"$ref": "#/components/schemas/Problem"}},
        },
    },
}
REFUSALS = {
    "401": "Not logged in, or the token has ended",
    "403": "The role or the tier does not allow it",
    "404": "There is no such thing, or none in the caller's area",
    "409": "Not in that state, or somebody was faster",
    "422": "The data must be corrected first; details say where",
}


def properties(names: str, kind: str, *, nullable: bool = False) -> dict[str, Any]:
    """Properties of a schema that are of one kind: ``properties("name place", "string")``."""
    one = {"type": kind, "nullable": True} if nullable else {"type": kind}
    return {name: dict(one) for name in names.split()}


def _refusal(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Refusal"}
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def body() -> dict[str, Any]:
    """The JSON object of the request, its numbers exact; an empty body is an empty object."""
    raw = request.get_data(cache=True)
    try:
        data = json.loads(raw, parse_float=Decimal, parse_constant=str) if raw.strip() else {}
        json.dumps(data, ensure_ascii=False, default=str).encode()  # half a character: no text
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise Invalid(_("A JSON object is expected."))
    return data


def whole_number(data: dict[str, Any], name: str) -> int:
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        text = _("A whole number is expected.")
        raise Invalid(f"{name}: {text}", [Problem(name, text)])
    return value


class DomainApi(BaseApi):
    """JSON for programs: a token, never a cookie, so that no other site can ride along."""

    allow_browser_login = False
    version = "v1"
    entity: ClassVar[type[Any]]  # whose rows the addresses name
    schemas: ClassVar[Mapping[str, Mapping[str, Any]]] = {}  # of the OpenAPI document, by name

    def add_apispec_components(self, api_spec: Any) -> None:
        super().add_apispec_components(api_spec)
        for name, schema in {**SHARED_SCHEMAS, **self.schemas}.items():
            if name not in api_spec.components.schemas:
                api_spec.components.schema(name, schema)
        for status, text in REFUSALS.items():
            api_spec.components.responses.pop(status, None)  # FAB's own says less
            api_spec.components.response(status, _refusal(text))
