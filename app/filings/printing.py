"""The summary of a filing (综合能源利用状况表) as it is printed, stamped and scanned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.audit.actor import Actor
from app.checks.book import Book, Line
from app.core.canonical import digest
from app.filings.figures import Figures, read_back, written
from app.filings.models import Filing
from app.filings.queries import book_around, current_figures, figures_for, fills_in, latest_version
from app.filings.sheet import SheetRow, as_lines
from app.filings.sheets import SHEETS
from app.filings.tables import headline
from app.filings.totals import totals_of

SHORT = 8  # characters of the hash that are printed (F0, data_hash)
ENERGY = (
    "opening_stock purchase_quantity industrial_consumption non_industrial_consumption "
    "closing_stock adopted_coefficient industrial_tce consumption_tce"
).split()
PRODUCTS = "indicator_value ly_indicator_value numerator denominator limit_level".split()
ECONOMICS = "gross_output_current value_added sales_revenue production_cost energy_cost".split()
PROGRESS = (
    "annual_energy_target energy_ytd annual_usage_rate saving_ytd saving_cumulative "
    "five_year_completion_rate"
).split()
SIGNED = "unit_head statistics_head prepared_by prepared_phone prepared_on".split()


@dataclass(frozen=True, slots=True)
class Printed:
    """A table of the summary: heads, lines, and which columns are numbers."""

    title: str
    head: Sequence[str]
    lines: Sequence[Sequence[str]]
    numeric: Sequence[bool]


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands on the print; `submitted_at` is empty while it has not been handed in."""

    filing: Filing
    version: int
    hash: str
    submitted_at: datetime | None
    headline: Sequence[tuple[str, str, str]]
    tables: Sequence[Printed]
    signed: Sequence[tuple[str, str]]

    @property
    def short(self) -> str:
        return self.hash[:SHORT]


def summary_of(filing: Filing, actor: Actor) -> Summary | None:
    """The summary that *actor* may print; None where they may not see the figures.

    The hash is that of the version as it was submitted, or would be if it were submitted now.
    """
    figures = figures_for(filing, actor)
    if figures is None:
        return None
    version = latest_version(filing)
    if version is not None and (not fills_in(filing, actor) or not filing.review.figures_open):
        figures = read_back(version.content)
        return _summary(filing, figures, version.number, version.hash, version.submitted_at)
    return _summary(filing, figures, filing.version_no, hash_of(filing, figures), None)


def hash_of(filing: Filing, figures: Figures) -> str:
    return digest(written(figures, header_of(filing)))


def hash_now(filing: Filing) -> str:
    """The hash that the filing would have, were it submitted as it stands."""
    return hash_of(filing, current_figures(filing, book_around(filing)))


def header_of(filing: Filing) -> dict[str, object]:
    """The required fields of F0 that stand on the filing itself."""
    return {
        "enterprise": filing.enterprise.registry_number,
        "report_year": filing.year,
        "report_quarter": filing.quarter,
        "value_basis": filing.value_basis,
    }


def _summary(
    filing: Filing, figures: Figures, version: int, text: str, at: datetime | None
) -> Summary:
    book = book_around(filing)
    signed = figures.get("F0", {}).get("", {})
    fields = SHEETS["F0"].fields()
    return Summary(
        filing=filing,
        version=version,
        hash=text,
        submitted_at=at,
        headline=headline(figures),
        tables=[
            one
            for one in (
                _listed(
                    "S2", ENERGY, figures, {k: (c.name, c.unit) for k, c in book.carriers.items()}
                ),
                _listed(
                    "S6", PRODUCTS, figures, {k: (p.name, p.unit) for k, p in book.products.items()}
                ),
                _upright("S1", ECONOMICS, figures),
                _upright("S4", PROGRESS, figures),
            )
            if one.lines
        ],
        signed=[(str(fields[name].title), str(signed.get(name) or "")) for name in SIGNED],
    )


def _listed(
    key: str, names: Sequence[str], figures: Figures, known: Mapping[str, tuple[str, str]]
) -> Printed:
    kind, rows = SHEETS[key], figures.get(key, {})
    cells = as_lines(kind, _rows(key, rows), names)
    lines = [
        [code, *known.get(code, ("", "")), *line]
        for code, line in zip(sorted(rows), cells, strict=True)
    ]
    if lines and key == "S2":
        total = totals_of(kind, rows)
        in_tce = {
            name: total.get(name, "") for name in names if str(kind.fields()[name].unit) == "tce"
        }
        all_energy = _("All energy (secondary energy counted twice)")
        lines.append(["40", all_energy, "tce", *(in_tce.get(name, "") for name in names)])
    head = [_("Code"), _("Name"), _("Unit"), *(_head(kind, name) for name in names)]
    return Printed(_title(kind), head, lines, [False] * 3 + [True] * len(names))


def _upright(key: str, names: Sequence[str], figures: Figures) -> Printed:
    kind, row = SHEETS[key], figures.get(key, {}).get("", {})
    [line] = as_lines(kind, _rows(key, {"": row}), names)
    fields = kind.fields()
    lines = [
        [str(fields[name].title), text, str(fields[name].measure)]
        for name, text in zip(names, line, strict=True)
        if text
    ]
    return Printed(_title(kind), [_("Item"), _("Value"), _("Unit")], lines, [False, True, False])


def _rows(key: str, rows: Mapping[str, Mapping[str, Any]]) -> list[Line]:
    return [Line(key, code, rows[code], Book({}, {}, {})) for code in sorted(rows)]


def _head(kind: type[SheetRow], name: str) -> str:
    return str(kind.fields()[name].title)


def _title(kind: type[SheetRow]) -> str:
    return f"{kind.sheet.key} {kind.sheet.title}"
