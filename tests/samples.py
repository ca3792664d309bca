"""Figures to file: the complete made-up filing of the specification, and what surrounds it."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

EXAMPLES: dict[str, Any] = json.loads(
    (Path(__file__).parent / "data" / "worked_examples.json").read_text(encoding="utf-8"),
    parse_float=Decimal,
)
EXAMPLE = EXAMPLES["filing"]

HEADER = {
    "unit_head": "王建国",
    "prepared_by": "李秀英",
    "prepared_phone": "0472-1234567",
    "prepared_on": "2026-07-10",
}
PROFILE = {
    "unit_type": "private",
    "legal_representative": "王建国",
    "is_central_enterprise": False,
    "address": "示例园区 1 号",
    "production_status": "normal",
    "energy_org_name": "能源管理部",
    "energy_leader_name": "赵刚",
    "energy_leader_phone": "13900000000",
    "energy_manager_name": "孙丽",
    "energy_manager_mobile": "13900000001",
    "ems_certified": False,
    "employees": 820,
    "gross_output_current": 86000,
    "gross_output_comparable": 82000,
    "value_added": 21500,
    "sales_revenue": 84000,
    "production_cost": 70000,
    "energy_cost": 35052,
}
CONSUMPTION = [
    {"energy_code": code, **row, "coefficient_basis": "supplier" if code == "04" else "reference"}
    for code, row in EXAMPLE["S2"].items()
]
CONVERSION = [{"energy_code": code, **row} for code, row in EXAMPLE["S3"].items()]

SHEET_ROWS: dict[str, list[dict[str, Any]]] = {
    "F0": [HEADER],
    "S1": [PROFILE],
    "S2": CONSUMPTION,
    "S3": CONVERSION,
}
