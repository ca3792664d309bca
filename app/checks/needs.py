"""Which cells rules look at: the columns, by sheet and by how many quarters ago."""

from collections.abc import Iterable, Iterator

from app.checks import nodes
from app.checks.case import ALL_ENERGY, RAW_COAL, YEAR, Back
from app.checks.nodes import Clause, Node
from app.checks.panel import TOTALS
from app.checks.rules import Rule
from app.checks.single import QUARTERS_BACK, in_quarters
from app.core.period import Quarter

Needs = dict[tuple[str, Back], set[str]]  # columns; a sheet without any is asked for its rows


def needs_of(rules: Iterable[Rule], period: Quarter) -> Needs:
    """What has to be at hand to check filings of *period*."""
    found: Needs = {}
    for rule in rules:
        if rule.text.fourth_quarter_only and period.quarter != 4:
            continue
        if rule.text.industries:
            found.setdefault(("F0", 0), set()).add("industry_code")
        for clause in rule.expression.clauses:
            for sheet, name, back in _of_clause(clause, period):
                columns = found.setdefault((sheet, back), set())
                if name:
                    columns.add(name)
    return found


def _of_clause(clause: Clause, period: Quarter) -> Iterator[tuple[str, str, Back]]:
    for sheet, before in clause.domain:
        yield sheet, "", 1 if before else 0
    for part in clause.children():
        yield from _cells(part, 0, period)


def _cells(node: Node, back: Back, period: Quarter) -> Iterator[tuple[str, str, Back]]:
    if isinstance(node, nodes.Cell):
        yield node.sheet, node.name, back
        if node.sheet == "S2" and node.key in (RAW_COAL, ALL_ENERGY):
            yield TOTALS, node.name, back
    elif isinstance(node, nodes.Present):
        yield node.sheet, "", back
    elif isinstance(node, nodes.Aggregate):
        yield from ((sheet, "", back) for sheet in node.sheets)
    for at in _quarters(node, back, period):
        for child in node.children():
            yield from _cells(child, at, period)


def _quarters(node: Node, back: Back, period: Quarter) -> list[Back]:
    """In which quarters the parts of *node* are read, if it is read in the one at *back*."""
    if isinstance(node, nodes.YearToDate):
        start = in_quarters(back)
        return [start + by for by in range(period.shifted(-start).quarter)]
    if not isinstance(node, nodes.Shift):
        return [back]
    if node.to == "annual":
        return [YEAR]
    start = in_quarters(back)
    if node.to == "first":
        return [start + period.shifted(-start).quarter - 1]
    return [start + QUARTERS_BACK[node.to]]
