"""How filings look in JSON, and how the OpenAPI document describes that."""

from collections.abc import Sequence
from typing import Any

from flask import g

from app.accounts.models import actor_of
from app.audit.actor import Actor
from app.core.api import properties
from app.core.errors import Problem
from app.filings.deadlines import Deadline, deadline_of, deadlines_of
from app.filings.models import Filing
from app.filings.sheet import SheetRow
from app.filings.values import plain
from app.review.models import Decision

FILING = {
    "type": "object",
    "properties": {
        **properties(
            "id enterprise_id report_year report_quarter version_no revision review_version",
            "integer",
        ),
        **properties(
            "enterprise place value_basis status energy_level enterprise_class "
            "region_code industry_code",
            "string",
        ),
        **properties("route waits_for data_hash submitted_at due_on", "string", nullable=True),
        **properties("county_review_enabled late", "boolean"),
    },
}
DECISION = {
    "type": "object",
    "properties": {
        **properties("action from to by at reason", "string"),
        **properties("route data_hash", "string", nullable=True),
        **properties("version_no", "integer", nullable=True),
    },
}


def all_as_json(filings: Sequence[Filing]) -> list[dict[str, Any]]:
    deadlines = deadlines_of(filings)
    return [_as_json(one, deadlines.get(one.id)) for one in filings]


def as_json(filing: Filing) -> dict[str, Any]:
    return _as_json(filing, deadline_of(filing))


def _as_json(filing: Filing, deadline: Deadline | None) -> dict[str, Any]:
    review = filing.review
    return {
        "id": filing.id,
        "enterprise_id": filing.enterprise_id,
        "enterprise": filing.enterprise.name,
        "place": filing.place,
        "report_year": filing.year,
        "report_quarter": filing.quarter,
        "value_basis": filing.value_basis,
        "status": review.state.value,
        "route": review.route.value if review.route else None,
        "waits_for": review.holder.name.lower() if review.holder else None,
        "energy_level": filing.energy_level.value,
        "enterprise_class": filing.enterprise_class.value,
        "county_review_enabled": filing.county_review_enabled,
        "due_on": deadline.due_on.isoformat() if deadline else None,
        "late": deadline is not None and deadline.is_late(filing.first_submitted_on),
        "region_code": filing.region_code,
        "industry_code": filing.industry_code,
        "version_no": filing.version_no,
        "data_hash": filing.data_hash or None,
        "submitted_at": review.submitted_at.isoformat() if review.submitted_at else None,
        "revision": filing.revision,
        "review_version": review.version,
    }


def problems_as_json(problems: Sequence[Problem]) -> list[dict[str, str]]:
    return [{"where": problem.where, "message": str(problem)} for problem in problems]


def rows_as_json(kind: type[SheetRow], rows: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **({kind.sheet.key_name: key} if kind.sheet.key_name else {}),
            **{name: plain(value) for name, value in rows[key].items()},
        }
        for key in sorted(rows)
    ]


def step_as_json(step: Decision) -> dict[str, Any]:
    return {
        "action": step.action.value,
        "from": step.start.value,
        "to": step.end.value,
        "route": step.route.value if step.route else None,
        "by": step.actor_name,
        "at": step.at.isoformat(),
        "reason": step.reason,
        "version_no": step.seen_number,
        "data_hash": step.seen_hash or None,
    }


def me() -> Actor:
    return actor_of(g.user)
