"""What codes of rows are called, and their units, in the reader's language."""

import csv
from functools import cache

from flask_babel import gettext as _

from app.checks.sentences import Words
from app.core.language import in_english
from app.core.period import Quarter
from app.filings.alarms.schema import SCHEMA
from app.filings.books import catalogues
from app.filings.rules.reference import FILE
from app.rulebook.vocabulary import column_title

LABELS = FILE.with_name("labels.csv")


@cache
def _labels(english: bool) -> dict[str, str]:
    """What the parts of rules are called; the list is part of the product."""
    with LABELS.open(encoding="utf-8") as file:
        return {row["label"]: row["en" if english else "zh"] for row in csv.DictReader(file)}


def words_of(period: Quarter) -> Words:
    """The words for alarms of a filing of *period*."""
    book = catalogues(period)
    made = book.outputs()
    return Words(
        names={
            "c": {code: f"{code} {one.name}" for code, one in book.carriers.items()},
            "p": {code: f"{code} {one.name}" for code, one in book.products.items()},
            "o": {code: f"{code} {one.name}" for code, one in made.items()},
            "w": {code: f"{code} {one.name}" for code, one in book.wastes.items()},
        },
        measures={
            "row": {
                **{code: one.unit for code, one in book.products.items()},
                **{code: one.unit for code, one in book.wastes.items()},
                **{code: one.unit for code, one in book.carriers.items()},
            },
            "indicator": {code: one.unit for code, one in book.products.items()},
            "numerator": {code: one.numerator_unit for code, one in book.products.items()},
            "denominator": {code: one.denominator_unit for code, one in book.products.items()},
            "coefficient": {code: f"tce/{one.unit}" for code, one in book.carriers.items()},
            "price": {
                code: _("CNY/%(unit)s", unit=one.unit) for code, one in book.carriers.items()
            },
        },
        columns={
            f"{sheet}.{name}": column_title(sheet, name)
            for sheet, kind in SCHEMA.sheets.items()
            for name in kind.columns
        },
        labels=_labels(in_english()),
        texts={"quarter": str(period.quarter), "year": str(period.year)},
    )
