"""Rules over all filings of a quarter: what would be raised, by whom."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from app.checks.many import BROKEN, COULD_NOT_RUN, ManyReader, Result
from app.checks.needs import needs_of
from app.checks.panel import Panel
from app.checks.rules import Rule
from app.core.period import Quarter
from app.filings.alarms.panels import panels


@dataclass(frozen=True, slots=True)
class Hit:
    """One alarm: the filing, and where in it the rule does not hold."""

    filing_id: int
    key: str
    column: str
    label: str


@dataclass(frozen=True, slots=True)
class Swept:
    """What came of one rule; *not_run* are the filings in which it could not be run."""

    rule: Rule
    hits: list[Hit] = field(default_factory=list)
    not_run: set[int] = field(default_factory=set)

    @property
    def filings(self) -> set[int]:
        return {hit.filing_id for hit in self.hits}


@dataclass(frozen=True, slots=True)
class Sweep:
    """All rules, in the order in which they were asked, over so many filings."""

    period: Quarter
    filings: int
    swept: Sequence[Swept]


def sweep(
    period: Quarter, rules: Sequence[Rule], told: Callable[[int, int], None] | None = None
) -> Sweep:
    """Ask *rules* of every submitted filing of *period* in the place of whoever asks.

    *told* hears how many filings of how many are done.
    """
    found, done = [Swept(rule) for rule in rules], 0
    for heads, panel, whole in panels(period, needs_of(rules, period)):
        ids, reader = [head.id for head in heads], ManyReader(panel)
        for swept in found:
            for result in reader.results(swept.rule):
                _note(swept, result, panel, ids)
        done += len(ids)
        if told is not None:
            told(done, whole)
    return Sweep(period, done, found)


def _note(swept: Swept, result: Result, panel: Panel, ids: Sequence[int]) -> None:
    clause = result.clause
    broken = np.flatnonzero(result.outcome == BROKEN)
    if len(broken):
        names = list(panel.codes.numbers)
        for owner, code in zip(
            result.owner[broken].tolist(), result.code[broken].tolist(), strict=True
        ):
            swept.hits.append(Hit(ids[owner], names[code], clause.column, clause.label))
    not_run = result.owner[result.outcome == COULD_NOT_RUN]
    swept.not_run.update(ids[owner] for owner in np.unique(not_run).tolist())
