"""Why a clause does not hold: the comparison that decided, both its sides, and every cell."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from app.checks import nodes
from app.checks.nodes import Node
from app.checks.schema import Type
from app.checks.single import At, Finding, Reader, Touched
from app.checks.units import PERCENT, unit_of

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Side:
    """A number, text, day or set; *unit* as columns have it, "row" for that of the row."""

    value: Any
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """What is shown of an alarm: sides, how far they are apart, and the cells that took part."""

    actual: Side | None = None
    expected: Side | None = None
    deviation: Side | None = None
    cells: tuple[Touched, ...] = ()


def why(reader: Reader, finding: Finding) -> Why:
    """The explanation of a *finding* that is broken."""
    node, at = _deciding(reader, finding.clause.test, At(finding.key))
    with reader.watching() as touched:
        reader.read(node, at)  # first, so that its cells stand before the others
        reader.of_row(finding.clause, At(finding.key))
        cells = tuple(touched.values())
    actual, expected, deviation = _sides(reader, node, at)
    return Why(actual, expected, deviation, cells)


def side(reader: Reader, node: Node, at: At) -> Side | None:
    """The value of *node* with its unit; None where it is not applicable."""
    value = reader.read(node, at)
    return None if value is None else Side(value, unit_of(node))


def _deciding(reader: Reader, node: Node, at: At) -> tuple[Node, At]:
    """The comparison within *node* that made it false, and where it was read."""
    if isinstance(node, nodes.Logic):
        broken = [part for part in node.parts if reader.read(part, at) is False]
        compared = [part for part in broken if isinstance(part, nodes.Compare | nodes.Approx)]
        return _deciding(reader, (compared or broken)[0], at) if broken else (node, at)
    if isinstance(node, nodes.Shift):
        return _deciding(reader, node.of, reader.shifted(node, at))
    if isinstance(node, nodes.Not):
        return node.of, at
    return node, at


def _sides(reader: Reader, node: Node, at: At) -> tuple[Side | None, Side | None, Side | None]:
    if isinstance(node, nodes.Compare | nodes.Approx):
        return _compared(reader, node.left, node.right, at)
    if isinstance(node, nodes.Member):
        return side(reader, node.of, at), side(reader, node.codes, at), None
    if isinstance(node, nodes.Aggregate) and node.kind == "unique":
        return Side(reader.repeated(node, at)), None, None
    if isinstance(node, nodes.Call) and node.arguments:
        return side(reader, node.arguments[0], at), None, None
    return None, None, None


def _compared(
    reader: Reader, left: Node, right: Node, at: At
) -> tuple[Side | None, Side | None, Side | None]:
    if isinstance(left, nodes.Compare) and isinstance(right, nodes.Compare):
        left, right = left.left, right.left  # (a > 0) == (b > 0) speaks of a and b
    if _is_given(left) and not _is_given(right):
        left, right = right, left
    inner = left.arguments[0] if isinstance(left, nodes.Call) and left.name == "abs" else left
    if isinstance(inner, nodes.Change):
        change = reader.read(inner, at)
        far = None if change is None else Side(change * HUNDRED, PERCENT)
        return side(reader, inner.left, at), side(reader, inner.right, at), far
    if isinstance(left, nodes.Call) and isinstance(inner, nodes.Arithmetic) and inner.sign == "-":
        left, right = inner.left, inner.right  # abs(a - b) <= ... speaks of a and b
    actual, expected = side(reader, left, at), side(reader, right, at)
    if actual is None or expected is None or {left.type, right.type} != {Type.NUMBER}:
        return actual, expected, None
    unit = actual.unit or expected.unit
    return (
        replace(actual, unit=unit),
        replace(expected, unit=unit),
        Side(actual.value - expected.value, unit),
    )


def _is_given(node: Node) -> bool:
    """Whether *node* is a bound, rather than something that was filed."""
    return not any(isinstance(one, nodes.Cell) for one in node.walk())
