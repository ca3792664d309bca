"""Rows of each filing taken together: from values of rows to one value a filing.

Each function gets the number of the filing and the value of every row, and how many filings
there are; it gives a value for each filing and whether there is one.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from app.checks.panel import Numbers, as_objects, summed
from app.checks.reckoning import ZERO


def _sum(owner: Numbers, values: Any, size: int) -> tuple[Any, Any]:
    return summed(owner, values, size), np.True_


def _count(owner: Numbers, values: Any, size: int) -> tuple[Any, Any]:
    numbers = np.bincount(owner[np.asarray(values, dtype=np.bool_)], minlength=size)
    return as_objects([Decimal(int(n)) for n in numbers]), np.True_


def _lists(owner: Numbers, values: Any, size: int) -> list[list[Any]]:
    found: list[list[Any]] = [[] for _ in range(size)]
    for one, value in zip(owner, values, strict=True):
        found[one].append(value)
    return found


def _unique(owner: Numbers, values: Any, size: int) -> tuple[Any, Any]:
    lists = _lists(owner, values, size)
    return np.array([len(set(one)) == len(one) for one in lists], dtype=np.bool_), np.True_


def _union(owner: Numbers, values: Any, size: int) -> tuple[Any, Any]:
    return as_objects([frozenset().union(*one) for one in _lists(owner, values, size)]), np.True_


def _newest(owner: Numbers, values: Any, size: int) -> tuple[Any, Any]:
    lists = _lists(owner, values, size)
    filler = values[0] if len(values) else ZERO
    ok = np.array([bool(one) for one in lists], dtype=np.bool_)
    return as_objects([one[-1] if one else filler for one in lists]), ok


TOGETHER: Mapping[str, Callable[[Numbers, Any, int], tuple[Any, Any]]] = {
    "sum": _sum,
    "count": _count,
    "unique": _unique,
    "union": _union,
    "newest": _newest,
}
