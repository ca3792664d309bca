"""The reading of a rule over many filings at once, column by column.

It says the same as `app.checks.single` (a property test sees to it), only faster and without
the reasons: a `Vector` holds a value for every row at hand and whether it is applicable there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import DecimalException
from typing import Any

import numpy as np
import numpy.typing as npt

from app.checks import nodes
from app.checks.case import YEAR, Back
from app.checks.frames import Frame, Frames, Vector
from app.checks.nodes import Clause, Node
from app.checks.panel import FILLERS, Mask, Numbers, Panel, as_objects
from app.checks.plain import OPERATORS, PLAIN, SIGNS
from app.checks.reckoning import ZERO
from app.checks.rules import Rule
from app.checks.schema import Type
from app.checks.single import QUARTERS_BACK, At, Outcome, Reader, in_quarters
from app.checks.together import TOGETHER

HOLDS, BROKEN, NOT_APPLICABLE, COULD_NOT_RUN = range(4)
OUTCOMES = (Outcome.HOLDS, Outcome.BROKEN, Outcome.NOT_APPLICABLE, Outcome.COULD_NOT_RUN)
CODED = {outcome: number for number, outcome in enumerate(OUTCOMES)}


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one clause: the filing, the code of the row and the outcome, row by row."""

    clause: Clause
    owner: Numbers
    code: Numbers
    outcome: npt.NDArray[np.int8]


class ManyReader(Frames):
    """Reads expressions over all filings of a panel."""

    def results(self, rule: Rule) -> Iterator[Result]:
        """The outcomes of *rule*, of the filings that it concerns."""
        if rule.text.fourth_quarter_only and self.panel.period.quarter != 4:
            return
        concerned = self._concerned(rule)
        for clause in rule.expression.clauses:
            found = self.of_clause(clause)
            if concerned is None:
                yield found
            else:
                mine = concerned[found.owner]
                yield Result(clause, found.owner[mine], found.code[mine], found.outcome[mine])

    def _concerned(self, rule: Rule) -> Mask | None:
        if not rule.text.industries:
            return None
        table = self.panel.tables["F0", 0]
        values, _there = table.column("industry_code", Type.TEXT)
        industries = values[table.find(self.filings.where)]
        return np.array([str(one).startswith(rule.text.industries) for one in industries])

    def of_clause(self, clause: Clause) -> Result:
        frame = self.rows(clause)
        if clause.asks - self.panel.facts.keys() - self.panel.lookups.keys():
            outcome = np.full(len(frame.where.owner), COULD_NOT_RUN, dtype=np.int8)
        else:
            try:
                outcome = self._outcome(clause, frame)
            except DecimalException:
                outcome = self._one_by_one(clause, frame)
        return Result(clause, frame.where.owner, frame.where.code, outcome)

    def _outcome(self, clause: Clause, frame: Frame) -> npt.NDArray[np.int8]:
        held = self.read(clause.test, frame)
        outcome = np.where(held.ok, np.where(held.values, HOLDS, BROKEN), NOT_APPLICABLE)
        if clause.condition is not None:
            when = self.read(clause.condition, frame)
            outcome = np.where(when.ok & when.values, outcome, NOT_APPLICABLE)
        return np.broadcast_to(outcome, frame.where.owner.shape).astype(np.int8)

    def _one_by_one(self, clause: Clause, frame: Frame) -> npt.NDArray[np.int8]:
        """A figure somewhere is beyond all reckoning: find out where."""
        names = list(self.panel.codes.numbers)
        found = []
        readers: dict[int, Reader] = {}
        for owner, code in zip(frame.where.owner, frame.where.code, strict=True):
            reader = readers.setdefault(owner, Reader(self.panel.case(owner)))
            found.append(CODED[reader.outcome(clause, At(names[code]))])
        return np.array(found, dtype=np.int8)

    def read(self, node: Node, frame: Frame) -> Vector:
        return READ[type(node)](self, node, frame)

    def given(self, node: Any, _frame: Frame) -> Vector:
        value = node.values if isinstance(node, nodes.Codes) else node.value
        return Vector(value, np.True_)

    def key(self, _node: nodes.Key, frame: Frame) -> Vector:
        return Vector(self.panel.codes.names()[frame.where.code], np.True_)

    def cell(self, node: nodes.Cell, frame: Frame) -> Vector:
        name = (node.sheet, node.variable, node.key, node.name, frame.name, frame.back)
        if name not in self._found:
            self._found[name] = self._cell(node, frame)
        vector: Vector = self._found[name]
        return vector

    def empty(self, node: nodes.Empty, frame: Frame) -> Vector:
        inner = node.of
        while isinstance(inner, nodes.Shift):
            frame, inner = self.shifted(inner, frame), inner.of
        if isinstance(inner, nodes.Lookup):
            return Vector(~np.asarray(self.lookup(inner, frame).ok), np.True_)
        assert isinstance(inner, nodes.Cell)  # noqa: S101  the builder lets nothing else through
        table, known, places = self._row_of(inner, frame)
        if table is None:
            return Vector(np.ones(len(places), dtype=np.bool_), known)
        _values, there = table.column(inner.name, inner.column.type)
        return Vector(~there[places], known)

    def present(self, node: nodes.Present, frame: Frame) -> Vector:
        _table, known, places = self._row_of(node, frame)
        return Vector(places >= 0, known)

    def fact(self, node: nodes.Fact, frame: Frame) -> Vector:
        if node.name not in self._found:
            raw = self.panel.facts[node.name]
            filler = FILLERS[node.of]
            values = as_objects([filler if value is None else value for value in raw])
            ok = np.array([value is not None for value in raw], dtype=np.bool_)
            kept = values.astype(np.bool_) if node.of is Type.BOOL else values
            self._found[node.name] = kept, ok
        values, ok = self._found[node.name]
        return Vector(values[frame.where.owner], ok[frame.where.owner])

    def lookup(self, node: nodes.Lookup, frame: Frame) -> Vector:
        raw = self.panel.lookups[node.name]
        filler = FILLERS[node.type]
        found = [raw.get(key) for key in self.panel.codes.numbers]
        values = as_objects([filler if value is None else value for value in found])
        ok = np.array([value is not None for value in found], dtype=np.bool_)
        kept = values.astype(np.bool_) if node.type is Type.BOOL else values
        return Vector(kept[frame.where.code], ok[frame.where.code])

    def arithmetic(self, node: nodes.Arithmetic, frame: Frame) -> Vector:
        left, right = self.read(node.left, frame), self.read(node.right, frame)
        if node.sign != "/":
            return Vector(SIGNS[node.sign](left.values, right.values), left.ok & right.ok)
        divisor, ok = _not_zero(right)
        return Vector(left.values / divisor, left.ok & ok)

    def change(self, node: nodes.Change, frame: Frame) -> Vector:
        left, right = self.read(node.left, frame), self.read(node.right, frame)
        divisor, ok = _not_zero(right)
        return Vector(left.values / divisor - 1, left.ok & ok)

    def call(self, node: nodes.Call, frame: Frame) -> Vector:
        arguments = [self.read(one, frame) for one in node.arguments]
        function = np.frompyfunc(PLAIN[node.name], len(arguments), 1)
        values = np.asarray(function(*(one.values for one in arguments)))
        ok = np.logical_and.reduce(np.broadcast_arrays(*(one.ok for one in arguments)))
        return Vector(values.astype(np.bool_) if node.of is Type.BOOL else values, ok)

    def choose(self, node: nodes.Choose, frame: Frame) -> Vector:
        test, left, right = (self.read(one, frame) for one in (node.test, node.left, node.right))
        ok = test.ok & np.where(test.values, left.ok, right.ok)
        return Vector(np.where(test.values, left.values, right.values), ok)

    def compare(self, node: nodes.Compare, frame: Frame) -> Vector:
        left, right = self.read(node.left, frame), self.read(node.right, frame)
        values = OPERATORS[node.sign](left.values, right.values)
        return Vector(np.asarray(values, dtype=np.bool_), left.ok & right.ok)

    def approx(self, node: nodes.Approx, frame: Frame) -> Vector:
        left, right = self.read(node.left, frame), self.read(node.right, frame)
        absolute, relative = self.read(node.absolute, frame), self.read(node.relative, frame)
        most = absolute.values
        if node.relative != nodes.Number(ZERO):
            larger = np.maximum(np.abs(left.values), np.abs(right.values))
            most = np.maximum(most, relative.values * larger)
        values = np.abs(left.values - right.values) <= most
        ok = left.ok & right.ok & absolute.ok & relative.ok
        return Vector(np.asarray(values, dtype=np.bool_), ok)

    def member(self, node: nodes.Member, frame: Frame) -> Vector:
        one, codes = self.read(node.of, frame), self.read(node.codes, frame)
        inside = np.frompyfunc(lambda value, among: value in among, 2, 1)
        among = codes.values
        if isinstance(among, frozenset):
            within = among
            inside = np.frompyfunc(lambda value: value in within, 1, 1)
            values = inside(one.values)
        else:
            values = inside(one.values, among)
        return Vector(np.asarray(values, dtype=np.bool_), one.ok & codes.ok)

    def logic(self, node: nodes.Logic, frame: Frame) -> Vector:
        deciding = node.sign == "or"
        parts = [self.read(part, frame) for part in node.parts]
        decided, known = np.False_, np.True_
        for part in parts:
            decided = decided | (part.ok & (part.values == deciding))
            known = known & part.ok
        return Vector(np.where(decided, deciding, not deciding), decided | known)

    def negation(self, node: nodes.Not, frame: Frame) -> Vector:
        inner = self.read(node.of, frame)
        return Vector(~np.asarray(inner.values, dtype=np.bool_), inner.ok)

    def shifted(self, node: nodes.Shift, frame: Frame) -> Frame:
        if node.to == "annual":
            return frame.at(YEAR)
        back = in_quarters(frame.back)
        by = self.quarter(back) - 1 if node.to == "first" else QUARTERS_BACK[node.to]
        return frame.at(back + by)

    def shift(self, node: nodes.Shift, frame: Frame) -> Vector:
        return self.read(node.of, self.shifted(node, frame))

    def year_to_date(self, node: nodes.YearToDate, frame: Frame) -> Vector:
        back = in_quarters(frame.back)
        values, ok = ZERO, np.True_
        for by in range(self.quarter(back)):
            one = self.read(node.of, frame.at(back + by))
            values, ok = values + one.values, ok & one.ok
        return Vector(values, ok)

    def aggregate(self, node: nodes.Aggregate, frame: Frame) -> Vector:
        """The rows of each filing together; no row of the outer frame has a part in it."""
        name = ("aggregate", id(node), frame.back)
        if name not in self._found:
            self._found[name] = node, self._aggregate(node, frame.back)  # kept: its id stays
        _node, (values, ok) = self._found[name]
        return Vector(values[frame.where.owner], ok[frame.where.owner])

    def _aggregate(self, node: nodes.Aggregate, back: Back) -> tuple[Any, Mask]:
        tables = [self.table(sheet, back) for sheet in node.sheets]
        known = np.ones(self.panel.size, dtype=np.bool_)
        for table in tables:
            known &= table.known if table is not None else np.False_
        rows = self._gathered(node, [one for one in tables if one is not None]).at(back)
        owner, body = rows.where.owner, self.read(node.body, rows)
        values = np.broadcast_to(np.asarray(body.values), owner.shape)
        ok = np.broadcast_to(body.ok, owner.shape)
        if node.where is not None:
            where = self.read(node.where, rows)
            chosen = np.broadcast_to(where.ok & where.values, owner.shape)
            owner, values, ok = owner[chosen], values[chosen], ok[chosen]
        if node.kind == "all":  # here what is not applicable has a part
            return self._all(owner, values, ok, known)
        found, there = TOGETHER[node.kind](owner[ok], values[ok], self.panel.size)
        return found, known & there

    def _all(self, owner: Numbers, values: Any, ok: Mask, known: Mask) -> tuple[Any, Mask]:
        size = self.panel.size
        broken = np.bincount(owner[ok & ~values], minlength=size) > 0
        unknown = np.bincount(owner[~ok], minlength=size) > 0
        return ~broken, known & (broken | ~unknown)


READ: Mapping[type[Node], Callable[[ManyReader, Any, Frame], Vector]] = {
    nodes.Number: ManyReader.given,
    nodes.Text: ManyReader.given,
    nodes.Codes: ManyReader.given,
    nodes.Key: ManyReader.key,
    nodes.Cell: ManyReader.cell,
    nodes.Empty: ManyReader.empty,
    nodes.Present: ManyReader.present,
    nodes.Fact: ManyReader.fact,
    nodes.Lookup: ManyReader.lookup,
    nodes.Arithmetic: ManyReader.arithmetic,
    nodes.Change: ManyReader.change,
    nodes.Call: ManyReader.call,
    nodes.Choose: ManyReader.choose,
    nodes.Compare: ManyReader.compare,
    nodes.Approx: ManyReader.approx,
    nodes.Member: ManyReader.member,
    nodes.Logic: ManyReader.logic,
    nodes.Not: ManyReader.negation,
    nodes.Shift: ManyReader.shift,
    nodes.YearToDate: ManyReader.year_to_date,
    nodes.Aggregate: ManyReader.aggregate,
}


def _not_zero(vector: Vector) -> tuple[Any, Any]:
    zero = np.asarray(vector.values == 0, dtype=np.bool_)
    return np.where(zero, 1, vector.values), vector.ok & ~zero


def outcomes(rules: Iterable[Rule], panel: Panel) -> Iterator[tuple[Rule, Result]]:
    """Every clause of every rule over all filings of *panel*."""
    reader = ManyReader(panel)
    for rule in rules:
        for result in reader.results(rule):
            yield rule, result
