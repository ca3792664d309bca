"""Filings for programs: list, get, create, and the rows of their sheets."""

from flask import request
from flask_appbuilder.api import expose, protect
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.api import DomainApi, body, whole_number
from app.core.errors import Invalid, NotFound
from app.core.period import Quarter
from app.core.unit import unit_of_work
from app.core.web import row_of
from app.enterprises.models import Enterprise
from app.filings import operations
from app.filings.alarms.checking import still_to_do, to_do
from app.filings.listing import FILINGS
from app.filings.models import Filing
from app.filings.queries import book_around, figures_for
from app.filings.shapes import FILING, all_as_json, as_json, me, problems_as_json, rows_as_json
from app.filings.sheets import SHEETS


class FilingApi(DomainApi):
    resource_name = "filings"
    class_permission_name = "Filing"
    entity = Filing
    openapi_spec_tag = "Filings"
    schemas = {"Filing": FILING}

    @expose("/", methods=["GET"])
    @protect()
    @permission_name("list")
    def get_list(self) -> Response:
        """The filings of the caller's area.
        ---
        get:
          summary: The filings of the caller's area
          parameters:
          - {in: query, name: q, schema: {type: string}, description: "part of the enterprise's name, code or initials"}
          - {in: query, name: period, schema: {type: string, example: 2026Q1}}
          - {in: query, name: status, schema: {type: string, enum: [draft, submitted, county_approved, league_approved, league_final, region_final, returned]}}
          - {in: query, name: level, schema: {type: string, enum: [ge_500k, lt_500k]}}
          - {in: query, name: enterprise_id, schema: {type: integer}}
          - {in: query, name: report_year, schema: {type: integer}}
          - {in: query, name: report_quarter, schema: {type: integer}}
          - {in: query, name: place, schema: {type: string}}
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
                      result: {type: array, items: {$ref: '#/components/schemas/Filing'}}
            401: {$ref: '#/components/responses/401'}
            403: {$ref: '#/components/responses/403'}
        """
        page = FILINGS.page(request.args)
        return self.response(200, count=page.total, result=all_as_json(page.rows))

    @expose("/<int:pk>", methods=["GET"])
    @protect()
    @permission_name("show")
    def get(self, pk: int) -> Response:
        """One filing, with what still stands in the way of its submission.
        ---
        get:
          summary: One filing, with what still stands in the way of its submission
          parameters:
          - {in: path, name: pk, required: true, schema: {type: integer}}
          responses:
            200:
              description: The filing
              content:
                application/json:
                  schema:
                    type: object
                    properties:
                      result: {$ref: '#/components/schemas/Filing'}
                      findings: {type: array, items: {$ref: '#/components/schemas/Problem'}}
            401: {$ref: '#/components/responses/401'}
            403: {$ref: '#/components/responses/403'}
            404: {$ref: '#/components/responses/404'}
        """
        filing = row_of(Filing, pk)
        around = book_around(filing)
        figures = figures_for(filing, me(), around)
        found = to_do(filing, figures, around) if figures is not None else []
        return self.response(200, result=as_json(filing), findings=problems_as_json(found))

    @expose("/", methods=["POST"])
    @protect()
    @permission_name("open")
    def post(self) -> Response:
        """Open the filing of a quarter.
        ---
        post:
          summary: Open the filing of a quarter
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  type: object
                  required: [enterprise_id, report_year, report_quarter]
                  properties:
                    enterprise_id: {type: integer}
                    report_year: {type: integer}
                    report_quarter: {type: integer, minimum: 1, maximum: 4}
          responses:
            201: {description: "The new filing", content: {application/json: {schema: {type: object, properties: {result: {$ref: '#/components/schemas/Filing'}}}}}}
            401: {$ref: '#/components/responses/401'}
            403: {$ref: '#/components/responses/403'}
            404: {$ref: '#/components/responses/404'}
            409: {$ref: '#/components/responses/409'}
            422: {$ref: '#/components/responses/422'}
        """
        data = body()
        with unit_of_work():
            enterprise = row_of(Enterprise, whole_number(data, "enterprise_id"))
            year, quarter = (whole_number(data, n) for n in ("report_year", "report_quarter"))
            filing = operations.open_filing(
                enterprise, Quarter.parse(f"{year}Q{quarter}"), actor=me()
            )
        return self.response(201, id=filing.id, result=as_json(filing))

    @expose("/<int:pk>/sheets/<key>", methods=["GET"])
    @protect()
    @permission_name("show")
    def get_sheet(self, pk: int, key: str) -> Response:
        """The rows of a sheet; for reviewers, of the version submitted last.
        ---
        get:
          summary: The rows of a sheet; for reviewers, of the version submitted last
          parameters:
          - {in: path, name: pk, required: true, schema: {type: integer}}
          - {in: path, name: key, required: true, schema: {type: string, enum: [F0, S1, S2, S2R, S3, S4, S4B, S5, S6, W1, W1P, R1]}}
          responses:
            200:
              description: Decimals are texts, so that no digit is lost
              content:
                application/json:
                  schema: {type: object, properties: {revision: {type: integer}, rows: {type: array, items: {type: object}}}}
            401: {$ref: '#/components/responses/401'}
            403: {$ref: '#/components/responses/403'}
            404: {$ref: '#/components/responses/404'}
        """
        filing = row_of(Filing, pk)
        rows = figures_for(filing, me())
        if key not in SHEETS or rows is None:
            raise NotFound(_("There is no such sheet, or nothing has been submitted yet."))
        return self.response(
            200, revision=filing.revision, rows=rows_as_json(SHEETS[key], rows[key])
        )

    @expose("/<int:pk>/sheets/<key>", methods=["PUT"])
    @protect()
    @permission_name("fill")
    def put_sheet(self, pk: int, key: str) -> Response:
        """Put rows in place of those of a sheet: all of them, or none.
        ---
        put:
          summary: Put rows in place of those of a sheet, all of them or none
          parameters:
          - {in: path, name: pk, required: true, schema: {type: integer}}
          - {in: path, name: key, required: true, schema: {type: string, enum: [F0, S1, S2, S2R, S3, S4, S5, S6, W1, W1P, R1]}}
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  type: object
                  required: [rows]
                  properties:
                    revision: {type: integer, description: "of the filing as it was read; another one is a conflict"}
                    rows: {type: array, items: {type: object}}
          responses:
            200:
              description: The rows with what was reckoned, and what still stands in the way
              content:
                application/json:
                  schema:
                    type: object
                    properties:
                      revision: {type: integer}
                      rows: {type: array, items: {type: object}}
                      findings: {type: array, items: {$ref: '#/components/schemas/Problem'}}
            401: {$ref: '#/components/responses/401'}
            403: {$ref: '#/components/responses/403'}
            404: {$ref: '#/components/responses/404'}
            409: {$ref: '#/components/responses/409'}
            422: {$ref: '#/components/responses/422'}
        """
        data = body()
        rows = data.get("rows")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Invalid(_("“rows” must be a list of objects."))
        shown = whole_number(data, "revision") if "revision" in data else None
        with unit_of_work():
            filing = row_of(Filing, pk)
            if key not in SHEETS:
                raise NotFound(_("There is no such sheet."))
            operations.fill_sheet(filing, key, rows, actor=me(), shown=shown)
        figures = figures_for(filing, me()) or {}
        return self.response(
            200,
            revision=filing.revision,
            rows=rows_as_json(SHEETS[key], figures[key]),
            findings=problems_as_json(still_to_do(filing, [key])),
        )
