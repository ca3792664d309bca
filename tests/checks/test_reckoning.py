"""FM-01 to FM-06, to the last decimal of the specification's worked examples."""

from decimal import Decimal

import pytest

from app.checks import reckoning
from tests.samples import EXAMPLE, EXAMPLES

EXPECTED = EXAMPLE["expected"]


def column(sheet, name):
    return {c: Decimal(row[name]) for c, row in EXAMPLE[sheet].items() if name in row}


K = column("S2", "adopted_coefficient")
PRIMARY = {
    "33": EXAMPLE["parameters"]["primary_electricity"],
    "32": EXAMPLE["parameters"]["primary_heat"],
}
FLOWS = (
    column("S2", "industrial_consumption"),
    column("S3", "conversion_output"),
    column("S3", "recovery"),
)


def test_fm_01_one_carrier():
    given = EXAMPLES["FM-01"]["inputs"]
    found = reckoning.tce(Decimal(given["quantity"]), Decimal(given["coefficient"]))
    assert found == EXAMPLES["FM-01"]["expected"]["tce"]


def test_fm_02_purchases_in_row_40():
    found = reckoning.total(column("S2", "purchase_quantity"), K)
    assert reckoning.shown(found) == EXPECTED["total_purchase_tce"]


def test_fm_03_calorific_and_its_parts():
    industrial, output, recovery = (reckoning.total(flow, K) for flow in FLOWS)
    assert industrial == EXPECTED["industrial_tce"]
    assert output == EXPECTED["conversion_output_tce"]
    assert recovery == EXPECTED["recovery_tce"]
    assert reckoning.comprehensive(*FLOWS, K) == EXPECTED["comprehensive_energy_calorific"]


def test_fm_04_primary():
    found = reckoning.comprehensive(*FLOWS, reckoning.primary_basis(K, PRIMARY))
    assert found == EXPECTED["comprehensive_energy_primary"]


def test_fm_05_total():
    outside = column("S2", "non_industrial_consumption")
    assert reckoning.total(outside, K) == EXPECTED["non_industrial_tce"]
    found = reckoning.total_consumption(reckoning.comprehensive(*FLOWS, K), outside, K)
    assert reckoning.shown(found) == EXPECTED["total_energy_calorific"]


def test_fm_06_deductions():
    feedstock = reckoning.feedstock_energy(column("S2", "feedstock_consumption"), K)
    assert feedstock == EXPECTED["feedstock_energy"]
    found = reckoning.assessed(reckoning.comprehensive(*FLOWS, K), feedstock)
    assert found == EXPECTED["assessed_energy_without_renewable"]


def test_fm_06_a_certificate_is_a_tenth_of_ten_thousand_kwh():
    found = reckoning.renewable_deduction(
        Decimal(10), Decimal(20), Decimal(5), Decimal(30), Decimal("1.229")
    )
    assert found == Decimal(38) * Decimal("1.229")


@pytest.mark.parametrize(
    ("energy", "level"),
    [
        *zip(
            EXAMPLES["FM-20"]["inputs"]["annual"],
            EXAMPLES["FM-20"]["expected"]["levels"],
            strict=True,
        )
    ],
)
def test_fm_20_exactly_500_000_is_and_more(energy, level):
    assert reckoning.is_large(Decimal(energy)) is (level == "ge_500k")


def test_rounding_is_half_up_and_only_for_showing():
    assert reckoning.shown(Decimal("0.005")) == Decimal("0.01")
    assert reckoning.shown(Decimal("-0.005")) == Decimal("-0.01")
    assert reckoning.shown(Decimal("2.74645"), 4) == Decimal("2.7465")


def test_a_missing_divisor_gives_nothing_not_zero():
    assert reckoning.ratio(Decimal(5), Decimal(0)) is None
