"""Filings and rules by chance, from a number: for what must hold whatever they are."""

from datetime import date
from decimal import Decimal
from random import Random

from app.checks.case import YEAR, Case, subtotals
from app.checks.expression import parse
from app.checks.naming import BadExpression
from app.checks.nodes import Expression
from app.checks.schema import Type
from app.core.period import Quarter
from app.filings.alarms.schema import SCHEMA

KEYS = {
    "": [""],
    "c": ["02", "04", "09", "32", "33", "37"],
    "p": ["2601P", "2611E", "3001E", "3002E", "4401C"],
    "o": ["2611"],
    "w": ["SW01", "SW02", "SW04"],
    "j": ["2026Q1-01", "2026Q1-02"],
    "a": ["1", "2", "3"],
}
TEXTS = (
    "a stopped trial completed measured monthly_report enabled 2026Q1 2026-07 E P 150221".split()
)
QUANTITIES = [name for name, c in SCHEMA.sheets["S2"].columns.items() if c.quantity]
NUMBERS = ["0", "1", "1.0", "20", "20.5", "1000", "-3", "0.3333", "99999999999999.9999"]


class Chance:
    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def value(self, kind: Type, empty: float = 0.15):
        if self.random.random() < empty:
            return None
        return {
            Type.NUMBER: lambda: Decimal(self.random.choice(NUMBERS)),
            Type.TEXT: lambda: self.random.choice(TEXTS),
            Type.BOOL: lambda: self.random.random() < 0.5,
            Type.DATE: lambda: date(2026, 7, self.random.randint(1, 3)),
            Type.SET: lambda: frozenset(self.random.sample(TEXTS, 2)),
        }[kind]()

    def rows(self, sheet: str):
        kind = SCHEMA.sheets[sheet]
        return {
            key: {name: self.value(c.type) for name, c in kind.columns.items()}
            for key in KEYS[kind.variable]
            if not kind.variable or self.random.random() < 0.6
        }

    def sheets(self):
        return {name: self.rows(name) for name in SCHEMA.sheets if self.random.random() < 0.9}

    def facts(self):
        return {name: self.value(kind) for name, kind in SCHEMA.facts.items()}

    def lookups(self):
        return {
            name: {key: self.value(column.type) for key in KEYS[variable]}
            for name, (variable, column) in SCHEMA.lookups.items()
        }

    def cases(self, number: int) -> list[Case]:
        """Filings of one quarter under the same catalogues, some with holes in their history."""
        period = Quarter(2026, self.random.randint(1, 4))
        lookups = self.lookups()
        return [self.case(period, lookups) for _ in range(number)]

    def case(self, period: Quarter, lookups) -> Case:
        quarters = {back: self.sheets() for back in range(8) if self.random.random() < 0.7}
        quarters[0] = {name: self.rows(name) for name in SCHEMA.sheets}
        if self.random.random() < 0.3:
            quarters[YEAR] = self.sheets()
        totals = {
            back: subtotals(sheets["S2"], QUANTITIES)
            for back, sheets in quarters.items()
            if "S2" in sheets
        }
        return Case(period, quarters, self.facts(), lookups, totals)

    # -- rules --------------------------------------------------------------------------------

    def expression(self) -> Expression:
        """A rule that can be read; the year's own sheet is not asked for in another quarter."""
        while True:
            try:
                return parse(self.rule(), SCHEMA)
            except BadExpression as error:
                if "annual" not in error.reason:
                    raise

    def rule(self) -> str:
        variable = self.random.choice(["", "c", "p", "w", "j"])
        text = self.test(variable, 3)
        if self.random.random() < 0.3:
            text += f" if {self.test(variable, 2)}"
        if variable:
            sheets = [s for s, kind in SCHEMA.sheets.items() if kind.variable == variable]
            text += f" for {variable} in {self.random.choice(sheets)}"
        return text

    def test(self, variable: str, depth: int) -> str:
        if depth == 0:
            return f"{self.number(variable, 0)} {self.sign()} {self.number(variable, 0)}"
        return self.random.choice(
            [
                lambda: f"({self.test(variable, depth - 1)} and {self.test(variable, depth - 1)})",
                lambda: f"({self.test(variable, depth - 1)} or {self.test(variable, depth - 1)})",
                lambda: f"not ({self.test(variable, depth - 1)})",
                lambda: f"{self.number(variable, depth)} {self.sign()} {self.number(variable, 1)}",
                lambda: (
                    f"approx({self.number(variable, depth)}, {self.number(variable, 1)}, "
                    f"abs={self.literal()}, rel=0.1)"
                ),
                lambda: f"{self.cell(variable, Type.NUMBER)} is None",
                lambda: f'{self.cell(variable, Type.TEXT)} != ""',
                lambda: f'{self.cell(variable, Type.TEXT)} in ("stopped", "E")',
                lambda: f"prev({self.test(variable, depth - 1)})",
                lambda: f"present(ly({self.row(variable)}))",
                lambda: f"near_power_of_ten({self.number(variable, 1)}, 0.1)",
                lambda: "today() <= lock_on()",
                lambda: "keyed()",
            ]
        )()

    def number(self, variable: str, depth: int) -> str:
        if depth == 0:
            return self.random.choice([self.literal(), self.cell(variable, Type.NUMBER)])
        return self.random.choice(
            [
                lambda: (
                    f"({self.number(variable, depth - 1)} {self.random.choice('+-*/')} "
                    f"{self.number(variable, depth - 1)})"
                ),
                lambda: f"chg({self.number(variable, 0)}, ly({self.number(variable, 0)}))",
                lambda: f"abs({self.number(variable, depth - 1)})",
                lambda: f"max({self.number(variable, 0)}, {self.number(variable, 0)})",
                lambda: f"ytd({self.number(variable, 0)})",
                lambda: f"first({self.number(variable, 0)})",
                lambda: f"annual({self.cell(variable, Type.NUMBER)})",
                lambda: f"sum({self.aggregated()})",
                lambda: 'tce(S3.heating_input, "02".."05", "33")',
                lambda: f"prev(sum({self.aggregated()}))",
                lambda: 'count(A1.kind == "monthly_report")',
                lambda: "sum(S6[p].numerator where S6[p].denominator > 0 and not nested(p))",
                lambda: f"choose({self.test(variable, 0)}, 1, {self.number(variable, 0)})",
                lambda: "year_share()",
            ]
        )()

    def aggregated(self) -> str:
        sheet = self.random.choice(["S2", "S3", "S6", "R1", "S5"])
        variable = SCHEMA.sheets[sheet].variable
        names = [n for n, c in SCHEMA.sheets[sheet].columns.items() if c.type is Type.NUMBER]
        return f"{sheet}[{variable}].{self.random.choice(names)}"

    def row(self, variable: str) -> str:
        if not variable:
            return 'S2["33"]'
        sheets = [s for s, kind in SCHEMA.sheets.items() if kind.variable == variable]
        return f"{self.random.choice(sheets)}[{variable}]"

    def cell(self, variable: str, wanted: Type) -> str:
        places = [
            (sheet, kind, name)
            for sheet, kind in SCHEMA.sheets.items()
            if kind.variable in ("", variable)
            for name, column in kind.columns.items()
            if column.type is wanted
        ]
        mine = [place for place in places if place[1].variable == variable and variable]
        chosen = mine if mine and self.random.random() < 0.7 else places
        sheet, kind, name = self.random.choice(chosen)
        return f"{sheet}[{kind.variable}].{name}" if kind.variable else f"{sheet}.{name}"

    def literal(self) -> str:
        return self.random.choice(["0", "1", "0.5", "20", "1000"])

    def sign(self) -> str:
        return self.random.choice(["<=", "<", "==", "!=", ">", ">="])
