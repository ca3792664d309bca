"""The sheets of a filing as tables to be read: on the review page, the filing page, in print."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from app.checks.book import Book, Facts
from app.filings.figures import Figures
from app.filings.sheet import Field, Keyed, SheetRow, address
from app.filings.sheets import SHEETS
from app.filings.sheets.consumption import ConsumptionRow
from app.filings.sheets.profile import ProfileRow
from app.filings.totals import raw_coal, totals_of
from app.filings.values import DECIMALS, Need, text_of
from app.review.subjects import Table

HEADLINE = (
    "comprehensive_energy_calorific comprehensive_energy_primary total_energy_calorific "
    "gross_output_comparable output_intensity_calorific"
).split()
RAW_COAL = ("02", "03", "04", "05")  # row 01 is their sum


def tables_of(figures: Figures, around: Book) -> Sequence[Table]:
    """One table per sheet, headings with units, subtotals included; names as in *around*."""
    tables: list[Table] = []
    for key, kind in SHEETS.items():
        if kind.sheet.keyed:
            known = kind.sheet.keyed.entries(around)
            tables.append(_listed(kind, kind.sheet.keyed, known, figures.get(key, {})))
        else:
            tables += _upright(kind, figures.get(key, {}).get("", {}))
    return tables


def headline(figures: Figures) -> list[tuple[str, str, str]]:
    """The few figures that a reader looks for first: title, value, unit."""
    row, fields = figures.get("S1", {}).get("", {}), ProfileRow.fields()
    return [
        (str(fields[name].title), text_of(row.get(name), fields[name].kind), str(fields[name].unit))
        for name in HEADLINE
    ]


def _upright(kind: type[SheetRow], row: Mapping[str, object]) -> list[Table]:
    """A sheet of one row stands upright: figures in one table, words in another.

    Optional cells that are empty are left out; a required one that is empty is shown.
    """
    figures: list[list[str]] = []
    words: list[list[str]] = []
    places: tuple[list[list[str]], list[list[str]]] = [], []
    for name, what in kind.fields().items():
        text = text_of(row.get(name), what.kind)
        if text or what.need is Need.REQUIRED:
            line = [str(what.title), text, str(what.measure)]
            is_word = what.kind not in DECIMALS
            (words if is_word else figures).append(line)
            places[is_word].append(["", address(kind, "", name), ""])
    tables = []
    title = str(kind.sheet.title)
    if figures:
        head = [_("Item"), _("Value"), _("Unit")]
        numeric = [False, True, False]
        tables.append(Table(kind.sheet.key, title, head, figures, numeric, cells=places[0]))
    if words:
        lines = [line[:2] for line in words]
        if figures:
            title = _("%(sheet)s: particulars", sheet=title)
        head = [_("Item"), _("Entry")]
        tables.append(Table(kind.sheet.key, title, head, lines, [False, False], cells=places[1]))
    return tables


def _listed(
    kind: type[SheetRow],
    keyed: Keyed,
    known: Mapping[str, Facts],
    rows: dict[str, dict[str, object]],
) -> Table:
    fields = kind.fields()
    used = [n for n in fields if any(row.get(n) not in (None, "") for row in rows.values())]
    names = [keyed.title, _("Unit")] if known else []  # projects are named in a column of theirs
    lines = []
    places = {key: [address(kind, key, n) for n in used] for key in rows}
    for key in sorted(rows):
        named = [known[key].name, known[key].unit] if key in known else [""] * len(names)
        lines.append([key, *named, *(text_of(rows[key].get(n), fields[n].kind) for n in used)])
    if kind is ConsumptionRow:
        lines = _with_totals(lines, rows, used)
    head = [_("Code"), *names, *(_heading(fields[n]) for n in used)]
    numeric = [False] * (1 + len(names)) + [fields[n].kind in DECIMALS for n in used]
    note = "" if rows else _("Nothing is filed in this sheet.")
    empty = [""] * (1 + len(names))
    cells = [[*empty, *places[line[0]]] if line[0] in places else () for line in lines]
    return Table(kind.sheet.key, str(kind.sheet.title), head, lines, numeric, note, cells)


def _heading(what: Field) -> str:
    return f"{what.number} {what.heading()}".strip()


def _with_totals(
    lines: list[list[str]], rows: Mapping[str, Mapping[str, object]], used: Sequence[str]
) -> list[list[str]]:
    """Row 01 before the kinds of raw coal, and row 40 at the end (FM-02)."""
    coal = [key for key in RAW_COAL if key in rows]
    if coal:
        subtotal = raw_coal({key: rows[key] for key in coal})
        cells = [subtotal.get(name, "") for name in used]
        lines.insert(sorted(rows).index(coal[0]), ["01", _("Raw coal, subtotal"), "t", *cells])
    if rows:
        total = totals_of(ConsumptionRow, rows)
        cells = [total.get(name, "") for name in used]
        lines.append(["40", _("All energy (secondary energy counted twice)"), "tce", *cells])
    return lines
