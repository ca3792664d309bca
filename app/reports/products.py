"""Unit consumption of products against the limits of the national standards (S6, FM-10)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import case, func, select

from app.checks import flows, products
from app.checks.products import LimitLevel
from app.core.db import db
from app.core.period import Quarter
from app.enterprises.models import Enterprise
from app.filings.models import Filing
from app.filings.sheets.product import ProductRow
from app.regions.queries import county_name
from app.reports.lines import ZERO, behind, rows_of, shown
from app.reports.selection import Selection
from app.reports.status import notes
from app.reports.summary import BEHIND, Line, SummaryColumn, SummaryTable, filings, number
from app.targets.products import Product

LEVELS = tuple(LimitLevel)
COLOURS = {LimitLevel.OVER: "bad", LimitLevel.THREE: "warn", LimitLevel.ONE: "good"}
COLOURS |= {LimitLevel.TWO: "accent"}


def product_tables(what: Selection) -> list[SummaryTable]:
    known = {one.key: one for one in db.session.scalars(select(Product))}
    return [_by_product(what, known), _over(what, known)]


def _by_product(what: Selection, known: dict[str, Product]) -> SummaryTable:
    """Energy over output of all enterprises together, and how many filings met which limit."""
    query = what.of(
        ProductRow,
        ProductRow.key,
        func.count(func.distinct(Filing.enterprise_id)).label("enterprises"),
        func.count().label("filings"),
        what.summed(ProductRow, "numerator"),
        what.summed(ProductRow, "denominator"),
        *(
            func.sum(case((ProductRow.limit_level == one, 1), else_=0)).label(one.name)
            for one in LEVELS
        ),
    ).group_by(ProductRow.key)
    rows = sorted(rows_of(query), key=lambda row: row.key)
    return SummaryTable(
        title=_("Unit consumption of products %(what)s", what=what.title),
        columns=[
            SummaryColumn(_("Product"), wide=True),
            SummaryColumn(_("Indicator")),
            number(_("Number of enterprises")),
            filings(_("Filings")),
            SummaryColumn(_("Unit of the energy")),
            number(_("Energy of the period"), places=4),
            SummaryColumn(_("Unit of the output")),
            number(_("Output of the period"), places=4),
            SummaryColumn(_("Unit of the indicator")),
            number(_("Unit consumption"), places=4),
            *(number(str(one.label), _("filings"), series=COLOURS.get(one, "")) for one in LEVELS),
        ],
        lines=[_line(what, known[row.key], row) for row in rows],
        notes=[
            _("Energy in calorific value. Unit consumption is all energy over all output."),
            *notes(what),
        ],
        chart="bars",
        name="products",
        empty=_("No filing of this selection is final yet."),
    )


def _line(what: Selection, product: Product, row: Any) -> Line:
    energy, output = row.numerator or ZERO, row.denominator or ZERO
    return Line(
        [
            f"{product.code} {product.name}",
            product.indicator_zh,
            row.enterprises,
            row.filings,
            product.numerator_unit,
            row.numerator,
            product.denominator_unit,
            row.denominator,
            product.indicator_unit,
            shown(products.indicator(energy, output, product.scale_factor), 4),
            *(getattr(row, one.name) for one in LEVELS),
        ],
        ways={BEHIND: behind(what, "S6", key=product.key)},
        key=product.key,
    )


def _over(what: Selection, known: dict[str, Product]) -> SummaryTable:
    """Each filing with a product above every limit there is, the farthest above first."""
    query = what.of(
        ProductRow,
        ProductRow.filing_id,
        ProductRow.key,
        Enterprise.name,
        Filing.place,
        Filing.year,
        Filing.quarter,
        ProductRow.indicator_value,
        ProductRow.level1,
        ProductRow.level2,
        ProductRow.level3,
        ProductRow.correction_factor,
    ).where(ProductRow.limit_level == LimitLevel.OVER)
    rows = sorted(rows_of(query), key=lambda row: (-(_above(row) or ZERO), row.place, row.key))
    return SummaryTable(
        title=_("Over the limit %(what)s", what=what.title),
        columns=[
            SummaryColumn(_("Enterprise"), wide=True),
            SummaryColumn(_("Place")),
            SummaryColumn(_("Quarter")),
            SummaryColumn(_("Product"), wide=True),
            SummaryColumn(_("Unit of the indicator")),
            number(_("Unit consumption"), places=4),
            number(_("Limit, level 1"), places=4),
            number(_("Limit, level 2"), places=4),
            number(_("Limit, level 3"), places=4),
            number(_("Correction factor of the limits"), places=4),
            number(_("Above the limit"), "%", 2),
        ],
        lines=[_line_over(known[row.key], row) for row in rows],
        name="over",
        empty=_("No product of a final filing is above its limit."),
    )


def _limits(row: Any) -> Sequence[Decimal]:
    factor = row.correction_factor or Decimal(1)
    return [k * factor for k in (row.level1, row.level2, row.level3) if k is not None]


def _above(row: Any) -> Decimal | None:
    """How far above the widest limit, corrected, in percent."""
    return flows.change(row.indicator_value, max(_limits(row)))


def _line_over(product: Product, row: Any) -> Line:
    return Line(
        [
            row.name,
            county_name(row.place),
            str(Quarter(row.year, row.quarter)),
            f"{product.code} {product.name}",
            product.indicator_unit,
            row.indicator_value,
            row.level1,
            row.level2,
            row.level3,
            row.correction_factor,
            shown(_above(row)),
        ],
        deeper=url_for("FilingView.page", pk=row.filing_id),
        key=f"{row.filing_id} {row.key}",
    )
