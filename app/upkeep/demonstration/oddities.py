"""What is honestly unusual in a few filings, so that there is something to explain."""

from collections.abc import MutableMapping
from decimal import Decimal
from enum import Enum, auto
from typing import Any


class Oddity(Enum):
    """At most one in a quarter of an enterprise."""

    SWING = auto()  # a large overhaul: much less is used
    PRICE = auto()  # the amount bought says a price that nobody pays
    GAP = auto()  # a little more comes in than is accounted for


SWING = 0.55  # of what is usual
TURNS = {3: Oddity.SWING, 17: Oddity.PRICE, 29: Oddity.GAP}
CYCLE = 43  # enterprises of which each oddity meets one in a quarter
CENT = Decimal("0.01")


def oddity(number: int, age: int) -> Oddity | None:
    """Of an enterprise by its number, *age* quarters after the first; the same every time."""
    return TURNS.get((number + 5 * age) % CYCLE)


def make_odd(odd: Oddity | None, power: MutableMapping[str, Any]) -> None:
    """Change the row of electricity; a row without purchases is left."""
    if not power["purchase_quantity"]:
        return
    if odd is Oddity.PRICE:  # a tenth: 10^4 yuan where thousands are asked
        power["purchase_amount"] = (power["purchase_amount"] / 10).quantize(CENT)
    elif odd is Oddity.GAP:
        bought = power["purchase_quantity"]
        power["purchase_quantity"] = (bought * Decimal("1.025")).quantize(CENT)
