"""The printed summary: as a PDF, as a page, and the public page that verifies a print."""

import re
from io import BytesIO
from typing import Any

import segno
from flask import g, make_response, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.answers import send_file_as
from app.core.assets import built
from app.core.db import db
from app.core.errors import NotFound
from app.core.web import GREATEST_KEY, DomainPage, row_of
from app.filings.models import Filing, FilingVersion
from app.filings.printing import Summary, summary_of
from app.filings.queries import latest_version
from app.regions.scope import looking_everywhere

PDF = "application/pdf"
HASH = re.compile("[0-9a-fA-F]{64}")


class SummaryView(DomainPage):
    route_base = "/filings"
    class_permission_name = "Filing"
    base_permissions = ["can_show"]

    @expose("/<int:pk>/summary.pdf")
    @has_access
    @permission_name("show")
    def pdf(self, pk: int) -> Response:
        # what draws it takes a second and 20 MiB; most processes never print
        from app.filings.summary_pdf import as_pdf  # noqa: PLC0415

        summary = _summary(pk)
        filing = summary.filing
        content = as_pdf(summary, font=built("summary.ttf"), address=_address(summary))
        name = f"{_('Summary of energy use')} {filing.enterprise.name} {filing.period}"
        return send_file_as(BytesIO(content), f"{name} v{summary.version} {summary.short}.pdf", PDF)

    @expose("/<int:pk>/summary")
    @has_access
    @permission_name("show")
    def page(self, pk: int) -> str:
        summary = _summary(pk)
        return self.render_template(
            "filings/summary.html", summary=summary, filing=summary.filing, code=_qr(summary)
        )


class VerifyView(DomainPage):
    """Whether a print is what was submitted; public, and silent without the whole hash."""

    route_base = "/verify"
    base_permissions: list[str] = []

    @expose("/<int:filing>/<int:number>/<digest>")
    def page(self, filing: int, number: int, digest: str) -> Response:
        version, is_newest = _submitted(filing, number, digest)
        answer = make_response(
            self.render_template("filings/verify.html", version=version, is_newest=is_newest)
        )
        answer.headers["X-Robots-Tag"] = "noindex"
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _summary(pk: int) -> Summary:
    filing: Filing = row_of(Filing, pk)
    summary = summary_of(filing, actor_of(g.user))
    if summary is None:
        raise NotFound(_("There is no such record."))
    return summary


def _address(summary: Summary) -> str:
    return url_for(
        "VerifyView.page",
        filing=summary.filing.id,
        number=summary.version,
        digest=summary.hash,
        _external=True,
    )


def _qr(summary: Summary) -> str:
    """The code as a drawing in the page; segno escapes what stands in it."""
    return segno.make(_address(summary), error="m").svg_data_uri(scale=3, border=2, light="white")


def _submitted(filing_id: int, number: int, text: str) -> tuple[Any, bool]:
    """What is told of the version with just this hash, and whether it is the newest.

    It is looked for everywhere.

    Who holds the print knows the hash; without it a wrong number and a wrong filing look alike.
    """
    if max(filing_id, number) > GREATEST_KEY or not HASH.fullmatch(text):
        return None, False
    query = (
        select(FilingVersion, Filing)
        .join(Filing, Filing.id == FilingVersion.filing_id)
        .where(
            FilingVersion.filing_id == filing_id,
            FilingVersion.number == number,
            FilingVersion.hash == text.lower(),
        )
    )
    with looking_everywhere(db.session):
        row = db.session.execute(query).one_or_none()
        if row is None:
            return None, False
        version, filing = row
        told = {
            "enterprise": filing.enterprise.name,
            "period": str(filing.period),
            "number": version.number,
            "hash": version.hash,
            "submitted_at": version.submitted_at,
            "state": filing.review.state,
        }
        newest = latest_version(filing)
        return told, newest is not None and newest.number == version.number
