"""One filing as rules see it: its figures, those of other quarters, and what is known beside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from app.checks.flows import weighted
from app.checks.reckoning import ZERO, total
from app.core.period import Quarter

Cells = Mapping[str, Any]
Rows = Mapping[str, Cells]  # by the code of the row; "" where there is only one
Back = int | Literal["year"]  # how many quarters ago, or the year's own sheet
YEAR: Literal["year"] = "year"
RAW_COAL, ALL_ENERGY = "01", "40"  # rows of sheet 2 that nobody fills in
KINDS_OF_COAL = ("02", "03", "04", "05")


@dataclass(frozen=True, slots=True)
class Case:
    """What one filing is checked with.

    *quarters* are sheets by how many quarters ago they were filed, the filing's own under 0;
    where a quarter or a sheet of it is not known, what speaks of it is not applicable.
    *totals* are rows 01 and 40 of sheet 2, under the same numbers.  A fact that is not there
    makes the rules that ask for it impossible to run; one that is None, not applicable.
    """

    period: Quarter
    quarters: Mapping[Back, Mapping[str, Rows]]
    facts: Mapping[str, Any] = field(default_factory=dict)
    lookups: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by name and code
    totals: Mapping[Back, Rows] = field(default_factory=dict)

    def rows(self, sheet: str, back: Back) -> Rows | None:
        """None where that quarter, or that sheet of it, is not known."""
        return self.quarters.get(back, {}).get(sheet)

    def row(self, sheet: str, key: str, back: Back) -> Cells | None:
        if sheet == "S2" and key in (RAW_COAL, ALL_ENERGY):
            return self.totals.get(back, {}).get(key)
        return (self.rows(sheet, back) or {}).get(key)


def subtotals(rows: Rows, columns: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Rows 01 and 40 of sheet 2 over *columns*: raw coal in tonnes, all energy in tce (FM-02).

    Row 01 has the weighted coefficient of its kinds (FM-09); row 40 counts secondary energy
    twice and has none.
    """
    coal = [rows[code] for code in KINDS_OF_COAL if code in rows]
    k = {code: row.get("adopted_coefficient") or ZERO for code, row in rows.items()}
    used = [row.get("industrial_consumption") or ZERO for row in coal]
    mean = weighted(used, [row.get("adopted_coefficient") or ZERO for row in coal])
    return {
        RAW_COAL: {
            **{name: sum((row.get(name) or ZERO for row in coal), ZERO) for name in columns},
            "adopted_coefficient": mean,
        },
        ALL_ENERGY: {name: _in_tce(rows, name, k) for name in columns},
    }


def _in_tce(rows: Rows, name: str, coefficients: Mapping[str, Decimal]) -> Decimal:
    return total({code: row.get(name) or ZERO for code, row in rows.items()}, coefficients)
