"""For every rule a change that breaks it, and one under which it is not applicable.

Changes are written as `tests.checks.ruling` says, and made to the filing that passes every rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

D = Decimal
PROJECT = "S5/2025Q1-01"
NO_ROW: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Broken:
    """What alarms under *changes*: the rule, its row, and its label or column.

    *besides* are other rules that cannot but alarm as well. *sides* are the figures that are
    shown: actual, expected, deviation.
    """

    changes: Mapping[str, Any]
    at: str = ""
    sides: tuple[Any, Any, Any] | None = None
    besides: frozenset[str] = frozenset()
    quarter: int = 3


def broken(changes, at="", sides=None, besides=(), quarter=3) -> Broken:
    return Broken(changes, at, sides, frozenset(besides), quarter)


@dataclass(frozen=True)
class Idle:
    """Where a rule has nothing to say: under *changes*, in the row *key*."""

    changes: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    quarter: int = 3


COKE_OVEN = {  # 10,000 t of cleaned coal, 9,000 tce, bought and coked
    "S2/06": {
        "purchase_quantity": 10000,
        "purchase_amount": 12000,
        "industrial_consumption": 10000,
        "adopted_coefficient": D("0.9"),
        "row_note": "the coke ovens were lit",
    },
    "S3/06": {"coking_input": 10000},
}
WASHERY = {  # 10,000 t of coking coal, 9,000 tce, bought and washed
    "S2/03": {
        "purchase_quantity": 10000,
        "purchase_amount": 10000,
        "industrial_consumption": 10000,
        "adopted_coefficient": D("0.9"),
        "row_note": "the washery was built",
    },
    "S3/03": {"coal_washing_input": 10000},
}
SULPHURIC_ACID = {  # it gives so much waste heat to others that it is left with less than none
    "S2/37/external_supply": 9880000,
    "S3/37/recovery": 10000000,
    "-4:S2/37/external_supply": 9880000,
    "-4:S3/37/recovery": 10000000,
}
WITHOUT_WATER = dict.fromkeys(
    (
        "W1/intake_surface W1/intake_ground W1/intake_tap W1/intake_reclaimed W1/intake_mine "
        "W1/supply_to_others W1/fresh_water_industrial W1/fresh_water_other "
        "W1/reuse_circulating W1/reuse_cascade W1/reuse_recycled"
    ).split(),
    0,
)
WITHOUT_ELECTRICITY = {  # all of it is sold, and in the quarters compared with as well
    **{
        f"{back}S2/33/{name}": value
        for back in ("", "-1:", "-4:")
        for name, value in {
            "industrial_consumption": 0,
            "non_industrial_consumption": 0,
            "external_supply": 72000,
        }.items()
    },
    "S6/2611P": None,  # which would take more than there is
}
CHEAP_CARBIDE = {  # 559 kgce/t in all quarters that are compared
    f"{back}S6/2611E/{name}": value
    for back in ("", "-1:", "-4:")
    for name, value in {
        "numerator": 123000,
        "denominator": 220000,
        "annual_capacity": 900000,
    }.items()
}
SMALL_YEAR = {  # 9,000 tce in four quarters, everywhere where the year is told
    "-1:S1/comprehensive_energy_calorific": D("-72069.92"),
    "-2:S1/comprehensive_energy_calorific": D("-72069.92"),
    "-3:S1/comprehensive_energy_calorific": D("-72069.93"),
    "year:S1/comprehensive_energy_calorific": D(9000),
    "S4/energy_ytd": D(9000),
    "F0/energy_level": "lt_500k",
    "fact:keyed": False,
}

BROKEN: Mapping[str, Broken] = {
    # -- the filing ------------------------------------------------------------------------------
    "F-01": broken({"F0/prepared_phone": ""}),
    # without a monthly report its months are missing as well
    "F-02": broken({"A1/1": None}, sides=(0, 1, -1), besides=["F-08"]),
    "F-03": broken({"A1/2": None}, sides=(0, 1, -1), quarter=4),
    "F-04": broken({"A1/3": None}, sides=(0, 1, -1)),
    "F-05": broken({"F0/version_no": 2}, sides=(1, 2, -1)),
    "F-06": broken({"-1:F0/status": "draft"}),
    "F-07": broken(
        {"F0/submitted_at": date(2025, 10, 16)},
        sides=(date(2025, 10, 16), date(2025, 10, 15), None),
    ),
    "F-08": broken(
        {"A1/1/months_covered": frozenset("79")}, sides=(frozenset("79"), frozenset("789"), None)
    ),
    "F-09": broken({"E0": {"enable_status": "disabled", "effective_from": "2025Q3"}}),
    "F-10": broken(
        {"fact:today": date(2025, 11, 16)}, sides=(date(2025, 11, 16), date(2025, 11, 15), None)
    ),
    # -- profile ---------------------------------------------------------------------------------
    "B-01": broken(
        {"registry:credit_code": "91150200MA0N8XK21N"}, sides=("91150200MA0N8XK21N", None, None)
    ),
    "B-02": broken({"fact:reporting_league": "150300"}, sides=("150221", "150200", None)),
    "B-03": broken({"F0/industry_code": "6420", "fact:change_request_approved": True}),
    "B-04": broken(
        {
            "S1/gross_output_current": 0,
            "S1/value_added": 0,
            "-4:S1/gross_output_current": 0,
        }
    ),
    "B-05": broken({"S1/value_added": 90000}, sides=(90000, 86000, 4000)),
    "B-06": broken({"S1/production_cost": 30000}, sides=(35052, 30000, 5052)),
    "B-07": broken({"S1/energy_cost": 3505}, sides=(35050, 350520, -315470)),
    "B-08": broken({"S1/gross_output_current": 130200}, sides=(130200, 84000, 55)),
    "B-09": broken(  # with the figures that an imported total would bring along
        {
            "S1/comprehensive_energy_calorific": 225000,
            "S1/output_intensity_calorific": D("2.7439"),
            "S4/energy_ytd": D("675419.54"),
        },
        sides=(225000, D("225209.77"), D("-209.77")),
    ),
    "B-10": broken(
        {"S1/output_intensity_calorific": D("2.8")}, sides=(D("2.8"), D("2.7465"), D("0.0535"))
    ),
    "B-11": broken({"S1/production_status": "stopped"}, sides=(D("283221.77"), 0, D("283221.77"))),
    "B-12": broken(
        {"-4:S1/gross_output_comparable": 50000}, sides=(D("2.7465"), D("4.5042"), D("-39.0236"))
    ),
    # -- sheet 2 ---------------------------------------------------------------------------------
    "C-01": broken({"S2/21/external_supply": -1}, "21", (-1, 0, -1)),
    "C-02": broken({"S2/21/consumption_total": 781}, "21", (781, 780, 1)),
    # what is used as raw material cannot be converted as well, and D-04 says so
    "C-03": broken(
        {"S2/09/feedstock_consumption": 60000}, "09", (60000, 58000, 2000), besides=["D-04 09"]
    ),
    "C-04": broken({"S2/21/transport_consumption": 800}, "21", (800, 780, 20)),
    "C-05": broken(
        {"total:01/purchase_quantity": D(186001)}, "purchase_quantity", (186001, 186000, 1)
    ),
    "C-06": broken(
        {"total:01/adopted_coefficient": D("0.66")}, sides=(D("0.66"), D("0.65"), D("0.01"))
    ),
    "C-07": broken({"S2/21/adopted_coefficient": D("1.6")}, "21", (D("1.6"), D("1.52"), D("0.08"))),
    "C-08": broken(
        {"S2/04/adopted_coefficient": D("0.58")}, "04", (D("0.58"), D("0.7143"), D("-18.8016"))
    ),
    "C-09": broken({"S2/21/adopted_coefficient": None}, "21"),
    "C-10": broken(
        {"S2/32/adopted_coefficient": D("0.03412")}, "heat", (D("0.0341"), D("0.0341"), D("0"))
    ),
    "C-11": broken({"S2/32/closing_stock": 100}, "32", (100, 0, 100)),
    "C-12": broken({"-1:S2/04/closing_stock": 19000}, "04", (20000, 19000, 1000)),
    "C-13": broken({"S2/04/purchase_quantity": 190000}, "04", (210000, 206000, 4000)),
    "C-14": broken(  # beyond 5 % is beyond 1 %
        {"S2/04/purchase_quantity": 200000}, "04", (220000, 206000, 14000), besides=["C-13 04"]
    ),
    "C-15": broken({"S2/37/purchase_amount": 1}, "37", (0, 1, -1)),
    "C-16": broken({"S2/21/purchase_amount": 60000}, "21", (75000, 13000, 62000)),
    "C-17": broken({"S2/04/purchase_outside_region": 186001}, "04", (186001, 186000, 1)),
    "C-18": broken({"S2/04/transport_consumption": 1}, "04", (1, 0, 1)),
    "C-19": broken({"S2/33/feedstock_consumption": 1}, "33", (1, 0, 1)),
    "C-20": broken(
        {"total:40/purchase_quantity": D(231968)},
        "purchase_quantity",
        (231968, D("231967.68"), D("0.32")),
    ),
    "C-21": broken({"-4:S2/32/industrial_consumption": 300000}, "32", (480000, 300000, 60)),
    "C-22": broken({"-1:S2/32/industrial_consumption": 300000}, "32", (480000, 300000, 60)),
    "C-23": broken({"-1:S2/37": None}, "37 appeared"),
    "C-24": broken({"-1:S2/21/industrial_consumption": 70}, "21", (10, None, None)),
    "C-25": broken(WITHOUT_ELECTRICITY, sides=(0, 0, 0)),
    "C-26": broken(
        {
            "S2/21/closing_stock": 1700,
            "S2/21/purchase_quantity": 2430,
            "S2/21/purchase_amount": 18000,
        },
        "21",
        (D("2.1795"), 2, D("0.1795")),
    ),
    "C-27": broken({"S2R/grid_power_purchased": 43000}, sides=(43000, 42420, 580)),
    "C-28": broken({"S2/04/coefficient_basis": "measured"}, "04"),
    # -- sheet 3 ---------------------------------------------------------------------------------
    "D-01": broken({"S3/04/industrial_consumption_ref": 180000}, "04", (180000, 181000, -1000)),
    "D-02": broken({"S3/04/conversion_input_total": 180999}, "04", (180999, 181000, -1)),
    "D-03": broken(  # D-04 forbids the same with what is used as raw material added
        {"S2/04/industrial_consumption": 180000, "S2/04/purchase_quantity": 185000},
        "04",
        (181000, 180000, 1000),
        besides=["D-04 04"],
    ),
    "D-04": broken({"S2/04/feedstock_consumption": 1}, "04", (181001, D("181000.01"), D("0.99"))),
    "D-05": broken(
        {
            "S2/12": {
                "industrial_consumption": 60000,
                "adopted_coefficient": D("1.286"),
                "row_note": "a furnace was connected",
            },
            "S3/12": {"conversion_output": 60000},
        },
        sides=(131080, 117650, 13430),
    ),
    "D-06": broken(  # and beyond what is usual, seen as a rate or as a coal rate
        {
            "S3/33/conversion_output": 80000,
            "S2/33/external_supply": 50000,
            "S2R/captive_power_output": 80000,
        },
        sides=(D("100.841"), 100, D("0.841")),
        besides=["D-07", "D-15"],
    ),
    "D-07": broken(
        {
            "S3/33/conversion_output": 43600,
            "S2/33/purchase_quantity": 28400,
            "S2R/grid_power_purchased": 28400,
            "S2R/captive_power_output": 43600,
        },
        sides=(D("54.9584"), 50, D("4.9584")),
    ),
    "D-08": broken(
        {"S3/32/conversion_output": 600000, "S2/32/external_supply": 120000},
        sides=(D("101.5385"), 100, D("1.5385")),
        besides=["D-09"],
    ),
    "D-09": broken(
        {"S3/32/conversion_output": 580000, "S2/32/external_supply": 100000},
        sides=(D("98.1538"), 96, D("2.1538")),
    ),
    "D-10": broken(
        {**COKE_OVEN, "S3/09": {"conversion_output": 7000}, "S2/09/external_supply": 7000},
        sides=(D("75.5533"), 85, D("-9.4467")),
    ),
    "D-11": broken(
        {
            **WASHERY,
            "S3/06": {"conversion_output": 3000},
            "S2/06": {
                "external_supply": 3000,
                "adopted_coefficient": D("0.9"),
                "row_note": "washed here",
            },
        },
        sides=(30, 80, -50),
    ),
    "D-12": broken(
        {**COKE_OVEN, "S3/09": {"conversion_output": 10000}, "S2/09/external_supply": 10000},
        "coking",
        (9714, 9000, D("7.9333")),
    ),
    "D-13": broken(
        {"S3/04/heating_input": 30999, "S3/04/gas_liquefaction_input": 1}, "04 gas liquefaction"
    ),
    "D-14": broken({"S3/04/heating_input": 0}, "heat supply", (0, 500000, -500000)),
    "D-15": broken(
        {
            "S3/33/conversion_output": 20100,
            "S2/33/purchase_quantity": 51900,
            "S2R/grid_power_purchased": 51900,
            "S2R/captive_power_output": 20100,
        },
        sides=(D("485.0746"), 480, D("5.0746")),
    ),
    "D-16": broken({"S3/21": {"recovery": 1}}, "21", (1, 0, 1)),
    "D-17": broken(
        {"S3/37/recovery": 130000, "S2/37/stock_adjustment": -10000},
        "37",
        (130000, 120000, 10000),
    ),
    "D-18": broken(SULPHURIC_ACID, sides=(D("-111698.23"), 0, D("-111698.23"))),
    "D-19": broken(  # a total that was imported as 0 is no sum, and less than what came out
        {"fact:conversion_sheet_expected": True, "S3/04/conversion_input_total": 0},
        sides=(0, 0, 0),
        besides=["D-02 04", "D-05"],
    ),
    "D-20": broken({"S2R/captive_power_output": 31000}, sides=(30000, 31000, -1000)),
    # -- sheet 6 ---------------------------------------------------------------------------------
    "E-01": broken({"S6/2611E/indicator_value": 821}, "2611E", (821, 820, 1)),
    "E-02": broken(
        {
            "S6/2611E/numerator": 246000,
            "S6/2611E/denominator": 300000,
            "S6/2611E/annual_capacity": 1200000,
        },
        sides=(246000, D("225209.77"), D("9.2315")),
    ),
    "E-03": broken(
        {"S6/2611E/numerator": 98400, "S6/2611E/denominator": 120000},
        sides=(D("43.6926"), 50, D("-6.3074")),
    ),
    "E-04": broken(  # last year was worse still, so that something was saved
        {"S6/2611E/numerator": 142500, "-4:S6/2611E/numerator": 150000}, "2611E", (950, 940, 10)
    ),
    "E-05": broken(CHEAP_CARBIDE, "2611E", (D("559.0909"), 805, D("-30.5477"))),
    "E-06": broken({"-4:S6/2611E/numerator": 150000}, "2611E", (820, 1000, -18)),
    "E-07": broken({"-1:S6/2611E/numerator": 97500}, "2611E", (820, 650, D("26.1538"))),
    "E-08": broken({"S6/2611E/ly_numerator": 127000}, "2611E", (127000, 127500, -500)),
    "E-09": broken({"S6/2611E/annual_capacity": 400000}, "2611E", (150000, 120000, 30000)),
    "E-10": broken({"TP/2601E": {"decline_target": D(2)}}, "2601E"),
    "E-11": broken(
        {
            "S6/2611P/numerator": 73000,
            "S6/2611P/denominator": 237000,
            "S6/2611P/annual_capacity": 950000,
        },
        sides=(73000, 72000, 1000),
    ),
    "E-12": broken(
        {"S6/2612E": {"numerator": 10, "denominator": 0, "annual_capacity": 100}},
        "2612E",
        (0, 0, 0),
    ),
    # -- sheet 4 ---------------------------------------------------------------------------------
    "G-01": broken({"T1/saving_target": D(50000)}, sides=(60000, 50000, 10000)),
    "G-02": broken({"T2/energy_target": D(900000)}, sides=(1000000, 900000, 100000)),
    "G-03": broken({"T1/saving_target": None, "S4/five_year_saving_target": None}),
    "G-04": broken({"S4/energy_ytd": 675000}, sides=(675000, D("675629.31"), D("-629.31"))),
    "G-05": broken(
        {
            "S4B/2611E/b_product_saving": 13000,
            "S4/saving_ytd": 13000,
            "S4/saving_cumulative": 68000,
        },
        "2611E",
        (13000, 13500, -500),
    ),
    "G-06": broken(
        {"S4/saving_ytd": 13000, "S4/saving_cumulative": 68000}, sides=(13000, 13500, -500)
    ),
    "G-07": broken({"fact:approved_savings": D(54000)}, sides=(55000, 54000, 1000)),
    "G-08": broken(
        {"T2/energy_target": D(800000), "S4/annual_energy_target": 800000},
        sides=(D("675629.31"), 660000, D("84.4537")),
    ),
    "G-09": broken(
        {"T2/energy_target": D(900000), "S4/annual_energy_target": 900000},
        sides=(D("900839.08"), 900000, D("839.08")),
        quarter=4,
    ),
    "G-10": broken(
        {
            "fact:approved_savings": D(20000),
            "S4/saving_prior_years": 20000,
            "S4/saving_cumulative": 33500,
            "S4/five_year_completion_rate": D("55.83"),
        },
        sides=(D("55.83"), 95, D("-39.17")),
    ),
    "G-11": broken(
        {"-4:S1/gross_output_comparable": 90000}, sides=(13500, D("-10810.069"), D("24310.069"))
    ),
    "G-12": broken(
        {"S4B/2611E/b_annual_decline_target": 4}, "2611E", (D("3.53"), 4, D("-0.47")), quarter=4
    ),
    # -- projects --------------------------------------------------------------------------------
    "H-01": broken(
        {f"{PROJECT}/completed_on": "2024-08"}, "2025Q1-01", ("2024-08", "2024-09", None)
    ),
    "H-02": broken({f"{PROJECT}/investment_own": 800}, "2025Q1-01", (1200, 1100, 100)),
    "H-03": broken({f"{PROJECT}/progress_pct": 90}, "2025Q1-01", (90, 100, -10)),
    "H-04": broken({f"{PROJECT}/designed_saving": 30000}, "2025Q1-01", (25, 20, 5)),
    "H-05": broken(
        {f"{PROJECT}/actual_saving": 46000}, sides=(46000, D("45041.954"), D("958.046"))
    ),
    "H-06": broken(
        {
            "S5/2025Q3-02": {
                "project_name": "余热锅炉改造",
                "status": "planned",
                "investment_total": 100,
                "designed_saving": 100,
            }
        },
        sides=(frozenset({"余热锅炉改造"}), None, None),
    ),
    "H-07": broken({f"-1:{PROJECT}/status": "started", PROJECT: None}, "2025Q1-01"),
    "H-08": broken({f"{PROJECT}/investment_done": 1400}, "2025Q1-01", (1400, 1320, 80)),
    # -- water -----------------------------------------------------------------------------------
    "W-01": broken(
        {
            "W1/intake_total": 301,
            "W1/fresh_water_industrial": 271,
            "W1/fresh_water_total": 281,
            "W1/water_use_total": 5881,
        },
        sides=(301, 300, 1),
    ),
    "W-02": broken({"W1/fresh_water_industrial": 260}, sides=(280, 270, 10)),
    "W-03": broken({"W1/reuse_total": 5601}, sides=(5601, 5600, 1)),
    "W-04": broken({"W1/intake_tap": -1, "W1/intake_ground": 71}, sides=(-1, 0, -1)),
    "W-05": broken({"W1/reuse_rate": 50}, sides=(50, 60, -10)),
    "W-06": broken({"-4:W1/intake_tap": 200}, sides=(300, 490, D("-38.7755"))),
    "W-07": broken({**WITHOUT_WATER, "-4:W1": None}, sides=(0, 0, 0)),
    "W-08": broken({"W1/intake_yellow_river": 121}, sides=(121, 120, 1)),
    "W-09": broken({"W1/wastewater_discharged": 281}, "discharge", (281, 280, 1)),
    "W-10": broken({"W1/licensed_intake": 500}, sides=(540, 500, 40)),
    # -- waste -----------------------------------------------------------------------------------
    "R-01": broken({"R1/SW02/generated": 65000}, "SW02", (65000, 64000, 1000)),
    "R-02": broken({"R1/SW02/received": -1}, "SW02", (-1, 0, -1)),
    "R-03": broken({"-1:R1/SW02/opening_storage": 195000}, "SW02", (200000, 199000, 1000)),
    "R-04": broken(
        {"R1/SW02/opening_storage": 6000, "-1:R1/SW02/opening_storage": 2000},
        "SW02",
        (7000, 6000, 1000),
    ),
    "R-05": broken({"R1/SW02/utilisation_rate": 61}, "SW02", (61, D("60.8696"), D("0.1304"))),
    "R-06": broken({"R1/SW02/dumped": 10, "R1/SW02/stored": 10990}, "SW02", (10, 0, 10)),
    "R-07": broken(
        {
            "R1/SW02": {
                "opening_storage": 200000,
                "generated": 5000,
                "utilised": 5000,
                "use_building": 5000,
            },
            "-4:R1": None,
        },
        sides=(D("2.7624"), 5, D("-2.2376")),
    ),
    "R-08": broken({"R1/SW06": None}, sides=(0, 0, 0)),
    "R-09": broken(
        {
            "S2/34": {
                "own_production": 1000,
                "industrial_consumption": 1000,
                "adopted_coefficient": D("0.2857"),
                "row_note": "burnt on trial",
            }
        },
        sides=(1000, 0, 1000),
    ),
    "R-10": broken({"-4:R1/SW02/generated": 40000}, "SW02", (64000, 40000, 60)),
    "R-11": broken({"R1/SW02/use_building": 41000}, "SW02", (42000, 41000, 1000)),
    "R-12": broken(
        {"S6/0603P": {"numerator": 10, "denominator": 50000, "annual_capacity": 250000}},
        "coal gangue",
        (0, 0, 0),
    ),
    # -- the year --------------------------------------------------------------------------------
    "Y-01": broken(
        {"year:S2/04/purchase_quantity": 744001}, "04 quantities", (744001, 744000, 1), quarter=4
    ),
    "Y-02": broken({"F0/energy_level": "lt_500k"}, sides=(D("900839.08"), 500000, None), quarter=4),
    "Y-03": broken(SMALL_YEAR, sides=(9000, 10000, -1000), quarter=4),
    "Y-04": broken(
        {"fact:missing_documents": frozenset({"annex 1", "annex 3"})},
        sides=(frozenset({"annex 1", "annex 3"}), 0, 2),
        quarter=4,
    ),
    "Y-05": broken(
        {"fact:monthly_report_energy": D(880000)},
        sides=(D("900839.08"), 880000, D("20839.08")),
        quarter=4,
    ),
    "Y-06": broken({"F0/region_code": "150222"}, "county", ("150222", "150221", None)),
}

CARBIDE, BY_COAL = "2611E", "04"
NO_YEAR_BEFORE, NO_QUARTER_BEFORE = {"-4:": None}, {"-1:": None}
NO_ENERGY = {"S1/comprehensive_energy_calorific": None}
BELOW_NONE = {"S1/comprehensive_energy_calorific": -1}
DIESEL_NOT_ADDED_UP = {"S2/21/consumption_total": None}
COAL_NOT_ADDED_UP = {"S3/04/conversion_input_total": None}
MOSTLY_WASTE_HEAT = {"S3/37/thermal_power_input": 1000000}
NO_FUEL = {"S3/04/thermal_power_input": 0, "S3/04/heating_input": 0}

IDLE: Mapping[str, Idle] = {
    "F-03": Idle(quarter=3),  # of the fourth quarter only; the year's rules below are as well
    "F-05": Idle({"A1/3": None}),
    "F-06": Idle(NO_QUARTER_BEFORE),
    "F-07": Idle({"F0/submitted_at": None}),
    "F-09": Idle({"E0": {"enable_status": "disabled"}}),
    "F-10": Idle({"fact:lock_on": None}),
    "B-01": Idle({"S1/credit_code": None}),
    "B-02": Idle({"fact:reporting_league": None}),
    "B-03": Idle({"F0/industry_code": None}),
    "B-04": Idle({"S1/gross_output_current": 0, "S1/production_status": None}),
    "B-06": Idle({"S1/production_cost": None}),
    "B-08": Idle(NO_YEAR_BEFORE),
    "B-09": Idle(NO_ENERGY),
    "B-10": Idle({"S1/output_intensity_calorific": None}),
    "B-11": Idle({"S1/production_status": None}),
    "B-12": Idle(NO_YEAR_BEFORE),
    "C-01": Idle(DIESEL_NOT_ADDED_UP, "21"),
    "C-02": Idle(DIESEL_NOT_ADDED_UP, "21"),
    "C-04": Idle(DIESEL_NOT_ADDED_UP, "21"),
    "C-05": Idle({"S2": None}),  # as of a quarter of which only the profile was imported
    "C-06": Idle({"total:01/adopted_coefficient": None}),
    "C-07": Idle({"S2/21/adopted_coefficient": None}, "21"),
    "C-08": Idle({"S2/21/adopted_coefficient": None}, "21"),
    "C-09": Idle({"S2/36": {}}, "36"),
    "C-10": Idle({"S2": None}),
    "C-11": Idle(key=BY_COAL),  # coal can be stored
    "C-12": Idle(NO_QUARTER_BEFORE, BY_COAL),
    "C-13": Idle(DIESEL_NOT_ADDED_UP, "21"),
    "C-14": Idle(DIESEL_NOT_ADDED_UP, "21"),
    "C-16": Idle(key="37"),  # waste heat has no price, and none was bought
    "C-18": Idle({"lookup:transport_ok/04": None, "S2/04/transport_consumption": 1}, BY_COAL),
    "C-19": Idle({"lookup:feedstock_ok/04": None, "S2/04/feedstock_consumption": 1}, BY_COAL),
    "C-20": Idle({"S2": None}),
    "C-21": Idle(NO_YEAR_BEFORE, BY_COAL),
    "C-22": Idle(NO_QUARTER_BEFORE, BY_COAL),
    "C-23": Idle(NO_QUARTER_BEFORE, BY_COAL),
    "C-24": Idle(NO_QUARTER_BEFORE, BY_COAL),
    "C-25": Idle({"S2/33/consumption_total": None}),
    "C-26": Idle(DIESEL_NOT_ADDED_UP, "21"),
    "C-27": Idle({"S2R": None}),  # the policy does not ask for it
    "C-28": Idle({"S2/04/coefficient_basis": None}, BY_COAL),
    "D-01": Idle({"S3/04/industrial_consumption_ref": None}, BY_COAL),
    "D-02": Idle(COAL_NOT_ADDED_UP, BY_COAL),
    "D-03": Idle(COAL_NOT_ADDED_UP, BY_COAL),
    "D-04": Idle(COAL_NOT_ADDED_UP, BY_COAL),
    "D-06": Idle(NO_FUEL),
    "D-07": Idle(MOSTLY_WASTE_HEAT),
    "D-08": Idle(NO_FUEL),
    "D-09": Idle(NO_FUEL),
    "D-10": Idle(),
    "D-11": Idle(),
    "D-12": Idle(),
    "D-15": Idle(MOSTLY_WASTE_HEAT),
    "D-16": Idle({"lookup:default_recovery_ok/37": None}, "37"),
    "D-17": Idle({"S2/37/consumption_total": None}, "37"),
    "D-18": Idle(NO_ENERGY),
    "D-19": Idle(
        {
            "fact:conversion_sheet_expected": True,
            "S3/04": None,
            "S1/production_status": None,
        }
    ),
    "D-20": Idle({"S2R/captive_power_output": None}),
    "E-01": Idle({"S6/2611E/denominator": 0}, CARBIDE),
    "E-02": Idle(BELOW_NONE),
    "E-03": Idle({"S6/4401C": {"numerator": 1, "denominator": 1, "annual_capacity": 4}}),
    "E-04": Idle(  # adjusted by the standard, and no factor filed
        {"S6/0603P": {"numerator": 10, "denominator": 10000, "annual_capacity": 40000}}, "0603P"
    ),
    "E-05": Idle(  # converters give energy
        {"S6/3104E": {"numerator": -100, "denominator": 5000, "annual_capacity": 20000}}, "3104E"
    ),
    "E-06": Idle(NO_YEAR_BEFORE, CARBIDE),
    "E-07": Idle(NO_QUARTER_BEFORE, CARBIDE),
    "E-08": Idle({"-4:S6/2611E": None}, CARBIDE),
    "E-09": Idle(
        {"S6/4408H": {"numerator": 40, "denominator": 1000, "annual_capacity": 1}}, "4408H"
    ),
    "E-11": Idle({"S2/33/consumption_total": None}),
    "E-12": Idle({"S1/production_status": None}, CARBIDE),
    "G-01": Idle({"T1": None}),
    "G-02": Idle({"T2": None}),
    "G-03": Idle({"T1": None}),
    "G-04": Idle(NO_QUARTER_BEFORE),
    "G-05": Idle({"S4B/2611E/b_product_saving": None}, CARBIDE),
    "G-06": Idle({"S4/saving_method": "output_value"}),
    "G-07": Idle({"fact:approved_savings": None}),
    "G-08": Idle({"S4/annual_energy_target": None}),
    "G-09": Idle({"S4/annual_energy_target": None}, quarter=4),
    "G-10": Idle({"S4/five_year_completion_rate": None}),
    "G-11": Idle(NO_YEAR_BEFORE),
    "G-12": Idle({"S4B/2611E/b_annual_decline_target": None}, CARBIDE, quarter=4),
    "H-01": Idle({f"{PROJECT}/started_on": None}, "2025Q1-01"),
    "H-02": Idle(
        {f"{PROJECT}/investment_own": None, f"{PROJECT}/investment_loan": None}, "2025Q1-01"
    ),
    "H-03": Idle({f"{PROJECT}/status": "started"}, "2025Q1-01"),
    "H-04": Idle({f"{PROJECT}/investment_total": 0}, "2025Q1-01"),
    "H-05": Idle(BELOW_NONE),
    "H-07": Idle({f"-1:{PROJECT}/status": None, PROJECT: None}, "2025Q1-01"),
    "H-08": Idle(NO_QUARTER_BEFORE, "2025Q1-01"),
    "W-01": Idle({"W1/intake_total": None}),
    "W-02": Idle({"W1/fresh_water_total": None}),
    "W-03": Idle({"W1/reuse_total": None}),
    "W-04": Idle({"W1/reuse_rate": None}),
    "W-05": Idle({"W1/reuse_rate": None}),
    "W-06": Idle(NO_YEAR_BEFORE),
    "W-07": Idle({"W1/intake_total": None}),
    "W-09": Idle({"W1/fresh_water_total": None, "W1/wastewater_generated": None}),
    "W-10": Idle({"W1/licensed_intake": None}),
    "R-02": Idle({"R1/SW02/closing_storage": None}, "SW02"),
    "R-03": Idle(NO_QUARTER_BEFORE, "SW02"),
    "R-05": Idle({"R1/SW02/generated": 0, "R1/SW02/utilised_prior": 0}, "SW02"),
    "R-07": Idle(NO_FUEL),
    "R-08": Idle(NO_FUEL),
    "R-09": Idle({"S2/34": {}, "S2/34/consumption_total": None}),
    "R-10": Idle(NO_YEAR_BEFORE, "SW02"),
    "R-11": Idle({"R1/SW02/use_building": None}, "SW02"),
    "R-12": Idle(),
    "Y-01": Idle({"year:": None}, BY_COAL, quarter=4),
    "Y-02": Idle({"F0/energy_level": None}, quarter=4),
    "Y-03": Idle(NO_QUARTER_BEFORE, quarter=4),
    "Y-04": Idle({"fact:missing_documents": None}, quarter=4),
    "Y-05": Idle({"fact:keyed": False}, quarter=4),
    "Y-06": Idle(NO_QUARTER_BEFORE),
}
ALWAYS = {  # what they ask for is there in every filing: texts and quantities may be empty, and
    "F-01": "an empty signature is what it looks for",
    "F-02": "no file at all is what it looks for",
    "F-04": "no file at all is what it looks for",
    "F-08": "a month of which there is no file is what it looks for",
    "B-05": "an empty amount is none",
    "B-07": "an empty amount is none",
    "D-05": "an empty quantity is none, and a carrier without a coefficient gives no energy",
    "D-14": "an empty quantity is none",
    "H-06": "a project without a name is not like another",
    "W-08": "an empty quantity is none",
}
OF_EVERY_ROW = {  # the same for a row: they say nothing only where there is no row
    "C-03": "S2",
    "C-15": "S2",
    "C-17": "S2",
    "D-13": "S3",
    "E-10": "TP",
    "R-01": "R1",
    "R-04": "R1",
    "R-06": "R1",
}


def taking(bought: int, amount: int, k: str, process: str) -> dict[str, Any]:
    """The two rows of a carrier that is bought and all put into *process*."""
    return {
        "S2": {
            "purchase_quantity": bought,
            "purchase_amount": amount,
            "industrial_consumption": bought,
            "adopted_coefficient": D(k),
            "row_note": "a new plant",
        },
        "S3": {process: bought},
    }


def giving(made: int, k: str) -> dict[str, Any]:
    """The two rows of a carrier that is made and all sold."""
    row = {"external_supply": made, "adopted_coefficient": D(k), "row_note": "a new plant"}
    return {"S2": row, "S3": {"conversion_output": made}}


def plant(**rows: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{sheet}/{code[1:]}": row for code, two in rows.items() for sheet, row in two.items()}


COAL = taking(10000, 10000, "0.9", "coal_washing_input")
LIGNITE_TO_GAS = taking(10000, 3000, "0.4286", "gas_making_input")
LIGNITE_TO_BRIQUETTES = taking(10000, 3000, "0.4286", "briquette_input")
ALSO: tuple[tuple[str, Broken], ...] = (  # the other clauses, and the other parts of one clause
    ("F-01", broken({"F0/unit_head": ""})),
    ("F-01", broken({"F0/prepared_by": None})),
    ("F-05", broken({"F0/data_hash": "cd" * 32}, sides=("abababab", "cdcdcdcd", None))),
    ("F-06", broken({"-1:F0/status": "returned"})),
    ("B-02", broken({"F0/region_code": "640100", "fact:change_request_approved": True})),
    ("C-01", broken({"S3/32/recovery": -1, "S2/32/external_supply": 19999}, "32", (-1, 0, -1))),
    (
        "C-07",
        broken(
            {"S2/09/adopted_coefficient": D("0.7")},
            "09",
            (D("0.7"), D("0.75"), D("-0.05")),
            ["C-08 09"],  # and 28 % below the reference
        ),
    ),
    (
        "C-10",
        broken(  # where the bounds and the range of the form leave one value only
            {"S2/33/adopted_coefficient": D("1.23")},
            "electricity",
            (D("1.23"), D("1.229"), D("0.001")),
            ["C-07 33", "C-08 33"],
        ),
    ),
    ("C-10", broken({"total:40/adopted_coefficient": D(1)}, "all energy")),
    (
        "C-12",
        broken(  # a stock that is filed no more
            {"-1:S2/36": {"closing_stock": 5}}, "36", (0, 5, -5), ["C-23 36 disappeared"]
        ),
    ),
    ("C-23", broken({"-1:S2/36": {"industrial_consumption": 1}}, "36 disappeared")),
    ("D-11", broken(plant(c03=COAL, c06=giving(9900, "0.9")), sides=(99, 98, 1))),
    (
        "D-12",
        broken(
            plant(c03=COAL, c06=giving(10500, "0.9")),
            "coal washing",
            (9450, 9000, 5),
            ["D-11"],  # no washery gives more coal than it takes
        ),
    ),
    (
        "D-12",
        broken(
            plant(c18=taking(1000, 4000, "1.4286", "refining_input"), c19=giving(1100, "1.4714")),
            "refining",
            (D("1618.54"), D("1428.6"), D("13.2955")),
        ),
    ),
    (
        "D-12",
        broken(
            plant(c05=LIGNITE_TO_GAS, c15=giving(400, "12.143")),
            "gas making",
            (D("4857.2"), 4286, D("13.3271")),
        ),
    ),
    (
        "D-12",
        broken(
            plant(
                c15=taking(100, 2000, "12.143", "gas_liquefaction_input"),
                c16=giving(800, "1.7572"),
            ),
            "gas liquefaction",
            (D("1405.76"), D("1214.3"), D("15.7671")),
        ),
    ),
    (
        "D-12",
        broken(
            plant(c05=LIGNITE_TO_BRIQUETTES, c08=giving(9000, "0.5286")),
            "coal products",
            (D("4757.4"), 4286, D("10.9986")),
        ),
    ),
    (
        "D-13",
        broken(
            {
                **COKE_OVEN,
                "S3/09": {"conversion_output": 8100},
                "S2/09/external_supply": 8100,
                "S3/21": {"coking_input": 1},
            },
            "21 coking",
        ),
    ),
    (
        "D-13",
        broken(
            {**plant(c03=COAL, c06=giving(8500, "0.9")), "S3/21": {"coal_washing_input": 1}},
            "21 coal washing",
        ),
    ),
    (
        "D-14",
        broken(  # power from nothing: no rate, more than was put in, and no coal for the ash
            {"S3/04/thermal_power_input": 0},
            "thermal power",
            (0, 30000, -30000),
            ["D-05", "D-15", "R-07"],
        ),
    ),
    (
        "E-04",
        broken(
            {
                "S6/3001E": {
                    "numerator": 1200,
                    "denominator": 10000,
                    "annual_capacity": 40000,
                    "correction_factor": D("1.01"),
                }
            },
            "3001E",
            (120, D("118.17"), D("1.83")),
        ),
    ),
    ("E-08", broken({"S6/2611E/ly_denominator": 149000}, "2611E", (149000, 150000, -1000))),
    ("G-01", broken({"S4/five_year_saving_target": None}, sides=(None, 60000, None))),
    ("G-02", broken({"T2/energy_target": None}, sides=(1000000, None, None), besides=["G-03"])),
    ("G-03", broken({"T2/energy_target": None, "S4/annual_energy_target": None})),
    ("G-07", broken({"S4/saving_cumulative": 60000}, sides=(60000, 68500, -8500))),
    ("H-03", broken({f"{PROJECT}/completed_on": None}, "2025Q1-01")),
    ("H-03", broken({f"{PROJECT}/actual_saving": None}, "2025Q1-01")),
    (
        "H-08",
        broken({f"-1:{PROJECT}/investment_done": 1250}, "2025Q1-01", (1200, 1250, -50)),
    ),
    (
        "W-02",
        broken(
            {
                "W1/fresh_water_total": 281,
                "W1/water_use_total": 5881,
                "W1/fresh_water_industrial": 271,
            },
            sides=(281, 280, 1),
        ),
    ),
    ("W-03", broken({"W1/water_use_total": 5881}, sides=(5881, 5880, 1))),
    ("W-04", broken({"W1/reuse_rate": 101}, sides=(101, 100, 1), besides=["W-05"])),
    ("W-09", broken({"W1/wastewater_generated": 299}, "recycling", (300, 299, 1))),
    (
        "R-02",
        broken({"R1/SW06/disposed_prior": 1, "R1/SW06/opening_storage": 1}, "SW06", (1, 0, 1)),
    ),
    ("R-03", broken({"-1:R1/SW01": {"opening_storage": 10}}, "SW01", (0, 10, -10))),
    (
        "R-12",
        broken(
            {"S6/3106P": {"numerator": 8000, "denominator": 10000, "annual_capacity": 40000}},
            "smelting slag",
        ),
    ),
    (
        "Y-01",
        broken({"year:S2/04/closing_stock": 24999}, "04 stocks", (24999, 25000, -1), quarter=4),
    ),
    (
        "Y-01",
        broken(
            {"year:S2/04/adopted_coefficient": D("0.66")},
            "04 coefficient",
            (D("0.66"), D("0.65"), D("0.01")),
            quarter=4,
        ),
    ),
    ("Y-01", broken({"year:S2/04/industrial_tce": 1}, "coal equivalent", quarter=4)),
    (
        "Y-01",
        broken({"year:S1/comprehensive_energy_calorific": 1}, "comprehensive energy", quarter=4),
    ),
    ("Y-06", broken({"F0/industry_code": "2612"}, "industry", ("2612", "2611", None))),
    ("Y-06", broken({"-1:S1/enterprise_name": "旧名"}, "enterprise name")),
    ("Y-06", broken({"-1:S1/credit_code": "91150200MA0N8XK21X"}, "credit code")),
)
