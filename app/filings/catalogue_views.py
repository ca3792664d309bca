"""The catalogues that the region keeps: coefficients, limits, wastes, sheets asked for."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms.validators import InputRequired

from app.core.dated import first_index
from app.core.db import db
from app.core.interface import DomainInterface
from app.core.listing import Choices, Column, Filter
from app.filings.catalogue import (
    LEAF,
    Carrier,
    CarrierCoefficient,
    PrimaryCoefficient,
    SheetPolicy,
    WasteClass,
)
from app.filings.dated_views import (
    FROM,
    WHEN,
    DatedView,
    chosen,
    dated_listing,
    figure,
    number,
    tick,
    yes,
)
from app.filings.sheets import SHEETS
from app.filings.values import Kind
from app.targets.products import Product, ProductLimit

ON_POLICY = ("S2R",)  # the sheets that are asked for only while a policy wants them


def _leaves() -> list[tuple[str, str]]:
    query = select(Carrier).where(Carrier.level == LEAF).order_by(Carrier.code)
    return [(one.code, str(one)) for one in db.session.scalars(query)]


def _with_primary() -> list[tuple[str, str]]:
    """Only electricity and heat have a primary value of their own (FM-04)."""
    return [(code, name) for code, name in _leaves() if code in ("32", "33")]


def _of_carrier(kind: Any, choices: Choices) -> Filter:
    return Filter("of", _l("Energy"), lambda v: kind.carrier_code == v, choices=choices)


CARRIER_NAME = Column("name", _l("Name"), lambda r: r.carrier.name)
UNIT = Column("unit", _l("Unit"), lambda r: r.carrier.measure)


class CarrierCoefficientView(DatedView):
    datamodel = DomainInterface(CarrierCoefficient)
    route_base = "/carrier-coefficients"
    list_title = _l("Coefficients of carriers")
    add_title = _l("Add coefficients of a carrier")
    edit_title = _l("Change coefficients of a carrier")
    show_title = _l("Coefficients of a carrier")
    add_columns = ["carrier_code", *CarrierCoefficient.values, *WHEN]
    edit_columns = add_columns[1:]
    figures = {
        **dict.fromkeys(CarrierCoefficient.values, (Kind.COEF, False)),
        **dict.fromkeys(("price_min", "price_max"), (Kind.MONEY, False)),
    }
    edit_form_extra_fields = {
        "reference": figure(_l("Reference coefficient (tce per unit)")),
        "hard_min": figure(_l("Lowest value allowed")),
        "hard_max": figure(_l("Highest value allowed")),
        "form_min": figure(_l("Lowest value of the form")),
        "form_max": figure(_l("Highest value of the form")),
        "price_min": figure(_l("Lowest usual price (CNY per unit)")),
        "price_max": figure(_l("Highest usual price (CNY per unit)")),
        **FROM,
    }
    add_form_extra_fields = {
        "carrier_code": chosen(_l("Energy"), _leaves),
        **edit_form_extra_fields,
    }
    listing = dated_listing(
        CarrierCoefficient,
        CARRIER_NAME,
        (
            UNIT,
            number("reference", _l("Reference coefficient")),
            number("hard_min", _l("Lowest")),
            number("hard_max", _l("Highest")),
            number("form_min", _l("Lowest of the form")),
            number("form_max", _l("Highest of the form")),
            number("price_min", _l("Lowest price (CNY)")),
            number("price_max", _l("Highest price (CNY)")),
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
        "value": figure(_l("Primary coefficient (tce per unit)"), InputRequired()),
        **FROM,
    }
    add_form_extra_fields = {
        "carrier_code": chosen(_l("Energy"), _with_primary),
        **edit_form_extra_fields,
    }
    listing = dated_listing(
        PrimaryCoefficient,
        CARRIER_NAME,
        (UNIT, number("value", _l("Primary coefficient"))),
        (_of_carrier(PrimaryCoefficient, _with_primary),),
    )


def _products() -> list[tuple[str, str]]:
    query = select(Product).order_by(Product.key)
    return [(one.key, f"{one.key} {one.name}") for one in db.session.scalars(query)]


class ProductLimitView(DatedView):
    datamodel = DomainInterface(ProductLimit)
    route_base = "/product-limits"
    list_title = _l("Limits by quarter")
    add_title = _l("Add limits of a product")
    edit_title = _l("Change limits of a product")
    show_title = _l("Limits of a product")
    add_columns = ["product_key", "level1", "level2", "level3", "adjusted", *WHEN]
    edit_columns = add_columns[1:]
    figures = dict.fromkeys(("level1", "level2", "level3"), (Kind.QTY, True))
    edit_form_extra_fields = {
        "level1": figure(_l("Limit, level 1")),
        "level2": figure(_l("Limit, level 2")),
        "level3": figure(_l("Limit, level 3")),
        "adjusted": tick(_l("The standard has correction factors")),
        **FROM,
    }
    add_form_extra_fields = {
        "product_key": chosen(_l("Product"), _products),
        **edit_form_extra_fields,
    }
    listing = dated_listing(
        ProductLimit,
        Column("name", _l("Product"), lambda r: r.product.name, wide=True),
        (
            Column("unit", _l("Unit of the indicator"), lambda r: r.product.indicator_unit),
            number("level1", _l("Level 1")),
            number("level2", _l("Level 2")),
            number("level3", _l("Level 3")),
            yes("adjusted", _l("Correction factors")),
        ),
        (Filter("of", _l("Product"), lambda v: ProductLimit.product_key == v, choices=_products),),
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
        "in_use": tick(
            _l("In use"), _l("A class is closed by a row that is not in use."), ticked=True
        ),
        **FROM,
    }
    listing = dated_listing(
        WasteClass,
        Column("name", _l("Name"), lambda r: r.name),
        (Column("unit", _l("Unit"), lambda r: r.unit), yes("in_use", _l("In use"))),
        (Filter("of", _l("Solid waste"), lambda v: WasteClass.code == v, choices=_classes),),
    )


def _on_policy() -> list[tuple[str, str]]:
    return [(key, f"{key} {SHEETS[key].sheet.title}") for key in ON_POLICY]


class SheetPolicyView(DatedView):
    datamodel = DomainInterface(SheetPolicy)
    route_base = "/sheet-policies"
    list_title = _l("Sheets asked for by policy")
    empty_text = _l("All sheets are asked for.")
    add_title = _l("Ask for a sheet, or no longer")
    edit_title = _l("Change whether a sheet is asked for")
    show_title = _l("Whether a sheet is asked for")
    add_columns = ["sheet", "asked", *WHEN]
    edit_columns = add_columns[1:]
    edit_form_extra_fields = {"asked": tick(_l("Asked for")), **FROM}
    add_form_extra_fields = {"sheet": chosen(_l("Sheet"), _on_policy), **edit_form_extra_fields}
    listing = dated_listing(
        SheetPolicy,
        Column("name", _l("Sheet"), lambda r: str(SHEETS[r.sheet].sheet.title)),
        (yes("asked", _l("Asked for")),),
    )
