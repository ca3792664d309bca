"""Made-up energy figures that balance: what comes in is used, supplied or left in stock."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.checks.book import CarrierFacts
from app.core.period import Quarter
from app.filings.figures import Figures
from app.filings.sheets.consumption import CoefficientBasis
from app.upkeep.demonstration.oddities import SWING, Oddity, make_odd, oddity
from app.upkeep.demonstration.recipes import COEFFICIENTS, RECIPES, USUAL, Use

PRICES = {  # thousand yuan for a unit of the row
    "02": "1.1", "04": "0.52", "05": "0.26", "06": "1.35", "07": "0.24", "09": "2.1", "10": "3.0",
    "15": "26", "16": "4.6", "19": "8.6", "21": "7.4", "32": "0.042", "33": "4.4", "34": "0.06",
    "36": "0.8", "11": "7", "12": "0.7", "37": "0.02",
}  # fmt: skip
STORED_DAYS = 20  # a stock is about this much of the quarter's use


@dataclass(frozen=True, slots=True)
class Plant:
    """What its figures hang on; *since* is the index of its first quarter."""

    number: int
    industry: str
    since: int


POWER = "44"
WATER = (0.0008, 0.0005)  # 10^4 m3 of ground and of reclaimed water for a tce
WASTES = {  # by industry and class, t used and disposed of for a tce
    POWER: {"SW02": (0.3, 0.1), "SW03": (0.1, 0.03), "SW06": (0.09, 0.01)},
    "06": {"SW04": (0.7, 0.25)},
    "31": {"SW01": (0.5, 0.04)},
}
SEASON = (1.05, 0.98, 0.96, 1.01)  # winter heats
BETTER = 1.004  # output of a tce from quarter to quarter
CAPACITY = {"06": 0.35, "44": 1.6, "31": 2.2, "32": 2.4, "30": 2.9, "26": 2.6, "25": 1.2}


def quarter_figures(
    facts: Mapping[str, CarrierFacts],
    plant: Plant,
    energy: float,
    period: Quarter,
    stocks: dict[str, Decimal],
    rng: random.Random,
) -> Figures:
    """Sheets 2 and 3, economics, water and waste of one quarter; *energy* is the aim in tce."""
    industry, age = plant.industry, period.index - plant.since
    recipe = RECIPES.get(industry, USUAL)
    odd = oddity(plant.number, age)
    aim = energy * SEASON[period.quarter - 1] * rng.uniform(0.985, 1.015)
    aim *= SWING if odd is Oddity.SWING else 1
    uses = recipe(facts, aim, ("04", "05")[plant.number % 2])
    uses.setdefault("33", Use()).non_industrial += aim * 0.004 / 1.229
    consumption = {c: _row(facts[c], uses[c], stocks, rng) for c in sorted(uses)}
    make_odd(odd, consumption["33"])
    conversion = {
        code: {name: _round(value) for name, value in use.conversion.items()}
        for code, use in uses.items()
        if use.conversion
    }
    for code, row in conversion.items():
        _fit(row, consumption[code]["industrial_consumption"])
    return {
        "S1": {"": _economics(industry, aim * BETTER**age, consumption, rng)},
        "S2": consumption,
        "S3": conversion,
        "W1": {"": _water(aim, rng)},
        "R1": {code: _waste(aim, flows, rng) for code, flows in WASTES.get(industry, {}).items()},
    }


def energy_of(figures: Figures, *, fuel: bool = False) -> float:
    """What the products of the quarter share, tce; of power plants the coal that makes power."""
    rows, conversion = figures["S2"], figures["S3"]
    k = {code: row["adopted_coefficient"] for code, row in rows.items()}
    if fuel:
        named = ((k[code], row.get("thermal_power_input", 0)) for code, row in conversion.items())
        return float(sum(factor * used for factor, used in named))
    made = ("conversion_output", "recovery")
    used = sum(k[code] * row["industrial_consumption"] for code, row in rows.items())
    off = sum(k[c] * row.get(name, 0) for c, row in conversion.items() for name in made)
    return float(used - off)


def _water(energy: float, rng: random.Random) -> dict[str, Any]:
    """Sheet W1; the parts make the whole to the last digit."""
    ground, reclaimed = (_round(energy * share * rng.uniform(0.95, 1.05)) for share in WATER)
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


def _waste(energy: float, flows: tuple[float, float], rng: random.Random) -> dict[str, Any]:
    """A row of sheet R1: all of it used or disposed of."""
    utilised, disposed = (_round(energy * share * rng.uniform(0.93, 1.07)) for share in flows)
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
    output = _round(energy / CAPACITY.get(industry, 0.4) * rng.uniform(0.996, 1.004))
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
