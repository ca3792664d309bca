"""The public rule book: what every filing is checked by, in plain words, for anybody."""

from collections.abc import Sequence

from flask import make_response, redirect, request, session, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.checks.sentences import PLACE
from app.core.answers import send_file_as
from app.core.clock import today
from app.core.db import db
from app.core.export import workbook_of
from app.core.language import in_english
from app.core.period import Quarter, this_quarter
from app.core.web import DomainPage
from app.filings.alarms.schema import SCHEMA
from app.filings.models import ReportingPeriod
from app.filings.rules.models import RuleVersion
from app.filings.rules.queries import versions_in_force
from app.rulebook.comparing import tolerance_of
from app.rulebook.vocabulary import sheet_title

BACK = 4  # quarters before the present one that the book is shown for
LANGUAGES = ("zh", "en")


class RuleBookView(DomainPage):
    """Public: rules say nothing of anybody."""

    route_base = "/rules"
    base_permissions: list[str] = []
    default_view = "page"

    @expose("/", methods=["GET"])
    def page(self) -> Response:
        asked = request.args.get("language", "")
        period = _asked_period()
        if asked in LANGUAGES:  # as the switch of the login page does, but it leads back here
            session["locale"] = asked
            return redirect(url_for("RuleBookView.page", period=str(period)))
        self.update_redirect()  # so that the switch above the page leads back as well
        shown = in_use(period)
        return make_response(
            self.render_template(
                "rulebook/book.html",
                period=period,
                periods=_periods(),
                sheets=_by_sheet(shown),
                count=len(shown),
                tolerance_of=tolerance_of,
                in_general=in_general,
                other="zh" if in_english() else "en",
            )
        )

    @expose("/rules.xlsx", methods=["GET"])
    def workbook(self) -> Response:
        """Every rule in a line, in both languages."""
        period = _asked_period()
        title = f"{_('Rule book')} {period}"
        heads = [
            _("Code"),
            _("Severity"),
            _("Sheets"),
            _("Period"),
            _("Message in Chinese"),
            _("Message in English"),
            _("Plain words in Chinese"),
            _("Plain words in English"),
            _("Tolerance"),
            _("Industries"),
            _("Source"),
            _("From quarter"),
            _("Version"),
        ]
        file = workbook_of(title, heads, map(_line, in_use(period)), wide=(4, 5, 6, 7, 10))
        return send_file_as(file, f"{title} {today()}.xlsx")


def in_use(period: Quarter) -> list[RuleVersion]:
    """What filings of *period* are checked by, in the order of the codes."""
    return [one for one in versions_in_force(period) if one.enabled]


def period_words(version: RuleVersion) -> str:
    return _("Fourth quarter") if version.fourth_quarter_only else _("Every quarter")


def _line(one: RuleVersion) -> Sequence[object]:
    return (
        one.code,
        str(one.severity.label),
        one.sheets.replace(",", ", "),
        period_words(one),
        in_general(one.message_zh),
        in_general(one.message_en),
        one.about_zh,
        one.about_en,
        tolerance_of(one),
        one.industries.replace(",", ", "),
        one.source,
        str(one.since),
        one.number,
    )


def _by_sheet(rules: Sequence[RuleVersion]) -> list[tuple[str, str, list[RuleVersion]]]:
    """Each rule under the first sheet that it is shown on."""
    found: dict[str, list[RuleVersion]] = {}
    for one in rules:
        found.setdefault(one.sheets.split(",")[0], []).append(one)
    bound = [*SCHEMA.sheets, *(one for one in sorted(found) if one not in SCHEMA.sheets)]
    return [(one, sheet_title(one), found[one]) for one in bound if one in found]


def in_general(message: str) -> str:
    """The sentence of an alarm as it is before anything is known of a filing."""
    return PLACE.sub("…", message)


def _asked_period() -> Quarter:
    """The quarter of the address among those offered, else the one that is being filed."""
    asked = request.args.get("period", "")
    offered = _periods()
    return next((one for one in offered if str(one) == asked), _being_filed())


def _being_filed() -> Quarter:
    row = db.session.scalars(
        select(ReportingPeriod)
        .where(ReportingPeriod.open_on <= today())
        .order_by(ReportingPeriod.year.desc(), ReportingPeriod.quarter.desc())
        .limit(1)
    ).first()
    latest = this_quarter()
    return latest if row is None else min(row.period, latest)


def _periods() -> list[Quarter]:
    """Around the quarter we are in, the latest first: what is to come is told beforehand."""
    return [this_quarter().shifted(by) for by in range(1, -BACK - 1, -1)]
