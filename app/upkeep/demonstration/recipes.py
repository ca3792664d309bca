"""What happens to each carrier in a quarter, by industry: recipes that turn an aim into uses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from app.checks.book import CarrierFacts

COEFFICIENTS = {"04": "0.68", "05": "0.43", "02": "0.92", "06": "0.9", "07": "0.85"}


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


def _power(facts: Mapping[str, CarrierFacts], energy: float, coal: str) -> Uses:
    """Cogeneration: coal to power and heat; 8 % of the power is used by the plant."""
    fuel = energy / 0.45  # what is left after power and heat are deducted
    heat_share = 0.2
    power = fuel * (1 - heat_share) * 0.43 / 1.229
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


def _coking(facts: Mapping[str, CarrierFacts], energy: float, _coal: str) -> Uses:
    coal = energy * 0.926 / 0.1098 / _k(facts, "06")  # 97 % of it comes out again
    coke, tar, gas = coal * 0.7, coal * 0.028, coal * 0.026
    return {
        "06": Use(industrial=coal, conversion={"coking_input": coal}),
        "09": Use(supply=coke, conversion={"conversion_output": coke}),
        "10": Use(supply=tar, conversion={"conversion_output": tar}),
        "11": Use(industrial=gas * 0.45, supply=gas * 0.55, conversion={"conversion_output": gas}),
        "33": Use(industrial=energy * 0.06),
    }


def _mine(facts: Mapping[str, CarrierFacts], energy: float, _coal: str) -> Uses:
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


def _steel(facts: Mapping[str, CarrierFacts], energy: float, _coal: str) -> Uses:
    uses = _shares(facts, energy, {"09": 0.62, "04": 0.2, "33": 0.16, "15": 0.02})
    gas, heat = energy * 0.18 / 1.286, energy * 0.04 / 0.0341
    uses["12"] = Use(industrial=gas, conversion={"recovery": gas})
    uses["37"] = Use(industrial=heat, conversion={"recovery": heat})
    return uses


def _cement(facts: Mapping[str, CarrierFacts], energy: float, _coal: str) -> Uses:
    """Kiln exhaust makes power: recovered, used, converted, and power comes out."""
    uses = _shares(facts, energy, {"04": 0.86, "33": 0.13, "21": 0.01})
    power = energy * 0.03 / 1.229
    heat = power * 36 / 0.25
    uses["37"] = Use(industrial=heat, conversion={"recovery": heat, "thermal_power_input": heat})
    uses["33"].industrial += power
    uses["33"].conversion = {"conversion_output": power}
    return uses


def _gas(facts: Mapping[str, CarrierFacts], energy: float, _coal: str) -> Uses:
    """Coal is made into natural gas: 56 % of its energy comes out, nearly all is supplied."""
    uses = _shares(facts, energy, {"04": 2.1, "33": 0.076})
    gas = energy * 2.1 * 0.56 / _k(facts, "15")
    uses["04"].conversion = {"gas_making_input": uses["04"].industrial}
    uses["15"] = Use(supply=gas, conversion={"conversion_output": gas})
    return uses


Recipe = Callable[[Mapping[str, CarrierFacts], float, str], Uses]


def _plain(**shares: float) -> Recipe:
    named = {code.lstrip("c"): share for code, share in shares.items()}
    return lambda facts, energy, _coal: _shares(facts, energy, named)


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
    "45": _gas,
    "14": _plain(c32=0.45, c33=0.4, c15=0.15),
    "13": _plain(c04=0.4, c33=0.35, c36=0.25),
}
USUAL = _plain(c33=0.55, c32=0.2, c15=0.15, c21=0.06, c19=0.04)
