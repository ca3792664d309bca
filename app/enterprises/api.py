"""Enterprises for programs: list and get."""

from typing import Any

from flask import request
from flask_appbuilder.api import expose, protect
from flask_appbuilder.security.decorators import permission_name
from werkzeug.wrappers import Response

from app.core.api import DomainApi, properties
from app.core.web import row_of
from app.enterprises.models import Enterprise
from app.enterprises.registry import REGISTRY
from app.enterprises.start_stop import stop_now


def as_json(enterprise: Enterprise) -> dict[str, Any]:
    return {
        "id": enterprise.id,
        "registry_number": enterprise.registry_number,
        "credit_code": enterprise.credit_code,
        "name": enterprise.name,
        "short_name": enterprise.short_name,
        "place": enterprise.place,
        "industry_code": enterprise.industry_code,
        "enterprise_class": enterprise.enterprise_class.value,
        "address": enterprise.address,
        "contact_name": enterprise.contact_name,
        "contact_phone": enterprise.contact_phone,
        "enabled": stop_now(enterprise) is None,
        "in_statistics": enterprise.in_statistics,
    }


class EnterpriseApi(DomainApi):
    resource_name = "enterprises"
    class_permission_name = "Enterprise"
    entity = Enterprise
    openapi_spec_tag = "Enterprises"
    schemas = {
        "Enterprise": {
            "type": "object",
            "properties": {
                **properties("id", "integer"),
                **properties(
                    "registry_number credit_code name short_name place industry_code "
                    "enterprise_class address contact_name contact_phone",
                    "string",
                ),
                **properties("enabled in_statistics", "boolean"),
            },
        }
    }

    @expose("/", methods=["GET"])
    @protect()
    @permission_name("list")
    def get_list(self) -> Response:
        """The enterprises of the caller's area.
        ---
        get:
          summary: The enterprises of the caller's area
          parameters:
          - {in: query, name: q, schema: {type: string}, description: "part of a name, code or pinyin initials"}
          - {in: query, name: place, schema: {type: string}, description: "path of a league or county"}
          - {in: query, name: enterprise_class, schema: {type: string, enum: [hundred, thousand, ten_thousand, unlisted]}}
          - {in: query, name: page, schema: {type: integer, minimum: 1}}
          - {in: query, name: size, schema: {type: integer, minimum: 1, maximum: 100}}
          responses:
            200:
              description: One page, and how many there are in all
              content:
                application/json:
                  schema:
                    type: object
                    properties:
                      count: {type: integer}
                      result: {type: array, items: {$ref: '#/components/schemas/Enterprise'}}
            401: {$ref: '#/components/responses/401'}
            403: {$ref: '#/components/responses/403'}
        """
        page = REGISTRY.page(request.args)
        return self.response(200, count=page.total, result=[as_json(row) for row in page.rows])

    @expose("/<int:pk>", methods=["GET"])
    @protect()
    @permission_name("show")
    def get(self, pk: int) -> Response:
        """One enterprise.
        ---
        get:
          summary: One enterprise
          parameters:
          - {in: path, name: pk, required: true, schema: {type: integer}}
          responses:
            200:
              description: The enterprise
              content:
                application/json:
                  schema: {type: object, properties: {result: {$ref: '#/components/schemas/Enterprise'}}}
            401: {$ref: '#/components/responses/401'}
            403: {$ref: '#/components/responses/403'}
            404: {$ref: '#/components/responses/404'}
        """
        return self.response(200, result=as_json(row_of(Enterprise, pk)))
