"""A filing that passes every rule, and changes to it: the example of the specification, completed.

A change is written ``{"S2/04/purchase_quantity": 190000}``.  ``-1:`` before it means the previous
quarter, ``-4:`` the same one of last year, ``year:`` the year's own sheet, ``total:`` rows 01 and
40 of sheet 2, ``fact:`` and ``lookup:`` what is known beside.  A row or a sheet that is None is
not there.  What the system works out is worked out anew after what is typed has changed, and a
change of it comes last, as if the filing had been imported with its own figures.
"""

import csv
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import app
from app.checks.book import Book, CarrierFacts, ProductFacts, WasteFacts
from app.checks.case import YEAR, Case, subtotals
from app.checks.course import Course, Filed, Goals, ProductGoal, ProductYear
from app.checks.reckoning import shown
from app.checks.rules import Rule, Verdict, check, read_rule
from app.checks.sentences import Words, sentence
from app.checks.single import Outcome, Reader
from app.core.period import Quarter
from app.filings.alarms.schema import SCHEMA
from app.filings.figures import worked_out
from app.filings.rules.labels import labels
from app.filings.rules.models import RuleVersion
from app.filings.rules.reference import FILE, first_version
from app.filings.sheets import SHEETS
from tests import samples

D = Decimal
DATA = Path(app.__file__).parent
QUANTITIES = [name for name, c in SCHEMA.sheets["S2"].columns.items() if c.quantity]
MOST_BACK = 7
Changes = Mapping[str, Any]


def rows_of(path: str) -> list[dict[str, str]]:
    with (DATA / path).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


# -- the rules -----------------------------------------------------------------------------------


@cache
def wordings() -> dict[str, RuleVersion]:
    """The project's own rules as rows, by code."""
    with FILE.open(encoding="utf-8") as file:
        return {row["code"]: first_version(row) for row in csv.DictReader(file)}


@cache
def rules() -> dict[str, Rule]:
    return {code: read_rule(one.text, SCHEMA) for code, one in wordings().items()}


def verdict(case: Case) -> Verdict:
    """What all rules say, also the one that is switched off."""
    return check(rules().values(), case)


def alarmed(case: Case) -> set[str]:
    """``C-13 04``: the rules that alarm, with the row; the label where clauses have one."""
    found = verdict(case)
    assert not found.not_run, found.not_run
    return {" ".join(filter(None, (a.code, a.key, a.column, a.label))) for a in found.alarms}


def outcomes(code: str, case: Case) -> set[Outcome]:
    """All that came of a rule in *case*; nothing where it is not meant for the quarter."""
    rule = rules()[code]
    if not rule.concerns(case):
        return set()
    return {one.outcome for one in Reader(case).findings(rule.expression)}


# -- the catalogues ------------------------------------------------------------------------------


def _number(text: str) -> Decimal | None:
    return D(text) if text else None


@cache
def _carriers() -> dict[str, dict[str, str]]:
    rows = rows_of("filings/data/energy_types.csv")
    return {row["code"]: row for row in rows if row["level"] == "leaf"}


@cache
def _products() -> dict[str, dict[str, str]]:
    rows = rows_of("targets/data/products.csv")
    return {row["product_code"] + row["indicator_code"]: row for row in rows}


@cache
def _wastes() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in rows_of("filings/data/solid_waste_types.csv")}


@cache
def _book() -> Book:
    carriers = {
        code: CarrierFacts(
            code=code,
            name=row["name_en"],
            unit=row["unit_symbol"],
            reference=_number(row["ref_coefficient"]),
            hard_min=_number(row["hard_min"]),
            hard_max=_number(row["hard_max"]),
            storable=row["storable"] == "1",
            transport_ok=row["transport_ok"] == "1",
            feedstock_ok=row["feedstock_ok"] == "1",
            recovery_ok=row["default_recovery_ok"] == "1",
        )
        for code, row in _carriers().items()
    }
    products = {
        key: ProductFacts(
            code=key,
            name=row["name_en"],
            made=row["name_en"],
            unit=row["indicator_unit"],
            indicator=row["indicator_code"],
            numerator_unit=row["numerator_unit"],
            denominator_unit=row["denominator_unit"],
            scale=D(row["scale_factor"]),
            limits=tuple(_number(row[f"level{n}"]) for n in (1, 2, 3)),
            adjusted=row["adjusted"] == "1",
        )
        for key, row in _products().items()
    }
    wastes = {
        code: WasteFacts(code, row["name_en"], row["unit"]) for code, row in _wastes().items()
    }
    return Book({}, carriers, {"33": D(3), "32": D("0.0402")}, products=products, wastes=wastes)


@cache
def _lookups() -> dict[str, dict[str, Any]]:
    numbers = ("hard_min", "hard_max", "form_min", "form_max", "price_min", "price_max")
    flags = ("storable", "transport_ok", "feedstock_ok", "default_recovery_ok")
    carriers, products = _carriers().items(), _products().items()
    return {
        **{name: {code: _number(row[name]) for code, row in carriers} for name in numbers},
        **{name: {code: row[name] == "1" for code, row in carriers} for name in flags},
        **{
            name: {key: _number(row[name]) for key, row in products}
            for name in ("level1", "level3", "scale_factor")
        },
        "adjusted": {key: row["adjusted"] == "1" for key, row in products},
        "indicator": {key: row["indicator_code"] for key, row in products},
    }


# -- the filing ----------------------------------------------------------------------------------

CLOSED_BEFORE = {"04": 20000, "09": 5000, "21": 50}  # as the specification's worked cases ask
PLAN_YEARS = range(2021, 2026)
GOALS = Goals(
    saving=D(60000),
    annual_energy=D(1_000_000),
    products={"2611E": ProductGoal(base=D(900), decline=D(10), annual_decline=D(3))},
)
SAVED_BEFORE = D(55000)
LAST_YEAR = {  # a little less output, and a little more energy for it
    "S1": {"gross_output_current": 84000, "gross_output_comparable": 80000},
    "S6": {"numerator": 127500},
}
TYPED: dict[str, list[dict[str, Any]]] = {
    **samples.SHEET_ROWS,
    "S1": [samples.PROFILE],
    "S2R": [{"grid_power_purchased": 42000, "captive_power_output": 30000}],
    "S4": [{"saving_method": "product"}],
    "S5": [
        {
            **samples.PROJECTS[0],
            "project_no": "2025Q1-01",
            "started_on": "2024-09",
            "completed_on": "2025-02",
        }
    ],
    "S6": [  # so much that products explain more than half of the energy
        {
            "product_key": "2611E",
            "numerator": 123000,
            "denominator": 150000,
            "annual_capacity": 600000,
        },
        {
            "product_key": "2611P",
            "numerator": 46200,
            "denominator": 150000,
            "annual_capacity": 600000,
        },
    ],
    "W1": [{**samples.WATER, "wastewater_generated": 310, "licensed_intake": 1000}],
    "R1": [
        *samples.WASTES,
        {
            "waste_code": "SW06",
            "opening_storage": 0,
            "generated": 9000,
            "utilised": 9000,
            "disposed": 0,
            "stored": 0,
            "dumped": 0,
            "use_sold": 9000,
        },
    ],
}
BESIDE: dict[str, dict[str, dict[str, Any]]] = {
    "A1": {
        "1": {"kind": "monthly_report"},  # the months are those of the quarter
        "2": {"kind": "annual_report"},
        "3": {"kind": "stamped_summary", "summary_version": D(1), "summary_hash8": "abababab"},
    },
    "E0": {},
    "T1": {"": {"saving_target": GOALS.saving}},
    "T2": {"": {"energy_target": GOALS.annual_energy}},
    "TP": {"2611E": {"decline_target": D(3)}},
}


def _read(sheet: str) -> dict[str, dict[str, Any]]:
    kind = SHEETS[sheet]
    found = {}
    for row in TYPED[sheet]:
        key = row.get(kind.sheet.key_name, "")
        values, problems = kind.read(key, row)
        assert not problems, problems
        found[key] = values
    return found


@cache
def _typed() -> dict[str, dict[str, dict[str, Any]]]:
    return {sheet: _read(sheet) for sheet in SHEETS if sheet in TYPED}


def _head(period: Quarter) -> dict[str, Any]:
    return {
        "status": "submitted",
        "period": str(period),
        "submitted_at": date(2025, 10, 10),
        "due_on": date(2025, 10, 15),
        "energy_level": "ge_500k",
        "region_code": "150221",
        "industry_code": "2611",
        "version_no": D(1),
        "data_hash": "ab" * 32,
    }


def _facts(period: Quarter) -> dict[str, Any]:
    return {
        "approved_savings": SAVED_BEFORE,
        "change_request_approved": False,
        "conversion_sheet_expected": False,
        "designated": False,
        "energy_intensive": True,
        "extension_granted": False,
        "filing_regions": frozenset({"150221", "150222"}),
        "first_filing": False,
        "heat_calorific": D("0.0341"),
        "industries": frozenset(
            row["code"]
            for row in rows_of("enterprises/data/industries.csv")
            if row["level"] == "division"
        ),
        "keyed": period.quarter == 4,
        "league_of": "150200",
        "lock_on": date(2025, 11, 15),
        "missing_documents": frozenset(),
        "monthly_report_energy": D(900000) if period.quarter == 4 else None,
        "quarter": D(period.quarter),
        "quarter_months": frozenset(map(str, period.months)),
        "reporting_league": "150200",
        "today": date(2025, 10, 10),
        "year_share": D(period.quarter) / 4,
    }


class _Draft:
    """All quarters of the enterprise while changes are written into them."""

    def __init__(self, quarter: int) -> None:
        self.period = Quarter(2025, quarter)
        self.facts, self.lookups = _facts(self.period), deepcopy(_lookups())
        self.quarters: dict[Any, Any] = {back: self._quarter(back) for back in range(8)}
        self.totals: dict[Any, Any] = {}
        self.registry = {"name": "示例化工有限公司", "credit_code": "91150200MA0N8XK21M"}
        for code, stock in CLOSED_BEFORE.items():
            self.quarters[1]["S2"][code]["closing_stock"] = D(stock)
        for back in range(4, 8):
            self.quarters[back]["S1"][""].update(
                {name: D(n) for name, n in LAST_YEAR["S1"].items()}
            )
            self.quarters[back]["S6"]["2611E"]["numerator"] = D(LAST_YEAR["S6"]["numerator"])

    def _quarter(self, back: int) -> dict[str, Any]:
        figures: dict[str, Any] = deepcopy(_typed())
        if back:  # what is taken from storage was put there
            figures["R1"]["SW02"]["opening_storage"] = D(196000)
        return figures

    def write(self, changes: Changes) -> dict[str, Any]:
        """What is typed is written; the rest of *changes* is given back, to come later."""
        return {place: value for place, value in changes.items() if not self._typed(place, value)}

    def _typed(self, address: str, value: Any) -> bool:
        if ":" in address and not address.startswith("-"):
            return False
        back, sheet, key, name = place_of(address)
        kind = SHEETS.get(sheet)
        if kind is None or sheet not in TYPED or (value is None and not name and not key):
            return False
        rows = self.quarters[back][sheet]
        if not name:
            return self._row(rows, sheet, key, value)
        if name not in kind.inputs():
            return False
        rows.setdefault(key, dict.fromkeys(kind.inputs()))[name] = valued(sheet, name, value)
        return True

    @staticmethod
    def _row(rows: dict[str, Any], sheet: str, key: str, cells: Any) -> bool:
        if cells is None:
            rows.pop(key, None)
        else:
            values = {name: valued(sheet, name, value) for name, value in cells.items()}
            rows[key] = {**dict.fromkeys(SHEETS[sheet].inputs()), **values}
        return True

    def work_out(self) -> None:
        """Every quarter, the oldest first."""
        filed: dict[Quarter, Filed] = {}
        for back in range(MOST_BACK, -1, -1):
            period = self.period.shifted(-back)
            course = Course(period, "14th", PLAN_YEARS, GOALS, filed, SAVED_BEFORE)
            book = replace(
                _book(),
                registry=self.registry,
                course=course,
                year_before=self.quarters.get(back + 4, {}),
                months=frozenset(f"{period.year}-{month:02d}" for month in period.months),
            )
            figures = worked_out(self.quarters[back], book)
            filed[period] = _filed(figures)
            figures["F0"][""].update(_head(period))
            self.quarters[back] = figures
        self.quarters[0] |= deepcopy(BESIDE)
        self.quarters[0]["A1"]["1"]["months_covered"] = frozenset(map(str, self.period.months))
        if self.period.quarter == 4:
            self.quarters[YEAR] = _year_of([self.quarters[back] for back in range(3, -1, -1)])

    def sum_up(self) -> None:
        self.totals = {
            back: subtotals(sheets["S2"], QUANTITIES)
            for back, sheets in self.quarters.items()
            if "S2" in sheets
        }

    def overwrite(self, changes: Changes) -> None:
        """What is not typed, in the order of *changes*."""
        for address, value in changes.items():
            prefix, colon, rest = address.partition(":")
            if colon and prefix == "fact":
                self.facts[rest] = value
            elif colon and prefix == "lookup":
                name, key = rest.split("/")
                self.lookups[name][key] = value
            elif colon and prefix == "total":
                key, name = rest.split("/")
                self.totals[0].setdefault(key, {})[name] = value
            else:
                self._overwrite(address, value)

    def _overwrite(self, address: str, value: Any) -> None:
        back, sheet, key, name = place_of(address)
        if not sheet:
            del self.quarters[back]
        elif not name and not key:
            if value is None:
                del self.quarters[back][sheet]
            else:
                self.quarters[back][sheet] = {"": value} if value else {}
        elif not name:
            if value is None:
                del self.quarters[back][sheet][key]
            else:
                self.quarters[back][sheet][key] = value
        else:
            row = self.quarters[back][sheet].setdefault(key, {})
            row[name] = valued(sheet, name, value)

    def case(self) -> Case:
        return Case(self.period, self.quarters, self.facts, self.lookups, self.totals)


def place_of(address: str) -> tuple[Any, str, str, str]:
    """``-1:S2/04/closing_stock``: how many quarters ago, sheet, key of the row, column."""
    prefix, colon, rest = address.rpartition(":")
    back: Any = 0
    if colon:
        back = YEAR if prefix == "year" else -int(prefix)
    sheet, _slash, inner = rest.partition("/")
    if not sheet or not SCHEMA.sheets[sheet].variable:
        return back, sheet, "", inner
    key, _slash, name = inner.partition("/")
    return back, sheet, key, name


def valued(sheet: str, name: str, value: Any) -> Any:
    """*value* as the column keeps it."""
    what = SHEETS[sheet].fields().get(name) if sheet in SHEETS else None
    if value is None or isinstance(value, bool | date | frozenset):
        return value
    if what is not None and what.choices is not None:
        return what.choices.named(value)
    return D(str(value)) if isinstance(value, int | float) else value


def _filed(figures: dict[str, Any]) -> Filed:
    names = ("numerator", "denominator", "ly_numerator", "ly_denominator")
    return Filed(
        figures["S1"][""]["comprehensive_energy_calorific"] if figures["S1"] else D(0),
        (figures["S1"].get("", {}).get("gross_output_comparable")) or D(0),
        {
            key: ProductYear(*(row[name] or D(0) for name in names))
            for key, row in figures["S6"].items()
            if key[-1] in "ECH"
        },
    )


def _year_of(quarters: list[dict[str, Any]]) -> dict[str, Any]:
    """FM-24, as far as rules ask for it; *quarters* in their order."""
    keys = dict.fromkeys(key for one in quarters for key in one["S2"])
    rows = {}
    for key in keys:
        of_key = [one["S2"].get(key, {}) for one in quarters]
        summed = {
            name: sum(((row.get(name) or D(0)) for row in of_key), D(0))
            for name in (*QUANTITIES, "industrial_tce", "consumption_tce")
        }
        summed["opening_stock"] = of_key[0].get("opening_stock") or D(0)
        summed["closing_stock"] = of_key[-1].get("closing_stock") or D(0)
        used = summed["consumption_total"]
        mean = shown(summed["consumption_tce"] / used, 4) if used else None
        rows[key] = {**summed, "adopted_coefficient": mean}
    energy = sum((one["S1"][""]["comprehensive_energy_calorific"] for one in quarters), D(0))
    return {"S1": {"": {"comprehensive_energy_calorific": energy}}, "S2": rows}


@cache
def _base(quarter: int) -> Case:
    draft = _Draft(quarter)
    draft.work_out()
    draft.sum_up()
    return draft.case()


def filing(changes: Changes | None = None, quarter: int = 3) -> Case:
    """The filing with *changes*; in the fourth quarter the year is there as well."""
    if not changes:
        return _base(quarter)
    draft = _Draft(quarter)
    later = draft.write(changes)
    for address in [one for one in later if one.startswith("registry:")]:
        draft.registry[address.partition(":")[2]] = later.pop(address)
    totals = {place: later.pop(place) for place in list(later) if place.startswith("total:")}
    draft.work_out()
    draft.overwrite(later)
    draft.sum_up()
    draft.overwrite(totals)
    return draft.case()


# -- what is told --------------------------------------------------------------------------------

UNITS_ZH = {"10^4 kWh": "万千瓦时", "t": "吨", "GJ": "百万千焦"}


def words(language: str) -> Words:
    """What codes are called in *language*, as far as the filing has them."""
    name = f"name_{language}"
    carriers, products = _carriers().items(), _products().items()
    projects = {"2025Q1-01": "余热锅炉改造"}
    return Words(
        names={
            "c": {code: row[name] for code, row in carriers},
            "p": {key: row[name] for key, row in products},
            "w": {code: row[name] for code, row in _wastes().items()},
            "j": projects,
            "indicator": {key: row["indicator_unit"] for key, row in products},
            "standard": {key: row["standard"] for key, row in products},
        },
        measures={
            "row": {
                code: row["unit_symbol" if language == "en" else "unit_zh"]
                for code, row in carriers
            },
            "coefficient": {},
            "price": {},
            "indicator": {key: row["indicator_unit"] for key, row in products},
            "numerator": {key: row["numerator_unit"] for key, row in products},
            "denominator": {key: row["denominator_unit"] for key, row in products},
            "capacity": {key: row["denominator_unit"] for key, row in products},
        },
        columns={
            f"{sheet}.{column}": column
            for sheet, kind in SCHEMA.sheets.items()
            for column in kind.columns
        },
        labels=labels(language),
        texts={
            "quarter": "3",
            "year": "2025",
            "plan": "14th",
            "prev_period": "2025Q2",
            "reason": "stopped",
        },
    )


def sentences(case: Case, code: str) -> list[tuple[str, str]]:
    """What is told of the alarms of *code*, in Chinese and in English."""
    wording = wordings()[code]
    return [
        (
            sentence(wording.message_zh, alarm, words("zh")),
            sentence(wording.message_en, alarm, words("en")),
        )
        for alarm in check([rules()[code]], case).alarms
    ]
