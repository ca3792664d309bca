"""What all targets rest on: the plans, kept by the region, and the catalogue of products."""

from flask import g, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms.validators import Length, NumberRange, Regexp

from app.accounts.models import actor_of
from app.audit.record import record
from app.core.db import db
from app.core.errors import Invalid, Problem
from app.core.interface import DomainInterface
from app.core.listing import Column, Filter, Listing
from app.core.period import this_quarter
from app.core.unit import after_commit
from app.core.web import DomainView
from app.regions.queries import root_path
from app.targets.models import PlanPeriod
from app.targets.products import Product, with_limits
from app.targets.queries import read_plans_anew


class PlanPeriodView(DomainView):
    datamodel = DomainInterface(PlanPeriod)
    route_base = "/plan-periods"
    class_permission_name = "PlanPeriod"
    include_route_methods = {"list", "add"}
    base_permissions = ["can_list", "can_add"]
    list_title = _l("Planning periods")
    add_title = _l("Add a planning period")
    label_columns = {
        "key": _l("Key"),
        "name_zh": _l("Name in Chinese"),
        "name_en": _l("Name in English"),
        "first_year": _l("First year of the plan"),
        "last_year": _l("Last year of the plan"),
    }
    description_columns = {"key": _l("A short name that never changes, for example 16th.")}
    list_columns = search_columns = ["key"]
    add_columns = edit_columns = ["key", "name_zh", "name_en", "first_year", "last_year"]
    validators_columns = {
        # letters, so that a plan is never taken for a year
        "key": [Length(max=8), Regexp("^[0-9]{1,3}[a-z]{2}$")],
        "first_year": [NumberRange(2000, 2100)],
        "last_year": [NumberRange(2000, 2100)],
    }
    listing = Listing(
        start=lambda: select(PlanPeriod),
        columns=(
            Column("name", _l("Planning period"), lambda row: row.name),
            Column("key", _l("Key"), lambda row: row.key),
            Column("first_year", _l("First year of the plan"), lambda row: str(row.first_year)),
            Column("last_year", _l("Last year of the plan"), lambda row: str(row.last_year)),
        ),
        order=(PlanPeriod.first_year.desc(),),
    )

    def pre_add(self, item: PlanPeriod) -> None:
        """Plans follow one another and share no year."""
        if item.last_year < item.first_year:
            text = _("The last year lies before the first.")
            raise Invalid(text, [Problem("last_year", text)])
        query = select(PlanPeriod).where(
            PlanPeriod.first_year <= item.last_year, PlanPeriod.last_year >= item.first_year
        )
        with db.session.no_autoflush:
            other = db.session.scalars(query.limit(1)).first()
        if other is not None:
            text = _("These years belong to %(plan)s already.", plan=other)
            raise Invalid(text, [Problem("first_year", text)])

    def post_add(self, item: PlanPeriod) -> None:
        after_commit(read_plans_anew)
        record(
            "plan_period:add",
            item,
            actor=actor_of(g.user),
            place=root_path(),
            first_year=item.first_year,
            last_year=item.last_year,
        )

    def post_add_redirect(self) -> Response:
        return redirect(url_for("PlanPeriodView.list"))


LEVELS = {"level1": _l("Level 1"), "level2": _l("Level 2"), "level3": _l("Level 3")}


def _limit(name: str, title: object) -> Column:
    return Column(name, title, lambda row: row.limit and getattr(row.limit, name), numeric=True)


class ProductView(DomainView):
    datamodel = DomainInterface(Product)
    route_base = "/products"
    class_permission_name = "Product"
    include_route_methods = {"list"}
    base_permissions = ["can_list", "can_export"]
    list_title = _l("Products and their limits")
    list_columns = search_columns = ["code"]
    listing = Listing(
        start=lambda: with_limits(this_quarter()),
        columns=(
            Column("code", _l("Code"), lambda row: row.code, sort=Product.code),
            Column("name", _l("Product"), lambda row: row.name, wide=True),
            Column("unit", _l("Unit of the indicator"), lambda row: row.indicator_unit),
            Column("scale", _l("Scale factor"), lambda row: row.scale_factor, numeric=True),
            *(_limit(name, title) for name, title in LEVELS.items()),
            Column("standard", _l("Standard"), lambda row: row.limit and row.limit.source),
            Column("from", _l("In force from"), lambda row: row.limit and row.limit.since),
        ),
        order=(Product.key,),
        filters=(
            Filter(
                "name",
                _l("Name or code"),
                lambda v: (Product.name_zh + Product.name_en + Product.code).contains(
                    v, autoescape=True
                ),
            ),
        ),
    )
