"""Formulas that work derived cells out while one fills the workbook in; never read back."""

import re

from app.filings.sheet import SheetRow
from app.filings.workbook.layout import coordinate

FORMULAS = {
    ("S2", "consumption_total"): "{industrial_consumption}+{non_industrial_consumption}",
    ("S2", "industrial_tce"): "ROUND({industrial_consumption}*{adopted_coefficient},2)",
    ("S2", "consumption_tce"): "ROUND(({industrial_consumption}+{non_industrial_consumption})"
    "*{adopted_coefficient},2)",
    (
        "S6",
        "indicator_value",
    ): 'IF({denominator}>0,ROUND({numerator}/{denominator}*{scale_factor},4),"")',
    ("W1", "intake_total"): "{intake_surface}+{intake_ground}+{intake_tap}+{intake_reclaimed}"
    "+{intake_mine}+{intake_rain_brackish}+{intake_other}",
    ("W1", "fresh_water_total"): "{intake_total}-{supply_to_others}",
    ("W1", "reuse_total"): "{reuse_circulating}+{reuse_cascade}+{reuse_recycled}",
    ("W1", "water_use_total"): "{fresh_water_total}+{reuse_total}",
    ("W1", "reuse_rate"): "IF({water_use_total}>0,ROUND({reuse_total}*100/{water_use_total},2),0)",
    ("R1", "closing_storage"): "{opening_storage}+{stored}-{utilised_prior}-{disposed_prior}",
}


def formula(kind: type[SheetRow], name: str, row: int) -> str | None:
    """The formula of a derived cell, or nothing: then the system's own figure stands there."""
    text = FORMULAS.get((kind.sheet.key, name))
    if text is None:
        return None
    return "=" + re.sub(r"\{(\w+)\}", lambda found: coordinate(kind, row, found[1]), text)
