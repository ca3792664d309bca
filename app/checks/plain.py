"""Functions of the rule language over plain values: the same for both readings of a rule."""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from app.checks.reckoning import ZERO
from app.core.credit_code import is_credit_code

POWERS = tuple(Decimal(10) ** n for n in range(1, 5))
OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
SIGNS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def arithmetic(sign: str, left: Decimal, right: Decimal) -> Decimal | None:
    """Nothing by a division by zero."""
    if sign == "/" and right == 0:
        return None
    found: Decimal = SIGNS[sign](left, right)
    return found


def change(current: Decimal, before: Decimal) -> Decimal | None:
    """FM-23 as a share: 0.3 is thirty percent more; nothing where there was nothing before."""
    return current / before - 1 if before != 0 else None


def near_power_of_ten(ratio: Decimal, tolerance: Decimal) -> bool:
    """Whether *ratio*, or one over it, lies within *tolerance* of 10, 100, 1,000 or 10,000."""
    if ratio <= 0:
        return False
    return any(abs(one / power - 1) <= tolerance for one in (ratio, 1 / ratio) for power in POWERS)


def sign(value: Decimal) -> Decimal:
    return Decimal((value > ZERO) - (value < ZERO))


def left(text: str, length: Decimal) -> str:
    return text[: int(length)]


def size(of: frozenset[str]) -> Decimal:
    return Decimal(len(of))


PLAIN: Mapping[str, Callable[..., Any]] = {
    "abs": abs,
    "sign": sign,
    "min": min,
    "max": max,
    "left": left,
    "near_power_of_ten": near_power_of_ten,
    "gb32100_ok": is_credit_code,
    "size": size,
}
