"""The part of sheet 1 of the invented filings that stays from quarter to quarter."""

import random
from typing import Any

from app.enterprises.unit_types import UnitType
from app.filings.sheets.profile import ProductionStatus


def profile(rng: random.Random, head: str, manager: str, phone: str) -> dict[str, Any]:
    """The part of sheet 1 that stays from quarter to quarter."""
    return {
        "unit_type": rng.choice(list(UnitType)),
        "legal_representative": head,
        "is_central_enterprise": False,
        "production_status": ProductionStatus.NORMAL,
        "energy_org_name": "能源管理部",
        "energy_leader_name": head,
        "energy_leader_phone": phone,
        "energy_manager_name": manager,
        "energy_manager_mobile": phone,
        "ems_certified": False,
    }
