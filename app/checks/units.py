"""What a figure of a rule is measured in, as far as it follows from what it is made of."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from app.checks import nodes
from app.checks.nodes import Node

PERCENT, TCE = "%", "tce"
HUNDRED = Decimal(100)
TO_ANOTHER_UNIT = (Decimal(10), HUNDRED, Decimal(1000), Decimal(10_000))  # 10⁴ CNY to 10³ CNY
OF_FACTS = {"monthly_report_energy": TCE, "approved_savings": TCE}
ELECTRICITY = Decimal("1.229")  # tce per 10^4 kWh, calorific
AS_ITS_ARGUMENT = ("abs", "min", "max")


def unit_of(node: Node) -> str:
    """A unit as columns have it ("row" is that of the row); empty where it does not follow."""
    return UNITS[type(node)](node) if type(node) in UNITS else ""


def _of_call(node: nodes.Call) -> str:
    if node.name not in AS_ITS_ARGUMENT:
        return ""
    return next((unit for one in node.arguments if (unit := unit_of(one))), "")


def _of_arithmetic(node: nodes.Arithmetic) -> str:
    left, right = unit_of(node.left), unit_of(node.right)
    if node.sign in "+-":
        return left or right
    if node.sign == "*":
        return _of_product(node, left, right)
    if not isinstance(node.right, nodes.Number) or node.right.value in TO_ANOTHER_UNIT:
        return ""
    return left


def _of_product(node: nodes.Arithmetic, left: str, right: str) -> str:
    if _is_coefficient(node.right):
        return TCE
    if node.right == nodes.Number(HUNDRED) and not left:
        return PERCENT
    if isinstance(node.right, nodes.Number):
        return "" if node.right.value in TO_ANOTHER_UNIT else left
    return right if isinstance(node.left, nodes.Number) else ""


def _is_coefficient(node: Node) -> bool:
    if isinstance(node, nodes.Fact):
        return node.name == "heat_calorific"
    if isinstance(node, nodes.Number):
        return node.value == ELECTRICITY
    return isinstance(node, nodes.Cell) and node.name == "adopted_coefficient"


UNITS: Mapping[type[Node], Callable[[Any], str]] = {
    nodes.Cell: lambda node: str(node.column.unit),
    nodes.Fact: lambda node: OF_FACTS.get(node.name, ""),
    nodes.Lookup: lambda node: str(node.column.unit),
    nodes.Aggregate: lambda node: "" if node.kind == "count" else unit_of(node.body),
    nodes.Shift: lambda node: unit_of(node.of),
    nodes.YearToDate: lambda node: unit_of(node.of),
    nodes.Choose: lambda node: unit_of(node.left),
    nodes.Call: _of_call,
    nodes.Arithmetic: _of_arithmetic,
}
