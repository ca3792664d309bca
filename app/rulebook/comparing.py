"""What a version says, in the reader's words, and what changed from one to the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.canonical import plain_decimal
from app.core.enums import Labelled
from app.filings.rules.models import RuleVersion, Standing

TITLES = {
    "severity": _l("Severity"),
    "addressee": _l("Who acts"),
    "sheets": _l("Sheets"),
    "fourth_quarter_only": _l("Only in the fourth quarter"),
    "industries": _l("Industries"),
    "expression": _l("Expression"),
    "tolerance": _l("Tolerance"),
    "tolerance_unit": _l("Unit of the tolerance"),
    "actual": _l("Shown as the actual value"),
    "expected": _l("Shown as the expected value"),
    "deviation": _l("Shown as the deviation"),
    "message_zh": _l("Message in Chinese"),
    "message_en": _l("Message in English"),
    "about_zh": _l("Plain words in Chinese"),
    "about_en": _l("Plain words in English"),
    "source": _l("Source"),
    "note": _l("Remark on the rule"),
    "enabled": _l("In use"),
}
SHARE = "share"  # of what is compared
UNITS: Mapping[str, object] = {  # of tolerances, where they are no unit by themselves
    "points": _l("percentage points"),
    "times": _l("times"),
    "row": _l("units of the row"),
    "coefficient": _l("tce per unit of the row"),
    "indicator": _l("units of the indicator"),
}
IN_CODE = frozenset({"expression", "actual", "expected", "deviation"})


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a version says."""

    name: str
    title: object
    text: str
    before: str = ""

    @property
    def is_code(self) -> bool:
        return self.name in IN_CODE


def said_by(version: RuleVersion) -> list[Said]:
    """What *version* says, without what it leaves empty."""
    found = [Said(n, title, _text(getattr(version, n))) for n, title in TITLES.items()]
    return [one for one in found if one.text]


def differences(before: RuleVersion | None, after: RuleVersion) -> list[Said]:
    """What *after* says otherwise, old and new."""
    if before is None:
        return []
    found = [
        Said(name, title, _text(getattr(after, name)), _text(getattr(before, name)))
        for name, title in TITLES.items()
    ]
    return [one for one in found if one.text != one.before]


def followed_by(version: RuleVersion, versions: Sequence[RuleVersion]) -> RuleVersion | None:
    """Of all *versions* of the rule, the active one that *version* follows, or would follow."""
    active = [one for one in versions if one.standing is Standing.ACTIVE and one is not version]
    if version.standing is Standing.DRAFT:
        earlier = active
    elif version.standing is Standing.ACTIVE:
        earlier = [one for one in active if _order(one) < _order(version)]
    else:
        earlier = [one for one in active if one.number < version.number]
    return max(earlier, key=_order, default=None)


def tolerance_of(version: RuleVersion) -> str:
    """The tolerance as it is read: a share in percent, else with its unit; empty without one."""
    if version.tolerance is None:
        return ""
    if version.tolerance_unit == SHARE:
        return f"{plain_decimal(version.tolerance * 100)} %"
    unit = UNITS.get(version.tolerance_unit, version.tolerance_unit)
    return f"{plain_decimal(version.tolerance)} {unit}".strip()


def _order(version: RuleVersion) -> tuple[int, int]:
    return version.since.index, version.number


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Labelled):
        return str(value.label)
    if isinstance(value, Decimal):
        return plain_decimal(value)
    return str(value)
