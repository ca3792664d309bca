"""The review of a filing for programs: its steps, and its history."""

from flask_appbuilder.api import expose, protect
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.api import DomainApi, body, whole_number
from app.core.errors import Invalid, Problem
from app.core.unit import unit_of_work
from app.core.web import row_of
from app.filings.models import Filing
from app.filings.queries import versions_of
from app.filings.shapes import DECISION, FILING, as_json, me, step_as_json
from app.review.operations import decide
from app.review.queries import decisions_of
from app.review.rights import require_right
from app.review.workflow import Action, ReturnScope


class FilingStepsApi(DomainApi):
    resource_name = "filings"
    class_permission_name = "Filing"
    entity = Filing
    openapi_spec_tag = "Filings"
    schemas = {"Filing": FILING, "Decision": DECISION}

    @expose(
        "/<int:pk>/<any(submit,withdraw,approve,return,recall,undo,rollback,close):action>",
        methods=["POST"],
    )
    @protect()
    @permission_name("show")
    def act(self, pk: int, action: str) -> Response:
        """Take a step of the review.
        ---
        post:
          summary: Take a step of the review
          parameters:
          - {in: path, name: pk, required: true, schema: {type: integer}}
          - {in: path, name: action, required: true, schema: {type: string, enum: [submit, withdraw, approve, return, recall, undo, rollback, close]}}
          requestBody:
            content:
              application/json:
                schema:
                  type: object
                  properties:
                    reason: {type: string}
                    return_scope: {type: string, enum: [whole, attachments], description: "of a return; whole if nothing is said"}
                    version: {type: integer, description: "version of the review as it was read; another one is a conflict"}
          responses:
            200: {description: "Where it stands now", content: {application/json: {schema: {type: object, properties: {result: {$ref: '#/components/schemas/Filing'}}}}}}
            401: {$ref: '#/components/responses/401'}
            403: {$ref: '#/components/responses/403'}
            404: {$ref: '#/components/responses/404'}
            409: {$ref: '#/components/responses/409'}
            422: {$ref: '#/components/responses/422'}
        """
        step = Action.named(action)
        data = body()
        reason = data.get("reason", "")
        if not isinstance(reason, str):
            raise Invalid(_("The reason is a text."), [Problem("reason", _("A text is expected."))])
        shown = whole_number(data, "version") if "version" in data else None
        with unit_of_work():
            filing = row_of(Filing, pk)
            require_right(step)
            scope = ReturnScope.named(str(data.get("return_scope", ReturnScope.WHOLE)))
            decide(filing.review, step, actor=me(), reason=reason, shown=shown, return_scope=scope)
        return self.response(200, result=as_json(filing))

    @expose("/<int:pk>/history", methods=["GET"])
    @protect()
    @permission_name("show")
    def history(self, pk: int) -> Response:
        """Every step taken, and every version submitted.
        ---
        get:
          summary: Every step taken, and every version submitted
          parameters:
          - {in: path, name: pk, required: true, schema: {type: integer}}
          responses:
            200:
              description: Oldest step first
              content:
                application/json:
                  schema:
                    type: object
                    properties:
                      decisions: {type: array, items: {$ref: '#/components/schemas/Decision'}}
                      versions: {type: array, items: {type: object}}
            401: {$ref: '#/components/responses/401'}
            403: {$ref: '#/components/responses/403'}
            404: {$ref: '#/components/responses/404'}
        """
        filing = row_of(Filing, pk)
        steps = [step_as_json(step) for step in decisions_of(filing.review)]
        versions = [
            {
                "version_no": v.number,
                "data_hash": v.hash,
                "submitted_at": v.submitted_at.isoformat(),
            }
            for v in versions_of(filing)
        ]
        return self.response(200, decisions=steps, versions=versions)
