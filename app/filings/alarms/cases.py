"""One filing with all that rules ask for: its figures as they are, the rest as it is filed."""

from collections.abc import Sequence
from dataclasses import replace

from app.checks.case import Case, Rows, subtotals
from app.checks.needs import needs_of
from app.checks.rules import Rule
from app.filings.alarms.asked import ON_FILING, asked_of, head_of
from app.filings.alarms.panels import HEADER, panel_over
from app.filings.alarms.schema import SCHEMA
from app.filings.figures import Figures
from app.filings.models import Filing
from app.filings.queries import sheets_of
from app.filings.sheets import SHEETS

QUANTITIES = [name for name, one in SCHEMA.sheets["S2"].columns.items() if one.quantity]


def case_of(
    filing: Filing,
    figures: Figures,
    rules: Sequence[Rule],
    *,
    data_hash: str = "",
) -> Case:
    """What *rules* look at; *data_hash*: of *figures* that are being worked on, for F-05.

    Without, they are those that were handed in last, with the version and the files of then.
    """
    needs = {
        (sheet, back): names
        for (sheet, back), names in needs_of(rules, filing.period).items()
        if back != 0 or sheet not in SHEETS
    }
    needs[HEADER, 0] = set(ON_FILING)  # the rest of it is in *figures*
    asked = asked_of([head_of(filing)], as_submitted=not data_hash)
    case = panel_over(asked, filing.period, needs).case(0)
    now: dict[str, Rows] = {sheet: figures.get(sheet, {}) for sheet in sheets_of(filing)}
    header = {**(case.row(HEADER, "", 0) or {}), **figures.get(HEADER, {}).get("", {})}
    if data_hash:
        header["data_hash"] = data_hash
    return replace(
        case,
        quarters={**case.quarters, 0: {**case.quarters[0], **now, HEADER: {"": header}}},
        totals={**case.totals, 0: subtotals(figures.get("S2", {}), QUANTITIES)},
    )
