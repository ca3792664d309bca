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

WATER = {
    "intake_surface": 120,
    "intake_ground": 60,
    "intake_tap": 10,
    "intake_reclaimed": 40,
    "intake_mine": 70,
    "supply_to_others": 20,
    "fresh_water_industrial": 270,
    "fresh_water_other": 10,
    "reuse_circulating": 5200,
    "reuse_cascade": 100,
    "reuse_recycled": 300,
    "wastewater_discharged": 0,
}
PROJECTS = [
    {
        "project_no": "2026Q1-01",
        "project_name": "余热锅炉改造",
        "project_type": "waste_heat",
        "content": "石灰窑烟气余热回收",
        "status": "completed",
        "started_on": "2025-09",
        "planned_completion": "2026-02",
        "completed_on": "2026-02",
        "progress_pct": 100,
        "investment_total": 1200,
        "investment_own": 900,
        "investment_loan": 300,
        "investment_done": 1200,
        "is_emc": False,
        "designed_saving": 4800,
        "actual_saving": 1600,
        "economic_benefit": 400,
    }
]
PRODUCTS = [
    {"product_key": "2611E", "numerator": 114800, "denominator": 140000, "annual_capacity": 480000},
    {"product_key": "2611P", "numerator": 30800, "denominator": 100000, "annual_capacity": 420000},
]
WASTES = [
    {
        "waste_code": "SW02",
        "opening_storage": 200000,
        "generated": 64000,
        "utilised": 42000,
        "utilised_prior": 5000,
        "disposed": 18000,
        "disposed_prior": 2000,
        "stored": 11000,
        "dumped": 0,
        "use_building": 42000,
        "storage_site": "1 号灰场",
    },
    {
        "waste_code": "SW06",
        "opening_storage": 0,
        "generated": 9000,
        "utilised": 9000,
        "disposed": 0,
        "stored": 0,
        "dumped": 0,
        "use_building": 9000,
    },
]

SHEET_ROWS: dict[str, list[dict[str, Any]]] = {
    "F0": [HEADER],
    "S1": [PROFILE],
    "S2": CONSUMPTION,
    "S2R": [{"grid_power_purchased": 42000}],
    "S3": CONVERSION,
    "S4": [{"saving_method": "output_value"}],
    "S5": PROJECTS,
    "S6": PRODUCTS,
    "W1": [WATER],
    "W1P": [{"product_code": "2611", "product_intake": 180}],
    "R1": WASTES,
}
