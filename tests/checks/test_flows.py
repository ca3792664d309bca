"""FM-07 to FM-12 and FM-21 to FM-24, to the last decimal of the worked examples."""

from decimal import Decimal

import pytest

from app.checks.flows import (
    CarrierQuarter,
    balance_gap,
    change,
    closing_storage,
    coal_rate,
    conversion_efficiency,
    generated,
    percent,
    water_intensity,
    weighted,
    year_of,
)
from app.checks.products import LimitLevel, indicator, level_of, shares
from app.checks.reckoning import shown
from tests.samples import EXAMPLES


def example(number):
    return EXAMPLES[number]["inputs"], EXAMPLES[number]["expected"]


def test_conversion_efficiency_and_coal_rate():
    assert shown(conversion_efficiency(Decimal(36870), Decimal(97500))) == Decimal("37.82")
    assert shown(conversion_efficiency(Decimal(17050), Decimal(20150))) == Decimal("84.62")
    assert coal_rate(Decimal(97500), Decimal(30000)) == 325
    assert shown(coal_rate(Decimal(97500), Decimal(30000), Decimal(2400))) == Decimal("353.26")


def test_the_gap_of_a_balance():
    given, expected = example("FM-08")
    sources = sum(given[n] for n in "opening_stock purchase_quantity own_production".split())
    uses = given["consumption_total"] + given["external_supply"] + given["closing_stock"]
    assert (sources, uses) == (expected["sources"], expected["uses"])
    assert shown(balance_gap(Decimal(sources), Decimal(uses))) == expected["rate_pct"]


def test_a_weighted_coefficient():
    given, expected = example("FM-09")
    quantities = [Decimal(row["quantity"]) for row in given["rows"]]
    found = weighted(quantities, [row["coefficient"] for row in given["rows"]])
    assert shown(found, 4) == expected["coefficient"]


def test_unit_consumption_and_its_level():
    given, expected = example("FM-10")
    energy = indicator(
        Decimal(given["numerator_tce"]), Decimal(given["denominator_t"]), Decimal(1000)
    )
    power = indicator(
        Decimal(given["electricity_10k_kwh"]), Decimal(given["denominator_t"]), Decimal(10000)
    )
    assert (energy, power) == (expected["kgce_per_t"], expected["kwh_per_t"])
    limits = [Decimal(805), Decimal(823), Decimal(940)]
    assert level_of(energy, limits).value == str(expected["limit_level_energy"])
    limits = [Decimal(3000), Decimal(3080), Decimal(3200)]
    assert level_of(power, limits).value == str(expected["limit_level_electricity"])


@pytest.mark.parametrize(
    ("value", "limits", "factor", "level"),
    [
        (-30, (-30, -28, -12), 1, LimitLevel.ONE),
        (-11, (-30, -28, -12), 1, LimitLevel.OVER),
        (286, (286, 285, 300), 1, LimitLevel.ONE),  # level 2 is stricter in the power standard
        (310, (286, 285, 300), "1.05", LimitLevel.THREE),
        (310, (286, 285, 300), 1, LimitLevel.OVER),
        (180, (None, None, 185), 1, LimitLevel.THREE),
        (1, (None, None, None), 1, LimitLevel.NONE),
    ],
)
def test_the_best_level_that_is_met(value, limits, factor, level):
    limits = [None if one is None else Decimal(one) for one in limits]
    assert level_of(Decimal(value), limits, Decimal(factor)) is level


def test_energy_shared_by_several_products():
    given, expected = example("FM-11")
    outputs = [Decimal(one["output"]) for one in given["products"]]
    norms = [one["norm"] for one in given["products"]]
    assert shares(Decimal(given["shared_tce"]), outputs, norms) == expected["shares"]
    assert shares(Decimal(1), [Decimal(0)], [Decimal(1)]) is None


def test_water():
    given, expected = example("FM-21")
    sources = sum(given[n] for n in "surface ground tap reclaimed mine rain other".split())
    reuse = given["circ"] + given["casc"] + given["rec"]
    fresh = sources - given["supply"]
    assert (sources, fresh, reuse, fresh + reuse) == tuple(
        expected[n] for n in "intake_total fresh_water_total reuse_total water_use_total".split()
    )
    assert shown(percent(Decimal(reuse), Decimal(fresh + reuse))) == expected["reuse_rate"]
    special = Decimal(given["reclaimed"] + given["mine"] + given["rain"])
    assert shown(percent(special, Decimal(sources))) == expected["unconventional_rate"]
    by_value = water_intensity(Decimal(sources), Decimal(given["gov"]))
    assert shown(by_value, 4) == expected["m3_per_10k_yuan"]
    by_product = water_intensity(Decimal(given["product_intake"]), Decimal(given["product_output"]))
    assert by_product == expected["m3_per_t"]


def test_solid_waste():
    given, expected = example("FM-22")
    n = {name: Decimal(value) for name, value in given.items()}
    prior = (n["utilised_prior"], n["disposed_prior"])
    made = generated(n["utilised"], prior[0], n["disposed"], prior[1], n["stored"], n["dumped"])
    assert made == expected["generated"]
    left = closing_storage(n["opening_storage"], n["stored"], *prior)
    assert left == expected["closing_storage"]
    assert shown(percent(n["utilised"], made + prior[0])) == expected["utilisation_rate"]
    assert shown(percent(n["disposed"], made + prior[1])) == expected["disposal_rate"]


def test_changes():
    given, expected = example("FM-23")
    assert shown(change(Decimal(given["cur"]), Decimal(given["ly"]))) == expected["yoy_pct"]
    assert shown(change(Decimal(given["cur"]), Decimal(given["prev"]))) == expected["qoq_pct"]
    assert change(Decimal(1), Decimal(0)) is None


def test_a_year_of_four_quarters():
    given, expected = example("FM-24")
    quarters = [
        CarrierQuarter(
            Decimal(one["consumption"]), one["coefficient"], Decimal(first), Decimal(last)
        )
        for one, first, last in zip(
            given["quarters"], given["opening_stocks"], given["closing_stocks"], strict=True
        )
    ]
    year = year_of(quarters)
    assert (year.consumption, year.tce) == (expected["consumption"], expected["tce"])
    assert shown(year.coefficient, 4) == expected["coefficient"]
    assert (year.opening_stock, year.closing_stock) == (18000, 21000)
