"""What the sentences of alarms call things, in the language of whoever reads them."""

from collections.abc import Mapping

from flask_babel import gettext as _

from app.checks.book import Book
from app.checks.sentences import Words
from app.core.language import in_english
from app.core.period import Quarter
from app.filings.alarms.schema import SCHEMA
from app.filings.books import catalogues
from app.filings.figures import Figures
from app.filings.rules.labels import labels
from app.targets.queries import find_period


def words_for(period: Quarter, book: Book, figures: Figures) -> Words:
    """Names from the catalogues of the quarter, and from the projects of the filing itself."""
    plan = find_period(period.year)
    projects = {key: row.get("project_name") or key for key, row in figures.get("S5", {}).items()}
    return Words(
        names={
            "c": {code: one.name for code, one in book.carriers.items()},
            "p": {key: one.name for key, one in book.products.items()},
            "o": {code: one.name for code, one in book.outputs().items()},
            "w": {code: one.name for code, one in book.wastes.items()},
            "j": projects,
            "indicator": {key: _indicator(one.indicator) for key, one in book.products.items()},
            "standard": {
                key: one.standard or _("no standard") for key, one in book.products.items()
            },
        },
        measures=_measures(book),
        columns={
            f"{sheet}.{name}": str(column.title)
            for sheet, kind in SCHEMA.sheets.items()
            for name, column in kind.columns.items()
        },
        labels=labels("en" if in_english() else "zh"),
        texts={
            "quarter": str(period.quarter),
            "year": str(period.year),
            "plan": plan.name if plan else "",
            "prev_period": str(period.previous),
        },
        literal=_literal(),
    )


def quarter_words(period: Quarter) -> Words:
    """The same where no one filing is at hand."""
    return words_for(period, catalogues(period), {})


def _indicator(kind: str) -> str:
    return {
        "E": _("energy per unit"),
        "P": _("electricity per unit"),
        "C": _("coal per kWh supplied"),
        "H": _("coal per GJ supplied"),
    }.get(kind, "")


def _measures(book: Book) -> Mapping[str, Mapping[str, str]]:
    """By the units that columns name, the unit of each code."""
    carriers, products = book.carriers, book.products
    per_unit = {code: f"tce/{one.unit}" for code, one in carriers.items()}
    return {
        "row": {code: one.unit for code, one in carriers.items()}
        | {key: one.unit for key, one in products.items()}
        | {code: one.unit for code, one in book.wastes.items()},
        "coefficient": per_unit,
        "price": {code: f"{_('CNY')}/{one.unit}" for code, one in carriers.items()},
        "indicator": {key: one.unit for key, one in products.items()},
        "numerator": {key: one.numerator_unit for key, one in products.items()},
        "denominator": {key: one.denominator_unit for key, one in products.items()},
        "capacity": {key: f"{one.denominator_unit}/{_('a')}" for key, one in products.items()},
    }


def _literal() -> dict[str, str]:
    """The units that are written out, as columns name them and as they are read."""
    units = {column.unit for kind in SCHEMA.sheets.values() for column in kind.columns.values()}
    return {unit: _(unit) for unit in units if unit}
