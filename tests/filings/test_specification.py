"""Every column of the specification is there, with its type, unit and requirement.

`tests/data/fields.csv` is the specification's own list of them.
"""

import csv
from pathlib import Path

import pytest
from flask_babel import force_locale

from app.filings.models import Filing, FilingVersion, ReportingPeriod
from app.filings.sheet import Keyed
from app.filings.sheets import SHEETS
from app.filings.sheets.attachment import Attachment
from app.filings.values import Kind
from app.review.models import Review

WITH_TYPES = {
    "qty": Kind.QTY,
    "tce": Kind.TCE,
    "coef": Kind.COEF,
    "money": Kind.MONEY,
    "pct": Kind.PCT,
    "int": Kind.INT,
    "num": Kind.QTY,
    "num(18,4)": Kind.QTY,
    "num(6,2)": Kind.YEARS,
    "bool": Kind.BOOL,
    "date": Kind.DATE,
    "month": Kind.MONTH,
    "text": Kind.TEXT,
    "ref": Kind.TEXT,
}
OF_THE_KEY = {  # what the key of a row and its catalogue say
    Keyed.CARRIER: {"energy_code", "energy_name", "unit"},
    Keyed.PRODUCT: {"product_code", "indicator_code", "b_product_code"},
    Keyed.OUTPUT: set(),
    Keyed.WASTE: {"waste_code"},
    Keyed.PROJECT: {"project_no"},
    None: set(),
}
UNITS = {
    "product unit": "母项单位",
    "m3/product unit": "立方米/母项单位",  # as the list writes them, where a head says it in words
    "10^4 kWh": "万千瓦时",
    "10^4 m3": "万立方米",
    "m3/万元": "立方米/万元",
    "row unit": "按计量单位",
    "tce/a": "tce/年",
    "tce per row unit": "tce/计量单位",
    "indicator_unit": "指标单位",
    "numerator_unit": "子项单位",
    "denominator_unit": "母项单位",
    "denominator_unit/a": "母项单位/年",
}
OF_THE_FILING = (
    "enterprise_id report_year report_quarter value_basis energy_level enterprise_class "
    "county_review_enabled region_code industry_code status version_no submitted_at due_on "
    "data_hash"
).split()
ELSEWHERE = {("F0", name) for name in OF_THE_FILING}
KEPT_AS = {  # columns of F0 that stand on the filing, on what hangs on it, or on the calendar
    "report_year": Filing.year,
    "report_quarter": Filing.quarter,
    "status": Review.state,
    "submitted_at": FilingVersion.submitted_at,
    "due_on": ReportingPeriod.due_on,
}
OF_A_FILE = {"file": "sha256"}  # its bytes lie in the storage, by their hash


def all_of(sheet=None):
    path = Path(__file__).parent.parent / "data" / "fields.csv"
    with path.open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if sheet in (None, row["sheet"])]


def specified():
    return [
        {**row, "sheet": mapped(row)}
        for row in all_of()
        if row["sheet"] in SHEETS and (row["sheet"], row["identifier"]) not in ELSEWHERE
    ]


def mapped(row):
    """The sheet it is kept in: what is a list within a sheet has rows of its own."""
    if row["sheet"] == "S4" and row["identifier"].startswith("b_"):
        return "S4B"
    return "W1P" if row["identifier"] == "product_water_intensity" else row["sheet"]


def wanted(row):
    """Kind, length, need and unit, as the list says them."""
    plain, _bracket, length = row["type"].partition("(")
    if plain.startswith("enum"):
        kind, length = Kind.CHOICE, ""
    elif plain in ("str", "char"):
        kind = Kind.TEXT
    else:
        kind, length = WITH_TYPES[row["type"]], ""
    return kind, length.strip(")"), row["required"], UNITS.get(row["unit"], row["unit"])


def there(row, what):
    """The same of the mapped column; the length where the list has one."""
    length = str(what.length) if row["type"].startswith(("str", "char")) else ""
    return what.kind, length, what.need.value, str(what.measure)


@pytest.mark.parametrize("key", SHEETS)
def test_every_column_has_its_type_unit_and_requirement(app, key):
    kind = SHEETS[key]
    rows = {row["identifier"]: row for row in specified() if row["sheet"] == key}
    columns = {name: row for name, row in rows.items() if name not in OF_THE_KEY[kind.sheet.keyed]}
    assert set(columns) <= set(kind.fields())
    with app.test_request_context(), force_locale("zh"):
        found = {name: there(row, kind.fields()[name]) for name, row in columns.items()}
    assert found == {name: wanted(row) for name, row in columns.items()}


@pytest.mark.parametrize("name", OF_THE_FILING)
def test_every_column_of_the_header_is_kept_somewhere(name):
    column = KEPT_AS.get(name) or getattr(Filing, name)
    assert column.property.columns


def test_every_column_of_an_attachment_is_there():
    rows = {row["identifier"]: row for row in all_of("A1")}
    columns = Attachment.__table__.columns
    assert set(rows) - OF_A_FILE.keys() <= set(columns.keys())
    inputs = Attachment.inputs()
    assert {name: what.need.value for name, what in inputs.items()} == {
        name: row["required"] for name, row in rows.items() if name in inputs
    }
    lengths = {n: row["type"] for n, row in rows.items() if row["type"].startswith(("str", "char"))}
    assert lengths == {
        name: f"{kind.partition('(')[0]}({columns[name].type.length})"
        for name, kind in lengths.items()
    }


@pytest.mark.parametrize("key", [key for key in SHEETS if key != "F0"])
def test_the_number_of_a_column_is_that_of_the_form(key):
    numbers = {
        row["identifier"]: row["column_no"]
        for row in specified()
        if row["sheet"] == key and row["identifier"] in SHEETS[key].fields()
    }
    assert {n: SHEETS[key].fields()[n].number for n in numbers} == numbers
