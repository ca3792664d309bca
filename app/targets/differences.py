"""The ledger of a target as people read it: what each version says that the one before did not."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.shell import number
from app.targets.models import TargetAct, TargetVersion
from app.targets.products import Product

LABELS = {
    "saving_target": _l("Saving target (tce)"),
    "energy_cap": _l("Cap of energy in the last year, calorific value (tce)"),
    "intensity_decline": _l("Decline of energy per output"),
    "saved_before": _l("Saved in earlier years of the plan (tce)"),
    "saved_until": _l("… up to the year"),
    "energy_target": _l("Comprehensive energy target, calorific value (tce)"),
    "energy": _l("Energy quota, calorific value (tce)"),
    "saving": _l("Saving quota (tce)"),
    "document": _l("Document number"),
    "base_unit": _l("Unit consumption of the base year"),
    "decline": _l("Decline"),
}
PLAIN = {"document", "saved_until"}
PERCENT = {"intensity_decline", "decline"}


@dataclass(frozen=True, slots=True)
class Change:
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A version, and what it changed; of the first one and of one set anew all that it says."""

    version: TargetVersion
    changes: Sequence[Change]


def entries(versions: Sequence[TargetVersion], products: Mapping[str, Product]) -> list[Entry]:
    """*versions*, newest first, each with what differs from the one before it."""
    found = []
    # none: of an enterprise that has moved, what was written before stays at the old place
    for version, before in zip_longest(versions, versions[1:]):
        old: dict[str, Any] = {}
        if before is not None and before.act is not TargetAct.DELETE:
            old = json.loads(before.content)
        new = {} if version.act is TargetAct.DELETE else json.loads(version.content)
        found.append(Entry(version, _changes(old, new, products)))
    return found


def _changes(
    old: Mapping[str, Any], new: Mapping[str, Any], products: Mapping[str, Product]
) -> list[Change]:
    a, b = _flat(old, products), _flat(new, products)
    names = [*a, *(name for name in b if name not in a)]
    return [
        Change(name, a.get(name, "—"), b.get(name, "—"))
        for name in names
        if a.get(name, "—") != b.get(name, "—")
    ]


def _flat(content: Mapping[str, Any], products: Mapping[str, Product]) -> dict[str, str]:
    found = {}
    for name, value in content.items():
        if name != "products":
            found[_title(name)] = _shown(name, value)
            continue
        for key, line in value.items():
            for column, figure in line.items():
                title = _("%(product)s: %(what)s", product=products[key], what=_title(column))
                found[title] = _shown(column, figure)
    return found


def _title(name: str) -> str:
    return f"{LABELS[name]} (%)" if name in PERCENT else str(LABELS[name])


def _shown(name: str, value: Any) -> str:
    if value in (None, ""):
        return "—"
    if name in PLAIN:
        return str(value)
    try:
        return number(Decimal(value))
    except InvalidOperation:
        return str(value)
