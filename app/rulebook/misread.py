"""Where an expression cannot be read: its line, and a mark under the very place."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.core.errors import Problem
from app.filings.rules.wording import Misread

AROUND = 60  # characters shown on either side


@dataclass(frozen=True, slots=True)
class Mark:
    """The *line* of an input, and *column* spaces before the mark under it; counted from 1."""

    where: str
    reason: str
    position: int
    line: int
    column: int
    text: str
    under: str


def marks(problems: Iterable[Problem], typed: dict[str, str]) -> list[Mark]:
    """The marks of those *problems* that have a place in a text that was *typed*."""
    return [_mark(one, typed.get(one.where, "")) for one in problems if isinstance(one, Misread)]


def _mark(problem: Misread, text: str) -> Mark:
    at = min(max(problem.position, 0), len(text))
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    line = text[start : len(text) if end < 0 else end]
    column = at - start
    left = max(0, column - AROUND)
    cut = "…" if left else ""
    shown = cut + line[left : column + AROUND]
    return Mark(
        where=problem.where,
        reason=str(problem),
        position=at,
        line=text.count("\n", 0, at) + 1,
        column=column + 1,
        text=shown,
        under=" " * (column - left + len(cut)) + "^",
    )
