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
from app.filings.models import Filing, FilingVersion
from app.filings.printing import hash_of
from app.filings.queries import sheets_of
from app.filings.sheets import SHEETS

QUANTITIES = [name for name, one in SCHEMA.sheets["S2"].columns.items() if one.quantity]


def case_of(
    filing: Filing,
    figures: Figures,
    rules: Sequence[Rule],
    *,
    version: FilingVersion | None = None,
) -> Case:
    """What *rules* look at.

    *version*: the one whose figures these are, looked at with its number, its hash and the files
    that went with it, whatever came later; None: they are being worked on.
    """
    needs = {
        (sheet, back): names
        for (sheet, back), names in needs_of(rules, filing.period).items()
        if back != 0 or sheet not in SHEETS
    }
    needs[HEADER, 0] = set(ON_FILING)  # the rest of it is in *figures*
    asked = asked_of([head_of(filing)], as_submitted=False)
    if version is not None:
        number, at = version.number, version.submitted_at
        asked = [replace(one, version_no=number, handed_in_at=at) for one in asked]
    case = panel_over(asked, filing.period, needs).case(0)
    now: dict[str, Rows] = {sheet: figures.get(sheet, {}) for sheet in sheets_of(filing)}
    header = {**(case.row(HEADER, "", 0) or {}), **figures.get(HEADER, {}).get("", {})}
    header["data_hash"] = version.hash if version is not None else hash_of(filing, figures)
    return replace(
        case,
        quarters={**case.quarters, 0: {**case.quarters[0], **now, HEADER: {"": header}}},
        totals={**case.totals, 0: subtotals(figures.get("S2", {}), QUANTITIES)},
    )
