"""The list of a generated page: filters, columns, choosing several rows, export."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import current_app, flash, redirect, request
from flask_appbuilder import BaseView, expose, has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.answers import back_to
from app.core.errors import DomainError, Forbidden, Invalid, NotFound
from app.core.export import MOST_WITHIN_REQUEST, Exportable, exportable_of
from app.core.listing import Listing
from app.core.preferences import PAGE_SIZES, preference
from app.core.unit import unit_of_work

MOST_CHOSEN = PAGE_SIZES[-1]


@dataclass(frozen=True, slots=True)
class BulkAction:
    """What can be done to several rows at once; all of them or none."""

    name: str
    label: object
    permission: str
    act: Callable[[Any], object]  # gets one row; raises a `DomainError` to stop all
    confirm: object = ""


class ListPage(BaseView):
    """Part of every `DomainView` that lists something."""

    listing: ClassVar[Listing]
    list_title: Any
    list_template = "core/list.html"
    bulk_actions: ClassVar[Sequence[BulkAction]] = ()
    found: Callable[[object], Any]
    include_route_methods: set[str]

    def __init__(self, **arguments: Any) -> None:
        routes = set(self.include_route_methods)
        if "list" in routes and "can_export" in self.base_permissions:
            routes.add("export")
        if "list" in routes and self.bulk_actions:
            routes.add("bulk")
        self.include_route_methods = routes
        super().__init__(**arguments)

    def its_listing(self) -> Listing:
        """The definition; a view may have another one for those who may do more."""
        return self.listing

    def asked(self) -> dict[str, str]:
        """What the address asks for; the person's quarter, where it says nothing of one."""
        asked: dict[str, str] = request.args.to_dict()
        if any(one.name == "period" for one in self.its_listing().filters):
            asked.setdefault("period", preference("period"))
        if asked.get("period") == "all":
            del asked["period"]
        if preference("size"):
            asked.setdefault("size", preference("size"))
        return asked

    def columns(self) -> Sequence[Any]:
        return self.its_listing().columns_for(preference(self.columns_setting))

    @property
    def columns_setting(self) -> str:
        return f"columns:{type(self).__name__}"

    @expose("/list/")
    @has_access
    def list(self) -> str:
        asked = self.asked()
        can_export = "can_export" in self.base_permissions and self._may("can_export")
        page: str = self.render_template(
            self.list_template,
            title=self.list_title,
            listing=self.its_listing(),
            columns=self.columns(),
            columns_setting=self.columns_setting,
            page=self.its_listing().page(asked),
            chosen=self.its_listing().chosen(asked),
            sorted_by=asked.get("sort", ""),
            bulk_actions=[one for one in self.bulk_actions if self._may(one.permission)],
            can_export=can_export,
            most_within_request=MOST_WITHIN_REQUEST,
            export_key=self.export_key,
            export_args=urlencode(self.export_args()) if can_export else "",
        )
        return page

    @property
    def export_key(self) -> str:
        """By what name the workbook of this list is asked for."""
        return f"{type(self).__name__}.list"

    def export_args(self) -> dict[str, str]:
        """What the workbook depends on, told out: what is a setting today may be another then."""
        asked = self.asked()
        listing = self.its_listing()
        args = listing.chosen(asked)
        if any(one.name == "period" for one in listing.filters):
            args.setdefault("period", "all")
        told = {"sort": asked.get("sort", ""), "columns": preference(self.columns_setting)}
        return args | {name: value for name, value in told.items() if value}

    def exportable(self, args: Mapping[str, str]) -> Exportable:
        """All rows that the filters in *args* leave, the columns chosen there."""
        listing = self.its_listing()
        asked = {k: v for k, v in args.items() if (k, v) != ("period", "all")}
        columns = listing.columns_for(args.get("columns", ""))
        return exportable_of(listing, asked, columns, str(self.list_title))

    @expose("/list.xlsx")
    @has_access
    @permission_name("export")
    def export(self) -> Response:
        """The workbook at once; of very many rows, the page that has it made."""
        answer: Response = current_app.extensions["exports"](self.export_key, self.export_args())
        return answer

    @expose("/bulk", methods=["POST"])
    @has_access
    @permission_name("list")
    def bulk(self) -> Response:
        """Do one thing to all rows chosen, or to none of them."""
        name = request.form.get("action", "")
        action = next((one for one in self.bulk_actions if one.name == name), None)
        if action is None:
            raise NotFound(_("There is no such page."))
        if not self._may(action.permission):
            raise Forbidden(_("You may not do this."))
        chosen = list(dict.fromkeys(request.form.getlist("id")))
        if not 0 < len(chosen) <= MOST_CHOSEN:
            raise Invalid(_("Choose from 1 to %(n)s rows.", n=MOST_CHOSEN))
        with unit_of_work():
            for pk in chosen:
                row = self.found(pk)
                try:
                    action.act(row)
                except DomainError as error:
                    raise type(error)(f"{row}: {error.message}", error.details) from error
        flash(_("%(what)s: %(n)s done.", what=action.label, n=len(chosen)), "success")
        return redirect(back_to(request.form.get("back")))

    def _may(self, permission: str) -> bool:
        allowed: bool = self.appbuilder.sm.has_access(permission, self.class_permission_name)
        return allowed
