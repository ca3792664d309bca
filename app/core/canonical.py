"""One way of writing data down, so that the same data always has the same hash."""

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

ALGORITHM = "sha256"  # stored beside every hash, so that another can be used one day


def canonical(data: object) -> str:
    """JSON with sorted keys, no spaces, decimals as plain text: equal data, equal text."""
    return json.dumps(
        data, default=_plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


def digest(text: str, algorithm: str = ALGORITHM) -> str:
    """The hash of *text* in hexadecimal digits."""
    return hashlib.new(algorithm, text.encode()).hexdigest()


def plain_decimal(value: Decimal) -> str:
    """``Decimal("1E+2")`` and ``Decimal("100.00")`` are both ``100``."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0") else text


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    raise TypeError(f"not for writing down: {value!r}")
