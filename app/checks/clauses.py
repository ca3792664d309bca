"""Builds the clauses of a rule: what must hold, when, and for which rows or columns."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from lark import Tree

from app.checks import nodes
from app.checks.builder import BOTH, Builder
from app.checks.naming import data_of, unquoted
from app.checks.nodes import Clause
from app.checks.schema import CARRIER

CLAUSE_PARTS = ("label", "condition", "quantifier", "softened")


def asked_by(node: nodes.Node) -> Iterator[str]:
    """The facts and lookups that *node* needs."""
    return (one.name for one in node.walk() if isinstance(one, nodes.Fact | nodes.Lookup))


class ClauseBuilder(Builder):
    """Reads a whole rule, where a `Builder` reads one expression."""

    def clauses(self, tree: Any) -> Iterator[Clause]:
        softened = any(data_of(part) == "softened" for part in tree.children)
        for clause in self._clauses(tree):
            yield replace(clause, softened=softened)

    def _clauses(self, tree: Any) -> Iterator[Clause]:
        parts = {part.data: part for part in tree.children if isinstance(part, Tree)}
        test = next(p for p in tree.children if p.data not in CLAUSE_PARTS)
        label = unquoted(parts["label"].children[0]) if "label" in parts else ""
        quantifier = parts.get("quantifier")
        if quantifier is not None and self._is_columns(quantifier.children[1]):
            name = str(quantifier.children[0])
            for column in self.columns(quantifier.children[1]):
                self.quantity = (name, column)
                yield self.clause(label, test, parts.get("condition"), None, column)
            self.quantity = None
        else:
            yield self.clause(label, test, parts.get("condition"), quantifier, "")

    def clause(self, label: str, test: Any, condition: Any, quantifier: Any, column: str) -> Clause:
        self.seen = {}
        holds = self.boolean(test)
        when = self.boolean(condition.children[0]) if condition is not None else None
        variable = self._variable(test)
        parts = [part for part in (holds, when) if part is not None]
        asks = frozenset(name for part in parts for name in asked_by(part))
        domain: tuple[tuple[str, bool], ...]
        if quantifier is not None:
            named = str(quantifier.children[0])
            if variable and variable != named:
                self.refuse(quantifier, _("“%(name)s” is not used here.", name=named))
            domain = self.domain(quantifier.children[1], named)
            return Clause(label, holds, when, named, domain, "", asks)
        domain = ()
        if variable:
            sheets = BOTH if variable == CARRIER else tuple(self.seen[variable])
            domain = tuple((sheet, False) for sheet in sheets)
            if not domain:
                self.refuse(test, _("Say of which sheets the rows are: for … in …."))
        return Clause(label, holds, when, variable, domain, column, asks)

    def _variable(self, tree: Any) -> str:
        if len(self.seen) > 1:
            self.refuse(tree, _("A rule speaks of one kind of rows at a time."))
        return next(iter(self.seen), "")
