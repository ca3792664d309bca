"""Made-up energy figures that balance: what comes in is used, supplied or left in stock."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.checks.book import CarrierFacts
from app.filings.figures import Figures
from app.filings.sheets.consumption import CoefficientBasis
from app.filings.sheets.profile import ProductionStatus, UnitType

COEFFICIENTS = {"04": "0.68", "05": "0.43", "02": "0.92", "06": "0.9", "07": "0.5"}
PRICES = {  # thousand yuan for a unit of the row
    "02": "1.1", "04": "0.52", "05": "0.26", "06": "1.35", "07": "0.24", "09": "2.1", "10": "3.0",
    "15": "26", "16": "4.6", "19": "8.6", "21": "7.4", "32": "0.042", "33": "4.4", "34": "0.06",
    "36": "0.8", "11": "7", "12": "0.7", "37": "0.02",
}  # fmt: skip
STORED_DAYS = 20  # a stock is about this much of the quarter's use


@dataclass(slots=True)
class Use:
    """What happens to one carrier in a quarter, in the unit of its row."""

    industrial: float = 0
    feedstock: float = 0
    non_industrial: float = 0
    transport: float = 0
    supply: float = 0
    own: float = 0
    conversion: dict[str, float] = field(default_factory=dict)  # columns of sheet 3


Uses = dict[str, Use]
K = {code: float(Decimal(text)) for code, text in COEFFICIENTS.items()}


def _shares(facts: Mapping[str, CarrierFacts], energy: float, shares: dict[str, float]) -> Uses:
    """*energy* tce of industrial consumption, divided among carriers."""
    return {
        code: Use(industrial=energy * share / _k(facts, code)) for code, share in shares.items()
    }


def _k(facts: Mapping[str, CarrierFacts], code: str) -> float:
    return K.get(code) or float(facts[code].reference or 1)


def _power(facts: Mapping[str, CarrierFacts], energy: float, rng: random.Random) -> Uses:
    """Cogeneration: coal to power and heat; 8 % of the power is used by the plant."""
    coal = rng.choice(("04", "05"))
    fuel = energy / 0.45  # what is left after power and heat are deducted
    heat_share = 0.2
    power = fuel * (1 - heat_share) * 0.39 / 1.229
    heat = fuel * heat_share * 0.85 / 0.0341
    tonnes = fuel / _k(facts, coal)
    return {
        coal: Use(
            industrial=tonnes,
            conversion={
                "thermal_power_input": tonnes * (1 - heat_share),
                "heating_input": tonnes * heat_share,
            },
        ),
        "21": Use(industrial=tonnes * 0.0002, transport=tonnes * 0.0001),
        "32": Use(supply=heat, conversion={"conversion_output": heat}),
        "33": Use(
            industrial=power * 0.08, supply=power * 0.92, conversion={"conversion_output": power}
        ),
    }


def _coking(facts: Mapping[str, CarrierFacts], energy: float, _rng: random.Random) -> Uses:
    coal = energy / 0.16 / _k(facts, "06")
    coke, tar, gas = coal * 0.74, coal * 0.03, coal * 0.032
    return {
        "06": Use(industrial=coal, conversion={"coking_input": coal}),
        "09": Use(supply=coke, conversion={"conversion_output": coke}),
        "10": Use(supply=tar, conversion={"conversion_output": tar}),
        "11": Use(industrial=gas * 0.45, supply=gas * 0.55, conversion={"conversion_output": gas}),
        "33": Use(industrial=energy * 0.06),
    }


def _mine(facts: Mapping[str, CarrierFacts], energy: float, _rng: random.Random) -> Uses:
    """A mine that washes a part of its own coal and sells the rest."""
    washed = energy * 1.5 / _k(facts, "04")
    clean = washed * K["04"] * 0.93 / K["07"]
    return {
        "04": Use(
            industrial=washed + energy * 0.25 / K["04"],
            own=washed * 4,
            supply=washed * 2.4,
            conversion={"coal_washing_input": washed},
        ),
        "07": Use(supply=clean, conversion={"conversion_output": clean}),
        "21": Use(industrial=energy * 0.08 / 1.4571, transport=energy * 0.06 / 1.4571),
        "33": Use(industrial=energy * 0.45 / 1.229, non_industrial=energy * 0.01),
    }


def _steel(facts: Mapping[str, CarrierFacts], energy: float, _rng: random.Random) -> Uses:
    uses = _shares(facts, energy, {"09": 0.62, "04": 0.2, "33": 0.16, "15": 0.02})
    gas, heat = energy * 0.18 / 1.286, energy * 0.04 / 0.0341
    uses["12"] = Use(industrial=gas, conversion={"recovery": gas})
    uses["37"] = Use(industrial=heat, conversion={"recovery": heat})
    return uses


def _cement(facts: Mapping[str, CarrierFacts], energy: float, _rng: random.Random) -> Uses:
    """Kiln exhaust makes power: recovered, used, converted, and power comes out."""
    uses = _shares(facts, energy, {"04": 0.86, "33": 0.13, "21": 0.01})
    power = energy * 0.03 / 1.229
    heat = power * 36 / 0.25
    uses["37"] = Use(industrial=heat, conversion={"recovery": heat, "thermal_power_input": heat})
    uses["33"].industrial += power
    uses["33"].conversion = {"conversion_output": power}
    return uses


def _plain(**shares: float) -> Callable[[Mapping[str, CarrierFacts], float, random.Random], Uses]:
    named = {code.lstrip("c"): share for code, share in shares.items()}
    return lambda facts, energy, _rng: _shares(facts, energy, named)


RECIPES = {
    "06": _mine,
    "25": _coking,
    "44": _power,
    "31": _steel,
    "30": _cement,
    "26": _plain(c04=0.5, c33=0.36, c32=0.12, c21=0.02),
    "32": _plain(c33=0.82, c15=0.1, c29=0.08),
    "38": _plain(c33=0.9, c15=0.08, c32=0.02),
    "07": _plain(c15=0.6, c33=0.3, c21=0.1),
    "45": _plain(c15=0.3, c33=0.7),
    "14": _plain(c32=0.45, c33=0.4, c15=0.15),
    "13": _plain(c04=0.4, c33=0.35, c36=0.25),
}
USUAL = _plain(c33=0.55, c32=0.2, c15=0.15, c21=0.06, c19=0.04)
POWER = "44"
WATER = (0.0008, 0.0005)  # 10^4 m3 of ground and of reclaimed water for a tce
ASH = (0.3, 0.1)  # t of ash used and disposed of for a tce
SEASON = (1.12, 0.94, 0.9, 1.04)  # winter heats
CAPACITY = {"06": 0.35, "44": 1.6, "31": 2.2, "32": 2.4, "30": 2.9, "26": 2.6, "25": 1.2}


def quarter_figures(
    facts: Mapping[str, CarrierFacts],
    industry: str,
    energy: float,
    quarter: int,
    stocks: dict[str, Decimal],
    rng: random.Random,
) -> Figures:
    """Sheets 2 and 3, economics, water and waste of one quarter; *energy* is the aim in tce."""
    recipe = RECIPES.get(industry, USUAL)
    aim = energy * SEASON[quarter - 1] * rng.uniform(0.94, 1.06)
    uses = recipe(facts, aim, rng)
    uses.setdefault("33", Use()).non_industrial += aim * 0.004 / 1.229
    consumption = {c: _row(facts[c], uses[c], stocks, rng) for c in sorted(uses)}
    conversion = {
        code: {name: _round(value) for name, value in use.conversion.items()}
        for code, use in uses.items()
        if use.conversion
    }
    for code, row in conversion.items():
        _fit(row, consumption[code]["industrial_consumption"])
    return {
        "S1": {"": _economics(industry, aim, consumption, rng)},
        "S2": consumption,
        "S3": conversion,
        "W1": {"": _water(aim, rng)},
        "R1": {"SW02": _ash(aim, rng)} if industry == POWER else {},
    }


def _water(energy: float, rng: random.Random) -> dict[str, Any]:
    """Sheet W1; the parts make the whole to the last digit."""
    ground, reclaimed = (_round(energy * share * rng.uniform(0.9, 1.1)) for share in WATER)
    intake = ground + reclaimed
    production = (intake * Decimal("0.95")).quantize(Decimal("0.01"))
    return {
        "intake_ground": ground,
        "intake_reclaimed": reclaimed,
        "fresh_water_industrial": production,
        "fresh_water_other": intake - production,
        "reuse_circulating": intake * 18,
        "wastewater_discharged": (intake * Decimal("0.05")).quantize(Decimal("0.01")),
    }


def _ash(energy: float, rng: random.Random) -> dict[str, Any]:
    """A row of sheet R1: fly ash, all of it used or disposed of."""
    utilised, disposed = (_round(energy * share * rng.uniform(0.9, 1.1)) for share in ASH)
    nothing = Decimal(0)
    return {
        "opening_storage": nothing,
        "generated": utilised + disposed,
        "utilised": utilised,
        "use_building": utilised,
        "disposed": disposed,
        "stored": nothing,
        "dumped": nothing,
    }


def _fit(row: dict[str, Decimal], most: Decimal) -> None:
    """Rounding may not make the parts greater than the whole."""
    for name in [name for name in row if name.endswith("_input")]:
        row[name] = min(row[name], most)
        most -= row[name]


def _round(value: float) -> Decimal:
    return Decimal(f"{value:.2f}")


def _row(
    facts: CarrierFacts, use: Use, stocks: dict[str, Decimal], rng: random.Random
) -> dict[str, Any]:
    """One row of sheet 2; what is bought closes the balance, to the last digit."""
    code = facts.code
    industrial, other = _round(use.industrial), _round(use.non_industrial)
    supply, own = _round(use.supply), _round(use.own)
    made = _round(use.conversion.get("conversion_output", 0))
    made += _round(use.conversion.get("recovery", 0))
    opening = stocks.get(code, Decimal(0))
    closing = Decimal(0)
    if facts.storable:
        closing = _round(float(industrial) * STORED_DAYS / 91 * rng.uniform(0.8, 1.2))
    bought = industrial + other + supply + closing - opening - own - made
    if bought < 0:  # more than is needed: sold
        supply, bought = supply - bought, Decimal(0)
    stocks[code] = closing
    price = Decimal(PRICES.get(code, "1")) * Decimal(f"{rng.uniform(0.95, 1.05):.3f}")
    coefficient = Decimal(COEFFICIENTS.get(code) or facts.reference or 1)
    return {
        "opening_stock": opening,
        "purchase_quantity": bought,
        "purchase_amount": (bought * price).quantize(Decimal("0.01")) if bought else None,
        "own_production": own or None,
        "industrial_consumption": industrial,
        "non_industrial_consumption": other,
        "transport_consumption": min(_round(use.transport), industrial) or None,
        "external_supply": supply or None,
        "closing_stock": closing,
        "adopted_coefficient": coefficient,
        "coefficient_basis": (
            CoefficientBasis.SUPPLIER if code in COEFFICIENTS else CoefficientBasis.REFERENCE
        ),
    }


def _economics(
    industry: str, energy: float, rows: dict[str, dict[str, Any]], rng: random.Random
) -> dict[str, Any]:
    output = _round(energy / CAPACITY.get(industry, 0.4) * rng.uniform(0.97, 1.03) + 200)
    cost = sum((row["purchase_amount"] or Decimal(0) for row in rows.values()), Decimal(0)) / 10
    cost = cost.quantize(Decimal("0.01"))
    return {
        "gross_output_current": (output * Decimal("1.03")).quantize(Decimal("0.01")),
        "gross_output_comparable": output,
        "value_added": (output * Decimal("0.29")).quantize(Decimal("0.01")),
        "sales_revenue": (output * Decimal("0.98")).quantize(Decimal("0.01")),
        "tax_and_profit": (output * Decimal("0.07")).quantize(Decimal("0.01")),
        "production_cost": max(
            (output * Decimal("0.82")).quantize(Decimal("0.01")), cost * Decimal("1.3")
        ).quantize(Decimal("0.01")),
        "energy_cost": cost,
        "employees": Decimal(max(30, int(output / 90))),
    }


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
