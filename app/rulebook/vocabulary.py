"""All that an expression may say, in the words of whoever writes one.

The names come from the schema and the language itself; only what they mean is told here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.checks.schema import Column, SheetType
from app.filings.alarms.schema import SCHEMA
from app.filings.sheet import OF_THE_ROW
from app.filings.sheets import SHEETS

ROW_UNITS: Mapping[str, object] = {
    **OF_THE_ROW,
    "price": _l("CNY per unit of the row"),
    "coefficient": _l("tce per unit of the row"),
}
BESIDE_TITLES: Mapping[str, object] = {
    "A1": _l("Attachments"),
    "E0": _l("Start and stop"),
    "T1": _l("Five-year targets"),
    "T2": _l("Annual targets"),
    "TP": _l("Targets of products"),
}
BESIDE_COLUMNS: Mapping[str, object] = {  # of what nobody fills in
    "A1.kind": _l("Kind of the file"),
    "A1.months_covered": _l("Months that the report covers"),
    "A1.summary_version": _l("Version printed on the stamped summary"),
    "A1.summary_hash8": _l("First 8 characters of the hash on it"),
    "E0.enable_status": _l("In use or stopped"),
    "E0.effective_from": _l("From which quarter on"),
    "E0.reason": _l("Reason of the stop"),
    "T1.saving_target": _l("Five-year saving target"),
    "T2.energy_target": _l("Annual energy target"),
    "TP.decline_target": _l("Decline of the unit consumption that is asked for"),
    "F0.status": _l("State of the filing"),
    "F0.period": _l("Quarter of the filing"),
    "F0.submitted_at": _l("Day of the first submission"),
    "F0.due_on": _l("Last day on which it is in time, with grace and extension"),
    "F0.energy_level": _l("Energy level of the year"),
    "F0.region_code": _l("Code of the county"),
    "F0.industry_code": _l("Code of the industry"),
    "F0.version_no": _l("Version that is filled in"),
    "F0.data_hash": _l("Hash of the version submitted last"),
}
FUNCTIONS: Mapping[str, tuple[str, object]] = {  # how it is called, what it gives
    "sum": ("sum(x)", _l("the sum over all rows")),
    "count": ("count(test)", _l("the number of rows of which it holds")),
    "all": ("all(test)", _l("whether it holds of all rows")),
    "union": ("union(set)", _l("all members of the rows' sets")),
    "newest": ("newest(x)", _l("the value of the last row")),
    "unique": ("unique(x)", _l("whether no value comes twice")),
    "abs": ("abs(x)", _l("without its sign")),
    "sign": ("sign(x)", _l("-1, 0 or 1")),
    "min": ("min(a, b)", _l("the smaller")),
    "max": ("max(a, b)", _l("the greater")),
    "left": ("left(text, n)", _l("the first n characters")),
    "near_power_of_ten": (
        "near_power_of_ten(x, t)",
        _l("whether x or 1/x lies within t of 10, 100, 1,000 or 10,000"),
    ),
    "gb32100_ok": ("gb32100_ok(code)", _l("whether the check character of a credit code fits")),
    "size": ("size(set)", _l("how many members a set has")),
    "annual_energy": ("annual_energy()", _l("comprehensive energy of the year so far (FM-20)")),
    "ytd": ("ytd(x)", _l("summed over the quarters of the year so far")),
    "approx": ("approx(a, b, abs=x, rel=y)", _l("whether a and b are near each other")),
    "chg": ("chg(a, b)", _l("a / b - 1")),
    "choose": ("choose(test, a, b)", _l("a where the test holds, else b")),
    "tce": ("tce(S2[c].x)", _l("quantity times adopted coefficient, over the carriers")),
    "tce_out": ('tce_out("09", "10")', _l("conversion output of these carriers in tce")),
    "weighted_mean": ("weighted_mean(x, w)", _l("the mean of x, weighted by w (FM-09)")),
    "produces": ('produces("3001")', _l("whether one of these products is made")),
    "nested": ("nested(p)", _l("whether the energy of p is in another row already")),
    "present": ("present(S2[c])", _l("whether there is such a row")),
    "is_none": ("is_none(a, b)", _l("whether all of them are empty")),
    "in_form_range": ("in_form_range(c, x)", _l("whether x lies in the range of the form")),
    "no_form_range": ("no_form_range(c)", _l("whether the form gives no range")),
    "prev": ("prev(x)", _l("the same in the quarter before")),
    "ly": ("ly(x)", _l("the same in this quarter of last year")),
    "first": ("first(x)", _l("the same in the first quarter of the year")),
    "annual": ("annual(x)", _l("the same in the sheet of the whole year")),
    "heating_season": ("heating_season()", _l("whether it is the first or the fourth quarter")),
    "saving_by_product": ("saving_by_product()", _l("saving of the year by products (FM-13)")),
    "saving_by_output_value": (
        "saving_by_output_value()",
        _l("saving of the year by output value (FM-14)"),
    ),
}
FACTS: Mapping[str, object] = {
    "approved_savings": _l("savings of the earlier years of the plan, as approved"),
    "change_request_approved": _l("whether a change of the entry was accepted"),
    "conversion_sheet_expected": _l("whether the industry normally fills in sheet 3"),
    "designated": _l("whether it is a key user by designation"),
    "energy_intensive": _l("whether the industry is one of the six energy-intensive ones"),
    "extension_granted": _l("whether more time was granted"),
    "filing_regions": _l("codes of the counties that file"),
    "first_filing": _l("whether it is the first filing of the enterprise"),
    "heat_calorific": _l("tce per GJ of heat, as the platform is set"),
    "industries": _l("codes of the industrial divisions"),
    "keyed": _l("whether the figure of the annual report was entered"),
    "league_of": _l("league of the enterprise in the registry"),
    "lock_on": _l("day on which the quarter is locked"),
    "missing_documents": _l("supervision documents that are missing"),
    "monthly_report_energy": _l("energy of the year by the production report"),
    "quarter": _l("number of the quarter"),
    "quarter_months": _l("months of the quarter"),
    "reporting_league": _l("league to which the county belongs"),
    "today": _l("the present day"),
    "year_share": _l("share of the year that has passed"),
}
LOOKUPS: Mapping[str, object] = {
    "hard_min": _l("lowest coefficient allowed"),
    "hard_max": _l("highest coefficient allowed"),
    "form_min": _l("lowest coefficient of the form"),
    "form_max": _l("highest coefficient of the form"),
    "price_min": _l("lowest usual price"),
    "price_max": _l("highest usual price"),
    "storable": _l("whether the carrier can be stored"),
    "transport_ok": _l("whether vehicles use it"),
    "feedstock_ok": _l("whether it can be feedstock"),
    "default_recovery_ok": _l("whether it is normally recovered"),
    "level1": _l("limit of level 1"),
    "level3": _l("limit of level 3"),
    "adjusted": _l("whether the standard has correction factors"),
    "scale_factor": _l("from the indicator to tce per unit of product"),
    "indicator": _l("letter of the indicator"),
}
WORDS: Mapping[str, object] = {
    "and": _l("both must hold"),
    "or": _l("one of them must hold"),
    "not": _l("it must not hold"),
    "in": _l("one of these"),
    "if": _l("applied only where this holds"),
    "for": _l("for each row of some sheets"),
    "where": _l("only the rows of which it holds"),
    "is": _l("is None, is not None: empty or filled in"),
    "tolerance": _l("the number that the rule keeps"),
    "quantities": _l("for x in quantities(S2): all quantity columns of a sheet"),
    "as warning": _l("this part only warns, though the rule is an error"),
    "except": _l("left out of the quantity columns"),
}
VARIABLES: Mapping[str, object] = {
    "c": _l("a carrier"),
    "p": _l("a product and its indicator"),
    "o": _l("a product"),
    "w": _l("a class of solid waste"),
    "j": _l("a project"),
    "a": _l("a file"),
}


@dataclass(frozen=True, slots=True)
class Word:
    """One name: what is put in for it, how it is shown, what it means."""

    name: str
    shown: str
    title: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with its columns; *variable* is how one of its rows is named."""

    name: str
    title: str
    variable: str
    columns: Sequence[Word]

    @property
    def shown(self) -> str:
        return f"{self.name}[{self.variable}]" if self.variable else self.name


def sheets() -> list[Sheet]:
    return [_sheet(name, kind) for name, kind in SCHEMA.sheets.items()]


def words() -> list[Word]:
    """Functions, facts, columns of the catalogues and the words between them."""
    found = [Word(name, shown, str(title)) for name, (shown, title) in FUNCTIONS.items()]
    found += [Word(name, f"{name}()", str(title)) for name, title in FACTS.items()]
    for name, title in LOOKUPS.items():
        variable, column = SCHEMA.lookups[name]
        found.append(Word(name, f"{name}({variable})", str(title), _unit(column)))
    return found + [Word(name, name, str(title)) for name, title in WORDS.items()]


def as_json() -> dict[str, Any]:
    """The vocabulary for the script that completes names."""
    return {
        "sheets": [
            {
                "name": sheet.name,
                "shown": sheet.shown,
                "title": sheet.title,
                "columns": [_plain(one) for one in sheet.columns],
            }
            for sheet in sheets()
        ],
        "words": [_plain(one) for one in words()],
    }


def sheet_title(name: str) -> str:
    if name in SHEETS:
        return str(SHEETS[name].sheet.title)
    return str(BESIDE_TITLES.get(name, name))


def column_title(sheet: str, name: str) -> str:
    """What a column is called where alarms and trials name their cells."""
    column = SCHEMA.sheets[sheet].columns.get(name) if sheet in SCHEMA.sheets else None
    title = str(column.title) if column is not None else ""
    return title or str(BESIDE_COLUMNS.get(f"{sheet}.{name}", name))


def _sheet(name: str, kind: SheetType) -> Sheet:
    columns = [
        Word(one, one, column_title(name, one), _unit(column))
        for one, column in kind.columns.items()
    ]
    return Sheet(name, sheet_title(name), kind.variable, columns)


def _unit(column: Column) -> str:
    """A number's unit, else what kind of value it is."""
    if unit := column.unit:
        return str(ROW_UNITS[unit]) if unit in ROW_UNITS else _(unit)
    return {
        "number": "",
        "text": _("text"),
        "yes or no": _("yes or no"),
        "day": _("day"),
        "set": _("set"),
    }[column.type.value]


def _plain(one: Word) -> dict[str, str]:
    return {"name": one.name, "shown": one.shown, "title": one.title, "unit": one.unit}
