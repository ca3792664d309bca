"""The form of a target: its inputs as values, typed or proposed, with what is wrong beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app.core.errors import Problem
from app.targets.models import PlanPeriod
from app.targets.products import Product
from app.targets.reading import product_rows

BLANK_ROWS = 3
Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Input:
    name: str
    label: str
    value: str
    unit: str = ""
    required: bool = False
    numeric: bool = True
    problems: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A row of the table of products; of a blank one nothing is required."""

    product: Input
    inputs: Sequence[Input]


@dataclass(frozen=True, slots=True)
class TargetForm:
    inputs: Sequence[Input]
    heads: Sequence[str]
    rows: Sequence[ProductRow]
    choices: Sequence[tuple[str, Sequence[tuple[str, str]]]]  # groups of products
    reason: Input
    rest: Sequence[Problem]  # what has no input of its own


def plan_form(
    typed: Typed,
    problems: Sequence[Problem],
    products: Mapping[str, Product],
    industry: str,
    period: PlanPeriod,
    *,
    reason_needed: bool,
) -> TargetForm:
    labels = [
        ("saving_target", _("Five-year saving target"), "tce", True, True),
        (
            "energy_cap",
            _("Cap of energy in %(year)s, calorific value", year=period.last_year),
            "tce",
            False,
            True,
        ),
        ("intensity_decline", _("Decline of energy per output in five years"), "%", False, True),
        ("saved_before", _("Saved in earlier years of the plan"), "tce", False, True),
        ("saved_until", _("… up to the year"), "", False, True),
        ("document", _("Document number"), "", False, False),
    ]
    columns = [
        (
            "base_unit",
            _("Unit consumption %(year)s, in the unit of the product", year=period.base_year),
        ),
        ("decline", _("Decline in five years") + " (%)"),
    ]
    return _form(labels, columns, typed, problems, products, industry, reason_needed)


def annual_form(
    typed: Typed,
    problems: Sequence[Problem],
    products: Mapping[str, Product],
    industry: str,
    year: int,
    *,
    reason_needed: bool,
) -> TargetForm:
    labels = [
        ("energy_target", _("Comprehensive energy target, calorific value"), "tce", True, True),
        ("saving_target", _("Saving target"), "tce", False, True),
        ("document", _("Document number"), "", False, False),
    ]
    columns = [("decline", _("Decline of unit consumption against %(year)s (%%)", year=year - 1))]
    return _form(labels, columns, typed, problems, products, industry, reason_needed)


def _form(
    labels: Sequence[tuple[str, str, str, bool, bool]],
    columns: Sequence[tuple[str, str]],
    typed: Typed,
    problems: Sequence[Problem],
    products: Mapping[str, Product],
    industry: str,
    reason_needed: bool,
) -> TargetForm:
    wrong: dict[str, list[str]] = {}
    for problem in problems:
        wrong.setdefault(problem.where, []).append(str(problem))

    def made(name: str, label: str, unit: str = "", *, required: bool, numeric: bool) -> Input:
        value = str(typed.get(name, ""))
        return Input(name, label, value, unit, required, numeric, wrong.pop(name, ()))

    inputs = [
        made(name, label, unit, required=required, numeric=numeric)
        for name, label, unit, required, numeric in labels
    ]
    filled = product_rows(typed)
    blank = range(max(filled, default=0) + 1, max(filled, default=0) + 1 + BLANK_ROWS)
    rows = [
        ProductRow(
            made(f"products/{row}/product", _("Product"), required=False, numeric=False),
            [
                made(f"products/{row}/{name}", label, required=False, numeric=True)
                for name, label in columns
            ],
        )
        for row in [*filled, *blank]
    ]
    reason = made("reason", _("Reason"), required=reason_needed, numeric=False)
    rest = [Problem(where, text) for where, texts in wrong.items() for text in texts]
    heads = [_("Product"), *(label for _name, label in columns)]
    return TargetForm(inputs, heads, rows, _choices(products, industry), reason, rest)


def _choices(
    products: Mapping[str, Product], industry: str
) -> list[tuple[str, list[tuple[str, str]]]]:
    """The products of the enterprise's own industry first."""
    own: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for key, product in products.items():
        shown = (key, f"{product} ({product.indicator_unit})")
        (own if product.industry_code == industry else others).append(shown)
    groups = [(_("Products of its industry"), own), (_("Other products"), others)]
    return [(label, choices) for label, choices in groups if choices]
