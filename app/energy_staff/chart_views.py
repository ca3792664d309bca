"""The pages of annexes 3 and 4: the picture with its table, the grid to fill in, the files."""

from io import BytesIO
from typing import Any

from flask import flash, g, make_response, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.answers import answer_with, send_file_as
from app.core.assets import built
from app.core.clock import today
from app.core.errors import Conflict, Invalid
from app.core.unit import unit_of_work
from app.core.web import DomainPage, row_of
from app.energy_staff.chart_layout import Drawing, laid_out
from app.energy_staff.chart_operations import chart_of, save_chart
from app.energy_staff.chart_rows import MOST_ROWS, ChartKind, Row, left_to_say, next_verified_on
from app.energy_staff.queries import in_chain
from app.enterprises.models import Enterprise
from app.regions.scope import Tier

SPARE = 5  # empty rows below those that are filled in


class ChartPage(DomainPage):
    """What both charts share; `pk` names the enterprise."""

    entity = Enterprise
    class_permission_name = "EnergyForm"
    base_permissions = ["can_show", "can_fill", "can_read_private"]
    kind: ChartKind

    def _may(self, permission: str) -> bool:
        allowed: bool = self.appbuilder.sm.has_access(permission, "EnergyForm")
        return allowed

    def _address(self, name: str, pk: int) -> str:
        return url_for(f"{type(self).__name__}.{name}", pk=pk)

    def _drawn(self, pk: int) -> tuple[str, Drawing]:
        enterprise: Enterprise = row_of(Enterprise, pk)
        chart = chart_of(enterprise, self.kind)
        title = f"{enterprise.name} {self.kind.label}"
        return title, laid_out(self.kind, chart.rows if chart else [])

    @expose("/<int:pk>")
    @has_access
    @permission_name("show")
    def page(self, pk: int) -> str:
        from app.energy_staff.chart_drawing import as_svg  # noqa: PLC0415  it draws on Pillow

        enterprise: Enterprise = row_of(Enterprise, pk)
        chart, actor = chart_of(enterprise, self.kind), actor_of(g.user)
        rows = chart.rows if chart else []
        title, drawing = self._drawn(pk)
        openly = self._may("can_read_private") and in_chain(enterprise.place, actor)
        return self.render_template(
            "energy_staff/chart.html",
            enterprise=enterprise,
            kind=self.kind,
            chart=chart,
            heads=[cell for cell in self.kind.cells if openly or not cell.is_private],
            lines=[(row, next_verified_on(row)) for row in rows],
            picture=as_svg(drawing, title) if rows else "",
            left=left_to_say(self.kind, rows, today()),
            meters=self.kind is ChartKind.METERS,
            edits=self._may("can_fill") and Tier.ENTERPRISE in actor.tiers_at(enterprise.place),
            at={name: self._address(name, pk) for name in ("fill_page", "svg", "png")},
        )

    @expose("/<int:pk>/picture.svg")
    @has_access
    @permission_name("show")
    def svg(self, pk: int) -> Response:
        """To take away; never shown as a page of ours."""
        from app.energy_staff.chart_drawing import as_svg  # noqa: PLC0415

        title, drawing = self._drawn(pk)
        content = BytesIO(str(as_svg(drawing, title)).encode())
        return send_file_as(content, f"{title}.svg", "image/svg+xml")

    @expose("/<int:pk>/picture.png")
    @has_access
    @permission_name("show")
    def png(self, pk: int) -> Response:
        from app.energy_staff.chart_drawing import as_png  # noqa: PLC0415

        title, drawing = self._drawn(pk)
        return send_file_as(
            BytesIO(as_png(drawing, built("summary.ttf"))), f"{title}.png", "image/png"
        )

    @expose("/<int:pk>/fill", methods=["GET"])
    @has_access
    @permission_name("fill")
    def fill_page(self, pk: int) -> Response:
        enterprise: Enterprise = row_of(Enterprise, pk)
        chart = chart_of(enterprise, self.kind)
        rows, version = (chart.rows, chart.version) if chart else ([], 0)
        return make_response(self._filling(enterprise, rows, version, {}))

    @expose("/<int:pk>/fill", methods=["POST"])
    @has_access
    @permission_name("fill")
    def fill(self, pk: int) -> Response | str:
        """Save the whole grid; what is wrong comes back beside what was typed."""
        row_of(Enterprise, pk)
        rows, shown = self._typed(), request.form.get("version", type=int)
        try:
            with unit_of_work():
                enterprise = row_of(Enterprise, pk)
                save_chart(enterprise, self.kind, rows, shown, actor=actor_of(g.user))
        except (Invalid, Conflict) as error:
            answer_with(error.status)
            flash(str(error.message), "danger")
            wrong: dict[str, list[str]] = {}
            for one in error.details:
                wrong.setdefault(one.where, []).append(str(one))
            return self._filling(row_of(Enterprise, pk), rows, shown or 0, wrong)
        flash(_("Saved."), "success")
        return redirect(self._address("page", pk))

    def _typed(self) -> list[Row]:
        names = [cell.name for cell in self.kind.cells]
        rows = [
            {name: request.form.get(f"{number}/{name}", "") for name in names}
            for number in range(1, MOST_ROWS + 1)
        ]
        return [row for row in rows if any(text.strip() for text in row.values())]

    def _filling(
        self, enterprise: Enterprise, rows: Any, version: int, wrong: dict[str, list[str]]
    ) -> str:
        spare = min(SPARE, MOST_ROWS - len(rows))
        page: str = self.render_template(
            "energy_staff/chart_fill.html",
            enterprise=enterprise,
            kind=self.kind,
            rows=[*rows, *({} for _each in range(spare))],
            version=version,
            wrong=wrong,
            back=self._address("page", enterprise.id),
        )
        return page


class OrganisationView(ChartPage):
    route_base = "/organisation-chart"
    kind = ChartKind.ORGANISATION


class MeterNetworkView(ChartPage):
    route_base = "/meter-network"
    kind = ChartKind.METERS
