"""What rules may speak of: sheets with their columns, facts, columns of the catalogues.

The sheets that are filed are told from above; beside them stand those that nobody fills in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from flask_babel import lazy_gettext as _l


class Type(Enum):
    NUMBER = "number"
    TEXT = "text"
    BOOL = "yes or no"
    DATE = "day"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Column:
    """What a cell holds; *empty_is_zero*: an optional quantity that is empty counts as none."""

    type: Type
    title: object = ""  # in the language of whoever reads it
    unit: str = ""  # or where it comes from: "row" is that of the row's carrier, product, waste
    empty_is_zero: bool = False
    missing_is_zero: bool = False  # where there is no such row at all
    quantity: bool = False  # one of the `quantities(...)` of its sheet


@dataclass(frozen=True, slots=True)
class SheetType:
    """*variable* is how rules call a row of it; empty where there is only one."""

    variable: str
    columns: Mapping[str, Column]


@dataclass(frozen=True, slots=True)
class Schema:
    sheets: Mapping[str, SheetType]
    facts: Mapping[str, Type] = field(default_factory=dict)  # of the filing: today(), lock_on()
    lookups: Mapping[str, tuple[str, Column]] = field(default_factory=dict)  # variable, column


def text(title: object) -> Column:
    return Column(Type.TEXT, title)


def number(title: object, unit: str = "") -> Column:
    return Column(Type.NUMBER, title, unit)


CARRIER, PRODUCT, WASTE, PROJECT, OUTPUT, FILE = "c", "p", "w", "j", "o", "a"

BESIDE: Mapping[str, SheetType] = {
    "A1": SheetType(
        FILE,
        {
            "kind": text(_l("Kind of file")),
            "months_covered": Column(Type.SET, _l("Months covered")),
            "summary_version": number(_l("Version on the stamped summary")),
            "summary_hash8": text(_l("Check code on the stamped summary")),
        },
    ),
    "E0": SheetType(
        "",
        {
            "enable_status": text(_l("Started or stopped")),
            "effective_from": text(_l("Effective from")),
            "reason": text(_l("Reason")),
        },
    ),
    "T1": SheetType("", {"saving_target": number(_l("Saving target"), "tce")}),
    "T2": SheetType("", {"energy_target": number(_l("Energy target"), "tce")}),
    "TP": SheetType(PRODUCT, {"decline_target": number(_l("Target of decline"), "%")}),
}
HEAD: Mapping[str, Column] = {  # of F0, what stands on the filing itself
    "status": text(_l("State")),
    "period": text(_l("Quarter")),
    "submitted_at": Column(Type.DATE, _l("Submitted on")),
    "due_on": Column(Type.DATE, _l("In time until")),
    "energy_level": text(_l("Energy level")),
    "region_code": text(_l("Code of the place")),
    "industry_code": text(_l("Code of the industry")),
    "version_no": number(_l("Version")),
    "data_hash": text(_l("Check code")),
}
FACTS: Mapping[str, Type] = {
    "approved_savings": Type.NUMBER,
    "change_request_approved": Type.BOOL,
    "conversion_sheet_expected": Type.BOOL,
    "designated": Type.BOOL,
    "energy_intensive": Type.BOOL,
    "extension_granted": Type.BOOL,
    "filing_regions": Type.SET,
    "first_filing": Type.BOOL,
    "heat_calorific": Type.NUMBER,
    "industries": Type.SET,
    "keyed": Type.BOOL,
    "league_of": Type.TEXT,
    "lock_on": Type.DATE,
    "missing_documents": Type.SET,
    "monthly_report_energy": Type.NUMBER,
    "quarter": Type.NUMBER,
    "quarter_months": Type.SET,
    "reporting_league": Type.TEXT,
    "today": Type.DATE,
    "year_share": Type.NUMBER,
}
NUMBER, TEXT, BOOL = Column(Type.NUMBER), Column(Type.TEXT), Column(Type.BOOL)
_COEFFICIENT = Column(Type.NUMBER, unit="coefficient")
_LIMIT = Column(Type.NUMBER, unit="indicator")
_PRICE = Column(Type.NUMBER, unit="price")
LOOKUPS: Mapping[str, tuple[str, Column]] = {
    **dict.fromkeys(("hard_min", "hard_max", "form_min", "form_max"), (CARRIER, _COEFFICIENT)),
    **dict.fromkeys(("price_min", "price_max"), (CARRIER, _PRICE)),
    **dict.fromkeys(
        ("storable", "transport_ok", "feedstock_ok", "default_recovery_ok"), (CARRIER, BOOL)
    ),
    **dict.fromkeys(("level1", "level3"), (PRODUCT, _LIMIT)),
    "adjusted": (PRODUCT, BOOL),
    "scale_factor": (PRODUCT, NUMBER),
    "indicator": (PRODUCT, TEXT),
}
