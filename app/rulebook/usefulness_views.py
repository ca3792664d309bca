"""How useful each rule is: a table, and a workbook."""

from flask import current_app, request
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.answers import send_file_as
from app.core.clock import today
from app.core.export import workbook_of
from app.core.period import Quarter, this_quarter
from app.core.preferences import preference
from app.core.unit import unit_of_work
from app.core.web import DomainPage
from app.filings.rules.queries import wordings
from app.rulebook.usefulness import by_rule, in_all, uses


def _period() -> Quarter | None:
    """The quarter of the address, else the person's, else all of them together."""
    asked = request.args.get("period") or preference("period")
    return Quarter.parse(asked) if asked and asked != "all" else None


class UsefulnessView(DomainPage):
    route_base = "/rule-usefulness"
    class_permission_name = "Rule"
    base_permissions = ["can_list", "can_export"]
    default_view = "page"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def page(self) -> str:
        period = _period()
        found = by_rule(uses(period))
        return self.render_template(
            "rulebook/usefulness.html",
            period=period,
            uses=found,
            total=in_all(found),
            wordings=wordings(period or this_quarter()),
            may_export=self.appbuilder.sm.has_access("can_export", "Rule"),
        )

    @expose("/usefulness.xlsx", methods=["GET"])
    @has_access
    @permission_name("export")
    def export(self) -> Response:
        """Rule by rule and quarter by quarter."""
        period = _period()
        title = _("Usefulness of the rules")
        said = wordings(period or this_quarter())
        heads = [
            _("Code"),
            _("Quarter"),
            _("Message"),
            _("Raised"),
            _("Confirmed"),
            _("Explained"),
            _("Ignored"),
            _("Under way"),
            _("Share confirmed"),
        ]
        rows = [
            (
                one.code,
                str(one.period),
                said[one.code].message if one.code in said else "",
                one.raised,
                one.confirmed,
                one.explained,
                one.ignored,
                one.under_way,
                one.share(one.confirmed),
            )
            for one in uses(period)
        ]
        with unit_of_work():
            filters = {"period": str(period or "all")}
            current_app.extensions["exported"](self.class_permission_name, len(rows), filters)
        return send_file_as(workbook_of(title, heads, rows, wide=(2,)), f"{title} {today()}.xlsx")
