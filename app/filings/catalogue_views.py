"""The pages on which the region keeps dated values: coefficients, limits, wastes, policies."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from flask import flash, g, redirect, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange

from app.accounts.models import actor_of
from app.core.canonical import plain_decimal
from app.core.dated import Dated, Standing, first_index, in_force, until_next
from app.core.db import db
from app.core.errors import Invalid, Problem
from app.core.interface import DomainInterface
from app.core.listing import Choices, Column, Filter, Listing, row_link
from app.core.period import Quarter, this_quarter
from app.core.unit import unit_of_work
from app.core.web import DomainView
from app.filings.catalogue import (
    LEAF,
    Carrier,
    CarrierCoefficient,
    PrimaryCoefficient,
    SheetPolicy,
    WasteClass,
)
from app.filings.dating import correct, is_fixed, put_in_force, take_away
from app.filings.sheets import SHEETS
from app.filings.values import Kind, Unreadable, read
from app.targets.products import Product, ProductLimit

AHEAD = 8  # quarters to come that a list offers
BEHIND = 20
ON_POLICY = ("S2R",)  # the sheets that are asked for only while a policy wants them


def _quarters() -> list[tuple[str, str]]:
    """Around the quarter we are in, the latest first."""
    this = this_quarter()
    found = [this.shifted(by) for by in range(AHEAD, -BEHIND - 1, -1)]
    return [(str(one), f"{one} ({_('now')})" if one == this else str(one)) for one in found]


def dated_listing(
    kind: Any,
    name: Column,
    values: Sequence[Column],
    filters: Sequence[Filter] = (),
    order: Any = None,
) -> Listing:
    """The list of a dated table: the thing, its values, and when they are in force."""
    of = getattr(kind, kind.of)
    return Listing(
        start=lambda: select(kind).options(until_next(kind)),
        columns=(
            Column(kind.of, _l("Code"), row_link(f"{kind.__name__}View.page", lambda r: r.thing)),
            name,
            *values,
            Column("from", _l("In force from"), lambda r: r.since, sort=first_index(kind)),
            Column("until", _l("Until"), lambda r: r.until),
            Column("state", _l("Standing"), lambda r: r.standing),
            Column("source", _l("Standard or document"), lambda r: r.source, wide=True),
            Column("reason", _l("Reason"), lambda r: r.reason, wide=True, hidden=True),
        ),
        order=(of if order is None else order, first_index(kind).desc(), kind.id),
        filters=(
            *filters,
            Filter(
                "in_force",
                _l("In force in"),
                lambda v: in_force(kind, Quarter.parse(v).index),
                choices=_quarters,
            ),
        ),
    )


def _number(name: str, title: object) -> Column:
    return Column(name, title, lambda row: getattr(row, name), numeric=True)


def _yes(name: str, title: object) -> Column:
    return Column(name, title, lambda row: _("yes") if getattr(row, name) else _("no"))


def _figure(title: object, *validators: object) -> StringField:
    """What FAB would draw wrongly: exact decimals."""
    shown = {"inputmode": "decimal"}
    return StringField(title, filters=[_plain], validators=validators, render_kw=shown)


def _plain(value: object) -> str:
    return plain_decimal(value) if isinstance(value, Decimal) else str(value or "").strip()


def _tick(title: object, description: object = "", *, ticked: bool = False) -> BooleanField:
    """FAB would have it ticked: its column is never empty."""
    return BooleanField(title, description=description, default=ticked)


def _chosen(title: object, choices: Choices) -> SelectField:
    return SelectField(title, choices=choices, validators=[InputRequired()])


class DatedView(DomainView):
    """What the pages of all dated tables share."""

    class_permission_name = "Catalogue"
    include_route_methods = {"list", "page", "add", "edit", "remove"}
    base_permissions = ["can_list", "can_add", "can_edit", "can_delete", "can_export"]
    list_columns: Sequence[str] = ["from_year"]
    search_columns: Sequence[str] = ["from_year"]
    label_columns: Mapping[str, Any] = {
        "from_year": _l("In force from the year"),
        "from_quarter": _l("and its quarter"),
        "source": _l("Standard or document"),
        "reason": _l("Reason"),
    }
    description_columns: Mapping[str, Any] = {
        "from_quarter": _l(
            "Until the next row of the same thing; filings of these quarters use it."
        ),
    }
    validators_columns: Mapping[str, Any] = {
        "from_year": [NumberRange(2000, 2100)],
        "from_quarter": [NumberRange(1, 4)],
    }
    figures: ClassVar[Mapping[str, tuple[Kind, bool]]] = {}  # kind, and whether below zero

    @expose("/<int:pk>", methods=["GET"])
    @has_access
    @permission_name("list")
    def page(self, pk: int) -> str:
        kind = self.datamodel.obj
        one = self.listing.start().where(kind.id == self.found(pk).id)
        row = db.session.scalars(one.execution_options(populate_existing=True)).one()
        may = self.appbuilder.sm.has_access
        return self.render_template(
            "filings/dated.html",
            row=row,
            title=self.show_title,
            columns=self.listing.columns,
            of=f"{self.datamodel.obj.__name__}View",
            fixed=is_fixed(row) if may("can_edit", self.class_permission_name) else True,
            removable=row.standing is Standing.TO_COME
            and may("can_delete", self.class_permission_name),
        )

    @expose("/<int:pk>/delete", methods=["POST"])
    @has_access
    @permission_name("delete")
    def remove(self, pk: int) -> Response:
        with unit_of_work():
            take_away(self.found(pk), actor=actor_of(g.user))
        flash(_("The row has been deleted."), "success")
        return redirect(url_for(f"{type(self).__name__}.list"))

    def _add_from(self, form: Any) -> None:
        kind = self.datamodel.obj
        row = kind(
            **{kind.of: form[kind.of].data},
            **self._values(form),
            from_year=form.from_year.data,
            from_quarter=form.from_quarter.data,
            source=form.source.data.strip(),
            reason=form.reason.data.strip(),
        )
        put_in_force(row, actor=actor_of(g.user))

    def _edit_from(self, form: Any, pk: Any) -> None:
        shown = str(form.version.data or "")
        correct(
            self.found(pk),
            Quarter(form.from_year.data, form.from_quarter.data),
            self._values(form),
            actor=actor_of(g.user),
            source=form.source.data.strip(),
            reason=form.reason.data.strip(),
            shown=int(shown) if shown.isdigit() else -1,
        )

    def _values(self, form: Any) -> dict[str, Any]:
        """The values of the form; `Invalid` names the inputs that hold none."""
        kind: type[Dated] = self.datamodel.obj
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for name in kind.values:
            typed = form[name].data
            values[name] = typed.strip() if isinstance(typed, str) else typed
            if name in self.figures:
                number, negative = self.figures[name]
                try:
                    values[name] = read(typed, number, negative=negative)
                except Unreadable as error:
                    problems.append(Problem(name, str(error)))
        if problems:
            raise Invalid(_("Please correct:"), problems)
        return values

    def post_add_redirect(self) -> Response:
        return redirect(url_for(f"{type(self).__name__}.list"))

    def post_edit_redirect(self) -> Response:
        return redirect(url_for(f"{type(self).__name__}.list"))


WHEN = ["from_year", "from_quarter", "source", "reason"]


def _leaves() -> list[tuple[str, str]]:
    query = select(Carrier).where(Carrier.level == LEAF).order_by(Carrier.code)
    return [(one.code, str(one)) for one in db.session.scalars(query)]


def _with_primary() -> list[tuple[str, str]]:
    """Only electricity and heat have a primary value of their own (FM-04)."""
    return [(code, name) for code, name in _leaves() if code in ("32", "33")]


def _of_carrier(kind: Any, choices: Choices) -> Filter:
    return Filter("carrier", _l("Energy"), lambda v: kind.carrier_code == v, choices=choices)


CARRIER_NAME = Column("name", _l("Name"), lambda r: r.carrier.name)
UNIT = Column("unit", _l("Unit"), lambda r: r.carrier.measure)


class CarrierCoefficientView(DatedView):
    datamodel = DomainInterface(CarrierCoefficient)
    route_base = "/carrier-coefficients"
    list_title = _l("Coefficients of carriers")
    add_title = _l("Add coefficients of a carrier")
    edit_title = _l("Change coefficients of a carrier")
    show_title = _l("Coefficients of a carrier")
    add_columns = ["carrier_code", "reference", "hard_min", "hard_max", *WHEN]
    edit_columns = add_columns[1:]
    figures = dict.fromkeys(CarrierCoefficient.values, (Kind.COEF, False))
    edit_form_extra_fields = {
        "reference": _figure(_l("Reference coefficient (tce per unit)")),
        "hard_min": _figure(_l("Lowest value allowed")),
        "hard_max": _figure(_l("Highest value allowed")),
    }
    add_form_extra_fields = {
        "carrier_code": _chosen(_l("Energy"), _leaves),
        **edit_form_extra_fields,
    }
    listing = dated_listing(
        CarrierCoefficient,
        CARRIER_NAME,
        (
            UNIT,
            _number("reference", _l("Reference coefficient")),
            _number("hard_min", _l("Lowest")),
            _number("hard_max", _l("Highest")),
        ),
        (_of_carrier(CarrierCoefficient, _leaves),),
    )


class PrimaryCoefficientView(DatedView):
    datamodel = DomainInterface(PrimaryCoefficient)
    route_base = "/primary-coefficients"
    list_title = _l("Primary coefficients")
    add_title = _l("Add a primary coefficient")
    edit_title = _l("Change a primary coefficient")
    show_title = _l("Primary coefficient")
    add_columns = ["carrier_code", "value", *WHEN]
    edit_columns = add_columns[1:]
    figures = {"value": (Kind.COEF, False)}
    edit_form_extra_fields = {
        "value": _figure(_l("Primary coefficient (tce per unit)"), InputRequired())
    }
    add_form_extra_fields = {
        "carrier_code": _chosen(_l("Energy"), _with_primary),
        **edit_form_extra_fields,
    }
    listing = dated_listing(
        PrimaryCoefficient,
        CARRIER_NAME,
        (UNIT, _number("value", _l("Primary coefficient"))),
        (_of_carrier(PrimaryCoefficient, _with_primary),),
    )


def _products() -> list[tuple[str, str]]:
    query = select(Product).order_by(Product.key)
    return [(one.key, f"{one.key} {one.name}") for one in db.session.scalars(query)]


class ProductLimitView(DatedView):
    datamodel = DomainInterface(ProductLimit)
    route_base = "/product-limits"
    list_title = _l("Limits of products")
    add_title = _l("Add limits of a product")
    edit_title = _l("Change limits of a product")
    show_title = _l("Limits of a product")
    add_columns = ["product_key", "level1", "level2", "level3", "adjusted", *WHEN]
    edit_columns = add_columns[1:]
    figures = dict.fromkeys(("level1", "level2", "level3"), (Kind.QTY, True))
    edit_form_extra_fields = {
        "level1": _figure(_l("Limit, level 1")),
        "level2": _figure(_l("Limit, level 2")),
        "level3": _figure(_l("Limit, level 3")),
        "adjusted": _tick(_l("The standard has correction factors")),
    }
    add_form_extra_fields = {
        "product_key": _chosen(_l("Product"), _products),
        **edit_form_extra_fields,
    }
    listing = dated_listing(
        ProductLimit,
        Column("name", _l("Product"), lambda r: r.product.name, wide=True),
        (
            Column("unit", _l("Unit of the indicator"), lambda r: r.product.indicator_unit),
            _number("level1", _l("Level 1")),
            _number("level2", _l("Level 2")),
            _number("level3", _l("Level 3")),
            _yes("adjusted", _l("Corrected")),
        ),
        (
            Filter(
                "product", _l("Product"), lambda v: ProductLimit.product_key == v, choices=_products
            ),
        ),
    )


def _classes() -> list[tuple[str, str]]:
    query = select(WasteClass).order_by(WasteClass.code, first_index(WasteClass))
    names = {one.code: f"{one.code} {one.name}" for one in db.session.scalars(query)}
    return list(names.items())


class WasteClassView(DatedView):
    datamodel = DomainInterface(WasteClass)
    route_base = "/waste-classes"
    list_title = _l("Classes of solid waste")
    add_title = _l("Add or close a class of solid waste")
    edit_title = _l("Change a class of solid waste")
    show_title = _l("Class of solid waste")
    label_columns = {
        **DatedView.label_columns,
        "code": _l("Code"),
        "name_zh": _l("Name in Chinese"),
        "name_en": _l("Name in English"),
        "unit": _l("Unit"),
    }
    add_columns = ["code", "name_zh", "name_en", "unit", "in_use", *WHEN]
    edit_columns = add_columns[1:]
    edit_form_extra_fields = add_form_extra_fields = {
        "in_use": _tick(
            _l("In use"), _l("A class is closed by a row that is not in use."), ticked=True
        )
    }
    listing = dated_listing(
        WasteClass,
        Column("name", _l("Name"), lambda r: r.name),
        (Column("unit", _l("Unit"), lambda r: r.unit), _yes("in_use", _l("In use"))),
        (Filter("class", _l("Class"), lambda v: WasteClass.code == v, choices=_classes),),
    )


def _on_policy() -> list[tuple[str, str]]:
    return [(key, f"{key} {SHEETS[key].sheet.title}") for key in ON_POLICY]


class SheetPolicyView(DatedView):
    datamodel = DomainInterface(SheetPolicy)
    route_base = "/sheet-policies"
    list_title = _l("Sheets asked for by policy")
    add_title = _l("Ask for a sheet, or no longer")
    edit_title = _l("Change whether a sheet is asked for")
    show_title = _l("Whether a sheet is asked for")
    add_columns = ["sheet", "asked", *WHEN]
    edit_columns = add_columns[1:]
    edit_form_extra_fields = {"asked": _tick(_l("Asked for"))}
    add_form_extra_fields = {"sheet": _chosen(_l("Sheet"), _on_policy), **edit_form_extra_fields}
    listing = dated_listing(
        SheetPolicy,
        Column("name", _l("Sheet"), lambda r: str(SHEETS[r.sheet].sheet.title)),
        (_yes("asked", _l("Asked for")),),
    )
